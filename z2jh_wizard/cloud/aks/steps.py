"""The steps of an Azure cluster: make it with both pools, say how it is reached, resize a pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from z2jh_wizard.cloud import owned
from z2jh_wizard.cloud.aks import desired
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.cluster import BROKEN, GONE, SETTLED, PoolState, State, look_at, trouble_of
from z2jh_wizard.cloud.aks.ssh_key import SshKey
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.cloud.reaching import Address
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Line, Made, Resource, Work

_KEY = Resource("file", desired.SSH_KEY)


class MakeCluster(owned.MakeOwned[State]):
    """Make the cluster with one pool for the hub and one for the students."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = "Azure's computers for your hub: a small one that always runs, and those for the students."
    danger = Danger.COSTS_MONEY
    usually = 360
    limit = 2400
    needs = ("cluster.group",)

    def __init__(self, spec: Spec, azure: Azure, clock: Clock, key: SshKey | None = None) -> None:
        super().__init__(spec, clock)
        self._place = desired.place_of(spec)
        self._azure = azure
        self._key = key

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.creating(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.deleting(self._spec)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; start a stopped one, and add a lost pool."""
        async for happening in self._until_idle():
            yield happening
        state = await self._state()
        if state == GONE or state.is_broken:
            if self._key and not self._key.is_there:
                await self._key.make()
                yield Made(_KEY)
            body = desired.cluster(self._spec, self._key.text() if self._key else "")
            await self._change("managed_clusters", "begin_create_or_update", body)
            if state == GONE:
                yield Made(self._resource())
        elif state.power == "Stopped":
            await self._change("managed_clusters", "begin_start")
            yield Line("asked Azure to start it")
        async for happening in self._until_whole():
            yield happening
        state = await self._state()
        for name in (CORE, USER):
            if state.status == "Succeeded" and not state.pool(name):
                body = {"properties": desired.node_pool(self._spec, name)}
                await self._change("agent_pools", "begin_create_or_update", name, body)
                yield Made(Resource("node pool", f"{self._place.cluster}/{name}"))
                async for happening in self._until_whole():
                    yield happening

    def _judged(self, state: State) -> tuple[Finding, str]:
        if state.is_broken:
            return Finding.DRIFTED, f"not finished: {self._trouble(state).problem.title}"
        if not state.is_idle:
            return Finding.DRIFTED, state.words
        if state.power == "Stopped":
            return Finding.DRIFTED, "stopped, and is started again; its disks are kept"
        lacking = [name for name in (CORE, USER) if not state.pool(name)]
        if lacking:
            return Finding.DRIFTED, f"the pool {' and '.join(lacking)} is not there"
        return Finding.READY, f"runs Kubernetes {state.version} in {state.region}"

    async def _delete(self) -> Work:
        """Delete it with its nodes and their disks, once nothing else is at work on it."""
        async for happening in owned.waited(
            self._state, self._clock, lambda one: one.is_idle or one.is_going
        ):
            yield happening
        state = await self._state()
        if state != GONE and not state.is_going:
            await self._change("managed_clusters", "begin_delete")
        async for happening in self._until_gone():
            yield happening
        if self._key and self._key.is_ours:
            self._key.forget()
            yield Gone(_KEY)

    async def _change(self, group: str, method: str, *content: Any) -> None:
        """Begin a change; whether it is done is seen by looking."""
        place = self._place

        def work(client: Any) -> None:
            begin = getattr(getattr(client, group), method)
            begin(place.group_name, place.cluster, *content, polling=False)

        await self._azure.change(work, f"asking Azure to change {place.cluster}", place.cluster)

    async def _state(self) -> State:
        return await look_at(self._azure, self._place)

    def _trouble(self, state: State) -> WizardError:
        return trouble_of(state, self._place, desired.pools_of(self._spec)[USER].machine)

    def _resource(self) -> Resource:
        return Resource("AKS cluster", f"{self._place.group_name}/{self._place.cluster}")


class ResizePool(owned.ResizePool):
    """Give a pool another number of nodes, with its bounds, as Azure would change it back otherwise."""

    needs_core = "The hub itself runs in the pool core, and Azure wants a node there."

    def __init__(self, spec: Spec, azure: Azure, clock: Clock, pool: str, nodes: int) -> None:
        super().__init__(spec, clock, pool, nodes, desired.most(spec, pool))
        self._place = desired.place_of(spec)
        self._azure = azure

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that change it."""
        return desired.resizing(self._spec, self._pool, self._nodes, *self._bounds)

    async def _resize(self) -> Work:
        async for happening in owned.waited(self._state, self._clock):
            yield happening
        scales = self._of(await self._state()).scales
        place, name, wanted = self._place, self._pool, self._nodes
        least, most = self._bounds

        def change(client: Any) -> None:
            # The whole pool is sent back: what is left out of a PUT is set to Azure's default.
            found = client.agent_pools.get(place.group_name, place.cluster, name)
            found.properties.count = wanted
            if scales:
                found.properties.min_count, found.properties.max_count = least, most
            client.agent_pools.begin_create_or_update(
                place.group_name, place.cluster, name, found, polling=False
            )

        await self._azure.change(change, f"asking Azure to resize {name}", f"the pool {name}")
        async for happening in owned.waited(self._state, self._clock):
            yield happening
        state = await self._state()
        if self._of(state).status in BROKEN:
            raise trouble_of(state, self._place)

    async def _now(self) -> owned.PoolSize:
        state = await self._state()
        if state != GONE and state.project_id != self._spec.project_id:
            return owned.PoolSize(0, is_ours=False)
        pool = self._of(state)
        least = pool.least if pool.scales else None
        return owned.PoolSize(pool.nodes, least, "" if state.is_idle else state.words)

    async def _state(self) -> State:
        return await look_at(self._azure, self._place)

    def _of(self, state: State) -> PoolState:
        """Return the pool in a state of the cluster; InvalidInput when it has no such pool."""
        pool = state.pool(self._pool)
        if pool is None:
            names = ", ".join(one.name for one in state.pools)
            raise InvalidInput(
                f"There is no pool {self._pool}",
                f"The pools are: {names}." if names else "There is no cluster yet.",
            )
        return pool


async def user_kubeconfig(azure: Azure, place: desired.Place) -> Mapping[str, Any]:
    """Return the kubeconfig that Azure gives to a user, with the credentials in it: for memory alone."""

    def work(client: Any) -> bytes:
        found = client.managed_clusters.list_cluster_user_credentials(place.group_name, place.cluster)
        return bytes(found.kubeconfigs[0].value)

    text = await azure.clusters(work, "asking Azure for credentials", place.cluster)
    tree: Mapping[str, Any] = yaml.safe_load(text)
    return tree


async def address(azure: Azure, place: desired.Place, project_id: str) -> Address | None:
    """Return how a project's cluster is reached; None when there is none that is the project's and runs."""
    state = await look_at(azure, place)
    if state.status not in SETTLED or state.project_id != project_id or state.power == "Stopped":
        return None
    entry = (await user_kubeconfig(azure, place))["clusters"][0]["cluster"]
    kept = {name: entry[name] for name in ("server", "certificate-authority-data") if name in entry}
    return Address(place.cluster, kept)
