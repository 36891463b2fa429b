"""All rules, in the order of their modules."""

from __future__ import annotations

from z2jh_wizard.values.lint import resources
from z2jh_wizard.values.lint.rule import Rule

RULES: tuple[Rule, ...] = (*resources.RULES,)
