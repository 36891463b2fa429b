"""The hub's files in the project: secrets and config.yaml."""

from __future__ import annotations

from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.project import config_file, secrets_file
from z2jh_wizard.project.folder import Project


class MakeSecrets(Step):
    """Generate the secrets that are missing."""

    id = "hub.secrets"
    title = "Make the secrets"
    why = "Long random texts that only this hub knows: its parts trust each other by them."
    usually = 1

    def __init__(self, project: Project, redactor: Redactor) -> None:
        self._project = project
        self._redactor = redactor

    def commands(self) -> tuple[Command, ...]:
        """Return a script that writes the file with fresh secrets, unless it is there."""
        return (
            Command(
                script=secrets_file.script(self._project.spec.chart.family),
                about="Write secrets.yaml with random values, readable by you alone",
            ),
        )

    async def look(self) -> Look:
        """Name the secrets that are missing."""
        missing = secrets_file.missing(self._project.secrets, self._project.spec.chart.family)
        secrets_file.teach(self._redactor, secrets_file.read(self._project.secrets))
        if missing:
            finding = Finding.DRIFTED if self._project.secrets.exists() else Finding.ABSENT
            return Look(finding, f"missing: {', '.join(one.path for one in missing)}")
        return Look(Finding.READY, "in secrets.yaml")

    async def run(self) -> Work:
        """Make the missing ones; those that are there stay as they are."""
        fresh = not self._project.secrets.exists()
        made = secrets_file.generate(self._project.secrets, self._project.spec.chart.family)
        secrets_file.teach(self._redactor, secrets_file.read(self._project.secrets))
        if fresh:
            yield Made(Resource("file", "secrets.yaml"))
        for one in made:
            yield Line(f"{one.path}: {one.about}")


class WriteConfig(Step):
    """Write a first config.yaml from a template; one that is there is the user's."""

    id = "hub.config"
    title = "Write config.yaml"
    why = "All settings of the hub stand in this one file; it is yours to edit and works without the wizard."
    usually = 1

    def __init__(self, project: Project) -> None:
        self._project = project

    def commands(self) -> tuple[Command, ...]:
        """Return the command that writes the file."""
        return (
            Command(
                script=config_file.script(self._project),
                about="Write config.yaml unless it is there",
            ),
        )

    async def look(self) -> Look:
        """Read the file; InvalidInput says which line cannot be read."""
        if not self._project.config.exists():
            return Look(Finding.ABSENT, "not written yet")
        config_file.values(self._project)
        ours = config_file.is_ours(self._project)
        return Look(Finding.READY, "as the wizard wrote it" if ours else "yours: edited by hand")

    async def run(self) -> Work:
        """Write it."""
        config_file.write_first(self._project)
        yield Made(Resource("file", "config.yaml"))
