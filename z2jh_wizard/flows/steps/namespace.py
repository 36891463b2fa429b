"""The hub's namespace, labelled as ours when we make it."""

from __future__ import annotations

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.project.folder import Project


class MakeNamespace(Step):
    """Make the namespace unless it is there; somebody else's is used and never removed."""

    id = "hub.namespace"
    usually = 1
    needs = ("cluster.answers",)
    undoable = True
    why = "A private area inside the cluster for everything of this hub."

    def __init__(self, project: Project, cluster: Cluster, clock: Clock) -> None:
        self._project = project
        self._cluster = cluster
        self._clock = clock
        self._name = project.spec.namespace
        self.title = f"Make the namespace {self._name}"
        self.undo_title = f"Delete the namespace {self._name}"

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make and label it."""
        label = f"{OUR_LABEL}={self._project.spec.project_id}"
        return (
            Command((*KUBECTL, "create", "namespace", self._name)),
            Command((*KUBECTL, "label", "namespace", self._name, label), "Mark it as made for this project"),
        )

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that removes it with all that is in it."""
        return (Command((*KUBECTL, "delete", "namespace", self._name)),)

    async def look(self) -> Look:
        """Look for it and for our label on it."""
        found = await self._cluster.namespace(self._name)
        if found is None:
            return Look(Finding.ABSENT, "not there yet")
        resource = (Resource("namespace", self._name, uid=found.uid),)
        if found.deleting:
            return Look(Finding.DRIFTED, "it is being removed", resource)
        if not found.is_of(self._project.spec):
            return Look(Finding.READY, "there already, made by somebody else", resource, self._foreign())
        return Look(Finding.READY, "there, ours", resource)

    async def run(self) -> Work:
        """Make it, after one that is on its way out has gone."""
        while (found := await self._cluster.namespace(self._name)) and found.deleting:
            yield Line("waiting until the old namespace is gone")
            await self._clock.sleep(1)
        labels = {OUR_LABEL: self._project.spec.project_id}
        yield Made(await self._cluster.create_namespace(self._name, labels))

    async def undo(self) -> Work:
        """Remove it with all that is in it, if it is ours."""
        found = await self._cluster.namespace(self._name)
        if found is None:
            return
        if not found.is_of(self._project.spec):
            yield Line(self._foreign())
            return
        if not found.deleting:
            await self._cluster.delete_namespace(self._name, found.uid)
        while await self._cluster.namespace(self._name):
            await self._clock.sleep(0.3)
        yield Gone(Resource("namespace", self._name, uid=found.uid))

    def _foreign(self) -> str:
        return f"the namespace {self._name} was not made by this project"
