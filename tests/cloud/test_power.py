"""Stopping a cluster between two courses and starting it again: Azure can; of the others one sentence."""

import itertools
from collections.abc import Iterator

import msgspec
import pytest

from tests.cloud.contract import ended, problem_of, went_well
from tests.cloud.crashes import Crash, crash_at
from tests.cloud.test_aks import AzureCase, azure
from tests.emulators.aks.manager import ArmError
from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.core.errors import ExitCode, InvalidInput, Refused
from z2jh_wizard.core.events import State
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.core.step import Danger
from z2jh_wizard.project.folder import Project, create_project


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureCase]:
    with azure(monkeypatch) as made:
        yield made


def power(case):
    return case.cluster()["properties"]["powerState"]["code"]


def calls(case, *names):
    return [one.name for one in case.world.calls if one.name in names]


async def test_stopped_once_and_started_once(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    for running, name, state in ((False, "stopCluster", "Stopped"), (True, "startCluster", "Running")):
        step = case.provider(project).power_step(running=running)
        assert went_well(await case.play([step]))
        assert power(case) == state
        again = await case.play([case.provider(project).power_step(running=running)])
        assert set(ended(again).values()) == {State.ALREADY}
        assert calls(case, name) == [name]
    assert not case.world.complaints


async def test_what_a_stopped_cluster_still_costs_is_said(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    step = case.provider(project).power_step(running=False)
    assert "disks and the public address are kept and cost as before" in step.why
    assert step.commands()[0].shell() == "az aks stop --name bio101 --resource-group z2jh-bio101"
    await case.play([step])
    assert "cost as before" in (await step.look()).detail
    start = case.provider(project).power_step(running=True)
    assert (step.danger, start.danger) == (Danger.NONE, Danger.COSTS_MONEY)


async def test_set_up_starts_it_and_says_so(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.play([case.provider(project).power_step(running=False)])
    looks = {step.id: await step.look() for step in case.provider(project).steps()}
    assert "stopped, and is started again" in looks["cluster.create"].detail
    assert went_well(await case.set_up(project))
    assert power(case) == "Running"


async def test_a_stopped_cluster_is_torn_down_without_starting_it(case, tmp_path):
    """A region may have no machines free to start it; what it has goes with its groups."""
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.play([case.provider(project).power_step(running=False)])
    assert went_well(await case.tear_down(project))
    assert not project.kubeconfig.exists()
    assert case.clusters() == 0
    assert not calls(case, "startCluster")


async def test_nothing_of_others_is_stopped(case, tmp_path):
    with pytest.raises(InvalidInput, match="no cluster to stop"):
        await case.provider(case.project(tmp_path / "none")).power_step(running=False).look()
    await case.set_up(case.project(tmp_path / "theirs"))
    ours = case.provider(case.project(tmp_path / "ours")).power_step(running=False)
    assert (await ours.look()).not_ours
    assert not went_well(await case.play([ours]))
    assert power(case) == "Running"


async def test_no_machines_free_at_the_start_is_said(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.play([case.provider(project).power_step(running=False)])
    case.world.fail_once("startCluster", ArmError(409, "AllocationFailed", "no capacity"))
    problem = problem_of(await case.play([case.provider(project).power_step(running=True)]))
    assert problem.title == "Azure has no free machines there now"
    assert went_well(await case.play([case.provider(project).power_step(running=True)]))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("running", [False, True], ids=["stop", "start"])
async def test_a_crash_at_any_request(monkeypatch, tmp_path, running, after):
    for number in itertools.count(1):
        with azure(monkeypatch) as case:
            project = case.project(tmp_path / str(number))
            await case.set_up(project)
            if running:
                await case.play([case.provider(project).power_step(running=False)])
            try:
                with crash_at(number, after=after):
                    await case.play([case.provider(project).power_step(running=running)])
            except Crash:
                pass
            else:
                break
            assert went_well(await case.play([case.provider(project).power_step(running=running)]))
            assert power(case) == ("Running" if running else "Stopped")
            name = "startCluster" if running else "stopCluster"
            assert calls(case, name) == [name], f"request {number}"
    assert number > 4


@pytest.mark.parametrize("provider", ["gke", "eks", "existing", "local", "practice"])
@pytest.mark.parametrize("running", [False, True], ids=["stop", "start"])
def test_the_others_say_what_to_do_instead(tmp_path, provider, running):
    made = create_project(tmp_path / "hub", provider, chart=Chart(), release="bio101")
    account = "kind" if provider == "local" else ""
    project = Project(made.folder, msgspec.structs.replace(made.spec, account=account))
    with pytest.raises(Refused) as refused:
        provider_of(project).power_step(running=running)
    problem = refused.value.problem
    assert problem.code is ExitCode.REFUSED
    assert problem.title.endswith("started" if running else "stopped")
    assert problem.next_step
    assert ("resize" in problem.next_step) == (provider in ("gke", "eks"))
