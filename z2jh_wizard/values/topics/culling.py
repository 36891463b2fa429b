"""Culling: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, ShownIf, TopicPage

ON = ShownIf("culling.enabled", (True,))

TOPIC = TopicPage(
    "culling",
    "Culling",
    "Servers that nobody uses are stopped, so that nodes can go and cost nothing; files are kept.",
    GUIDE + "jupyterhub/customizing/user-management.html#culling-user-pods",
    (
        Field(
            "culling.enabled",
            "cull.enabled",
            Kind.SWITCH,
            "Stops servers that nobody has used for a while; students' files are kept.",
            Level.EVERYDAY,
            label="Stop idle servers",
        ),
        Field(
            "culling.timeout",
            "cull.timeout",
            Kind.SECONDS,
            "How long a server may do nothing before it is stopped; an open tab that still talks to it "
            "counts as use.",
            Level.EVERYDAY,
            example="3600",
            shown_if=ON,
            label="Idle time",
        ),
        Field(
            "culling.every",
            "cull.every",
            Kind.SECONDS,
            "How often the hub looks for idle servers, so a server may live that much longer.",
            Level.OFTEN,
            example="600",
            shown_if=ON,
            label="Look every",
        ),
        Field(
            "culling.max-age",
            "cull.maxAge",
            Kind.SECONDS,
            "Stops a server at this age even in the middle of work; 0 never does.",
            Level.OFTEN,
            example="0",
            shown_if=ON,
            label="Longest run",
        ),
        Field(
            "culling.admin-users",
            "cull.adminUsers",
            Kind.SWITCH,
            "Whether idle servers of admins, often the teachers, are stopped as well.",
            shown_if=ON,
        ),
        Field(
            "culling.users",
            "cull.users",
            Kind.SWITCH,
            "Deletes idle users too, and with them their files, so for throw-away names only.",
            shown_if=ON,
        ),
        Field(
            "culling.named-servers",
            "cull.removeNamedServers",
            Kind.SWITCH,
            "Removes named servers that were stopped, so that their names leave the student's list.",
            shown_if=ON,
        ),
        Field(
            "culling.concurrency",
            "cull.concurrency",
            Kind.WHOLE,
            "How many servers are stopped at once, so that the hub is not flooded after class.",
            shown_if=ON,
        ),
    ),
)
