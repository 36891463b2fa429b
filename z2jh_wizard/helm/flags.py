"""Versions of Helm, and the flags that are called differently or are missing in some of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

Version: TypeAlias = "tuple[int, int, int]"

FIRST_WITHOUT_TILLER: Version = (3, 0, 0)

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def parse_version(text: str) -> Version | None:
    """Return the version in ``v4.3.1+gc0d08d0`` or ``Client: v2.16.1+gbbdfe5e``, None if there is none."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def version_text(version: Version) -> str:
    """Return a version as people write it, such as 4.3.1."""
    return ".".join(map(str, version))


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag by the words that Helm ``since`` that version takes, and those that it took ``before``."""

    words: tuple[str, ...]
    since: Version
    before: tuple[str, ...] = ()

    def for_version(self, version: Version) -> tuple[str, ...]:
        """Return the words to pass to this Helm; empty where it has no such flag."""
        return self.words if version >= self.since else self.before


ROLL_BACK_ON_FAILURE = Flag(("--rollback-on-failure",), since=(4, 0, 0), before=("--atomic",))

FORCE_CONFLICTS = Flag(("--force-conflicts",), since=(4, 0, 0))
"""Helm 3 never meets field conflicts: it writes without server-side apply."""

ALL_STATES = Flag((), since=(4, 0, 0), before=("--all",))
"""Helm 4 lists releases in every state unless told otherwise."""
