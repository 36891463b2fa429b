"""What the other chart cannot say: it stays where it is, and a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.keys import KeyRow, paths_at
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.migrate_work import Work
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.traits import by_chart_key

_OF_HELM = "global"
"""Helm takes it for any chart."""

_ABOUT_SECRETS = "secret-trait"


@dataclass(frozen=True)
class Side:
    """The chart that a file goes to, and the rules that say what it cannot say."""

    family: Family
    version: str
    rules: tuple[Rule, ...]

    @cached_property
    def known(self) -> Mapping[str, KeyRow]:
        """Every key of the chart."""
        return paths_at(self.version, self.family)

    @cached_property
    def sections(self) -> frozenset[str]:
        """Every part of a path above a key."""
        parts = (key.split(".") for key in self.known)
        return frozenset(".".join(names[:size]) for names in parts for size in range(1, len(names)))

    def leftovers(self, tree: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
        """Yield what the chart does not take: whole sections where it has no such section."""
        for key, value in tree.items():
            path = (*above, key)
            dotted = ".".join(map(str, path))
            row = self.known.get(dotted)
            if dotted == _OF_HELM or (row and (row.open_in(self.family) or not isinstance(value, dict))):
                continue
            if isinstance(value, dict) and (dotted in self.sections or self._is_divided(path)):
                yield from self.leftovers(value, path)
            else:
                yield path

    def _is_divided(self, path: Path) -> bool:
        """Return whether a rule is about a part of what a path leads to."""
        patterns = [pattern.split(".") for rule in self.rules if rule.by == "cannot" for pattern in rule.old]
        return any(len(pattern) > len(path) and _agree(pattern, path) for pattern in patterns)

    def best(self, path: Path) -> Rule:
        """Return the rule that says most about a path."""
        return max((rule for rule in self.rules if rule.by == "cannot"), key=lambda rule: _fit(rule, path))


def _fit(rule: Rule, path: Path) -> tuple[int, int]:
    """Return how well a rule fits a path: names that agree, then parts; the rule about nothing fits all."""
    if not rule.old:
        return 0, 0
    if rule.id == _ABOUT_SECRETS and not holds_secret(path):
        return -1, 0
    fitting = [
        (len(pattern) - pattern.count("*"), len(pattern))
        for pattern in (pattern.split(".") for pattern in rule.old)
        if len(pattern) <= len(path) and _agree(pattern, path)
    ]
    return max(fitting, default=(-1, 0))


def _agree(pattern: list[str], path: Path) -> bool:
    return all(part in ("*", name) for part, name in zip(pattern, path, strict=False))


def cannot(work: Work, side: Side) -> None:
    """List what the other chart cannot say and this rule says most about."""
    between = [item for item in work.asked if not item.rule.since and item.rule.by != "cannot"]
    spoken = [item.path for item in between if item.path]
    for path in side.leftovers(work.document.values):
        if side.best(path) != work.rule or any(path[: len(known)] == known for known in spoken):
            continue
        value, key = work.document.get(path), format_path(path)
        if side.family == "helmforge" and isinstance(value, dict) and value.get("enabled") is False:
            work.ask(path, f"HelmForge has no {key} to switch off: delete it.", Severity.NOTE)
        elif not work.rule.old and ".".join(map(str, path)) in side.sections:
            work.ask(path, f"A map of keys belongs at {key}: mend or delete it.", Severity.ERROR)
        else:
            work.ask(path, _filled(work.rule, path, side))


def _filled(rule: Rule, path: Path, side: Side) -> str:
    key = format_path(path)
    trait = by_chart_key().get(key)
    if side.family == "helmforge" and trait and not rule.old:
        line = f"c.{trait.class_name}.{trait.name} = ..."
        return f"HelmForge has no {key}: write {line} in hub.extraConfig, then delete the key."
    section, name = (str(part) for part in path[2:4]) if len(path) == 4 else ("", "")
    words = {"{key}": key, "{section}": section, "{trait}": name, "{variable}": name.upper()}
    text = rule.note
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text
