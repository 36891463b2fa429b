"""Amazon as a provider, against its emulator."""

import json
from collections.abc import Iterator

import msgspec
import pytest

from tests.cloud.amazon import REGION, AmazonCase, amazon, zones_of
from tests.cloud.contract import CloudContract, ended, problem_of, sweep, went_well
from tests.emulators.aws.wire import AwsError
from z2jh_wizard.cloud.explain import CloudNeedsYou
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.events import State
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.project.folder import Project


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


async def test_a_network_under_a_cluster_is_never_made_anew(case, tmp_path):
    """Somebody changed the stack by hand, and Amazon could not roll it back."""
    project = case.project(tmp_path)
    await case.set_up(project)
    (stack,) = case.cloud.stacks.there.values()
    stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    problem = problem_of(await case.set_up(project))
    assert "unfinished state" in problem.title
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert went_well(await case.tear_down(project))


async def test_what_kubernetes_left_in_the_network_goes_with_it(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    ec2 = case.cloud.ec2
    vpc = next(iter(ec2.things["Vpcs"]))
    group = ec2.make("SecurityGroups", "sg", "GroupId", {}, GroupName="k8s-elb-a1", VpcId=vpc)
    ec2.make(
        "NetworkInterfaces", "eni", "NetworkInterfaceId", {}, VpcId=vpc, Status="available",
        Description="aws-K8S-i-1", Groups=[{"GroupId": group}],
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
    scan = await case.provider(project).scan()
    assert [str(one.resource) for one in scan.left] == ["log groups not looked for"]
    assert "log groups" not in scan.looked_for
    case.world.fail_once("DescribeVolumes", AwsError("ExpiredToken", "no", 403))
    with pytest.raises(CloudNeedsYou):
        await case.provider(project).scan()


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


async def test_amazon_that_is_busy_or_slow_is_asked_again(case, tmp_path):
    project = case.project(tmp_path)
    role = "Role with arn: arn:aws:iam::1:role/new, could not be assumed because it does not exist"
    case.world.fail_once("CreateCluster", AwsError("InvalidParameterException", role))
    case.world.fail_once("DescribeNodegroup", AwsError("ThrottlingException", "Rate exceeded", 429))
    case.world.fail_once("DescribeStacks", AwsError("InternalFailure", "", 500))
    assert went_well(await case.set_up(project))
    assert case.clusters() == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("at_the_end", "least"), [(False, 50), (True, 20)], ids=["set-up", "end"])
async def test_a_crash_at_any_request(monkeypatch, tmp_path, at_the_end, least, after):
    count = await sweep(lambda: amazon(monkeypatch), tmp_path, at_the_end=at_the_end, after=after)
    assert count >= least, "there are more requests"
