"""What to do about a check that is not ok: a step of the wizard, a step of a person, or another answer."""

from __future__ import annotations

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.explain import CloudTrouble, Fix
from z2jh_wizard.core.errors import InvalidInput, NeedsYou, WizardError
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.flow import Flow

ACCOUNT, PLACE, CLASS_SIZE, DISKS = "account", "place", "class-size", "topic/storage"
"""Screens where another answer helps."""

CONTEXT = "context"
"""The question whose page names the cluster that is there."""

_FAILED: dict[str, tuple[str, ...]] = {
    "billing": (ACCOUNT,),
    "cluster.reach": (CONTEXT,),
    "cluster.storage": (DISKS,),
    "machines": (PLACE, CLASS_SIZE),
    "permissions": (ACCOUNT,),
    "quota": (CLASS_SIZE, PLACE),
    "storage.proof": (DISKS,),
}
"""By the id of a check, or the word that its id begins with."""

_UNASKED = ("billing", "permissions", "services", "machines", "quota")
"""Checks of an account that are unknown, as a rule, for nobody is signed in who may ask."""

_FIXES: dict[Fix, str] = {"other-zone": PLACE, "sign-in": ACCOUNT, "smaller-machine": CLASS_SIZE}


def mend(world: Adapters, step: str) -> Flow:
    """Return the flow that plays one step of the set-up by itself; InvalidInput for none of that id."""
    found = [one for one in world.provider.steps() if one.id == step]
    if not found:
        raise InvalidInput("There is no such step", f"{world.project.spec.provider} has no step {step}.")
    return Flow("mend", world.project, found)


def answers_that_help(check: Check) -> tuple[str, ...]:
    """Return the screens, or CONTEXT, where another answer may settle a check, the likeliest first."""
    kind = check.id.partition(".")[0]
    if check.verdict is Verdict.FAIL:
        return _FAILED.get(check.id) or _FAILED.get(kind, ())
    return (ACCOUNT,) if check.verdict is Verdict.UNKNOWN and kind in _UNASKED else ()


def answer_to(error: WizardError) -> str:
    """Return the screen that helps when not even the first question could be asked; empty for none."""
    if isinstance(error, CloudTrouble):
        return _FIXES.get(error.fix, "")
    return ACCOUNT if isinstance(error, NeedsYou) else ""
