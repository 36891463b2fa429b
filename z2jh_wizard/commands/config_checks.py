"""Checks of values files: config lint and config validate."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from z2jh_wizard.commands.config_words import say_if_new, where_of
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.flows.linting import lint_files, mend
from z2jh_wizard.flows.values_files import ValuesFiles, files_to_change, open_files
from z2jh_wizard.render import findings as found_lines
from z2jh_wizard.render import machine, output
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.lint.run import Linted


def lint(parsed: argparse.Namespace) -> int:
    """Say what is wrong; ``--fix`` writes the safe edits first, those of a pipe to stdout."""
    where = where_of(parsed)
    if not parsed.fix:
        files = open_files(where)
        say_if_new(files)
        return _say(_linted(files, online=parsed.online), as_json=parsed.json, to_stderr=False)
    with files_to_change(where, "config lint --fix") as read:
        pipe = read.main.path is None
        if pipe and parsed.json:
            raise InvalidInput(
                "The fixed file and the JSON cannot both go to stdout", "Leave one of --fix and --json out."
            )
        files = _mended(read)
    if pipe:
        output.document(files.main.data)
    return _say(_linted(files, online=parsed.online), as_json=parsed.json, to_stderr=pipe)


def _linted(files: ValuesFiles, *, online: bool) -> Linted:
    """Return what the rules find, and what registries and repositories say when they shall be asked."""
    linted = lint_files(files)
    if not online or linted.unreadable:
        return linted
    from z2jh_wizard.flows.online import online_findings

    asked = asyncio.run(online_findings(files))
    return replace(linted, findings=[*linted.findings, *asked])


def _mended(files: ValuesFiles) -> ValuesFiles:
    mended = mend(files)
    for one in mended.done:
        sentence = one.fix.sentence if one.fix else ""
        output.aside(plain(f"fixed {one.file}:{one.line} {one.rule}: {sentence}"))
    for one, reason in mended.refused:
        output.aside(plain(f"not fixed {one.file}:{one.line} {one.rule}: {reason}"))
    return mended.files


def _say(linted: Linted, *, as_json: bool, to_stderr: bool) -> int:
    findings = linted.findings
    say = output.aside if to_stderr else output.answer
    if as_json:
        say(machine.text(found_lines.tree(findings)))
    else:
        for line in found_lines.lines(findings):
            say(line)
        say(found_lines.count(findings) or "Nothing is wrong as far as lint knows.")
    if linted.unreadable:
        return ExitCode.WRONG_USE
    return ExitCode.FOUND_SOMETHING if any(map(_counts, findings)) else ExitCode.DONE


def _counts(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE


def validate(parsed: argparse.Namespace) -> int:
    """Check the values against the chart's own schema, or what the wizard knows of the chart."""
    from z2jh_wizard.flows.validation import validate as check

    files = open_files(where_of(parsed))
    say_if_new(files)
    found, contract = asyncio.run(check(files, offline=parsed.offline))
    if parsed.json:
        output.answer(machine.text([{"path": one.path, "message": one.message} for one in found]))
    else:
        for one in found:
            output.answer(plain(f"{one.path}: {one.message}"))
        if not found:
            output.answer(f"{' and '.join(one.name for one in files.files)} fit{_s(files)} the chart.")
    output.aside(f"compared with {contract.source}")
    return ExitCode.FOUND_SOMETHING if found else ExitCode.DONE


def _s(files: ValuesFiles) -> str:
    return "s" if len(files.files) == 1 else ""
