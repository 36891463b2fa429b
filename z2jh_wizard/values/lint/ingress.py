"""Rules about an ingress or gateway in front of the hub.

Facts: the templates of chart 4.4.0 and of the HelmForge chart 1.0.6. kube-lego was replaced by cert-manager,
which reads annotations below ``cert-manager.io``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.https import letsencrypt
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_HOSTS: Path = ("ingress", "hosts")
_WRITE_ISSUER = "Install cert-manager, and write cert-manager.io/cluster-issuer with the name of your issuer."


@rule("ingress-host-obj", Severity.ERROR, "Hosts of an ingress as another chart writes them", "ingress.hosts")
def ingress_host_obj(subject: Subject) -> Iterator[Problem]:
    """Zero to JupyterHub takes names, HelmForge maps with host and paths."""
    hosts = subject.get(_HOSTS)
    if not isinstance(hosts, list):
        return
    wrong: type = str if subject.family == "helmforge" else dict
    first = next((at for at, host in enumerate(hosts) if isinstance(host, wrong)), None)
    if first is None:
        return
    turned = [_turned(subject, host) for host in hosts]
    edits = () if None in turned else (Set(_HOSTS, turned),)
    if wrong is dict:
        message = "The chart takes names of hosts; with a map here Kubernetes refuses the ingress."
        fix = Fix("Write only the name, after a dash.", edits)
    else:
        message = "This chart takes maps with host and paths; a plain name stops it."
        fix = Fix("Write - host: with the name, and paths: below it.", edits)
    yield Problem((*_HOSTS, first), message, fix)


def _turned(subject: Subject, host: Any) -> Any:
    """Return a host in the form of this chart, None when that loses something."""
    if subject.family == "helmforge":
        return (
            {"host": host, "paths": [{"path": "/", "pathType": "Prefix"}]} if isinstance(host, str) else host
        )
    if not isinstance(host, dict):
        return host
    name, paths = host.get("host"), host.get("paths")
    plain = isinstance(paths, list) and all(
        path == "/" or (isinstance(path, dict) and path.get("path") == "/") for path in paths
    )
    return name if isinstance(name, str) and (not paths or plain) else None


@rule(
    "https-and-ingress",
    Severity.WARNING,
    "Two ways to https at once",
    "proxy.https.enabled",
    "ingress.enabled",
)
def https_and_ingress(subject: Subject) -> Iterator[Problem]:
    """The proxy's certificate is asked for at one address, the ingress answers at another."""
    if not letsencrypt(subject):
        return
    for way in ("ingress", "httpRoute"):
        if subject.get((way, "enabled")) is True:
            yield Problem(
                ("proxy", "https"),
                f"Both the proxy and {way} answer for the hub; its name can lead to one of them only, and "
                "the certificate may never come.",
                Fix(f"Write enabled: false below proxy.https, or switch off {way}."),
            )


@rule("two-addresses", Severity.NOTE, "An ingress beside a public address", "proxy.service.type")
def two_addresses(subject: Subject) -> Iterator[Problem]:
    """The chart's proxy has a load balancer of its own unless its service is of type ClusterIP."""
    if subject.family != "z2jh" or letsencrypt(subject):
        return
    way = next((one for one in ("ingress", "httpRoute") if subject.get((one, "enabled")) is True), None)
    if way and subject.effective("proxy.service.type", "LoadBalancer") == "LoadBalancer":
        yield Problem(
            ("proxy", "service", "type") if subject.has("proxy.service.type") else (way, "enabled"),
            f"Beside {way} the hub keeps a public address of its own, a load balancer that costs money.",
            Fix("Write proxy.service.type: ClusterIP."),
        )


@rule("kube-lego", Severity.WARNING, "Certificates from kube-lego", "ingress.annotations", "ingress.tls")
def kube_lego(subject: Subject) -> Iterator[Problem]:
    """kube-lego is no more, and cert-manager reads other annotations than its first versions did."""
    annotations = [(path, str(path[-1])) for path, _ in subject.find("ingress.annotations.*")]
    names = [value for _, value in subject.find("ingress.tls.*.secretName") if isinstance(value, str)]
    newer = any(name.startswith("cert-manager.io/") for _, name in annotations)
    lego = any(name.startswith(("kubelego", "kube-lego")) for name in names)
    for path, name in annotations:
        if name == "kubernetes.io/tls-acme" and lego and not newer:
            message = (
                "This was for kube-lego, which is no more: only a cert-manager with an issuer by default "
            )
            message += "still renews the certificate."
            yield Problem(path, message, Fix(_WRITE_ISSUER), severity=Severity.NOTE)
    for path, name in annotations:
        if name.startswith("certmanager.k8s.io/"):
            yield Problem(
                path,
                "cert-manager no longer reads this annotation: there is no certificate.",
                Fix(f"Write cert-manager.io/{name.partition('/')[2]}."),
            )


RULES: tuple[Rule, ...] = (ingress_host_obj, https_and_ingress, two_addresses, kube_lego)
