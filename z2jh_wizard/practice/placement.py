"""Which node fits a pod, which fits best, and why none does: the scheduler's rules, without a cluster.

The order of the checks, the words of the reasons and what preemption can cure follow kube-scheduler
(k8s.io/kubernetes/pkg/scheduler/framework/plugins); topology spread and pod affinity are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.meta import (
    containers_of,
    init_containers_of,
    is_terminating,
    labels_of,
    node_of,
    priority_of,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object

VOLUME_LIMIT_ANNOTATION = "practice.z2jh-wizard/attachable-volumes"
"""On a node: how many disks can be attached; the CSINode object says the same."""

_HARD = ("NoSchedule", "NoExecute")
_DEFAULT_PODS = 110


@dataclass(frozen=True)
class Demand:
    """What a pod asks for, or a node offers: CPU in thousandths, memory in bytes, other resources by name."""

    cpu: int = 0
    memory: int = 0
    other: tuple[tuple[str, int], ...] = ()


def demand_of(pod: Object) -> Demand:
    """Return what a pod asks for: its containers together, or its largest init container if that is more."""
    total: Counter[str] = Counter()
    for container in containers_of(pod):
        total.update(_requests(container))
    running: Counter[str] = Counter()
    for container in init_containers_of(pod):
        asked = _requests(container)
        if container.get("restartPolicy") == "Always":
            running.update(asked)
            total.update(asked)
            continue
        for name, value in asked.items():
            total[name] = max(total[name], value + running[name])
    total.update(_amounts(pod["spec"].get("overhead") or {}))
    return _demand(total)


def _requests(container: Object) -> dict[str, int]:
    resources = container.get("resources") or {}
    return _amounts((resources.get("limits") or {}) | (resources.get("requests") or {}))


def _amounts(texts: Mapping[str, str]) -> dict[str, int]:
    return {name: _amount(name, str(value)) for name, value in texts.items()}


def _amount(name: str, value: str) -> int:
    if name == "cpu":
        return quantities.millicores(value)
    return quantities.whole(value)


def _demand(amounts: Mapping[str, int]) -> Demand:
    other = ((n, v) for n, v in sorted(amounts.items()) if n not in ("cpu", "memory", "pods") and v)
    return Demand(amounts.get("cpu", 0), amounts.get("memory", 0), tuple(other))


class NodeRoom:
    """One node: what it offers, and what the pods on it ask for."""

    def __init__(self, node: Object) -> None:
        self.pods: dict[str, Demand] = {}
        self.cpu = 0
        self.memory = 0
        self.other: Counter[str] = Counter()
        self.volumes: Counter[str] = Counter()
        self._claims: dict[str, tuple[str, ...]] = {}
        self.node = node
        self.refresh(node)

    def refresh(self, node: Object) -> None:
        """Take over a new version of the node object."""
        self.node = node
        self.name: str = node["metadata"]["name"]
        self.labels = labels_of(node)
        self.taints: list[Object] = node["spec"].get("taints") or []
        allocatable = _amounts(status_of(node).get("allocatable") or {})
        self.offer = _demand(allocatable)
        self.max_pods = allocatable.get("pods", _DEFAULT_PODS)
        limit = (node["metadata"].get("annotations") or {}).get(VOLUME_LIMIT_ANNOTATION)
        self.max_volumes = int(limit) if limit else None
        self.images = {name for image in status_of(node).get("images") or [] for name in image["names"]}

    def add(self, pod: Object, demand: Demand, volumes: Iterable[str]) -> None:
        """Count a pod in; one that is counted already is counted anew."""
        uid = uid_of(pod)
        self.remove(uid)
        self.pods[uid] = demand
        self.cpu += demand.cpu
        self.memory += demand.memory
        self.other.update(dict(demand.other))
        self._claims[uid] = tuple(volumes)
        self.volumes.update(self._claims[uid])

    def remove(self, uid: str) -> None:
        """Count a pod out."""
        demand = self.pods.pop(uid, None)
        if demand is None:
            return
        self.cpu -= demand.cpu
        self.memory -= demand.memory
        self.other.subtract(dict(demand.other))
        for volume in self._claims.pop(uid):
            self.volumes[volume] -= 1
            if not self.volumes[volume]:
                del self.volumes[volume]

    def without(self, uids: Iterable[str]) -> NodeRoom:
        """Return the node as it would be without some pods."""
        gone = set(uids)
        room = NodeRoom(self.node)
        room.pods = {uid: d for uid, d in self.pods.items() if uid not in gone}
        room.cpu = sum(d.cpu for d in room.pods.values())
        room.memory = sum(d.memory for d in room.pods.values())
        for uid, demand in room.pods.items():
            room.other.update(dict(demand.other))
            room._claims[uid] = self._claims[uid]
            room.volumes.update(self._claims[uid])
        return room


@dataclass(frozen=True)
class Request:
    """A pod that wants a node; ``volumes`` are the disks it mounts, ``pinned`` the node they tie it to."""

    pod: Object
    demand: Demand
    volumes: tuple[str, ...] = ()
    pinned: str = ""

    @property
    def signature(self) -> tuple[object, ...]:
        """Return what decides where the pod fits; pods of one signature share their fate in one pass."""
        spec = self.pod["spec"]
        parts = (spec.get(k) for k in ("nodeSelector", "affinity", "tolerations", "nodeName", "priority"))
        return (self.demand, len(self.volumes), self.pinned, repr(list(parts)))


@dataclass(frozen=True)
class Misfit:
    """Why a pod cannot go to one node; ``curable`` if taking other pods away from there could help."""

    reasons: tuple[str, ...]
    curable: bool = False


def misfit(request: Request, room: NodeRoom) -> Misfit | None:
    """Return why a pod cannot go to a node, by the first check that fails, or None if it can."""
    spec = request.pod["spec"]
    tolerations: list[Object] = spec.get("tolerations") or []
    if room.node["spec"].get("unschedulable") and not tolerates(_UNSCHEDULABLE, tolerations):
        return Misfit(("node(s) were unschedulable",))
    for taint in room.taints:
        if taint["effect"] in _HARD and not tolerates(taint, tolerations):
            shown = f"{taint['key']}: {taint.get('value') or ''}"
            return Misfit((f"node(s) had untolerated taint {{{shown}}}",))
    if not matches_node(spec, room.labels, room.name):
        return Misfit(("node(s) didn't match Pod's node affinity/selector",))
    short = _shortages(request.demand, room)
    if short:
        return Misfit(tuple(text for text, _ in short), all(curable for _, curable in short))
    if request.pinned and request.pinned != room.name:
        return Misfit(("node(s) had volume node affinity conflict",))
    new = sum(volume not in room.volumes for volume in request.volumes)
    if new and room.max_volumes is not None and len(room.volumes) + new > room.max_volumes:
        return Misfit(("node(s) exceed max volume count",), curable=True)
    return None


def _shortages(demand: Demand, room: NodeRoom) -> list[tuple[str, bool]]:
    """Return which resources are short, each with whether the whole node would have enough."""
    short: list[tuple[str, bool]] = []
    if len(room.pods) >= room.max_pods:
        short.append(("Too many pods", room.max_pods > 0))
    if demand.cpu and room.cpu + demand.cpu > room.offer.cpu:
        short.append(("Insufficient cpu", demand.cpu <= room.offer.cpu))
    if demand.memory and room.memory + demand.memory > room.offer.memory:
        short.append(("Insufficient memory", demand.memory <= room.offer.memory))
    offers = dict(room.offer.other)
    for name, value in demand.other:
        if room.other[name] + value > offers.get(name, 0):
            short.append((f"Insufficient {name}", value <= offers.get(name, 0)))
    return short


_UNSCHEDULABLE: Object = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def tolerates(taint: Object, tolerations: Iterable[Object]) -> bool:
    """Say whether one of the tolerations covers a taint."""
    return any(_covers(toleration, taint) for toleration in tolerations)


def _covers(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key")) and (toleration.get("value") or "") == (taint.get("value") or "")


def matches_node(spec: Object, labels: Mapping[str, str], name: str) -> bool:
    """Say whether a pod's nodeSelector and required node affinity allow a node."""
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    return any(_term_matches(term, labels, name) for term in required.get("nodeSelectorTerms") or [])


def _term_matches(term: Object, labels: Mapping[str, str], name: str) -> bool:
    expressions = term.get("matchExpressions") or []
    fields = term.get("matchFields") or []
    if not expressions and not fields:
        return False
    by_field = {"metadata.name": name}
    return all(_expression_holds(e, labels) for e in expressions) and all(
        _expression_holds(f, by_field) for f in fields
    )


def _expression_holds(expression: Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    holds: dict[str, Callable[[], bool]] = {
        "In": lambda: value in values,
        "NotIn": lambda: value not in values,
        "Exists": lambda: value is not None,
        "DoesNotExist": lambda: value is None,
        "Gt": lambda: _number(value) is not None and (_number(value) or 0) > int(values[0]),
        "Lt": lambda: _number(value) is not None and (_number(value) or 0) < int(values[0]),
    }
    return holds[expression["operator"]]()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdecimal() else None


# ------------------------------------------------------------------ scores


def score(request: Request, room: NodeRoom, siblings: int, *, packing: bool) -> float:
    """Return how good a node is for a pod, the higher the better.

    ``packing`` weighs as the chart's user scheduler does (node affinity, then the fullest node); otherwise as
    the default scheduler does, which spreads: ``siblings`` is the number of pods of the same owner there.
    """
    affinity = _preference(request.pod, room)
    used = _used_share(request.demand, room)
    local = 100.0 if _image_is_there(request.pod, room) else 0.0
    if packing:
        return 14631 * affinity + 121 * used + 11 * local
    avoided: int = sum(
        taint["effect"] == "PreferNoSchedule"
        and not tolerates(taint, request.pod["spec"].get("tolerations") or [])
        for taint in room.taints
    )
    return 2 * affinity + (100 - used) + local / 10 - 300 * avoided - 20 * siblings


def _preference(pod: Object, room: NodeRoom) -> float:
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    terms = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or []
    total = sum(int(term["weight"]) for term in terms)
    held: int = sum(t["weight"] for t in terms if _term_matches(t["preference"], room.labels, room.name))
    return float(100 * held / total) if total else 0.0


def _used_share(demand: Demand, room: NodeRoom) -> float:
    cpu = (room.cpu + demand.cpu) / room.offer.cpu if room.offer.cpu else 1.0
    memory = (room.memory + demand.memory) / room.offer.memory if room.offer.memory else 1.0
    return 50 * (min(cpu, 1.0) + min(memory, 1.0))


def _image_is_there(pod: Object, room: NodeRoom) -> bool:
    return any(container["image"] in room.images for container in containers_of(pod))


# ------------------------------------------------------------------ words


def explain(misfits: Sequence[Misfit], preemption: str, general: str = "") -> str:
    """Return the scheduler's message for a pod that fits nowhere; ``general`` is a reason about no node."""
    total = len(misfits)
    if not total and not general:
        return "no nodes available to schedule pods"
    text = f"0/{total} nodes are available:"
    if general:
        text += f" {general}."
    else:
        reasons = Counter(reason for each in misfits for reason in each.reasons)
        text += " " + ", ".join(sorted(f"{number} {reason}" for reason, number in reasons.items())) + "."
    return f"{text} {preemption}" if preemption else text


def no_preemption(misfits: Sequence[Misfit], *, general: bool = False) -> str:
    """Return what the scheduler says when taking lower priority pods away does not help either."""
    total = len(misfits)
    cured = 0 if general else sum(each.curable for each in misfits)
    parts = []
    if cured:
        parts.append(f"{cured} No preemption victims found for incoming pod")
    if total - cured:
        parts.append(f"{total - cured} Preemption is not helpful for scheduling")
    return f"preemption: 0/{total} nodes are available: {', '.join(sorted(parts))}."


# ------------------------------------------------------------------ preemption


@dataclass(frozen=True)
class Preemption:
    """Pods of lower priority that have to go from one node so that another pod fits."""

    node: str
    victims: tuple[Object, ...] = field(default_factory=tuple)

    @property
    def cost(self) -> tuple[int, int, int, str]:
        """Return what to minimise: the highest priority, the sum of priorities, the number of victims."""
        priorities = [priority_of(pod) for pod in self.victims]
        shifted = sum(value + 2**31 for value in priorities)
        return max(priorities), shifted, len(priorities), self.node


def preempt(request: Request, room: NodeRoom, pods: Iterable[Object]) -> Preemption | None:
    """Return the smallest set of lower priority pods of a node whose end makes the pod fit, or None."""
    mine = priority_of(request.pod)
    lower = [p for p in pods if priority_of(p) < mine and node_of(p) and not is_terminating(p)]
    if not lower or misfit(request, room.without(uid_of(p) for p in lower)) is not None:
        return None
    gone = {uid_of(pod) for pod in lower}
    # The most important ones are given back first, as long as the pod still fits.
    for pod in sorted(lower, key=priority_of, reverse=True):
        if misfit(request, room.without(gone - {uid_of(pod)})) is None:
            gone.discard(uid_of(pod))
    return Preemption(room.name, tuple(pod for pod in lower if uid_of(pod) in gone))
