"""A cluster of EKS, its pools and its add-ons as they are now: one look for all steps."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.desired import Place
from z2jh_wizard.cloud.eks.troubles import NOT_THERE, of_issue
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import Thing
from z2jh_wizard.core.facts import OUR_LABEL

BUSY = ("CREATING", "UPDATING", "DELETING", "PENDING")

BROKEN = ("FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_FAILED", "DEGRADED")


class _Amazons(Thing, frozen=True):
    """What EKS looks after; cluster, pool and add-on have the same words for how far they are."""

    code: str = ""
    message: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether Amazon does nothing with it."""
        return self.status not in BUSY

    @property
    def is_broken(self) -> bool:
        """Tell whether Amazon gave it up."""
        return self.status in BROKEN


class State(_Amazons, frozen=True):
    """How far a cluster is."""

    version: str = ""
    endpoint: str = ""
    authority: str = ""
    """The certificate of the cluster's API, as PEM in base64."""
    arn: str = ""
    subnets: tuple[str, ...] = ()


class PoolState(_Amazons, frozen=True):
    """How far a pool is."""

    machine: str = ""
    nodes: int = 0
    least: int = 0
    most: int = 0


class AddonState(_Amazons, frozen=True):
    """How far an add-on is."""


GONE, NO_POOL, NO_ADDON = State(""), PoolState(""), AddonState("")
"""There is no such thing."""


async def look_at(aws: Aws, place: Place) -> State:
    """Return a cluster as it is; GONE when there is none."""
    reply = await _found(aws, "describe_cluster", place.cluster, name=place.cluster)
    return _cluster(reply["cluster"]) if reply else GONE


async def pool_at(aws: Aws, place: Place, name: str) -> PoolState:
    """Return a pool as it is; NO_POOL when there is none."""
    reply = await _found(
        aws, "describe_nodegroup", f"the pool {name}", clusterName=place.cluster, nodegroupName=name
    )
    return described_pool(reply["nodegroup"]) if reply else NO_POOL


async def addon_at(aws: Aws, place: Place, name: str) -> AddonState:
    """Return an add-on as it is; NO_ADDON when there is none."""
    reply = await _found(
        aws, "describe_addon", f"the add-on {name}", clusterName=place.cluster, addonName=name
    )
    return AddonState(**_common(reply["addon"])) if reply else NO_ADDON


def described_pool(found: dict[str, Any]) -> PoolState:
    """Return a pool of AWS's answer as plain data."""
    numbers = found.get("scalingConfig") or {}
    return PoolState(
        **_common(found),
        machine=", ".join(found.get("instanceTypes") or ()),
        nodes=numbers.get("desiredSize", 0),
        least=numbers.get("minSize", 0),
        most=numbers.get("maxSize", 0),
    )


def trouble_of(state: _Amazons, what: str, machine: str = "") -> CloudTrouble:
    """Return what is wrong with something that Amazon could not finish, or calls degraded."""
    message = state.message or f"Amazon gives no reason; {what} is {state.status.lower()}."
    return of_issue(state.code or state.status, message, target=what, machine=machine)


async def _found(aws: Aws, operation: str, target: str, **names: str) -> dict[str, Any]:
    """Return the answer of a look; empty when there is no such thing."""
    try:
        return await aws.ask("eks", operation, target, **names)
    except CloudTrouble as error:
        if error.reason == NOT_THERE:
            return {}
        raise


def _cluster(found: dict[str, Any]) -> State:
    return State(
        **_common(found),
        version=found.get("version") or "",
        endpoint=found.get("endpoint") or "",
        authority=(found.get("certificateAuthority") or {}).get("data") or "",
        arn=found.get("arn") or "",
        subnets=tuple((found.get("resourcesVpcConfig") or {}).get("subnetIds") or ()),
    )


def _common(found: dict[str, Any]) -> dict[str, str]:
    """Return what is said of all of them, with the first thing that Amazon finds wrong."""
    issue: dict[str, Any] = next(iter((found.get("health") or {}).get("issues") or ()), {})
    return {
        "status": found["status"],
        "project_id": (found.get("tags") or {}).get(OUR_LABEL, ""),
        "code": str(issue.get("code", "")),
        "message": str(issue.get("message", "")),
    }
