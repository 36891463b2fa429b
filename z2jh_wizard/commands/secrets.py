"""The hub's secrets by name: list them, show one, make a new one."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.flows import hub_secrets
from z2jh_wizard.flows.values_files import Where, files_to_change, open_files
from z2jh_wizard.render import machine, output


def secrets(parsed: argparse.Namespace) -> int:
    """List the secrets without their values: what each is for, and where it stands."""
    found = hub_secrets.secrets_of(open_files(Where(Path(parsed.folder))))
    if parsed.json:
        output.answer(machine.text([_tree(one) for one in found]))
        return ExitCode.DONE
    for one in found:
        where = f"{one.file}, line {one.line}" if one.line else f"not made yet, will be in {one.file}"
        output.answer(f"{one.name:<16} {one.wanted.kind.about} ({where})")
    return ExitCode.DONE


def show(parsed: argparse.Namespace) -> int:
    """Print one secret, and nothing else."""
    secret = hub_secrets.find_secret(open_files(Where(Path(parsed.folder))), parsed.secret)
    if secret.value is None:
        output.aside(f"{secret.name} is not made yet; it will be by: z2jh-wizard apply")
        return ExitCode.FOUND_SOMETHING
    output.answer(secret.value if isinstance(secret.value, str) else machine.line(secret.value))
    return ExitCode.DONE


def rotate(parsed: argparse.Namespace) -> int:
    """Make a new secret, say what that breaks, and keep the old file as a backup."""
    with files_to_change(Where(Path(parsed.folder)), "rotate a secret") as files:
        _, secret = hub_secrets.replace_secret(files, parsed.secret)
    kind = secret.wanted.kind
    if parsed.json:
        output.answer(machine.text({**_tree(secret), "breaks": kind.breaks}))
    else:
        output.answer(f"{secret.file} has a new {secret.name}: it {kind.about}.")
        output.aside(f"The hub has it after: z2jh-wizard apply. Then: {kind.breaks}")
    return ExitCode.DONE


def _tree(one: hub_secrets.HubSecret) -> dict[str, object]:
    kind = one.wanted.kind
    return {
        "name": one.name,
        "about": kind.about,
        "path": one.wanted.dotted,
        "file": one.file,
        "line": one.line,
        "set": one.wanted.is_set,
    }
