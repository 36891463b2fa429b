"""Amazon as a provider, against its emulator."""

import base64
import itertools
import json
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.contract import CloudCase, CloudContract, crash_and_carry_on, ended, problem_of, went_well
from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.people import GRANTED
from tests.emulators.aws.server import KEY, serve
from tests.emulators.aws.wire import AwsError, model
from tests.emulators.world import World
from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.account import Verdict
from z2jh_wizard.cloud.eks import autoscaler, sign_in
from z2jh_wizard.cloud.eks.aws import ELSEWHERE, Aws
from z2jh_wizard.cloud.eks.provider import EksProvider
from z2jh_wizard.cloud.eks.troubles import of_issue, of_stack
from z2jh_wizard.cloud.explain import CloudNeedsYou, CloudTrouble
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.events import State
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.project.folder import Project, create_project

POOLS = {"core": Pool(1, "t3.large"), "user": Pool(2, "m5.large", maximum=5)}
REGION = "eu-south-1"
SECRET = "emulated-secret"


class AmazonCase(CloudCase):
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


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[AmazonCase]:
    with amazon(monkeypatch) as made:
        yield made


class TestContract(CloudContract):
    pass


async def test_a_machine_that_is_sold_out(case, tmp_path):
    """Amazon finds out in the middle; the pool is made anew by the next run."""
    project = case.project(tmp_path)
    text = (
        "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have "
        "sufficient m5.large capacity in the Availability Zone you requested (eu-south-1a)."
    )
    case.cloud.clusters.failures.append(("AsgInstanceLaunchFailures", text))
    problem = problem_of(await case.set_up(project))
    assert problem.title == "Amazon has no free machines there now"
    assert "m5.large" in problem.happened
    assert "eu-south-1a" in problem.happened
    assert went_well(await case.set_up(project))
    assert case.nodes("user") == 2


async def test_a_zone_without_room_is_left_out(case, tmp_path):
    case.cloud.clusters.full.add(f"{REGION}a")
    events = await case.set_up(case.project(tmp_path))
    assert went_well(events)
    assert any("no room in one zone" in event.text for event in events)
    assert zones_of(case, "user") == [f"{REGION}b"]
    assert zones_of(case, "core") == [f"{REGION}b", f"{REGION}c"]


async def test_students_stand_in_the_zone_that_has_their_machine(case, tmp_path):
    case.cloud.ec2.offers["m5.large"] = {f"{REGION}c"}
    project = case.project(tmp_path)
    assert went_well(await case.set_up(project))
    assert zones_of(case, "user") == [f"{REGION}c"]


async def test_zones_without_eks_get_no_subnet(case, tmp_path):
    case.cloud.region = "us-east-1"
    case.cloud.ec2.offers = {name: {"us-east-1a", "us-east-1b"} for name in case.cloud.ec2.offers}
    made = case.project(tmp_path)
    project = Project(made.folder, msgspec.structs.replace(made.spec, region="us-east-1"))
    assert went_well(await case.set_up(project))
    assert zones_of(case, "core") == ["us-east-1b", "us-east-1c"]


@pytest.mark.parametrize("kind", ["cluster", "pool"])
async def test_a_cluster_or_pool_of_others_is_left_alone(case, tmp_path, kind):
    """Somebody made it by hand, under the same name, where our own stack stands."""
    project = case.project(tmp_path)
    await case.set_up(project)
    clusters = case.cloud.clusters
    things = [*clusters.groups.values(), *(clusters.there.values() if kind == "cluster" else ())]
    for one in things:
        one["tags"] = {"z2jh-wizard": "0123456789ab"}
    changes = [one for one in case.world.calls if one.changes]
    assert "which this project did not make" in problem_of(await case.set_up(project)).happened
    await case.play([Removal(step) for step in reversed(case.provider(project).steps()) if step.undoable][:2])
    assert [one for one in case.world.calls if one.changes] == changes
    await case.play([case.provider(project).resize_step("user", 4)])
    assert [one for one in case.world.calls if one.changes] == changes
    assert {one["status"] for one in things} == {"ACTIVE"}


async def test_a_stack_that_failed_says_why_and_is_made_anew(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.stacks.failures.append("ada is not authorized to perform: iam:CreateRole on resource: x")
    problem = problem_of(await case.set_up(project))
    assert "iam:CreateRole" in problem.happened
    full = "Resource handler returned message (Service: Ec2, HandlerErrorCode: ServiceLimitExceeded)"
    case.cloud.stacks.failures.append(full)
    assert problem_of(await case.set_up(project)).title == "The AWS account may not have more of these"
    assert went_well(await case.set_up(project))


async def test_what_kubernetes_left_in_the_network_goes_with_it(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    ec2 = case.cloud.ec2
    vpc = next(iter(ec2.things["Vpcs"]))
    group = ec2.make("SecurityGroups", "sg", "GroupId", {}, GroupName="k8s-elb-a1", VpcId=vpc)
    ec2.make(
        "NetworkInterfaces", "eni", "NetworkInterfaceId", {}, VpcId=vpc, Status="available",
        Groups=[{"GroupId": group}],
    )  # fmt: skip
    balancer = "a" + "0" * 31
    case.cloud.balancers.there[balancer] = {"LoadBalancerName": balancer, "VPCId": vpc}
    case.cloud.balancers.tags[balancer] = {"kubernetes.io/cluster/bio101": "owned"}
    case.cloud.new_balancers.there["arn:others"] = {
        "LoadBalancerArn": "arn:others", "LoadBalancerName": "others", "VpcId": "vpc-others",
    }  # fmt: skip
    events = await case.tear_down(project)
    assert went_well(events)
    assert not case.cloud.balancers.there
    assert case.cloud.new_balancers.there
    assert not ec2.things["Vpcs"]
    assert not case.world.complaints


async def test_others_things_in_the_network_stay_and_hold_it(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    ec2 = case.cloud.ec2
    vpc = next(iter(ec2.things["Vpcs"]))
    ec2.make("SecurityGroups", "sg", "GroupId", {}, GroupName="thesis", VpcId=vpc)
    problem = problem_of(await case.tear_down(project))
    assert problem.title == "Something still uses the network"
    left = {one.resource.name: one for one in await case.provider(project).left()}
    assert left["thesis"].delete is None
    assert left["z2jh-bio101"].delete
    ec2.things["SecurityGroups"].popitem()
    assert went_well(await case.play([left["z2jh-bio101"].delete]))
    assert not ec2.things["Vpcs"]


async def test_what_may_not_be_asked_is_said_in_the_receipt(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.tear_down(project)
    case.world.fail_once("DescribeLogGroups", AwsError("AccessDeniedException", "no", 403))
    (left,) = await case.provider(project).leftovers()
    assert str(left[0]) == "log groups not looked for"
    case.world.fail_once("DescribeVolumes", AwsError("ExpiredToken", "no", 403))
    with pytest.raises(CloudNeedsYou):
        await case.provider(project).leftovers()


async def test_rules_that_forbid_other_regions_are_no_hindrance(case, tmp_path):
    """An organisation may forbid every question outside its own region."""
    project = case.project(tmp_path)
    case.cloud.forbidden.add("us-east-1")
    account = case.provider(project).account()
    assert REGION in {one.id for one in await account.locations()}
    assert went_well(await case.set_up(project))
    assert not [one for one in await account.preflight(project.spec) if one.verdict is Verdict.FAIL]


async def test_resizing_keeps_the_pool_and_refuses_an_empty_core(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.play([case.provider(project).resize_step("user", 4)])
    pool = case.cloud.clusters.groups["bio101", "user"]
    assert pool["scalingConfig"] == {"minSize": 4, "desiredSize": 4, "maxSize": 5}
    assert {one["key"] for one in pool["taints"]} == {
        "hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated",
    }  # fmt: skip
    events = await case.play([case.provider(project).resize_step("core", 0)])
    assert "hub itself runs" in problem_of(events).happened
    with pytest.raises(InvalidInput):
        await case.provider(project).resize_step("extra", 1).look()


async def test_students_disks_carry_our_tag_and_a_broken_addon_is_mended(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    addon = case.cloud.clusters.addons["bio101", "aws-ebs-csi-driver"]
    settings = json.loads(addon["configurationValues"])
    assert settings["defaultStorageClass"] == {"enabled": True}
    assert settings["controller"]["extraVolumeTags"]["z2jh-wizard"] == project.spec.project_id
    addon["status"] = "DEGRADED"
    events = await case.set_up(project)
    assert ended(events)["cluster.addons"] is State.DONE
    assert case.cloud.clusters.addons["bio101", "aws-ebs-csi-driver"]["status"] == "ACTIVE"


async def checks_of(case: AmazonCase, project: Project) -> dict[str, Any]:
    return {one.id: one for one in await case.provider(project).account().preflight(project.spec)}


async def test_what_an_account_lacks_is_told_before_the_work(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.iam.denied.add("eks:CreateCluster")
    case.cloud.quotas.limits.update({"L-1216C47A": 8, "L-F678F1CE": 0})
    case.cloud.ec2.offers["m5.large"] = set()
    checks = await checks_of(case, project)
    assert {name for name, one in checks.items() if one.verdict is Verdict.FAIL} == {
        "machines", "permissions", "quota.vcpu", "quota.vpc",
    }  # fmt: skip
    assert "eks:CreateCluster" in checks["permissions"].sentence
    assert "16 processors are needed at most, 8 are left" in checks["quota.vcpu"].sentence
    assert not case.world.complaints


async def test_who_may_not_ask_is_no_failure(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.iam.who = f"arn:aws:sts::{case.cloud.account}:assumed-role/Student/ada"
    case.world.fail_once("GetServiceQuota", AwsError("AccessDeniedException", "no", 403))
    case.world.fail_once("DescribeRegions", AwsError("UnauthorizedOperation", "no", 403))
    checks = await checks_of(case, project)
    unknown = {name for name, one in checks.items() if one.verdict is Verdict.UNKNOWN}
    assert {"services", "permissions"} < unknown
    case.cloud.iam.denied.add("ec2:CreateVpc")
    assert "ec2:CreateVpc" in (await checks_of(case, project))["permissions"].sentence
    case.cloud.iam.who = f"arn:aws:iam::{case.cloud.account}:root"
    assert (await checks_of(case, project))["permissions"].verdict is Verdict.WARN


async def test_credentials_of_another_account_are_refused(case, tmp_path):
    project = case.project(tmp_path)
    case.cloud.account = "999988887777"
    case.cloud.iam.who = "arn:aws:iam::999988887777:user/ada"
    problem = problem_of(await case.set_up(project))
    assert "another AWS account" in problem.title
    assert {one.name for one in case.world.calls} == {"GetCallerIdentity"}


@pytest.mark.parametrize("call", ["CreateCluster", "CreateNodegroup", "DescribeAddon", "DescribeStacks"])
async def test_a_sign_in_that_ends_in_the_middle(case, tmp_path, call):
    project = case.project(tmp_path)
    case.world.fail_once(call, AwsError("ExpiredTokenException", "The security token is expired", 403))
    problem = problem_of(await case.set_up(project))
    assert problem.title == "The sign-in to AWS has ended"
    assert went_well(await case.set_up(project))
    made = [(one.name, one.target) for one in case.world.creates()]
    assert len(made) == len(set(made)) + (call in {name for name, _ in made})


async def test_amazon_that_is_busy_or_slow_is_asked_again(case, tmp_path):
    project = case.project(tmp_path)
    role = "Role with arn: arn:aws:iam::1:role/new, could not be assumed because it does not exist"
    case.world.fail_once("CreateCluster", AwsError("InvalidParameterException", role))
    case.world.fail_once("DescribeNodegroup", AwsError("ThrottlingException", "Rate exceeded", 429))
    case.world.fail_once("DescribeStacks", AwsError("InternalFailure", "", 500))
    assert went_well(await case.set_up(project))
    assert case.clusters() == 1


@given(st.sampled_from(model("eks").shape_for("NodegroupIssueCode").enum), st.text(max_size=400))
def test_every_issue_has_words_whatever_its_text(code, text):
    for found in (of_issue(code, text, zone="z"), of_stack("ROLLBACK_COMPLETE", f"{code} {text}", "1")):
        said = str(found)
        assert found.problem.title
        assert "\x1b" not in said
        assert len(said) < 1500


async def test_a_token_says_the_cluster_and_ends(case, tmp_path):
    project = case.project(tmp_path)
    status = await case.provider(project).credential()
    kind, _, inside = status["token"].partition("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(inside + "=" * (-len(inside) % 4)).decode())
    asked = parse_qs(url.query)
    assert not kind
    assert url.netloc == f"sts.{REGION}.amazonaws.com"
    assert asked["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert asked["X-Amz-Expires"] == ["60"]
    assert status["expirationTimestamp"] == "2026-03-02T08:14:00Z"
    assert SECRET not in status["token"]


async def test_a_start_page_signs_in_and_leaves_nothing_on_the_disk(case, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(sign_in.KEYS, "")
    shown: list[sign_in.DeviceCode] = []
    pauses: list[float] = []
    page = sign_in.StartPage("https://example.awsapps.com/start", REGION, pauses.append)
    page.sign_in(shown.append)
    assert [one.code for one in shown] == ["ABCD-EFGH"]
    assert pauses == [1.0]
    assert [one.id for one in page.accounts()] == [case.cloud.account]
    assert page.roles(case.cloud.account) == ("Instructor",)
    page.take(case.cloud.account, "Instructor")
    session, source = sign_in.session()
    assert (session.get_credentials().access_key, source) == (GRANTED, "a start page (SSO)")
    assert not (tmp_path / "home").exists()
    assert not case.world.complaints


def test_keys_of_a_start_page_end(monkeypatch):
    keys = sign_in.Keys("a", "b", "c", time.time() - 1)
    assert "b" not in repr(keys)
    monkeypatch.setenv(sign_in.KEYS, msgspec.json.encode(keys).decode())
    with pytest.raises(CloudNeedsYou) as caught:
        sign_in.session()
    assert caught.value.fix == "sign-in"


def test_profiles_are_found_by_name(tmp_path, monkeypatch):
    config, keys = tmp_path / "config", tmp_path / "credentials"
    config.write_text("[default]\nregion=x\n[profile bio]\n[sso-session uni]\n[services local]\n")
    keys.write_text("[default]\naws_secret_access_key = s3cret\n[lab]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    assert sign_in.profiles() == ("default", "bio", "lab")
    assert sign_in.ways("profile:bio")[0].id in ("profile", "environment")
    assert "s3cret" not in repr(sign_in.ways())


async def test_a_profile_that_is_not_there(case):
    with pytest.raises(CloudNeedsYou):
        await Aws("", REGION, "profile:nobody").who()


@pytest.mark.parametrize("address", ["http://example.edu", "https://127.0.0.1:1", "file:///etc/passwd"])
async def test_only_an_emulator_on_this_computer_can_stand_in(case, monkeypatch, address):
    monkeypatch.setenv(ELSEWHERE, address)
    with pytest.raises(InvalidInput):
        await Aws("", REGION).who()


async def test_what_aws_does_not_know_is_complained_of(case):
    aws = Aws(case.cloud.account, REGION)
    with pytest.raises(CloudTrouble, match="does not know"):
        await aws.ask("eks", "list_insights", clusterName="bio101")
    template = {"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"Colour": "red"}}}}
    with pytest.raises(CloudTrouble):
        await aws.ask(
            "cloudformation", "create_stack", StackName="s", TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"], Tags=[{"Key": "a", "Value": "b"}],
        )  # fmt: skip
    assert [one for one in case.world.complaints if "ListInsights" in one]
    assert [one for one in case.world.complaints if "Colour" in one]


@pytest.mark.parametrize(
    ("region", "cluster", "machine"),
    [("eu south", "", ""), ("eu-south-1", "a;rm -rf ~", ""), ("eu-south-1", "", "$(id)")],
)
def test_names_that_a_shell_would_run_are_refused(tmp_path, region, cluster, machine):
    made = create_project(
        tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools={"user": Pool(1, machine)}
    )
    named = msgspec.structs.replace(made.spec.cluster, name=cluster)
    spec = msgspec.structs.replace(made.spec, account="1", region=region, cluster=named)
    with pytest.raises(InvalidInput):
        [step.commands() for step in EksProvider(Project(made.folder, spec)).steps()]


def test_an_autoscaler_is_for_pools_that_may_grow(tmp_path):
    made = create_project(tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account="1", region=REGION)
    fixed = msgspec.structs.replace(spec, pools={"user": Pool(2, "m5.large", maximum=2)})
    elsewhere = msgspec.structs.replace(spec, provider="gke")
    assert [autoscaler.wants_one(one) for one in (spec, fixed, elsewhere)] == [True, False, False]
    why = {one.id: one.why for one in EksProvider(Project(made.folder, fixed)).steps()}
    assert "number is fixed" in why["cluster.pools"]


def test_the_command_of_the_autoscaler_says_what_its_values_say(tmp_path):
    made = create_project(tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account="1", region=REGION)
    argv = [str(one) for one in autoscaler.installing(spec)[0].argv]
    said: dict[str, Any] = {}
    for pair in (argv[at + 1] for at, one in enumerate(argv) if one == "--set-string"):
        path, _, value = pair.partition("=")
        *above, last = (one.replace("\\.", ".") for one in re.split(r"(?<!\\)\.", path))
        place = said
        for one in above:
            place = place.setdefault(one, {})
        place[last] = value
    assert said == autoscaler.values(spec)


def aws_commands(script: str) -> Iterator[list[str]]:
    """Give each command of AWS's tool in a line for a shell, those inside others, too."""
    inside = re.compile(r"\$\(([^()]*)\)")
    for found in inside.findall(script):
        yield from aws_commands(found.partition(" | ")[0])
    words = shlex.split(inside.sub("X", script))
    if words[:1] == ["aws"]:
        yield words[1:]


def unknown_to_aws(words: list[str]) -> list[str]:
    """Return what of a command AWS's own models do not have; its tool is made of them."""
    service, verb, *rest = words
    if verb == "wait":
        waiters = Loader().load_service_model(service, "waiters-2")["waiters"]
        known = {xform_name(name, "-"): about["operation"] for name, about in waiters.items()}
        verb, rest = known.get(rest[0], rest[0]), rest[1:]
    operations = {xform_name(name, "-"): name for name in model(service).operation_names}
    name = operations.get(verb, verb)
    if name not in operations.values():
        return [f"{service} {verb}"]
    shape = model(service).operation_model(name).input_shape
    options = {f"--{xform_name(one, '-')}" for one in shape.members} | {"--region", "--query", "--output"}
    return [one for one in rest if one.startswith("--") and one not in options]


async def test_commands_are_those_of_awss_own_tool(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.tear_down(project)
    case.leave_behind()
    provider = case.provider(project)
    steps = [*provider.steps(), provider.resize_step("user", 3)]
    commands = [one for step in steps for one in (*step.commands(), *step.undo_commands())]
    commands += [one for left in await provider.left() if left.delete for one in left.delete.commands()]
    said = [words for one in commands for words in aws_commands(one.script or shlex.join(map(str, one.argv)))]
    assert len(said) > 30
    custom = ["eks", "update-kubeconfig"]
    assert {" ".join(words[:2]): wrong for words in said if words[:2] != custom
            and (wrong := unknown_to_aws(words))} == {}  # fmt: skip
    for one in commands:
        subprocess.run(["bash", "-n"], input=one.shell(), text=True, check=True, timeout=10)


async def test_the_keys_are_in_no_message_and_no_file(case, tmp_path):
    project = case.project(tmp_path)
    case.fail_permission()
    said = str(await case.set_up(project)) + str(await case.set_up(project))
    said += str(await case.tear_down(project))
    files = [path.read_text() for path in project.folder.rglob("*") if path.is_file()]
    assert files
    assert not any(secret in said + "".join(files) for secret in (SECRET, KEY, "k8s-aws-v1."))


def zones_of(case: AmazonCase, pool: str) -> list[str]:
    """Return the zones that a pool stands in."""
    subnets = case.cloud.ec2.things["Subnets"]
    return [subnets[one]["AvailabilityZone"] for one in case.cloud.clusters.groups["bio101", pool]["subnets"]]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_request(monkeypatch, tmp_path, after):
    for number in itertools.count(1):
        with amazon(monkeypatch) as case:
            case.switch_off()
            if not await crash_and_carry_on(case, tmp_path / str(number), number, after=after):
                break
    assert number > 50, "a whole set-up has more requests"
