"""Carry a values file from the chart version it was written for to another, keeping its comments.

Rules are data (assets/charts/migrations.json). What is safe is done; what needs a person is listed.
Nothing that concerns security, access or files is dropped without either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import Family, newest, sort_key
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.helmforge import rules_from_helmforge, rules_to_helmforge
from z2jh_wizard.values.helmforge_functions import functions_from_helmforge, functions_to_helmforge
from z2jh_wizard.values.migrate_comments import keep_comments, lost_headers, without_comments
from z2jh_wizard.values.migrate_functions import FUNCTIONS
from z2jh_wizard.values.migrate_report import Migration, joined, report
from z2jh_wizard.values.migrate_run import Carried, Leg
from z2jh_wizard.values.migrate_table import read_rules

_ANYTHING = ("*",)
"""The rules about types and unknown keys."""


def migrate(
    document: Document,
    from_version: str,
    to_version: str,
    *,
    from_family: Family = "z2jh",
    to_family: Family = "z2jh",
) -> Migration:
    """Carry a document to another chart version, or to the other chart.

    Between the charts everything goes through the newest names of Zero to JupyterHub; what the other chart
    cannot say stays where it is and is listed. Raises InvalidInput for what is no version, and for a way
    back to an older chart.
    """
    legs = _legs(from_version, to_version, from_family, to_family)
    carried = _carried(document, legs)
    dissolved = lost_headers(document, carried.document)
    if dissolved:
        carried = _carried(without_comments(document, dissolved), legs)
    steps = joined(carried.steps, carried.document)
    after, homeless = keep_comments(document, carried.document, steps)
    return report(document, after, carried.steps, (*carried.questions, *homeless))


def _carried(document: Document, legs: Iterable[Leg]) -> Carried:
    return reduce(Carried.along, legs, Carried(document))


def _legs(from_version: str, to_version: str, from_family: Family, to_family: Family) -> list[Leg]:
    source, target = sort_key(from_version), sort_key(to_version)
    if from_family == to_family:
        return [_between(from_version, to_version)] if to_family == "z2jh" else []
    if to_family == "helmforge":
        through = newest().version
        names = _between(from_version, through) if source < sort_key(through) else Leg((), {}, source)
        # What today's Zero to JupyterHub refuses is no matter for the other chart.
        names = replace(names, rules=[rule for rule in names.rules if rule.by != "unknown_keys"])
        return [names, Leg(rules_to_helmforge(through), functions_to_helmforge(), target)]
    types = [rule for rule in read_rules() if rule.old == _ANYTHING]
    return [
        Leg(rules_from_helmforge(to_version), functions_from_helmforge(to_version), target),
        Leg(types, FUNCTIONS, target),
    ]


def _between(from_version: str, to_version: str) -> Leg:
    """Return the way from one version of Zero to JupyterHub to a newer one."""
    source, target = sort_key(from_version), sort_key(to_version)
    if target < source:
        raise InvalidInput(
            f"{to_version} is older than {from_version}",
            "A file is only carried to a newer chart.",
            next_step="Take the older file from your backups or from version control.",
        )
    return Leg([rule for rule in read_rules() if rule.concerns(source, target)], FUNCTIONS, target)
