"""All rules, in the order of their modules."""

from __future__ import annotations

from z2jh_wizard.values.lint import (
    aborting,
    chart,
    ignoring,
    mixups,
    resources,
    structure,
    text,
    unknown_keys,
    unreadable,
)
from z2jh_wizard.values.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *unreadable.RULES,
    *text.RULES,
    *structure.RULES,
    *mixups.RULES,
    *chart.RULES,
    *aborting.RULES,
    *resources.RULES,
    *unknown_keys.RULES,
    *ignoring.RULES,
)
