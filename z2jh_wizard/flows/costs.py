"""What a project's hub costs, as far as it is known: by the month, and for a workshop of some days."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.core.cost import Bill
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.prices import age_words
from z2jh_wizard.flows import class_size as sizes
from z2jh_wizard.flows.class_size import ClassSize, MachineChoice
from z2jh_wizard.flows.class_size_use import known_values
from z2jh_wizard.flows.prices import market_of, price_list
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock

NOTHING = "PRACTICE: this costs nothing; everything happens on this computer."

YOUR_CLUSTER = "The wizard rents nothing: the hub runs on the nodes of a cluster that is there already."
_OLD = (
    "",
    "! Some of these prices are old. Refresh prices on the page for class size, and",
    "z2jh-wizard capacity --refresh, ask the cloud for those of today.",
)
_ASK = (
    "What its nodes cost is known to whoever pays for them.",
    "On a cloud the hub itself rents two things: a disk for each student for as long as the disk exists, and "
    "a load balancer, the public address, for as long as the hub is there.",
)


@dataclass(frozen=True, slots=True)
class Costs:
    """A sentence that says the sum, or why there is none, and the parts behind it."""

    sentence: str
    lines: tuple[str, ...] = ()


def costs_of(project: Project) -> Costs:
    """Return what is known of a project's costs; a price that is not known is named, never guessed."""
    provider = project.spec.provider
    if provider == "practice":
        return Costs(NOTHING)
    if not sizes.has_catalogue(provider):
        return Costs(YOUR_CLUSTER, _ASK)
    pool = project.spec.pools.get(sizes.USER_POOL)
    if pool is None or not pool.machine:
        return Costs("! Not known yet: no machine type is chosen. The page for class size compares them.")
    try:
        answers = sizes.first_answers(project.spec, known_values(project))
        size = sizes.class_size(answers)
    except WizardError as error:
        return Costs(f"! Not known: {error.problem.title}.", tuple(error.problem.lines()[1:]))
    known = price_list(market_of(project.spec))
    offered = sizes.choices(provider, size, known)
    choice = next((one for one in offered if one.machine.name == pool.machine), None)
    if choice is None:
        return Costs(f"! Not known: the catalogue of {provider} has no machine {pool.machine}.")
    if choice.month is None or choice.workshop is None:
        return Costs(f"! Not known: {choice.sentence}")
    return _billed(project, size, choice, choice.month, choice.workshop)


def node_sentence(project: Project, pool: str) -> str:
    """Say what one more node of a pool costs, as far as it is known; nothing where no machines are rented."""
    spec = project.spec
    machine = spec.pools[pool].machine if pool in spec.pools else ""
    if not sizes.has_catalogue(spec.provider):
        return ""
    price = price_list(market_of(spec)).of("machine", machine)
    if not machine or price.usd is None:
        return "Each node costs money as long as it runs; how much is not known."
    words = age_words([price], SystemClock().now().date())
    return f"$ Each {machine} costs about ${price.usd:.2f} an hour as long as it runs ({words})."


def _billed(project: Project, size: ClassSize, choice: MachineChoice, month: Bill, workshop: Bill) -> Costs:
    is_guess = not project.spec.workshop.students
    today = SystemClock().now().date()
    days = f"{sizes.WORKSHOP_DAYS} days of {sizes.WORKSHOP_HOURS:g} hours"
    more = "at least " if month.unknown else "about "
    mark = "! " if month.is_stale(today) else ""
    return Costs(
        f"$ {more}${month.known:,.0f} a month, {more}${workshop.known:,.0f} for a workshop of {days} "
        f"({mark}{month.age_words(today) or 'no price is known'}).",
        (
            f"{size.students} students{' (a guess)' if is_guess else ''} on {choice.fit.nodes} x "
            f"{choice.machine.name},",
            f"which run {size.hours_a_week:g} hours a week (a guess); the hub's node runs all the time.",
            "",
            "A month",
            *_items(month),
            "",
            f"A workshop of {days}, torn down at its end",
            *_items(workshop),
            *(_OLD if month.is_stale(today) else ()),
        ),
    )


def _items(bill: Bill) -> list[str]:
    rows = [(item.what, "not known" if item.usd is None else f"${item.usd:,.2f}") for item in bill.items]
    rows.append(("in all, at least" if bill.unknown else "in all, about", f"${bill.known:,.2f}"))
    return [f"  {what:<44} {sum_:>12}" for what, sum_ in rows]
