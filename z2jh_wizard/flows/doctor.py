"""Is this computer ready: Python, Helm, the project folder, its cluster."""

from __future__ import annotations

import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from z2jh_wizard.cloud import account as cloud
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.report import Check
from z2jh_wizard.flows import checking
from z2jh_wizard.flows.cluster_checks import look_round, prove_disks
from z2jh_wizard.flows.looking import can_look
from z2jh_wizard.helm.command import HOW_TO_GET_HELM, find_helm
from z2jh_wizard.helm.download import download_helm
from z2jh_wizard.project.folder import is_project, open_project
from z2jh_wizard.system import cloud_shell
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.cloud_shell import CloudShell
from z2jh_wizard.system.files import PRIVATE_FILE


async def examine(folder: Path, *, disk: bool = False) -> AsyncIterator[Check]:
    """Look at one thing after the other; ``disk`` also makes a disk of 1 GiB for a moment."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", sys.version_info >= (3, 10), f"Python {version}")
    yield await _helm()
    if shell := cloud_shell.current():
        yield _where_it_runs(shell, folder)
    if not is_project(folder):
        return
    try:
        project = open_project(folder)
    except WizardError as error:
        yield Check("project", False, error.problem.happened, error.problem.next_step)
        return
    yield Check("project", True, f"hub {project.spec.release} on {project.spec.provider}")
    for path in (project.secrets, project.kubeconfig):
        if path.exists():
            private = path.stat().st_mode & 0o077 == 0
            fix = "" if private else f"Run: chmod {PRIVATE_FILE:o} {path}"
            yield Check(
                f"private.{path.name}",
                private,
                f"{path.name} is {'private' if private else 'readable by others'}",
                fix,
            )
    if can_look(project):
        first, *others = map(_reported, await look_round(project))
        answers = first.ok
        yield Check("cluster", answers, first.text, first.next)
        for check in others:
            yield check
        if disk and answers:
            yield _reported(await prove_disks(project, SystemClock()))
        return
    try:
        for found in await checking.look(project):  # what could stop a cluster from being made
            yield _reported(found)
    except WizardError as error:
        problem = error.problem
        yield Check("account", False, f"{problem.title}. {problem.happened}".strip(), problem.next_step)


async def fetch_helm() -> str:
    """Download the pinned Helm and check its SHA-256; return where it lies."""
    return str(await download_helm())


def _reported(found: cloud.Check) -> Check:
    """Return a check of the cluster as doctor shows it; only what fails is not ok."""
    fine = found.verdict is not cloud.Verdict.FAIL
    text = found.sentence if found.id == "cluster.reach" else f"{found.title}: {found.sentence}"
    mending = ""
    if found.fix:
        mending = " ".join((found.fix.how, *(command.shell() for command in found.fix.commands())))
    return Check(found.id, fine, text, mending, found.verdict.value)


def _where_it_runs(shell: CloudShell, folder: Path) -> Check:
    """Tell when a cloud's terminal closes, and whether the folder is there again then."""
    if cloud_shell.stays(folder):
        return Check("cloud-shell", True, f"{shell.idle_sentence} {shell.keeps}")
    return Check(
        "cloud-shell",
        False,
        f"{shell.idle_sentence} This folder is outside of your home folder and is lost then.",
        f"Move it into your home folder: mv {shlex.quote(str(folder.resolve()))} ~/",
        cloud.Verdict.FAIL.value,
    )


async def _helm() -> Check:
    try:
        tool = await find_helm()
    except NeedsYou as missing:
        return Check("helm", False, missing.problem.happened, HOW_TO_GET_HELM)
    return Check("helm", True, tool.describe())
