"""Secrets: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, ShownIf, TopicPage

TOPIC = TopicPage(
    "secrets",
    "Secrets",
    "Keys that prove who is who: made once, kept out of git, and changed when somebody has seen them.",
    GUIDE + "administrator/security.html",
    (
        Field(
            "secrets.proxy-token",
            "proxy.secretToken",
            Kind.SECRET,
            "Lets the hub command the proxy; a new one restarts both and nobody loses work.",
            Level.OFTEN,
            example="64 hex digits",
        ),
        Field(
            "secrets.cookie",
            "hub.cookieSecret",
            Kind.SECRET,
            "Signs the sign-in cookies; a new one signs everybody out once.",
            Level.OFTEN,
            example="64 hex digits",
            label="Cookie secret",
        ),
        Field(
            "secrets.cookie-config",
            "hub.config.JupyterHub.cookie_secret",
            Kind.SECRET,
            "The cookie secret said as JupyterHub's own setting, which wins over hub.cookieSecret.",
            example="64 hex digits",
        ),
        Field(
            "secrets.proxy-token-config",
            "hub.config.ConfigurableHTTPProxy.auth_token",
            Kind.SECRET,
            "The proxy token said as JupyterHub's own setting, which wins over proxy.secretToken.",
            example="64 hex digits",
        ),
        Field(
            "secrets.auth-state-keys",
            "hub.config.CryptKeeper.keys",
            Kind.SECRET_LIST,
            "Encrypts what sign-in keeps about a student; put a new key first and keep the old one "
            "until it is no more used.",
            example="64 hex digits",
        ),
        Field(
            "secrets.database-password",
            "hub.db.password",
            Kind.SECRET,
            "The password of an outside database, kept apart from its address.",
            shown_if=ShownIf("database.type", ("mysql", "postgres")),
        ),
        Field(
            "secrets.existing",
            "hub.existingSecret",
            Kind.TEXT,
            "The name of a Kubernetes Secret of your own that holds all of the hub's secrets.",
            example="my-hub-secrets",
        ),
        Field(
            "secrets.helmforge.external",
            "externalSecrets.enabled",
            Kind.SWITCH,
            "Fetches the proxy token from a secret store outside of the cluster through the External "
            "Secrets Operator.",
        ),
        Field(
            "secrets.helmforge.external-version",
            "externalSecrets.apiVersion",
            Kind.TEXT,
            "The version of the External Secrets interface that your cluster offers.",
            example="external-secrets.io/v1",
        ),
        Field(
            "secrets.helmforge.external-data",
            "externalSecrets.data",
            Kind.LIST,
            "Which single entries of the secret store become which keys of the Kubernetes Secret.",
        ),
        Field(
            "secrets.helmforge.external-data-from",
            "externalSecrets.dataFrom",
            Kind.LIST,
            "Which whole entries of the secret store are copied with all their keys.",
        ),
        Field(
            "secrets.helmforge.external-refresh",
            "externalSecrets.refreshInterval",
            Kind.TEXT,
            "How often the secret store is asked again.",
            example="1h",
        ),
        Field(
            "secrets.helmforge.external-store-kind",
            "externalSecrets.secretStoreRef.kind",
            Kind.TEXT,
            "Whether the store belongs to this namespace (SecretStore) or to the whole cluster "
            "(ClusterSecretStore).",
            example="ClusterSecretStore",
        ),
        Field(
            "secrets.helmforge.external-store",
            "externalSecrets.secretStoreRef.name",
            Kind.TEXT,
            "The name of the secret store that your cluster's owner has set up.",
        ),
        Field(
            "secrets.helmforge.external-target",
            "externalSecrets.target",
            Kind.MAP,
            "How the Kubernetes Secret that is made from the store is named and owned.",
        ),
        Field(
            "secrets.helmforge.cookie-secret",
            "hub.cookieSecret.existingSecret",
            Kind.TEXT,
            "The Kubernetes Secret that holds the cookie secret; without a disk for the hub it is needed.",
        ),
        Field(
            "secrets.helmforge.cookie-secret-key",
            "hub.cookieSecret.existingSecretKey",
            Kind.TEXT,
            "Which key of that Kubernetes Secret holds the cookie secret.",
        ),
        Field(
            "secrets.helmforge.cookie-file",
            "hub.cookieSecret.fileName",
            Kind.TEXT,
            "The plain file name, no path, under which the hub keeps its cookie secret.",
            example="jupyterhub_cookie_secret",
        ),
        Field(
            "secrets.helmforge.proxy-secret",
            "proxy.existingSecret",
            Kind.TEXT,
            "A Kubernetes Secret of your own that holds the proxy token.",
        ),
        Field(
            "secrets.helmforge.proxy-secret-key",
            "proxy.existingSecretTokenKey",
            Kind.TEXT,
            "Which key of that Kubernetes Secret holds the proxy token.",
            example="proxy-token",
        ),
    ),
)
