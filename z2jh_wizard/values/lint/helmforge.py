"""Rules for the HelmForge chart: what it refuses to render, and what it renders into broken Python.

Facts: templates and schema of HelmForge's jupyterhub 1.0.6. Its checks run when the chart is rendered; these
say the same before, with the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.address import PublicAddress, public_address
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.rule import Check, Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import parse_path

_OWN_DATABASE = re.compile(r"(?m)^\s*c\.JupyterHub\.db_url\s*=")
_CLASS = re.compile(r"(?m)^\s*c\.JupyterHub\.authenticator_class\s*=")
_SINGLE_WRITER = ("ReadWriteOnce", "ReadWriteOncePod")
_NUMBERS = ("singleuser.cpu.guarantee", "singleuser.cpu.limit", "singleuser.startTimeout")
_MEMORY = ("singleuser.memory.guarantee", "singleuser.memory.limit")
_RESERVED = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component")


def _for_helmforge(check: Check) -> Check:
    """Make a check silent for the other chart."""

    def only_here(subject: Subject) -> Iterator[Problem]:
        if subject.family == "helmforge":
            yield from check(subject)

    return only_here


@rule("hf-replicas", Severity.ERROR, "Several hubs with one small database", "hub.replicaCount")
@_for_helmforge
def replicas(subject: Subject) -> Iterator[Problem]:
    """Several hubs need a database outside, and a volume or cookie secret that they can share."""
    count = subject.get("hub.replicaCount", 1)
    if not isinstance(count, (int, float)) or count < 2:
        return
    path = parse_path("hub.replicaCount")
    outside = bool(_OWN_DATABASE.search(_code(subject)))
    if not outside:
        yield Problem(
            path,
            "With SQLite there can be one hub only: the chart refuses to install.",
            Fix("Write 1, or set c.JupyterHub.db_url in hub.extraConfig.", (Set(path, 1),)),
        )
    if _on(subject, "hub.persistence.enabled", default=True):
        modes = subject.get("hub.persistence.accessModes", ["ReadWriteOnce"])
        claim = subject.get("hub.persistence.existingClaim")
        if not claim and isinstance(modes, list) and any(mode in _SINGLE_WRITER for mode in modes):
            yield Problem(
                parse_path("hub.persistence.accessModes"),
                "Several hubs cannot share a ReadWriteOnce volume: the chart refuses to install.",
                Fix("Write ReadWriteMany, or switch hub.persistence off and name a cookie secret."),
            )
    elif outside and not _cookie(subject).get("existingSecret"):
        yield Problem(
            parse_path("hub.cookieSecret.existingSecret"),
            "Several hubs without a volume need one cookie secret: the chart refuses to install.",
            Fix("Name a Secret of the cluster in hub.cookieSecret.existingSecret."),
        )


@rule(
    "hf-cookie", Severity.ERROR, "A cookie secret written into the values", "hub.cookieSecret.existingSecret"
)
@_for_helmforge
def cookie(subject: Subject) -> Iterator[Problem]:
    """The chart takes the name of a Secret of the cluster, in a map."""
    path = parse_path("hub.cookieSecret")
    if isinstance(subject.get(path), str):
        yield Problem(
            path,
            "This chart takes no cookie secret itself and refuses to install.",
            Fix("Write existingSecret below it, with the name of a Secret of the cluster."),
        )
    name = _cookie(subject).get("fileName")
    if isinstance(name, str) and "/" in name:
        yield Problem(
            (*path, "fileName"),
            "This must be the name of a file and no path: the chart refuses to install.",
            Fix("Write the last part alone.", (Set((*path, "fileName"), name.rsplit("/", 1)[-1]),)),
        )


@rule("hf-dummy-open", Severity.ERROR, "Everybody can sign in as anybody", "auth.dummyPassword", "auth.type")
@_for_helmforge
def dummy_open(subject: Subject) -> Iterator[Problem]:
    """The chart refuses a public hub without a password unless allowInsecureDummy says that it is meant."""
    if subject.get("auth.type", "dummy") != "dummy" or subject.get("auth.dummyPassword"):
        return
    if not _address(subject).reachable:
        return
    meant = _on(subject, "auth.allowInsecureDummy", default=False)
    effect = "as was asked for" if meant else "so the chart refuses to install"
    yield Problem(
        parse_path("auth.allowInsecureDummy") if meant else _way_in(subject),
        f"Anybody who finds the hub's address could sign in under any name, {effect}.",
        Fix("Set auth.dummyPassword, or auth.type: custom with an authenticator of your own."),
        Severity.WARNING if meant else None,
    )


@rule("hf-custom-class", Severity.ERROR, "auth.type custom without a class", "auth.type", "hub.extraConfig")
@_for_helmforge
def custom_class(subject: Subject) -> Iterator[Problem]:
    """With custom the chart sets no class at all; on a public address it looks for the line itself."""
    path = parse_path("auth.type")
    if subject.get(path, "dummy") != "custom" or _CLASS.search(_code(subject)):
        return
    public = _address(subject).reachable
    if not public and "authenticator_class" in _code(subject):
        return
    effect = "the chart refuses to install" if public else "nobody can sign in"
    yield Problem(
        path,
        f"No line of hub.extraConfig sets the class: {effect}.",
        Fix('Write there: c.JupyterHub.authenticator_class = "native" (or another).'),
    )


@rule(
    "hf-metrics",
    Severity.ERROR,
    "Metrics that nobody can read, or everybody",
    "metrics.serviceMonitor",
    "metrics.authenticatePrometheus",
    "metrics.allowPublicUnauthenticatedPrometheus",
)
@_for_helmforge
def metrics(subject: Subject) -> Iterator[Problem]:
    """A ServiceMonitor has no password, and open metrics of a public hub must be asked for."""
    locked = _on(subject, "metrics.authenticatePrometheus", default=True)
    if locked and _on(subject, "metrics.serviceMonitor.enabled", default=False):
        yield Problem(
            parse_path("metrics.serviceMonitor.enabled"),
            "The ServiceMonitor cannot read metrics that need a sign-in: the chart refuses to install.",
            Fix("Set metrics.authenticatePrometheus: false."),
        )
    allowed = _on(subject, "metrics.allowPublicUnauthenticatedPrometheus", default=False)
    if not locked and not allowed and _address(subject).reachable:
        yield Problem(
            parse_path("metrics.authenticatePrometheus"),
            "Everybody could read the metrics of this public hub: the chart refuses to install.",
            Fix("Set it to true, or metrics.allowPublicUnauthenticatedPrometheus: true if that is meant."),
        )


@rule(
    "hf-python",
    Severity.ERROR,
    "A value that becomes broken Python",
    *_NUMBERS,
    *_MEMORY,
    "hub.cleanupServers",
)
@_for_helmforge
def python(subject: Subject) -> Iterator[Problem]:
    """The chart writes these into Python as they are; null leaves nothing behind the equals sign."""
    for key in _NUMBERS:
        if subject.has(key) and not _is_number(subject.get(key)):
            shown = subject.quote(parse_path(key), subject.get(key))
            yield Problem(
                parse_path(key),
                f"The chart writes {shown} into the hub's Python, and the hub does not start.",
                Fix("Write a number, or remove the key for the chart's own."),
            )
    for key in _MEMORY:
        if subject.has(key) and subject.get(key) in (None, ""):
            yield Problem(
                parse_path(key),
                "The chart makes an empty text of it, and no server starts.",
                Fix("Write an amount such as 2G, or remove the key for the chart's own."),
            )


@rule("hf-extra-config", Severity.ERROR, "hub.extraConfig that is no text", "hub.extraConfig")
@_for_helmforge
def extra_config(subject: Subject) -> Iterator[Problem]:
    """Zero to JupyterHub takes a map of names to code here, HelmForge one text."""
    path = parse_path("hub.extraConfig")
    value = subject.get(path)
    if not subject.has(path) or isinstance(value, str):
        return
    pieces = value.values() if isinstance(value, dict) else ()
    texts = [piece for piece in pieces if isinstance(piece, str)]
    whole = bool(texts) and len(texts) == len(pieces)
    joined = "\n".join(text.rstrip("\n") for text in texts) + "\n"
    yield Problem(
        path,
        "This chart takes one text of Python here and fails with anything else.",
        Fix("Join the pieces in one text, after a |.", (Set(path, joined),) if whole else ()),
    )


@rule("hf-extra-env", Severity.ERROR, "extraEnv as a map", "extraEnv")
@_for_helmforge
def extra_env(subject: Subject) -> Iterator[Problem]:
    """Zero to JupyterHub takes a map here, HelmForge a list of name and value."""
    value = subject.get("extraEnv")
    if not isinstance(value, dict):
        return
    simple = all(isinstance(item, str) for item in value.values())
    listed = [{"name": name, "value": item} for name, item in value.items()]
    yield Problem(
        ("extraEnv",),
        "This chart takes a list of name and value here and refuses to install.",
        Fix("Write a list of name and value.", (Set(("extraEnv",), listed),) if simple and value else ()),
    )


@rule(
    "hf-external-secrets", Severity.ERROR, "externalSecrets without what it needs", "externalSecrets.enabled"
)
@_for_helmforge
def external_secrets(subject: Subject) -> Iterator[Problem]:
    """It fills the Secret that proxy.existingSecret names, from a store."""
    if not _on(subject, "externalSecrets.enabled", default=False):
        return
    missing = [
        key for key in ("proxy.existingSecret", "externalSecrets.secretStoreRef.name") if not subject.get(key)
    ]
    if not subject.get("externalSecrets.data") and not subject.get("externalSecrets.dataFrom"):
        missing.append("externalSecrets.data")
    if missing:
        yield Problem(
            parse_path("externalSecrets.enabled"),
            f"The chart refuses to install without {' and '.join(missing)}.",
            Fix("Set it, or externalSecrets.enabled: false."),
        )


@rule("hf-label", Severity.ERROR, "A label that the chart keeps for itself", "commonLabels", "podLabels")
@_for_helmforge
def label(subject: Subject) -> Iterator[Problem]:
    """The chart finds its own pods by these."""
    for section in ("commonLabels", "podLabels"):
        for name in _RESERVED:
            if subject.has((section, name)):
                yield Problem(
                    (section, name),
                    "The chart sets this label itself and refuses to install.",
                    Fix("Remove it."),
                )


@rule(
    "hf-storage-off",
    Severity.WARNING,
    "Students' files are not kept",
    "singleuser.storage.enabled",
)
@_for_helmforge
def storage_off(subject: Subject) -> Iterator[Problem]:
    """The chart keeps no files unless told; settings of storage alone do not switch it on."""
    path = parse_path("singleuser.storage")
    storage = subject.get(path)
    if isinstance(storage, dict) and storage and "enabled" not in storage:
        yield Problem(
            path,
            "Storage is off unless enabled says true: students' files are gone when their server stops.",
            Fix("Write enabled: true.", (Set((*path, "enabled"), True),)),
        )


def _code(subject: Subject) -> str:
    value = subject.get("hub.extraConfig")
    return value if isinstance(value, str) else ""


def _cookie(subject: Subject) -> dict[str, Any]:
    value = subject.get("hub.cookieSecret")
    return value if isinstance(value, dict) else {}


def _address(subject: Subject) -> PublicAddress:
    return public_address(subject.values, subject.version, subject.family)


def _way_in(subject: Subject) -> tuple[str, ...]:
    ways = (("ingress", "enabled"), ("gateway", "enabled"), ("service", "type"))
    return next((path for path in ways if subject.get(path) not in (None, False)), ())


def _on(subject: Subject, key: str, *, default: bool) -> bool:
    value = subject.get(key)
    return default if value is None else bool(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?", value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


RULES: tuple[Rule, ...] = (
    replicas,
    cookie,
    dummy_open,
    custom_class,
    metrics,
    python,
    extra_config,
    extra_env,
    external_secrets,
    label,
    storage_off,
)
