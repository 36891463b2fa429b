"""Single settings: config get, set, unset and search."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from z2jh_wizard.commands.config_words import say_if_new, where_of
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.flows import settings
from z2jh_wizard.flows.values_files import PIPE, open_files
from z2jh_wizard.render import findings as found_lines
from z2jh_wizard.render import machine, output
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.typed import typed_value


def get(parsed: argparse.Namespace) -> int:
    """Show the value at a path, as YAML or JSON; a secret is named and not shown."""
    path = parse_path(parsed.path) if parsed.path else ()
    files = open_files(where_of(parsed))
    value = settings.shown(files, path)
    output.answer(machine.text(value) if parsed.json else _yaml(value))
    holder = files.holder(path) if path else None
    if value == settings.HIDDEN and holder:
        where = f"{holder.name}, line {holder.document.where(path).line}"
        output.aside(f"{parsed.path} is a secret; it is in {where}, and not shown.")
    say_if_new(files)
    return ExitCode.DONE


def _yaml(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n").rstrip()


def put(parsed: argparse.Namespace) -> int:
    """Set a value; a secret comes from stdin, never from the command line."""
    path, where = parse_path(parsed.path), where_of(parsed)
    value = _from_stdin(path, parsed) if parsed.value == PIPE else _from_words(path, parsed)
    edited = settings.change(
        where, "config set", lambda files: settings.set_value(files, path, value, force=parsed.force)
    )
    hidden = settings.shown(edited.files, path)
    if parsed.json:
        output.answer(machine.text(_report(edited, parsed, value=hidden)))
    elif edited.file.path is None:
        output.document(edited.document.data)
    else:
        state = "is now" if edited.changed else "is already"
        output.answer(plain(f"{parsed.path} {state} {machine.line(hidden)} in {edited.file.name}"))
    for line in found_lines.lines(settings.findings_about(edited.files, path)):
        output.aside(line)
    return _ended(edited)


def unset(parsed: argparse.Namespace) -> int:
    """Remove a setting, so that the chart's default is in force again."""
    path = parse_path(parsed.path)
    edited = settings.change(
        where_of(parsed), "config unset", lambda files: settings.unset_value(files, path)
    )
    if parsed.json:
        output.answer(machine.text(_report(edited, parsed)))
    elif edited.file.path is None:
        output.document(edited.document.data)
    elif edited.changed:
        output.answer(plain(f"{parsed.path} is no longer set in {edited.file.name}"))
    else:
        output.answer(plain(f"{parsed.path} is not set in {edited.file.name}; nothing was changed"))
    return _ended(edited)


def _report(edited: settings.Edited, parsed: argparse.Namespace, **more: Any) -> dict[str, Any]:
    report = {"path": parsed.path, **more, "file": edited.file.name, "changed": edited.changed}
    if edited.file.path is None:
        report["values"] = edited.document.data.decode("utf-8-sig")
    return report


def _ended(edited: settings.Edited) -> int:
    for note in edited.notes:
        output.aside(plain(note))
    if edited.changed and edited.files.project:
        output.aside("The hub has it after: z2jh-wizard apply")
    return ExitCode.DONE


def _from_words(path: Path, parsed: argparse.Namespace) -> Any:
    """Return the value that stands on the command line; InvalidInput for one that holds a secret."""
    value = None if holds_secret(path) else typed_value(parsed.value)
    found = [path] if holds_secret(path) else settings.secrets_in(path, value)
    if found:
        folder = "" if parsed.file else f" -C {parsed.folder}" if parsed.folder != "." else ""
        raise InvalidInput(
            f"{format_path(found[0])} is a secret",
            "What stands on a command line is seen by others and kept in the shell's history.",
            still_works="Nothing was changed.",
            next_step=f"Type it, unseen, after: z2jh-wizard{folder} config set {parsed.path} -   "
            "(or pipe it in; change it, if it was a real one)",
        )
    return value


def _from_stdin(path: Path, parsed: argparse.Namespace) -> Any:
    if parsed.file == PIPE:
        raise InvalidInput(
            "Value and file cannot both come from stdin",
            "There is only one stdin.",
            next_step="Name the file, or give the value as a word if it is no secret.",
        )
    if holds_secret(path) and sys.stdin.isatty():
        import getpass

        return settings.value_of(path, getpass.getpass(f"{parsed.path}: ", sys.stderr))
    text = sys.stdin.read()
    if not text.strip():
        raise InvalidInput(
            "There is no value", "Nothing came from stdin.", still_works="Nothing was changed."
        )
    return settings.value_of(path, text)
