"""CloudFormation: stacks of the few kinds of resources that a cluster's network and roles are made of."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from tests.emulators.aws.places import ZONES
from tests.emulators.aws.wire import AwsError
from tests.emulators.world import Pending

if TYPE_CHECKING:
    from tests.emulators.aws.cloud import Cloud

Tree = dict[str, Any]

_PROPERTIES = {
    "EC2::VPC": ("Vpcs", "vpc", "CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "Tags"),
    "EC2::InternetGateway": ("Gateways", "igw", "Tags"),
    "EC2::VPCGatewayAttachment": ("", "", "VpcId", "InternetGatewayId"),
    "EC2::RouteTable": ("Tables", "rtb", "VpcId", "Tags"),
    "EC2::Route": ("", "", "RouteTableId", "DestinationCidrBlock", "GatewayId"),
    "EC2::Subnet": (
        "Subnets", "subnet", "VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch", "Tags",
    ),
    "EC2::SubnetRouteTableAssociation": ("", "", "SubnetId", "RouteTableId"),
    "IAM::Role": ("roles", "", "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies"),
}  # fmt: skip
"""What a kind becomes, how its ids begin, and the properties that it has."""

_IDS = {"Vpcs": "VpcId", "Subnets": "SubnetId", "Gateways": "InternetGatewayId", "Tables": "RouteTableId"}

MADE = "2026-03-02T08:00:00Z"


class Stacks:
    """The stacks by their ids; ``failures`` end the next creation with a reason."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = itertools.count(1)
        self.there: dict[str, Tree] = {}
        self.pending: list[Pending] = []
        self.failures: list[str] = []

    # ---- operations ----

    def CreateStack(
        self, StackName: str, TemplateBody: str, Capabilities: list[str], Tags: list[Tree]
    ) -> Tree:
        if any(one["StackName"] == StackName for one in self._living()):
            raise AwsError("AlreadyExistsException", f"Stack [{StackName}] already exists")
        template = json.loads(TemplateBody)
        _check(template)
        if "CAPABILITY_IAM" not in Capabilities:
            raise AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
        here = f"{self._cloud.region}:{self._cloud.account}"
        number = f"arn:aws:cloudformation:{here}:stack/{StackName}/{next(self._numbers)}"
        stack: Tree = {
            "StackId": number, "StackName": StackName, "StackStatus": "CREATE_IN_PROGRESS", "Tags": Tags,
            "CreationTime": MADE, "events": [], "made": {},
        }  # fmt: skip
        self.there[number] = stack
        reason = self.failures.pop(0) if self.failures else ""

        def finish() -> None:
            if reason:
                self._event(stack, "Vpc", "AWS::EC2::VPC", "CREATE_FAILED", reason)
                stack["StackStatus"] = "ROLLBACK_COMPLETE"
                return
            for name in template["Resources"]:
                self._make(stack, template, name)
            stack["Outputs"] = [
                {"OutputKey": key, "OutputValue": self._value(stack, template, one["Value"])}
                for key, one in template["Outputs"].items()
            ]
            stack["StackStatus"] = "CREATE_COMPLETE"

        self.pending.append(self._cloud.world.begun(finish))
        return {"StackId": number}

    def DescribeStacks(self, StackName: str) -> Tree:
        stack = self._one(StackName)
        return {"Stacks": [{key: value for key, value in stack.items() if key not in ("events", "made")}]}

    def DescribeStackEvents(self, StackName: str) -> Tree:
        return {"StackEvents": list(reversed(self._one(StackName)["events"]))}

    def DeleteStack(self, StackName: str) -> Tree:
        try:
            stack = self._one(StackName)
        except AwsError:
            return {}
        stack["StackStatus"] = "DELETE_IN_PROGRESS"
        self.pending.append(self._cloud.world.begun(lambda: self._delete(stack)))
        return {}

    # ---- below ----

    def _living(self) -> list[Tree]:
        return [one for one in self.there.values() if one["StackStatus"] != "DELETE_COMPLETE"]

    def _one(self, name: str) -> Tree:
        if name in self.there:
            return self.there[name]
        for one in self._living():
            if one["StackName"] == name:
                return one
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")

    def _make(self, stack: Tree, template: Tree, name: str) -> str:
        """Make a resource unless it is there; return what a reference to it means."""
        if name in stack["made"]:
            return str(stack["made"][name][1])
        about = template["Resources"][name]
        if before := about.get("DependsOn"):
            self._make(stack, template, before)
        kind, prefix, *_ = _PROPERTIES[about["Type"].removeprefix("AWS::")]
        content = {
            key: self._value(stack, template, value)
            for key, value in about.get("Properties", {}).items()
            if key not in ("Tags", "EnableDnsHostnames", "EnableDnsSupport")
        }
        tags = {
            one["Key"]: one["Value"] for one in [*stack["Tags"], *about.get("Properties", {}).get("Tags", ())]
        }
        if zone := content.get("AvailabilityZone"):
            assert zone in ZONES[self._cloud.region], f"there is no zone {zone}"
        if kind == "roles":
            number = f"{stack['StackName']}-{name}-{next(self._numbers)}"
            self._cloud.iam.make(number)
        elif kind:
            number = self._cloud.ec2.make(kind, prefix, _IDS[kind], tags, **content)
            if kind == "Vpcs":
                group = {"GroupName": "default", "VpcId": number}
                self._cloud.ec2.make("SecurityGroups", "sg", "GroupId", {}, **group)
        else:
            number = f"{stack['StackName']}-{name}"
        stack["made"][name] = (kind, number)
        return number

    def _value(self, stack: Tree, template: Tree, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(stack, template, one) for one in value]
        if not isinstance(value, dict):
            return value
        if "Ref" in value:
            return self._make(stack, template, value["Ref"])
        if "Fn::GetAtt" in value:
            name, attribute = value["Fn::GetAtt"]
            assert attribute == "Arn"
            return self._cloud.iam.roles[self._make(stack, template, name)]["Arn"]
        if "Fn::Join" in value:
            sign, parts = value["Fn::Join"]
            return sign.join(self._value(stack, template, parts))
        if "Fn::Sub" in value:
            return (
                value["Fn::Sub"]
                .replace("${AWS::Partition}", "aws")
                .replace("${AWS::URLSuffix}", "amazonaws.com")
            )
        return {key: self._value(stack, template, one) for key, one in value.items()}

    def _delete(self, stack: Tree) -> None:
        things = self._cloud.ec2.things
        vpcs = [number for kind, number in stack["made"].values() if kind == "Vpcs"]
        cards = [one for one in things["NetworkInterfaces"].values() if one["VpcId"] in vpcs]
        groups = [
            one for one in things["SecurityGroups"].values()
            if one["VpcId"] in vpcs and one["GroupName"] != "default"
        ]  # fmt: skip
        if cards or groups:
            reason = f"The vpc {vpcs[0]} has dependencies (Error Code: DependencyViolation)"
            self._event(stack, "Vpc", "AWS::EC2::VPC", "DELETE_FAILED", reason)
            stack["StackStatus"] = "DELETE_FAILED"
            return
        for kind, number in stack["made"].values():
            if kind == "roles":
                del self._cloud.iam.roles[number]
            elif kind:
                del things[kind][number]
        for name in [name for name, one in things["SecurityGroups"].items() if one["VpcId"] in vpcs]:
            del things["SecurityGroups"][name]
        stack["StackStatus"] = "DELETE_COMPLETE"

    @staticmethod
    def _event(stack: Tree, name: str, kind: str, status: str, reason: str) -> None:
        stack["events"].append(
            {
                "StackId": stack["StackId"], "EventId": f"{name}-{len(stack['events'])}",
                "StackName": stack["StackName"], "LogicalResourceId": name, "ResourceType": kind,
                "ResourceStatus": status, "ResourceStatusReason": reason, "Timestamp": MADE,
            }
        )  # fmt: skip


def _check(template: Tree) -> None:
    """Refuse what CloudFormation does not know."""
    for name, about in template["Resources"].items():
        known = _PROPERTIES.get(about["Type"].removeprefix("AWS::"))
        if known is None:
            raise AwsError("ValidationError", f"Unrecognized resource types: [{about['Type']}]")
        if unknown := set(about.get("Properties", {})) - set(known[2:]):
            raise KeyError(f"{name}: {about['Type']} has no {', '.join(sorted(unknown))}")
