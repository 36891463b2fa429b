"""The steps of a Google cluster: make it with both pools, say how it is reached, resize a pool."""

from __future__ import annotations

import math

from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke import desired
from z2jh_wizard.cloud.gke.cluster import GONE, State, look_at, trouble_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.reaching import Address
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Happening,
    Line,
    Look,
    Made,
    Progress,
    Refusal,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.project.folder import Project

BROKEN = ("ERROR", "DEGRADED")

_FOREIGN = "a cluster of this name exists which this project did not make"


class MakeCluster(Step):
    """Make the cluster with one pool for the hub and one for the students."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = "Google's computers for your hub: a small one that always runs, and those for the students."
    danger = Danger.COSTS_MONEY
    usually = 400
    limit = 2400
    needs = ("cluster.services",)
    undoable = True

    def __init__(self, project: Project, google: Google, clock: Clock) -> None:
        self._spec = project.spec
        self._place = desired.place_of(project.spec)
        self._google = google
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.creating(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.deleting(self._spec)

    async def look(self) -> Look:
        """Look for it by its name, and by our label whether it is ours."""
        state = await self._state()
        if state == GONE:
            return Look(Finding.ABSENT, "not made yet")
        here = (self._resource(),)
        if state.project_id != self._spec.project_id:
            return Look(Finding.UNKNOWN, _FOREIGN, here, not_ours=_FOREIGN)
        if state.status in BROKEN:
            problem = trouble_of(state, self._place, self._machine()).problem
            return Look(Finding.DRIFTED, f"broken: {problem.title}", here)
        if not state.is_idle or state.status != "RUNNING":
            return Look(Finding.DRIFTED, state.words, here)
        lacking = [name for name in (desired.CORE, desired.USER) if name not in state.pools]
        if lacking:
            return Look(Finding.DRIFTED, f"the pool {' and '.join(lacking)} is not there", here)
        return Look(Finding.READY, f"runs Kubernetes {state.version} in {self._place.location}", here)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; a broken one is made anew, a lost pool added."""
        state = await self._state()
        if state != GONE and state.status in BROKEN:
            yield Line("Google could not finish the cluster; it is deleted and made anew.")
            async for happening in self._delete():
                yield happening
            state = GONE
        if state == GONE:
            await self._create()
            yield Made(self._resource())
        async for happening in self._until_idle():
            yield happening
        state = await self._state()
        for name in (desired.CORE, desired.USER):
            if name not in state.pools and state.status == "RUNNING":
                pool = {"parent": self._place.name, "node_pool": desired.node_pool(self._spec, name)}
                await self._google.clusters("create_node_pool", pool, f"the pool {name}")
                yield Made(Resource("node pool", f"{self._place.cluster}/{name}"))
                async for happening in self._until_idle():
                    yield happening

    def undo(self) -> Work:
        """Delete it with its nodes, once nothing else is at work on it."""
        return self._delete()

    async def _create(self) -> None:
        request = {"parent": self._place.parent, "cluster": desired.cluster(self._spec)}
        try:
            await self._google.clusters("create_cluster", request, f"the cluster {self._place.cluster}")
        except CloudTrouble as error:
            # A colleague with the same project made it between the look and now.
            if error.reason != "ALREADY_EXISTS" or (await self._state()).project_id != self._spec.project_id:
                raise

    async def _delete(self) -> Work:
        async for happening in self._until_idle(may_be_broken=True):
            yield happening
        if await self._state() != GONE:
            await self._google.clusters("delete_cluster", {"name": self._place.name}, self._place.cluster)
            async for state in states(self._state, lambda one: one == GONE, self._clock):
                if state != GONE:
                    yield _told(state)
        yield Gone(self._resource())

    async def _until_idle(self, *, may_be_broken: bool = False) -> Work:
        async for state in states(self._state, lambda one: one.is_idle, self._clock):
            if state.status in BROKEN and not may_be_broken:
                raise trouble_of(state, self._place, self._machine())
            if not state.is_idle:
                yield _told(state)

    async def _state(self) -> State:
        return await look_at(self._google, self._place)

    def _machine(self) -> str:
        return desired.pools_of(self._spec)[desired.USER].machine

    def _resource(self) -> Resource:
        return Resource("GKE cluster", f"{self._place.project}/{self._place.location}/{self._place.cluster}")


class ResizePool(Step):
    """Give a pool another number of nodes, its bounds first, as Google would change it back otherwise."""

    id = "cluster.resize"
    why = "More nodes before a workshop, fewer after it; students' files stay either way."
    usually = 120
    limit = 1200

    def __init__(self, project: Project, google: Google, clock: Clock, pool: str, nodes: int) -> None:
        self._spec = project.spec
        self._place = desired.place_of(project.spec)
        self._google = google
        self._clock = clock
        self._pool = pool
        self._nodes = nodes
        known = desired.pools_of(self._spec)
        most = desired.bounds(known[pool])[1] if pool in known else nodes
        self._bounds = (nodes, max(most, nodes, 1))
        self.title = f"Resize the pool {pool} to {nodes} nodes"
        self.danger = Danger.COSTS_MONEY if nodes else Danger.NONE

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that change bounds and number."""
        return desired.resizing(self._spec, self._pool, self._nodes, *self._bounds)

    async def look(self) -> Look:
        """Compare the bounds, and the number that Google aims at; another's cluster is left alone."""
        scales, least, there, busy = await self._now()
        if busy == _FOREIGN:
            return Look(Finding.UNKNOWN, _FOREIGN, not_ours=_FOREIGN)
        detail = f"{there} nodes" + (f", at least {least}" if scales else "")
        if busy:
            return Look(Finding.DRIFTED, f"{detail}; {busy}")
        right = there == self._nodes and (not scales or least == self._nodes)
        return Look(Finding.READY if right else Finding.DRIFTED, detail)

    def run(self) -> Work | Refusal:
        """Change the bounds, then the number, and wait."""
        if self._pool == desired.CORE and not self._nodes:
            return Refusal("The hub itself runs in the pool core; without a node there it would stop.")
        return self._resize()

    async def _resize(self) -> Work:
        async for happening in self._until_idle():
            yield happening
        scales, least, there, _ = await self._now()
        pool = self._place.pool(self._pool)
        if scales and least != self._nodes:
            bounds = {"name": pool, "autoscaling": desired.scaling(*self._bounds)}
            await self._google.clusters("set_node_pool_autoscaling", bounds, f"the pool {self._pool}")
            yield Line(f"at least {self._bounds[0]}, at most {self._bounds[1]} nodes")
            async for happening in self._until_idle():
                yield happening
        if there != self._nodes:
            a_zone = math.ceil(self._nodes / max(1, len(await self._groups())))
            size = {"name": pool, "node_count": a_zone}
            await self._google.clusters("set_node_pool_size", size, f"the pool {self._pool}")
            async for happening in self._until_idle():
                yield happening

    async def _until_idle(self) -> Work:
        async for state in states(self._state, lambda one: one.is_idle, self._clock):
            if state == GONE:
                raise WizardError("There is no cluster to resize", f"{self._place.cluster} is not there.")
            if not state.is_idle:
                yield _told(state)

    async def _state(self) -> State:
        return await look_at(self._google, self._place)

    async def _now(self) -> tuple[bool, int, int, str]:
        """Return whether Google scales the pool, its least and present nodes, and what is at work."""
        state = await self._state()
        if state != GONE and state.project_id != self._spec.project_id:
            return False, 0, 0, _FOREIGN
        if self._pool not in state.pools:
            raise InvalidInput(
                f"There is no pool {self._pool}",
                f"The pools are: {', '.join(state.pools)}." if state.pools else "There is no cluster yet.",
            )
        pool = await self._google.clusters(
            "get_node_pool", {"name": self._place.pool(self._pool)}, self._pool
        )
        there = 0
        for group in await self._groups():
            there += int((await self._google.get("compute", group)).get("targetSize", 0))
        scaling = pool.autoscaling
        least = scaling.total_min_node_count or scaling.min_node_count
        return bool(scaling.enabled), int(least), there, "" if state.is_idle else state.words

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


def _told(state: State) -> Happening:
    """Return how far Google is as what a step tells."""
    return Progress(state.done, state.total, state.words) if state.total else Line(state.words)
