"""The steps of a cluster of EKS: its control plane, its pools, and the numbers of a pool."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud import owned
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.eks import desired
from z2jh_wizard.cloud.eks import template as stack
from z2jh_wizard.cloud.eks.autoscaler import wants_one
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.cluster import (
    GONE,
    NO_POOL,
    PoolState,
    State,
    look_at,
    pool_at,
    trouble_of,
)
from z2jh_wizard.cloud.eks.network import network_of
from z2jh_wizard.cloud.eks.troubles import BAD_ZONE
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.cloud.reaching import Address
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Resource,
    Step,
    Work,
)

POOLS = (CORE, USER)


class MakeCluster(owned.MakeOwned[State]):
    """Make the control plane of the cluster."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = (
        "The part of Kubernetes that Amazon runs for you; it costs the same for two students or two hundred."
    )
    danger = Danger.COSTS_MONEY
    usually = 600
    limit = 2400
    needs = ("cluster.network",)

    def __init__(self, spec: Spec, aws: Aws, clock: Clock) -> None:
        super().__init__(spec, clock)
        self._place = desired.place_of(spec)
        self._aws = aws

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.creating(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the commands that delete it."""
        return desired.deleting(self._spec)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; one that Amazon gave up is made anew."""
        async for happening in self._until_idle():
            yield happening
        state = await self._state()
        if state.is_broken:
            yield Line("Amazon could not finish the cluster; it is deleted and made anew.")
            async for happening in self._delete():
                yield happening
            state = GONE
        if state == GONE:
            async for happening in self._create():
                yield happening
        async for happening in self._until_whole():
            yield happening

    def _judged(self, state: State) -> tuple[Finding, str]:
        if state.status != "ACTIVE":
            return Finding.DRIFTED, state.words
        return Finding.READY, f"runs Kubernetes {state.version} in {self._place.region}"

    async def _create(self) -> Work:
        """Ask for it in all zones; where Amazon has no room in one of them, without that one."""
        network = await network_of(self._aws, self._place)
        role = network.outputs[stack.CLUSTER_ROLE]
        try:
            await self._ask_for(role, network.subnets)
        except CloudTrouble as error:
            good = error.details.get("zones", "").split(", ")
            left = {zone: subnet for zone, subnet in network.subnets.items() if zone in good}
            if error.reason != BAD_ZONE or len(left) < 2:
                raise
            yield Line(f"Amazon has no room in one zone; the cluster stands in {' and '.join(left)}.")
            await self._ask_for(role, left)
        yield Made(self._resource())

    async def _ask_for(self, role: str, subnets: Mapping[str, str]) -> None:
        wanted = desired.cluster(self._spec, role, tuple(subnets.values()))
        await self._aws.ask("eks", "create_cluster", f"the cluster {self._place.cluster}", **wanted)

    async def _delete(self) -> Work:
        async for happening in self._until_idle():
            yield happening
        if await self._state() != GONE:
            await self._aws.ask("eks", "delete_cluster", self._place.cluster, name=self._place.cluster)
            async for happening in self._until_idle():
                yield happening
        state = await self._state()
        if state != GONE:
            raise self._trouble(state)
        yield Gone(self._resource())

    async def _state(self) -> State:
        return await look_at(self._aws, self._place)

    def _trouble(self, state: State) -> WizardError:
        return trouble_of(state, self._place.cluster)

    def _resource(self) -> Resource:
        return Resource("EKS cluster", f"{self._place.region}/{self._place.cluster}")


class MakePools(Step):
    """Make one pool of nodes for the hub and one for the students."""

    id = "cluster.pools"
    title = "Make the pools of nodes"
    undo_title = "Delete the pools of nodes"
    why = "Amazon's computers for your hub: a small one that always runs, and those for the students."
    danger = Danger.COSTS_MONEY
    usually = 240
    limit = 2400
    needs = ("cluster.create",)
    undoable = True

    def __init__(self, spec: Spec, aws: Aws, clock: Clock) -> None:
        self._spec = spec
        self._place = desired.place_of(spec)
        self._aws = aws
        self._clock = clock
        if not wants_one(spec):
            self.why += " Their number is fixed, and changes when you resize."

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make them."""
        return desired.pooling(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the commands that delete them."""
        return desired.unpooling(self._spec)

    async def look(self) -> Look:
        """Look for each by its name, and by our tag whether it is ours."""
        found = await self._found()
        here = tuple(self._resource(name) for name, state in found.items() if state != NO_POOL)
        if not here:
            return Look(Finding.ABSENT, "not made yet")
        if any(one != NO_POOL and one.project_id != self._spec.project_id for one in found.values()):
            reason = owned.foreign("pool")
            return Look(Finding.UNKNOWN, reason, here, not_ours=reason)
        wrong = [f"{name} {one.words or 'is not there'}" for name, one in found.items()
                 if one.status != "ACTIVE"]  # fmt: skip
        if wrong:
            return Look(Finding.DRIFTED, ", ".join(wrong), here)
        counts = " and ".join(f"{one.nodes} in {name}" for name, one in found.items())
        return Look(Finding.READY, f"nodes: {counts}", here)

    async def run(self) -> Work:
        """Make what is not there, or wait; a pool that Amazon gave up is made anew."""
        async for line in self._until_idle():
            yield line
        broken = [name for name, one in (await self._found()).items() if one.status == "CREATE_FAILED"]
        if broken:
            yield Line(f"Amazon could not finish {' and '.join(broken)}; made anew.")
            async for happening in self._delete(broken):
                yield happening
        cluster = await look_at(self._aws, self._place)
        for name, state in (await self._found()).items():
            if state == NO_POOL:
                role = (await network_of(self._aws, self._place)).outputs[stack.NODE_ROLE]
                wanted = desired.node_pool(self._spec, name, role, await self._subnets(cluster))
                await self._aws.ask("eks", "create_nodegroup", f"the pool {name}", **wanted)
                yield Made(self._resource(name))
        async for line in self._until_idle():
            yield line
        for name, state in (await self._found()).items():
            if state.is_broken:
                raise trouble_of(state, f"the pool {name}", desired.pools_of(self._spec)[name].machine)

    def undo(self) -> Work:
        """Delete both, once nothing else is at work on them."""
        return self._delete(POOLS)

    async def _delete(self, names: tuple[str, ...] | list[str]) -> Work:
        async for line in self._until_idle():
            yield line
        for name, state in (await self._found()).items():
            if name in names and state != NO_POOL:
                await self._aws.ask(
                    "eks",
                    "delete_nodegroup",
                    f"the pool {name}",
                    clusterName=self._place.cluster,
                    nodegroupName=name,
                )
        async for line in self._until_idle():
            yield line
        for name, state in (await self._found()).items():
            if name in names and state != NO_POOL:
                raise trouble_of(state, f"the pool {name}")
            if name in names:
                yield Gone(self._resource(name))

    async def _until_idle(self) -> Work:
        def idle(found: Mapping[str, PoolState]) -> bool:
            return all(one.is_idle for one in found.values())

        def words(name: str, one: PoolState) -> str:
            wrong = f" ({trouble_of(one, name).problem.title})" if one.code else ""
            return f"{name} {one.words or 'not there'}{wrong}"

        async for found in states(self._found, idle, self._clock):
            if not idle(found):
                yield Line(", ".join(words(name, one) for name, one in found.items()))

    async def _subnets(self, cluster: State) -> tuple[str, ...]:
        """Return the subnets that the cluster took, that of the students first."""
        network = await network_of(self._aws, self._place)
        return tuple(one for one in network.subnets.values() if one in cluster.subnets)

    async def _found(self) -> dict[str, PoolState]:
        found = await asyncio.gather(*(pool_at(self._aws, self._place, name) for name in POOLS))
        return dict(zip(POOLS, found, strict=True))

    def _resource(self, name: str) -> Resource:
        return Resource("node group", f"{self._place.cluster}/{name}")


class ResizePool(owned.ResizePool):
    """Give a pool another number of nodes, and the same least number, so that nothing takes them away."""

    kind = "pool"

    def __init__(self, spec: Spec, aws: Aws, clock: Clock, pool: str, nodes: int) -> None:
        super().__init__(spec, clock, pool, nodes, desired.most(spec, pool))
        self._place = desired.place_of(spec)
        self._aws = aws

    def commands(self) -> tuple[Command, ...]:
        """Return the command that changes it."""
        return desired.resizing(self._spec, self._pool, self._nodes, *self._bounds)

    async def _resize(self) -> Work:
        async for happening in owned.waited(self._state, self._clock):
            yield happening
        least, most = self._bounds
        names = {"clusterName": self._place.cluster, "nodegroupName": self._pool}
        numbers = desired.scaling(least, self._nodes, most)
        reply = await self._aws.ask(
            "eks", "update_nodegroup_config", f"the pool {self._pool}", **names, scalingConfig=numbers
        )
        number = reply["update"]["id"]

        async def update() -> Any:
            told = await self._aws.ask(
                "eks",
                "describe_update",
                number,
                name=self._place.cluster,
                nodegroupName=self._pool,
                updateId=number,
            )
            return told["update"]

        async for state in states(update, lambda one: one["status"] != "InProgress", self._clock):
            yield Line(f"{state['status']}: {self._nodes} nodes")
            for wrong in state.get("errors") or ():
                code, message = wrong.get("errorCode", ""), wrong.get("errorMessage", "")
                raise trouble_of(PoolState(state["status"], code=code, message=message), self._pool)
        pool = await self._state()
        if pool.is_broken:
            raise trouble_of(pool, f"the pool {self._pool}", pool.machine)

    async def _now(self) -> owned.PoolSize:
        pool = await self._state()
        is_ours = pool.project_id == self._spec.project_id
        return owned.PoolSize(pool.nodes, pool.least, "" if pool.is_idle else pool.words, is_ours)

    async def _state(self) -> PoolState:
        pool = await pool_at(self._aws, self._place, self._pool)
        if pool == NO_POOL:
            raise InvalidInput(
                f"There is no pool {self._pool}", f"The wizard makes the pools {' and '.join(POOLS)}."
            )
        return pool


async def address(aws: Aws, place: desired.Place, project_id: str) -> Address | None:
    """Return how a project's cluster is reached; None when there is none that is the project's."""
    state = await look_at(aws, place)
    if not state.endpoint or state.project_id != project_id:
        return None
    return Address(state.arn, {"server": state.endpoint, "certificate-authority-data": state.authority})
