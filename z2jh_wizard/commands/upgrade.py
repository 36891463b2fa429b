"""Another chart version: the files carried to it, then applied; and back to an earlier revision."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from z2jh_wizard.commands.runs import agree_to_costs, play
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.flows.migrating import Upgrade, upgrade_of, write
from z2jh_wizard.flows.rollback import revision_before
from z2jh_wizard.flows.sessions import new_session
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render import migration as migration_lines
from z2jh_wizard.render import output


def upgrade(parsed: argparse.Namespace) -> int:
    """Carry the files to another chart version, say how, back them up, and converge to them.

    NeedsYou when a person must decide something first, unless told that all of it is done.
    """
    project = open_project(Path(parsed.folder))
    planned = upgrade_of(project, parsed.chart_version)
    _say(planned)
    problem = planned.problem()
    if problem and not parsed.yes:
        raise problem
    agree_to_costs(project, yes=parsed.yes)
    if planned.moves:
        project = write(planned)
    return asyncio.run(play(new_session(project, "setup"), as_json=parsed.json)).code


def _say(planned: Upgrade) -> None:
    """Say what becomes of the files, on stderr."""
    chart = planned.project.spec.chart
    if not planned.moves:
        output.aside(f"The chart stays {chart.name} {chart.version}.")
        return
    output.aside(f"The chart goes from {chart.name} {chart.version} to {planned.target.version}.")
    for one in planned.carried:
        for line in migration_lines.lines(one.file.name, one.migration):
            output.aside(line)


def rollback(parsed: argparse.Namespace) -> int:
    """Bring an earlier revision of the release back; the files of the project stay as they are."""
    project = open_project(Path(parsed.folder))

    async def go_back() -> int:
        revision = parsed.revision or await revision_before(project)
        outcome = await play(new_session(project, "rollback", revision=revision), as_json=parsed.json)
        return outcome.code

    code = asyncio.run(go_back())
    if code == ExitCode.DONE:
        output.aside("config.yaml is as it was: z2jh-wizard config diff says what the hub does not have now,")
        output.aside("and apply would bring it forward again. Older files are in .z2jh/backups.")
    return code
