"""Does config.yaml fit the chart: its own schema says so, before a cluster is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.cleaning import Cleaner, redactor_for
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project


@dataclass(frozen=True, slots=True)
class Misfit:
    """A setting that the chart's schema refuses, and why."""

    path: str
    message: str


async def schema_problems(project: Project) -> list[Misfit]:
    """Return what the chart's schema refuses in config.yaml and secrets.yaml together, in path order."""
    redactor = redactor_for(project)
    helm = adapters_for(project, redactor).helm
    values = config_file.merge(config_file.values(project), helm.secret_values())
    schema = await helm.schema()
    if schema is None:
        return []
    misfits = _check(msgspec.json.decode(schema), config_file.merge(await helm.default_values(), values))
    clean = Cleaner(redactor)
    return [Misfit(one.path, clean.text(one.message)) for one in misfits]


def _check(schema: Any, values: dict[str, Any]) -> list[Misfit]:
    from jsonschema import Draft7Validator

    errors = Draft7Validator(schema).iter_errors(values)
    found = {Misfit(".".join(map(str, error.absolute_path)) or "(top)", error.message) for error in errors}
    return sorted(found, key=lambda one: (one.path, one.message))
