"""A cluster at a cloud stays where it was made: its place is written down before anything is made there."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from z2jh_wizard.cloud.base import ClusterProvider
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Danger, Finding, Line, Look, Step, Work
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import Project


def place_of(spec: Spec) -> str:
    """Return where a project's cluster is, as z2jh.yaml remembers it: account, region and name."""
    return "/".join((spec.account, spec.region, spec.cluster.name or spec.release))


def spec_at(spec: Spec, place: str) -> Spec:
    """Return a spec with its cluster at a place that ``place_of`` named."""
    account, region, name = place.rsplit("/", 2)
    return replace(spec, account=account, region=region, cluster=replace(spec.cluster, name=name))


class KeepPlace(Step):
    """Write down where the cluster is made; another place is refused while something of ours is at this one.

    ``provider_of`` returns the provider of a project, here of one at the place where the cluster was.
    """

    id = "cluster.place"
    title = "Note where the cluster is made"
    why = (
        "A cluster cannot move: z2jh.yaml remembers its place, so that no second one is ever made elsewhere."
    )
    usually = 0
    undoable = True
    undo_title = "Forget where the cluster was"
    undo_danger = Danger.NONE

    def __init__(self, project: Project, provider_of: Callable[[Project], ClusterProvider]) -> None:
        self._project = project
        self._provider_of = provider_of

    def commands(self) -> tuple[Command, ...]:
        """Return nothing: without the wizard nobody needs the note."""
        return ()

    async def look(self) -> Look:
        """Compare what z2jh.yaml wants with where the cluster is; Refused when something stays behind."""
        known, wanted = cluster_identity.place(self._project), place_of(self._project.spec)
        if not known:
            return Look(Finding.ABSENT, "none was made yet")
        if known == wanted:
            return Look(Finding.READY, known)
        if there := await self._still_at(known):
            raise Refused(
                "z2jh.yaml names another place than the one where the cluster is",
                f"Of {known} there is still: {there}. z2jh.yaml says {wanted} now.",
                still_works="What is there goes on as it is; nothing was changed.",
                next_step="Put account, region and name in z2jh.yaml back, or tear down there first. One at "
                "the other place is a new project; students' files do not move by themselves.",
            )
        return Look(Finding.DRIFTED, f"nothing is at {known} any more")

    async def look_back(self) -> Look:
        """Look whether a place is noted; by then nothing is at it any more."""
        known = cluster_identity.place(self._project)
        return Look(Finding.READY, known) if known else Look(Finding.ABSENT, "none is noted")

    async def _still_at(self, place: str) -> str:
        """Return the steps whose work is found at another place, in words; a look that fails is raised."""
        there = self._provider_of(Project(self._project.folder, spec_at(self._project.spec, place)))
        looks = [(step, await step.look_back()) for step in there.steps() if step.undoable]
        return ", ".join(step.title for step, look in looks if look.finding is not Finding.ABSENT)

    async def run(self) -> Work:
        """Write it down."""
        cluster_identity.record_place(self._project, place_of(self._project.spec))
        yield Line(f"the cluster of this project is made at {place_of(self._project.spec)}")

    async def undo(self) -> Work:
        """Forget it: the cluster is gone."""
        cluster_identity.record_place(self._project, "")
        yield Line("this project has no cluster any more")


class SamePlace(KeepPlace):
    """Before a tear-down: the place that is looked at is the one where the cluster is."""

    id = "cluster.same-place"
    title = "Look at the right place"
    why = "A tear-down that looks elsewhere would find nothing and say that all is gone."
    undoable = False

    async def look(self) -> Look:
        """Compare; fine when no place is known, or nothing is at the one that is."""
        found = await super().look()
        return Look(Finding.READY, found.detail)
