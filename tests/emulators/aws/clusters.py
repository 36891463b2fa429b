"""EKS: clusters, node groups, add-ons, identities of pods, and updates, each in its states."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulators.aws.places import CORES, ZONES
from tests.emulators.aws.wire import AwsError
from tests.emulators.world import Pending

if TYPE_CHECKING:
    from tests.emulators.aws.cloud import Cloud

Tree = dict[str, Any]

VERSIONS = {"1.35": "STANDARD_SUPPORT", "1.34": "STANDARD_SUPPORT", "1.31": "EXTENDED_SUPPORT"}

ADDONS = ("aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni")


class Clusters:
    """All that EKS has.

    ``failures`` end the next node group with a code and a text; in zones that are ``full`` no control plane
    has room.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = itertools.count(1)
        self.server = "https://127.0.0.1:6443"
        self.authority = "Q0E="
        self.full: set[str] = set()
        self.there: dict[str, Tree] = {}
        self.groups: dict[tuple[str, str], Tree] = {}
        self.addons: dict[tuple[str, str], Tree] = {}
        self.identities: list[Tree] = []
        self.updates: dict[str, Tree] = {}
        self.pending: list[Pending] = []
        self.failures: list[tuple[str, str]] = []
        self.resized: Callable[[str, int], None] = lambda _pool, _nodes: None

    def running(self) -> list[str]:
        """Return the machine type of each machine that runs."""
        return [one["instanceTypes"][0] for one in self.groups.values()
                for _ in range(one["scalingConfig"]["desiredSize"])]  # fmt: skip

    # ---- clusters ----

    def DescribeClusterVersions(self) -> Tree:
        return {
            "clusterVersions": [
                {"clusterVersion": one, "defaultVersion": one == "1.34", "versionStatus": status}
                for one, status in VERSIONS.items()
            ]
        }

    def ListClusters(self) -> Tree:
        return {"clusters": list(self.there)}

    def DescribeCluster(self, name: str) -> Tree:
        return {"cluster": self._cluster(name)}

    def CreateCluster(self, name: str, roleArn: str, resourcesVpcConfig: Tree, **wanted: Any) -> Tree:
        if name in self.there:
            raise AwsError("ResourceInUseException", f"Cluster already exists with name: {name}", 409)
        self._check_role(roleArn)
        subnets = self._subnets(resourcesVpcConfig["subnetIds"])
        zones = {one["AvailabilityZone"] for one in subnets}
        if len(zones) < 2:
            text = "Subnets specified must be in at least two different AZs"
            raise AwsError("InvalidParameterException", text)
        if bad := sorted(zones & self.full):
            good = sorted(set(ZONES[self._cloud.region]) - self.full)
            text = f"Cannot create cluster '{name}' because {bad[0]}, the targeted availability zone, is full"
            raise AwsError("UnsupportedAvailabilityZoneException", text, validZones=good)
        vpc = subnets[0]["VpcId"]
        found: Tree = {
            "name": name,
            "arn": f"arn:aws:eks:{self._cloud.region}:{self._cloud.account}:cluster/{name}",
            "roleArn": roleArn,
            "status": "CREATING",
            "version": wanted.get("version", "1.34"),
            "resourcesVpcConfig": {**resourcesVpcConfig, "vpcId": vpc},
            "tags": wanted.get("tags", {}),
        }
        self.there[name] = found
        group = {"GroupName": f"eks-cluster-sg-{name}-1", "VpcId": vpc}
        number = self._cloud.ec2.make("SecurityGroups", "sg", "GroupId", {}, **group)

        def finish() -> None:
            ready = {"endpoint": self.server, "certificateAuthority": {"data": self.authority}}
            found.update(status="ACTIVE", **ready)
            found["resourcesVpcConfig"]["clusterSecurityGroupId"] = number

        self._begin(finish)
        return {"cluster": dict(found)}

    def DeleteCluster(self, name: str) -> Tree:
        found = self._cluster(name)
        if any(cluster == name for cluster, _ in self.groups):
            raise AwsError("ResourceInUseException", "Cluster has nodegroups attached", 409)
        if found["status"] in ("CREATING", "DELETING"):
            raise AwsError("ResourceInUseException", f"Cluster is {found['status']}", 409)
        found["status"] = "DELETING"

        def finish() -> None:
            del self.there[name]
            self.addons = {key: one for key, one in self.addons.items() if key[0] != name}
            self.identities = [one for one in self.identities if one["clusterName"] != name]
            groups = self._cloud.ec2.things["SecurityGroups"]
            groups.pop(found["resourcesVpcConfig"]["clusterSecurityGroupId"], None)

        self._begin(finish)
        return {"cluster": dict(found)}

    # ---- node groups ----

    def ListNodegroups(self, clusterName: str) -> Tree:
        return {"nodegroups": [name for cluster, name in self.groups if cluster == clusterName]}

    def DescribeNodegroup(self, clusterName: str, nodegroupName: str) -> Tree:
        return {"nodegroup": self._group(clusterName, nodegroupName)}

    def CreateNodegroup(
        self, clusterName: str, nodegroupName: str, nodeRole: str, subnets: list[str], **wanted: Any
    ) -> Tree:
        self._active(clusterName)
        key = clusterName, nodegroupName
        if key in self.groups:
            text = f"NodeGroup already exists with name {nodegroupName} and cluster name {clusterName}"
            raise AwsError("ResourceInUseException", text, 409)
        self._check_role(nodeRole)
        self._subnets(subnets)
        _check_numbers(wanted["scalingConfig"])
        for one in wanted["instanceTypes"]:
            if one not in CORES:
                raise AwsError("InvalidParameterException", f"The following are not valid: [{one}]")
        found: Tree = {
            **{name: value for name, value in wanted.items() if name != "clientRequestToken"},
            "clusterName": clusterName,
            "nodegroupName": nodegroupName,
            "nodeRole": nodeRole,
            "subnets": subnets,
            "status": "CREATING",
            "health": {"issues": []},
        }
        self.groups[key] = found
        failure = self.failures.pop(0) if self.failures else None

        def finish() -> None:
            if failure:
                found["status"] = "CREATE_FAILED"
                found["health"] = {"issues": [{"code": failure[0], "message": failure[1]}]}
            else:
                found["status"] = "ACTIVE"
                self.resized(nodegroupName, found["scalingConfig"]["desiredSize"])

        self._begin(finish)
        return {"nodegroup": dict(found)}

    def UpdateNodegroupConfig(
        self, clusterName: str, nodegroupName: str, scalingConfig: Tree, **_more: Any
    ) -> Tree:
        found = self._group(clusterName, nodegroupName)
        if found["status"] != "ACTIVE":
            raise AwsError("ResourceInUseException", f"Nodegroup is {found['status']}", 409)
        _check_numbers(scalingConfig)
        found["status"] = "UPDATING"
        number = f"update-{next(self._numbers)}"
        self.updates[number] = update = {"id": number, "status": "InProgress", "type": "ConfigUpdate"}

        def finish() -> None:
            found.update(status="ACTIVE", scalingConfig=dict(scalingConfig))
            update["status"] = "Successful"
            self.resized(nodegroupName, scalingConfig["desiredSize"])

        self._begin(finish)
        return {"update": dict(update)}

    def DescribeUpdate(self, name: str, updateId: str, nodegroupName: str) -> Tree:
        self._group(name, nodegroupName)
        return {"update": self.updates[updateId]}

    def DeleteNodegroup(self, clusterName: str, nodegroupName: str) -> Tree:
        found = self._group(clusterName, nodegroupName)
        if found["status"] in ("CREATING", "UPDATING", "DELETING"):
            raise AwsError("ResourceInUseException", f"Nodegroup is {found['status']}", 409)
        found["status"] = "DELETING"
        self._begin(lambda: self.groups.pop((clusterName, nodegroupName)))
        return {"nodegroup": dict(found)}

    # ---- add-ons and identities ----

    def DescribeAddon(self, clusterName: str, addonName: str) -> Tree:
        self._cluster(clusterName)
        if (clusterName, addonName) not in self.addons:
            text = f"No addon: {addonName} found in cluster: {clusterName}"
            raise AwsError("ResourceNotFoundException", text, 404)
        return {"addon": self.addons[clusterName, addonName]}

    def CreateAddon(self, clusterName: str, addonName: str, tags: Tree, **wanted: Any) -> Tree:
        self._active(clusterName)
        if addonName not in ADDONS:
            raise AwsError("InvalidParameterException", f"Addon {addonName} specified is not supported")
        if (clusterName, addonName) in self.addons:
            raise AwsError("ResourceInUseException", "Addon already exists.", 409)
        json.loads(wanted.get("configurationValues", "{}"))
        pods = wanted.get("podIdentityAssociations", ())
        if pods and (clusterName, "eks-pod-identity-agent") not in self.addons:
            raise AwsError("InvalidRequestException", "The EKS Pod Identity agent is not installed")
        for one in pods:
            self._check_role(one["roleArn"])
        found: Tree = {
            "addonName": addonName, "clusterName": clusterName, "status": "CREATING", "tags": tags,
            "configurationValues": wanted.get("configurationValues", ""), "health": {"issues": []},
        }  # fmt: skip
        self.addons[clusterName, addonName] = found
        self._begin(lambda: found.update(status="ACTIVE"))
        return {"addon": dict(found)}

    def DeleteAddon(self, clusterName: str, addonName: str, preserve: bool = False) -> Tree:
        found = self.DescribeAddon(clusterName, addonName)["addon"]
        found["status"] = "DELETING"
        self._begin(lambda: self.addons.pop((clusterName, addonName)))
        return {"addon": dict(found)}

    def ListPodIdentityAssociations(self, clusterName: str, namespace: str, serviceAccount: str) -> Tree:
        self._cluster(clusterName)
        return {
            "associations": [
                one
                for one in self.identities
                if (one["clusterName"], one["namespace"], one["serviceAccount"])
                == (clusterName, namespace, serviceAccount)
            ]
        }

    def CreatePodIdentityAssociation(
        self, clusterName: str, namespace: str, serviceAccount: str, roleArn: str, **_more: Any
    ) -> Tree:
        self._active(clusterName)
        self._check_role(roleArn)
        if self.ListPodIdentityAssociations(clusterName, namespace, serviceAccount)["associations"]:
            raise AwsError("ResourceInUseException", "Association already exists", 409)
        found = {
            "clusterName": clusterName, "namespace": namespace, "serviceAccount": serviceAccount,
            "associationId": f"a-{next(self._numbers)}",
        }  # fmt: skip
        self.identities.append(found)
        return {"association": found}

    # ---- below ----

    def _begin(self, finish: Callable[[], Any]) -> None:
        self.pending.append(self._cloud.world.begun(finish))

    def _cluster(self, name: str) -> Tree:
        if name not in self.there:
            raise AwsError("ResourceNotFoundException", f"No cluster found for name: {name}.", 404)
        return self.there[name]

    def _active(self, name: str) -> None:
        if self._cluster(name)["status"] != "ACTIVE":
            raise AwsError("InvalidRequestException", f"Cluster '{name}' is not in ACTIVE status")

    def _group(self, cluster: str, name: str) -> Tree:
        self._cluster(cluster)
        if (cluster, name) not in self.groups:
            text = f"No node group found for name: {name}."
            raise AwsError("ResourceNotFoundException", text, 404)
        return self.groups[cluster, name]

    def _subnets(self, names: list[str]) -> list[Tree]:
        there = self._cloud.ec2.things["Subnets"]
        if gone := [one for one in names if one not in there]:
            raise AwsError("InvalidParameterException", f"The subnet ID '{gone[0]}' does not exist")
        return [there[one] for one in names]

    def _check_role(self, arn: str) -> None:
        if not self._cloud.iam.has(arn):
            raise AwsError("InvalidParameterException", f"Role with arn: {arn}, could not be assumed")


def _check_numbers(numbers: Tree) -> None:
    least, nodes, most = numbers["minSize"], numbers["desiredSize"], numbers["maxSize"]
    if most < 1 or not least <= nodes <= most:
        text = "desired capacity must be between minSize and maxSize, and maxSize at least 1"
        raise AwsError("InvalidParameterException", text)
