"""What all screens have: title bar, one why-sentence, rail, preview, buttons, footer, and lasting focus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button
from textual.worker import Worker, WorkerFailed, WorkerState

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import Problem, WizardError, unexpected
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.everywhere import Everywhere, is_shown
from z2jh_wizard.screens.here import Here
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.widgets.actions import FOOTER_FIRST
from z2jh_wizard.widgets.buttons import ButtonRow
from z2jh_wizard.widgets.explained import Explained
from z2jh_wizard.widgets.key_footer import KeyFooter
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.rail import Rail, Stop
from z2jh_wizard.widgets.title_bar import TitleBar, TooSmall

WIDTHS: list[tuple[int, str]] = [
    (0, "-tiny"), (60, "-slim"), (80, "-narrow"), (100, "-rail"), (140, "-preview"),
]  # fmt: skip
HEIGHTS: list[tuple[int, str]] = [(0, "-flat"), (18, "-low"), (30, "-tall")]


def _class_for(cells: int, limits: list[tuple[int, str]]) -> str:
    return [name for least, name in limits if cells >= least][-1]


def style_sheet(name: str) -> list[str | PurePath]:
    """Return the style sheet of a screen."""
    return [asset_path(f"styles/{name}.tcss")]


def _can_be_used(widget: Widget | None) -> bool:
    """Tell whether a widget can have the focus and is not hidden, which Textual calls focusable as well."""
    return widget is not None and widget.focusable and is_shown(widget)


def worker_problem(event: Worker.StateChanged) -> Problem | None:
    """Return what a worker died of, in words; None when it lives, ended well or was cancelled."""
    error = event.worker.error
    if event.state is not WorkerState.ERROR or error is None:
        return None
    if isinstance(error, WorkerFailed):
        error = error.error
    if isinstance(error, WizardError):
        return error.problem
    return unexpected(error, event.worker.name or "working")


class WizardScreen(Everywhere):
    """A full screen of the wizard; subclasses say what stands in the body and which buttons there are."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    AUTO_FOCUS = ""
    NAME: str = ""
    """Which screen it is; what has the focus is remembered by it."""
    ABOUT: ClassVar[str] = ""
    """What F1 says the screen is for."""
    HAS_RAIL: ClassVar[bool] = False
    SCROLLS: ClassVar[bool] = True

    def __init__(self, desk: Desk) -> None:
        # With the right classes from the start no style is worked out twice for the first frame.
        width, height = self.app.size
        super().__init__(classes=f"{_class_for(width, WIDTHS)} {_class_for(height, HEIGHTS)}")
        self.desk = desk

    def compose(self) -> ComposeResult:
        """Put the parts in their places."""
        yield TitleBar()
        yield Explained(self.why(), dom_id="why")
        with Horizontal(id="middle"):
            if self.HAS_RAIL:
                yield Rail(dom_id="rail")
            with VerticalScroll(id="body", can_focus=False) if self.SCROLLS else Vertical(id="body"):
                yield from self.body()
            if preview := self.preview():
                yield preview
        yield from self.buttons()
        yield KeyFooter()
        yield TooSmall()

    def why(self) -> str:
        """Return the one sentence that says why one is here."""
        return ""

    def body(self) -> ComposeResult:
        """Make what stands in the middle."""
        raise NotImplementedError

    def buttons(self) -> ComposeResult:
        """Make the row of buttons."""
        yield from ()

    def preview(self) -> Widget | None:
        """Make what is shown beside the body on wide terminals."""
        return None

    def step_words(self) -> str:
        """Return ``step n of m title`` for the title bar, or nothing."""
        return ""

    def stops(self) -> Iterable[Stop]:
        """Return the pages of the rail."""
        return ()

    def on_mount(self) -> None:
        """Fill title and rail."""
        self.refresh_frame()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Put the focus where it was or belongs: when the screen comes, and when what covered it goes."""
        self.call_after_refresh(self._restore_focus)

    def refresh_frame(self) -> None:
        """Show title bar and rail as things are now."""
        self.query_one(TitleBar).show(self.desk.place, self.step_words(), practice=self.desk.is_practice)
        if self.HAS_RAIL:
            self.query_one(Rail).show_stops(list(self.stops()))

    def first_focus(self) -> Widget | None:
        """Return what gets the focus when nobody was here before."""
        return self.focus_chain[0] if self.focus_chain else None

    def keep_focus(self) -> None:
        """Note what has the focus, so that coming back finds it there."""
        if self.focused and self.focused.id and self.NAME:
            self.desk.focus[self.NAME] = self.focused.id

    def on_unmount(self) -> None:
        """Note the focus before leaving."""
        self.keep_focus()

    def _restore_focus(self) -> None:
        if _can_be_used(self.focused):
            return
        known = self.desk.focus.get(self.NAME, "")
        wanted = next(iter(self.query(f"#{known}")), None) if known else None
        if not _can_be_used(wanted):
            wanted = self.first_focus()
        self.set_focus(wanted if _can_be_used(wanted) else next(iter(self.focus_chain), None))

    def watch_focused(self, before: Widget | None, now: Widget | None) -> None:
        """Give the focus to something else when what had it, or was given it by Textual, cannot be used.

        Textual hands it from what is switched off or hidden to what stands beside it, hidden or not, else to
        nothing. What could be used lost it on purpose.
        """
        held = before if now is None else now
        if held is not None and not _can_be_used(held):
            self.call_after_refresh(self._restore_focus)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show any error of the screen's own workers."""
        if problem := worker_problem(event):
            self.post_message(Trouble(problem))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Return the keys in the order of the footer, whichever class named them, with the buttons' words."""
        places = {name: place for place, name in enumerate(FOOTER_FIRST)}
        words = self._words_of_buttons()
        found = {
            key: one._replace(binding=replace(one.binding, description=words[one.binding.id or ""]))
            if one.binding.id in words
            else one
            for key, one in super().active_bindings.items()
        }
        return dict(sorted(found.items(), key=lambda one: places.get(one[1].binding.id or "", len(places))))

    def _words_of_buttons(self) -> dict[str, str]:
        try:
            return self.query_one(ButtonRow).words()
        except NoMatches:
            return {}

    def commands(self) -> Iterable[SystemCommand]:
        """Offer what the command palette has on this screen besides the table of actions."""
        return ()

    def keep_answers(self) -> None:
        """Write what was answered anywhere, for the wizard is about to end; WizardError when that fails."""
        from z2jh_wizard.screens.keeping import keep

        self.take()
        keep(self.desk, self.desk.at)

    def action_back(self) -> None:
        """Go back."""


class Dialog(Here[str], ModalScreen[str]):
    """A question over a screen; it answers with a word, empty for the harmless choice.

    ``no`` and ``yes`` are the words on its buttons; without ``yes`` there is nothing to agree to.
    """

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    AUTO_FOCUS = ""
    CSS_PATH = style_sheet("dialogs")
    ABOUT: ClassVar[str] = "Answer the question, or press Esc to change nothing."
    FIRST: ClassVar[str] = "no"
    """The id of what has the focus at first."""
    LARGE: ClassVar[bool] = False

    def __init__(self, title: str, *, no: str = "Cancel", yes: str = "") -> None:
        super().__init__()
        self._title = title
        self._answers = {"no": no, "yes": yes}

    def compose(self) -> ComposeResult:
        """Put the title above the body, the buttons below it."""
        with Vertical(classes="dialog -large" if self.LARGE else "dialog"):
            yield Plain(self._title, classes="dialog-title")
            yield from self.body()
            with Horizontal(classes="button-row"):
                for name, words in self._answers.items():
                    if words:
                        yield Button(Content(words), id=name, compact=True)
        yield KeyFooter()
        yield TooSmall()

    def body(self) -> ComposeResult:
        """Make what stands between title and buttons."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Put the focus where one begins."""
        self.query_one(f"#{self.FIRST}").focus()

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """Answer, once: a second Enter from an impatient hand must not close the screen below."""
        return super().dismiss(result) if self in self.app.screen_stack else AwaitComplete()

    def agree(self) -> None:
        """Answer with what was chosen; called when the button beside the harmless one is pressed."""

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "yes":
            self.agree()
        else:
            self.dismiss("")

    def action_back(self) -> None:
        """Close without doing anything."""
        self.dismiss("")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show any error of the dialog's own workers."""
        if problem := worker_problem(event):
            self.post_message(Trouble(problem))
