"""Scheduling: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, Level, TopicPage
from z2jh_wizard.values.topics import blocks

SCHEDULER = "https://kubernetes.io/docs/reference/scheduling/config/"
PURPOSES = (
    Choice("ignore", "No matter", "all nodes are alike"),
    Choice("prefer", "Preferred", "the usual choice: labels help, and nothing waits without them"),
    Choice("require", "Always", "with node pools of their own; pods wait until such a node is there"),
)

TOPIC = TopicPage(
    "scheduling",
    "Scheduling",
    "On which nodes pods go: packed tightly so that empty nodes can be removed, with spare seats "
    "before class.",
    GUIDE + "administrator/optimization.html",
    (
        Field(
            "scheduling.pack",
            "scheduling.userScheduler.enabled",
            Kind.SWITCH,
            "Packs students on as few nodes as possible, so that the cluster can remove the empty ones "
            "after class.",
            Level.OFTEN,
            label="Pack students",
        ),
        Field(
            "scheduling.spare-seats",
            "scheduling.userPlaceholder.replicas",
            Kind.WHOLE,
            "Seats kept ready for the next students, so that a new node starts before they wait for it.",
            Level.OFTEN,
            unit="students",
            example="5",
        ),
        Field(
            "scheduling.placeholders",
            "scheduling.userPlaceholder.enabled",
            Kind.SWITCH,
            "Allows spare seats, which give way to students at once when pod priority is on.",
        ),
        Field(
            "scheduling.priority",
            "scheduling.podPriority.enabled",
            Kind.SWITCH,
            "Lets students push spare seats aside; spare seats need it.",
            Level.OFTEN,
            label="Students before spare seats",
        ),
        Field(
            "scheduling.priority-global",
            "scheduling.podPriority.globalDefault",
            Kind.SWITCH,
            "Makes the students' priority that of every pod in the cluster which names none.",
        ),
        Field(
            "scheduling.priority-default",
            "scheduling.podPriority.defaultPriority",
            Kind.WHOLE,
            "The priority of students and of the hub.",
        ),
        Field(
            "scheduling.priority-placeholder",
            "scheduling.podPriority.userPlaceholderPriority",
            Kind.WHOLE,
            "The priority of spare seats; it must be lower than that of students.",
        ),
        Field(
            "scheduling.priority-puller",
            "scheduling.podPriority.imagePullerPriority",
            Kind.WHOLE,
            "The priority of the pods that fetch images before class.",
        ),
        Field(
            "scheduling.user-nodes",
            "scheduling.userPods.nodeAffinity.matchNodePurpose",
            Kind.CHOICE,
            "Whether students go to nodes that are labelled for them.",
            Level.OFTEN,
            choices=PURPOSES,
            label="Nodes for students",
        ),
        Field(
            "scheduling.core-nodes",
            "scheduling.corePods.nodeAffinity.matchNodePurpose",
            Kind.CHOICE,
            "Whether the hub and the proxy go to nodes that are labelled for them.",
            Level.OFTEN,
            choices=PURPOSES,
            label="Nodes for the hub",
        ),
        Field(
            "scheduling.user-tolerations",
            "scheduling.userPods.tolerations",
            Kind.LIST,
            "Which taints of nodes students' pods accept; the usual ones for student nodes are there "
            "already.",
        ),
        Field(
            "scheduling.core-tolerations",
            "scheduling.corePods.tolerations",
            Kind.LIST,
            "Which taints of nodes the hub and the proxy accept; the usual ones for their nodes are "
            "there already.",
        ),
        Field(
            "scheduling.student-nodes",
            "singleuser.nodeSelector",
            Kind.TEXT_MAP,
            "Students go only to nodes with all of these labels, such as those with a graphics card.",
        ),
        Field(
            "scheduling.student-tolerations",
            "singleuser.extraTolerations",
            Kind.LIST,
            "Further taints of nodes that students' pods accept.",
        ),
        Field(
            "scheduling.node-required",
            "singleuser.extraNodeAffinity.required",
            Kind.LIST,
            "Rules on labels that a node must fulfil to take students.",
        ),
        Field(
            "scheduling.node-preferred",
            "singleuser.extraNodeAffinity.preferred",
            Kind.LIST,
            "Rules on labels by which one node is liked better than another for students.",
        ),
        Field(
            "scheduling.pod-required",
            "singleuser.extraPodAffinity.required",
            Kind.LIST,
            "Pods that must already be on a node before it takes students.",
        ),
        Field(
            "scheduling.pod-preferred",
            "singleuser.extraPodAffinity.preferred",
            Kind.LIST,
            "Pods that students are better placed beside.",
        ),
        Field(
            "scheduling.apart-required",
            "singleuser.extraPodAntiAffinity.required",
            Kind.LIST,
            "Pods that must not be on a node for it to take students.",
        ),
        Field(
            "scheduling.apart-preferred",
            "singleuser.extraPodAntiAffinity.preferred",
            Kind.LIST,
            "Pods that students are better kept away from.",
        ),
        Field(
            "scheduling.hub-nodes",
            "hub.nodeSelector",
            Kind.TEXT_MAP,
            "The hub goes only to nodes with all of these labels.",
        ),
        Field(
            "scheduling.hub-tolerations",
            "hub.tolerations",
            Kind.LIST,
            "Further taints of nodes that the hub accepts.",
        ),
        Field(
            "scheduling.proxy-nodes",
            "proxy.chp.nodeSelector",
            Kind.TEXT_MAP,
            "The proxy goes only to nodes with all of these labels.",
        ),
        Field(
            "scheduling.proxy-tolerations",
            "proxy.chp.tolerations",
            Kind.LIST,
            "Further taints of nodes that the proxy accepts.",
        ),
        Field(
            "scheduling.traefik-nodes",
            "proxy.traefik.nodeSelector",
            Kind.TEXT_MAP,
            "Traefik, which ends HTTPS, goes only to nodes with all of these labels.",
        ),
        Field(
            "scheduling.traefik-tolerations",
            "proxy.traefik.tolerations",
            Kind.LIST,
            "Further taints of nodes that Traefik accepts.",
        ),
        *blocks.image(
            "scheduling.placeholder", "scheduling.userPlaceholder.image", "spare seats, which do nothing"
        ),
        Field(
            "scheduling.placeholder.resources",
            "scheduling.userPlaceholder.resources",
            Kind.MAP,
            "The size of a spare seat, when it shall be another one than a student's.",
        ),
        Field(
            "scheduling.placeholder.labels",
            "scheduling.userPlaceholder.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the spare seats.",
        ),
        Field(
            "scheduling.placeholder.annotations",
            "scheduling.userPlaceholder.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the spare seats.",
        ),
        Field(
            "scheduling.placeholder.pod",
            "scheduling.userPlaceholder.extraPodSpec",
            Kind.MAP,
            "Anything else of a Kubernetes pod, for the spare seats.",
        ),
        Field(
            "scheduling.placeholder.security",
            "scheduling.userPlaceholder.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which spare seats run.",
        ),
        Field(
            "scheduling.placeholder.history",
            "scheduling.userPlaceholder.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the spare seats' StatefulSet the cluster keeps.",
        ),
        *blocks.image(
            "scheduling.scheduler", "scheduling.userScheduler.image", "the scheduler that packs students"
        ),
        Field(
            "scheduling.scheduler.replicas",
            "scheduling.userScheduler.replicas",
            Kind.WHOLE,
            "How many copies of the packing scheduler run, one at work and the others ready.",
        ),
        Field(
            "scheduling.scheduler.log-level",
            "scheduling.userScheduler.logLevel",
            Kind.WHOLE,
            "How much the packing scheduler writes into its log, 10 being the most.",
        ),
        Field(
            "scheduling.scheduler.plugins",
            "scheduling.userScheduler.plugins",
            Kind.MAP,
            "Which plugins of the Kubernetes scheduler decide where students go.",
            link=SCHEDULER,
        ),
        Field(
            "scheduling.scheduler.plugin-config",
            "scheduling.userScheduler.pluginConfig",
            Kind.LIST,
            "How those plugins decide, such as how much a full node is liked.",
            link=SCHEDULER,
        ),
        Field(
            "scheduling.scheduler.resources",
            "scheduling.userScheduler.resources",
            Kind.MAP,
            "Memory and CPU of the packing scheduler.",
        ),
        Field(
            "scheduling.scheduler.nodes",
            "scheduling.userScheduler.nodeSelector",
            Kind.TEXT_MAP,
            "The packing scheduler goes only to nodes with all of these labels.",
        ),
        Field(
            "scheduling.scheduler.tolerations",
            "scheduling.userScheduler.tolerations",
            Kind.LIST,
            "Further taints of nodes that the packing scheduler accepts.",
        ),
        Field(
            "scheduling.scheduler.labels",
            "scheduling.userScheduler.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the packing scheduler.",
        ),
        Field(
            "scheduling.scheduler.annotations",
            "scheduling.userScheduler.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the packing scheduler.",
        ),
        Field(
            "scheduling.scheduler.pod",
            "scheduling.userScheduler.extraPodSpec",
            Kind.MAP,
            "Anything else of a Kubernetes pod, for the packing scheduler.",
        ),
        Field(
            "scheduling.scheduler.security",
            "scheduling.userScheduler.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the packing scheduler runs.",
        ),
        Field(
            "scheduling.scheduler.history",
            "scheduling.userScheduler.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the packing scheduler's Deployment the cluster keeps.",
        ),
        *blocks.pdb("scheduling.scheduler", "scheduling.userScheduler.pdb", "the packing scheduler"),
        *blocks.service_account(
            "scheduling.scheduler-account", "scheduling.userScheduler.serviceAccount", "the packing scheduler"
        ),
        Field(
            "scheduling.helmforge.affinity",
            "affinity",
            Kind.MAP,
            "Rules on nodes and other pods for the hub and the proxy of the HelmForge chart.",
        ),
        Field(
            "scheduling.helmforge.priority",
            "priorityClassName",
            Kind.TEXT,
            "The priority class of the hub and the proxy of the HelmForge chart.",
        ),
        Field(
            "scheduling.helmforge.spread",
            "topologySpreadConstraints",
            Kind.LIST,
            "How the hub and the proxy of the HelmForge chart are spread over zones and nodes.",
        ),
    ),
)
