"""The DNS records that lead to a hub, and a letter to whoever makes them.

Facts: RFC 1034 3.6.2 (no CNAME beside other records), RFC 8659 (CAA).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import msgspec

from z2jh_wizard.values.address_seen import Door, HttpsBy, WayIn, is_address

TTL = 300
"""Seconds that others may remember a record; a short time lets a mistake be mended soon."""


class Record(msgspec.Struct, frozen=True):
    """One record as a DNS provider asks for it."""

    name: str
    type: str
    value: str
    ttl: int = TTL

    @property
    def line(self) -> str:
        """The record as it stands in a zone file."""
        dot = "." if self.type == "CNAME" else ""
        return f"{self.name}. {self.ttl} IN {self.type} {self.value}{dot}"


def records(hosts: Sequence[str], door: Door) -> tuple[Record, ...]:
    """Return the records that lead these names to the hub; none while its address is not known."""
    return tuple(Record(host, _type(one), one) for host in hosts for one in door.addresses)


def _type(address: str) -> str:
    if not is_address(address):
        return "CNAME"
    return "A" if ipaddress.ip_address(address).version == 4 else "AAAA"


def may_be_a_domain(name: str) -> bool:
    """Tell whether a name looks like a whole domain, which can have no CNAME record."""
    return name.count(".") == 1


def letter(way: WayIn, door: Door) -> str:
    """Return an e-mail that asks for the records; empty while they are not known."""
    wanted = records(way.hosts, door)
    if not wanted:
        return ""
    lines = [
        f"Subject: DNS record for {way.hosts[0]}",
        "",
        "Hello,",
        "",
        "for a course I run a JupyterHub, and its web address needs this in the DNS:",
        "",
        *(f"    {one.line}" for one in wanted),
        "",
        *_reasons(wanted, way.https),
        "",
        "Please tell me when it is done. Thank you!",
    ]
    return "\n".join(lines) + "\n"


def _reasons(wanted: Sequence[Record], https: HttpsBy) -> list[str]:
    several = len(wanted) > 1
    if wanted[0].type == "CNAME":
        lines = [
            "It is a CNAME because the cloud gives its load balancer a name, whose addresses change.",
            "Where no CNAME can be, an ALIAS or ANAME record to the same name does it.",
        ]
    else:
        lines = [f"The {'addresses belong' if several else 'address belongs'} to the hub's load balancer."]
    lines.append("Please have no other A, AAAA or CNAME record of this name, and no proxy in front of it.")
    if https in ("letsencrypt", "nobody", "ingress"):
        lines.append(
            "Its certificate comes from Let's Encrypt: if the domain has CAA records, they must allow"
            " letsencrypt.org."
        )
    return lines
