"""The panes of the review that are texts: what changes in the hub, what it costs, and config.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import review_panes as panes
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.review_panes import StatedPane
from z2jh_wizard.widgets.text_pane import TextPane
from z2jh_wizard.widgets.virtual_log import VirtualLog

if TYPE_CHECKING:
    from z2jh_wizard.flows.costs import Costs


class ChangesPane(StatedPane):
    """What Start changes in the hub that runs."""

    def __init__(self, name: str) -> None:
        self._text = TextPane(dom_id="changes")
        super().__init__(name, self._text)

    async def look(self, backend: Backend, project: Project) -> None:
        """Compare the files with what the hub runs with; a hub that does not answer is not an absent one."""
        self.say("Looking at what the hub runs with.")
        try:
            changes = await backend.changes(project)
        except WizardError as error:  # a file that cannot be read
            self.fail(error.problem)
            self._text.show("")
            return
        if changes.problem:
            self.fail(changes.problem, changes.sentence)
        else:
            self.say(changes.sentence)
        self._text.show(panes.changes_text(changes))


class CostsPane(StatedPane):
    """What is known of the costs."""

    def __init__(self, name: str) -> None:
        self._text = TextPane(dom_id="costs")
        super().__init__(name, self._text)
        self.costs: Costs | None = None

    @property
    def sentence(self) -> str:
        """The sum, or why there is none; empty before anybody looked."""
        return self.costs.sentence if self.costs else ""

    async def look(self, backend: Backend, project: Project) -> None:
        """Work the costs out."""
        self.costs = await backend.costs(project)
        self.say(self.costs.sentence)
        self._text.show("\n".join(self.costs.lines))


class FilePane(StatedPane):
    """config.yaml with its secrets hidden."""

    def __init__(self, name: str) -> None:
        self._text = VirtualLog(dom_id="config")
        super().__init__(name, self._text)

    async def look(self, backend: Backend, project: Project) -> None:
        """Read the file."""
        try:
            self._text.show("\n".join(await backend.config_lines(project)))
            self.say(f"{project.config}, secrets hidden")
        except WizardError as error:
            self.fail(error.problem)
