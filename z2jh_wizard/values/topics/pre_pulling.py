"""Pre-pulling: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, TopicPage
from z2jh_wizard.values.topics import blocks

TOPIC = TopicPage(
    "pre-pulling",
    "Pre-pulling",
    "Fetches the course image on every node ahead of time, so that nobody waits for gigabytes in class.",
    GUIDE + "administrator/optimization.html#pulling-images-before-users-arrive",
    (
        Field(
            "pre-pulling.hook",
            "prePuller.hook.enabled",
            Kind.SWITCH,
            "Fetches new images on all nodes before an upgrade ends, so that students never wait for them.",
            Level.OFTEN,
            label="Pull before upgrades",
        ),
        Field(
            "pre-pulling.continuous",
            "prePuller.continuous.enabled",
            Kind.SWITCH,
            "Fetches the images on each new node as soon as it appears, before students come to it.",
            Level.OFTEN,
            label="Pull on new nodes",
        ),
        Field(
            "pre-pulling.only-changes",
            "prePuller.hook.pullOnlyOnChanges",
            Kind.SWITCH,
            "Fetches again at an upgrade only when the images have changed, which keeps upgrades quick.",
        ),
        Field(
            "pre-pulling.profile-images",
            "prePuller.pullProfileListImages",
            Kind.SWITCH,
            "Fetches the images of all entries of the profile list too.",
            Level.OFTEN,
        ),
        Field(
            "pre-pulling.extra-images",
            "prePuller.extraImages",
            Kind.MAP,
            "Further images to fetch ahead, each under a short name with its name and tag.",
            Level.OFTEN,
        ),
        Field(
            "pre-pulling.wait",
            "prePuller.hook.podSchedulingWaitDuration",
            Kind.SECONDS,
            "How long an upgrade waits for nodes that have no room for the fetching pods; -1 waits for ever.",
        ),
        Field(
            "pre-pulling.extra-tolerations",
            "prePuller.extraTolerations",
            Kind.LIST,
            "Further taints of nodes on which images are fetched too, such as those with graphics cards.",
        ),
        Field(
            "pre-pulling.hook-nodes",
            "prePuller.hook.nodeSelector",
            Kind.TEXT_MAP,
            "The pod that waits for the fetching goes only to nodes with all of these labels.",
        ),
        Field(
            "pre-pulling.hook-tolerations",
            "prePuller.hook.tolerations",
            Kind.LIST,
            "Taints of nodes that the pod which waits for the fetching accepts.",
        ),
        Field(
            "pre-pulling.annotations",
            "prePuller.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the pods that fetch images.",
        ),
        Field(
            "pre-pulling.labels",
            "prePuller.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the pods that fetch images.",
        ),
        Field(
            "pre-pulling.resources",
            "prePuller.resources",
            Kind.MAP,
            "Memory and CPU of the pods that fetch images.",
        ),
        Field(
            "pre-pulling.hook-resources",
            "prePuller.hook.resources",
            Kind.MAP,
            "Memory and CPU of the pod that waits for the fetching.",
        ),
        Field(
            "pre-pulling.security",
            "prePuller.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the pods that fetch images run.",
        ),
        Field(
            "pre-pulling.hook-security",
            "prePuller.hook.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the pod that waits for the fetching runs.",
        ),
        Field(
            "pre-pulling.pause-security",
            "prePuller.pause.containerSecurityContext",
            Kind.MAP,
            "The user and the rights of the container that keeps a fetching pod alive.",
        ),
        Field(
            "pre-pulling.hook-set-annotations",
            "prePuller.hook.daemonsetAnnotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the DaemonSet that fetches images before an upgrade.",
        ),
        Field(
            "pre-pulling.continuous-set-annotations",
            "prePuller.continuous.daemonsetAnnotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the DaemonSet that fetches images on new nodes.",
        ),
        Field(
            "pre-pulling.history",
            "prePuller.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the fetching DaemonSets the cluster keeps.",
        ),
        *blocks.image("pre-pulling.waiter", "prePuller.hook.image", "the pod that waits for the fetching"),
        *blocks.image(
            "pre-pulling.pause", "prePuller.pause.image", "the container that keeps a fetching pod alive"
        ),
        *blocks.service_account(
            "pre-pulling.waiter-account",
            "prePuller.hook.serviceAccount",
            "the pod that waits for the fetching",
        ),
        *blocks.service_account(
            "pre-pulling.hook-account",
            "prePuller.hook.serviceAccountImagePuller",
            "the pods that fetch before an upgrade",
        ),
        *blocks.service_account(
            "pre-pulling.continuous-account",
            "prePuller.continuous.serviceAccount",
            "the pods that fetch on new nodes",
        ),
    ),
)
