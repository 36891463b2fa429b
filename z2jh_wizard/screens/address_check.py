"""The way from a student's browser to the hub as a checklist, looked at again every few seconds."""

from __future__ import annotations

import asyncio
import contextlib

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values.address_checklist import Checklist
from z2jh_wizard.values.address_items import Item, Mark
from z2jh_wizard.values.address_seen import WayIn, way_in
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

LOOKING = "Looking at the cluster, the name and the ports."

_TONES = {
    Mark.DONE: "good",
    Mark.WAITING: "warning",
    Mark.YOURS: "warning",
    Mark.WRONG: "bad",
    Mark.UNKNOWN: "bad",
    Mark.LATER: "dim",
    Mark.SKIPPED: "dim",
}


class AddressCheckScreen(ToolScreen):
    """Shows the checklist; it looks for as long as it is shown and no longer."""

    NAME = "address-check"
    SCROLLS = False
    CSS_PATH = style_sheet("address_check")
    BINDINGS = screen_bindings("back", "refresh", "copy")
    ABOUT = (
        "Every line is looked at again every few seconds until all is done: the record that somebody has to "
        "make, what the name leads to, the ports, the certificate, the hub itself. Up and down mark a line; "
        "below it stands what to do. Copy record and Copy e-mail fill the clipboard."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._way = self._read_way()
        self._found: Checklist | None = None
        self._items: dict[str, Item] = {}
        self._now = asyncio.Event()
        self._is_first = True

    def _read_way(self) -> WayIn:
        """Return the way in as the draft of the settings has it."""
        scene = self.form.scene
        return way_in(scene.values, scene.version, scene.family)

    def why(self) -> str:
        """Say what it is good for."""
        return "A name must lead to the hub's address, and HTTPS needs that name first."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "address"

    def body(self) -> ComposeResult:
        """Make the lines, and below them what to do about the marked one."""
        yield VirtualTable(Column("state", 13), Column("what", 20), Column("what is seen"), dom_id="checks")
        with VerticalScroll(id="detail", classes="readable"):
            yield Plain("", dom_id="detail-title", classes="heading")
            yield Plain(LOOKING, dom_id="detail-seen")
            yield Plain("", dom_id="detail-next")

    def buttons(self) -> ComposeResult:
        """Look again, copy, back."""
        yield ButtonRow(
            ActionButton("refresh", "Look again"),
            ActionButton("copy", "Copy record"),
            ActionButton("copy_mail"),
            ActionButton("back"),
        )

    def on_mount(self) -> None:
        """Begin to look; leaving the screen ends it."""
        self.run_worker(self._watch(), name="looking at the address", group="address", exit_on_error=False)

    def first_focus(self) -> Widget:
        """Begin at the lines."""
        return self.query_one("#checks")

    async def _watch(self) -> None:
        from z2jh_wizard.flows.address_check import EVERY, RARELY

        if self.desk.project is None:
            return
        check = await self.desk.backend.address_check(self.desk.project)
        while True:
            self._now.clear()
            self._show(await check.look(self._way))
            pause = RARELY if self._found and self._found.is_done else EVERY
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._now.wait(), pause)

    def _show(self, found: Checklist) -> None:
        self._found = found
        self._items = {one.id: one for one in found.items}
        table = self.query_one("#checks", VirtualTable)
        table.show(list(self._items), self._cells)
        table.styles.max_height = table.row_count + 1
        if self._is_first and found.open:
            table.mark(found.open.id)
        self._is_first = False
        for name, usable in (("copy", bool(found.records)), ("copy_mail", bool(found.letter))):
            self.query_one(f"#do-{name}").disabled = not usable
        self.refresh_bindings()
        self._show_marked()

    def _cells(self, key: str) -> Cells:
        one = self._items[key]
        return Cells((one.words, one.title, one.seen), _TONES[one.mark])

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self._show_marked()

    def _show_marked(self) -> None:
        one = self._items.get(self.query_one("#checks", VirtualTable).marked)
        if one is None:
            return
        self.query_one("#detail-title", Plain).show(f"{one.words}: {one.title}")
        self.query_one("#detail-seen", Plain).show(one.seen)
        self.query_one("#detail-next", Plain).show(f"What to do: {one.next}" if one.next else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to ask for before the hub has a name and an address."""
        if action == "copy_mail" and not (self._found and self._found.letter):
            return None
        return super().check_action(action, parameters)

    def action_refresh(self) -> None:
        """Look again now, at what the settings say now."""
        self._way = self._read_way()
        self._now.set()

    def copied(self) -> Copied | None:
        """Return the records as lines of a zone file; while there are none what has the focus."""
        if self._found and self._found.records:
            return Copied("the record", "\n".join(one.line for one in self._found.records))
        return super().copied()

    def action_copy_mail(self) -> None:
        """Copy the letter to whoever makes the record."""
        if self._found and self._found.letter:
            copy(self.app, Copied("an e-mail that asks for the record", self._found.letter))

    def action_back(self) -> None:
        """Go back to where one came from."""
        if self.topic:
            super().action_back()
        else:
            self.post_message(Go("dashboard"))
