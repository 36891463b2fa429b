"""The hub's files in the project: config.yaml and the secrets, and whether they are right."""

from __future__ import annotations

from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows import hub_secrets
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project

SHOWN = 3
"""How many mistakes a look and an error say; the command ``config lint`` says all."""


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
        count = len(files_of(self._project).main.document.tree)
        return Look(Finding.READY, f"there, with {count} group{'' if count == 1 else 's'} of settings")

    async def run(self) -> Work:
        """Write it."""
        config_file.write_first(self._project)
        yield Made(Resource("file", "config.yaml"))


class MakeSecrets(Step):
    """Generate the secrets that are missing."""

    id = "hub.secrets"
    title = "Make the secrets"
    why = "Long random texts that only this hub knows: its parts trust each other by them."
    usually = 1
    needs = ("hub.config",)

    def __init__(self, project: Project, redactor: Redactor) -> None:
        self._project = project
        self._redactor = redactor

    def commands(self) -> tuple[Command, ...]:
        """Return a script that writes the file with fresh secrets, unless it is there."""
        return (
            Command(
                script=hub_secrets.script(self._project),
                about="Write secrets.yaml with random values, readable by you alone",
            ),
        )

    async def look(self) -> Look:
        """Name the secrets that are missing."""
        files = files_of(self._project)
        hub_secrets.teach(self._redactor, files)
        missing = hub_secrets.lacking(files)
        if missing:
            finding = Finding.DRIFTED if self._project.secrets.exists() else Finding.ABSENT
            return Look(finding, f"missing: {', '.join(one.dotted for one in missing)}")
        where = dict.fromkeys(one.file for one in hub_secrets.secrets_of(files))
        return Look(Finding.READY, f"in {' and '.join(where)}" if where else "this hub needs none")

    async def run(self) -> Work:
        """Make the missing ones; those that are there stay as they are."""
        fresh = not self._project.secrets.exists()
        files, made = hub_secrets.make_missing(files_of(self._project))
        hub_secrets.teach(self._redactor, files)
        if fresh and self._project.secrets.exists():
            yield Made(Resource("file", "secrets.yaml"))
        for one in made:
            yield Line(f"{one.dotted}: {one.kind.about}")
