"""Proxy: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, TopicPage
from z2jh_wizard.values.topics import blocks

TOPIC = TopicPage(
    "proxy",
    "Proxy",
    "The program between students and their servers: every click goes through it.",
    GUIDE + "resources/reference.html#proxy",
    (
        *blocks.image("proxy", "proxy.chp.image", "the proxy"),
        Field(
            "proxy.resources",
            "proxy.chp.resources",
            Kind.MAP,
            "Memory and CPU of the proxy's pod, as Kubernetes quantities.",
        ),
        Field(
            "proxy.error-target",
            "proxy.chp.errorTarget",
            Kind.URL,
            "Where a student is shown what went wrong, instead of the proxy's own plain page.",
        ),
        Field(
            "proxy.default-target",
            "proxy.chp.defaultTarget",
            Kind.URL,
            "Where requests go that belong to no server, instead of to the hub.",
        ),
        Field(
            "proxy.flags",
            "proxy.chp.extraCommandLineFlags",
            Kind.COMMAND,
            "Further options of the proxy program.",
        ),
        Field(
            "proxy.variables",
            "proxy.chp.extraEnv",
            Kind.TEXT_MAP,
            "Environment variables of the proxy's container.",
        ),
        Field(
            "proxy.pod",
            "proxy.chp.extraPodSpec",
            Kind.MAP,
            "Anything else of a Kubernetes pod, for the proxy.",
        ),
        Field(
            "proxy.security",
            "proxy.chp.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the proxy's container runs.",
        ),
        Field(
            "proxy.liveness",
            "proxy.chp.livenessProbe",
            Kind.MAP,
            "When Kubernetes takes the proxy for dead and starts it again.",
        ),
        Field(
            "proxy.readiness",
            "proxy.chp.readinessProbe",
            Kind.MAP,
            "When Kubernetes takes the proxy for ready to serve.",
        ),
        Field(
            "proxy.history",
            "proxy.chp.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the proxy's Deployment the cluster keeps.",
        ),
        *blocks.pdb("proxy", "proxy.chp.pdb", "the proxy"),
        Field(
            "proxy.annotations",
            "proxy.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the proxy's pod.",
        ),
        Field("proxy.labels", "proxy.labels", Kind.TEXT_MAP, "Kubernetes labels on the proxy's pod."),
        Field(
            "proxy.strategy",
            "proxy.deploymentStrategy.type",
            Kind.TEXT,
            "How a new proxy replaces the old one.",
            example="Recreate",
        ),
        Field(
            "proxy.strategy-rolling",
            "proxy.deploymentStrategy.rollingUpdate",
            Kind.TEXT,
            "Must stay empty while the strategy is Recreate.",
        ),
        Field(
            "proxy.helmforge.api-ip",
            "proxy.bind.apiIp",
            Kind.ADDRESS,
            "The address on which the proxy takes commands from the hub.",
        ),
        Field(
            "proxy.helmforge.ip",
            "proxy.bind.ip",
            Kind.ADDRESS,
            "The address on which the proxy takes requests of students.",
        ),
    ),
)
