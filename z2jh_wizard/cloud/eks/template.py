"""The CloudFormation template of a cluster's network and roles; pure.

Subnets are public, so that no NAT gateway has to be paid for. Students' nodes stand in one zone, as their
disks do; the others are there because the control plane wants two zones.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Tree = dict[str, Any]

ZONES = 3
"""Zones that get a subnet, where there are so many: EKS wants two, and may have no room in one of them."""

CLUSTER_ROLE, NODE_ROLE, DISK_ROLE, SCALER_ROLE = "ClusterRole", "NodeRole", "DiskRole", "AutoscalerRole"

_PODS = "pods.eks.amazonaws.com"

SUBNETS, ZONE_NAMES, VPC = "Subnets", "Zones", "Vpc"
"""Names of the outputs beside those of the roles; the first two are lists in the same order."""


def template(zones: Sequence[str]) -> str:
    """Return the template as JSON for subnets in these zones, the one for students first."""
    resources: Tree = {**_network(), **_roles()}
    names = []
    for number, zone in enumerate(zones):
        name = f"Subnet{number}"
        names.append(name)
        resources[name] = _resource(
            "EC2::Subnet",
            VpcId={"Ref": VPC},
            CidrBlock=f"10.42.{number * 64}.0/18",
            AvailabilityZone=zone,
            MapPublicIpOnLaunch=True,
            Tags=[{"Key": "kubernetes.io/role/elb", "Value": "1"}],
        )
        resources[f"{name}Routes"] = _resource(
            "EC2::SubnetRouteTableAssociation", SubnetId={"Ref": name}, RouteTableId={"Ref": "Routes"}
        )
    outputs: Tree = {
        VPC: {"Ref": VPC},
        SUBNETS: {"Fn::Join": [",", [{"Ref": name} for name in names]]},
        ZONE_NAMES: ",".join(zones),
        **{role: {"Fn::GetAtt": [role, "Arn"]} for role in (CLUSTER_ROLE, NODE_ROLE, DISK_ROLE, SCALER_ROLE)},
    }
    tree = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Network and roles of a JupyterHub cluster, made by z2jh-wizard",
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    return json.dumps(tree, indent=1)


def _network() -> Tree:
    return {
        VPC: _resource("EC2::VPC", CidrBlock="10.42.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
        "Gateway": _resource("EC2::InternetGateway"),
        "GatewayAttachment": _resource(
            "EC2::VPCGatewayAttachment", VpcId={"Ref": VPC}, InternetGatewayId={"Ref": "Gateway"}
        ),
        "Routes": _resource("EC2::RouteTable", VpcId={"Ref": VPC}),
        "RouteOut": {
            **_resource(
                "EC2::Route",
                RouteTableId={"Ref": "Routes"},
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId={"Ref": "Gateway"},
            ),
            "DependsOn": "GatewayAttachment",
        },
    }


def _roles() -> Tree:
    return {
        CLUSTER_ROLE: _role("eks.amazonaws.com", "AmazonEKSClusterPolicy"),
        NODE_ROLE: _role(
            {"Fn::Sub": "ec2.${AWS::URLSuffix}"},
            "AmazonEKSWorkerNodePolicy",
            "AmazonEC2ContainerRegistryPullOnly",
            "AmazonEKS_CNI_Policy",
        ),
        DISK_ROLE: _role(_PODS, "service-role/AmazonEBSCSIDriverPolicy"),
        SCALER_ROLE: _role(_PODS, inline=_scaling()),
    }


def _role(service: str | Tree, *policies: str, inline: Tree | None = None) -> Tree:
    """Return a role that a service of AWS takes; pods tag their sessions with who they are."""
    actions = ["sts:AssumeRole", *(["sts:TagSession"] if service == _PODS else [])]
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    properties: Tree = {"AssumeRolePolicyDocument": _policy(trust)}
    if policies:
        properties["ManagedPolicyArns"] = [
            {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"} for name in policies
        ]
    if inline:
        properties["Policies"] = [{"PolicyName": "scale", "PolicyDocument": inline}]
    return _resource("IAM::Role", **properties)


def _scaling() -> Tree:
    """Return what the cluster autoscaler may do; it learns labels of an empty pool from EKS."""
    look = [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
    ]
    change = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    only = {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true"}}
    return _policy(
        {"Effect": "Allow", "Action": look, "Resource": "*"},
        {"Effect": "Allow", "Action": change, "Resource": "*", "Condition": only},
    )


def _policy(*statements: Tree) -> Tree:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _resource(kind: str, **properties: Any) -> Tree:
    return {"Type": f"AWS::{kind}", **({"Properties": properties} if properties else {})}
