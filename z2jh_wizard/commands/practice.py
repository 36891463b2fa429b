"""The practice cluster: the whole journey at once, or one action on the cluster of a project."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from z2jh_wizard.cloud import practice as provider
from z2jh_wizard.commands.runs import play
from z2jh_wizard.core.errors import ExitCode, InvalidInput, WizardError
from z2jh_wizard.flows import journey
from z2jh_wizard.flows.teardown import receipt_of
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.render import machine, output
from z2jh_wizard.render import receipt as receipts
from z2jh_wizard.render.plain import practice_reply
from z2jh_wizard.system.clock import SystemClock


def practice(parsed: argparse.Namespace) -> int:
    """Play the journey, open the screens on it, or act on a project's practice cluster."""
    if parsed.words:
        return _act(parsed)
    if parsed.headless:
        return asyncio.run(_play_journey(parsed))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInput(
            "The wizard's screens need a terminal",
            "Input or output is not one.",
            next_step="Play the journey as plain lines: z2jh-wizard practice --headless",
        )
    from z2jh_wizard.app import Start, run_app

    return run_app(
        Start(folder=Path(parsed.folder), practice=True, speed=parsed.speed, ascii_only=parsed.ascii)
    )


async def _play_journey(parsed: argparse.Namespace) -> int:
    """Play all acts in a temporary project, which is kept when something fails."""
    folder = Path(tempfile.mkdtemp(prefix="z2jh-practice-"))
    project = journey.make_practice_project(folder / "project")
    output.answer("PRACTICE: nothing here is real and nothing costs anything.")
    output.answer(f"$ z2jh-wizard new {project.folder} --provider practice")
    began = time.monotonic()
    code: int = ExitCode.FAILED
    try:
        for act in journey.acts(project, parsed.students, parsed.fault or "", parsed.speed, SystemClock()):
            output.answer(f"\n== {act.title} ==\n$ {act.typed}")
            code = await _play_act(act, parsed.json)
            if code:
                break
    except WizardError as error:
        output.trouble(error.problem)
        code = error.problem.code
    finally:
        await provider.stop(project)
        if code:
            output.aside(f"The project is kept: {project.folder}")
    if code:
        return code
    shutil.rmtree(folder)
    output.answer(f"\nThe whole journey took {time.monotonic() - began:.0f} seconds.")
    return ExitCode.DONE


async def _play_act(act: journey.Act, as_json: bool) -> int:
    if act.work:
        async for line in act.work():
            output.answer(f"    {line}")
        return ExitCode.DONE
    if act.session is None:
        return ExitCode.DONE
    session = act.session()
    beside = asyncio.ensure_future(_tell(act.meanwhile(session))) if act.meanwhile else None
    outcome = await play(session, as_json=as_json)
    if beside:
        await beside
    if session.name == "teardown":
        for line in receipts.lines(receipt_of(session)):
            output.answer(line)
    return ExitCode.DONE if act.may_fail else outcome.code


async def _tell(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        output.answer(f"    * {line}")


def _act(parsed: argparse.Namespace) -> int:
    """Do one action on the practice cluster of the project."""
    word, *rest = parsed.words
    project = open_project(Path(parsed.folder))
    if word not in ("start", "stop", "students", "fault", "clear"):
        raise InvalidInput(
            f"There is no practice action {word!r}", "Use start, stop, students N, fault NAME or clear."
        )
    expected = 1 if word in ("students", "fault") else 0
    if len(rest) != expected:
        raise InvalidInput(
            f"practice {word} takes {expected or 'no'} word{'' if expected == 1 else 's'} more", ""
        )
    reply = asyncio.run(_do(project, word, rest, parsed.speed))
    if parsed.json:
        output.answer(machine.text(reply))
    else:
        output.answer(practice_reply(reply))
    return ExitCode.DONE


async def _do(project: Project, word: str, rest: list[str], speed: float | None) -> dict[str, Any]:
    if word == "start":
        return {"text": "\n".join(await provider.start(project, speed))}
    if word == "stop":
        await provider.stop(project)
        return {"text": "The practice cluster is stopped; its state is kept for the next start."}
    if word == "students":
        if not rest[0].isdecimal() or int(rest[0]) > 1000:
            raise InvalidInput("That is no number of students", "Type a whole number from 0 to 1000.")
        return await provider.control(project, "students", {"count": int(rest[0])})
    return await provider.control(project, word, {"name": rest[0]} if rest else {})
