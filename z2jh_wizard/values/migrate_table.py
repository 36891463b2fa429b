"""The rules that carry a values file from one chart to another, as typed rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.checks import VersionKey, version_key
from z2jh_wizard.values.lint.finding import Severity

Effect: TypeAlias = Literal[
    "error", "hub-crash", "security", "lockout", "spawn-failure", "data", "silent", "info"
]
"""What comes of ignoring a rule: refused by Helm, no hub, strangers inside, nobody inside, no servers, ..."""

SEVERITIES: Mapping[Effect, Severity] = MappingProxyType(
    {
        "error": Severity.ERROR,
        "hub-crash": Severity.ERROR,
        "security": Severity.ERROR,
        "lockout": Severity.WARNING,
        "spawn-failure": Severity.WARNING,
        "data": Severity.WARNING,
        "silent": Severity.WARNING,
        "info": Severity.NOTE,
    }
)
"""An error: the hub does not start, or anybody gets in."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change of the chart between two versions, or one difference between two charts.

    ``old`` holds patterns: dotted keys, where ``*`` is any key or list item. ``by`` names what
    applies the rule: ``move``, ``ask`` or one of the functions in migrate_functions or helmforge_functions.
    ``works_until`` is the last version that honours the old key, ``since`` the first that knows the new
    one; both are empty between two charts.
    """

    id: str
    by: str
    old: tuple[str, ...]
    note: str
    effect: Effect
    source: str = ""
    new: str = ""
    works_until: str = ""
    since: str = ""
    kind: Literal["", "move", "rename", "value_map", "removed", "default_changed", "requires_manual"] = ""
    severity: Severity | None = None
    """Where the effect alone says too much or too little."""
    when: Literal["set", "unset"] = "set"
    holding: str | None = None
    unless: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    also: tuple[str, ...] = ()
    ask: str = ""

    @property
    def weight(self) -> Severity:
        """How bad it is to leave this rule's question open."""
        return self.severity or SEVERITIES[self.effect]

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
