"""Rules about values that the schema takes and at which the chart's own templates stop."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity, Unset
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, format_path, parse_path


@rule("rbac-enabled", Severity.ERROR, "rbac.enabled, at which charts from 2.0 on stop", "rbac.create")
def rbac_enabled(subject: Subject) -> Iterator[Problem]:
    """Chart 2.0 parted it into ``rbac.create`` and one ``serviceAccount.create`` for each part of the hub."""
    path: Path = ("rbac", "enabled")
    if subject.family == "z2jh" and subject.at_least("2.0.0") and subject.has(path):
        yield Problem(
            path,
            "Charts from 2.0 on stop at rbac.enabled: nothing is installed.",
            Fix(
                "Take it away; rbac.create and the serviceAccount.create of each part say it now.",
                (Unset(path),) if subject.get(path) is True else (),
            ),
        )


@rule("fsgid-old", Severity.ERROR, "hub.fsGid, at which charts from 2.0 on stop", "hub.podSecurityContext")
def fsgid_old(subject: Subject) -> Iterator[Problem]:
    """Chart 2.0 made it a part of the pod's security context."""
    path, new = ("hub", "fsGid"), parse_path("hub.podSecurityContext.fsGroup")
    if subject.family != "z2jh" or not subject.at_least("2.0.0") or not subject.has(path):
        return
    sure = type(subject.get(path)) is int and not subject.has(new)
    yield Problem(
        path,
        "Charts from 2.0 on stop at hub.fsGid: nothing is installed.",
        Fix(
            "Write it as hub.podSecurityContext.fsGroup.",
            (Set(new, subject.get(path)), Unset(path)) if sure else (),
        ),
    )


_RENAMED = {
    "proxy.containerSecurityContext": ("0.10.0", "proxy.chp.containerSecurityContext"),
    "proxy.networkPolicy": ("0.10.0", "proxy.chp.networkPolicy"),
    "hub.imagePullSecret": ("0.10.0", "imagePullSecret"),
    "singleuser.imagePullSecret": ("0.10.0", "imagePullSecret"),
    "proxy.pdb": ("0.11.0", "proxy.chp.pdb"),
}
"""Old names, the first version that stops at them, and the new names: NOTES.txt of 0.10.0 and 0.11.1."""


@rule("renamed-key", Severity.ERROR, "Renamed keys at which charts 0.10 and 0.11 stop")
def renamed_key(subject: Subject) -> Iterator[Problem]:
    """Older charts do not refuse unknown keys, but these two check for some of them."""
    if subject.family != "z2jh" or subject.at_least("1.0.0"):
        return
    for old, (since, new) in _RENAMED.items():
        path = parse_path(old)
        value = subject.get(path)
        switched_off = (
            old.endswith("imagePullSecret") and isinstance(value, dict) and not value.get("enabled")
        )
        if value and not switched_off and subject.at_least(since):
            yield Problem(
                path,
                f"Charts from {since} on stop at {old}: nothing is installed.",
                Fix(f"Write {new} instead.", () if subject.has(new) else (Move(path, parse_path(new)),)),
            )


@rule(
    "netpol-both",
    Severity.ERROR,
    "The cloud's metadata server blocked and allowed at once",
    "singleuser.cloudMetadata.blockWithIptables",
    "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer",
)
def netpol_both(subject: Subject) -> Iterator[Problem]:
    """Charts from 3.0 on stop when both settings are on; blocking is on unless it is said otherwise."""
    path = parse_path("singleuser.networkPolicy.egressAllowRules.cloudMetadataServer")
    if subject.family != "z2jh" or not subject.at_least("3.0.0") or not subject.get(path):
        return
    blocked = subject.effective("singleuser.cloudMetadata.blockWithIptables", True)
    if blocked and subject.effective("singleuser.networkPolicy.enabled", True):
        yield Problem(
            path,
            "This allows the cloud's metadata server, which blockWithIptables blocks: the chart stops.",
            Fix("Take this away, or say blockWithIptables: false if students' code needs the server."),
        )


@rule(
    "hub-env",
    Severity.ERROR,
    "A number or a switch in the environment of hub or proxy",
    "hub.extraEnv",
    "proxy.chp.extraEnv",
    "proxy.traefik.extraEnv",
)
def hub_env(subject: Subject) -> Iterator[Problem]:
    """Charts from 0.10 on stop at a value that is neither text nor a map of Kubernetes."""
    if subject.family != "z2jh" or not subject.at_least("0.10.0"):
        return
    for key in ("hub.extraEnv", "proxy.chp.extraEnv", "proxy.traefik.extraEnv"):
        for path, value in subject.find(f"{key}.*"):
            if not isinstance(path[-1], str) or isinstance(value, (str, dict)):
                continue
            written = subject.source_of(path).written_at(path)
            text = written.plain if written else None
            yield Problem(
                path,
                f"{format_path(path)} is no text, and the chart stops there: nothing is installed.",
                Fix("Put the value in quotes.", (Set(path, text),) if text else ()),
            )


RULES: tuple[Rule, ...] = (rbac_enabled, fsgid_old, renamed_key, netpol_both, hub_env)
