"""Network policy: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, TopicPage
from z2jh_wizard.values.topics import blocks

TOPIC = TopicPage(
    "network-policy",
    "Network policy",
    "Who may talk to whom inside the cluster, and where students' code may connect to.",
    GUIDE + "administrator/security.html#kubernetes-network-policies",
    (
        *blocks.network_policy(
            "network-policy.students", "singleuser.networkPolicy", "student servers", Level.OFTEN
        ),
        *blocks.network_policy("network-policy.hub", "hub.networkPolicy", "the hub"),
        *blocks.network_policy("network-policy.proxy", "proxy.chp.networkPolicy", "the proxy"),
        *blocks.network_policy("network-policy.traefik", "proxy.traefik.networkPolicy", "Traefik"),
        Field(
            "network-policy.helmforge.egress",
            "networkPolicy.extraEgress",
            Kind.LIST,
            "Further connections that every pod of the HelmForge chart may open.",
        ),
    ),
)
