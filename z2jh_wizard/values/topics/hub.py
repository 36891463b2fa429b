"""Hub: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, ShownIf, TopicPage
from z2jh_wizard.values.topics import blocks
from z2jh_wizard.values.topics.blocks import SERVICES

TOPIC = TopicPage(
    "hub",
    "Hub",
    "The program that signs students in and starts their servers: limits, Python settings, its pod.",
    GUIDE + "resources/reference.html#hub",
    (
        Field(
            "hub.config",
            "hub.config",
            Kind.MAP,
            "Any setting of JupyterHub, KubeSpawner and the ways to sign in, by class and name.",
            Level.OFTEN,
            label="Any setting by class",
        ),
        Field(
            "hub.extra-config",
            "hub.extraConfig",
            Kind.PYTHON,
            "Python code that the hub runs when it starts, for what no other setting says.",
            Level.OFTEN,
            link=GUIDE + "administrator/advanced.html#hub-extraconfig",
            label="Python code",
        ),
        Field(
            "hub.named-servers",
            "hub.allowNamedServers",
            Kind.SWITCH,
            "Lets a student run several servers at once, each with a name.",
            Level.OFTEN,
        ),
        Field(
            "hub.named-limit",
            "hub.namedServerLimitPerUser",
            Kind.WHOLE,
            "The most named servers of one student.",
            shown_if=ShownIf("hub.named-servers", (True,)),
        ),
        Field(
            "hub.start-at-once",
            "hub.concurrentSpawnLimit",
            Kind.WHOLE,
            "How many servers may be starting at the same moment; the next students are asked to try again.",
            Level.OFTEN,
            label="Starts at once",
        ),
        Field(
            "hub.server-limit",
            "hub.activeServerLimit",
            Kind.WHOLE,
            "The most servers that run at once, which also caps the bill.",
            Level.OFTEN,
        ),
        Field(
            "hub.failures",
            "hub.consecutiveFailureLimit",
            Kind.WHOLE,
            "After so many failed starts in a row the hub restarts itself; 0 never does.",
        ),
        Field(
            "hub.base-url",
            "hub.baseUrl",
            Kind.TEXT,
            "The path below which the hub lives, for a site that has other things too.",
            example="/jupyter/",
        ),
        Field(
            "hub.redirect",
            "hub.redirectToServer",
            Kind.SWITCH,
            "Sends students straight to their server after signing in, not to the hub's home page.",
        ),
        Field(
            "hub.stop-on-logout",
            "hub.shutdownOnLogout",
            Kind.SWITCH,
            "Stops a student's servers when the student signs out.",
        ),
        Field(
            "hub.services",
            "hub.services",
            Kind.MAP,
            "Other programs that work with the hub, each with an address or a token.",
            link=GUIDE + "administrator/services.html",
        ),
        Field(
            "hub.template-paths",
            "hub.templatePaths",
            Kind.NAMES,
            "Folders in the hub's container with your own versions of its pages.",
        ),
        Field(
            "hub.template-vars",
            "hub.templateVars",
            Kind.MAP,
            "Texts that the hub's pages show, such as an announcement.",
        ),
        Field(
            "hub.prometheus-auth",
            "hub.authenticatePrometheus",
            Kind.SWITCH,
            "Whether the hub's numbers at /hub/metrics need a token to be read.",
        ),
        Field(
            "hub.variables", "hub.extraEnv", Kind.TEXT_MAP, "Environment variables of the hub's container."
        ),
        Field(
            "hub.files",
            "hub.extraFiles",
            Kind.MAP,
            "Small files, such as templates or Python modules, that are put into the hub's container.",
        ),
        Field("hub.volumes", "hub.extraVolumes", Kind.LIST, "Further volumes of the hub's pod."),
        Field(
            "hub.mounts",
            "hub.extraVolumeMounts",
            Kind.LIST,
            "Where the further volumes appear in the hub's container.",
        ),
        Field(
            "hub.containers",
            "hub.extraContainers",
            Kind.LIST,
            "Further containers beside the hub, such as a database proxy.",
        ),
        Field(
            "hub.init-containers",
            "hub.initContainers",
            Kind.LIST,
            "Containers that run and end before the hub starts.",
        ),
        *blocks.image("hub", "hub.image", "the hub"),
        Field(
            "hub.resources",
            "hub.resources",
            Kind.MAP,
            "Memory and CPU of the hub's pod, as Kubernetes quantities.",
        ),
        Field(
            "hub.command", "hub.command", Kind.COMMAND, "The program that is started in the hub's container."
        ),
        Field(
            "hub.args", "hub.args", Kind.COMMAND, "What the program in the hub's container is started with."
        ),
        Field(
            "hub.annotations", "hub.annotations", Kind.TEXT_MAP, "Kubernetes annotations on the hub's pod."
        ),
        Field("hub.labels", "hub.labels", Kind.TEXT_MAP, "Kubernetes labels on the hub's pod."),
        Field("hub.pod", "hub.extraPodSpec", Kind.MAP, "Anything else of a Kubernetes pod, for the hub."),
        Field(
            "hub.pod-security",
            "hub.podSecurityContext",
            Kind.MAP,
            "The user, the group of files and the rights of the hub's pod.",
        ),
        Field(
            "hub.container-security",
            "hub.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the hub's container runs.",
        ),
        Field(
            "hub.after-start",
            "hub.lifecycle.postStart",
            Kind.MAP,
            "A command in the hub's container right after it starts.",
        ),
        Field(
            "hub.before-stop",
            "hub.lifecycle.preStop",
            Kind.MAP,
            "A command in the hub's container just before it stops.",
        ),
        Field(
            "hub.liveness",
            "hub.livenessProbe",
            Kind.MAP,
            "When Kubernetes takes the hub for dead and starts it again.",
        ),
        Field(
            "hub.readiness",
            "hub.readinessProbe",
            Kind.MAP,
            "When Kubernetes takes the hub for ready to serve.",
        ),
        Field(
            "hub.strategy",
            "hub.deploymentStrategy.type",
            Kind.TEXT,
            "How a new hub replaces the old one; two must never run at once, so Recreate is right.",
            example="Recreate",
        ),
        Field(
            "hub.strategy-rolling",
            "hub.deploymentStrategy.rollingUpdate",
            Kind.TEXT,
            "Must stay empty while the strategy is Recreate.",
        ),
        Field(
            "hub.history",
            "hub.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the hub's Deployment the cluster keeps.",
        ),
        *blocks.pdb("hub", "hub.pdb", "the hub"),
        Field(
            "hub.service-type",
            "hub.service.type",
            Kind.CHOICE,
            "How the hub is reached inside of the cluster; students go through the proxy.",
            choices=SERVICES,
        ),
        Field(
            "hub.service-annotations",
            "hub.service.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the hub's inner Service, such as for Prometheus.",
        ),
        Field(
            "hub.service-ports",
            "hub.service.extraPorts",
            Kind.LIST,
            "Further ports of the hub's inner Service.",
        ),
        Field(
            "hub.service-ip",
            "hub.service.loadBalancerIP",
            Kind.ADDRESS,
            "A fixed address for the hub's own Service when it is a load balancer.",
        ),
        Field(
            "hub.service-node-port",
            "hub.service.ports.nodePort",
            Kind.PORT,
            "The port of every node for the hub's own Service when it is a NodePort.",
        ),
        Field(
            "hub.service-protocol",
            "hub.service.ports.appProtocol",
            Kind.TEXT,
            "What the hub's Service speaks, for meshes that want to know.",
            example="http",
        ),
        Field(
            "hub.service-ip-family-policy",
            "hub.service.ipFamilyPolicy",
            Kind.TEXT,
            "Whether the hub's inner Service has IPv4, IPv6 or both.",
            example="PreferDualStack",
        ),
        Field(
            "hub.service-ip-families",
            "hub.service.ipFamilies",
            Kind.NAMES,
            "Which of IPv4 and IPv6 the hub's inner Service has, the first one preferred.",
            example="IPv4",
        ),
        Field(
            "hub.helmforge.manifests",
            "extraManifests",
            Kind.LIST,
            "Kubernetes objects of your own that are installed with the HelmForge chart.",
        ),
        Field(
            "hub.helmforge.cleanup",
            "hub.cleanupServers",
            Kind.SWITCH,
            "Whether all students' servers stop when the hub restarts.",
        ),
        Field(
            "hub.helmforge.replicas",
            "hub.replicaCount",
            Kind.WHOLE,
            "How many hubs run; JupyterHub itself is made for one.",
        ),
        Field(
            "hub.helmforge.open-metrics",
            "metrics.allowPublicUnauthenticatedPrometheus",
            Kind.SWITCH,
            "Confirms that anybody on the internet may read the hub's numbers.",
        ),
        Field(
            "hub.helmforge.monitor",
            "metrics.serviceMonitor",
            Kind.MAP,
            "Tells a Prometheus operator of the cluster to read the hub's numbers.",
        ),
        Field(
            "hub.helmforge.startup",
            "startupProbe",
            Kind.MAP,
            "How long Kubernetes waits for the hub to come up before it starts it again.",
        ),
        Field(
            "hub.helmforge.grace",
            "terminationGracePeriodSeconds",
            Kind.SECONDS,
            "How long the hub may take to stop before it is killed.",
        ),
    ),
)
