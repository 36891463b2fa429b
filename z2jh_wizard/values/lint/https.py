"""Rules about HTTPS of the chart's own proxy, and the names that a hub is given.

Facts: the templates of charts 0.7 to 4.4. Up to chart 0.9 HTTPS is on as soon as there is a host; from 0.10
on it must be switched on. Let's Encrypt is asked for hosts that are given, and for no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, parse_path

_HTTPS: Path = ("proxy", "https")
_HOSTS = "proxy.https.hosts"
_MAIL: Path = ("proxy", "https", "letsencrypt", "contactEmail")
_SERVER: Path = ("proxy", "https", "letsencrypt", "acmeServer")
_HOST_KEYS = (_HOSTS, "ingress.hosts", "httpRoute.hostnames", "gateway.hostnames")

_HOST = re.compile(r"(?=.{1,253}$)(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
                   r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)  # fmt: skip
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_URL = re.compile(r"(?:https?:)?(?://)?(?P<host>[A-Za-z0-9.-]+)(?P<path>/.*)?")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def letsencrypt(subject: Subject) -> bool:
    """Tell whether the chart's own proxy gets a certificate from Let's Encrypt."""
    if subject.family != "z2jh" or not subject.get(_HOSTS):
        return False
    enabled = subject.get("proxy.https.enabled")
    on = enabled is True or (enabled is not False and not subject.at_least("0.10.0"))
    return on and (subject.get("proxy.https.type") or "letsencrypt") == "letsencrypt"


@rule("https-not-enabled", Severity.WARNING, "HTTPS that is not switched on", "proxy.https.enabled")
def https_not_enabled(subject: Subject) -> Iterator[Problem]:
    """Hosts alone are enough up to chart 0.9 only."""
    section = subject.get(_HTTPS)
    if subject.family != "z2jh" or not subject.at_least("0.10.0") or not isinstance(section, dict):
        return
    if section.get("enabled") is not None or not any(section.get(key) for key in section):
        return
    if not _certificate(section):
        return
    complete = _is_complete(subject, section)
    yield Problem(
        _HTTPS,
        "HTTPS has settings but is not switched on: the hub answers plain http only.",
        Fix("Write enabled: true below https.", (Set((*_HTTPS, "enabled"), True),) if complete else ()),
    )


@rule("https-nomail", Severity.ERROR, "Let's Encrypt without an e-mail address", ".".join(map(str, _MAIL)))
def https_nomail(subject: Subject) -> Iterator[Problem]:
    """The templates of charts from 0.7 on stop without one."""
    if not letsencrypt(subject):
        return
    mail = subject.get(_MAIL)
    fix = Fix("Write your address as proxy.https.letsencrypt.contactEmail.")
    if not mail:
        refused = subject.at_least("0.7.0")
        result = "the chart stops" if refused else "there is no certificate"
        severity = None if refused else Severity.WARNING
        message = f"Let's Encrypt wants an e-mail address, and none is given: {result}."
        yield Problem(_MAIL if subject.has(_MAIL) else _HTTPS, message, fix, severity=severity)
    elif not isinstance(mail, str) or not _EMAIL.fullmatch(mail):
        message = "This is no e-mail address: Let's Encrypt refuses it, and there is no certificate."
        yield Problem(_MAIL, message, fix, severity=Severity.WARNING)


@rule("https-nohosts", Severity.WARNING, "HTTPS without a host", _HOSTS)
def https_nohosts(subject: Subject) -> Iterator[Problem]:
    """Without a host nothing is made for HTTPS."""
    kind = subject.get("proxy.https.type") or "letsencrypt"
    on = subject.family == "z2jh" and subject.get("proxy.https.enabled") is True
    if on and kind == "letsencrypt" and not subject.get(_HOSTS):
        yield Problem(
            ("proxy", "https", "hosts") if subject.has(_HOSTS) else _HTTPS,
            "HTTPS is on but no host is named: there is no certificate, and the hub answers plain http only.",
            Fix("Write the name of the hub as an item of proxy.https.hosts."),
        )


@rule("https-host-str", Severity.ERROR, "Hosts as one text", *_HOST_KEYS[:3])
def https_host_str(subject: Subject) -> Iterator[Problem]:
    """Hosts are a list, also when there is one."""
    for key in _HOST_KEYS:
        value, path = subject.get(key), parse_path(key)
        if not isinstance(value, str) or not value:
            continue
        hosts = value.replace(",", " ").split()
        sure = all(_HOST.fullmatch(host) for host in hosts) and not (key == "ingress.hosts" and
            subject.family == "helmforge")  # fmt: skip
        yield Problem(
            path,
            "The hosts are one text here; the chart wants a list, and nothing is installed.",
            Fix("Write each host after a dash.", (Set(path, hosts),) if sure else ()),
        )


@rule("https-host-url", Severity.WARNING, "A host that is no name", *_HOST_KEYS[:3])
def https_host_url(subject: Subject) -> Iterator[Problem]:
    """No https://, no path, no port, no number: a name such as hub.example.org."""
    for key in _HOST_KEYS:
        value = subject.get(key)
        for at, host in enumerate(value if isinstance(value, list) else ()):
            path: Path = (*parse_path(key), at)
            if (
                isinstance(host, str)
                and host
                and "{{" not in host
                and (not _HOST.fullmatch(host) or _IP.fullmatch(host))
            ):
                yield _no_name(subject, path, host)


def _no_name(subject: Subject, path: Path, host: str) -> Problem:
    own = path[0] == "proxy"
    result = "there is no certificate" if own else "Kubernetes refuses it, and Helm stops"
    severity = None if own else Severity.ERROR
    shown, match = subject.quote(path, host), _URL.fullmatch(host)
    meant = match["host"] if match and not _IP.fullmatch(match["host"]) else ""
    sure = bool(meant) and "." in meant and _HOST.fullmatch(meant) is not None
    fix = Fix("Write a name such as hub.example.org.")
    if sure and match:
        rest = match["path"] or "/"
        fix = Fix(f"Write {meant}.", (Set(path, meant),) if rest == "/" else ())
    message = f"{shown} is no name of a host: {result}."
    if _IP.fullmatch(host):
        message = f"{host} is an address, not a name: {result}."
    return Problem(path, message, fix, severity=severity)


@rule("https-staging", Severity.WARNING, "The staging server of Let's Encrypt", ".".join(map(str, _SERVER)))
def https_staging(subject: Subject) -> Iterator[Problem]:
    """Its certificates are for trying things; browsers warn of them."""
    server = subject.get(_SERVER)
    places: list[Path] = [_SERVER] if isinstance(server, str) and "staging" in server else []
    for path, value in subject.find("ingress.annotations.*"):
        if "issuer" in str(path[-1]) and isinstance(value, str) and "staging" in value:
            places.append(path)
    for path in places:
        yield Problem(
            path,
            "This is a server for trying things: browsers warn every student of its certificate.",
            Fix("Take it away before class day." if path == _SERVER else "Name the real issuer."),
        )


def _certificate(section: dict[str, Any]) -> bool:
    """Tell whether a section says where a certificate comes from, or for which host."""
    inner = [section.get(key) for key in ("letsencrypt", "manual", "secret")]
    said = any(value for one in inner if isinstance(one, dict) for value in one.values())
    return bool(section.get("hosts")) or said or section.get("type") == "offload"


def _is_complete(subject: Subject, section: dict[str, Any]) -> bool:
    """Tell whether nothing but the switch is missing, and nothing else gives https."""
    if subject.get("ingress.enabled") or subject.get("httpRoute.enabled"):
        return False
    kind = section.get("type") or "letsencrypt"
    return kind == "letsencrypt" and isinstance(section.get("hosts"), list) and bool(subject.get(_MAIL))


RULES: tuple[Rule, ...] = (
    https_not_enabled,
    https_nomail,
    https_nohosts,
    https_host_str,
    https_host_url,
    https_staging,
)
