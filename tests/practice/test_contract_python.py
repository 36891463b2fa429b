"""The official Python client, which JupyterHub's spawner and the wizard build on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.practice.cluster import Cluster, running_cluster

SCRIPT = """
import json, sys
from kubernetes import client, config, watch
from kubernetes.stream import stream

config.load_kube_config(sys.argv[1])
core, seen = client.CoreV1Api(), {}
core.create_namespaced_pod("default", {
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "quay.io/example/web:1"}]},
})
phases = []
for event in watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=60):
    pod = event["object"]
    phases.append(pod.status.phase)
    if any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions or []):
        break
seen["phases"] = list(dict.fromkeys(phases))
first = core.list_namespaced_pod("kube-system", limit=1)
rest = core.list_namespaced_pod("kube-system", limit=500, _continue=first.metadata._continue)
everything = core.list_namespaced_pod("kube-system")
seen["pages"] = [len(first.items) + len(rest.items), len(everything.items)]
patched = core.patch_namespaced_pod("web", "default", {"metadata": {"labels": {"x": "y"}}})
seen["labels"] = patched.metadata.labels
run = dict(stdout=True, stderr=True, stdin=False, tty=False)
call = core.connect_get_namespaced_pod_exec
seen["echo"] = stream(call, "web", "default", command=["echo", "hello"], **run)
failed = stream(call, "web", "default", command=["vim"], _preload_content=False, **run)
failed.run_forever(timeout=20)
seen["code"] = failed.returncode
try:
    core.create_namespaced_service_account("default", {"metadata": {"name": "default"}})
except client.ApiException as error:
    seen["again"] = [error.status, json.loads(error.body)["reason"]]
core.delete_namespaced_pod("web", "default", grace_period_seconds=0)
seen["left"] = [each.metadata.name for each in core.list_namespaced_pod("default").items]
seen["version"] = client.VersionApi().get_code().git_version
print(json.dumps(seen))
"""


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def test_the_official_client(cluster: Cluster):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(cluster.kubeconfig)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["phases"][-1] == "Running"
    assert seen["pages"][0] == seen["pages"][1] > 1
    assert seen["labels"] == {"app": "web", "x": "y"}
    assert seen["echo"] == "hello\n"
    assert seen["code"] == 127
    assert seen["again"] == [409, "AlreadyExists"]
    assert seen["left"] == []
    assert seen["version"] == "v1.36.2"
