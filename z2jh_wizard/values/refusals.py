"""What a chart version does not take: by its schema, or by the table of keys where no schema is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.values.charts import Family, newest, sort_key
from z2jh_wizard.values.look_up import KeyMatch, Kind, look_up, taken
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.reading import Tree
from z2jh_wizard.values.schema import Misfit, Schema, is_one_of, misfits, read_schema

_FIRST_WITH_SCHEMA = sort_key("1.0.0")[:3]
"""Older charts take any type, and what they do not know they do not read."""

_FIRST_AS_SHIPPED = sort_key("4.0.0")[:3]
"""Charts from here on have the shipped schema, but for keys that are newer than they are."""


def refusals(values: Tree, version: str, family: Family, schema: Schema | None = None) -> list[Misfit]:
    """Return unknown keys and wrong types, parents before children; nothing below an unknown key.

    ``schema`` is the chart's own. InvalidInput for what is no version.
    """
    if schema is not None:
        return list(misfits(values, schema))
    if family != "z2jh" or sort_key(version)[:3] < _FIRST_AS_SHIPPED:
        return list(_by_table(values, version, family, ()))
    found = list(misfits(values, read_schema()))
    if sort_key(version) < sort_key(newest().version):
        known = {misfit.path for misfit in found}
        found += [
            misfit
            for misfit in _by_table(values, version, family, ())
            if misfit.unknown
            and misfit.path not in known
            and look_up(misfit.path, version).kind is Kind.TOO_NEW
        ]
    return found


def typed(version: str, family: Family) -> bool:
    """Tell whether charts of this version refuse unknown keys and wrong types."""
    return family == "z2jh" and sort_key(version)[:3] >= _FIRST_WITH_SCHEMA


def _wanted(match: KeyMatch, version: str, family: Family) -> tuple[str, ...]:
    """Return the types that a key takes, nothing where any will do or only newer names have a known one."""
    row = match.row
    assert row is not None
    if family == "z2jh" and (not typed(version, family) or match.path != row.names[-1].path):
        return ()
    wanted = tuple(row.type_in(family).split("|"))
    return () if "any" in wanted else wanted


def _by_table(values: Tree, version: str, family: Family, above: Path) -> Iterator[Misfit]:
    for key, value in values.items():
        path = (*above, key)
        match = taken(path, version, family)
        if match is None:
            yield Misfit(path, value)
        elif match.kind is Kind.SECTION:
            if isinstance(value, dict):
                yield from _by_table(value, version, family, path)
            elif value is not None and typed(version, family):
                yield Misfit(path, value, ("object",))
        elif match.kind is Kind.KEY and match.row is not None:
            wanted = _wanted(match, version, family)
            if value is not None and wanted and not is_one_of(value, wanted):
                yield Misfit(path, value, wanted)
            elif isinstance(value, dict) and not match.row.open_in(family):
                yield from _by_table(value, version, family, path)
