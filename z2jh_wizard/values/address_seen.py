"""What is looked at on the way from a student to a hub: what the settings wish, and what is there."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec

from z2jh_wizard.values.address import public_address
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.trees import look_up

HttpsBy: TypeAlias = Literal["nobody", "letsencrypt", "own", "offload", "ingress", "gateway"]
"""Who answers https: nobody, the chart with Let's Encrypt or with a certificate of one's own, the cloud's
load balancer, an ingress, a gateway."""


class WayIn(msgspec.Struct, frozen=True):
    """The way to a hub as its settings wish it."""

    hosts: tuple[str, ...]
    """Host names, the first is the one to tell people."""
    https: HttpsBy
    base_url: str = "/"
    service_type: str = "LoadBalancer"
    port_80_closed: bool = False

    @property
    def secure(self) -> bool:
        """Whether students use https; a gateway is taken to do so."""
        return self.https != "nobody"

    @property
    def health_path(self) -> str:
        """The path at which JupyterHub says that it is well."""
        return f"{self.base_url}hub/health"


class Door(msgspec.Struct, frozen=True):
    """What the cluster says about the place where students come in; ``trouble``: it could not be asked."""

    found: bool = False
    type: str = ""
    """LoadBalancer, NodePort, ClusterIP, Ingress or Gateway."""
    addresses: tuple[str, ...] = ()
    """IP addresses or host names, given by the cloud."""
    ports: tuple[int, ...] = ()
    trouble: str = ""


class Lookup(msgspec.Struct, frozen=True):
    """What this computer's resolver answers for a name; neither addresses nor trouble: no such name."""

    name: str
    addresses: tuple[str, ...] = ()
    canonical: str = ""
    """The name at the end of all CNAME records, without the last dot."""
    trouble: str = ""


class Knock(msgspec.Struct, frozen=True):
    """Whether a port answers: open, refused, silent (nothing within the time), or no way to it."""

    port: int
    how: Literal["open", "refused", "silent", "unreachable"]


class Certificate(msgspec.Struct, frozen=True):
    """A certificate as a server shows it; ``complaint`` says why a browser would not trust it."""

    issuer: str
    names: tuple[str, ...]
    until: datetime
    self_signed: bool = False
    complaint: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What a server answers to one HTTP question; ``trouble`` when nothing came."""

    status: int = 0
    location: str = ""
    hub_version: str = ""
    """The header X-JupyterHub-Version, which JupyterHub alone sends."""
    trouble: str = ""


class Seen(msgspec.Struct, frozen=True):
    """All that one look found; None for what was not looked at."""

    now: datetime
    door: Door = Door()
    lookups: tuple[Lookup, ...] = ()
    balancer: Lookup | None = None
    """The addresses of a load balancer that is known by name."""
    knocks: tuple[Knock, ...] = ()
    certificate: Certificate | None = None
    no_certificate: str = ""
    """Why no certificate could be seen, though port 443 is open."""
    plain: Answer | None = None
    health: Answer | None = None

    def knock(self, port: int) -> Knock | None:
        """Return how a port answered."""
        return next((one for one in self.knocks if one.port == port), None)

    def is_open(self, port: int) -> bool:
        """Tell whether a port answered."""
        found = self.knock(port)
        return found is not None and found.how == "open"


def way_in(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> WayIn:
    """Return the way that the values of a chart version wish."""
    address = public_address(values, version, family)
    return WayIn(
        address.hosts,
        _https(values, address.secure),
        address.base_url,
        address.service_type,
        look_up(values, ("proxy", "service", "disableHttpPort")) is True,
    )


def _https(values: Mapping[str, Any], secure: bool | None) -> HttpsBy:
    if look_up(values, ("ingress", "enabled")) is True:
        return "ingress"
    if secure is None:
        return "gateway"
    if not secure:
        return "nobody"
    kind = look_up(values, ("proxy", "https", "type"))
    if kind == "offload":
        return "offload"
    return "own" if kind in ("manual", "secret") else "letsencrypt"


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address, and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def inner_addresses(door: Door) -> tuple[str, ...]:
    """Return the addresses that only a network of its own can reach."""
    return tuple(one for one in door.addresses if is_address(one) and _is_inner(one))


_INNER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""RFC 1918, 6598, 3927, 4193 and loopback."""


def _is_inner(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return any(address in network for network in _INNER)


def where_to_ask(way: WayIn, seen: Seen) -> str:
    """Return the IP address at which ports and pages are asked for; empty when there is none.

    It is the load balancer itself, whatever the name points to by now. Where the cluster knows no address,
    it is what the name points to.
    """
    if seen.door.addresses and is_address(seen.door.addresses[0]):
        return seen.door.addresses[0]
    asked = seen.balancer
    if not seen.door.addresses and seen.door.found and seen.door.type != "LoadBalancer":
        asked = next((one for one in seen.lookups if one.name == way.hosts[0]), None)
    return asked.addresses[0] if asked and asked.addresses else ""


Standing: TypeAlias = Literal["right", "partly", "wrong", "missing", "unknown"]


def standing(lookup: Lookup, seen: Seen) -> Standing:
    """Tell whether a name points to the hub: everywhere, also elsewhere, only elsewhere, nowhere."""
    if lookup.trouble:
        return "unknown"
    if not lookup.addresses:
        return "missing"
    if lookup.canonical in seen.door.addresses:
        return "right"
    wanted = {one for one in seen.door.addresses if is_address(one)}
    if seen.balancer:
        wanted |= set(seen.balancer.addresses)
    if not wanted:
        return "unknown"
    found = set(lookup.addresses)
    if not found & wanted:
        return "wrong"
    # A load balancer with a name has changing addresses, and each answer may show others of them.
    return "right" if found <= wanted or seen.balancer else "partly"


def points_here(way: WayIn, seen: Seen) -> bool:
    """Tell whether all names of the hub point to it; a wildcard cannot be looked up."""
    asked = [one for one in way.hosts if not one.startswith("*")]
    known = {one.name: standing(one, seen) for one in seen.lookups}
    return bool(asked) and all(known.get(one) == "right" for one in asked)
