"""The whole way at Amazon: its emulator makes the cluster, whose API is that of a practice cluster."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import msgspec
import pytest
import yaml

from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.server import KEY, is_cluster_token, serve
from tests.emulators.world import World
from tests.journeys.conftest import Wizard
from tests.support.token_proxy import token_proxy
from z2jh_wizard.cloud.eks import autoscaler
from z2jh_wizard.cloud.eks.endpoint import ELSEWHERE
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.flows.charts import cached_chart, chart_source
from z2jh_wizard.practice.token import token
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import create_project

POOLS = {"core": Pool(1, "t3.large"), "user": Pool(2, "m5.large", maximum=5)}

SECRET = "emulated-secret-of-amazon"


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Values.fullnameOverride }}
  annotations: {watches: "{{ .Values.autoDiscovery.clusterName }} in {{ .Values.awsRegion }}"}
spec:
  selector: {matchLabels: {app: autoscaler}}
  template:
    metadata: {labels: {app: autoscaler}}
    spec:
      nodeSelector: {{- toYaml .Values.nodeSelector | nindent 8 }}
      containers: [{name: autoscaler, image: "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0"}]
"""


def keep_autoscaler() -> None:
    """Put a small chart where a downloaded one of the autoscaler is kept."""
    chart = cached_chart(chart_source(autoscaler.CHART))
    about = f"apiVersion: v2\nname: {autoscaler.CHART.name}\nversion: {autoscaler.CHART.version}\n"
    chart.parent.mkdir(parents=True)
    with tarfile.open(chart, "w:gz") as packed:
        for name, text in (("Chart.yaml", about), ("templates/deployment.yaml", DEPLOYMENT)):
            entry = tarfile.TarInfo(f"{autoscaler.CHART.name}/{name}")
            entry.size = len(text)
            packed.addfile(entry, io.BytesIO(text.encode()))


@pytest.fixture
def amazon(wizard_of, home, monkeypatch):
    """A project at Amazon, the emulator, and a practice cluster that takes Amazon's tokens."""
    monkeypatch.setenv("HOME", str(home))
    keep_autoscaler()
    computers = wizard_of()
    practice = yaml.safe_load((computers.folder / "kubeconfig").read_text())["clusters"][0]["cluster"]
    cloud = Cloud(World(latency=1.0))
    cloud.off.add(cloud.region)
    made = create_project(home / "hub", "eks", chart=Chart(name="practice"), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account=cloud.account, region=cloud.region)
    (made.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))
    inside = token(computers.state)
    with (
        token_proxy(practice["server"], inside, is_cluster_token, home / "proxy") as front,
        serve(cloud) as address,
    ):
        cloud.clusters.server, cloud.clusters.authority = front.url, front.authority
        environment = {
            **computers.environment,
            ELSEWHERE: address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        yield Wizard(made.folder, environment), cloud


@pytest.mark.slow
def test_from_nothing_to_a_hub_and_back(amazon, kubectl_binary):
    wizard, cloud = amazon
    plan = wizard.json("plan", expect=3)
    assert [one["id"] for one in plan if one["danger"] == "costs-money"] == [
        "cluster.create", "cluster.pools",
    ]  # fmt: skip
    refused = wizard.run("apply", expect=5)
    assert "Not confirmed" in refused.stderr
    assert not cloud.world.creates()

    wizard.run("apply", "--yes")
    argv = [str(kubectl_binary), "--kubeconfig", str(wizard.folder / "kubeconfig")]
    argv += ["get", "pods", "-n", "bio101"]
    pods = subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=True)
    assert "hub" in pods.stdout
    argv = [*argv[:3], "get", "deployment", "cluster-autoscaler", "-n", "kube-system", "-o", "yaml"]
    scaler = subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=True)
    assert f"bio101 in {cloud.region}" in scaler.stdout
    assert wizard.json("status")["provider"] == "eks"
    assert {one["finding"] for one in wizard.json("plan")} == {"ready"}

    assert wizard.run("resize", "5", "--json").returncode == 0
    sizes = [one["scalingConfig"]["desiredSize"] for one in cloud.clusters.groups.values()]
    assert sorted(sizes) == [1, 5]

    receipt = wizard.json("teardown", "--confirm", "bio101")
    assert not cloud.clusters.there
    assert not cloud.ec2.things["Vpcs"]
    assert not cloud.iam.roles
    removed = json.dumps(receipt["removed"])
    assert all(one in removed for one in ("EKS cluster", "cluster-autoscaler", "node group", "stack"))
    assert receipt["left"] == []
    names = [(one.name, one.target) for one in cloud.world.creates()]
    assert len(names) == len(set(names))
    assert not cloud.world.complaints
    written = "".join(path.read_text(errors="replace") for path in wizard.folder.rglob("*") if path.is_file())
    assert not any(secret in written for secret in (KEY, SECRET, "k8s-aws-v1."))


KILLS = [
    "CreateStack", "CreateCluster", "CreateNodegroup", "CreateAddon", "CreatePodIdentityAssociation",
]  # fmt: skip


@pytest.mark.slow
def test_killed_while_amazon_works_it_makes_nothing_twice(amazon):
    """Ended without warning five times, each time while Amazon does what was asked of it."""
    wizard, cloud = amazon
    for call in KILLS:
        running = wizard.start("apply", "--yes")
        with killed_at(cloud.world, call, running):
            assert running.wait(120) == -signal.SIGKILL, call
        running.communicate()
    wizard.run("apply", "--yes")
    assert [len(cloud.clusters.there), len(cloud.clusters.groups)] == [1, 2]
    made = [(one.name, one.target) for one in cloud.world.creates()]
    assert len(made) == len(set(made))
    assert set(KILLS) <= {name for name, _ in made}
    assert not cloud.world.complaints


@contextmanager
def killed_at(world: World, call: str, running: subprocess.Popen[str]) -> Iterator[None]:
    """Kill a program when its call with this name has come in."""
    note = world.note

    def noting(name: str, target: str, *, changes: bool) -> None:
        note(name, target, changes=changes)
        if name == call:
            running.kill()

    with mock.patch.object(world, "note", noting):
        yield
