"""HTTPS: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, Level, ShownIf, TopicPage
from z2jh_wizard.values.topics import blocks

TRAEFIK = "https://doc.traefik.io/traefik/"
TYPES = (
    Choice("letsencrypt", "Let's Encrypt", "free and renewed by itself; needs a name that points to the hub"),
    Choice("manual", "A certificate of mine", "when your institution gives you one as files"),
    Choice("secret", "A Kubernetes Secret", "when somebody keeps the certificate in the cluster"),
    Choice("offload", "The load balancer does it", "when the cloud's load balancer holds the certificate"),
)
ACME = (
    Choice("https://acme-v02.api.letsencrypt.org/directory", "Let's Encrypt", "for real students"),
    Choice(
        "https://acme-staging-v02.api.letsencrypt.org/directory", "Staging", "to try: browsers warn about it"
    ),
)
ON = ShownIf("https.enabled", (True,))
LETSENCRYPT = ShownIf("https.type", ("letsencrypt",))
MANUAL = ShownIf("https.type", ("manual",))
SECRET = ShownIf("https.type", ("secret",))

TOPIC = TopicPage(
    "https",
    "HTTPS",
    "Encrypts what students send, passwords included; most ways to sign in demand it.",
    GUIDE + "administrator/security.html#https",
    (
        Field(
            "https.enabled",
            "proxy.https.enabled",
            Kind.SWITCH,
            "Encrypts the way between students and the hub; without it passwords can be read on the way.",
            Level.EVERYDAY,
        ),
        Field(
            "https.type",
            "proxy.https.type",
            Kind.CHOICE,
            "Where the certificate comes from.",
            Level.EVERYDAY,
            choices=TYPES,
            shown_if=ON,
            label="Certificate",
        ),
        Field(
            "https.hosts",
            "proxy.https.hosts",
            Kind.HOSTS,
            "The name of the hub, which must point to its address before a certificate can be had.",
            Level.EVERYDAY,
            shown_if=ShownIf("https.type", ("letsencrypt", "manual", "secret")),
            example="hub.example.org",
            label="Name of the hub",
        ),
        Field(
            "https.email",
            "proxy.https.letsencrypt.contactEmail",
            Kind.EMAIL,
            "Where Let's Encrypt may write to; a real address of yours.",
            Level.EVERYDAY,
            shown_if=LETSENCRYPT,
            example="teacher@example.org",
            label="E-mail address",
        ),
        Field(
            "https.acme-server",
            "proxy.https.letsencrypt.acmeServer",
            Kind.URL,
            "Who issues the certificate; the staging server of Let's Encrypt lets you try without its "
            "weekly limits.",
            shown_if=LETSENCRYPT,
            choices=ACME,
        ),
        Field(
            "https.manual-cert",
            "proxy.https.manual.cert",
            Kind.LONG_TEXT,
            "The certificate that your institution gave you, with its chain, as PEM text.",
            Level.OFTEN,
            shown_if=MANUAL,
            label="Certificate text",
        ),
        Field(
            "https.manual-key",
            "proxy.https.manual.key",
            Kind.SECRET,
            "The private key that belongs to the certificate, as PEM text.",
            Level.OFTEN,
            shown_if=MANUAL,
            label="Private key",
        ),
        Field(
            "https.secret-name",
            "proxy.https.secret.name",
            Kind.TEXT,
            "The Kubernetes Secret that holds the certificate and its key.",
            Level.OFTEN,
            shown_if=SECRET,
            label="Name of the Secret",
        ),
        Field(
            "https.secret-cert",
            "proxy.https.secret.crt",
            Kind.TEXT,
            "Which key of that Kubernetes Secret holds the certificate.",
            shown_if=SECRET,
            example="tls.crt",
        ),
        Field(
            "https.secret-key",
            "proxy.https.secret.key",
            Kind.TEXT,
            "Which key of that Kubernetes Secret holds the private key.",
            shown_if=SECRET,
            example="tls.key",
        ),
        Field(
            "https.hsts-age",
            "proxy.traefik.hsts.maxAge",
            Kind.SECONDS,
            "How long browsers remember to open the hub by HTTPS only.",
        ),
        Field(
            "https.hsts-subdomains",
            "proxy.traefik.hsts.includeSubdomains",
            Kind.SWITCH,
            "Whether browsers remember the same for all names below the hub's.",
        ),
        Field(
            "https.hsts-preload",
            "proxy.traefik.hsts.preload",
            Kind.SWITCH,
            "Allows browsers to ship with the knowledge that this name is HTTPS only, which is hard to "
            "take back.",
        ),
        *blocks.image("https.traefik", "proxy.traefik.image", "Traefik, which ends HTTPS"),
        Field(
            "https.traefik.resources",
            "proxy.traefik.resources",
            Kind.MAP,
            "Memory and CPU of the Traefik pod, which ends HTTPS.",
        ),
        Field(
            "https.traefik.labels",
            "proxy.traefik.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the Traefik pod.",
        ),
        Field(
            "https.traefik.dynamic",
            "proxy.traefik.extraDynamicConfig",
            Kind.MAP,
            "Further rules for Traefik, such as redirects, in Traefik's own words.",
            link=TRAEFIK,
        ),
        Field(
            "https.traefik.static",
            "proxy.traefik.extraStaticConfig",
            Kind.MAP,
            "Further start settings for Traefik, in Traefik's own words.",
            link=TRAEFIK,
        ),
        Field(
            "https.traefik.variables",
            "proxy.traefik.extraEnv",
            Kind.TEXT_MAP,
            "Environment variables of the Traefik container.",
        ),
        Field(
            "https.traefik.ports",
            "proxy.traefik.extraPorts",
            Kind.LIST,
            "Further ports that the Traefik pod listens on.",
        ),
        Field(
            "https.traefik.volumes",
            "proxy.traefik.extraVolumes",
            Kind.LIST,
            "Further volumes of the Traefik pod.",
        ),
        Field(
            "https.traefik.mounts",
            "proxy.traefik.extraVolumeMounts",
            Kind.LIST,
            "Where the further volumes appear in the Traefik container.",
        ),
        Field(
            "https.traefik.init-containers",
            "proxy.traefik.extraInitContainers",
            Kind.LIST,
            "Containers that run and end before Traefik starts.",
        ),
        Field(
            "https.traefik.pod",
            "proxy.traefik.extraPodSpec",
            Kind.MAP,
            "Anything else of a Kubernetes pod, for the Traefik pod.",
        ),
        Field(
            "https.traefik.security",
            "proxy.traefik.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the Traefik container runs.",
        ),
        Field(
            "https.traefik.history",
            "proxy.traefik.revisionHistoryLimit",
            Kind.WHOLE,
            "How many earlier versions of the Traefik Deployment the cluster keeps.",
        ),
        *blocks.pdb("https.traefik", "proxy.traefik.pdb", "Traefik"),
        *blocks.service_account("https.traefik-account", "proxy.traefik.serviceAccount", "Traefik"),
        *blocks.image("https.secret-sync", "proxy.secretSync.image", "the helper that keeps the certificate"),
        Field(
            "https.secret-sync.resources",
            "proxy.secretSync.resources",
            Kind.MAP,
            "Memory and CPU of the helper that keeps the certificate over restarts.",
        ),
        Field(
            "https.secret-sync.security",
            "proxy.secretSync.containerSecurityContext",
            Kind.MAP,
            "The user and the rights with which the helper that keeps the certificate runs.",
        ),
    ),
)
