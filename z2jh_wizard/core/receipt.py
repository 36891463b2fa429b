"""What a tear-down removed and what it left: the result that screens, plain lines and JSON show."""

from __future__ import annotations

import msgspec


class Left(msgspec.Struct, frozen=True):
    """Something that a tear-down found and did not remove, and why."""

    name: str
    reason: str


class Receipt(msgspec.Struct, frozen=True):
    """The result of a tear-down; ``cost_left_month`` is USD, None when nobody can tell.

    ``complete`` tells that the tear-down came to its last look round; without it ``left`` says nothing.
    """

    time: str
    release: str
    practice: bool
    removed: list[str]
    left: list[Left]
    cost_left_month: float | None
    complete: bool
