"""An Azure cluster as it is now: one look for all steps."""

from __future__ import annotations

from typing import Any

import msgspec

from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.desired import Place
from z2jh_wizard.cloud.aks.groups import NOT_THERE
from z2jh_wizard.cloud.aks.troubles import of_code
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import Thing
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL

BROKEN = ("Failed", "Canceled")

SETTLED = ("Succeeded", *BROKEN)


class PoolState(msgspec.Struct, frozen=True):
    """A pool as it is."""

    name: str
    status: str
    nodes: int
    least: int
    scales: bool


class State(Thing, frozen=True):
    """How far a cluster is; ``power`` is Running or Stopped."""

    power: str = ""
    version: str = ""
    region: str = ""
    pools: tuple[PoolState, ...] = ()
    code: str = ""
    message: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether Azure does nothing with it and none of its pools."""
        return not self.status or (
            self.status in SETTLED and all(pool.status in SETTLED for pool in self.pools)
        )

    @property
    def is_broken(self) -> bool:
        """Tell whether Azure could not finish it; the same request again may."""
        return self.status in BROKEN

    @property
    def is_going(self) -> bool:
        """Tell whether it is being deleted."""
        return self.status == "Deleting"

    @property
    def words(self) -> str:
        """Say how far it is."""
        moving = [f"{pool.name} {pool.status.lower()}" for pool in self.pools if pool.status not in SETTLED]
        return ", ".join([self.status.lower(), *moving])

    def pool(self, name: str) -> PoolState | None:
        """Return a pool by its name."""
        return next((one for one in self.pools if one.name == name), None)


GONE = State("")
"""There is no such cluster."""


async def look_at(azure: Azure, place: Place) -> State:
    """Return a cluster as it is; GONE when there is none."""
    try:
        found = await azure.clusters(
            lambda client: client.managed_clusters.get(place.group_name, place.cluster),
            "asking Azure for the cluster",
            place.cluster,
        )
    except CloudTrouble as error:
        if error.reason in NOT_THERE:
            return GONE
        raise
    properties = found.properties
    wrong = _error(properties)
    return State(
        properties.provisioning_state or "",
        (found.tags or {}).get(OUR_LABEL, ""),
        properties.power_state.code if properties.power_state else "",
        properties.current_kubernetes_version or properties.kubernetes_version or "",
        found.location,
        tuple(
            PoolState(
                one.name,
                one.provisioning_state or "Succeeded",
                one.count or 0,
                one.min_count or 0,
                bool(one.enable_auto_scaling),
            )
            for one in properties.agent_pool_profiles or ()
        ),
        *wrong,
    )


def trouble_of(state: State, place: Place, machine: str = "") -> WizardError:
    """Return what is wrong with a cluster that Azure could not finish."""
    return of_code(
        state.code or state.status, state.message, place.subscription, location=place.region, machine=machine
    )


def _error(properties: Any) -> tuple[str, str]:
    """Return code and text of why the last change failed, empty when it did not."""
    wrong = properties.status.provisioning_error if properties.status else None
    inner = getattr(wrong, "error", wrong)
    return str(getattr(inner, "code", "") or ""), str(getattr(inner, "message", "") or "")
