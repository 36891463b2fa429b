"""What a cluster left at its cloud: sizes and prices, ticks for what shall go, and the hub's name to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.render.receipt import month
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import AskText
from z2jh_wizard.screens.messages import Go, StartRun
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_pane import TextPane
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.core.receipt import Left

COLUMNS = (
    Column("delete", 6),
    Column("what", weight=5),
    Column("size", weight=3),
    Column("a month", 11),
    Column("safe", 8),
)


class LeftoversScreen(WizardScreen):
    """Lists what is left, ticks what shall be deleted, and starts a tear-down with that."""

    NAME = "leftovers"
    SCROLLS = False
    CSS_PATH = style_sheet("teardown")
    BINDINGS = screen_bindings("back", "refresh", "tick", "copy")
    ABOUT = (
        "Looks round the cloud for what a cluster leaves behind: students' disks, load balancers, addresses. "
        "Only what is this project's and what nothing else can need can be ticked; of all else the command "
        "stands below the list, for you to type. Nothing is deleted before you type the name of the hub."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._left: dict[str, Left] = {}
        self._ticked: set[str] = set()

    @property
    def hub(self) -> str:
        """Return the name that has to be typed."""
        return self.desk.project.spec.release if self.desk.project else ""

    def why(self) -> str:
        """Say what it is good for."""
        return "What is forgotten at a cloud goes on costing money."

    def body(self) -> ComposeResult:
        """Make the list, and what is known of the marked row."""
        yield Plain("Looking round. Nothing is changed.", dom_id="left-note")
        yield VirtualTable(*COLUMNS, dom_id="left")
        yield TextPane(dom_id="left-words")

    def buttons(self) -> ComposeResult:
        """Delete what is ticked, tick, and Back."""
        delete = ActionButton("delete")
        delete.disabled = True
        yield ButtonRow(delete, ActionButton("tick"), ActionButton("refresh"), ActionButton("back"))

    def first_focus(self) -> Widget:
        """Begin at the list."""
        return self.query_one("#left")

    def on_mount(self) -> None:
        """Look at once."""
        self.action_refresh()

    def action_refresh(self) -> None:
        """Look again at what is there."""
        self.run_worker(
            self._look(), name="looking for what is left", group="left", exclusive=True, exit_on_error=False
        )

    async def _look(self) -> None:
        project, note = self.desk.project, self.query_one("#left-note", Plain)
        if project is None:
            return
        note.show("Looking round. Nothing is changed.")
        try:
            found = await self.desk.backend.leftovers(project)
        except WizardError as error:
            self._left, self._ticked = {}, set()
            self._show()
            note.show("\n".join(["! " + error.problem.title, *error.problem.lines()[1:]]))
            return
        known = set(self._left)
        self._left = found
        # What is new is ticked when it can be; what was unticked by hand stays so.
        safe = {key for key, one in found.items() if one.safe}
        self._ticked = safe & (self._ticked | (safe - known))
        self._show()

    def _show(self) -> None:
        if not self.is_attached:
            return
        self.query_one("#left", VirtualTable).show(list(self._left), self._cells)
        self.query_one("#left-note", Plain).show(self._note())
        self.query_one("#do-delete").disabled = not self._ticked
        self._show_marked()
        self.refresh_bindings()

    def _note(self) -> str:
        found = [one for one in self._left.values() if one.looked]
        unlooked = len(self._left) - len(found)
        if not self._left:
            return "+ Nothing is left."
        known, unknown = sum(one.month_usd or 0 for one in found), any(one.month_usd is None for one in found)
        more = "at least " if unknown else "about "
        cost = (
            f"{more}${known:,.2f} a month" if known else "no price is known" if unknown else "costs nothing"
        )
        but = f" ! {unlooked} kind{'s' * (unlooked > 1)} could not be looked for." if unlooked else ""
        return f"{len(found)} left: {cost}. {len(self._ticked)} ticked.{but}"

    def _cells(self, key: str) -> Cells:
        one = self._left[key]
        tick = ("[x]" if key in self._ticked else "[ ]") if one.safe else "-"
        safe = "yes" if one.safe else "no" if one.looked else "?"
        price = "not known" if one.month_usd is None else f"${one.month_usd:,.2f}"
        return Cells((tick, one.name, one.size, price, safe), "" if one.safe else "warning")

    @property
    def _marked(self) -> Left | None:
        return self._left.get(self.query_one("#left", VirtualTable).marked)

    @on(VirtualTable.Marked, "#left")
    def _show_marked(self) -> None:
        one = self._marked
        self.query_one("#left-words", TextPane).show("\n".join(_words(one)) if one else "")
        self.query_one("#do-tick").disabled = one is None or not one.safe

    @on(VirtualTable.Chosen, "#left")
    def action_tick(self) -> None:
        """Tick the marked row, or take its tick away; what is not safe cannot be ticked."""
        one = self._marked
        if one and one.safe:
            self._ticked ^= {self.query_one("#left", VirtualTable).marked}
            self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what makes no sense for the marked row, or without a tick."""
        if self.is_mounted and action == "delete" and not self._ticked:
            return None
        if self.is_mounted and action == "tick" and not (self._marked and self._marked.safe):
            return None
        return super().check_action(action, parameters)

    def action_delete(self) -> None:
        """Say what will be deleted, and ask for the hub's name."""
        keys = [key for key in self._left if key in self._ticked]
        names = [self._left[key].name for key in keys]
        more = [f"and {len(names) - 5} more"] if len(names) > 5 else []
        lines = [
            f"{len(names)} will be deleted for good, files and all:",
            *(f"  {name}" for name in names[:5]),
            *more,
            self.desk.cluster,
            f"Type the hub name ({self.hub}) to go on:",
        ]

        def start(typed: str | None) -> None:
            if typed == self.hub:
                self.post_message(StartRun("teardown", leftovers=keys))

        ask = AskText("Delete what is left?", lines, yes="Delete", check=self._wrong_name)
        self.app.push_screen(ask, start)

    def _wrong_name(self, typed: str) -> str | None:
        return None if typed == self.hub else f"The hub is called {self.hub}; nothing was deleted."

    def copied(self) -> Copied:
        """Copy what is known of the marked row, its command too."""
        one = self._marked
        return Copied("what is left", "\n".join([one.name, *_words(one)]) if one else "")

    def action_back(self) -> None:
        """Change nothing."""
        self.post_message(Go("dashboard"))


def _words(one: Left) -> list[str]:
    """Return what is known of one thing, with the commands that delete it."""
    place = f" In {one.where}." if one.where else ""
    head = "Deleted when ticked" if one.safe else "Not deleted by the wizard" if one.looked else "Not seen"
    lines = [f"{head}: {one.reason}.{place}", f"{one.name}: {one.size or 'no size'}, {month(one.month_usd)}."]
    return [*lines, *(f"$ {command}" for command in one.commands)]
