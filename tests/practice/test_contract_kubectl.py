"""What a person types with the real kubectl, as the guides show it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.practice.cluster import SPEED, Cluster, running_cluster
from tests.support.waiting import wait_until

pytestmark = pytest.mark.helm

WEB = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: disk
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: quay.io/example/web:1
          volumeMounts: [{name: disk, mountPath: /disk}]
      volumes:
        - name: disk
          persistentVolumeClaim: {claimName: disk}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80}]
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


class Kubectl:
    """kubectl in a namespace of its own."""

    def __init__(self, cluster: Cluster, binary: Path, namespace: str) -> None:
        self.cluster = cluster
        self.binary = binary
        self.namespace = namespace
        self("create", "namespace", namespace)

    def full(
        self, *words: str, text: str | None = None, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        return self.cluster.run(self.binary, "--namespace", self.namespace, *words, text=text, code=code)

    def __call__(self, *words: str, text: str | None = None, code: int | None = 0) -> str:
        return self.full(*words, text=text, code=code).stdout

    def get(self, *words: str) -> Any:
        return json.loads(self("get", *words, "--output", "json"))

    def web(self) -> str:
        """Make the web deployment, and return the name of its pod."""
        self("apply", "--filename", "-", text=WEB)
        self("rollout", "status", "deployment/web", "--timeout=60s")
        name: str = self.get("pod", "--selector", "app=web")["items"][0]["metadata"]["name"]
        return name


@pytest.fixture
def kubectl(cluster: Cluster, kubectl_binary: Path, request: pytest.FixtureRequest) -> Kubectl:
    return Kubectl(cluster, kubectl_binary, request.node.name.replace("_", "-")[:50].strip("-"))


def test_get_shows_the_columns_of_a_real_cluster(kubectl: Kubectl):
    pod = kubectl.web()
    listed = kubectl("get", "pods").splitlines()
    assert listed[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert listed[1].split()[:4] == [pod, "1/1", "Running", "0"]
    wide = kubectl("get", "pods", "--output", "wide").splitlines()[0]
    assert wide.split()[5:7] == ["IP", "NODE"]
    nodes = kubectl("get", "nodes").splitlines()
    assert nodes[0].split() == ["NAME", "STATUS", "ROLES", "AGE", "VERSION"]
    assert all(line.split()[1] == "Ready" for line in nodes[1:])
    assert kubectl("get", "services", "--no-headers").split()[:2] == ["web", "LoadBalancer"]
    assert kubectl("get", "all", "--output", "name").splitlines() == [
        f"pod/{pod}",
        "service/web",
        "deployment.apps/web",
        f"replicaset.apps/{pod.rpartition('-')[0]}",
    ]
    assert "No resources found" in kubectl.full("get", "jobs").stderr
    missing = kubectl.full("get", "pod", "nobody", code=1).stderr
    assert missing == 'Error from server (NotFound): pods "nobody" not found\n'
    unknown = kubectl.full("get", "widgets", code=1).stderr
    assert 'the server doesn\'t have a resource type "widgets"' in unknown


def test_describe_tells_the_story(kubectl: Kubectl):
    pod = kubectl.web()
    told = kubectl("describe", "pod", pod)
    for reason in ("Scheduled", "Pulled", "Created", "Started"):
        assert reason in told
    assert "Allocatable" in kubectl("describe", "nodes")
    assert "Bound" in kubectl("describe", "pvc", "disk")
    events = kubectl("get", "events", "--sort-by=.metadata.creationTimestamp")
    assert "Successfully assigned" in events


def test_apply_changes_only_what_differs(kubectl: Kubectl):
    kubectl.web()
    again = kubectl("apply", "--filename", "-", text=WEB).splitlines()
    assert {line.rpartition(" ")[2] for line in again} == {"unchanged"}
    newer = WEB.replace("web:1", "web:2")
    difference = kubectl.full("diff", "--filename", "-", text=newer, code=1).stdout
    assert "-      - image: quay.io/example/web:1" in difference
    assert "+      - image: quay.io/example/web:2" in difference
    assert "deployment.apps/web configured" in kubectl("apply", "--filename", "-", text=newer)
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert kubectl.get("deployment", "web")["metadata"]["generation"] == 2
    forced = kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", text=WEB)
    assert forced.count("serverside-applied") == 3
    dry = kubectl("apply", "--dry-run=server", "--filename", "-", text=WEB.replace("web:1", "web:9"))
    assert "(server dry run)" in dry
    image = kubectl.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "quay.io/example/web:1"


def test_unknown_fields_are_refused(kubectl: Kubectl):
    wrong = WEB.replace("replicas: 1", "replicsa: 1")
    refused = kubectl.full("apply", "--filename", "-", text=wrong, code=1)
    assert 'unknown field "spec.replicsa"' in refused.stderr
    warned = kubectl.full("apply", "--validate=warn", "--filename", "-", text=wrong)
    assert 'Warning: unknown field "spec.replicsa"' in warned.stderr


def test_rollouts(kubectl: Kubectl):
    kubectl.web()
    kubectl("rollout", "restart", "deployment/web")
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert kubectl("rollout", "history", "deployment/web").splitlines()[2].split()[0] == "1"
    kubectl("set", "image", "deployment/web", "web=quay.io/example/web:3")
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    kubectl("rollout", "undo", "deployment/web")
    image = kubectl.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "quay.io/example/web:1"


def test_scale_and_wait(kubectl: Kubectl):
    kubectl.web()
    kubectl("scale", "deployment/web", "--replicas=0")
    kubectl("wait", "--for=delete", "pod", "--selector", "app=web", "--timeout=60s")
    kubectl("scale", "deployment/web", "--replicas=1", "--current-replicas=0")
    kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=60s")
    kubectl("wait", "--for=jsonpath={.status.readyReplicas}=1", "deployment/web", "--timeout=60s")
    refused = kubectl.full("scale", "deployment/web", "--replicas=3", "--current-replicas=7", code=1)
    assert "Expected replicas to be 7, was 1" in refused.stderr


def test_logs(kubectl: Kubectl):
    kubectl("create", "deployment", "proxy", "--image=quay.io/jupyterhub/configurable-http-proxy:5.1.0")
    kubectl("rollout", "status", "deployment/proxy", "--timeout=60s")
    pod = kubectl.get("pod", "--selector", "app=proxy")["items"][0]["metadata"]["name"]
    wait_until(lambda: kubectl("logs", pod))
    lines = kubectl("logs", pod).splitlines()
    assert kubectl("logs", "deployment/proxy", "--tail=1").splitlines() == lines[-1:]
    stamped = kubectl("logs", "--selector", "app=proxy", "--timestamps", "--tail=1")
    assert stamped.startswith("20")
    missing = kubectl.full("logs", pod, "--previous", code=1)
    assert (
        f'previous terminated container "configurable-http-proxy" in pod "{pod}" not found' in missing.stderr
    )
    kubectl("run", "once", "--image=quay.io/example/once:1", "--restart=Never", "--", "echo", "done")
    kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/once", "--timeout=60s")
    followed = kubectl.full("logs", "once", "--follow")
    assert followed.returncode == 0


def test_commands_in_pods(kubectl: Kubectl):
    pod = kubectl.web()
    assert kubectl("exec", pod, "--", "echo", "hello").strip() == "hello"
    assert (
        kubectl.full("exec", pod, "--", "false", code=1).stderr.strip()
        == "command terminated with exit code 1"
    )
    refused = kubectl.full("exec", pod, "--", "vim", "/disk/notes", code=127)
    assert "practice cluster" in refused.stderr
    assert kubectl("exec", "--stdin", pod, "--", "cat", text="through the pipe") == "through the pipe"
    assert kubectl.full("exec", "nobody", "--", "ls", code=1).stderr.startswith(
        "Error from server (NotFound)"
    )


def test_files_go_in_and_out(kubectl: Kubectl, tmp_path: Path):
    pod = kubectl.web()
    source = tmp_path / "notes.bin"
    source.write_bytes(bytes(range(256)) * 2_000)
    kubectl("cp", str(source), f"{pod}:/disk/notes.bin")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert kubectl("exec", pod, "--", "sha256sum", "/disk/notes.bin").split()[0] == digest
    kubectl("cp", f"{pod}:/disk/notes.bin", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()


def test_cordon_drain_and_budgets(kubectl: Kubectl):
    kubectl.web()
    kubectl("create", "poddisruptionbudget", "web", "--selector", "app=web", "--min-available=1")
    wait_until(lambda: kubectl.get("poddisruptionbudget", "web").get("status", {}).get("currentHealthy") == 1)
    node = kubectl.get("pod", "--selector", "app=web")["items"][0]["spec"]["nodeName"]
    kubectl("cordon", node)
    assert "SchedulingDisabled" in kubectl("get", "node", node)
    options = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--pod-selector", "app=web")
    held = kubectl.full("drain", node, *options, "--timeout=1s", code=1)
    assert "Cannot evict pod as it would violate the pod's disruption budget." in held.stderr
    kubectl("delete", "poddisruptionbudget", "web")
    kubectl("drain", node, *options, "--timeout=60s")
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert kubectl.get("pod", "--selector", "app=web")["items"][0]["spec"]["nodeName"] != node
    kubectl("uncordon", node)


def test_deleting(kubectl: Kubectl):
    kubectl.web()
    kubectl("delete", "deployment", "web", "--cascade=foreground", "--wait", "--timeout=60s")
    assert kubectl.get("pods,replicasets")["items"] == []
    volume = kubectl.get("pvc", "disk")["spec"]["volumeName"]
    kubectl("delete", "service,pvc", "--all", "--wait", "--timeout=60s")
    wait_until(lambda: volume not in kubectl("get", "pv", "--output", "name"))
    kubectl("delete", "namespace", kubectl.namespace, "--wait", "--timeout=60s")
    gone = kubectl.full("get", "namespace", kubectl.namespace, code=1)
    assert "NotFound" in gone.stderr


def test_orphans_stay(kubectl: Kubectl):
    pod = kubectl.web()
    kubectl("delete", "deployment", "web", "--cascade=orphan")
    kubectl("delete", "replicaset", "--all", "--cascade=orphan")
    assert kubectl.get("pod", pod)["status"]["phase"] == "Running"


def test_watching(kubectl: Kubectl):
    kubectl("create", "configmap", "first", "--from-literal=a=b")
    environment_free = [str(kubectl.binary), "--kubeconfig", str(kubectl.cluster.kubeconfig)]
    words = ["--namespace", kubectl.namespace, "get", "configmaps", "--watch", "--output", "name"]
    with subprocess.Popen([*environment_free, *words], stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout
        seen = {watch.stdout.readline().strip() for _ in range(2)}
        assert seen == {"configmap/first", "configmap/kube-root-ca.crt"}
        kubectl("create", "configmap", "second")
        assert watch.stdout.readline().strip() == "configmap/second"
        watch.terminate()


def test_who_may_do_what(kubectl: Kubectl):
    assert kubectl("auth", "can-i", "create", "pods").strip() == "yes"
    assert "practice-admin" in kubectl("auth", "whoami")
    account = f"system:serviceaccount:{kubectl.namespace}:hub"
    assert kubectl.full("auth", "can-i", "create", "pods", "--as", account, code=1).stdout.strip() == "no"
    kubectl("create", "role", "spawner", "--verb=create", "--resource=pods")
    kubectl("create", "rolebinding", "hub", "--role=spawner", f"--serviceaccount={kubectl.namespace}:hub")
    assert kubectl("auth", "can-i", "create", "pods", "--as", account).strip() == "yes"


def test_small_things_that_people_create(kubectl: Kubectl):
    kubectl("create", "secret", "generic", "s", "--from-literal=p=q")
    assert kubectl("get", "secret", "s", "--output", "jsonpath={.data.p}") == "cQ=="
    kubectl("create", "job", "j", "--image=quay.io/example/job:1")
    kubectl("wait", "--for=condition=complete", "job/j", "--timeout=60s")
    kubectl("create", "quota", "q", "--hard=pods=0")
    refused = kubectl.full("run", "one", "--image=quay.io/example/web:1", code=1)
    assert "exceeded quota: q, requested: pods=1" in refused.stderr
    kubectl("label", "configmap", "kube-root-ca.crt", "a=b")
    kubectl("annotate", "configmap", "kube-root-ca.crt", "c=d")
    assert kubectl("create", "token", "default").startswith("practice-")
    kubectl("expose", "service", "nothing", "--port=80", code=1)


def test_explain_knows_the_fields(kubectl: Kubectl):
    told = kubectl("explain", "deployment.spec.template.spec.containers")
    assert "GROUP:      apps" in told
    assert "imagePullPolicy" in told
    assert "-required-" in kubectl("explain", "deployment.spec")


def test_what_is_not_possible_is_said(kubectl: Kubectl):
    pod = kubectl.web()
    assert "no real containers" in kubectl.full("attach", pod, code=1).stderr
    assert "Metrics API not available" in kubectl.full("top", "nodes", code=1).stderr


def test_the_pace_is_the_one_asked_for(cluster: Cluster):
    assert cluster.control("status")["speed"] == SPEED
