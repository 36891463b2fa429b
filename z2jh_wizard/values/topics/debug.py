"""Debugging: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, TopicPage

TOPIC = TopicPage(
    "debug",
    "Debugging",
    "More words in the logs while something is wrong; switch it off again afterwards.",
    GUIDE + "administrator/debug.html",
    (
        Field(
            "debug.enabled",
            "debug.enabled",
            Kind.SWITCH,
            "Makes the hub and all student servers write much more into their logs.",
            Level.OFTEN,
            label="Debug messages",
        ),
        Field(
            "debug.hub-level",
            "hub.config.JupyterHub.log_level",
            Kind.TEXT,
            "How much the hub alone writes into its log.",
            example="DEBUG",
        ),
        Field(
            "debug.keep-stopped",
            "hub.config.KubeSpawner.delete_stopped_pods",
            Kind.SWITCH,
            "Switched off, servers that died by themselves stay in the cluster, so that you can read why.",
        ),
        Field(
            "debug.helmforge.hub-level",
            "hub.logLevel",
            Kind.TEXT,
            "How much the HelmForge hub writes into its log.",
            example="DEBUG",
        ),
        Field(
            "debug.helmforge.proxy-level",
            "proxy.logLevel",
            Kind.TEXT,
            "How much the HelmForge proxy writes into its log.",
            example="debug",
        ),
    ),
)
