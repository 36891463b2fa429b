"""Pages to read on: their addresses to copy, and a browser where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from z2jh_wizard.core.glossary import Reading
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.list_dialog import Item, ListDialog
from z2jh_wizard.system.browser import open_page, opener
from z2jh_wizard.widgets.virtual_table import Column


class ReadingDialog(ListDialog):
    """Lists pages; nothing is opened unless somebody says so."""

    ABOUT = "Pages that say more, those about this screen first. Enter copies the address of the marked one."
    COLUMNS = (Column("page", 30), Column("about", weight=1))

    def __init__(self, readings: Sequence[Reading], *, far: bool = False) -> None:
        """``far`` tells that the person sits at another computer."""
        self._opener = None if far else opener()
        items = [
            Item(
                one.link,
                (one.title, one.about),
                f"{one.about}\n{one.link}",
                Copied(f"the address of the page {one.title}", one.link),
            )
            for one in readings
        ]
        super().__init__("More to read", items, yes="Open in browser" if self._opener else "")

    def agree(self) -> None:
        """Open the marked page in the browser."""
        if self.marked and self._opener:
            self.run_worker(
                self._open(self._opener, self.marked.key), name="opening a page", exit_on_error=False
            )

    async def _open(self, program: str, address: str) -> None:
        await asyncio.to_thread(open_page, program, address)
        self.app.notify(f"Asked your browser for {address}", markup=False)
