"""Errors of rights and logins, on the way to the cluster, and about single objects in it."""

from __future__ import annotations

from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, NeedsYou
from z2jh_wizard.helm.known_errors.base import NOTHING_CHANGED, OLD_HUB_RUNS, THEN_AGAIN, known

_LOG_IN = "Log in to the provider again (z2jh-wizard doctor says how), then run the same command again."

RIGHTS = (
    known(
        r"server rejected our request.*rbac\.authorization|rbac\.authorization\.k8s\.io.*server rejected",
        "The cluster has no role-based access control",
        "It turned down the roles that the chart wants to make.",
        "Set rbac.create: false in config.yaml (rbac.enabled: false before chart 2.0). " + THEN_AGAIN,
    ),
    known(
        r"clusterroles?(?:bindings?)?\.rbac\.authorization\.k8s\.io[^\n]*(?:forbidden|cannot)|"
        r"attempting to grant RBAC permissions not currently held",
        "You may not make roles in this cluster",
        "The chart makes roles for the hub, and your account is not allowed to give such rights.",
        "Ask for the role cluster-admin (on GKE: Kubernetes Engine Admin), or set "
        "scheduling.userScheduler.enabled: false, so that no cluster-wide role is needed.",
        OLD_HUB_RUNS,
        kind=NeedsYou,
    ),
    known(
        r"exceeded quota: (?P<quota>[^\n]+)",
        "A quota of the namespace is used up",
        "{quota}",
        "Ask the cluster's owner for more, or lower guarantees in config.yaml.",
        kind=NeedsYou,
    ),
    known(
        r"User \"(?P<user>[^\"]+)\" cannot (?P<verb>\w+) resource \"(?P<resource>[^\"]+)\"",
        "You are not allowed to {verb} {resource}",
        "The cluster knows you as {user}, and this account has no right to do it.",
        "Ask the cluster's owner for the right, or use another account.",
        kind=NeedsYou,
    ),
    known(
        r"exec: executable (?P<program>\S+) (?P<how>not found|failed with exit code \d+)|"
        r"getting credentials: (?P<why>[^\n]+)",
        "The login for the cluster failed",
        "The program that fetches credentials could not. {program} {how}{why}",
        _LOG_IN,
        NOTHING_CHANGED,
        kind=CouldNotLook,
    ),
    known(
        r"Unauthorized|must be logged in to the server|asked for the client to provide credentials",
        "The cluster does not accept your login",
        "The credentials are missing, wrong or expired.",
        _LOG_IN,
        NOTHING_CHANGED,
        kind=CouldNotLook,
    ),
)

REACHING = (
    known(
        r"context \"(?P<context>[^\"]+)\" does not exist",
        "The kubeconfig has no context {context}",
        "Helm was told to use a cluster that the file does not know.",
        "Run z2jh-wizard apply, which writes the kubeconfig again.",
        NOTHING_CHANGED,
        kind=CouldNotLook,
    ),
    known(
        r"error loading config file|no configuration has been provided|"
        r"cluster unreachable: stat (?P<file>\S+):|invalid configuration:",
        "The kubeconfig is missing or damaged",
        "Helm cannot read which cluster to talk to. {file}",
        "Run z2jh-wizard apply, which writes it again.",
        NOTHING_CHANGED,
        kind=CouldNotLook,
    ),
    known(
        r"(?:x509: |tls: failed to verify )(?P<why>[^\n]+)",
        "The cluster's certificate is not the expected one",
        "{why}.",
        "If the cluster was made again, run z2jh-wizard apply to write a new kubeconfig; otherwise do not "
        "go on: something is between you and the cluster.",
        NOTHING_CHANGED,
        kind=CouldNotLook,
    ),
    known(
        r"no such host",
        "The cluster's address is unknown",
        "Its name cannot be looked up: the network is down, or the cluster was deleted.",
        "Check the network and, in the provider's console, whether the cluster is there.",
        NOTHING_CHANGED,
        transient=True,
        kind=CouldNotLook,
    ),
    known(
        r"cluster unreachable|connection refused|i/o timeout|TLS handshake timeout|no route to host|"
        r"network is unreachable|connection reset|\bEOF\b|client connection lost",
        "The cluster cannot be reached",
        "The Kubernetes API did not answer Helm.",
        "Check the network; a private cluster needs its VPN. " + THEN_AGAIN,
        transient=True,
        kind=CouldNotLook,
    ),
    known(
        r"ServiceUnavailable|currently unable to handle the request|TooManyRequests|etcdserver: |"
        r"Internal error occurred|failed calling webhook",
        "The cluster is overloaded or being upgraded",
        "It refused a request that it normally answers.",
        "Wait a minute. " + THEN_AGAIN,
        transient=True,
    ),
)

OBJECTS = (
    known(
        r"admission webhook \"(?P<webhook>[^\"]+)\" denied the request: (?P<why>[^\n]+)",
        "A rule of this cluster forbids part of the hub",
        "{webhook}: {why}",
        "Change the setting that it names, or ask the cluster's owner for an exception.",
        kind=NeedsYou,
    ),
    known(
        r"field is immutable|updates to statefulset spec|spec is immutable after creation|"
        r"may not change once set",
        "Part of the hub cannot be changed in place",
        "Kubernetes lets some fields, such as a disk's class or a selector, be set only at the start.",
        "Put the old value back, or remove that one object first (its data goes with it).",
        OLD_HUB_RUNS,
    ),
    known(
        r"(?P<object>\w+(?:\.[\w.]+)? \"[^\"]+\") is invalid: (?P<why>.+)",
        "The cluster does not accept {object}",
        "{why}",
        "Correct the setting that it names in config.yaml. " + THEN_AGAIN,
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"error validating \"?[^\n]*: (?P<why>[^\n]+)|strict decoding error: (?P<strict>[^\n]+)",
        "The chart made an object that the cluster does not accept",
        "{why}{strict}",
        "A setting that is copied into an object has a wrong name or shape; correct it in config.yaml.",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
)
