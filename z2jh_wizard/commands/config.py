"""Work on config.yaml: single values until the whole editor of settings exists."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render import machine, output


def config(parsed: argparse.Namespace) -> int:
    """Do what the action says."""
    actions = {"get": get, "set": put, "validate": validate}
    return actions[parsed.action](parsed)


def get(parsed: argparse.Namespace) -> int:
    """Show the value at a path, as YAML or JSON."""
    import yaml

    tree = config_file.values(open_project(Path(parsed.folder)))
    value = config_file.get_value(tree, parsed.path) if parsed.path else tree
    if parsed.json:
        output.answer(machine.text(value))
    elif isinstance(value, (dict, list)):
        output.answer(yaml.safe_dump(value, sort_keys=False, allow_unicode=True).rstrip())
    else:
        output.answer(yaml.safe_dump(value, allow_unicode=True).removesuffix("...\n").rstrip())
    return ExitCode.DONE


def put(parsed: argparse.Namespace) -> int:
    """Set one scalar."""
    project = open_project(Path(parsed.folder))
    value = config_file.set_value(project, parsed.path, parsed.value)
    if parsed.json:
        output.answer(machine.text({"path": parsed.path, "value": value}))
    else:
        output.answer(f"{parsed.path}: {machine.line(value)}")
        output.aside("The hub has it after: z2jh-wizard apply")
    return ExitCode.DONE


def validate(parsed: argparse.Namespace) -> int:
    """Check config.yaml with secrets.yaml against the chart's own schema."""
    import asyncio

    from z2jh_wizard.flows.validation import schema_problems

    found = asyncio.run(schema_problems(open_project(Path(parsed.folder))))
    if parsed.json:
        output.answer(machine.text([{"path": one.path, "message": one.message} for one in found]))
    for one in found if not parsed.json else ():
        output.answer(f"{one.path}: {one.message}")
    if not found and not parsed.json:
        output.answer("config.yaml fits the chart.")
    return ExitCode.FOUND_SOMETHING if found else ExitCode.DONE
