"""kind, k3d and minikube as a provider, played by pretended programs."""

import os
from pathlib import Path

import msgspec
import pytest
import yaml

from tests.cloud.contract import ended, problem_of, went_well
from tests.cloud.local_programs import Programs, pretended
from tests.support.fakes import FakeClock, MemoryJournal
from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.core.engine import Engine
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, NeedsYou, Refused
from z2jh_wizard.core.events import State
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.core.step import Finding
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.project.folder import Project, create_project

TOOLS = ("kind", "k3d", "minikube")


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Programs:
    made = pretended(tmp_path / "programs", "docker", *TOOLS)
    monkeypatch.setenv("PATH", f"{made.bin}:/usr/bin:/bin")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "my-own"))
    (tmp_path / "my-own").write_text("mine")
    return made


@pytest.fixture
def project(tmp_path):
    def make(tool: str = "") -> Project:
        pools = {"user": Pool(2)}
        made = create_project(tmp_path / "hub", "local", chart=Chart(), release="bio101", pools=pools)
        return Project(made.folder, msgspec.structs.replace(made.spec, account=tool))

    return make


async def play(steps):
    return [event async for event in Engine(FakeClock(), MemoryJournal()).apply(steps)]


@pytest.mark.parametrize("tool", TOOLS)
async def test_made_once_reached_and_deleted(programs, project, tool, tmp_path):
    hub = project(tool)
    assert went_well(await play(provider_of(hub).steps()))
    assert programs.clusters() == [f"z2jh-{hub.spec.project_id}"]
    written = hub.kubeconfig.read_text()
    assert yaml.safe_load(written)["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    assert "secret-of-the-tool" not in written
    assert hub.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert await provider_of(hub).credential() == {"token": "secret-of-the-tool"}
    calls = len([one for one in programs.calls() if "create" in one or "start" in one])
    assert set(ended(await play(provider_of(hub).steps())).values()) == {State.ALREADY}
    assert len([one for one in programs.calls() if "create" in one or "start" in one]) == calls

    provider = provider_of(hub)
    removal = [Removal(step) for step in reversed(provider.steps()) if step.undoable]
    assert went_well(await play([*provider.reach(), *removal]))
    assert programs.clusters() == []
    assert not (await provider.scan()).left
    assert went_well(await play(provider.reach()))
    assert not hub.kubeconfig.exists()
    assert (tmp_path / "my-own").read_text() == "mine", "the user's own kubeconfig is never touched"


def test_kind_makes_a_node_for_the_hub_and_those_of_the_students(programs, project):
    hub = project("kind")
    make = provider_of(hub).steps()[1].commands()[0]
    assert [one["role"] for one in yaml.safe_load(make.stdin)["nodes"]] == [
        "control-plane",
        "worker",
        "worker",
    ]
    assert f"kind create cluster --name z2jh-{hub.spec.project_id}" in make.shell()
    assert not programs.calls(), "a plan asks nobody"


async def test_one_that_was_begun_is_made_anew(programs, project):
    hub = project("kind")
    programs.tell("fail")
    events = await play(provider_of(hub).steps())
    problem = problem_of(events)
    assert "no space left on device" in problem.happened
    look = await provider_of(hub).steps()[1].look()
    assert (look.finding, look.detail) == (Finding.DRIFTED, "half made, or stopped")
    (programs.state / "fail").unlink()
    assert went_well(await play(provider_of(hub).steps()))
    assert len(programs.clusters()) == 1


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Cannot connect to the Docker daemon. Is it running?", "Docker does not run"),
        ("permission denied while trying to connect to the docker API", "You may not use Docker here"),
    ],
)
async def test_docker_that_does_not_answer(programs, project, said, title):
    programs.tell("down", said)
    with pytest.raises(CouldNotLook, match=title):
        await provider_of(project("k3d")).steps()[0].look()


async def test_what_is_missing_is_said(programs, project, monkeypatch, tmp_path):
    hub = project()
    assert provider_of(hub).steps()[1].commands()[0].argv[0] == "kind", "the first one that is there"
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    with pytest.raises(NeedsYou, match="no tool"):
        provider_of(hub)
    with pytest.raises(NeedsYou, match="no Docker"):
        await provider_of(project_with(hub, "kind")).steps()[0].look()
    with pytest.raises(InvalidInput, match="kin"):
        provider_of(project_with(hub, "kin"))


async def test_resizing_is_refused(programs, project):
    with pytest.raises(Refused, match="not resized"):
        provider_of(project("kind")).resize_step("user", 5)


async def test_a_tool_that_cannot_tell(programs, project):
    (programs.bin / "kind").write_text("#!/bin/sh\nprintf 'boom \\033[31m[red]\\n' >&2\nexit 1\n")
    with pytest.raises(CouldNotLook) as caught:
        await provider_of(project("kind")).steps()[1].look()
    assert caught.value.problem.happened == "boom [red]"
    assert os.environ["KUBECONFIG"]


def project_with(hub: Project, tool: str) -> Project:
    return Project(Path(hub.folder), msgspec.structs.replace(hub.spec, account=tool))
