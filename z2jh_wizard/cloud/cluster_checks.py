"""The checks of a cluster that is there: what was found, what it means for a hub, and who mends it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.cluster_features import Sure, is_autopilot, load_balancer, policy_engine
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.step import By, Command, Finding, Look, Refusal, Step, Work
from z2jh_wizard.helm import tiller
from z2jh_wizard.kube.probes import Right
from z2jh_wizard.kube.survey import Survey

EVERYBODY = frozenset(
    {
        "Group system:serviceaccounts",
        "Group system:authenticated",
        "Group system:unauthenticated",
        "User system:anonymous",
    }
)
"""Subjects that make an administrator of every pod, or of everybody."""

MAKE_NAMESPACES = Right("create", "namespaces")
"""Wanted only where the hub's namespace is not there yet."""

_RBAC = "rbac.authorization.k8s.io"
_WORK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("secrets", "", ("list", "create", "patch", "delete")),
    ("configmaps", "", ("create", "delete")),
    ("services", "", ("list", "create", "delete")),
    ("serviceaccounts", "", ("create",)),
    ("persistentvolumeclaims", "", ("list", "create", "delete")),
    ("pods", "", ("list", "create", "delete")),
    ("pods/log", "", ("get",)),
    ("events", "", ("list",)),
    ("deployments", "apps", ("create", "delete")),
    ("roles", _RBAC, ("create",)),
    ("rolebindings", _RBAC, ("create",)),
)
"""What a set-up, the hub itself and a tear-down do in the namespace: resource, API group, verbs."""


class Wants(msgspec.Struct, frozen=True):
    """What a project wants of a cluster, by its settings."""

    namespace: str
    chart: str = "the chart"
    kubernetes: str = ""
    """The versions that the chart takes, as its Chart.yaml says it: ``>=1.28.0-0``; empty for unknown."""
    cluster_roles: bool = False
    """Whether the chart brings a scheduler of its own, which needs roles in the whole cluster."""
    pullers: bool = True
    priorities: bool = False
    disks: bool = True
    storage_class: str = ""
    makes_class: bool = False
    balancer: bool = True
    policies: bool = True
    fitted: bool = True
    """Whether the settings suit OpenShift, if it is one."""
    privileged: bool = False
    """Whether a student's server begins with a container that wants to change the node's network."""


Again: TypeAlias = Callable[[], Awaitable[tuple[Check, ...]]]
"""Runs all checks once more."""


class ByHand(Step):
    """What a person mends, with the commands; a look runs the check again."""

    by = By.YOU

    def __init__(
        self, check: str, title: str, again: Again, *, how: str, commands: tuple[Command, ...] = ()
    ) -> None:
        self.id = f"mend.{check}"
        self.title = title
        self.why = "The wizard changes nothing on a cluster that it did not make."
        self.how = how
        self.skipping = "The hub may not work, or may be less safe than it could be."
        self._check = check
        self._commands = commands
        self._again = again

    def commands(self) -> tuple[Command, ...]:
        """Return what to type."""
        return self._commands

    async def look(self) -> Look:
        """Look round again."""
        now = next((one for one in await self._again() if one.id == self._check), None)
        if now is None or now.verdict is Verdict.OK:
            return Look(Finding.READY, now.sentence if now else "mended")
        return Look(Finding.ABSENT, now.sentence)

    def run(self) -> Work | Refusal:
        """Nothing to run: a person does it."""
        return Refusal("An administrator of the cluster does this.")


def rights_wanted(wants: Wants) -> tuple[Right, ...]:
    """Return what the account must be allowed, in the namespace and cluster-wide."""
    extra: list[tuple[str, str]] = []
    if wants.pullers:
        extra += [("daemonsets", "apps"), ("jobs", "batch")]
    if wants.policies:
        extra.append(("networkpolicies", "networking.k8s.io"))
    if wants.cluster_roles:
        extra.append(("poddisruptionbudgets", "policy"))
    work = (*_WORK, *((resource, group, ("create",)) for resource, group in extra))
    rights = [
        Right(verb, resource, group, wants.namespace) for resource, group, verbs in work for verb in verbs
    ]
    if wants.cluster_roles:
        rights += [Right("create", "clusterroles", _RBAC), Right("create", "clusterrolebindings", _RBAC)]
    if wants.priorities:
        rights.append(Right("create", "priorityclasses", "scheduling.k8s.io"))
    if wants.makes_class:
        rights.append(Right("create", "storageclasses", "storage.k8s.io"))
    return (*rights, MAKE_NAMESPACES)


def checks(seen: Survey, wants: Wants, again: Again) -> tuple[Check, ...]:
    """Return what the survey means for what a project wants; those that do not apply are left out."""
    return (
        Check("cluster.reach", "Cluster", Verdict.OK, f"Kubernetes {seen.version} answers."),
        _version(seen, wants),
        *_rights(seen, wants, again),
        *_storage(seen, wants),
        *_balancer(seen, wants),
        *_policies(seen, wants),
        *_openshift(seen, wants),
        *_autopilot(seen, wants),
        *_old_sins(seen, again),
    )


def unreachable(problem: Problem, again: Again) -> tuple[Check, ...]:
    """Return the one check of a cluster that does not answer."""
    text = f"{problem.title}. {problem.happened}".strip()
    fix = ByHand("cluster.reach", "Reach the cluster", again, how=problem.next_step)
    return (Check("cluster.reach", "Cluster", Verdict.FAIL, text, fix),)


def takes(wanted: str, version: str) -> bool | None:
    """Tell whether a chart's ``kubeVersion`` takes a Kubernetes; None for what is not understood.

    Suffixes count for nothing, as with the ``-0`` that charts write for the versions of clouds.
    """
    have = _numbers(version)
    clauses = re.findall(r"([<>=]*)\s*(v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?)", wanted)
    if (
        not have
        or not clauses
        or "".join(f"{op}{number}" for op, number in clauses) != re.sub(r"[\s,]", "", wanted)
    ):
        return None
    compared = {">=": (0, 1), ">": (1,), "<=": (0, -1), "<": (-1,), "=": (0,), "": (0,)}
    if any(operator not in compared for operator, _ in clauses):
        return None
    return all(_order(have, _numbers(number)) in compared[operator] for operator, number in clauses)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def _order(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return (one > other) - (one < other)


def _version(seen: Survey, wants: Wants) -> Check:
    fine = takes(wants.kubernetes, seen.version)
    known = f"{wants.chart} wants {wants.kubernetes}"
    words = {
        True: (Verdict.OK, f"{seen.version} suits: {known}."),
        False: (
            Verdict.FAIL,
            f"{seen.version} does not suit: {known}. Upgrade the cluster, or take another chart.",
        ),
        None: (Verdict.UNKNOWN, f"{seen.version}; which versions {wants.chart} takes is not known."),
    }
    return Check("cluster.version", "Kubernetes version", *words[fine])


def _rights(seen: Survey, wants: Wants, again: Again) -> Iterator[Check]:
    if seen.missing is None:
        yield Check("cluster.rights", "Rights", Verdict.UNKNOWN, "The cluster does not say what may be done.")
        return
    missing = [right for right in seen.missing if right != MAKE_NAMESPACES]
    no_namespaces = len(missing) < len(seen.missing)
    if seen.namespace_there is False and no_namespaces:
        yield Check(
            "cluster.namespace",
            "Namespace",
            Verdict.FAIL,
            f"There is no namespace {wants.namespace}, and this account may not make one.",
            _ask_for_namespace(wants, again),
        )
    if not missing:
        yield Check("cluster.rights", "Rights", Verdict.OK, "This account may do all that a hub needs.")
        return
    yield Check(
        "cluster.rights",
        "Rights",
        Verdict.FAIL,
        f"This account may not: {named(missing)}.",
        _ask_for_rights(wants, again, cluster_wide=any(not right.namespace for right in missing)),
    )


def _ask_for_namespace(wants: Wants, again: Again) -> ByHand:
    how = "Ask an administrator to make the namespace and to give you the role admin in it. On OpenShift you "
    how += "may make it yourself: oc new-project."
    make = Command(("kubectl", "create", "namespace", wants.namespace), "An administrator types")
    words = (make, binding(wants))
    return ByHand("cluster.namespace", "Ask for a namespace", again, how=how, commands=words)


def _ask_for_rights(wants: Wants, again: Again, *, cluster_wide: bool) -> ByHand:
    how = how_to_get_rights(wants, cluster_wide=cluster_wide)
    return ByHand("cluster.rights", "Ask for rights", again, how=how, commands=(binding(wants),))


def named(rights: Sequence[Right], most: int = 3) -> str:
    """Return the first rights in words, and how many more there are."""
    shown = ", ".join(map(str, rights[:most]))
    return shown + (f" and {len(rights) - most} more" if len(rights) > most else "")


def how_to_get_rights(wants: Wants, *, cluster_wide: bool) -> str:
    """Return what to ask for, and what to do without rights in the whole cluster."""
    how = f"Ask an administrator for the role admin in the namespace {wants.namespace}."
    if cluster_wide:
        how += " Without rights in the whole cluster, set scheduling.userScheduler.enabled and "
        how += "scheduling.podPriority.enabled to false and name no storage class of the wizard's."
    return how


def binding(wants: Wants) -> Command:
    """Return the command with which an administrator gives the rights in the namespace."""
    words = ("kubectl", "create", "rolebinding", "jupyterhub-teacher", "--clusterrole=admin", "--user=YOU")
    return Command(
        (*words, "--namespace", wants.namespace), "YOU is your name in the cluster: kubectl auth whoami"
    )


def _storage(seen: Survey, wants: Wants) -> Iterator[Check]:
    if not wants.disks:
        return
    title, id_ = "Disks", "cluster.storage"
    if seen.classes is None:
        yield Check(id_, title, Verdict.UNKNOWN, "This account may not look at storage classes.")
        return
    names = {one.name: one for one in seen.classes}
    if wants.storage_class and wants.storage_class not in names:
        made = "The set-up makes it." if wants.makes_class else f"There are: {', '.join(names) or 'none'}."
        verdict = Verdict.OK if wants.makes_class else Verdict.FAIL
        yield Check(id_, title, verdict, f"The storage class {wants.storage_class} is not there. {made}")
        return
    default = next((one.name for one in seen.classes if one.default), "")
    chosen = wants.storage_class or default
    if not chosen:
        known = f"Name one in config.yaml: {', '.join(names)}." if names else "Nothing there makes disks."
        yield Check(id_, title, Verdict.FAIL, f"There is no default storage class. {known}")
        return
    word = "config.yaml names" if wants.storage_class else "The default is"
    yield Check(id_, title, Verdict.OK, f"{word} the storage class {chosen}, by {names[chosen].provisioner}.")


def _balancer(seen: Survey, wants: Wants) -> Iterator[Check]:
    if not wants.balancer:
        return
    sure, why = load_balancer(seen)
    verdict = {
        Sure.PROVED: Verdict.OK,
        Sure.LIKELY: Verdict.OK,
        Sure.UNKNOWN: Verdict.UNKNOWN,
    }.get(sure, Verdict.WARN)
    text = f"{why[0].upper()}{why[1:]}."
    if verdict is not Verdict.OK:
        text += " If the hub gets no address, use an Ingress, or proxy.service.type: NodePort."
    yield Check("cluster.balancer", "Load balancer", verdict, text)


def _policies(seen: Survey, wants: Wants) -> Iterator[Check]:
    if not wants.policies:
        return
    title, id_ = "Network policies", "cluster.policies"
    engine = policy_engine(seen)
    if engine and not engine.doubt:
        yield Check(id_, title, Verdict.OK, f"{engine.title} enforces them.")
    elif engine:
        yield Check(id_, title, Verdict.WARN, f"{engine.title} is there; {engine.doubt}.")
    else:
        text = (
            "Nothing was found that enforces them; students' servers may reach all that the cluster reaches."
        )
        unseen = seen.daemons is None
        yield Check(id_, title, Verdict.UNKNOWN if unseen else Verdict.WARN, text)


def _openshift(seen: Survey, wants: Wants) -> Iterator[Check]:
    if not seen.is_openshift:
        return
    text = "OpenShift was recognised; "
    if wants.fitted:
        yield Check("cluster.openshift", "OpenShift", Verdict.OK, f"{text}the settings suit it.")
        return
    text += "a new hub gets the settings that it asks for, one that runs keeps its own."
    yield Check("cluster.openshift", "OpenShift", Verdict.WARN, text)


def _autopilot(seen: Survey, wants: Wants) -> Iterator[Check]:
    """Yield what it means that Google looks after nodes; source: its "Autopilot security capabilities"."""
    if not is_autopilot(seen):
        return
    text = "Google looks after the nodes (Autopilot): there is no pool to resize, and each pod is paid for."
    title, id_ = "GKE Autopilot", "cluster.autopilot"
    if not wants.privileged:
        yield Check(id_, title, Verdict.OK, text)
        return
    text += " It refuses the container that blocks the metadata server, so no student's server would start:"
    text += " set singleuser.cloudMetadata.blockWithIptables to false; the network policy blocks it as well."
    yield Check(id_, title, Verdict.WARN, text)


def _old_sins(seen: Survey, again: Again) -> Iterator[Check]:
    """Yield what old guides left behind: Tiller, administrators by the thousand, an open dashboard."""
    for one in tiller.find(seen.tillers or ())[:1]:
        how = "Remove Tiller when no release needs it any more; Helm 3 and newer work without."
        fix = ByHand("cluster.tiller", "Remove Tiller", again, how=how, commands=tiller.removal_commands(one))
        yield Check("cluster.tiller", "Tiller", Verdict.WARN, one.describe(), fix)
    open_to_all = [one for one in seen.admins or () if EVERYBODY & set(one.subjects)]
    if open_to_all:
        names = tuple(one.name for one in open_to_all)
        fix = ByHand(
            "cluster.admins",
            "Take the rights back",
            again,
            how="Delete the binding; a program that needs rights gets a role of its own.",
            commands=(Command(("kubectl", "delete", "clusterrolebinding", *names)),),
        )
        text = f"{', '.join(names)} makes every pod, each student's too, an administrator of the cluster."
        yield Check("cluster.admins", "Administrators", Verdict.WARN, text, fix)
    yield from _dashboard(seen, again)


def _dashboard(seen: Survey, again: Again) -> Iterator[Check]:
    open_one = next(
        (one for one in seen.services or () if one.is_dashboard and one.type in ("LoadBalancer", "NodePort")),
        None,
    )
    if open_one is None:
        return
    place = ("service", open_one.name, "--namespace", open_one.namespace)
    change = ("kubectl", "patch", *place, "--patch", '{"spec":{"type":"ClusterIP"}}')
    how = "Close it to the outside, and reach it by kubectl proxy."
    fix = ByHand("cluster.dashboard", "Close the dashboard", again, how=how, commands=(Command(change),))
    text = f"The Kubernetes dashboard {open_one.namespace}/{open_one.name} can be reached from outside."
    yield Check("cluster.dashboard", "Dashboard", Verdict.WARN, text, fix)
