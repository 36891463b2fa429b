"""Status and diagnoses of a scripted cluster: a secret that its pods tell never leaves the wizard."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
import yaml

from tests.core.steps import Scripted
from tests.kube.samples import Tree, event, listing, node, pod, waiting
from tests.kube.server import Answer, Asked, ScriptedServer, as_json, failure
from z2jh_wizard.commands import looking
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, WizardError
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.core.step import Finding, Look
from z2jh_wizard.flows import sessions
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.status import diagnoses, status
from z2jh_wizard.project.folder import Project

CANARY = "canary-5b1f0c9e7d"
BROKEN_UP = f"{CANARY[:8]}\x1b[0m{CANARY[8:]}"
"""The same secret with an escape code in the middle."""

NODE = node("node-1", conditions=[{"type": "Ready", "status": "False", "message": f"node says {CANARY}"}])


class LeakyCluster:
    """A hub whose crashed pod logs a secret; events, nodes and a student's name repeat it."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.log = f"starting\nproxy token is {BROKEN_UP}"
        self.refuses = False
        server.script = self._answer

    def _answer(self, asked: Asked) -> Answer:
        last = asked.path.rsplit("/", 1)[-1]
        if last == "version":
            return as_json({"gitVersion": "v1.33.1", "major": "1", "minor": "33"})
        if self.refuses:
            return failure(500, "InternalError", f"etcd said {CANARY}")
        if last == "log":
            return Answer(self.log.encode())
        return as_json(listing(self._things(last)))

    @staticmethod
    def _things(collection: str) -> list[Tree]:
        ended = {"terminated": {"reason": "Error", "exitCode": 1}}
        crashed = pod("hub-1") | {"status": waiting("CrashLoopBackOff", "back-off", restarts=3, last=ended)}
        unpulled = pod("proxy-1") | {"status": waiting("ImagePullBackOff", f"x:{CANARY}: not found")}
        now = datetime.now(timezone.utc).isoformat()
        told = event("e1", "FailedMount", f"MountVolume failed: {CANARY}", about="hub-1", lastTimestamp=now)
        known = {"pods": [crashed, unpulled, pod(f"jupyter-{CANARY}")], "events": [told], "nodes": [NODE]}
        return known.get(collection, [])


@pytest.fixture
def cluster(project: Project) -> Iterator[LeakyCluster]:
    """That cluster, with the project's kubeconfig and secrets made for it."""
    with ScriptedServer().running() as server:
        named = {"name": "class", "cluster": {"server": server.url}}
        context = {"name": "class", "context": {"cluster": "class", "user": "me"}}
        config = {"clusters": [named], "contexts": [context], "users": [{"name": "me", "user": {}}]}
        project.kubeconfig.write_text(yaml.safe_dump(config | {"current-context": "class"}))
        project.secrets.write_text(yaml.safe_dump({"proxy": {"secretToken": CANARY}}))
        yield LeakyCluster(server)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("command", [looking.status, looking.diagnose])
def test_a_secret_in_a_log_or_an_event_stays_inside(command, as_json, cluster, project, capsys):
    parsed = argparse.Namespace(folder=str(project.folder), json=as_json, watch=False)
    assert command(parsed) == 3
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    assert any(asked.path.endswith("/hub-1/log") for asked in cluster.server.asked)
    if as_json:
        json.loads(said.out)


async def test_the_evidence_stays_readable_around_the_secret(cluster, project):
    found = {one.id: one for one in await diagnoses(project)}
    evidence = " ".join(one.evidence for one in found.values())
    for words in ("proxy token is", "node says", "MountVolume failed:"):
        assert f"{words} {HIDDEN}" in evidence
    assert {one.severity for one in found.values()} <= {"error", "warning", "note"}


@pytest.mark.parametrize("before", [465, 3965])
async def test_a_secret_at_the_end_of_what_is_shown_is_not_cut_in_half(cluster, project, before, monkeypatch):
    now = datetime.now(timezone.utc).isoformat()
    said = f"MountVolume failed: {'x' * before}{CANARY} and more" + " y" * 9000
    told = event("e1", "FailedMount", said, about="hub-1", lastTimestamp=now)
    things = cluster._things
    monkeypatch.setattr(cluster, "_things", lambda last: [told] if last == "events" else things(last))
    (evidence,) = {one.evidence for one in await diagnoses(project) if "xxx" in one.evidence}
    assert CANARY[:4] not in evidence
    assert len(evidence) < 5000


async def test_a_secret_that_is_a_word_of_the_contract_breaks_no_report(cluster, project):
    project.secrets.write_text(yaml.safe_dump({"a": ["practice", "problems", "absent", "warning", CANARY]}))
    report = await status(project)
    assert (report.provider, report.release.state) == ("practice", "absent")
    assert {one.severity for one in await diagnoses(project)} <= {"error", "warning", "note"}


async def test_a_secret_in_the_servers_refusal_stays_inside(cluster, project):
    cluster.refuses = True
    for look in (status, diagnoses):
        with pytest.raises(WizardError) as caught:
            await look(project)
        assert CANARY not in repr(caught.value.problem)
        assert HIDDEN in str(caught.value)


async def test_a_secret_in_a_plan_stays_inside(project, monkeypatch):
    project.secrets.write_text(yaml.safe_dump({"token": CANARY}))
    steps = [
        Scripted(Look(Finding.READY, f"saw {CANARY}", not_ours=f"made by {CANARY}")),
        Scripted(CouldNotLook("The cluster does not answer", f"It said {CANARY}.")),
    ]
    monkeypatch.setitem(sessions._FLOWS, "setup", lambda _world: Flow("setup", project, steps))
    looks = [planned.look async for planned in sessions.plan_of(project, "setup")]
    assert CANARY not in repr(looks)
    assert [look.detail for look in looks] == [f"saw {HIDDEN}", "The cluster does not answer"]
    assert looks[0].not_ours == f"made by {HIDDEN}"
    assert looks[1].problem
    assert looks[1].problem.happened == f"It said {HIDDEN}."


async def test_without_readable_secrets_nothing_is_shown(cluster, project):
    project.secrets.write_text("a: [1\n")
    for look in (status, diagnoses):
        with pytest.raises(InvalidInput):
            await look(project)
    assert cluster.server.asked == []
