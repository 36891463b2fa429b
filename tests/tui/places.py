"""Every place of the wizard, its screens, pages of settings and dialogs, and the way to each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from textual.screen import Screen

from tests.tui.conftest import Person
from tests.tui.fakes import PROBLEM
from z2jh_wizard.app import SCREENS
from z2jh_wizard.core.glossary import Reading, Term
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.pages import default_answers
from z2jh_wizard.screens.dialogs import Ask, AskChoice, AskText, Notice, ProblemDialog
from z2jh_wizard.screens.help import HelpScreen
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.messages import Go, OpenFolder
from z2jh_wizard.screens.reading import ReadingDialog
from z2jh_wizard.screens.run import RunScreen
from z2jh_wizard.screens.words import GlossaryDialog, TermDialog, WordsDialog
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.widgets.choice_list import Offer

LAST = ("run", "receipt")
"""Places that need a run, which changes what the others show."""

_ON_A_WAY = dict.fromkeys(
    stage.id for way in ways.WAYS.values() for stage in ways.stages(way, ways.scene_of(default_answers()))
)
TOPICS = tuple(
    dict.fromkeys(
        [*(f"topic/{one.value}" for one in Topic), *(one for one in _ON_A_WAY if one.startswith(ways.TOPIC))]
    )
)

STEPS = tuple(one for one in _ON_A_WAY if one not in TOPICS)

OTHERS = tuple(name for name in SCREENS if name not in (*STEPS, *LAST, "topic"))

PLACES = (*OTHERS, *STEPS, *TOPICS, *LAST)
"""Names of all screens, those that need a run last."""

WATCHES = {"address"}
"""Groups of work that goes on as long as its screen is there."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "screens": OTHERS,
    "run": LAST,
    "steps": STEPS,
    **{f"topics{at + 1}": TOPICS[at::4] for at in range(4)},
}
"""All places in parts that take about as long."""


def dialogs(text: str = PROBLEM.happened) -> Mapping[str, Callable[[], Screen[str]]]:
    """Return the makers of all kinds of dialogs, with outside text in each part that takes some."""
    term = Term("[red]word", text[:400], ("[/foo]",), "https://[red]/")
    offers = [Offer("a", f"[red]a {text[:40]}", text[:200]), Offer("b", "[/b]")]
    return {
        "ask": lambda: Ask(PROBLEM.title, [text], yes="[red]Yes", no="[/foo]"),
        "text": lambda: AskText(PROBLEM.title, [text[:200]], value="[red]"),
        "choice": lambda: AskChoice(PROBLEM.title, ["Which?"], offers),
        "notice": lambda: Notice(PROBLEM.title, [text]),
        "problem": lambda: ProblemDialog(PROBLEM),
        "help": lambda: HelpScreen(text),
        "word": lambda: TermDialog(term),
        "words": lambda: WordsDialog([term]),
        "glossary": GlossaryDialog,
        "reading": lambda: ReadingDialog([Reading("[red]page", "https://[/foo]/", text[:200])]),
    }


async def goto(person: Person, name: str) -> None:
    """Show a screen with everything it needs; the first of those that need a run from the dashboard only."""
    app = person.app
    if app.desk.project and app.desk.journey is None:
        app.desk.journey = Journey.of(app.desk.project)
    if name in LAST and app.desk.run is None:
        await person.plan()
        await person.press("ctrl+n")
        await person.until(lambda: type(app.screen) in (Ask, RunScreen), "the run, or what is asked first")
        if isinstance(app.screen, Ask):
            await person.activate("yes")
        await person.at("RunScreen")
        await person.sees("Done.")
        if name == "run":
            return
    before = app.screen
    app.post_message(Go(name))
    await person.until(
        lambda: app.screen is not before and app.screen.focused is not None, f"the screen {name}"
    )


async def settle(person: Person) -> None:
    """Wait until the screen has drawn all that it draws by itself."""
    screen = person.app.screen
    await person.until(
        lambda: all(
            worker.is_finished or worker.group in WATCHES
            for worker in person.app.workers
            if worker.node is screen
        ),
        "the screen's own work",
    )
    await person.pilot.pause()


async def walk(person: Person, names: Iterable[str], *, more: bool = False) -> AsyncIterator[str]:
    """Show one place after the other; ``more`` opens the questions that few people need."""
    for name in names:
        if name in LAST and person.app.desk.run is None:
            await goto(person, "dashboard")
        await goto(person, name)
        await settle(person)
        if more and person.app.screen.query("#do-more"):
            await person.app.run_action("screen.more")
            await settle(person)
        yield name
        if name == "welcome":
            await _open_again(person)


async def _open_again(person: Person) -> None:
    """Open the project again, which the first screen has closed."""
    person.app.post_message(OpenFolder(person.app.desk.memory.recent()[0]))
    await person.at("DashboardScreen")
