"""Settings that the chart repeats for each of its parts: an image, an account, a network policy."""

from __future__ import annotations

from z2jh_wizard.values.fields import Choice, Field, Kind, Level, ShownIf

PULL_POLICIES = (
    Choice("IfNotPresent", "If it is not there", "right for an image with a fixed tag"),
    Choice("Always", "At every start", "when the tag stays and the image behind it changes"),
    Choice("Never", "Never", "for images that were put on the nodes by hand"),
)

SERVICES = (
    Choice("LoadBalancer", "Load balancer", "on Google, Azure or Amazon: the cloud gives an address"),
    Choice("ClusterIP", "Inside only", "behind an Ingress, a Gateway or a port-forward"),
    Choice("NodePort", "Port of the nodes", "on a campus cluster without load balancers"),
    Choice("ExternalName", "Another name", "hardly ever"),
)


def image(id: str, key: str, who: str) -> tuple[Field, ...]:  # noqa: A002
    """Return the four settings of an image that the chart brings along."""
    return (
        Field(f"{id}.image", f"{key}.name", Kind.IMAGE, f"The image of {who}; change it for a mirror only."),
        Field(f"{id}.image-tag", f"{key}.tag", Kind.TEXT, f"The version of the image of {who}."),
        Field(
            f"{id}.image-pull-policy",
            f"{key}.pullPolicy",
            Kind.CHOICE,
            f"When a node fetches anew the image of {who}.",
            choices=PULL_POLICIES,
        ),
        Field(
            f"{id}.image-pull-secrets",
            f"{key}.pullSecrets",
            Kind.NAMES,
            f"Pull secrets for the image of {who}, when it is in a private registry.",
        ),
    )


def service_account(id: str, key: str, who: str) -> tuple[Field, ...]:  # noqa: A002
    """Return the settings of the Kubernetes account of a part."""
    return (
        Field(f"{id}.create", f"{key}.create", Kind.SWITCH, f"Makes the Kubernetes account of {who}."),
        Field(
            f"{id}.name",
            f"{key}.name",
            Kind.TEXT,
            f"The name of the Kubernetes account of {who}, when it exists already.",
        ),
        Field(
            f"{id}.annotations",
            f"{key}.annotations",
            Kind.TEXT_MAP,
            f"Annotations on the account of {who}, with which some clouds lend it rights of their own.",
        ),
    )


def pdb(id: str, key: str, who: str) -> tuple[Field, ...]:  # noqa: A002
    """Return the settings of a pod disruption budget."""
    on = ShownIf(f"{id}.budget", (True,))
    return (
        Field(
            f"{id}.budget",
            f"{key}.enabled",
            Kind.SWITCH,
            f"Keeps the cluster from moving {who} away while nodes are drained.",
        ),
        Field(
            f"{id}.budget-most",
            f"{key}.maxUnavailable",
            Kind.WHOLE,
            f"How many pods of {who} may be away at once while nodes are drained.",
            shown_if=on,
        ),
        Field(
            f"{id}.budget-least",
            f"{key}.minAvailable",
            Kind.WHOLE,
            f"How many pods of {who} must stay while nodes are drained.",
            shown_if=on,
        ),
    )


EGRESS_RULES = (
    ("web", "nonPrivateIPs", "Lets {who} connect to the whole internet."),
    (
        "private",
        "privateIPs",
        "Lets {who} connect to private addresses, such as other pods and campus machines.",
    ),
    (
        "metadata",
        "cloudMetadataServer",
        "Lets {who} ask the cloud's metadata address, which hands out the node's credentials.",
    ),
    ("dns-private", "dnsPortsPrivateIPs", "Lets {who} look up names at name servers with private addresses."),
    (
        "dns-metadata",
        "dnsPortsCloudMetadataServer",
        "Lets {who} look up names at the cloud's metadata address, as Google's clusters do.",
    ),
    (
        "dns-system",
        "dnsPortsKubeSystemNamespace",
        "Lets {who} look up names at the cluster's own name server.",
    ),
)
"""The connections that a network policy allows by name: the setting, its key, and what it does."""

TAUGHT_EGRESS = ("web", "private")
"""Those that teachers change."""

OTHER_NAMESPACES = (
    Choice("ignore", "No", "right unless another namespace has a part of the hub"),
    Choice("accept", "Yes, with the label", "when a service of the hub is in another namespace"),
)


def network_policy(id: str, key: str, who: str, level: Level = Level.RARE) -> tuple[Field, ...]:  # noqa: A002
    """Return the settings of a network policy; ``level`` is that of those that teachers change."""
    on = ShownIf(f"{id}.enabled", (True,))

    def field(name: str, path: str, kind: Kind, sentence: str, level: Level = Level.RARE) -> Field:
        return Field(f"{id}.{name}", f"{key}.{path}", kind, sentence, level, shown_if=on)

    return (
        Field(
            f"{id}.enabled",
            f"{key}.enabled",
            Kind.SWITCH,
            f"Guards who may talk to {who} and where {who} may connect to, if the cluster enforces it.",
            level,
        ),
        *(
            field(
                name,
                f"egressAllowRules.{rule}",
                Kind.SWITCH,
                sentence.format(who=who),
                level if name in TAUGHT_EGRESS else Level.RARE,
            )
            for name, rule, sentence in EGRESS_RULES
        ),
        field("egress", "egress", Kind.LIST, f"Further connections that {who} may open.", level),
        field("ingress", "ingress", Kind.LIST, f"Who else may connect to {who}."),
        field("ports", "allowedIngressPorts", Kind.LIST, f"Ports of {who} that anybody may connect to."),
        Field(
            f"{id}.other-namespaces",
            f"{key}.interNamespaceAccessLabels",
            Kind.CHOICE,
            f"Whether pods of other namespaces may talk to {who} when they carry the right label.",
            choices=OTHER_NAMESPACES,
            shown_if=on,
        ),
    )
