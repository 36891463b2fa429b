"""What a computer needs before it can have a cluster of its own: Docker that runs, and a tool."""

from __future__ import annotations

import asyncio
import shutil
from functools import partial

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.cluster_checks import Again, ByHand
from z2jh_wizard.cloud.local.provider import names
from z2jh_wizard.cloud.local.tools import cluster_name, tool_of
from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.system.docker import docker_version

DOCKER, TOOL = "local.docker", "local.tool"


async def preflight(spec: Spec) -> tuple[Check, ...]:
    """Look for Docker and for the tool that makes the cluster; what is missing is a check that fails."""
    again = partial(preflight, spec)
    return tuple(await asyncio.gather(_docker(again), _tool(spec, again)))


async def _docker(again: Again) -> Check:
    try:
        return Check(DOCKER, "Docker", Verdict.OK, f"Docker {await docker_version()} runs.")
    except WizardError as error:
        return _failed(DOCKER, "Docker", error.problem, again)


async def _tool(spec: Spec, again: Again) -> Check:
    title = "Tool"
    try:
        tool = tool_of(spec)
    except WizardError as error:
        return _failed(TOOL, title, error.problem, again)
    if shutil.which(tool.name) is None:
        install = f"Install {tool.name} ({tool.home}), then check again."
        missing = Problem(f"{tool.name} is not on your PATH", "", next_step=install)
        return _failed(TOOL, title, missing, again)
    try:
        made = cluster_name(spec) in await names(tool)
    except WizardError as error:  # it asks Docker, which has a check of its own
        return Check(TOOL, title, Verdict.UNKNOWN, f"{tool.name} is here. {error.problem.title}.")
    state = "it has the project's cluster already" if made else "the set-up makes the cluster with it"
    return Check(TOOL, title, Verdict.OK, f"{tool.name} is here; {state}.")


def _failed(check: str, title: str, problem: Problem, again: Again) -> Check:
    text = " ".join(filter(None, (f"{problem.title}.", problem.happened)))
    fix = ByHand(check, problem.title, again, how=problem.next_step)
    return Check(check, title, Verdict.FAIL, text, fix)
