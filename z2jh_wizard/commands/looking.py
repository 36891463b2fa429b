"""Commands that only look: status, diagnose and doctor (which mends when asked)."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.report import Check
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render import machine, output, plain

MARKS = {"warn": "~ warning", "unknown": "? unknown", "fail": "! wrong  "}

WATCH_PAUSE = 2.0
"""Seconds between two looks of ``status --watch``."""


def status(parsed: argparse.Namespace) -> int:
    """Show how the hub is."""
    from z2jh_wizard.flows.status import status as look

    project = open_project(Path(parsed.folder))

    async def show() -> int:
        while True:
            report = await look(project)
            if parsed.json:
                output.answer(machine.line(report) if parsed.watch else machine.text(report))
            else:
                for line in plain.status_lines(report):
                    output.answer(line)
            if not parsed.watch:
                return ExitCode.FOUND_SOMETHING if report.problems else ExitCode.DONE
            await asyncio.sleep(WATCH_PAUSE)

    return asyncio.run(show())


def diagnose(parsed: argparse.Namespace) -> int:
    """Show why the hub is not well."""
    from z2jh_wizard.flows.status import diagnoses

    project = open_project(Path(parsed.folder))
    found = asyncio.run(diagnoses(project))
    if parsed.json:
        output.answer(machine.text(found))
    for one in found if not parsed.json else ():
        for line in plain.diagnosis_lines(one.summary, one.evidence, one.cause, one.next):
            output.answer(line)
    if not found and not parsed.json:
        output.answer("Nothing is wrong as far as the cluster tells.")
    return ExitCode.FOUND_SOMETHING if found else ExitCode.DONE


def doctor(parsed: argparse.Namespace) -> int:
    """Check this computer and the project; ``--fix`` downloads a verified Helm."""
    from z2jh_wizard.flows.doctor import examine, fetch_helm

    async def look() -> list[Check]:
        if parsed.fix and not any(check.id == "helm" and check.ok for check in await gather()):
            output.aside(f"downloaded and verified: {await fetch_helm()}")
        return await gather()

    async def gather() -> list[Check]:
        return [check async for check in examine(Path(parsed.folder), disk=parsed.disk)]

    checks = asyncio.run(look())
    if parsed.json:
        output.answer(machine.text(checks))
    for check in checks if not parsed.json else ():
        output.answer(f"{_mark(check)} {check.text}")
        if check.next:
            output.answer(f"            {check.next}")
    return ExitCode.DONE if all(check.ok for check in checks) else ExitCode.FOUND_SOMETHING


def _mark(check: Check) -> str:
    return MARKS.get(check.verdict, "+ ok     " if check.ok else "! missing")
