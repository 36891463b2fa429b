"""The steps of an Azure cluster: make it with both pools, say how it is reached, resize a pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from z2jh_wizard.cloud.aks import desired
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.cluster import GONE, SETTLED, PoolState, State, look_at, trouble_of
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.reaching import Address
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Refusal,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.project.folder import Project

BROKEN = ("Failed", "Canceled")

_FOREIGN = "a cluster of this name exists which this project did not make"


class MakeCluster(Step):
    """Make the cluster with one pool for the hub and one for the students."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = "Azure's computers for your hub: a small one that always runs, and those for the students."
    danger = Danger.COSTS_MONEY
    usually = 360
    limit = 2400
    needs = ("cluster.group",)
    undoable = True

    def __init__(self, project: Project, azure: Azure, clock: Clock) -> None:
        self._spec = project.spec
        self._place = desired.place_of(project.spec)
        self._azure = azure
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.creating(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.deleting(self._spec)

    async def look(self) -> Look:
        """Look for it by its name, and by our tag whether it is ours."""
        state = await self._state()
        if state == GONE:
            return Look(Finding.ABSENT, "not made yet")
        here = (self._resource(),)
        if state.project_id != self._spec.project_id:
            return Look(Finding.UNKNOWN, _FOREIGN, here, not_ours=_FOREIGN)
        if state.status in BROKEN:
            problem = trouble_of(state, self._place, self._machine()).problem
            return Look(Finding.DRIFTED, f"not finished: {problem.title}", here)
        if not state.is_idle:
            return Look(Finding.DRIFTED, state.words, here)
        if state.power == "Stopped":
            return Look(Finding.DRIFTED, "stopped; its disks are kept", here)
        lacking = [name for name in (desired.CORE, desired.USER) if not state.pool(name)]
        if lacking:
            return Look(Finding.DRIFTED, f"the pool {' and '.join(lacking)} is not there", here)
        return Look(Finding.READY, f"runs Kubernetes {state.version} in {state.region}", here)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; start a stopped one, and add a lost pool."""
        async for state in states(self._state, lambda one: one.is_idle, self._clock):
            if not state.is_idle:
                yield Line(state.words)
        state = await self._state()
        if state == GONE or state.status in BROKEN:
            body = desired.cluster(self._spec)
            await self._change("managed_clusters", "begin_create_or_update", body)
            if state == GONE:
                yield Made(self._resource())
        elif state.power == "Stopped":
            await self._change("managed_clusters", "begin_start")
            yield Line("asked Azure to start it")
        async for line in self._until_done():
            yield line
        state = await self._state()
        for name in (desired.CORE, desired.USER):
            if state.status == "Succeeded" and not state.pool(name):
                body = {"properties": desired.node_pool(self._spec, name)}
                await self._change("agent_pools", "begin_create_or_update", name, body)
                yield Made(Resource("node pool", f"{self._place.cluster}/{name}"))
                async for line in self._until_done():
                    yield line

    async def undo(self) -> Work:
        """Delete it with its nodes and their disks, once nothing else is at work on it."""
        async for state in states(self._state, lambda one: one.is_idle or _is_going(one), self._clock):
            if not state.is_idle:
                yield Line(state.words)
        state = await self._state()
        if state != GONE and not _is_going(state):
            await self._change("managed_clusters", "begin_delete")
        async for state in states(self._state, lambda one: one == GONE, self._clock):
            yield Line(state.words) if state != GONE else Gone(self._resource())

    async def _until_done(self) -> Work:
        async for state in states(self._state, lambda one: one.is_idle, self._clock):
            if state.status in BROKEN:
                raise trouble_of(state, self._place, self._machine())
            if not state.is_idle:
                yield Line(state.words)

    async def _change(self, group: str, method: str, *content: Any) -> None:
        """Begin a change; whether it is done is seen by looking."""
        place = self._place

        def work(client: Any) -> None:
            begin = getattr(getattr(client, group), method)
            begin(place.group_name, place.cluster, *content, polling=False)

        await self._azure.clusters(work, f"asking Azure to change {place.cluster}", place.cluster)

    async def _state(self) -> State:
        return await look_at(self._azure, self._place)

    def _machine(self) -> str:
        return desired.pools_of(self._spec)[desired.USER].machine

    def _resource(self) -> Resource:
        return Resource("AKS cluster", f"{self._place.group_name}/{self._place.cluster}")


class ResizePool(Step):
    """Give a pool another number of nodes, with its bounds, as Azure would change it back otherwise."""

    id = "cluster.resize"
    why = "More nodes before a workshop, fewer after it; students' files stay either way."
    usually = 180
    limit = 1500

    def __init__(self, project: Project, azure: Azure, clock: Clock, pool: str, nodes: int) -> None:
        self._spec = project.spec
        self._place = desired.place_of(project.spec)
        self._azure = azure
        self._clock = clock
        self._pool = pool
        self._nodes = nodes
        known = desired.pools_of(self._spec)
        most = desired.bounds(known[pool])[1] if pool in known else nodes
        self._bounds = (nodes, max(most, nodes, 1))
        self.title = f"Resize the pool {pool} to {nodes} nodes"
        self.danger = Danger.COSTS_MONEY if nodes else Danger.NONE

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that change it."""
        return desired.resizing(self._spec, self._pool, self._nodes, *self._bounds)

    async def look(self) -> Look:
        """Compare number and least number; another's cluster is left alone."""
        state = await look_at(self._azure, self._place)
        if state != GONE and state.project_id != self._spec.project_id:
            return Look(Finding.UNKNOWN, _FOREIGN, not_ours=_FOREIGN)
        state, pool = await self._now()
        detail = f"{pool.nodes} nodes" + (f", at least {pool.least}" if pool.scales else "")
        if not state.is_idle:
            return Look(Finding.DRIFTED, f"{detail}; {state.words}")
        right = pool.nodes == self._nodes and (not pool.scales or pool.least == self._nodes)
        return Look(Finding.READY if right else Finding.DRIFTED, detail)

    def run(self) -> Work | Refusal:
        """Change it, and wait."""
        if self._pool == desired.CORE and not self._nodes:
            return Refusal("The hub itself runs in the pool core, and Azure wants a node there.")
        return self._resize()

    async def _resize(self) -> Work:
        async for line in self._until_idle():
            yield line
        _, pool = await self._now()
        place, name, wanted = self._place, self._pool, self._nodes
        least, most = self._bounds

        def change(client: Any) -> None:
            # The whole pool is sent back: what is left out of a PUT is set to Azure's default.
            found = client.agent_pools.get(place.group_name, place.cluster, name)
            found.properties.count = wanted
            if pool.scales:
                found.properties.min_count, found.properties.max_count = least, most
            client.agent_pools.begin_create_or_update(
                place.group_name, place.cluster, name, found, polling=False
            )

        await self._azure.clusters(change, f"asking Azure to resize {name}", f"the pool {name}")
        async for line in self._until_idle():
            yield line
        _, pool = await self._now()
        if pool.status in BROKEN:
            raise trouble_of(await look_at(self._azure, self._place), self._place)

    async def _until_idle(self) -> Work:
        async for state in states(
            lambda: look_at(self._azure, self._place), lambda one: one.is_idle, self._clock
        ):
            if not state.is_idle:
                yield Line(state.words)

    async def _now(self) -> tuple[State, PoolState]:
        state = await look_at(self._azure, self._place)
        pool = state.pool(self._pool)
        if pool is None:
            names = ", ".join(one.name for one in state.pools)
            raise InvalidInput(
                f"There is no pool {self._pool}",
                f"The pools are: {names}." if names else "There is no cluster yet.",
            )
        return state, pool


async def user_kubeconfig(azure: Azure, place: desired.Place) -> Mapping[str, Any]:
    """Return the kubeconfig that Azure gives to a user, with the credentials in it: for memory alone."""

    def work(client: Any) -> bytes:
        found = client.managed_clusters.list_cluster_user_credentials(place.group_name, place.cluster)
        return bytes(found.kubeconfigs[0].value)

    text = await azure.clusters(work, "asking Azure for credentials", place.cluster)
    tree: Mapping[str, Any] = yaml.safe_load(text)
    return tree


async def address(azure: Azure, place: desired.Place, project_id: str) -> Address | None:
    """Return how a project's cluster is reached; None when there is none that is the project's."""
    state = await look_at(azure, place)
    if state.status not in SETTLED or state.project_id != project_id:
        return None
    entry = (await user_kubeconfig(azure, place))["clusters"][0]["cluster"]
    kept = {name: entry[name] for name in ("server", "certificate-authority-data") if name in entry}
    return Address(place.cluster, kept)


def _is_going(state: State) -> bool:
    return state.status == "Deleting"
