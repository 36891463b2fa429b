"""What the panes of the review show: points, plan, commands, changes and costs as cells and lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widget import Widget

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.step import By, Danger, Finding
from z2jh_wizard.flows.review import Grade, Point
from z2jh_wizard.render import changes as change_lines
from z2jh_wizard.widgets.panes import Pane
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.flows.comparing import HubChanges

FINDINGS = {
    Finding.ABSENT: "not there: to be done",
    Finding.DRIFTED: "differs: to be done",
    Finding.READY: "ready: nothing to do",
    Finding.UNKNOWN: "could not look: stops",
}
DANGERS = {Danger.NONE: "", Danger.COSTS_MONEY: "$ costs money", Danger.DELETES_DATA: "! deletes data"}
_TONES = {Finding.READY: "good", Finding.UNKNOWN: "bad"}
_GRADE_TONES = {Grade.STOPS: "bad", Grade.MISSING: "warning", Grade.WARNING: "warning", Grade.NOTE: "dim"}

NOTHING_WRONG = "+ Nothing has to be mended: lint knows of no mistake, and nothing is missing."


class StatedPane(Vertical):
    """A pane that says in words how it stands above what it shows: empty, fresh, stale or failed."""

    def __init__(self, name: str, *children: Widget) -> None:
        self._state = Plain("", classes="pane-state")
        self._state.display = False
        super().__init__(self._state, *children, id=f"pane-{name}")

    @property
    def state(self) -> str:
        """What is said."""
        return self._state.text

    @property
    def failed(self) -> bool:
        """Whether it says what went wrong."""
        return self._state.has_class("-failed")

    def say(self, words: str) -> None:
        """Say how it stands; nothing where that is plain to see."""
        self._state.remove_class("-failed")
        self._state.display = bool(words)
        self._state.show(words)

    def fail(self, problem: Problem, stale: str = "") -> None:
        """Say what went wrong and what to do; ``stale`` what is still shown below."""
        first, *rest = problem.lines()
        self._state.add_class("-failed")
        self._state.display = True
        self._state.show("\n".join([f"! {first}", *rest, *([stale] if stale else [])]))


def pane(name: str, title: str, *children: Widget) -> Pane:
    """Return a pane that says how it stands."""
    return Pane(name, title, StatedPane(name, *children))


def plan_table() -> VirtualTable:
    """Return the table of steps."""
    return VirtualTable(
        Column("step"), Column("found", 22), Column("danger", 14), Column("by", 6), dom_id="plan"
    )


def point_rows(points: Sequence[Point], *, notes: bool) -> dict[str, Point]:
    """Return the points that are listed, by the key of their row; notes only when they are asked for."""
    return {f"{at}": one for at, one in enumerate(points) if notes or one.grade is not Grade.NOTE}


def point_cells(point: Point | None, notes: int) -> Cells:
    """Return the row of a point; None stands for the notes that are not listed."""
    if point is None:
        return Cells(
            ("i more", f"{count(notes, 'note')} that need nothing now", "Enter shows"),
            "dim",
        )
    return Cells((point.grade.value, point.text, point.place), _GRADE_TONES[point.grade])


def point_words(point: Point | None) -> str:
    """Return all that is known of a point: the whole sentence, the fix, and what can be done here."""
    if point is None:
        return ""
    there = "Enter goes there." if point.where else f"Enter shows the lines of {point.file or 'the file'}."
    sure = " Fix writes it, Undo takes it back." if point.is_sure else ""
    place = f" ({point.file}, line {point.line})" if point.file and point.line and point.where else ""
    return "\n".join(filter(None, (f"{point.text}{place}", point.fix, there + sure)))


def tally(points: Iterable[Point]) -> str:
    """Return how many points there are of each grade, in words; nothing for none but notes."""
    grades = [one.grade for one in points]
    stops, missing, warnings = (grades.count(grade) for grade in (Grade.STOPS, Grade.MISSING, Grade.WARNING))
    said = []
    if stops:
        said.append(f"! {count(stops, 'problem')} {'holds' if stops == 1 else 'hold'} Start back")
    if missing:
        said.append(f"? {count(missing, 'thing')} {'is' if missing == 1 else 'are'} missing")
    if warnings:
        said.append(f"! {count(warnings, 'warning')}")
    return ", ".join(said) + "." if said else ""


def count(number: int, word: str) -> str:
    """Return ``1 step`` or ``2 steps``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def plan_cells(planned: Planned) -> Cells:
    """Return the row of a step."""
    step, look = planned.step, planned.look
    by = "you" if step.by is By.YOU else "wizard"
    return Cells((step.title, FINDINGS[look.finding], DANGERS[step.danger], by), _TONES.get(look.finding, ""))


def plan_words(planned: Mapping[str, Planned]) -> str:
    """Say how much is to be done, and what the plan cannot tell."""
    looks = [one.look.finding for one in planned.values()]
    if unknown := looks.count(Finding.UNKNOWN):
        return f"! {count(unknown, 'step')} could not be looked at, so Start is held back. F5 looks again."
    to_do = looks.count(Finding.ABSENT) + looks.count(Finding.DRIFTED)
    if not to_do:
        return f"= All {count(len(looks), 'step')} are done already: Start would only look again."
    return f"{to_do} of {count(len(looks), 'step')} to do."


def command_lines(planned: Planned | None) -> str:
    """Return what a person would type instead of a step."""
    if planned is None:
        return "No step is marked."
    step = planned.step
    lines = [step.title, step.why]
    if danger := DANGERS[step.danger]:
        lines.append(f"Danger: {danger}.")
    if planned.look.detail:
        lines.append(f"Found: {planned.look.detail}")
    if step.by is By.YOU:
        lines += ["", f"You do this: {step.how}", f"Skipping it: {step.skipping}"]
    lines += ["", "What you would type instead:" if step.commands() else "Nothing to type for this step."]
    for command in step.commands():
        if command.about:
            lines.append(f"# {command.about}")
        lines.append(command.shell())
    return "\n".join(lines)


def changes_text(changes: HubChanges) -> str:
    """Return the changes, one setting a line; what is secret is named, never shown."""
    return "\n".join(change_lines.lines(changes.changed)) or "- No setting differs."


def danger_lines(planned: Iterable[Planned], danger: Danger) -> list[str]:
    """Return the steps still to be done that are dangerous in one way, with its mark."""
    mark = DANGERS[danger][:1]
    return [
        f"  {mark} {one.step.title}"
        for one in planned
        if one.step.danger is danger and one.look.finding is not Finding.READY
    ]


def start_question(
    planned: Collection[Planned], points: Iterable[Point], cluster: str, costs: str
) -> tuple[str, list[str]] | None:
    """Return title and lines of the question before Start; None for nothing to ask.

    Asked is about what costs money or deletes data, and about what is missing still.
    """
    costly = danger_lines(planned, Danger.COSTS_MONEY)
    deleting = danger_lines(planned, Danger.DELETES_DATA)
    missing = [f"? {one.text}" for one in points if one.grade is Grade.MISSING]
    if not costly and not deleting and not missing:
        return None
    lines = [cluster]
    if missing:
        lines += ["", "This is missing still:", *missing]
    if deleting:
        lines += ["", "These steps delete data:", *deleting]
    if costly:
        lines += ["", "These steps cost money:", *costly, costs]
    if not costly and not deleting:
        return "Start without it?", lines
    return "Delete data?" if deleting else "Make what costs money?", lines
