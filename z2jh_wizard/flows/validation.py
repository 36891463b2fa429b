"""Do values files fit the chart: its own schema says so when it can be had, before a cluster is asked."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.charts import chart_source, local_chart, practice_chart
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.helm.chart_files import SCHEMA, read_chart_file
from z2jh_wizard.helm.client import Helm
from z2jh_wizard.helm.command import find_helm
from z2jh_wizard.values.charts import CHART_TITLES, sort_key
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.reading import Tree, parse
from z2jh_wizard.values.refusals import refusals
from z2jh_wizard.values.schema_fit import surely_fits

VALUES = "values.yaml"
FETCH_LIMIT = 30.0
"""Seconds to wait for a chart that has to be downloaded to be looked at."""

SHIPPED_FROM = "4.0.0"
"""The schema that ships with the wizard has the keys of the charts from here on."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A setting that the chart refuses, and why; its value is never quoted."""

    path: str
    message: str


@dataclass(frozen=True)
class Contract:
    """What a chart takes: its schema with its own values, else the table of keys; ``source`` says which."""

    source: str
    schema: Any = None
    defaults: Tree = field(default_factory=dict, repr=False)


async def validate(files: ValuesFiles, *, offline: bool = False) -> tuple[list[Misfit], Contract]:
    """Return what the chart refuses in the files, in path order, and what that was compared with."""
    contract = await contract_of(files.chart, files.version, offline=offline)
    values = files.subject.values
    if contract.schema is None:
        found = _by_table(values, files)
    else:
        merged = coalesce(contract.defaults, values)
        fine = surely_fits(merged, contract.schema)
        found = iter(()) if fine else _by_schema(merged, contract, files)
    return sorted(set(found), key=lambda one: (one.path, one.message)), contract


async def contract_of(chart: Chart, version: str, *, offline: bool = False) -> Contract:
    """Return the chart's own schema: of its path, of the cache, or downloaded; else what the wizard knows."""
    packed = local_chart(chart)
    title = f"{chart.name} {chart.version}"
    if packed and packed.exists():
        found = await asyncio.to_thread(_read, packed, f"the schema of {title} ({packed})")
    elif not offline:
        found = await _downloaded(chart, f"the schema of {title}, downloaded")
    else:
        found = None
    return found or _shipped(chart, version)


async def _downloaded(chart: Chart, source: str) -> Contract | None:
    """Return what a chart's repository has, None when it cannot be had now."""
    try:
        helm = Helm(await find_helm())
        with tempfile.TemporaryDirectory(prefix="z2jh-wizard-chart-") as folder:
            packed = await asyncio.wait_for(helm.pull(chart_source(chart), Path(folder)), FETCH_LIMIT)
            return await asyncio.to_thread(_read, packed, source)
    except (WizardError, asyncio.TimeoutError):
        return None


def _read(chart: Path, source: str) -> Contract | None:
    schema, defaults = read_chart_file(chart, SCHEMA), read_chart_file(chart, VALUES)
    return _contract(source, schema, defaults or b"") if schema else None


def _contract(source: str, schema: bytes, defaults: bytes) -> Contract | None:
    try:
        return Contract(source, msgspec.json.decode(schema), parse(defaults).tree)
    except (msgspec.DecodeError, WizardError):
        return None


def _shipped(chart: Chart, version: str) -> Contract:
    """Return what the wizard knows by itself about a chart that cannot be had."""
    title = f"{CHART_TITLES[chart.family]} {version}"
    why = f"the chart {chart.name} {chart.version} could not be had or has no schema"
    if chart.family == "z2jh" and sort_key(version)[:3] >= sort_key(SHIPPED_FROM)[:3]:
        found = _read(practice_chart(), f"the wizard's own schema for Zero to JupyterHub 4; {why}")
        assert found is not None
        return found
    return Contract(f"the wizard's table of keys for {title}; {why}")


def coalesce(defaults: Tree, values: Tree) -> Tree:
    """Lay values over a chart's own as Helm does: null removes what the chart says."""
    result = dict(defaults)
    for key, value in values.items():
        before = defaults.get(key)
        if value is None and key in defaults:
            result.pop(key)
        elif isinstance(before, dict) and isinstance(value, dict):
            result[key] = coalesce(before, value)
        else:
            result[key] = value
    return result


def _by_table(values: Tree, files: ValuesFiles) -> Iterator[Misfit]:
    for misfit in refusals(values, files.version, files.chart.family):
        path = format_path(misfit.path)
        if misfit.unknown:
            yield Misfit(path, look_up(misfit.path, files.version, files.chart.family).sentence)
        elif misfit.choices:
            yield Misfit(path, f"It must be one of {_listed(misfit.choices)}.")
        else:
            yield Misfit(path, f"It must be {' or '.join(misfit.wanted)}.")


def _by_schema(values: Tree, contract: Contract, files: ValuesFiles) -> Iterator[Misfit]:
    for error in _errors(values, contract):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            for name in _extra(error.instance, error.schema):
                known = look_up((*path, name), files.version, files.chart.family)
                yield Misfit(format_path((*path, name)), known.sentence or "Unknown to the chart.")
        else:
            yield Misfit(format_path(path) or "(top)", _in_words(error))


def _errors(values: Tree, contract: Contract) -> list[Any]:
    """Return what jsonschema says; InvalidInput for a schema that is none. Nothing is fetched for it."""
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft7Validator.check_schema(contract.schema)
        return list(Draft7Validator(contract.schema, registry=Registry()).iter_errors(values))
    except (SchemaError, Unresolvable, RecursionError, re.error) as error:
        raise InvalidInput(
            "The chart's schema cannot be used",
            f"{contract.source}: its values.schema.json is no schema that Helm could read.",
            still_works="Nothing was changed; config lint works without it.",
        ) from error


def _extra(instance: dict[str, Any], schema: Any) -> Iterator[str]:
    patterns = schema.get("patternProperties", {})
    for name in instance:
        if name not in schema.get("properties", {}) and not any(re.search(one, name) for one in patterns):
            yield name


def _in_words(error: Any) -> str:
    """Say what a schema wants without quoting what there is, which may be a secret."""
    wanted = error.validator_value
    if error.validator == "type":
        return f"It must be {' or '.join([wanted] if isinstance(wanted, str) else wanted)}."
    if error.validator == "enum":
        return f"It must be one of {_listed(wanted)}."
    if error.validator == "required":
        return f"It needs {', '.join(name for name in wanted if name not in error.instance)}."
    if error.validator == "minimum":
        return f"It must be at least {wanted}."
    if error.validator == "oneOf" and all("required" in one for one in wanted):
        return f"It needs exactly one of {_listed([', '.join(one['required']) for one in wanted])}."
    return f"It does not fit what the chart's schema says ({error.validator})."


def _listed(choices: Any) -> str:
    return ", ".join("null" if one is None else str(one) or '""' for one in choices)
