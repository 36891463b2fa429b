"""What is looked at before a hub is made, and what helps where something is not ok."""

from __future__ import annotations

import os

import msgspec
import pytest

from tests.cloud.local_programs import pretended
from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.aks.groups import RegisterProviders
from z2jh_wizard.cloud.eks.regions import EnableRegion
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.cloud.gke.services import EnableServices
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, NeedsYou
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.flows import mending, sessions
from z2jh_wizard.flows.checking import SeenChecks, gravest_first, look, see, tally
from z2jh_wizard.flows.cluster_checks import PROOF
from z2jh_wizard.project.folder import Project, make_folder, planned_project

OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


def check(name: str, verdict: Verdict = FAIL) -> Check:
    return Check(name, name, verdict, "")


def checks(*verdicts: Verdict) -> list[Check]:
    return [check(str(at), verdict) for at, verdict in enumerate(verdicts)]


def test_the_gravest_comes_first_and_alike_ones_stay_in_order():
    found = gravest_first(checks(OK, UNKNOWN, FAIL, WARN, OK, FAIL))
    assert [one.id for one in found] == ["2", "5", "3", "1", "0", "4"]


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((OK, OK), "All 2 checks are ok."),
        ((OK, FAIL), "1 of 2 checks fails."),
        ((FAIL, FAIL, OK, WARN, WARN), "2 of 5 checks fail, 2 warnings."),
        ((OK, WARN, UNKNOWN), "1 of 3 checks are ok, 1 warning, 1 not known."),
    ],
)
def test_a_line_sums_them_up(verdicts, words):
    assert tally(checks(*verdicts)) == words


@pytest.mark.parametrize(
    ("name", "verdict", "where"),
    [
        ("quota.CPUS", FAIL, ("class-size", "place")),
        ("machines", FAIL, ("place", "class-size")),
        ("permissions", FAIL, ("account",)),
        ("permissions", UNKNOWN, ("account",)),
        ("cluster.storage", FAIL, ("topic/storage",)),
        ("cluster.policies", UNKNOWN, ()),
        ("cluster.version", FAIL, ()),
        ("quota.CPUS", OK, ()),
    ],
)
def test_another_answer_that_helps(name, verdict, where):
    assert mending.answers_that_help(check(name, verdict)) == where


def test_a_trouble_before_the_first_answer():
    assert mending.answer_to(NeedsYou("Nobody is signed in")) == "account"
    assert mending.answer_to(CouldNotLook("No route")) == ""
    assert mending.answer_to(trouble("gke", "UNAUTHENTICATED")) == "account"
    assert mending.answer_to(trouble("gke", "GCE_STOCKOUT")) in ("place", "class-size")


@pytest.mark.parametrize(
    ("provider", "account", "region", "step"),
    [
        ("gke", "bio", "us-central1-b", EnableServices.id),
        ("aks", "00000000-0000-0000-0000-000000000001", "westeurope", RegisterProviders.id),
        ("eks", "123456789012", "eu-south-1", EnableRegion.id),
    ],
)
def test_what_mends_a_check_is_a_step_of_the_set_up_played_by_itself(
    tmp_path, provider, account, region, step
):
    plan = planned_project(tmp_path / "hub", provider, chart=Chart(), pools={"user": Pool(1)})
    spec = msgspec.structs.replace(plan.spec, account=account, region=region)
    project = make_folder(Project(plan.folder, spec))
    flow = sessions.flow_of(project, "mend", step=step)
    assert [one.id for one in flow.steps] == [step]
    with pytest.raises(InvalidInput, match="no such step"):
        sessions.flow_of(project, "mend", step="cluster.nonsense")


async def test_a_proof_stays_while_the_project_is_the_same(tmp_path):
    project = planned_project(tmp_path / "hub", "practice", chart=Chart())
    proof = check(PROOF, OK)
    before = SeenChecks(project.spec, (proof,), 0)
    assert (await see(project)).checks == ()
    assert (await see(project, before)).checks == (proof,)
    elsewhere = msgspec.structs.replace(before, spec=msgspec.structs.replace(project.spec, release="other"))
    assert (await see(project, elsewhere)).checks == ()
    worse = before.with_one(check(PROOF)).with_one(check("other", WARN))
    assert [(one.id, one.verdict) for one in worse.checks] == [(PROOF, FAIL), ("other", WARN)]


# ---- a cluster on this computer that is not there yet ----


async def on_this_computer(folder, tool=""):
    plan = planned_project(folder / "hub", "local", chart=Chart())
    spec = msgspec.structs.replace(plan.spec, account=tool)
    return {one.id: one for one in await look(Project(plan.folder, spec))}


@pytest.fixture
def programs(tmp_path, monkeypatch):
    made = pretended(tmp_path, "docker", "k3d")
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return made


async def test_docker_and_a_tool_are_found(programs, tmp_path):
    found = await on_this_computer(tmp_path)
    assert {one.verdict for one in found.values()} == {OK}
    assert found["local.docker"].sentence == "Docker 28.0.1 runs."
    assert found["local.tool"].sentence == "k3d is here; the set-up makes the cluster with it."


async def test_docker_does_not_run(programs, tmp_path):
    programs.tell("down", "Cannot connect to the Docker daemon")
    docker = (await on_this_computer(tmp_path))["local.docker"]
    assert docker.verdict is FAIL
    assert docker.sentence.startswith("Docker does not run.")
    assert docker.fix
    assert "Start Docker" in docker.fix.how
    (programs.state / "down").unlink()
    assert (await docker.fix.look()).detail == "Docker 28.0.1 runs."


async def test_no_tool_or_not_the_one_that_was_chosen(programs, tmp_path):
    tool = (await on_this_computer(tmp_path, "kind"))["local.tool"]
    assert (tool.verdict, tool.sentence) == (FAIL, "kind is not on your PATH.")
    (programs.bin / "k3d").unlink()
    tool = (await on_this_computer(tmp_path))["local.tool"]
    assert "None of kind, k3d, minikube is on your PATH" in tool.sentence
    assert tool.fix
    assert "Install one" in tool.fix.how
