"""The step that looks for mistakes before Helm installs: by lint, then by the chart itself."""

from __future__ import annotations

from typing import Any

import pytest

from z2jh_wizard.core.errors import ExitCode, InvalidInput, NeedsYou
from z2jh_wizard.core.events import State
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.charts import practice_chart
from z2jh_wizard.flows.cleaning import redactor_for
from z2jh_wizard.flows.sessions import flow_of
from z2jh_wizard.flows.steps.check import CheckConfig
from z2jh_wizard.flows.steps.files import WriteConfig
from z2jh_wizard.project import config_file

BAD = """\
singleuser:
  memory:
    limit: 1Gi
    guarantee: 512Mi
"""


class FakeHelm:
    """Reads the settings without a word, unless told to refuse them; counts how often it was asked."""

    def __init__(self, chart, refusal=None):
        self.chart, self.refusal, self.asked = chart, refusal, 0

    def local_chart(self):
        return self.chart

    async def render(self):
        self.asked += 1
        if self.refusal:
            raise self.refusal
        return ""


@pytest.fixture
def check(project):
    """Return a maker of the step with a Helm that has nothing against the settings."""

    def make(helm: Any = None) -> CheckConfig:
        asked: Any = FakeHelm(practice_chart()) if helm is None else helm
        return CheckConfig(project, asked)

    return make


async def test_the_first_config_has_no_mistakes(project, check):
    config_file.write_first(project)
    look = await check().look()
    assert look.finding is Finding.READY
    assert look.detail == "no mistakes"


async def test_mistakes_are_told_with_their_line(project, check):
    project.config.write_text(BAD)
    look = await check().look()
    assert look.finding is Finding.DRIFTED
    assert "config.yaml:3 The hub cannot read 1Gi" in look.detail


async def test_a_run_stops_there_and_says_what_to_do(project, session_of, check):
    project.config.write_text(BAD)
    session = session_of(WriteConfig(project), check())
    outcome = await session.run()
    assert outcome.code is ExitCode.WRONG_USE
    assert outcome.problem
    assert "config.yaml:3" in outcome.problem.happened
    assert "config.yaml:4" in outcome.problem.happened
    assert "z2jh-wizard config lint" in outcome.problem.next_step
    last = session.events[-1]
    assert (last.step, last.state) == ("hub.check", State.FAILED)


async def test_it_goes_on_as_soon_as_the_file_is_mended(project, session_of, check):
    project.config.write_text(BAD.replace("Gi", "G").replace("Mi", "M"))
    assert (await session_of(check()).run()).code is ExitCode.DONE


async def test_a_file_that_cannot_be_read_is_found_by_the_step_before(project, session_of, check):
    project.config.write_text("a: [\n")
    outcome = await session_of(WriteConfig(project), check()).run()
    assert outcome.code is ExitCode.WRONG_USE
    assert outcome.problem
    assert "config.yaml cannot be read" in outcome.problem.title


def test_it_stands_between_the_files_and_helm(project):
    steps = [step.id for step in flow_of(project, "setup").steps]
    assert steps.index("hub.config") < steps.index("hub.check") < steps.index("hub.release")


async def test_a_hand_written_file_is_ready(project, check):
    project.config.write_text("singleuser:\n  memory:\n    limit: 2G\n")
    assert (await WriteConfig(project).look()).finding is Finding.READY
    assert (await check().look()).finding is Finding.READY


async def test_what_the_chart_refuses_stops_a_run_in_helms_words(project, session_of, check):
    config_file.write_first(project)
    helm = FakeHelm(practice_chart(), InvalidInput("Helm refuses", "hub.fsGid is gone."))
    assert (await check(helm).look()).detail == "the chart refuses them: hub.fsGid is gone."
    outcome = await session_of(check(helm)).run()
    assert outcome.problem
    assert outcome.problem.happened == "hub.fsGid is gone."


@pytest.mark.parametrize("helm", [FakeHelm(None), FakeHelm(practice_chart(), NeedsYou("No Helm"))])
async def test_without_a_chart_or_a_helm_lint_is_all(project, check, helm):
    config_file.write_first(project)
    assert (await check(helm).look()).finding is Finding.READY


async def test_what_was_fine_is_not_rendered_again_until_it_changes(project, check):
    config_file.write_first(project)
    helm = FakeHelm(practice_chart())
    step = check(helm)
    for _ in range(3):
        await step.look()
    assert helm.asked == 1
    project.config.write_text("cull:\n  timeout: 7200\n")
    await step.look()
    assert helm.asked == 2


@pytest.mark.helm
async def test_the_real_helm_and_the_practice_chart_agree(project, check, helm_binary, monkeypatch):
    monkeypatch.setenv("PATH", str(helm_binary.parent))
    config_file.write_first(project)
    helm = adapters_for(project, redactor_for(project)).helm
    assert (await check(helm).look()).finding is Finding.READY
    # What lint lets pass by a comment, the chart still refuses.
    project.config.write_text("hub:\n  # z2jh-wizard: ignore key-typo, schema\n  nonsense: 1\n")
    look = await check(helm).look()
    assert look.finding is Finding.DRIFTED
    assert "nonsense" in look.detail
