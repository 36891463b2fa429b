"""Which Helm does the work: a visible step, since what a person types depends on it."""

from __future__ import annotations

from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.core.step import By, Command, Finding, Look, Refusal, Step, Work
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.helm.command import HOW_TO_GET_HELM


class WhichHelm(Step):
    """Find a Helm that can be used."""

    id = "helm.tool"
    title = "Find Helm"
    why = "Helm is the program that installs a hub from a chart, upgrades it and removes it."
    by = By.YOU
    how = HOW_TO_GET_HELM
    skipping = "without Helm nothing can be installed"
    usually = 1

    def __init__(self, helm: HubHelm) -> None:
        self._helm = helm

    def commands(self) -> tuple[Command, ...]:
        """Return the command that says which Helm there is."""
        return (Command(("helm", "version", "--short")),)

    async def look(self) -> Look:
        """Look on PATH, at our own download, and for the bundled SDK."""
        try:
            tool = await self._helm.tool()
        except NeedsYou as missing:
            return Look(Finding.ABSENT, missing.problem.happened)
        return Look(Finding.READY, tool.describe())

    def run(self) -> Work | Refusal:
        """Refuse: a program is only put on a person's computer when they ask for it."""
        return Refusal(HOW_TO_GET_HELM)
