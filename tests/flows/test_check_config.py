"""The step that looks for mistakes before Helm is started."""

from __future__ import annotations

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import State
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.sessions import flow_of
from z2jh_wizard.flows.steps.files import CheckConfig, WriteConfig
from z2jh_wizard.project import config_file

BAD = """\
singleuser:
  memory:
    limit: 1Gi
    guarantee: 512Mi
"""


async def test_the_first_config_has_no_mistakes(project):
    config_file.write_first(project)
    look = await CheckConfig(project).look()
    assert look.finding is Finding.READY
    assert look.detail == "no mistakes"


async def test_mistakes_are_told_with_their_line(project):
    project.config.write_text(BAD)
    look = await CheckConfig(project).look()
    assert look.finding is Finding.DRIFTED
    assert "config.yaml:3 The hub cannot read 1Gi" in look.detail


async def test_a_run_stops_there_and_says_what_to_do(project, session_of):
    project.config.write_text(BAD)
    session = session_of(WriteConfig(project), CheckConfig(project))
    outcome = await session.run()
    assert outcome.code is ExitCode.WRONG_USE
    assert outcome.problem
    assert "config.yaml:3" in outcome.problem.happened
    assert "config.yaml:4" in outcome.problem.happened
    assert "z2jh-wizard config lint" in outcome.problem.next_step
    last = session.events[-1]
    assert (last.step, last.state) == ("hub.check", State.FAILED)


async def test_it_goes_on_as_soon_as_the_file_is_mended(project, session_of):
    project.config.write_text(BAD.replace("Gi", "G").replace("Mi", "M"))
    assert (await session_of(CheckConfig(project)).run()).code is ExitCode.DONE


async def test_a_file_that_cannot_be_read_is_found_by_the_step_before(project, session_of):
    project.config.write_text("a: [\n")
    outcome = await session_of(WriteConfig(project), CheckConfig(project)).run()
    assert outcome.code is ExitCode.WRONG_USE
    assert outcome.problem
    assert "config.yaml cannot be read" in outcome.problem.title


def test_it_stands_between_the_files_and_helm(project):
    steps = [step.id for step in flow_of(project, "setup").steps]
    assert steps.index("hub.config") < steps.index("hub.check") < steps.index("hub.release")


async def test_a_hand_written_file_is_ready(project):
    project.config.write_text("singleuser:\n  memory:\n    limit: 2G\n")
    assert (await WriteConfig(project).look()).finding is Finding.READY
    assert (await CheckConfig(project).look()).finding is Finding.READY
