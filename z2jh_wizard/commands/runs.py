"""Commands that change something: plan, apply, resize and teardown."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from z2jh_wizard.core.errors import ExitCode, Refused
from z2jh_wizard.core.events import Event, Outcome
from z2jh_wizard.core.step import Danger, Finding
from z2jh_wizard.flows.costs import costs_of
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.sessions import flow_of, new_session, plan_of
from z2jh_wizard.flows.steps.leftovers import EVERY
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.render import machine, output, plain
from z2jh_wizard.render import receipt as receipts
from z2jh_wizard.system.cloud_shell import idle_sentence


def plan(parsed: argparse.Namespace) -> int:
    """Show what apply would do."""
    project = open_project(Path(parsed.folder))

    async def look() -> int:
        planned = [entry async for entry in plan_of(project, "setup")]
        if parsed.json:
            output.answer(machine.text(machine.plan(planned)))
        else:
            for line in plain.plan_lines(planned):
                output.answer(line)
        unknown = [entry.look.problem for entry in planned if entry.look.finding is Finding.UNKNOWN]
        for problem in filter(None, unknown):
            output.trouble(problem)
        if unknown:
            return max((int(problem.code) for problem in unknown if problem), default=ExitCode.COULD_NOT_LOOK)
        ready = all(entry.look.finding is Finding.READY for entry in planned)
        return ExitCode.DONE if ready else ExitCode.FOUND_SOMETHING

    return asyncio.run(look())


def apply(parsed: argparse.Namespace) -> int:
    """Converge to what config.yaml and z2jh.yaml say."""
    project = open_project(Path(parsed.folder))
    agree_to_costs(project, yes=parsed.yes)
    return asyncio.run(play(new_session(project, "setup"), as_json=parsed.json)).code


def agree_to_costs(project: Project, *, yes: bool) -> None:
    """Ask before steps that cost money, unless agreed already; Refused without a yes, naming them."""
    costly = [step.title for step in flow_of(project, "setup").steps if step.danger is Danger.COSTS_MONEY]
    if not costly or yes:
        return
    what = f"{'This step costs' if len(costly) == 1 else 'These steps cost'} money: {', '.join(costly)}."
    about = costs_of(project).sentence.lstrip("$! ")
    if not _agreed(f"{what}\nAbout how much: {about}\nGo on?"):
        raise Refused(
            "Not confirmed",
            f"{what} About how much: {about}",
            still_works="Nothing was changed.",
            next_step="Run again with --yes when you agree.",
        )


def resize(parsed: argparse.Namespace) -> int:
    """Change the number of nodes of a pool."""
    project = open_project(Path(parsed.folder))
    session = new_session(project, "resize", pool=parsed.pool, nodes=parsed.nodes)
    return asyncio.run(play(session, as_json=parsed.json)).code


def stop(parsed: argparse.Namespace) -> int:
    """Stop all machines of the cluster."""
    return asyncio.run(play(new_session(open_project(Path(parsed.folder)), "stop"), as_json=parsed.json)).code


def start(parsed: argparse.Namespace) -> int:
    """Start a stopped cluster again."""
    return asyncio.run(
        play(new_session(open_project(Path(parsed.folder)), "start"), as_json=parsed.json)
    ).code


def teardown(parsed: argparse.Namespace) -> int:
    """Remove the hub and what the wizard made for it, then look for what is left."""
    project = open_project(Path(parsed.folder))
    name = project.spec.release
    typed = parsed.confirm
    leftovers = EVERY if parsed.leftovers else ()
    if typed is None and sys.stdin.isatty():
        for step in flow_of(project, "teardown", leftovers=leftovers).steps:
            output.aside(f"  {step.title}")
        output.aside(f"This deletes the hub {name} and its students' files ({where(project)}).")
        output.aside(f"Type the hub name ({name}) to go on:")
        typed = sys.stdin.readline().strip()
    if typed != name:
        raise Refused(
            "The hub name was not confirmed",
            f"The hub is called {name!r}" + (f", not {typed!r}." if typed else "."),
            still_works="Nothing was removed.",
            next_step=f"Run: z2jh-wizard teardown --confirm {name}",
        )
    return asyncio.run(tear_down(project, as_json=parsed.json, leftovers=leftovers)).code


async def tear_down(project: Project, *, as_json: bool, leftovers: Collection[str] | str = ()) -> Outcome:
    """Play the tear-down and say its receipt; ``leftovers`` are what the flow takes."""
    from z2jh_wizard.flows.teardown import receipt_of

    options: dict[str, Any] = {"leftovers": leftovers} if leftovers else {}
    session = new_session(project, "teardown", **options)
    outcome = await play(session, as_json=False, quiet=as_json)
    receipt = receipt_of(session)
    if as_json:
        output.answer(machine.text(receipt))
    else:
        for line in receipts.lines(receipt):
            output.answer(line)
    return outcome


def where(project: Project) -> str:
    """Say which cluster a danger is about."""
    context = project.spec.cluster.context
    return f"cluster: {project.spec.provider}" + (f", context: {context}" if context else "")


async def play(session: RunSession, *, as_json: bool, quiet: bool = False) -> Outcome:
    """Run a session and print its events as they come; Ctrl-C stops it in order."""
    lines = plain.RunLines(flow_of(session.project, session.name, **session.options).steps)

    def show(event: Event) -> None:
        if as_json:
            output.answer(machine.line(machine.event(event)))
        elif not quiet:
            for line in lines.lines(event):
                output.answer(line)

    session.listen(show)
    if idle := idle_sentence():
        output.aside(idle)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, session.stop)
    outcome = await session.run()
    shown = any(event.problem for event in session.events)
    if outcome.problem and (as_json or quiet or not shown):
        output.trouble(outcome.problem)
    output.aside(f"log: {session.log_path}" if session.log_path.exists() else "nothing was run")
    return outcome


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    output.aside(f"{question} Type yes:")
    return sys.stdin.readline().strip().lower() == "yes"
