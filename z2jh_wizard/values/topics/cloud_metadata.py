"""Cloud metadata: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, TopicPage
from z2jh_wizard.values.topics import blocks

TOPIC = TopicPage(
    "cloud-metadata",
    "Cloud metadata",
    "Keeps students away from the address at which a cloud hands out the node's own credentials.",
    GUIDE + "administrator/security.html#audit-cloud-metadata-server-access",
    (
        Field(
            "cloud-metadata.block",
            "singleuser.cloudMetadata.blockWithIptables",
            Kind.SWITCH,
            "Blocks the cloud's metadata address in every student server, with a short privileged "
            "start container.",
            Level.OFTEN,
            label="Block cloud metadata",
        ),
        Field(
            "cloud-metadata.ip",
            "singleuser.cloudMetadata.ip",
            Kind.ADDRESS,
            "The metadata address of your cloud; nearly all use this one.",
        ),
        *blocks.image(
            "cloud-metadata.tools", "singleuser.networkTools.image", "the container that sets up the block"
        ),
        Field(
            "cloud-metadata.tools-resources",
            "singleuser.networkTools.resources",
            Kind.MAP,
            "Memory and CPU of the start container that sets up the block, for clusters that demand them.",
        ),
    ),
)
