"""Emulated clouds for whole journeys: the cluster that a cloud makes is a practice cluster."""

from __future__ import annotations

import io
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import msgspec
import yaml

from tests.emulators.aks import server as azure
from tests.emulators.aks.manager import SUBSCRIPTION, Manager
from tests.emulators.aws import server as amazon
from tests.emulators.aws import wire
from tests.emulators.aws.cloud import Cloud as Amazon
from tests.emulators.gke import errors as google_errors
from tests.emulators.gke import server as google
from tests.emulators.gke.keys import make_key
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.journeys.conftest import Wizard
from tests.support.token_proxy import token_proxy
from z2jh_wizard.cloud.aks import azure as aks
from z2jh_wizard.cloud.aks import sign_in as aks_sign_in
from z2jh_wizard.cloud.eks import autoscaler
from z2jh_wizard.cloud.eks import sign_in as eks_sign_in
from z2jh_wizard.cloud.eks.endpoint import ELSEWHERE as AMAZON_ELSEWHERE
from z2jh_wizard.cloud.gke import google as gke
from z2jh_wizard.cloud.gke import sign_in as gke_sign_in
from z2jh_wizard.core.spec import Chart, Pool, Provider
from z2jh_wizard.flows.charts import cached_chart, chart_source
from z2jh_wizard.practice.token import token
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import create_project

RELEASE = "bio101"

BESIDE = "beside"
"""The folder in a home for what is neither the wizard's nor a project's."""

AUTOSCALER = """\
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


@dataclass(frozen=True)
class Machines:
    """The practice cluster that stands in for what a cloud makes, and a folder for what is beside it."""

    server: str
    authority: str
    key: str
    folder: Path


@dataclass
class Cloud:
    """A cloud that is emulated: where it answers, what is sent to it, what it has, what may be nowhere."""

    world: World
    making: str
    """The call that makes a cluster."""
    removing: str
    ended: Exception
    """What it answers to credentials that have ended."""
    account: str
    region: str
    machines: tuple[str, str]
    """For the hub and for students."""
    variables: dict[str, str]
    nodes: Callable[[], list[int]]
    clusters: Callable[[], int]
    secrets: tuple[str, ...]
    """What signs in to the cloud and to its cluster."""
    else_left: Callable[[], list[str]] = list
    """Names what is there besides clusters that a hub made."""
    removes: tuple[str, ...] = ()
    """Words of the receipt of a tear-down."""
    sign_in: str = ""
    """Which credentials a project says that it uses."""


@contextmanager
def at_google(behind: Machines, *, by_key_file: bool = False) -> Iterator[Cloud]:
    """Google with every service switched off; it and the cluster take the same token."""
    services = Services(World(latency=1.0), "bio")
    services.on.clear()
    services.clusters.address = behind.server.removeprefix("https://")
    services.clusters.authority = behind.authority
    with google.serve(services, behind.key) as address:
        variables, sign_in, secrets = {gke_sign_in.TOKEN: behind.key}, "", [behind.key]
        if by_key_file:
            path = behind.folder / "key.json"
            variables, sign_in = {}, f"{gke_sign_in.FILE}{path}"
            secrets += make_key(services, address, path).splitlines()[1:-1]
        yield Cloud(
            services.world,
            "CreateCluster",
            "DeleteCluster",
            google_errors.sign_in_ended(),
            "bio",
            "us-central1-b",
            ("e2-standard-2", "e2-standard-4"),
            {gke.ELSEWHERE: address, **variables},
            lambda: sorted(
                size
                for pool, size in services.clusters.sizes.items()
                if pool.partition("/nodePools/")[0] in services.clusters.clusters
            ),
            lambda: len(services.clusters.clusters),
            tuple(secrets),
            sign_in=sign_in,
        )


@contextmanager
def at_azure(behind: Machines) -> Iterator[Cloud]:
    """Azure with no provider registered; its clusters have accounts of their own."""
    manager = Manager(World(latency=1.0), behind.server, behind.authority, {"token": behind.key})
    manager.registered.clear()

    def clusters():
        manager.tick()
        return [one for one in manager.resources.values() if one["type"].endswith("/managedClusters")]

    with azure.serve(manager) as address:
        yield Cloud(
            manager.world,
            "createCluster",
            "deleteCluster",
            azure.sign_in_ended(),
            SUBSCRIPTION,
            "eastus",
            ("Standard_D2s_v5", "Standard_D4s_v5"),
            {aks.ELSEWHERE: address, aks_sign_in.TOKEN: azure.TOKEN},
            lambda: sorted(
                pool["count"] for one in clusters() for pool in one["properties"]["agentPoolProfiles"]
            ),
            lambda: len(clusters()),
            (behind.key, azure.TOKEN),
            lambda: list(manager.resources),
            ("cluster", "resource group"),
        )


@contextmanager
def at_amazon(behind: Machines, *, by_start_page: bool = False) -> Iterator[Cloud]:
    """Amazon with its region switched off; its clusters take the tokens that Amazon's keys sign."""
    cloud = Amazon(World(latency=1.0))
    cloud.off.add(cloud.region)
    secret, session = "emulated-secret-of-amazon", "emulated-session-of-amazon"
    keys = {"AWS_ACCESS_KEY_ID": amazon.KEY, "AWS_SECRET_ACCESS_KEY": secret}
    if by_start_page:
        held = eks_sign_in.Keys(amazon.KEY, secret, session, time.time() + 3600)
        keys = {eks_sign_in.KEYS: msgspec.json.encode(held).decode()}
    with (
        token_proxy(behind.server, behind.key, amazon.is_cluster_token, behind.folder) as front,
        amazon.serve(cloud) as address,
    ):
        cloud.clusters.server, cloud.clusters.authority = front.url, front.authority
        yield Cloud(
            cloud.world,
            "CreateCluster",
            "DeleteCluster",
            wire.sign_in_ended(),
            cloud.account,
            cloud.region,
            ("t3.large", "m5.large"),
            {AMAZON_ELSEWHERE: address, "AWS_EC2_METADATA_DISABLED": "true", **keys},
            lambda: sorted(one["scalingConfig"]["desiredSize"] for one in cloud.clusters.groups.values()),
            lambda: len(cloud.clusters.there),
            (behind.key, amazon.KEY, secret, session, "k8s-aws-v1."),
            lambda: [*cloud.ec2.things["Vpcs"], *cloud.iam.roles],
            ("EKS cluster", "cluster-autoscaler", "node group", "stack"),
        )


CLOUDS: dict[Provider, Callable[..., AbstractContextManager[Cloud]]] = {
    "gke": at_google,
    "aks": at_azure,
    "eks": at_amazon,
}


def cloud_project(
    folder: Path,
    provider: Provider,
    pools: dict[str, Pool],
    *,
    account: str,
    region: str,
    sign_in: str = "",
    chart: Chart = Chart(),  # noqa: B008  # it cannot be changed
) -> None:
    """Make the project of a hub at a cloud."""
    made = create_project(folder, provider, chart=chart, release=RELEASE, pools=pools)
    cluster = msgspec.structs.replace(made.spec.cluster, sign_in=sign_in)
    spec = msgspec.structs.replace(made.spec, cluster=cluster, account=account, region=region)
    (made.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))


@contextmanager
def project_at(
    provider: Provider, computers: Wizard, home: Path, **sign_in: bool
) -> Iterator[tuple[Wizard, Cloud]]:
    """Give a project at an emulated cloud, whose machines are those of the project ``computers``."""
    practice = yaml.safe_load((computers.folder / "kubeconfig").read_text())["clusters"][0]["cluster"]
    authority = practice["certificate-authority-data"]
    behind = Machines(practice["server"], authority, token(computers.state), home / BESIDE)
    behind.folder.mkdir(0o700)
    with CLOUDS[provider](behind, **sign_in) as cloud:
        core, user = cloud.machines
        pools = {"core": Pool(1, core), "user": Pool(2, user, maximum=5)}
        place = {"account": cloud.account, "region": cloud.region}
        folder = home / "hub"
        cloud_project(folder, provider, pools, sign_in=cloud.sign_in, chart=Chart(name="practice"), **place)
        yield Wizard(folder, {**computers.environment, **cloud.variables}), cloud


def keep_autoscaler() -> None:
    """Put a small chart where a downloaded one of the autoscaler is kept."""
    chart = cached_chart(chart_source(autoscaler.CHART))
    about = f"apiVersion: v2\nname: {autoscaler.CHART.name}\nversion: {autoscaler.CHART.version}\n"
    chart.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(chart, "w:gz") as packed:
        for name, text in (("Chart.yaml", about), ("templates/deployment.yaml", AUTOSCALER)):
            entry = tarfile.TarInfo(f"{autoscaler.CHART.name}/{name}")
            entry.size = len(text)
            packed.addfile(entry, io.BytesIO(text.encode()))


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


def nothing_made_twice(world: World) -> bool:
    """Tell whether no thing was created twice, and nothing unknown was asked."""
    made = [(one.name, one.target) for one in world.creates()]
    return bool(made) and len(made) == len(set(made)) and not world.complaints
