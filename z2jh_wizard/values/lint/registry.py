"""All rules, in the order of their modules."""

from __future__ import annotations

from z2jh_wizard.values.lint import (
    aborting,
    chart,
    config_names,
    config_twice,
    config_values,
    helmforge,
    ignoring,
    mixups,
    oauth,
    resources,
    secrets,
    sign_in,
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
    *config_names.RULES,
    *config_twice.RULES,
    *config_values.RULES,
    *helmforge.RULES,
    *oauth.RULES,
    *secrets.RULES,
    *sign_in.RULES,
    *unknown_keys.RULES,
    *ignoring.RULES,
)
