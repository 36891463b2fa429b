"""The real Helm and the bundled one do the same to a cluster, and say the same about it.

The cluster is a practice cluster of its own. ``Z2JH_KUBECONFIG`` may name the kubeconfig of a throw-away
cluster instead; the tests make and leave namespaces there whose names begin with ``contract-``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.helm.conftest import write_chart
from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, WizardError
from z2jh_wizard.core.step import Line
from z2jh_wizard.helm import client, records
from z2jh_wizard.helm.arguments import ChartSource, Target
from z2jh_wizard.helm.client import Helm
from z2jh_wizard.helm.command import HelmCommand, HelmTool, shim_command
from z2jh_wizard.helm.releases import PENDING, Release, RollBack, Standing, Status, Uninstall, judge, repair
from z2jh_wizard.practice import client as practice
from z2jh_wizard.system import children
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.processes import ProcessIdentity, signal_process

pytestmark = [pytest.mark.helm, pytest.mark.usefixtures("sdk")]

RELEASE = "bio101"
ENOUGH = 60
"""Seconds that Helm may wait in a step that should succeed."""

UNSCHEDULABLE = "900"
"""Processors that no node has."""

TIMES = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\"\s]*( \+0000 UTC)?|"
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"
)
ONLY_IN_NEWER_OR_LIVE = {
    "updated", "first_deployed", "last_deployed", "deployedAt", "modifiedAt", "started_at", "completed_at",
    "modtime", "schemamodtime", "rollback_revision", "resources",
}  # fmt: skip
"""Times, the objects as they are now, and what Helm 4.3 has and the bundled 4.2 has not."""


@dataclass(frozen=True)
class Place:
    """A cluster and a tool to work in it."""

    kubeconfig: Path
    chart: Path
    kubectl: Path

    def new_namespace(self) -> str:
        """Make a namespace and return its name."""
        name = f"contract-{uuid4().hex[:8]}"
        self.kubectl_says("create", "namespace", name)
        return name

    def kubectl_says(self, *words: str) -> str:
        """Run kubectl."""
        command = [str(self.kubectl), "--kubeconfig", str(self.kubeconfig), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def managers(self, namespace: str, kind: str, name: str) -> set[str]:
        """Return who wrote fields of an object."""
        words = ("get", kind, name, "--namespace", namespace, "--output", "json", "--show-managed-fields")
        found = json.loads(self.kubectl_says(*words))
        return {entry["manager"] for entry in found["metadata"]["managedFields"]}


@pytest.fixture(scope="module")
def place(tmp_path_factory, kubectl_binary) -> Iterator[Place]:
    """A cluster with the tiny chart at hand."""
    chart = write_chart(tmp_path_factory.mktemp("chart") / "tiny")
    if given := os.environ.get("Z2JH_KUBECONFIG"):
        yield Place(Path(given), chart, kubectl_binary)
        return
    state = tmp_path_factory.mktemp("cluster")
    server = asyncio.run(practice.start(state, speed=0))
    kubeconfig = state / "kubeconfig"
    kubeconfig.touch(0o600)
    kubeconfig.write_text(json.dumps(practice.kubeconfig(state, server.url)))
    yield Place(kubeconfig, chart, kubectl_binary)
    asyncio.run(practice.stop(state))


@pytest.fixture(scope="module")
def tools(helm_binary) -> dict[str, HelmTool]:
    """Both Helms."""
    return {
        "real": HelmTool(HelmCommand(str(helm_binary)), (4, 3, 1), "path", str(helm_binary)),
        "bundled": HelmTool(shim_command(), (4, 2, 3), "sdk", "helm_python"),
    }


@pytest.fixture(params=["real", "bundled"])
def tool(request, tools) -> HelmTool:
    """One Helm after the other."""
    chosen: HelmTool = tools[request.param]
    return chosen


@pytest.fixture
def helm(place, tool) -> Helm:
    """A client in a namespace of its own."""
    return Helm(tool, Target(place.new_namespace(), place.kubeconfig))


# What is done, in order, in one namespace; FILE and CHART are put in.
STEPS: dict[str, list[str]] = {
    "nothing-yet": ["status", RELEASE],
    "no-release-to-roll-back": ["rollback", RELEASE, "1"],
    "no-release-to-remove": ["uninstall", RELEASE],
    "nothing-to-upgrade": ["upgrade", RELEASE, "CHART"],
    "wrong-name": ["upgrade", "--install", "Bio101", "CHART"],
    "no-chart": ["upgrade", "--install", RELEASE, "./none"],
    "broken-file": ["upgrade", "--install", RELEASE, "CHART", "-f", "BROKEN"],
    "missing-file": ["upgrade", "--install", RELEASE, "CHART", "-f", "/nowhere.yaml"],
    "against-the-schema": ["upgrade", "--install", RELEASE, "CHART", "--set", "replicas=x"],
    "chart-says-no": ["upgrade", "--install", RELEASE, "CHART", "--set", "fail=not today"],
    "dry-run": ["upgrade", "--install", RELEASE, "CHART", "--dry-run=client", "-o", "json"],
    "install": ["upgrade", "--install", RELEASE, "CHART", "--reset-values", "-f", "FILE", "--wait",
                "--timeout", f"{ENOUGH}s", "--history-max", "20"],
    "status": ["status", RELEASE, "-o", "json"],
    "history": ["history", RELEASE, "-o", "json"],
    "history-for-people": ["history", RELEASE],
    "list": ["list", "-o", "json"],
    "list-for-people": ["list"],
    "list-without-heads": ["list", "--no-headers", "--filter", "bio"],
    "list-short": ["list", "--short"],
    "list-short-as-data": ["list", "--short", "-o", "json"],
    "list-of-nothing": ["list", "--failed", "-o", "yaml"],
    "values": ["get", "values", RELEASE, "-o", "json"],
    "values-for-people": ["get", "values", RELEASE],
    "all-values": ["get", "values", RELEASE, "--all", "-o", "yaml"],
    "all-values-for-people": ["get", "values", RELEASE, "-a"],
    "manifest": ["get", "manifest", RELEASE],
    "notes": ["get", "notes", RELEASE],
    "hooks": ["get", "hooks", RELEASE],
    "metadata": ["get", "metadata", RELEASE, "-o", "json"],
    "no-tests": ["test", RELEASE, "--logs", "--filter", "name=none"],
    "install-again": ["install", RELEASE, "CHART"],
    "wrong-wait": ["upgrade", RELEASE, "CHART", "--wait=often"],
    "wrong-format": ["status", RELEASE, "-o", "xml"],
    "upgrade-tried-out": ["upgrade", RELEASE, "CHART", "--dry-run=client", "--hide-notes"],
    "upgrade": ["upgrade", "--install", RELEASE, "CHART", "--reset-values", "--set", "replicas=2", "--wait",
                "--timeout", f"{ENOUGH}s", "-o", "json", "--description", "two of them"],
    "reused-values": ["upgrade", RELEASE, "CHART", "--reuse-values", "--set", "msg=reused"],
    "with-a-test": ["upgrade", RELEASE, "CHART", "--reuse-values", "--set", "test=true"],
    "tests": ["test", RELEASE, "--timeout", f"{ENOUGH}s"],
    "labelled": ["upgrade", RELEASE, "CHART", "--reuse-values", "-l", "course=bio", "--hide-notes"],
    "list-by-label": ["list", "-l", "course=bio", "-o", "json"],
    "values-after-reuse": ["get", "values", RELEASE, "-o", "json"],
    "refused-by-the-cluster": ["upgrade", RELEASE, "CHART", "--reset-values", "--set", "bad=true"],
    "not-ready-in-time": ["upgrade", RELEASE, "CHART", "--reset-values", "--wait", "--no-hooks",
                          "--set-string", f"cpu={UNSCHEDULABLE}", "--timeout", "3s"],
    "history-of-failures": ["history", RELEASE, "-o", "json"],
    "roll-back": ["rollback", RELEASE, "1", "--wait", "--timeout", f"{ENOUGH}s"],
    "values-after-roll-back": ["get", "values", RELEASE, "-o", "json"],
    "roll-back-too-far": ["rollback", RELEASE, "99"],
    "roll-back-to-nonsense": ["rollback", RELEASE, "x"],
    "history-after-all": ["history", RELEASE, "-o", "json"],
    "remove-and-remember": ["uninstall", RELEASE, "--keep-history", "--wait", "--timeout", f"{ENOUGH}s"],
    "list-removed": ["list", "--uninstalled", "-o", "json"],
    "install-over-history": ["upgrade", "--install", RELEASE, "CHART", "--wait", "--timeout", f"{ENOUGH}s"],
    "remove": ["uninstall", RELEASE, "--wait", "--timeout", f"{ENOUGH}s"],
    "nothing-left": ["list", "-o", "json"],
    "wrong-context": ["list", "--kube-context", "none"],
    "wrong-kubeconfig": ["list", "--kubeconfig", "/nowhere"],
    "wrong-server": ["list", "--kube-apiserver", "http://127.0.0.1:9"],
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a Helm said, without times and its own namespace."""

    code: int
    stdout: object
    error: str


@pytest.fixture(scope="module")
def transcripts(place, tools, tmp_path_factory) -> dict[str, dict[str, Said]]:
    """All steps with both Helms, each in a namespace of its own."""
    folder = tmp_path_factory.mktemp("values")
    (folder / "values.yaml").write_text("msg: from a file\nreplicas: 1\n")
    (folder / "broken.yaml").write_text("msg: a\n  replicas: b\n")
    with ThreadPoolExecutor() as both:
        said = both.map(lambda tool: _play(place, tool, folder), tools.values())
        return dict(zip(tools, said, strict=True))


def _play(place: Place, tool: HelmTool, folder: Path) -> dict[str, Said]:
    namespace = place.new_namespace()
    puts = {
        "CHART": str(place.chart),
        "FILE": str(folder / "values.yaml"),
        "BROKEN": str(folder / "broken.yaml"),
    }
    where = ["--namespace", namespace]
    said = {}
    for name, words in STEPS.items():
        full = [puts.get(word, word) for word in words] + where
        if "--kubeconfig" not in words:
            full += ["--kubeconfig", str(place.kubeconfig)]
        said[name] = _call(tool, full, namespace)
    return said


def _call(tool: HelmTool, words: list[str], namespace: str) -> Said:
    child = tool.command.child(*words)
    done = subprocess.run(
        list(child.argv),
        executable=child.executable,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    errors = re.search(r"^Error: .*", done.stderr, re.M | re.S)
    return Said(
        done.returncode,
        _comparable(done.stdout.replace(namespace, "NAMESPACE")),
        (errors[0] if errors else "").replace(namespace, "NAMESPACE").strip(),
    )


def _comparable(stdout: str) -> object:
    try:
        return _without_times(json.loads(stdout))
    except ValueError:
        return re.sub(r"[ \t]+", " ", TIMES.sub("TIME", stdout))


def _without_times(data: Any) -> object:
    if isinstance(data, dict):
        return {key: _without_times(value) for key, value in data.items() if key not in ONLY_IN_NEWER_OR_LIVE}
    if isinstance(data, list):
        return [_without_times(entry) for entry in data]
    return data


def test_both_helms_say_the_same(transcripts):
    real, bundled = transcripts["real"], transcripts["bundled"]
    differing = [step for step in STEPS if bundled[step] != real[step]]
    # A release that is only tried out has fewer fields in the SDK.
    assert differing == ["dry-run"], [(real[step], bundled[step]) for step in differing]
    assert replace(bundled["dry-run"], stdout="") == replace(real["dry-run"], stdout="")


def test_the_steps_did_what_they_are_there_for(transcripts):
    said = transcripts["real"]
    assert {name for name, one in said.items() if one.code == 0} >= {
        "install", "upgrade", "roll-back", "remove", "install-over-history",
    }  # fmt: skip
    statuses = [row["status"] for row in said["history-after-all"].stdout]
    assert statuses == ["superseded"] * 5 + ["failed", "failed", "deployed"]
    assert "900" not in str(said["values-after-roll-back"].stdout)
    assert "not ready" in said["not-ready-in-time"].error
    assert "is invalid" in said["refused-by-the-cluster"].error


async def test_what_one_installs_the_other_changes(place, tools):
    namespace = place.new_namespace()
    source = ChartSource(str(place.chart))
    real, bundled = (Helm(tools[name], Target(namespace, place.kubeconfig)) for name in ("real", "bundled"))
    for helm in (real, bundled, real):
        await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    await _release(bundled, bundled.rollback(RELEASE, 1, timeout=ENOUGH))
    assert place.managers(namespace, "configmap", f"{RELEASE}-cm") == {"helm"}
    [_ async for _ in bundled.uninstall(RELEASE, timeout=ENOUGH)]
    assert await real.history(RELEASE) == []


async def test_the_stored_records_say_what_helm_says(place, helm):
    source, values = ChartSource(str(place.chart)), _values(place, msg="stored")
    await _release(helm, helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    await _release(helm, helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    words = ("get", "secrets", "--namespace", helm.target.namespace, "--selector", records.selector(RELEASE))
    secrets = json.loads(place.kubectl_says(*words, "--output", "json"))["items"]
    stored = [records.read(secret["data"]["release"]) for secret in secrets]
    assert [one.revision for one in stored] == await helm.history(RELEASE)
    assert stored[-1].values == await helm.get_values(RELEASE) == {"msg": "stored"}
    assert [secret["metadata"]["name"] for secret in secrets] == [
        records.secret_name(RELEASE, number) for number in (1, 2)
    ]


async def test_both_sign_as_helm(place, helm):
    await _release(helm, helm.upgrade_install(RELEASE, ChartSource(str(place.chart)), [], timeout=ENOUGH))
    assert place.managers(helm.target.namespace, "configmap", f"{RELEASE}-cm") == {"helm"}


async def test_a_hand_made_change_is_a_conflict_until_it_is_forced(place, helm):
    source = ChartSource(str(place.chart))
    await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    patch = '{"data": {"msg": "by hand"}}'
    words = ("patch", "configmap", f"{RELEASE}-cm", "--patch", patch, "--namespace", helm.target.namespace)
    place.kubectl_says(*words)
    with pytest.raises(WizardError, match="Another tool has changed") as raised:
        await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    assert "kubectl-patch" in raised.value.problem.happened
    assert ".data.msg" in raised.value.problem.happened
    release = await _release(
        helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH, force_conflicts=True)
    )
    assert release.latest.status is Status.DEPLOYED


async def test_the_client_reads_what_happened(place, helm, tmp_path):
    source = ChartSource(str(place.chart))
    values = tmp_path / "values.yaml"
    values.write_text("msg: read me\n")
    work = helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH, description="why")
    lines = [line.text async for line in work]
    release = await helm.status(RELEASE)
    assert release
    assert f"Created ConfigMap {RELEASE}-cm." in lines
    assert (release.latest.number, release.latest.status, release.latest.description) == (
        1, Status.DEPLOYED, "why",
    )  # fmt: skip
    assert (release.latest.chart, release.latest.chart_version, release.latest.app_version) == (
        "tiny", "0.1.0", "9.9",
    )  # fmt: skip
    assert release.notes == "Say read me.\n"
    assert await helm.get_values(RELEASE) == {"msg": "read me"}
    assert [one.name for one in await helm.list_releases()] == [RELEASE]
    assert release.latest.updated
    assert abs(SystemClock().now() - release.latest.updated) < timedelta(minutes=5)


async def test_an_interrupted_installation_is_marked_failed_and_can_be_tried_again(place, helm):
    source, values = ChartSource(str(place.chart)), _values(place, cpu=UNSCHEDULABLE)
    work = asyncio.ensure_future(
        _release(helm, helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    )
    await wait_until_async(lambda: _is_pending(helm), limit=30)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert [one.status for one in await helm.history(RELEASE)] == [Status.FAILED]
    release = await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    assert release.latest.status is Status.DEPLOYED


@pytest.mark.parametrize("before", [False, True], ids=["first-install", "upgrade"])
async def test_a_killed_helm_leaves_a_stuck_release_that_repair_mends(place, helm, before):
    source, values = ChartSource(str(place.chart)), _values(place, cpu=UNSCHEDULABLE)
    if before:
        await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    started: list[ProcessIdentity] = []
    doomed = Helm(helm.tool, helm.target, on_start=started.append)
    work = asyncio.ensure_future(
        _release(doomed, doomed.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    )
    await wait_until_async(lambda: _is_pending(helm), limit=30)
    signal_process(started[0], signal.SIGKILL)
    with pytest.raises(WizardError, match="was stopped"):
        await work

    with pytest.raises(WizardError, match="Another Helm is at work"):
        await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    history = await helm.history(RELEASE)
    now, timeout = SystemClock().now(), timedelta(minutes=10)
    assert judge(history, now=now, timeout=timeout).standing is Standing.WORKING
    assert judge(history, now=now, timeout=timeout, helm_is_dead=True).standing is Standing.STUCK
    how = repair(history)
    assert how == (RollBack(1) if before else Uninstall())
    [_ async for _ in helm.repair(RELEASE, how, timeout=ENOUGH)]
    release = await _release(helm, helm.upgrade_install(RELEASE, source, [], timeout=ENOUGH))
    assert release.latest.status is Status.DEPLOYED


async def test_the_real_chart_goes_in_and_out(helm, real_chart, tmp_path):
    source = ChartSource(str(real_chart))
    values = tmp_path / "config.yaml"
    values.write_text("singleuser: {memory: {guarantee: 100M}}\n")
    release = await _release(helm, helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    assert (release.latest.chart, release.latest.status) == ("jupyterhub", Status.DEPLOYED)
    values.write_text("cull: {timeout: soon}\n")
    with pytest.raises(InvalidInput) as raised:
        await _release(helm, helm.upgrade_install(RELEASE, source, [values], timeout=ENOUGH))
    assert "cull.timeout is a string, but has to be null or integer" in raised.value.problem.happened
    assert b'"singleuser"' in (await helm.show_schema(source) or b"")
    assert "kind: Deployment" in await helm.template(RELEASE, source)
    [_ async for _ in helm.uninstall(RELEASE, timeout=ENOUGH)]
    assert await helm.history(RELEASE) == []


@pytest.fixture
def black_hole(tmp_path) -> Iterator[Path]:
    """The kubeconfig of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.touch(0o600)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        kubeconfig.write_text(json.dumps({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "hole", "cluster": {"server": address}}],
            "contexts": [{"name": "hole", "context": {"cluster": "hole", "user": "me"}}],
            "users": [{"name": "me", "user": {}}],
            "current-context": "hole",
        }))  # fmt: skip
        yield kubeconfig


async def test_a_cluster_that_never_answers_is_given_up(place, tool, black_hole, monkeypatch):
    monkeypatch.setattr(client, "QUESTION_LIMIT", 2.0)
    monkeypatch.setattr(children, "INTERRUPT_PATIENCE", 1.0)
    helm = Helm(tool, Target("jhub", black_hole))
    with pytest.raises(CouldNotLook, match="did not come to an end"):
        await helm.history(RELEASE)
    with pytest.raises(CouldNotLook, match="did not come to an end"):
        await _release(helm, helm.upgrade_install(RELEASE, ChartSource(str(place.chart)), [], limit=2.0))


async def _release(helm: Helm, lines: Any) -> Release:
    """Run an operation to its end and return the release that it leaves."""
    assert all([isinstance(line, Line) async for line in lines])
    release = await helm.status(RELEASE)
    assert release
    return release


async def _is_pending(helm: Helm) -> bool:
    history = await helm.history(RELEASE)
    return bool(history) and history[-1].status in PENDING


def _values(place: Place, **settings: str) -> Path:
    path = place.kubeconfig.parent / f"values-{uuid4().hex}.yaml"
    path.write_text(json.dumps(settings))
    return path
