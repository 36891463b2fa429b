"""What a tear-down removed and what it left: the result that screens, plain lines and JSON show."""

from __future__ import annotations

import msgspec


class Left(msgspec.Struct, frozen=True):
    """Something that a tear-down found and did not remove, and why.

    ``month_usd`` is about what it costs a month in US dollars, None for not known; ``safe`` tells that the
    wizard can delete it, ``commands`` are what a person would type to; ``looked`` is False for a kind of
    things that could not be looked for.
    """

    name: str
    reason: str
    where: str = ""
    size: str = ""
    month_usd: float | None = None
    safe: bool = False
    commands: list[str] = []
    looked: bool = True


class Receipt(msgspec.Struct, frozen=True):
    """The result of a tear-down; ``cost_left_month`` is USD, None when nobody can tell.

    ``complete`` tells that the tear-down came to its last look round; without it ``left`` says nothing.
    ``cost_known_month`` is the part of the cost whose price is known.
    """

    time: str
    release: str
    practice: bool
    removed: list[str]
    left: list[Left]
    cost_left_month: float | None
    complete: bool
    looked_for: list[str] = []
    cost_known_month: float = 0.0

    @property
    def found(self) -> list[Left]:
        """What was found, without the kinds that could not be looked for."""
        return [one for one in self.left if one.looked]

    @property
    def unlooked(self) -> list[Left]:
        """The kinds that could not be looked for."""
        return [one for one in self.left if not one.looked]

    @property
    def unpriced(self) -> list[Left]:
        """What is left and has no price that is known."""
        return [one for one in self.left if one.month_usd is None]
