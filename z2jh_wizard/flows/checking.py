"""What could stop a hub, looked at before it is made: a cloud's account, or the cluster that is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence

import msgspec

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.cloud_pages import CLOUDS
from z2jh_wizard.flows.cloud_questions import CloudQuestions
from z2jh_wizard.flows.cluster_checks import PROOF, look_round
from z2jh_wizard.flows.looking import can_look
from z2jh_wizard.flows.mending import answers_that_help
from z2jh_wizard.project.folder import Project

GRAVITY = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.OK)
"""Verdicts, the gravest first."""


class SeenChecks(msgspec.Struct, frozen=True):
    """What the last look found, and for which project as it was then."""

    spec: Spec
    checks: tuple[Check, ...]
    at: float
    """Seconds of ``time.monotonic`` when it was looked."""

    @property
    def words(self) -> str:
        """Say how many checks fail, warn and are not known."""
        return tally(self.checks)

    def answers(self, check: Check) -> tuple[str, ...]:
        """Return the screens where another answer may settle a check."""
        return answers_that_help(check)

    def with_one(self, check: Check) -> SeenChecks:
        """Return the same with one check more, or anew."""
        others = [one for one in self.checks if one.id != check.id]
        return msgspec.structs.replace(self, checks=gravest_first([*others, check]))


async def see(project: Project, before: SeenChecks | None = None) -> SeenChecks:
    """Look at everything; the proof of disks is taken over from a look before, if it was at the same."""
    seen = SeenChecks(project.spec, await look(project), time.monotonic())
    kept = before.checks if before and before.spec == project.spec else ()
    proof = next((one for one in kept if one.id == PROOF), None)
    return seen.with_one(proof) if proof else seen


async def look(project: Project) -> tuple[Check, ...]:
    """Look at everything, the gravest first; nothing where there is nothing to look at yet.

    A cluster that is there is asked itself, for quotas say nothing any more then. WizardError when not even
    the first question could be asked, CloudTrouble with a ``fix`` where a button can help.
    """
    provider = project.spec.provider
    if can_look(project):
        found: Iterable[Check] = await look_round(project)
    elif provider in CLOUDS:
        await asyncio.to_thread(provider_of, project)  # imports much
        found = await CloudQuestions({"provider": provider}, project).preflight()
    elif provider == "local":
        from z2jh_wizard.cloud.local.preflight import preflight

        found = await preflight(project.spec)
    else:
        found = ()
    return gravest_first(found)


def gravest_first(found: Iterable[Check]) -> tuple[Check, ...]:
    """Return checks by how grave they are, else as they were found."""
    return tuple(sorted(found, key=lambda one: GRAVITY.index(one.verdict)))


def tally(checks: Sequence[Check]) -> str:
    """Say how many checks fail, warn and are not known: ``2 of 9 checks fail, 1 warning.``"""
    counts = {one: sum(check.verdict is one for check in checks) for one in GRAVITY}
    fails, warnings, unknown = (counts[one] for one in (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN))
    if counts[Verdict.OK] == len(checks):
        return f"All {len(checks)} checks are ok."
    said = [f"{fails} of {len(checks)} checks fail{'s' * (fails == 1)}"]
    if not fails:
        said = [f"{counts[Verdict.OK]} of {len(checks)} checks are ok"]
    if warnings:
        said.append(f"{warnings} warning{'s' * (warnings != 1)}")
    if unknown:
        said.append(f"{unknown} not known")
    return f"{', '.join(said)}."
