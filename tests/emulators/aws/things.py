"""Load balancers of both kinds, log groups and image repositories: what a cluster may leave behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.emulators.aws.wire import AwsError

Tree = dict[str, Any]


@dataclass
class Balancers:
    """Classic ones, by name; ``tags`` by name, too."""

    there: dict[str, Tree] = field(default_factory=dict)
    tags: dict[str, Tree] = field(default_factory=dict)

    def DescribeLoadBalancers(self, LoadBalancerNames: list[str] | None = None) -> Tree:
        for one in LoadBalancerNames or ():
            if one not in self.there:
                raise AwsError("LoadBalancerNotFound", f"There is no ACTIVE Load Balancer named '{one}'")
        return {
            "LoadBalancerDescriptions": [
                one for name, one in self.there.items() if not LoadBalancerNames or name in LoadBalancerNames
            ]
        }

    def DescribeTags(self, LoadBalancerNames: list[str]) -> Tree:
        return {
            "TagDescriptions": [
                {"LoadBalancerName": one, "Tags": tag_list(self.tags.get(one, {}))}
                for one in LoadBalancerNames
            ]
        }

    def DeleteLoadBalancer(self, LoadBalancerName: str) -> Tree:
        self.there.pop(LoadBalancerName, None)
        return {}


@dataclass
class NewBalancers:
    """Newer ones, by ARN."""

    there: dict[str, Tree] = field(default_factory=dict)
    tags: dict[str, Tree] = field(default_factory=dict)

    def DescribeLoadBalancers(self, LoadBalancerArns: list[str] | None = None) -> Tree:
        for one in LoadBalancerArns or ():
            if one not in self.there:
                raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
        return {
            "LoadBalancers": [
                one for arn, one in self.there.items() if not LoadBalancerArns or arn in LoadBalancerArns
            ]
        }

    def DescribeTags(self, ResourceArns: list[str]) -> Tree:
        return {
            "TagDescriptions": [
                {"ResourceArn": one, "Tags": tag_list(self.tags.get(one, {}))} for one in ResourceArns
            ]
        }

    def DeleteLoadBalancer(self, LoadBalancerArn: str) -> Tree:
        self.there.pop(LoadBalancerArn, None)
        return {}


@dataclass
class Logs:
    groups: list[Tree] = field(default_factory=list)

    def DescribeLogGroups(self, logGroupNamePrefix: str) -> Tree:
        return {
            "logGroups": [one for one in self.groups if one["logGroupName"].startswith(logGroupNamePrefix)]
        }


@dataclass
class Images:
    """Repositories by name, each with its tags."""

    there: dict[str, Tree] = field(default_factory=dict)

    def GetResources(self, TagFilters: list[Tree], ResourceTypeFilters: list[str]) -> Tree:
        assert ResourceTypeFilters == ["ecr:repository"]
        return {
            "ResourceTagMappingList": [
                {"ResourceARN": _arn(name), "Tags": tag_list(tags)}
                for name, tags in self.there.items()
                if all(tags.get(one["Key"]) in one["Values"] for one in TagFilters)
            ]
        }


def tag_list(tags: Tree) -> list[Tree]:
    """Return tags as most services tell them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _arn(name: str) -> str:
    return f"arn:aws:ecr:us-east-1:111122223333:repository/{name}"
