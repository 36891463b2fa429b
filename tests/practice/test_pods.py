"""What is asked of pods: logs, commands, evictions, bindings; and scales and tokens beside them."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.practice.conftest import Api, Running
from tests.practice.world import START
from tests.support.waiting import wait_until_async
from z2jh_wizard.practice import exec as exec_module
from z2jh_wizard.practice import pod_logs
from z2jh_wizard.practice.commands import ExecResult
from z2jh_wizard.practice.exec import exit_status
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import DEPLOYMENTS, POD_DISRUPTION_BUDGETS, SERVICE_ACCOUNTS
from z2jh_wizard.practice.resources import PODS as RESOURCE

PODS = "/api/v1/namespaces/default/pods"
MERGE = "application/merge-patch+json"


def make_pod(running: Running, name: str = "web", *, state: str = "running", **more: Any) -> Object:
    spec = {"nodeName": "n1", "containers": [{"name": "main", "image": "i"}]} | more
    states = [{"name": each["name"], "restartCount": 0, "state": {state: {}}} for each in spec["containers"]]
    status = {
        "phase": "Running",
        "containerStatuses": states,
        "conditions": [{"type": "Ready", "status": "True"}],
    }
    made = running.store.create(
        RESOURCE, {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": spec}, "default"
    )
    return running.store.change(RESOURCE, made, lambda obj: obj.update(status=status))


def set_state(running: Running, pod: Object, **found: Any) -> None:
    def change(obj: Object) -> None:
        obj["status"]["containerStatuses"][0].update(found)

    running.store.change(RESOURCE, pod, change)


def lines(*texts: str) -> list[LogLine]:
    return [LogLine(START + timedelta(seconds=number), text) for number, text in enumerate(texts)]


# Logs


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "one\ntwo\nthree\n"),
        ({"tailLines": 2}, "two\nthree\n"),
        ({"tailLines": 0}, ""),
        ({"limitBytes": 5}, "one\nt"),
        ({"timestamps": "true", "tailLines": 1}, "2026-09-01T08:00:02.000000000Z three\n"),
        ({"sinceTime": "2026-09-01T08:00:01Z"}, "two\nthree\n"),
        ({"sinceSeconds": 1}, ""),
        ({"container": "main", "previous": "false"}, "one\ntwo\nthree\n"),
    ],
)
async def test_logs(api: Api, running: Running, query: dict[str, Any], text: str):
    make_pod(running)
    running.world.logs["main"] = lines("one", "two", "three")
    reply = await api("GET", f"{PODS}/web/log", **query)
    assert (reply.code, reply.body, reply.headers["Content-Type"]) == (200, text, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ({"container": "x"}, 400, "container x is not valid for pod web"),
        ({"tailLines": -1}, 422, "must be greater than or equal to 0"),
        ({"sinceTime": "yesterday"}, 400, "sinceTime"),
        ({"sinceTime": "2026-09-01T08:00:01Z", "sinceSeconds": 3}, 422, "at most one of"),
        ({"previous": "true"}, 400, 'previous terminated container "main" in pod "web" not found'),
    ],
)
async def test_logs_that_cannot_be_shown(
    api: Api, running: Running, query: dict[str, Any], code: int, text: str
):
    make_pod(running)
    reply = await api("GET", f"{PODS}/web/log", **query)
    assert reply.code == code
    assert text in reply.message


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("ContainerCreating", "is waiting to start: ContainerCreating"),
        ("ImagePullBackOff", "is waiting to start: trying and failing to pull image"),
        ("ErrImagePull", "is waiting to start: image can't be pulled"),
    ],
)
async def test_containers_that_have_not_started(api: Api, running: Running, reason: str, text: str):
    pod = make_pod(running)
    set_state(running, pod, state={"waiting": {"reason": reason}})
    assert text in (await api("GET", f"{PODS}/web/log")).message


async def test_a_pod_without_a_node_has_no_log(api: Api, running: Running):
    make_pod(running, nodeName=None)
    assert (await api("GET", f"{PODS}/web/log")).message == "pod web does not have a host assigned"


async def test_several_containers_must_be_chosen_from(api: Api, running: Running):
    make_pod(
        running,
        containers=[{"name": "a", "image": "i"}, {"name": "b", "image": "i"}],
        initContainers=[{"name": "setup", "image": "i"}],
    )
    reply = await api("GET", f"{PODS}/web/log")
    assert reply.message == (
        "a container name must be specified for pod web, choose one of: [a b] or one of the init "
        "containers: [setup]"
    )


async def test_the_log_of_a_crashed_container(api: Api, running: Running):
    pod = make_pod(running)
    set_state(
        running,
        pod,
        state={"waiting": {"reason": "CrashLoopBackOff"}},
        lastState={"terminated": {"exitCode": 1}},
    )
    running.world.logs["main"] = lines("now")
    running.world.previous_logs["main"] = lines("before")
    assert (await api("GET", f"{PODS}/web/log")).body == "now\n"
    assert (await api("GET", f"{PODS}/web/log", previous="true")).body == "before\n"


async def test_a_followed_log_goes_on_until_the_container_ends(
    api: Api, running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pod_logs, "FOLLOW_SECONDS", 0.01)
    pod = make_pod(running)
    log = running.world.logs["main"] = lines("one", "two")
    async with api.session.get(f"{PODS}/web/log", params={"follow": "true", "tailLines": "1"}) as response:
        assert await response.content.readline() == b"two\n"
        log.extend(lines("three", "four"))
        assert await response.content.readline() == b"three\n"
        assert await response.content.readline() == b"four\n"
        log.extend(lines("last words"))
        set_state(running, pod, state={"terminated": {"exitCode": 0}})
        assert await asyncio.wait_for(response.content.read(), 10) == b"last words\n"


async def test_a_followed_log_ends_with_its_pod_and_at_its_limit(
    api: Api, running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pod_logs, "FOLLOW_SECONDS", 0.01)
    pod = make_pod(running)
    running.world.logs["main"] = lines("one", "two")
    limited = await api("GET", f"{PODS}/web/log", follow="true", limitBytes=6)
    assert limited.body == "one\ntw"
    async with api.session.get(f"{PODS}/web/log", params={"follow": "true"}) as response:
        assert await response.content.readline() == b"one\n"
        running.store.remove(RESOURCE, pod)
        assert await asyncio.wait_for(response.content.read(), 10) == b"two\n"


# Commands


async def run(
    api: Api, *command: str, version: str = "v5.channel.k8s.io", stdin: bytes | None = None, **query: str
) -> tuple[dict[int, bytes], Any]:
    """Run a command over a WebSocket; returns what each channel got, and the status."""
    parameters = [("command", word) for word in command] + [("stdout", "true"), ("stderr", "true")]
    parameters += list(query.items()) + ([("stdin", "true")] if stdin is not None else [])
    got: dict[int, bytes] = {}
    url = f"{PODS}/web/exec"
    async with api.session.ws_connect(url, params=parameters, protocols=(version,)) as socket:
        assert socket.protocol == version
        if stdin is not None:
            for start in range(0, len(stdin), 3):
                await socket.send_bytes(b"\0" + stdin[start : start + 3])
            await socket.send_bytes(b"\xff\0")
        async for message in socket:
            got[message.data[0]] = got.get(message.data[0], b"") + message.data[1:]
    return got, json.loads(got.pop(3))


@pytest.mark.parametrize("version", ["v5.channel.k8s.io", "v4.channel.k8s.io"])
async def test_a_command_runs_and_tells_its_exit_code(api: Api, running: Running, version: str):
    make_pod(running)
    got, status = await run(api, "ls", "-l", "/srv", version=version)
    assert (got, status) == ({1: b"out\n", 2: b"err\n"}, {"metadata": {}, "status": "Success"})
    assert running.world.ran == [("web", "main", ["ls", "-l", "/srv"], b"")]
    running.world.result = ExecResult(b"", b"no such command\n", 127)
    got, status = await run(api, "vim", version=version)
    assert got == {2: b"no such command\n"}
    assert status == exit_status(127)
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "127"}]


async def test_a_command_gets_its_input(api: Api, running: Running):
    make_pod(running)
    await run(api, "tar", "xf", "-", stdin=b"an archive")
    assert running.world.ran[0][3] == b"an archive"


async def test_too_much_input_is_refused(api: Api, running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exec_module, "LARGEST_INPUT", 5)
    make_pod(running)
    got, status = await run(api, "tar", "xf", "-", stdin=b"an archive")
    assert got[2].startswith(b"the practice cluster takes at most")
    assert status == exit_status(1)
    assert running.world.ran == []


async def test_a_command_that_reads_nothing_does_not_wait_for_input(api: Api, running: Running):
    make_pod(running)
    url = f"{PODS}/web/exec"
    query = [("command", "bash"), ("stdin", "true"), ("stdout", "true"), ("tty", "true")]
    async with api.session.ws_connect(url, params=query, protocols=("v5.channel.k8s.io",)) as socket:
        messages = [message.data async for message in socket]
    assert messages[:2] == [b"\1out\n", b"\1err\n"]


async def test_large_output_comes_in_pieces(api: Api, running: Running):
    make_pod(running)
    running.world.result = ExecResult(bytes(range(256)) * 1_000, b"", 0)
    got, _ = await run(api, "cat", "/x")
    assert got[1] == running.world.result.stdout


@pytest.mark.parametrize(
    ("make", "query", "code", "text"),
    [
        ({}, {"command": "ls", "container": "x"}, 400, "container x is not valid"),
        ({}, {}, 400, "at least 1 command"),
        ({}, {"command": "ls"}, 400, "a WebSocket is needed"),
        ({"nodeName": None}, {"command": "ls"}, 400, "does not have a host assigned"),
        ({"state": "waiting"}, {"command": "ls"}, 500, 'container not found ("main")'),
    ],
)
async def test_commands_that_cannot_run(
    api: Api, running: Running, make: dict[str, Any], query: dict[str, Any], code: int, text: str
):
    make_pod(running, **make)
    reply = await api("GET", f"{PODS}/web/exec", **query)
    assert reply.code == code
    assert text in reply.message


async def test_a_client_that_leaves_during_its_input_harms_nothing(api: Api, running: Running):
    make_pod(running)
    query = [("command", "tar"), ("command", "xf"), ("stdin", "true")]
    async with api.session.ws_connect(
        f"{PODS}/web/exec", params=query, protocols=("v4.channel.k8s.io",)
    ) as socket:
        await socket.send_bytes(b"\0half")
    await wait_until_async(lambda: running.world.ran)
    assert (await api("GET", f"{PODS}/web")).code == 200


# Evictions


def make_budget(running: Running, allowed: int, name: str = "web", **more: Any) -> Object:
    spec = {"selector": {"matchLabels": {"app": "web"}}} | more
    made = running.store.create(POD_DISRUPTION_BUDGETS, {"metadata": {"name": name}, "spec": spec}, "default")
    status = {
        "observedGeneration": 1,
        "disruptionsAllowed": allowed,
        "currentHealthy": 2,
        "desiredHealthy": 2,
    }
    return running.store.change(POD_DISRUPTION_BUDGETS, made, lambda obj: obj.update(status=status))


EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web"}}


async def evict(api: Api, **options: Any) -> Any:
    return await api("POST", f"{PODS}/web/eviction", EVICTION | {"deleteOptions": options})


async def test_a_pod_without_a_budget_is_evicted(api: Api, running: Running):
    pod = make_pod(running)
    assert (await evict(api, preconditions={"uid": "another"})).code == 409
    assert (await evict(api, dryRun=["All"])).code == 201
    reply = await evict(api, gracePeriodSeconds=7)
    assert (reply.code, reply.body["status"]) == (201, "Success")
    assert running.store.live(RESOURCE, pod)["metadata"]["deletionGracePeriodSeconds"] == 7
    assert (await api("POST", f"{PODS}/gone/eviction", EVICTION)).code == 404


async def test_a_budget_holds_an_eviction_back(api: Api, running: Running):
    pod = make_pod(running)
    budget = make_budget(running, 0)
    reply = await evict(api)
    assert (reply.code, reply.body["reason"]) == (429, "TooManyRequests")
    assert reply.message == "Cannot evict pod as it would violate the pod's disruption budget."
    assert reply.body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget web needs 2 healthy pods and has 2 currently",
        }
    ]
    running.store.change(
        POD_DISRUPTION_BUDGETS, budget, lambda obj: obj["status"].update(disruptionsAllowed=1)
    )
    assert (await evict(api)).code == 201
    left = running.store.live(POD_DISRUPTION_BUDGETS, budget)["status"]
    assert left["disruptionsAllowed"] == 0
    assert set(left["disruptedPods"]) == {"web"}
    assert running.store.live(RESOURCE, pod)["metadata"]["deletionTimestamp"]


async def test_a_budget_that_was_not_counted_yet_asks_to_wait(api: Api, running: Running):
    make_pod(running)
    budget = make_budget(running, 1)
    running.store.change(POD_DISRUPTION_BUDGETS, budget, lambda obj: obj["spec"].update(minAvailable=1))
    reply = await evict(api)
    assert (reply.code, reply.headers["Retry-After"]) == (429, "10")


async def test_two_budgets_are_a_mistake(api: Api, running: Running):
    make_pod(running)
    make_budget(running, 1)
    make_budget(running, 1, "second")
    assert (await evict(api)).code == 500


@pytest.mark.parametrize("policy", [None, "AlwaysAllow"])
async def test_a_pod_that_is_not_ready_may_go_when_enough_others_are(
    api: Api, running: Running, policy: str | None
):
    pod = make_pod(running)
    make_budget(running, 0, **({"unhealthyPodEvictionPolicy": policy} if policy else {}))
    running.store.change(RESOURCE, pod, lambda obj: obj["status"].update(conditions=[]))
    assert (await evict(api)).code == 201


async def test_a_pending_pod_disturbs_nobody(api: Api, running: Running):
    pod = make_pod(running, nodeName=None)
    make_budget(running, 0)
    running.store.change(RESOURCE, pod, lambda obj: obj["status"].update(phase="Pending"))
    assert (await evict(api)).code == 201
    assert running.store.list(RESOURCE) == []


async def test_only_evictions_evict(api: Api, running: Running):
    make_pod(running)
    assert (await api("POST", f"{PODS}/web/eviction", {"kind": "Binding"})).code == 400


# Bindings, scales, tokens


async def test_a_pod_is_bound_once(api: Api, running: Running):
    pod = make_pod(running, nodeName=None)
    binding = {"kind": "Binding", "target": {"kind": "Node", "name": "n2"}}
    assert (await api("POST", f"{PODS}/web/binding", {"target": {}})).code == 422
    assert (await api("POST", f"{PODS}/web/binding", binding, dryRun="All")).code == 201
    assert (await api("POST", f"{PODS}/web/binding", binding)).code == 201
    live = running.store.live(RESOURCE, pod)
    assert live["spec"]["nodeName"] == "n2"
    assert live["status"]["conditions"][-1]["type"] == "PodScheduled"
    again = await api("POST", f"{PODS}/web/binding", binding)
    assert (again.code, "already assigned to node" in again.message) == (409, True)


SCALE = "/apis/apps/v1/namespaces/default/deployments/web/scale"


def make_deployment(running: Running) -> Object:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "old", "operator": "DoesNotExist"},
        {"key": "new", "operator": "Exists"},
        {"key": "zone", "operator": "NotIn", "values": ["z"]},
    ]
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": expressions}
    spec = {"replicas": 2, "selector": selector, "template": {}}
    return running.store.create(DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec}, "default")


async def test_scales(api: Api, running: Running):
    made = make_deployment(running)
    scale = (await api("GET", SCALE)).body
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 2})
    assert scale["status"]["selector"] == "app=web,tier in (a,b),!old,new,zone notin (z)"
    scale["spec"]["replicas"] = 5
    dry = await api("PUT", SCALE, scale, dryRun="All")
    assert dry.body["spec"]["replicas"] == 5
    assert running.store.live(DEPLOYMENTS, made) is made
    assert (await api("PUT", SCALE, scale)).body["spec"]["replicas"] == 5
    live = running.store.live(DEPLOYMENTS, made)
    assert (live["spec"]["replicas"], live["metadata"]["generation"]) == (5, 2)
    assert (await api("PUT", SCALE, scale)).code == 409
    assert (await api("PATCH", SCALE, {"spec": {"replicas": 3}}, kind=MERGE)).body["spec"]["replicas"] == 3
    operations = [{"op": "replace", "path": "/spec/replicas", "value": 0}]
    reply = await api("PATCH", SCALE, operations, kind="application/json-patch+json")
    assert reply.body["spec"]["replicas"] == 0
    assert running.store.live(DEPLOYMENTS, made)["spec"]["replicas"] == 0


async def test_scales_that_make_no_sense(api: Api, running: Running):
    make_deployment(running)
    for replicas in (-1, "many", True, 1.5):
        reply = await api("PATCH", SCALE, {"spec": {"replicas": replicas}}, kind=MERGE)
        assert reply.code == 422
    assert (await api("PATCH", SCALE, {}, kind="application/apply-patch+yaml")).code == 415
    assert (await api("GET", SCALE.replace("web", "gone"))).code == 404
    assert (await api("DELETE", SCALE)).code == 405


async def test_tokens_of_service_accounts_open_what_their_roles_allow(api: Api, running: Running):
    running.store.create(SERVICE_ACCOUNTS, {"metadata": {"name": "hub"}}, "default")
    path = "/api/v1/namespaces/default/serviceaccounts/hub/token"
    reply = await api("POST", path, {"spec": {"expirationSeconds": 900, "audiences": ["x"]}})
    assert (reply.code, reply.body["spec"]["expirationSeconds"]) == (201, 900)
    token = reply.body["status"]["token"]
    async with (
        aiohttp.ClientSession(
            running.info.url, connector=api.session.connector, connector_owner=False
        ) as other,
        other.get("/api/v1/namespaces", headers={"Authorization": f"Bearer {token}"}) as response,
    ):
        assert response.status == 403, "this one has no role"
    assert (await api("POST", path, {"spec": {"expirationSeconds": 5}})).code == 422
    assert (await api("POST", path.replace("hub", "x"), {})).code == 404
