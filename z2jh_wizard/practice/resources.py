"""The kinds that the practice cluster serves: the built-in table, and a catalogue that custom kinds join."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

OBJECT_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CREATE_ONLY = ("create",)

Key = tuple[str, str]
"""A resource's group and plural name; versions of one resource share their objects."""


@dataclass(frozen=True)
class Resource:
    """One kind of object in one version, with the names that clients know it by."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = OBJECT_VERBS
    has_generation: bool = False

    @property
    def group_version(self) -> str:
        """Return what ``apiVersion`` says, such as ``v1`` or ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> Key:
        """Return group and plural, which all versions of this resource share."""
        return self.group, self.plural

    @property
    def qualified(self) -> str:
        """Return the name that messages use, such as ``pods`` or ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        """Return the name of one, as discovery gives it."""
        return self.kind.lower()


def _core(
    plural: str,
    kind: str,
    *short: str,
    namespaced: bool = True,
    sub: str = "",
    all_: bool = False,
    generation: bool = False,
) -> Resource:
    return _of(
        "", "v1", plural, kind, *short, namespaced=namespaced, sub=sub, all_=all_, generation=generation
    )


def _of(
    group: str,
    version: str,
    plural: str,
    kind: str,
    *short: str,
    namespaced: bool = True,
    sub: str = "",
    all_: bool = False,
    generation: bool = False,
) -> Resource:
    return Resource(
        group,
        version,
        plural,
        kind,
        namespaced,
        short,
        tuple(sub.split()),
        ("all",) if all_ else (),
        has_generation=generation,
    )


def _review(group: str, plural: str, kind: str, *, namespaced: bool = False) -> Resource:
    return Resource(group, "v1", plural, kind, namespaced, verbs=CREATE_ONLY)


NAMESPACES = replace(
    _core("namespaces", "Namespace", "ns", namespaced=False, sub="status finalize"),
    verbs=tuple(verb for verb in OBJECT_VERBS if verb != "deletecollection"),
)
NODES = _core("nodes", "Node", "no", namespaced=False, sub="status")
PODS = _core("pods", "Pod", "po", sub="status log exec eviction binding", all_=True, generation=True)
SERVICES = _core("services", "Service", "svc", sub="status", all_=True)
CONFIG_MAPS = _core("configmaps", "ConfigMap", "cm")
SECRETS = _core("secrets", "Secret")
SERVICE_ACCOUNTS = _core("serviceaccounts", "ServiceAccount", "sa", sub="token")
EVENTS = _core("events", "Event", "ev")
ENDPOINTS = _core("endpoints", "Endpoints", "ep")
PERSISTENT_VOLUMES = _core("persistentvolumes", "PersistentVolume", "pv", namespaced=False, sub="status")
PERSISTENT_VOLUME_CLAIMS = _core("persistentvolumeclaims", "PersistentVolumeClaim", "pvc", sub="status")
LIMIT_RANGES = _core("limitranges", "LimitRange", "limits")
RESOURCE_QUOTAS = _core("resourcequotas", "ResourceQuota", "quota", sub="status")
REPLICATION_CONTROLLERS = _core(
    "replicationcontrollers", "ReplicationController", "rc", sub="status scale", all_=True, generation=True
)
POD_TEMPLATES = _core("podtemplates", "PodTemplate", generation=True)
DEPLOYMENTS = _of(
    "apps", "v1", "deployments", "Deployment", "deploy", sub="status scale", all_=True, generation=True
)
REPLICA_SETS = _of(
    "apps", "v1", "replicasets", "ReplicaSet", "rs", sub="status scale", all_=True, generation=True
)
STATEFUL_SETS = _of(
    "apps", "v1", "statefulsets", "StatefulSet", "sts", sub="status scale", all_=True, generation=True
)
DAEMON_SETS = _of("apps", "v1", "daemonsets", "DaemonSet", "ds", sub="status", all_=True, generation=True)
CONTROLLER_REVISIONS = _of("apps", "v1", "controllerrevisions", "ControllerRevision")
JOBS = _of("batch", "v1", "jobs", "Job", sub="status", all_=True, generation=True)
CRON_JOBS = _of("batch", "v1", "cronjobs", "CronJob", "cj", sub="status", all_=True, generation=True)
HORIZONTAL_POD_AUTOSCALERS = _of(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", sub="status", all_=True
)
INGRESSES = _of("networking.k8s.io", "v1", "ingresses", "Ingress", "ing", sub="status", generation=True)
INGRESS_CLASSES = _of(
    "networking.k8s.io", "v1", "ingressclasses", "IngressClass", namespaced=False, generation=True
)
NETWORK_POLICIES = _of(
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol", generation=True
)
POD_DISRUPTION_BUDGETS = _of(
    "policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", sub="status", generation=True
)
ROLES = _of("rbac.authorization.k8s.io", "v1", "roles", "Role")
ROLE_BINDINGS = _of("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding")
CLUSTER_ROLES = _of("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced=False)
CLUSTER_ROLE_BINDINGS = _of(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False
)
STORAGE_CLASSES = _of("storage.k8s.io", "v1", "storageclasses", "StorageClass", "sc", namespaced=False)
VOLUME_ATTACHMENTS = _of(
    "storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", namespaced=False, sub="status"
)
CSI_DRIVERS = _of("storage.k8s.io", "v1", "csidrivers", "CSIDriver", namespaced=False)
CSI_NODES = _of("storage.k8s.io", "v1", "csinodes", "CSINode", namespaced=False)
CSI_STORAGE_CAPACITIES = _of("storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity")
PRIORITY_CLASSES = _of(
    "scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", "pc", namespaced=False, generation=True
)
LEASES = _of("coordination.k8s.io", "v1", "leases", "Lease")
ENDPOINT_SLICES = _of("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", generation=True)
NEW_EVENTS = _of("events.k8s.io", "v1", "events", "Event", "ev")
CUSTOM_RESOURCE_DEFINITIONS = _of(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    "crd",
    "crds",
    namespaced=False,
    sub="status",
    generation=True,
)
MUTATING_WEBHOOKS = _of(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
    namespaced=False,
    generation=True,
)
VALIDATING_WEBHOOKS = _of(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    namespaced=False,
    generation=True,
)
SELF_SUBJECT_ACCESS_REVIEWS = _review(
    "authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview"
)
SELF_SUBJECT_RULES_REVIEWS = _review(
    "authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview"
)
SUBJECT_ACCESS_REVIEWS = _review("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview")
LOCAL_SUBJECT_ACCESS_REVIEWS = _review(
    "authorization.k8s.io", "localsubjectaccessreviews", "LocalSubjectAccessReview", namespaced=True
)
SELF_SUBJECT_REVIEWS = _review("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview")
TOKEN_REVIEWS = _review("authentication.k8s.io", "tokenreviews", "TokenReview")

RESOURCES: tuple[Resource, ...] = tuple(value for value in globals().values() if isinstance(value, Resource))
"""All built-in resources, in the order in which discovery lists them."""


class Catalogue:
    """The resources served now: the built-in ones and those that custom resource definitions add."""

    def __init__(self, resources: tuple[Resource, ...] = RESOURCES) -> None:
        self._by_key: dict[Key, dict[str, Resource]] = {}
        self._by_kind: dict[tuple[str, str], Resource] = {}
        for resource in resources:
            self.add(resource)

    def __iter__(self) -> Iterator[Resource]:
        return (resource for versions in self._by_key.values() for resource in versions.values())

    def add(self, resource: Resource) -> None:
        """Serve one more version of a resource, or replace that version."""
        self._by_key.setdefault(resource.key, {})[resource.version] = resource
        self._by_kind[resource.group, resource.kind] = self._by_key[resource.key][
            next(iter(self._by_key[resource.key]))
        ]

    def remove(self, key: Key) -> None:
        """Serve no version of this resource any more."""
        for resource in self._by_key.pop(key, {}).values():
            self._by_kind.pop((resource.group, resource.kind), None)

    def find(self, group: str, plural: str, version: str | None = None) -> Resource | None:
        """Return the resource, in its preferred version unless one is named; None when it is not served."""
        versions = self._by_key.get((group, plural), {})
        return versions.get(version) if version else next(iter(versions.values()), None)

    def by_kind(self, group: str, kind: str) -> Resource | None:
        """Return the resource that serves a kind in its preferred version; None when there is none."""
        return self._by_kind.get((group, kind))

    def group_versions(self) -> dict[str, dict[str, list[Resource]]]:
        """Return all resources by group, then version."""
        groups: dict[str, dict[str, list[Resource]]] = {}
        for resource in self:
            groups.setdefault(resource.group, {}).setdefault(resource.version, []).append(resource)
        return groups


def find(group: str, plural: str) -> Resource | None:
    """Return the built-in resource of that group and plural name; None when there is none."""
    return next((resource for resource in RESOURCES if resource.key == (group, plural)), None)


def by_kind(group: str, kind: str) -> Resource | None:
    """Return the built-in resource that serves a kind; None when there is none."""
    return next((r for r in RESOURCES if (r.group, r.kind) == (group, kind)), None)
