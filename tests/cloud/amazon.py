"""Amazon's emulator running, with the wizard pointed at it."""

from pathlib import Path

import msgspec
import pytest

from tests.cloud.contract import CloudCase
from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.server import KEY, serve
from tests.emulators.aws.wire import AwsError, sign_in_ended
from tests.emulators.world import World
from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.eks import sign_in
from z2jh_wizard.cloud.eks.endpoint import ELSEWHERE
from z2jh_wizard.cloud.eks.provider import EksProvider
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.project.folder import Project, create_project

POOLS = {"core": Pool(1, "t3.large"), "user": Pool(2, "m5.large", maximum=5)}


REGION = "eu-south-1"


SECRET = "emulated-secret"


class AmazonCase(CloudCase):
    setting_up = ("DescribeStacks", "CreateStack", "CreateCluster", "CreateNodegroup", "DescribeAddon")
    resizing, removing = "UpdateNodegroupConfig", "DeleteCluster"
    sent, given = (SECRET, KEY), ("k8s-aws-v1.",)

    def __init__(self, cloud: Cloud, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.world = cloud.world
        self.clock = clock
        self._monkeypatch = monkeypatch

    def project(self, folder: Path) -> Project:
        made = create_project(folder / "hub", "eks", chart=Chart(), release="bio101", pools=POOLS)
        spec = msgspec.structs.replace(made.spec, account=self.cloud.account, region=REGION)
        return Project(made.folder, spec)

    def provider(self, project: Project) -> EksProvider:
        return EksProvider(project, self.clock)

    def nodes(self, pool: str) -> int:
        self.cloud.tick()
        return int(self.cloud.clusters.groups["bio101", pool]["scalingConfig"]["desiredSize"])

    def bounds(self, pool: str) -> tuple[int, int]:
        group = self.cloud.clusters.groups["bio101", pool]
        return group["scalingConfig"]["minSize"], group["scalingConfig"]["maxSize"]

    def clusters(self) -> int:
        self.cloud.tick()
        return len(self.cloud.clusters.there)

    def fail_quota(self) -> None:
        text = (
            "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity "
            "than your current vCPU limit of 1 allows for the instance bucket that the specified instance "
            "type belongs to."
        )
        self.cloud.clusters.failures.append(("AsgInstanceLaunchFailures", text))

    def fail_permission(self) -> None:
        text = "User: ada is not authorized to perform: eks:CreateCluster on resource: bio101"
        self.world.fail_once("CreateCluster", AwsError("AccessDeniedException", text, 403))

    def switch_off(self) -> None:
        self.cloud.off.add(REGION)

    def end_sign_in(self) -> None:
        self._monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENDED00000000000")

    def renew_sign_in(self) -> None:
        self._monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)

    def ended(self) -> Exception:
        return sign_in_ended()

    def unheard(self, text: str) -> Exception:
        return AwsError("UnheardOfException", text, 400)

    def leave_behind(self) -> int:
        ec2 = self.cloud.ec2
        project = next(iter(self._projects))
        name = {"kubernetes.io/cluster/bio101": "owned", "kubernetes.io/created-for/pvc/name": "claim-ada"}
        disk = {"Size": 10, "VolumeType": "gp3", "AvailabilityZone": f"{REGION}a"}
        for tags, state in (
            ({**name, "z2jh-wizard": project}, "available"),
            (name, "available"),
            ({**name, "z2jh-wizard": project}, "in-use"),
            ({}, "available"),
        ):
            ec2.make("Volumes", "vol", "VolumeId", tags, State=state, **disk)
        snapshot = {"VolumeSize": 10, "State": "completed"}
        ec2.make("Snapshots", "snap", "SnapshotId", {"z2jh-wizard": project}, **snapshot)
        ec2.make("Addresses", "eip", "AllocationId", {"z2jh-wizard": project}, PublicIp="192.0.2.7")
        for address in ec2.things["Addresses"]:
            ec2.things["Addresses"][address]["AllocationId"] = address
        self.cloud.logs.groups.append({"logGroupName": "/aws/eks/bio101/cluster", "storedBytes": 1048576})
        self.cloud.images.there["lab"] = {"z2jh-wizard": project}
        self.cloud.images.there["others"] = {}
        return 3

    @property
    def _projects(self) -> list[str]:
        made = self.cloud.stacks.there.values()
        return [tag["Value"] for one in made for tag in one["Tags"] if tag["Key"] == "z2jh-wizard"]


class amazon:
    """A running emulator with the wizard pointed at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        clock = FakeClock()
        self._cloud = Cloud(World(latency=5.0, clock=clock.seconds))
        self._case = AmazonCase(self._cloud, clock, monkeypatch)
        self._serving = serve(self._cloud)

    def __enter__(self) -> AmazonCase:
        for name, value in {
            ELSEWHERE: self._serving.__enter__(),
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        }.items():
            self._monkeypatch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", sign_in.KEYS):
            self._monkeypatch.delenv(name, raising=False)
        return self._case

    def __exit__(self, *error: object) -> None:
        self._serving.__exit__(None, None, None)


def zones_of(case: AmazonCase, pool: str) -> list[str]:
    """Return the zones that a pool stands in."""
    subnets = case.cloud.ec2.things["Subnets"]
    return [subnets[one]["AvailabilityZone"] for one in case.cloud.clusters.groups["bio101", pool]["subnets"]]
