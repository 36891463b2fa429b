"""What the migration rules do, by the name that their rows give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from z2jh_wizard.values import migrate_people, migrate_types, migrate_values
from z2jh_wizard.values.migrate_work import Work, literal

Function: TypeAlias = Callable[[Work], None]


def move(work: Work) -> None:
    """Move a key to its new place."""
    for path in map(literal, work.rule.old):
        if work.document.has(path):
            work.move(path, work.new)


def ask(work: Work) -> None:
    """List the keys that are set and hold what the rule is about, or say once that a default changes."""
    rule = work.rule
    if any(work.matches(pattern) for pattern in rule.unless):
        return
    if rule.when == "unset":
        missing = [literal(pattern) for pattern in rule.old if not work.matches(pattern)]
        if missing:
            work.ask(missing[0])
        return
    for pattern in rule.old:
        for path in work.matches(pattern):
            if rule.holding is None or re.search(rule.holding, _text(work.document.get(path))):
                work.ask(path)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            move,
            ask,
            *migrate_values.FUNCTIONS,
            *migrate_people.FUNCTIONS,
            *migrate_types.FUNCTIONS,
        )
    }
)
