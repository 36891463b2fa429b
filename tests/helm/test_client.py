"""The client, over a helm that says what it is told to."""

import asyncio
import json
import tarfile
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.step import Line
from z2jh_wizard.helm import client
from z2jh_wizard.helm.arguments import ChartSource
from z2jh_wizard.helm.releases import RollBack, Status, Uninstall
from z2jh_wizard.system.processes import ProcessIdentity, is_alive

HUB = ChartSource("jupyterhub", "https://hub.jupyter.org/helm-chart/", "4.4.0")
WHERE = ["--namespace", "hub-ns", "--kubeconfig", "/nowhere/kubeconfig", "--kube-context", "class"]
HISTORY = json.dumps(
    [{"revision": 1, "status": "deployed", "chart": "jupyterhub-4.4.0", "description": "ok"}]
)
STATUS = json.dumps(
    {"name": "bio101", "namespace": "hub-ns", "version": 1, "info": {"status": "deployed", "notes": "Hello"}}
)
NONE = {"stderr": "Error: release: not found\n", "code": 1}


def words_of(fake_helm) -> list[list[str]]:
    return [call["words"] for call in fake_helm.calls]


async def gather(stream) -> list[str]:
    return [line.text async for line in stream]


async def test_status_brings_history_and_status_together(helm, fake_helm):
    fake_helm.answers({"words": ["status"], "stdout": STATUS}, {"words": ["history"], "stdout": HISTORY})
    release = await helm.status("bio101")
    assert release
    assert (release.name, release.namespace, release.notes) == ("bio101", "hub-ns", "Hello")
    assert (release.latest.status, release.latest.chart_version) == (Status.DEPLOYED, "4.4.0")
    assert sorted(words_of(fake_helm)) == [
        ["history", "bio101", "--output", "json", *WHERE],
        ["status", "bio101", "--output", "json", *WHERE],
    ]


async def test_what_is_not_there_is_no_error(helm, fake_helm):
    fake_helm.answers({"words": [], **NONE})
    assert await helm.status("bio101") is None
    assert await helm.history("bio101") == []
    assert await helm.get_values("bio101") is None


async def test_values_are_what_the_user_gave(helm, fake_helm):
    fake_helm.answers({"words": ["get", "values"], "stdout": '{"hub": {"password": "hunter2"}}'})
    assert await helm.get_values("bio101", revision=3) == {"hub": {"password": "hunter2"}}
    assert words_of(fake_helm)[0][:5] == ["get", "values", "bio101", "--revision", "3"]
    fake_helm.answers({"words": ["get", "values"], "stdout": "null\n"})
    assert await helm.get_values("bio101") == {}


async def test_a_failed_look_is_explained_without_secrets(helm, fake_helm, told):
    fake_helm.answers({"words": [], "stderr": "Error: the moon is hunter2\n", "code": 1})
    with pytest.raises(WizardError) as raised:
        await helm.history("bio101")
    assert raised.value.problem.happened == "the moon is ***"
    assert told == ["Error: the moon is ***"]


@pytest.mark.parametrize("answer", ["", "hunter2", "{}", '[{"revision": "hunter2"}]'])
async def test_an_answer_that_cannot_be_read_is_not_shown(helm, fake_helm, answer):
    fake_helm.answers({"words": [], "stdout": answer})
    with pytest.raises(CouldNotLook) as raised:
        await helm.history("bio101")
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(("version", "all_states"), [((3, 12, 0), ["--all"]), ((4, 3, 1), [])])
async def test_lists_releases_in_every_state_with_any_helm(fake_helm, version, all_states):
    fake_helm.answers({"words": ["list"], "stdout": "[]"})
    assert await client.Helm(fake_helm.tool(version)).list_releases(all_namespaces=True) == []
    assert words_of(fake_helm) == [["list", *all_states, "--all-namespaces", "--output", "json"]]


async def test_questions_about_charts_need_no_cluster(helm, fake_helm):
    fake_helm.answers(
        {"words": ["show", "values"], "stdout": "# comment\na: 1\n"},
        {"words": ["show", "chart"], "stdout": "name: hub\n"},
        {"words": ["version"], "stdout": "v4.3.1\n"},
    )
    assert await helm.show_values(HUB) == "# comment\na: 1\n"
    assert await helm.show_chart(HUB) == "name: hub\n"
    assert await helm.version() == "v4.3.1"
    assert words_of(fake_helm) == [
        ["show", "values", *HUB.words()],
        ["show", "chart", *HUB.words()],
        ["version", "--short"],
    ]


async def test_rendering_needs_only_the_namespace(helm, fake_helm):
    fake_helm.answers({"words": ["template"], "stdout": "---\n"})
    await helm.template("bio101", HUB, [Path("a.yaml")], show_only=["templates/hub.yaml"])
    assert words_of(fake_helm) == [
        ["template", "bio101", *HUB.words(), "--values", "a.yaml", "--show-only", "templates/hub.yaml",
         "--namespace", "hub-ns"],
    ]  # fmt: skip


async def test_a_local_charts_schema_is_read_without_helm(helm, fake_helm, chart):
    assert b'"msg"' in (await helm.show_schema(ChartSource(str(chart))) or b"")
    assert fake_helm.calls == []


class PullingHelm:
    """A helm whose ``pull`` leaves a package where it is told to."""

    def __init__(self, fake_helm, chart: Path) -> None:
        packed = fake_helm.path.parent / "tiny-0.1.0.tgz"
        with tarfile.open(packed, "w:gz") as opened:
            opened.add(chart, "tiny")
        self.script = fake_helm.path.parent / "pulling"
        self.script.write_text(f'#!/bin/sh\nfor to; do :; done\ncp "{packed}" "$to"\n')
        self.script.chmod(0o755)
        fake_helm.path.unlink()
        fake_helm.path.symlink_to(self.script)


async def test_a_remote_charts_schema_is_read_from_its_package(helm, fake_helm, chart):
    PullingHelm(fake_helm, chart)
    assert b'"msg"' in (await helm.show_schema(HUB) or b"")


async def test_a_pulled_chart_lies_where_it_is_wanted(helm, fake_helm, chart, tmp_path):
    PullingHelm(fake_helm, chart)
    folder = tmp_path / "charts"
    folder.mkdir()
    packed = await helm.pull(HUB, folder)
    assert packed == folder / "tiny-0.1.0.tgz"
    assert [entry.name for entry in folder.iterdir()] == ["tiny-0.1.0.tgz"]


async def test_a_pull_that_leaves_nothing_is_an_error(helm, fake_helm, tmp_path):
    fake_helm.answers({"words": ["pull"]})
    with pytest.raises(WizardError, match="not downloaded"):
        await helm.pull(HUB, tmp_path)


async def test_an_upgrade_tells_lines_and_asks_nothing_more(helm, fake_helm, told):
    noise = 'level=DEBUG msg="getting release history" name=bio101\n'
    wait = 'level=DEBUG msg="waiting for resource" name=hub kind=Deployment actualStatus=InProgress\n'
    fake_helm.answers(
        {"words": ["upgrade"], "stderr": noise + wait + wait, "stdout": "USER-SUPPLIED VALUES: hunter2\n"},
    )
    lines = await gather(helm.upgrade_install("bio101", HUB, [Path("c.yaml")], timeout=60))
    assert lines == ["Waiting for Deployment hub: not ready yet."]
    assert len(fake_helm.calls) == 1
    assert told == [noise.strip(), wait.strip(), wait.strip()]
    called = words_of(fake_helm)[0]
    assert called[:3] == ["upgrade", "--install", "--cleanup-on-fail"]
    assert called[-7:] == [*WHERE, "--debug"]
    assert called[called.index("--timeout") + 1] == "60s"


async def test_what_helm_prints_about_values_is_never_passed_on(helm, fake_helm, told):
    fake_helm.answers(
        {"words": ["upgrade"], "stdout": "COMPUTED VALUES: open sesame\n", "code": 1},
    )
    with pytest.raises(WizardError) as raised:
        await gather(helm.upgrade_install("bio101", HUB, []))
    assert "open sesame" not in f"{told}{raised.value}"


async def test_a_failed_upgrade_is_explained(helm, fake_helm):
    fake_helm.answers(
        {
            "words": ["upgrade"],
            "stderr": "level=DEBUG msg=x\nError: UPGRADE FAILED: another operation "
            "(install/upgrade/rollback) is in progress\n",
            "code": 1,
        }
    )
    with pytest.raises(WizardError, match="Another Helm is at work"):
        await gather(helm.upgrade_install("bio101", HUB, []))


async def test_the_child_is_made_known_before_its_first_line(helm, fake_helm):
    started: list[ProcessIdentity] = []
    fake_helm.answers({"words": ["test"], "stdout": "Phase: Succeeded\n", "hang": True})
    announced = client.Helm(fake_helm.tool(), on_start=started.append)
    async with aclosing(announced.test("bio101")) as lines:
        assert await lines.__anext__() == Line("Phase: Succeeded")
        assert is_alive(started[0])
    assert not is_alive(started[0])


async def test_uninstalling_says_what_is_kept(helm, fake_helm):
    fake_helm.answers({"words": ["uninstall"], "stdout": "These resources were kept: hunter2\n\n"})
    lines = await gather(helm.uninstall("bio101"))
    assert lines == ["These resources were kept: ***"]


async def test_uninstalling_what_is_not_there_is_fine(helm, fake_helm):
    gone = {"stderr": "Error: uninstall: Release not loaded: x: release: not found\n", "code": 1}
    fake_helm.answers({"words": ["uninstall"], **gone}, {"words": ["history"], **NONE})
    lines = await gather(helm.uninstall("bio101"))
    assert lines == ["There is no release bio101."]


async def test_a_failed_uninstall_is_told_while_the_release_is_there(helm, fake_helm):
    fake_helm.answers(
        {"words": ["uninstall"], "stderr": "Error: the moon\n", "code": 1},
        {"words": ["history"], "stdout": HISTORY},
    )
    with pytest.raises(WizardError, match="helm uninstall failed"):
        await gather(helm.uninstall("bio101"))


@pytest.mark.parametrize(
    ("how", "called"), [(Uninstall(), ["uninstall", "bio101"]), (RollBack(2), ["rollback", "bio101", "2"])]
)
async def test_repairs_do_as_they_were_chosen(helm, fake_helm, how, called):
    fake_helm.answers(
        {"words": ["status"], "stdout": STATUS}, {"words": ["history"], "stdout": HISTORY}, {"words": []}
    )
    await gather(helm.repair("bio101", how))
    assert words_of(fake_helm)[0][: len(called)] == called


async def test_long_work_that_does_not_end_is_interrupted(fake_helm):
    started: list[ProcessIdentity] = []
    fake_helm.answers({"words": ["upgrade"], "hang": True})
    helm = client.Helm(fake_helm.tool(), on_start=started.append)
    with pytest.raises(CouldNotLook, match="did not come to an end") as raised:
        await gather(helm.upgrade_install("bio101", HUB, [], limit=1.0))
    assert raised.value.transient
    assert not is_alive(started[0])


async def test_a_question_without_answer_is_given_up(helm, fake_helm, monkeypatch):
    monkeypatch.setattr(client, "QUESTION_LIMIT", 1.0)
    fake_helm.answers({"words": [], "hang": True})
    with pytest.raises(CouldNotLook, match="helm history did not come to an end"):
        await helm.history("bio101")


async def test_giving_up_interrupts_helm(fake_helm):
    started: list[ProcessIdentity] = []
    fake_helm.answers({"words": ["upgrade"], "hang": True})
    helm = client.Helm(fake_helm.tool(), on_start=started.append)
    work = asyncio.ensure_future(gather(helm.upgrade_install("bio101", HUB, [])))
    await wait_until_async(lambda: bool(started))
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not is_alive(started[0])


async def test_a_killed_helm_is_told(helm, fake_helm):
    fake_helm.answers({"words": ["upgrade"], "signal": 9})
    with pytest.raises(WizardError, match="was stopped") as raised:
        await gather(helm.upgrade_install("bio101", HUB, []))
    assert "SIGKILL" in raised.value.problem.happened
