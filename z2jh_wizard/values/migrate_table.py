"""The rules that carry a values file from one chart version to the next, as typed rows."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.checks import VersionKey, version_key

Severity: TypeAlias = Literal[
    "info", "silent", "error", "spawn-failure", "hub-crash", "data", "lockout", "security"
]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change of the chart between two versions.

    ``old`` holds patterns: dotted keys, where ``*`` is any key or list item. ``by`` names what
    applies the rule: ``move``, ``ask`` or one of the functions in migrate_functions.
    ``works_until`` is the last version that honours the old key, ``since`` the first that knows the new
    one; ``severity`` is what comes of ignoring the rule.
    """

    id: str
    works_until: str
    since: str
    old: tuple[str, ...]
    new: str
    by: str
    kind: Literal["move", "rename", "value_map", "removed", "default_changed", "requires_manual"]
    severity: Severity
    note: str
    source: str
    when: Literal["set", "unset"] = "set"
    holding: str | None = None
    unless: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    also: tuple[str, ...] = ()
    ask: str = ""

    def concerns(self, source: VersionKey, target: VersionKey) -> bool:
        """Return whether the way from one version to the other crosses this rule.

        A key that an older chart renamed and that is still honoured as an alias is renamed late.
        """
        since = version_key(self.since)
        return (
            source < target
            and since <= target
            and (source < since or source <= version_key(self.works_until))
        )


def read_rules() -> tuple[Rule, ...]:
    """Return all rules in the order in which they apply."""
    raw = asset_path("charts/migrations.json").read_bytes()
    return msgspec.json.decode(raw, type=tuple[Rule, ...])
