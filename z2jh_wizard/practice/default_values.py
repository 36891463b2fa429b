"""The defaults that the API server fills in: the constant ones by type, and small rules for the others.

Source: k8s.io/kubernetes, pkg/apis/*/v1/defaults.go. A rule changes an object in place; the values below it
have their defaults already. What depends on other objects (cluster IPs, node ports, classes) is not here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from z2jh_wizard.practice.objects import Object, copy_json, dig
from z2jh_wizard.practice.quantities import parse

_HOUR = 3600
_MODE_0644 = 0o644
_RBAC = "rbac.authorization.k8s.io"

_WEBHOOK: Mapping[str, Any] = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}

CONSTANTS: Mapping[str, Mapping[str, Any]] = {
    "core.v1.PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    },
    "core.v1.Probe": {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
    "core.v1.HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core.v1.GRPCAction": {"service": ""},
    "core.v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "core.v1.ResourceFieldSelector": {"divisor": "0"},
    "core.v1.SecretVolumeSource": {"defaultMode": _MODE_0644},
    "core.v1.ConfigMapVolumeSource": {"defaultMode": _MODE_0644},
    "core.v1.DownwardAPIVolumeSource": {"defaultMode": _MODE_0644},
    "core.v1.ProjectedVolumeSource": {"defaultMode": _MODE_0644},
    "core.v1.ServiceAccountTokenProjection": {"expirationSeconds": _HOUR},
    "core.v1.HostPathVolumeSource": {"type": ""},
    "core.v1.Secret": {"type": "Opaque"},
    "core.v1.NamespaceSpec": {"finalizers": ["kubernetes"]},
    "core.v1.NamespaceStatus": {"phase": "Active"},
    "core.v1.PersistentVolumeSpec": {
        "persistentVolumeReclaimPolicy": "Retain",
        "volumeMode": "Filesystem",
    },
    "core.v1.PersistentVolumeStatus": {"phase": "Pending"},
    "core.v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core.v1.PersistentVolumeClaimStatus": {"phase": "Pending"},
    "core.v1.EndpointPort": {"protocol": "TCP"},
    "core.v1.ReplicationControllerSpec": {"replicas": 1},
    "discovery.v1.EndpointPort": {"name": "", "protocol": "TCP"},
    "apps.v1.DeploymentSpec": {"progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10},
    "apps.v1.ReplicaSetSpec": {"replicas": 1},
    "apps.v1.DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps.v1.StatefulSetSpec": {
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "podManagementPolicy": "OrderedReady",
        "replicas": 1,
        "revisionHistoryLimit": 10,
    },
    "batch.v1.CronJobSpec": {
        "concurrencyPolicy": "Allow",
        "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3,
        "suspend": False,
    },
    "storage.v1.StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "networking.v1.NetworkPolicyPort": {"protocol": "TCP"},
    "scheduling.v1.PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    "rbac.v1.RoleRef": {"apiGroup": _RBAC},
    "admissionregistration.v1.ValidatingWebhook": _WEBHOOK,
    "admissionregistration.v1.MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": "Never"},
    "admissionregistration.v1.RuleWithOperations": {"scope": "*"},
    "apiextensions.v1.CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
}


def _container(container: Object) -> None:
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("imagePullPolicy", pull_policy(container.get("image", "")))


def pull_policy(image: str) -> str:
    """Return how often an image is pulled: always when its tag is ``latest``, given or meant."""
    name = image.rpartition("/")[2]
    latest = "@" not in name and name.partition(":")[2] in ("", "latest")
    return "Always" if latest else "IfNotPresent"


def _pod_spec(spec: Object) -> None:
    """Keep the service account under its old name, too."""
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account


def _volume(volume: Object) -> None:
    if volume.keys() <= {"name"}:
        volume["emptyDir"] = {}


def _pod(pod: Object) -> None:
    spec = pod["spec"]
    spec.setdefault("enableServiceLinks", True)
    for container in spec.get("containers", []) + spec.get("initContainers", []):
        resources = container.get("resources", {})
        if limits := resources.get("limits"):
            resources["requests"] = {**limits, **resources.get("requests", {})}
        if spec.get("hostNetwork"):
            for port in container.get("ports", []):
                port.setdefault("hostPort", port.get("containerPort"))
    status = pod["status"]
    status.setdefault("phase", "Pending")
    status.setdefault("qosClass", quality_of_service(spec))


def quality_of_service(spec: Object) -> str:
    """Return the QoS class of a pod: Guaranteed, Burstable or BestEffort, by CPU and memory alone."""
    guaranteed, asks = True, False
    for container in spec.get("containers", []) + spec.get("initContainers", []):
        for name in ("cpu", "memory"):
            limit, request = (
                parse(dig(container, "resources", kind, name, default=0)) for kind in ("limits", "requests")
            )
            asks = asks or bool(limit or request)
            guaranteed = guaranteed and bool(limit) and (not request or request == limit)
    if not asks:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _secret(secret: Object) -> None:
    """Move ``stringData``, which is only ever written, into ``data``."""
    for name, text in secret.pop("stringData", {}).items():
        secret.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode("ascii")


def _namespace(namespace: Object) -> None:
    if name := dig(namespace, "metadata", "name"):
        namespace["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = name


def _node_status(status: Object) -> None:
    if "capacity" in status:
        status.setdefault("allocatable", dict(status["capacity"]))


def _service_spec(spec: Object) -> None:
    kind = spec.setdefault("type", "ClusterIP")
    if spec.setdefault("sessionAffinity", "None") == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 3 * _HOUR}})
    else:
        spec.pop("sessionAffinityConfig", None)
    for port in spec.get("ports", []):
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port")
    if kind in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _load_balancer_ingress(ingress: Object) -> None:
    if ingress.get("ip"):
        ingress.setdefault("ipMode", "VIP")


def _limit_range_item(item: Object) -> None:
    if item.get("type") != "Container":
        return
    default = {**item.get("max", {}), **item.get("default", {})}
    requests = {**item.get("min", {}), **default, **item.get("defaultRequest", {})}
    item.update({key: value for key, value in (("default", default), ("defaultRequest", requests)) if value})


def _rolling(strategy: Object, values: Mapping[str, Any]) -> None:
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy["rollingUpdate"] = {**values, **strategy.get("rollingUpdate", {})}


def _deployment_strategy(strategy: Object) -> None:
    _rolling(strategy, {"maxSurge": "25%", "maxUnavailable": "25%"})


def _daemon_set_strategy(strategy: Object) -> None:
    _rolling(strategy, {"maxSurge": 0, "maxUnavailable": 1})


def _stateful_set_strategy(strategy: Object) -> None:
    _rolling(strategy, {"partition": 0})


def _claim_template_kinds(spec: Object) -> None:
    for claim in spec.get("volumeClaimTemplates", []):
        claim.update(apiVersion="v1", kind="PersistentVolumeClaim")


def _job(job: Object) -> None:
    spec = job["spec"]
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 2**31 - 1 if "backoffLimitPerIndex" in spec else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    fails_by_policy = "podFailurePolicy" in spec
    spec.setdefault("podReplacementPolicy", "Failed" if fails_by_policy else "TerminatingOrFailed")
    _select_own_pods(job)


def _select_own_pods(job: Object) -> None:
    """Give a job a selector of its own unless it brings one, and its labels (pkg/registry/batch/job)."""
    metadata, spec = job["metadata"], job["spec"]
    template = spec["template"]["metadata"]
    uid = metadata.get("uid")
    if uid and not spec["manualSelector"]:
        labels = template.setdefault("labels", {})
        for prefix in ("", "batch.kubernetes.io/"):
            labels.setdefault(f"{prefix}controller-uid", uid)
            labels.setdefault(f"{prefix}job-name", metadata["name"])
        spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})
    if template.get("labels") and not metadata.get("labels"):
        metadata["labels"] = dict(template["labels"])


def _network_policy_spec(spec: Object) -> None:
    spec.setdefault("policyTypes", ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _subject(subject: Object) -> None:
    if subject.get("kind") in ("User", "Group"):
        subject.setdefault("apiGroup", _RBAC)


def _autoscaler_spec(spec: Object) -> None:
    spec.setdefault("minReplicas", 1)
    target = {"type": "Utilization", "averageUtilization": 80}
    spec.setdefault("metrics", [{"type": "Resource", "resource": {"name": "cpu", "target": target}}])


def _custom_resource(spec: Object) -> None:
    names = spec["names"]
    names["singular"] = names.get("singular") or names.get("kind", "").lower()
    names["listKind"] = names.get("listKind") or f"{names.get('kind', '')}List"


RULES: Mapping[str, Callable[[Object], None]] = {
    "core.v1.Container": _container,
    "core.v1.EphemeralContainer": _container,
    "core.v1.Volume": _volume,
    "core.v1.Pod": _pod,
    "core.v1.PodSpec": _pod_spec,
    "core.v1.Secret": _secret,
    "core.v1.Namespace": _namespace,
    "core.v1.NodeStatus": _node_status,
    "core.v1.ServiceSpec": _service_spec,
    "core.v1.LoadBalancerIngress": _load_balancer_ingress,
    "core.v1.LimitRangeItem": _limit_range_item,
    "apps.v1.DeploymentStrategy": _deployment_strategy,
    "apps.v1.DaemonSetUpdateStrategy": _daemon_set_strategy,
    "apps.v1.StatefulSetUpdateStrategy": _stateful_set_strategy,
    "apps.v1.StatefulSetSpec": _claim_template_kinds,
    "batch.v1.Job": _job,
    "networking.v1.NetworkPolicySpec": _network_policy_spec,
    "rbac.v1.Subject": _subject,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler_spec,
    "apiextensions.v1.CustomResourceDefinitionSpec": _custom_resource,
}


def complete(type_name: str, obj: Object) -> None:
    """Fill in the defaults of one object of a type, in place."""
    for name, value in CONSTANTS.get(type_name, {}).items():
        if name not in obj:
            obj[name] = copy_json(value)
    if rule := RULES.get(type_name):
        rule(obj)
