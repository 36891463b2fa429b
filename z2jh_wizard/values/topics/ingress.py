"""Ingress and Gateway: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, Level, ShownIf, TopicPage

PATH_TYPES = (
    Choice("Prefix", "Everything below", "right for nearly all controllers"),
    Choice("Exact", "This path only", "never for a whole hub"),
    Choice("ImplementationSpecific", "As the controller likes", "when its manual says so"),
)
INGRESS = ShownIf("ingress.enabled", (True,))
ROUTE = ShownIf("ingress.route.enabled", (True,))

TOPIC = TopicPage(
    "ingress",
    "Ingress and Gateway",
    "For clusters with one front door for many sites: the hub is then a name behind it.",
    GUIDE + "administrator/advanced.html#ingress",
    (
        Field(
            "ingress.enabled",
            "ingress.enabled",
            Kind.SWITCH,
            "Puts the hub behind the Ingress controller of the cluster, which then cares for HTTPS too.",
            Level.OFTEN,
        ),
        Field(
            "ingress.class",
            "ingress.ingressClassName",
            Kind.TEXT,
            "Which Ingress controller of the cluster shall take the hub.",
            Level.OFTEN,
            shown_if=INGRESS,
            example="traefik",
        ),
        Field(
            "ingress.hosts",
            "ingress.hosts",
            Kind.HOSTS,
            "The names at which students open the hub through the Ingress.",
            Level.OFTEN,
            shown_if=INGRESS,
            example="hub.example.org",
        ),
        Field(
            "ingress.tls",
            "ingress.tls",
            Kind.LIST,
            "Which certificate, kept in a Kubernetes Secret, belongs to which names.",
            Level.OFTEN,
            shown_if=INGRESS,
        ),
        Field(
            "ingress.annotations",
            "ingress.annotations",
            Kind.TEXT_MAP,
            "Wishes to the Ingress controller, such as who issues the certificate or how large an "
            "upload may be.",
            Level.OFTEN,
            shown_if=INGRESS,
        ),
        Field(
            "ingress.path-type",
            "ingress.pathType",
            Kind.CHOICE,
            "How the controller compares the path of an address with the rule.",
            choices=PATH_TYPES,
            shown_if=INGRESS,
        ),
        Field(
            "ingress.path-suffix",
            "ingress.pathSuffix",
            Kind.TEXT,
            "What is written behind the path in the rule, for controllers that want a star there.",
            shown_if=INGRESS,
            example="*",
        ),
        Field(
            "ingress.extra-paths",
            "ingress.extraPaths",
            Kind.LIST,
            "Further rules, for other services behind the same names.",
            shown_if=INGRESS,
        ),
        Field(
            "ingress.route.enabled",
            "httpRoute.enabled",
            Kind.SWITCH,
            "Puts the hub behind a Gateway of the cluster, the newer way that follows Ingress.",
            Level.OFTEN,
            label="Use a gateway",
        ),
        Field(
            "ingress.route.gateway",
            "httpRoute.gateway.name",
            Kind.TEXT,
            "The name of the Gateway that takes the hub.",
            Level.OFTEN,
            shown_if=ROUTE,
        ),
        Field(
            "ingress.route.namespace",
            "httpRoute.gateway.namespace",
            Kind.TEXT,
            "The namespace in which that Gateway stands; empty means the hub's own.",
            Level.OFTEN,
            shown_if=ROUTE,
        ),
        Field(
            "ingress.route.section",
            "httpRoute.gateway.sectionName",
            Kind.TEXT,
            "Which listener of the Gateway is meant, when it has several.",
            shown_if=ROUTE,
            example="https",
        ),
        Field(
            "ingress.route.hosts",
            "httpRoute.hostnames",
            Kind.HOSTS,
            "The names at which students open the hub through the Gateway.",
            Level.OFTEN,
            shown_if=ROUTE,
            example="hub.example.org",
        ),
        Field(
            "ingress.route.annotations",
            "httpRoute.annotations",
            Kind.TEXT_MAP,
            "Wishes to the Gateway's controller for this route.",
            shown_if=ROUTE,
        ),
        Field(
            "ingress.helmforge.route-version",
            "gateway.apiVersion",
            Kind.TEXT,
            "The version of the Gateway API that your cluster offers.",
            example="gateway.networking.k8s.io/v1",
        ),
        Field(
            "ingress.helmforge.route-labels",
            "gateway.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the route.",
        ),
        Field(
            "ingress.helmforge.parents",
            "gateway.parentRefs",
            Kind.LIST,
            "The Gateways that shall take the hub, each with its name and namespace.",
            Level.OFTEN,
            label="Gateways",
        ),
        Field(
            "ingress.helmforge.rules",
            "gateway.rules",
            Kind.LIST,
            "Rules of the route in place of the usual one, which sends everything to the hub.",
        ),
    ),
)
