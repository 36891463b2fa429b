"""What a cluster can do, told by the traces that its parts leave: load balancers and network policies.

Sources: the API groups and DaemonSet names in each project's own manifests; node.spec.providerID as the
controllers of clouds write it; Google's documentation for the names of Autopilot's nodes. Traces tell what is
installed, not that it is switched on and works.
"""

from __future__ import annotations

import enum

import msgspec

from z2jh_wizard.kube.survey import Survey


class Trace(msgspec.Struct, frozen=True):
    """A part of clusters and what gives it away: API groups, or DaemonSets in kube-system."""

    title: str
    groups: frozenset[str] = frozenset()
    daemons: frozenset[str] = frozenset()
    kubelet: str = ""
    """A word in the kubelets' version, such as ``+k3s``."""
    doubt: str = ""
    """Why it may not do it all the same; empty for one that does."""

    def fits(self, seen: Survey) -> bool:
        """Tell whether a cluster has it."""
        kubelets = [node.kubelet for node in seen.nodes or ()]
        return bool(
            self.groups & seen.groups
            or self.daemons & set(seen.daemons or ())
            or (self.kubelet and any(self.kubelet in one for one in kubelets))
        )


POLICY_ENGINES = (
    Trace("GKE Dataplane V2", daemons=frozenset({"anetd"})),
    Trace("Cilium", frozenset({"cilium.io"}), frozenset({"cilium"})),
    Trace(
        "Calico",
        frozenset({"crd.projectcalico.org", "projectcalico.org"}),
        frozenset({"calico-node", "canal"}),
    ),
    Trace("OVN-Kubernetes", frozenset({"k8s.ovn.org"})),
    Trace("OpenShift SDN", frozenset({"network.openshift.io"})),
    Trace("Antrea", frozenset({"crd.antrea.io"}), frozenset({"antrea-agent"})),
    Trace("kube-router", daemons=frozenset({"kube-router"})),
    Trace("Azure Network Policy Manager", daemons=frozenset({"azure-npm"})),
    Trace("Weave Net", daemons=frozenset({"weave-net"}), doubt="it is no longer looked after"),
    Trace("the policy controller of k3s", kubelet="+k3s", doubt="it can be switched off"),
    Trace(
        "the policy controller of RKE2", kubelet="+rke2", doubt="it depends on the network that was chosen"
    ),
    Trace("kindnet", daemons=frozenset({"kindnet"}), doubt="only kind 0.24 and newer enforce policies"),
    Trace(
        "the Amazon VPC CNI",
        frozenset({"networking.k8s.aws"}),
        doubt="its network policies have to be switched on (enableNetworkPolicy)",
    ),
)
"""What enforces network policies, the surest first."""

BALANCERS = (
    Trace("MetalLB", frozenset({"metallb.io", "metallb.universe.tf"}), doubt="it needs a pool of addresses"),
    Trace("the load balancer of k3s", kubelet="+k3s", doubt="it can be switched off"),
    Trace("kube-vip", daemons=frozenset({"kube-vip", "kube-vip-ds"}), doubt="it needs a pool of addresses"),
    Trace("PureLB", frozenset({"purelb.io"}), doubt="it needs a pool of addresses"),
)
"""What gives out addresses where no cloud does."""

CLOUDS = {
    "aws": "Amazon",
    "azure": "Azure",
    "gce": "Google",
    "digitalocean": "DigitalOcean",
    "hcloud": "Hetzner",
    "ibm": "IBM",
    "linode": "Akamai",
    "oci": "Oracle",
    "openstack": "OpenStack",
    "ovh": "OVH",
    "scaleway": "Scaleway",
    "vultr": "Vultr",
}
"""Clouds by the first word of a node's providerID; their controllers rent load balancers."""


AUTOPILOT = "gk3-"
"""How the names of nodes begin that Google runs itself; those of pools begin with gke-."""


class Sure(enum.Enum):
    """How sure it is that a service of type LoadBalancer gets an address."""

    PROVED = "proved"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"
    NO = "no"
    UNKNOWN = "unknown"


def policy_engine(seen: Survey) -> Trace | None:
    """Return what enforces network policies, None when nothing known was found."""
    return next((one for one in POLICY_ENGINES if one.fits(seen)), None)


def load_balancer(seen: Survey) -> tuple[Sure, str]:
    """Return whether services get addresses, and what tells so."""
    wanting = [one for one in seen.services or () if one.type == "LoadBalancer"]
    served = next((one for one in wanting if one.has_address), None)
    if served:
        return Sure.PROVED, f"the service {served.namespace}/{served.name} has an address"
    schemes = {node.provider_id.partition("://")[0] for node in seen.nodes or ()}
    cloud = next((title for word, title in CLOUDS.items() if word in schemes), "")
    if cloud and not wanting:
        return Sure.LIKELY, f"the nodes run at {cloud}, which rents load balancers"
    balancer = next((one for one in BALANCERS if one.fits(seen)), None)
    if balancer:
        return Sure.DOUBTFUL, f"{balancer.title} is there; {balancer.doubt}"
    if wanting:
        return Sure.NO, f"the service {wanting[0].namespace}/{wanting[0].name} waits for an address in vain"
    if schemes & {"kind", "k3d"} or "minikube" in schemes:
        return Sure.NO, "a cluster on one computer has none by itself"
    if seen.nodes is None and seen.services is None:
        return Sure.UNKNOWN, "this account may look neither at nodes nor at other services"
    return Sure.UNKNOWN, "no cloud and no load balancer was recognised"


def is_autopilot(seen: Survey) -> bool:
    """Tell whether Google looks after the nodes (GKE Autopilot); False where nobody may look at nodes."""
    names = [
        node.provider_id.rpartition("/")[2]
        for node in seen.nodes or ()
        if node.provider_id.startswith("gce://")
    ]
    return bool(names) and all(name.startswith(AUTOPILOT) for name in names)
