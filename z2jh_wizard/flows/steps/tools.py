"""Which Helm does the work: a visible step, since what a person types depends on it."""

from __future__ import annotations

from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.core.facts import HELM_INSTALLING, HELM_OLDEST
from z2jh_wizard.core.step import By, Command, Finding, Look, Refusal, Step, Work
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.helm.command import HOW_TO_GET_HELM
from z2jh_wizard.helm.flags import version_text


class WhichHelm(Step):
    """Find a Helm that can be used.

    It becomes a person's step when a look finds none: a program is only put on a computer on request.
    """

    id = "helm.tool"
    title = "Find Helm"
    why = "Helm is the program that installs a hub from a chart, upgrades it and removes it."
    how = HOW_TO_GET_HELM
    skipping = "without Helm nothing can be installed"
    usually = 1

    def __init__(self, helm: HubHelm) -> None:
        self._helm = helm

    def commands(self) -> tuple[Command, ...]:
        """Return the command that says which Helm there is."""
        about = f"Say which Helm is here: it must be {version_text(HELM_OLDEST)} or newer ({HELM_INSTALLING})"
        return (Command(("helm", "version", "--short"), about=about),)

    async def look(self) -> Look:
        """Look on PATH, at our own download, and for the bundled SDK."""
        try:
            tool = await self._helm.tool()
        except NeedsYou as missing:
            self.by = By.YOU
            return Look(Finding.ABSENT, missing.problem.happened)
        self.by = By.WIZARD
        return Look(Finding.READY, tool.describe())

    def run(self) -> Work | Refusal:
        """Refuse: a person gets Helm, or asks for it with ``doctor --fix``."""
        return Refusal(HOW_TO_GET_HELM)
