"""The rail: the pages of the wizard with their state, beside the page from 100 columns."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from z2jh_wizard.widgets.plain import Plain

ROOM = 21
"""Cells of a line of the rail."""

ABOVE = 8
"""Pages above the one at hand, at most: it stays in sight where the rail is lower than the way is long."""


class Mark(str, enum.Enum):
    """How far a page of the wizard is; each has a word and a symbol."""

    HERE = ">"
    DONE = "+"
    PROBLEM = "!"
    AHEAD = "-"


_WORDS = {Mark.HERE: "here", Mark.DONE: "done", Mark.PROBLEM: "problem", Mark.AHEAD: ""}


@dataclass(frozen=True, slots=True)
class Stop:
    """One page in the rail."""

    title: str
    mark: Mark


class Rail(Plain):
    """Lists the pages; hidden on narrow terminals."""

    def show_stops(self, stops: Sequence[Stop]) -> None:
        """Show the pages with their marks."""
        self.show("\n".join(map(_line, stops)))


def _line(stop: Stop) -> str:
    """Return a page with its mark, and with its word where there is room for it."""
    line = f"{stop.mark.value} {stop.title:<11} {_WORDS[stop.mark]}".rstrip()
    return line if len(line) <= ROOM else f"{stop.mark.value} {stop.title}"[:ROOM]
