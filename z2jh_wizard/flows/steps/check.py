"""Are the settings right: lint says so, and then the chart itself, read by Helm without a cluster."""

from __future__ import annotations

import asyncio

from z2jh_wizard.core.errors import InvalidInput, NeedsYou, WizardError
from z2jh_wizard.core.step import Command, Finding, Line, Look, Step, Work
from z2jh_wizard.flows.charts import chart_source
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.linting import lint_files
from z2jh_wizard.flows.values_files import ValuesFiles, files_of
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.lint.finding import Finding as Mistake
from z2jh_wizard.values.lint.finding import Severity

SHOWN = 3
"""How many mistakes a look and an error say; the command ``config lint`` says all."""


class CheckConfig(Step):
    """Look for mistakes in the settings before anything is sent to the cluster."""

    id = "hub.check"
    title = "Check the settings"
    why = "A mistake in config.yaml is mended sooner now than with students waiting."
    usually = 1
    needs = ("hub.config", "hub.secrets", "hub.chart")
    attempts = 1

    def __init__(self, project: Project, helm: HubHelm) -> None:
        self._project = project
        self._helm = helm
        self._rendered: tuple[object, ...] = ()

    def commands(self) -> tuple[Command, ...]:
        """Return the command that lets Helm say what the chart refuses."""
        spec = self._project.spec
        words = ("helm", "template", spec.release, *chart_source(spec.chart).words())
        rendered = Command((*words, "--values", "config.yaml", "--values", "secrets.yaml"))
        return (
            Command(
                script=f"{rendered.shell()} > /dev/null",
                about="Let Helm read the settings without installing anything",
            ),
        )

    async def look(self) -> Look:
        """Lint both files together, then let Helm render the chart; warnings and notes do not stop a hub."""
        files = files_of(self._project)
        found = await asyncio.to_thread(_lint, files)
        errors = [one for one in found if one.severity is Severity.ERROR]
        if errors:
            return Look(Finding.DRIFTED, "; ".join(map(_sentence, errors[:SHOWN])))
        refused = await self._refusal(files)
        if refused:
            return Look(Finding.DRIFTED, f"the chart refuses them: {refused.problem.happened}")
        warnings = sum(one.severity is Severity.WARNING for one in found)
        more = f", {warnings} warning{_s(warnings)}: z2jh-wizard config lint" if warnings else ""
        return Look(Finding.READY, f"no mistakes{more}")

    async def run(self) -> Work:
        """Refuse to go on: a person has to mend the file."""
        files = files_of(self._project)
        errors = [one for one in _lint(files) if one.severity is Severity.ERROR]
        for one in errors[:SHOWN]:
            yield Line(_sentence(one))
        if errors:
            raise InvalidInput(
                f"The settings have {len(errors)} mistake{_s(len(errors))}",
                " ".join(map(_sentence, errors[:SHOWN])),
                still_works="Nothing was sent to the cluster.",
                next_step="See all, with what to write instead: z2jh-wizard config lint",
            )
        if refused := await self._refusal(files):
            raise refused

    async def _refusal(self, files: ValuesFiles) -> WizardError | None:
        """Return what Helm has against the settings, nothing while chart or Helm are not here yet.

        What was fine is not rendered again while neither the files nor the chart change.
        """
        chart = self._helm.local_chart()
        if chart is None:
            return None
        now = (chart, chart.stat().st_mtime_ns, *(one.data for one in files.files))
        if now == self._rendered:
            return None
        try:
            await self._helm.render()
        except NeedsYou:
            return None
        except WizardError as error:
            return error
        self._rendered = now
        return None


def _lint(files: ValuesFiles) -> list[Mistake]:
    return lint_files(files).findings


def _sentence(found: Mistake) -> str:
    return f"{found.file}:{found.line} {found.message}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
