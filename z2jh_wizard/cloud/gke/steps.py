"""The steps of a Google cluster: make it with both pools, say how it is reached, resize a pool."""

from __future__ import annotations

import math

from z2jh_wizard.cloud import owned
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke import desired
from z2jh_wizard.cloud.gke.cluster import GONE, State, look_at, trouble_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.cloud.reaching import Address
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Danger, Finding, Line, Made, Resource, Work


class MakeCluster(owned.MakeOwned[State]):
    """Make the cluster with one pool for the hub and one for the students."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = "Google's computers for your hub: a small one that always runs, and those for the students."
    danger = Danger.COSTS_MONEY
    usually = 400
    limit = 2400
    needs = ("cluster.services",)

    def __init__(self, spec: Spec, google: Google, clock: Clock) -> None:
        super().__init__(spec, clock)
        self._place = desired.place_of(spec)
        self._google = google

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.creating(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.deleting(self._spec)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; a broken one is made anew, a lost pool added."""
        state = await self._state()
        if state.is_broken:
            yield Line("Google could not finish the cluster; it is deleted and made anew.")
            async for happening in self._delete():
                yield happening
            state = GONE
        if state == GONE:
            await self._create()
            yield Made(self._resource())
        async for happening in self._until_whole():
            yield happening
        state = await self._state()
        for name in (CORE, USER):
            if name not in state.pools and state.status == "RUNNING":
                pool = {"parent": self._place.name, "node_pool": desired.node_pool(self._spec, name)}
                await self._google.clusters("create_node_pool", pool, f"the pool {name}")
                yield Made(Resource("node pool", f"{self._place.cluster}/{name}"))
                async for happening in self._until_whole():
                    yield happening

    def _judged(self, state: State) -> tuple[Finding, str]:
        if state.is_broken:
            return Finding.DRIFTED, f"broken: {self._trouble(state).problem.title}"
        if not state.is_idle or state.status != "RUNNING":
            return Finding.DRIFTED, state.words
        lacking = [name for name in (CORE, USER) if name not in state.pools]
        if lacking:
            return Finding.DRIFTED, f"the pool {' and '.join(lacking)} is not there"
        return Finding.READY, f"runs Kubernetes {state.version} in {self._place.location}"

    async def _create(self) -> None:
        request = {"parent": self._place.parent, "cluster": desired.cluster(self._spec)}
        try:
            await self._google.clusters("create_cluster", request, f"the cluster {self._place.cluster}")
        except CloudTrouble as error:
            # A colleague with the same project made it between the look and now.
            if error.reason != "ALREADY_EXISTS" or (await self._state()).project_id != self._spec.project_id:
                raise

    async def _delete(self) -> Work:
        async for happening in self._until_idle():
            yield happening
        if await self._state() != GONE:
            await self._google.clusters("delete_cluster", {"name": self._place.name}, self._place.cluster)
        async for happening in self._until_gone():
            yield happening

    async def _state(self) -> State:
        return await look_at(self._google, self._place)

    def _trouble(self, state: State) -> WizardError:
        return trouble_of(state, self._place, desired.pools_of(self._spec)[USER].machine)

    def _resource(self) -> Resource:
        return Resource("GKE cluster", f"{self._place.project}/{self._place.location}/{self._place.cluster}")


class ResizePool(owned.ResizePool):
    """Give a pool another number of nodes, its bounds first, as Google would change it back otherwise."""

    usually = 120
    limit = 1200

    def __init__(self, spec: Spec, google: Google, clock: Clock, pool: str, nodes: int) -> None:
        super().__init__(spec, clock, pool, nodes, desired.most(spec, pool))
        self._place = desired.place_of(spec)
        self._google = google

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that change bounds and number."""
        return desired.resizing(self._spec, self._pool, self._nodes, *self._bounds)

    async def _resize(self) -> Work:
        async for happening in self._until_idle():
            yield happening
        now = await self._now()
        pool = self._place.pool(self._pool)
        if now.least not in (None, self._nodes):
            bounds = {"name": pool, "autoscaling": desired.scaling(*self._bounds)}
            await self._google.clusters("set_node_pool_autoscaling", bounds, f"the pool {self._pool}")
            yield Line(f"at least {self._bounds[0]}, at most {self._bounds[1]} nodes")
            async for happening in self._until_idle():
                yield happening
        if now.nodes != self._nodes:
            a_zone = math.ceil(self._nodes / max(1, len(await self._groups())))
            size = {"name": pool, "node_count": a_zone}
            await self._google.clusters("set_node_pool_size", size, f"the pool {self._pool}")
            async for happening in self._until_idle():
                yield happening

    def _until_idle(self) -> Work:
        return owned.waited(self._state, self._clock)

    async def _state(self) -> State:
        state = await look_at(self._google, self._place)
        if state == GONE:
            raise InvalidInput(f"There is no pool {self._pool}", "There is no cluster yet.")
        return state

    async def _now(self) -> owned.PoolSize:
        """Return the number that Google aims at, and the least one where it scales the pool."""
        state = await self._state()
        if state.project_id != self._spec.project_id:
            return owned.PoolSize(0, is_ours=False)
        if self._pool not in state.pools:
            raise InvalidInput(f"There is no pool {self._pool}", f"The pools are: {', '.join(state.pools)}.")
        pool = await self._google.clusters(
            "get_node_pool", {"name": self._place.pool(self._pool)}, self._pool
        )
        there = 0
        for group in await self._groups():
            there += int((await self._google.get("compute", group)).get("targetSize", 0))
        scaling = pool.autoscaling
        least = int(scaling.total_min_node_count or scaling.min_node_count) if scaling.enabled else None
        return owned.PoolSize(there, least, "" if state.is_idle else state.words)

    async def _groups(self) -> list[str]:
        """Return the paths of the pool's groups of machines, one in each zone."""
        pool = await self._google.clusters(
            "get_node_pool", {"name": self._place.pool(self._pool)}, self._pool
        )
        return [f"compute/v1/projects/{url.partition('/projects/')[2]}" for url in pool.instance_group_urls]


async def address(google: Google, place: desired.Place, project_id: str) -> Address | None:
    """Return how a project's cluster is reached; None when there is none that is the project's."""
    state = await look_at(google, place)
    if not state.endpoint or state.project_id != project_id:
        return None
    server = state.endpoint if "://" in state.endpoint else f"https://{state.endpoint}"
    entry = {"server": server, "certificate-authority-data": state.authority}
    return Address(f"gke_{place.project}_{place.location}_{place.cluster}", entry)
