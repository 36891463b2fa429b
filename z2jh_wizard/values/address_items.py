"""One line of the checklist of a hub's address."""

from __future__ import annotations

import enum

import msgspec


class Mark(enum.Enum):
    """How a line stands: the word that is shown."""

    DONE = "done"
    WAITING = "waiting"
    YOURS = "needs you"
    WRONG = "wrong"
    LATER = "later"
    SKIPPED = "not needed"
    UNKNOWN = "not known"

    @property
    def symbol(self) -> str:
        """Return the symbol that stands before the word."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Mark.DONE: "+",
    Mark.WAITING: ">",
    Mark.YOURS: "?",
    Mark.WRONG: "!",
    Mark.LATER: "-",
    Mark.SKIPPED: "=",
    Mark.UNKNOWN: "x",
}


class Item(msgspec.Struct, frozen=True):
    """A line: what was looked at, how it stands, what was seen, and what to do next."""

    id: str
    title: str
    mark: Mark
    seen: str
    next: str = ""

    @property
    def words(self) -> str:
        """Return symbol and word."""
        return f"{self.mark.symbol} {self.mark.value}"
