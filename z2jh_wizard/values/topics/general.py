"""General: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, TopicPage

TOPIC = TopicPage(
    "general",
    "General",
    "Names that objects in the cluster get, and a place for values of your own.",
    GUIDE + "resources/reference.html",
    (
        Field(
            "general.custom",
            "custom",
            Kind.MAP,
            "Values of your own, which Python code in hub.extraConfig can read.",
        ),
        Field(
            "general.name",
            "nameOverride",
            Kind.TEXT,
            "The word for the chart in labels of its objects; a hub that runs should keep it.",
        ),
        Field(
            "general.full-name",
            "fullnameOverride",
            Kind.TEXT,
            "The first part of the name of every object, for two hubs in one namespace.",
        ),
        Field(
            "general.global",
            "global",
            Kind.MAP,
            "Values that a bigger chart, which contains this one, shares with all its parts.",
        ),
        Field(
            "general.show-values",
            "global.safeToShowValues",
            Kind.SWITCH,
            "Prints all values after an upgrade, secrets included; leave it off.",
        ),
        Field(
            "general.enabled",
            "enabled",
            Kind.SWITCH,
            "Lets a bigger chart, which contains this one, switch the hub off.",
            label="Part of another chart",
        ),
        Field(
            "general.helmforge.annotations",
            "annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on every object of the HelmForge chart.",
        ),
        Field(
            "general.helmforge.labels",
            "commonLabels",
            Kind.TEXT_MAP,
            "Kubernetes labels on every object of the HelmForge chart.",
        ),
    ),
)
