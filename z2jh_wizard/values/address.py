"""The address that people type to reach a hub, as far as the values say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from z2jh_wizard.values.charts import Family, sort_key
from z2jh_wizard.values.trees import MISSING, look_up

_OWN_LETSENCRYPT = "letsencrypt"


class PublicAddress(msgspec.Struct, frozen=True):
    """Where a hub is reached; what stands in front of the cluster is not known here."""

    hosts: tuple[str, ...]
    """Host names, the first is the one to tell people; none when the values name none."""
    secure: bool | None
    """Whether it is https; None when an ingress or gateway without TLS of its own decides that."""
    base_url: str
    """The path of the hub, ``/`` at both ends."""
    published: bool
    """Whether the values ask for a public way in: HTTPS, an ingress, a gateway."""
    service_type: str
    """The type of the proxy's service: LoadBalancer, NodePort or ClusterIP."""

    @property
    def reachable(self) -> bool:
        """Whether others than the cluster itself can reach the hub."""
        return self.published or self.service_type in ("LoadBalancer", "NodePort")

    def url(self, path: str = "") -> str:
        """Return the whole address of a path below the base URL; empty when no host is known.

        Where https is not decided in the values it is assumed.
        """
        if not self.hosts:
            return ""
        scheme = "http" if self.secure is False else "https"
        return f"{scheme}://{self.hosts[0]}{self.base_url}{path}"


def public_address(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> PublicAddress:
    """Return the address that the values of a chart version give to the hub."""
    if family == "helmforge":
        return _helmforge(values)
    own_https = _own_https(values, version)
    ingress = _get(values, "ingress.enabled") is True
    gateway = _get(values, "httpRoute.enabled") is True
    hosts = [*_names(values, "proxy.https.hosts")]
    hosts += _names(values, "ingress.hosts") if ingress else []
    hosts += _names(values, "httpRoute.hostnames") if gateway else []
    return PublicAddress(
        tuple(dict.fromkeys(hosts)),
        _secure(own_https or (ingress and bool(_get(values, "ingress.tls"))), ingress or gateway),
        _base(_get(values, "hub.config.JupyterHub.base_url") or _get(values, "hub.baseUrl")),
        own_https or ingress or gateway,
        str(_get(values, "proxy.service.type") or "LoadBalancer"),
    )


def _helmforge(values: Mapping[str, Any]) -> PublicAddress:
    ingress = _get(values, "ingress.enabled") is True
    gateway = _get(values, "gateway.enabled") is True
    rules = _get(values, "ingress.hosts") if ingress else None
    hosts = [str(rule["host"]) for rule in rules or () if isinstance(rule, dict) and rule.get("host")]
    hosts += _names(values, "gateway.hostnames") if gateway else []
    return PublicAddress(
        tuple(dict.fromkeys(hosts)),
        _secure(ingress and bool(_get(values, "ingress.tls")), ingress or gateway),
        _base(_get(values, "hub.baseUrl")),
        ingress or gateway,
        str(_get(values, "service.type") or "ClusterIP"),
    )


def _own_https(values: Mapping[str, Any], version: str) -> bool:
    """Tell whether the chart's proxy answers https, by itself or behind a load balancer that does.

    Up to chart 0.9 it is on unless switched off, and needs a host; from 0.10 on it must be switched on.
    """
    enabled, hosts = _get(values, "proxy.https.enabled"), _names(values, "proxy.https.hosts")
    if sort_key(version)[:3] < sort_key("0.10.0")[:3]:
        return enabled is not False and bool(hosts)
    kind = _get(values, "proxy.https.type") or _OWN_LETSENCRYPT
    return enabled is True and (kind != _OWN_LETSENCRYPT or bool(hosts))


def _secure(certain: bool, elsewhere: bool) -> bool | None:
    if certain:
        return True
    return None if elsewhere else False


def _names(values: Mapping[str, Any], path: str) -> list[str]:
    found = _get(values, path)
    return [item for item in found if isinstance(item, str) and item] if isinstance(found, list) else []


def _base(text: Any) -> str:
    trimmed = text.strip("/") if isinstance(text, str) else ""
    return f"/{trimmed}/" if trimmed else "/"


def _get(values: Mapping[str, Any], path: str) -> Any:
    found = look_up(values, tuple(path.split(".")))
    return None if found is MISSING else found
