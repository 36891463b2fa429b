"""What differs between two trees of values, by path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.trees import MISSING, same_values

Kind: TypeAlias = Literal["added", "removed", "changed"]


class Difference(msgspec.Struct, frozen=True):
    """One setting that is not the same; a list is compared as a whole. MISSING where it is not set."""

    path: Path
    before: Any
    after: Any

    @property
    def kind(self) -> Kind:
        """What became of the setting."""
        if self.before is MISSING:
            return "added"
        return "removed" if self.after is MISSING else "changed"


class Changed(msgspec.Struct, frozen=True):
    """A difference fit to be shown: both values are None for a secret, one where nothing is set."""

    path: str
    change: Kind
    before: Any = None
    after: Any = None
    secret: bool = False


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield what differs, in the order of the first tree; numbers are compared as Helm stores them."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif before is MISSING and isinstance(after, dict) and after:
        for key, value in after.items():
            yield from differences(MISSING, value, (*path, key))
    elif after is MISSING and isinstance(before, dict) and before:
        for key, value in before.items():
            yield from differences(value, MISSING, (*path, key))
    elif before is MISSING or after is MISSING or not same_values(before, after):
        yield Difference(path, before, after)
