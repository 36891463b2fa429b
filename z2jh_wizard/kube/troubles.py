"""What is known of each trouble: how bad it is, what it means and what to do; the words of a diagnosis.

Sources: the Kubernetes documentation on debugging pods and scheduling, and the z2jh guide's debugging page.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Severity(str, enum.Enum):
    """How bad a trouble is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One sort of trouble; ``summary`` follows the name of what has it."""

    id: str
    severity: Severity
    summary: str
    cause: str
    next: str


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

IMAGE_MISSING = Trouble(
    "image-not-found", E, "cannot start: its image does not exist",
    "The registry knows no image of that name and tag.",
    "Correct the image's name or tag in config.yaml, then run: z2jh-wizard apply",
)  # fmt: skip
IMAGE_FORBIDDEN = Trouble(
    "image-not-allowed", E, "cannot start: the registry does not give out its image",
    "The image is private and the cluster has no credentials for it, or the name is wrong.",
    "Make the image public, or set imagePullSecret in config.yaml, then run: z2jh-wizard apply",
)  # fmt: skip
IMAGE_LIMITED = Trouble(
    "image-rate-limit", E, "cannot start: the registry limits how often images are pulled",
    "Docker Hub allows few pulls without an account, and all nodes share that limit.",
    "Wait for an hour, or use an image from quay.io or your cloud's registry.",
)  # fmt: skip
IMAGE_PLATFORM = Trouble(
    "image-platform", E, "cannot start: its image was built for another kind of processor",
    "Nodes with ARM processors need images built for ARM.",
    "Use an image for both platforms, or nodes with Intel or AMD processors.",
)  # fmt: skip
IMAGE_NETWORK = Trouble(
    "image-network", E, "cannot start: its nodes do not reach the registry",
    "The nodes have no way to the internet, or its DNS does not answer.",
    "Check the network's NAT and firewall, or use a registry inside the network.",
)  # fmt: skip
IMAGE_NAME = Trouble(
    "image-name-invalid", E, "cannot start: the name of its image cannot be read",
    "An image is written as registry/name:tag, in lower-case letters.",
    "Correct the image in config.yaml, then run: z2jh-wizard apply",
)  # fmt: skip
IMAGE_PULL = Trouble(
    "image-pull", E, "cannot start: its image could not be pulled",
    "The evidence says why; the cluster tries again by itself.",
    "Check the image's name and tag in config.yaml.",
)  # fmt: skip
CRASH = Trouble(
    "crash-loop", E, "starts and ends again and again",
    "The program inside ends with an error; its last log lines say why.",
    "Read the log. For the hub it is often a mistake in hub.config or hub.extraConfig in config.yaml.",
)  # fmt: skip
CONFIG_MISSING = Trouble(
    "config-missing", E, "cannot start: a Secret or ConfigMap that it needs is missing",
    "It was deleted, or is in another namespace.",
    "Run: z2jh-wizard apply. If you named it yourself in config.yaml, make it in the hub's namespace.",
)  # fmt: skip
CONTAINER = Trouble(
    "container-not-created", E, "cannot start: its container cannot be made",
    "The command or a volume of the container is wrong.",
    "Check cmd, lifecycleHooks and extraVolumeMounts in config.yaml.",
)  # fmt: skip
OUT_OF_MEMORY = Trouble(
    "out-of-memory", E, "was killed: it used more memory than its limit",
    "The limit is smaller than what the work needs.",
    "Raise the memory limit (singleuser.memory.limit for students), then run: z2jh-wizard apply",
)  # fmt: skip
WAS_OUT_OF_MEMORY = Trouble(
    "out-of-memory-before", W, "was killed for its use of memory and runs again",
    "The limit is smaller than what the work needs at times.",
    "Raise the memory limit (singleuser.memory.limit for students) if it happens again.",
)  # fmt: skip
EVICTED = Trouble(
    "evicted", W, "was evicted: its node ran short",
    "The pods of the node used more memory or disk than they had reserved.",
    "Raise memory guarantees, or use more or larger nodes: z2jh-wizard resize",
)  # fmt: skip
NO_MEMORY = Trouble(
    "not-enough-memory", E, "waits: no node has enough free memory",
    "All nodes that may take it are full.",
    "Add nodes: z2jh-wizard resize N, or lower singleuser.memory.guarantee.",
)  # fmt: skip
NO_CPU = Trouble(
    "not-enough-cpu", E, "waits: no node has enough free CPU",
    "All nodes that may take it are full.",
    "Add nodes: z2jh-wizard resize N, or lower singleuser.cpu.guarantee.",
)  # fmt: skip
NO_POD_ROOM = Trouble(
    "too-many-pods", E, "waits: the nodes hold as many pods as they can",
    "Each node has a fixed number of pods, on some clouds below thirty.",
    "Add nodes: z2jh-wizard resize N",
)  # fmt: skip
NO_DISK_ROOM = Trouble(
    "too-many-volumes", E, "waits: no node can attach one more disk",
    "A machine attaches a limited number of disks, and each student has one.",
    "Add nodes: z2jh-wizard resize N, or use machines that attach more disks.",
)  # fmt: skip
TAINTED = Trouble(
    "taints", E, "waits: all nodes refuse it by a taint",
    "A taint keeps pods without the matching toleration away.",
    "Add nodes to the pool it belongs to, or set its tolerations in config.yaml.",
)  # fmt: skip
NO_MATCH = Trouble(
    "no-matching-node", E, "waits: no node has the labels it asks for",
    "A node selector or affinity names labels that no node has.",
    "Check nodeSelector and nodeAffinity in config.yaml, or label the node pool.",
)  # fmt: skip
WRONG_ZONE = Trouble(
    "volume-zone", E, "waits: its disk is in a zone without a free node",
    "A disk can only be attached in the zone where it was made.",
    "Add a node in that zone, or keep all nodes in one zone.",
)  # fmt: skip
UNBOUND = Trouble(
    "volume-unbound", E, "waits: its volume is not there yet",
    "The claim has no disk; the claim's own events say why.",
    "Look at the claim: kubectl describe pvc. Often the cluster has no default StorageClass.",
)  # fmt: skip
NO_NODES = Trouble(
    "no-nodes", E, "waits: the cluster has no nodes",
    "All node pools are empty.",
    "Add nodes: z2jh-wizard resize N",
)  # fmt: skip
CORDONED = Trouble(
    "nodes-cordoned", E, "waits: the nodes take no new pods",
    "They are cordoned, as before a drain or an upgrade.",
    "Wait for the upgrade's end, or allow pods again: kubectl uncordon NODE",
)  # fmt: skip
UNSCHEDULED = Trouble(
    "unschedulable", E, "waits: no node can take it",
    "The evidence says what each node lacks.",
    "Add nodes or change what the pod asks for.",
)  # fmt: skip
SLOW_START = Trouble(
    "slow-start", W, "has been starting for long",
    "A large image is being pulled, or a volume is slow to attach.",
    "Wait; its events say what it is doing.",
)  # fmt: skip
NOT_READY = Trouble(
    "not-ready", W, "runs but is not ready",
    "Its readiness check fails.",
    "Read its log.",
)  # fmt: skip
STUCK_END = Trouble(
    "stuck-terminating", W, "has been ending for long",
    "Its node does not answer, or a finalizer holds it.",
    "Check the node; a node that is gone for good can be deleted in the cloud.",
)  # fmt: skip
MOUNT_SECRET = Trouble(
    "mount-missing", E, "cannot start: a Secret or ConfigMap that it mounts is missing",
    "It was deleted, or is in another namespace.",
    "Run: z2jh-wizard apply. If you named it yourself in config.yaml, make it in the hub's namespace.",
)  # fmt: skip
MOUNT_BUSY = Trouble(
    "volume-in-use", W, "waits: its disk is still attached to another node",
    "The disk is let go some minutes after its last pod ended.",
    "Wait for up to ten minutes.",
)  # fmt: skip
MOUNT = Trouble(
    "mount-failed", E, "cannot start: a volume cannot be mounted",
    "The evidence says why; NFS servers that do not answer are the most frequent reason.",
    "Check the volume's server, path and firewall.",
)  # fmt: skip
QUOTA = Trouble(
    "quota", E, "cannot make its pods: a quota of the namespace is used up",
    "The administrators limit what a namespace may use.",
    "Stop servers that nobody uses, or ask the administrators for a larger quota.",
)  # fmt: skip
NOT_PERMITTED = Trouble(
    "not-permitted", E, "cannot make its pods: the cluster's rules do not allow them",
    "An admission rule (pod security, OpenShift's constraints) refuses them.",
    "Set the securityContext values that the evidence names, or ask the administrators.",
)  # fmt: skip
NOT_CREATED = Trouble(
    "pods-not-created", E, "cannot make its pods",
    "The evidence says why.",
    "Correct the setting it names in config.yaml, then run: z2jh-wizard apply",
)  # fmt: skip
NO_DEFAULT_CLASS = Trouble(
    "no-default-storageclass", E, "waits: the cluster has no default StorageClass",
    "The claim names no StorageClass, and the cluster does not choose one.",
    "Set singleuser.storage.dynamic.storageClass and hub.db.pvc.storageClassName in config.yaml.",
)  # fmt: skip
NO_SUCH_CLASS = Trouble(
    "storageclass-missing", E, "waits: its StorageClass does not exist",
    "The claim names a StorageClass that the cluster does not have.",
    "Choose one of: kubectl get storageclass",
)  # fmt: skip
PROVISIONING = Trouble(
    "volume-not-made", E, "waits: the cloud does not make its disk",
    "The evidence says why; a quota on disks is the most frequent reason.",
    "Raise the quota, or delete disks that nobody uses.",
)  # fmt: skip
NO_ADDRESS = Trouble(
    "load-balancer-pending", W, "has no public address yet",
    "Clouds need up to five minutes; clusters without a load balancer never give one.",
    "Wait; on a campus or local cluster use proxy.service.type NodePort or an ingress.",
)  # fmt: skip
ADDRESS_FAILED = Trouble(
    "load-balancer-failed", E, "gets no public address",
    "The cloud refuses to make the load balancer.",
    "The evidence says why; a quota on addresses or a missing subnet tag are frequent reasons.",
)  # fmt: skip
NODE_DOWN = Trouble(
    "node-not-ready", E, "does not work",
    "It starts, has lost its network, or its machine is gone.",
    "Wait for five minutes; then let the cloud replace it, or delete it there.",
)  # fmt: skip
NODE_PRESSED = Trouble(
    "node-pressure", W, "runs short",
    "Kubernetes begins to evict pods from it.",
    "Use larger nodes or disks, or raise the guarantees so that fewer pods share a node.",
)  # fmt: skip

PULL_CAUSES: tuple[tuple[re.Pattern[str], Trouble], ...] = (
    (re.compile(r"toomanyrequests|rate limit|429 Too Many", re.I), IMAGE_LIMITED),
    (re.compile(r"no match for platform|exec format error", re.I), IMAGE_PLATFORM),
    (
        re.compile(r"unauthorized|denied|forbidden|authentication required|no basic auth", re.I),
        IMAGE_FORBIDDEN,
    ),
    (re.compile(r"not found|manifest unknown|does not exist|no such image", re.I), IMAGE_MISSING),
    (
        re.compile(r"no such host|i/o timeout|connection refused|dial tcp|deadline exceeded", re.I),
        IMAGE_NETWORK,
    ),
)
"""What a registry or the container runtime says, the most telling first."""

SCHEDULING_CAUSES: tuple[tuple[re.Pattern[str], Trouble], ...] = (
    (re.compile(r"no nodes available", re.I), NO_NODES),
    (
        re.compile(r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found", re.I),
        UNBOUND,
    ),
    (re.compile(r"Insufficient memory"), NO_MEMORY),
    (re.compile(r"Insufficient cpu"), NO_CPU),
    (re.compile(r"Too many pods"), NO_POD_ROOM),
    (re.compile(r"exceed max volume count"), NO_DISK_ROOM),
    (re.compile(r"volume node affinity conflict"), WRONG_ZONE),
    (re.compile(r"didn't match Pod's node affinity|didn't match.*selector", re.I), NO_MATCH),
    (re.compile(r"unschedulable"), CORDONED),
    (re.compile(r"taint", re.I), TAINTED),
)
"""Clauses of the scheduler's message. Core nodes always refuse students by their taint, so a lack of room on
the other nodes says more and stands before."""

WAITING_CAUSES: dict[str, Trouble] = {
    "ErrImagePull": IMAGE_PULL,
    "ImagePullBackOff": IMAGE_PULL,
    "ErrImageNeverPull": IMAGE_PULL,
    "RegistryUnavailable": IMAGE_NETWORK,
    "InvalidImageName": IMAGE_NAME,
    "CrashLoopBackOff": CRASH,
    "Error": CRASH,
    "StartError": CONTAINER,
    "ContainerCannotRun": CONTAINER,
    "RunContainerError": CONTAINER,
    "CreateContainerError": CONTAINER,
    "CreateContainerConfigError": CONFIG_MISSING,
    "OOMKilled": OUT_OF_MEMORY,
    "Evicted": EVICTED,
}
"""kubectl's word for a pod, without ``Init:``."""

EVENT_CAUSES: tuple[tuple[str, str, re.Pattern[str], Trouble], ...] = (
    ("FailedMount", "Pod", re.compile(r"(secret|configmap) \"[^\"]*\" not found"), MOUNT_SECRET),
    ("FailedMount", "Pod", re.compile(r"object \"[^\"]*\"/\"[^\"]*\" not registered"), MOUNT_SECRET),
    ("FailedMount", "Pod", re.compile(r""), MOUNT),
    ("FailedAttachVolume", "Pod", re.compile(r"Multi-Attach|already exclusively attached", re.I), MOUNT_BUSY),
    ("FailedAttachVolume", "Pod", re.compile(r""), MOUNT),
    ("FailedCreate", "", re.compile(r"exceeded quota|must specify (limits|requests)"), QUOTA),
    (
        "FailedCreate",
        "",
        re.compile(r"PodSecurity|security context constraint|admission webhook|denied"),
        NOT_PERMITTED,
    ),
    ("FailedCreate", "", re.compile(r""), NOT_CREATED),
    ("ProvisioningFailed", "PersistentVolumeClaim", re.compile(r"storageclass.* not found"), NO_SUCH_CLASS),
    ("ProvisioningFailed", "PersistentVolumeClaim", re.compile(r""), PROVISIONING),
    ("SyncLoadBalancerFailed", "Service", re.compile(r""), ADDRESS_FAILED),
    ("CreatingLoadBalancerFailed", "Service", re.compile(r""), ADDRESS_FAILED),
)
"""Reason, kind (empty for any) and message of warning events, the most telling of a reason first."""


def first_match(text: str, causes: tuple[tuple[re.Pattern[str], Trouble], ...]) -> Trouble | None:
    """Return the trouble of the first pattern that is found in the text."""
    return next((trouble for pattern, trouble in causes if pattern.search(text)), None)
