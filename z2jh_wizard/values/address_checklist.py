"""The checklist of a hub's address: what is right already, what is waited for, and what to do next.

Facts: the guide of Zero to JupyterHub on HTTPS; letsencrypt.org/docs/rate-limits (5 failed tries an hour
for an account and name, 5 certificates a week for the same names) and /docs/challenge-types (HTTP-01).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from z2jh_wizard.values.address_certificate import certificate_item
from z2jh_wizard.values.address_items import Item, Mark
from z2jh_wizard.values.address_records import Record, letter, may_be_a_domain, records
from z2jh_wizard.values.address_seen import (
    Answer,
    Knock,
    Lookup,
    Seen,
    Standing,
    WayIn,
    inner_addresses,
    points_here,
    standing,
    where_to_ask,
)
from z2jh_wizard.values.answer_checks import why_no_host

AS_SEEN_HERE = "as this computer sees it"

PATIENCE = (
    "New records are seen after some minutes. Who asked too early, this computer included, remembers for "
    "up to an hour that there was none; an old record stays for as long as its TTL said, at most a day."
)


class Checklist(msgspec.Struct, frozen=True):
    """All lines in order, the records to make, and a letter that asks for them."""

    items: tuple[Item, ...]
    records: tuple[Record, ...] = ()
    letter: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to wait for or to do."""
        return all(one.mark in (Mark.DONE, Mark.SKIPPED) for one in self.items)

    @property
    def open(self) -> Item | None:
        """Return the first line that is not done."""
        return next((one for one in self.items if one.mark not in (Mark.DONE, Mark.SKIPPED)), None)


def checklist(way: WayIn, seen: Seen, namespace: str) -> Checklist:
    """Return the checklist of a hub in a real network; ``namespace`` is the hub's, for commands."""
    items = [_name(way, seen), _address(seen, namespace)]
    if way.hosts:
        items += [_record(way, seen), *(_resolves(host, way, seen) for host in way.hosts)]
    items += [_port_80(way, seen), _port_443(way, seen)]
    if way.hosts or way.secure:
        items.append(certificate_item(way, seen, namespace))
    items += [_redirect(way, seen), _health(way, seen)]
    return Checklist(tuple(items), records(way.hosts, seen.door), letter(way, seen.door))


def practice_checklist(way: WayIn, seen: Seen) -> Checklist:
    """Return the checklist of a practice hub: nothing is asked in the network."""
    first = Item(
        "practice",
        "Practice",
        Mark.SKIPPED,
        "A practice cluster exists on this computer alone: no name on the internet can point to it, and no "
        "page of its hub can be opened. Only the cluster itself answers, at 127.0.0.1 and its port.",
        "On a real cluster this page names the record to make, waits for it, and tests every line.",
    )
    name = _name(way, seen)
    if not way.hosts:
        name = replace(name, mark=Mark.SKIPPED, seen="None in the settings; it works without.", next="")
    items = [first, name, _address(seen, "")]
    if wanted := records(way.hosts, seen.door):
        lines = "; ".join(one.line for one in wanted)
        items.append(Item("record", "The record", Mark.SKIPPED, f"It would look like this: {lines}"))
    return Checklist(tuple(items))


def _name(way: WayIn, seen: Seen) -> Item:
    title = "The hub's name"
    if way.hosts:
        return Item("name", title, Mark.DONE, f"{', '.join(way.hosts)}, by the settings.")
    bare = f"http://{seen.door.addresses[0]}{way.base_url}" if seen.door.addresses else "the bare address"
    return Item(
        "name",
        title,
        Mark.YOURS,
        "The hub has no name in the settings.",
        "Type one in the HTTPS settings as Name of the hub, HTTPS itself still off. Without a name students "
        f"use {bare}: nothing is encrypted, and sign-in with Google and the like does not work.",
    )


def _address(seen: Seen, namespace: str) -> Item:
    door, title = seen.door, "The hub's address"
    if door.trouble:
        return Item("address", title, Mark.UNKNOWN, f"The cluster could not be asked: {door.trouble}")
    if not door.found:
        return Item(
            "address", title, Mark.LATER, "The hub is not set up yet, so it has no address.", "Set it up."
        )
    if inner := inner_addresses(door):
        return Item(
            "address",
            title,
            Mark.DONE,
            f"{', '.join(inner)}: an inner address, which only computers of that network reach.",
            "Let's Encrypt cannot reach it; use a certificate of your institution, or a public address.",
        )
    if door.addresses:
        return Item("address", title, Mark.DONE, f"{door.type}: {', '.join(door.addresses)}.")
    if door.type == "LoadBalancer":
        return Item(
            "address",
            title,
            Mark.WAITING,
            "The cloud has not given the load balancer an address yet; that takes 1 to 5 minutes.",
            f"If it stays so: kubectl describe service proxy-public --namespace {namespace}",
        )
    return Item("address", title, Mark.SKIPPED, *_elsewhere(door.type))


def _elsewhere(kind: str) -> tuple[str, str]:
    if kind in ("Ingress", "Gateway"):
        return (
            f"Students come in through {'an' if kind == 'Ingress' else 'a'} {kind}, which tells no address.",
            "Ask whoever runs it for the address, and make a record of the hub's name to it.",
        )
    return (
        f"The way in is {kind}: no public address, by choice.",
        "Whoever runs what stands in front of the cluster knows the address for the record.",
    )


def _record(way: WayIn, seen: Seen) -> Item:
    title, wanted = "The record to make", records(way.hosts, seen.door)
    if not wanted:
        return Item("record", title, Mark.LATER, "It can be made once the hub has an address.")
    lines = "; ".join(one.line for one in wanted)
    if points_here(way, seen):
        return Item("record", title, Mark.DONE, f"{lines}, or one that does the same.")
    parts = "; ".join(f"name {one.name}, type {one.type}, value {one.value}, TTL {one.ttl}" for one in wanted)
    more = ""
    if wanted[0].type == "CNAME" and any(may_be_a_domain(one.name) for one in wanted):
        more = " A whole domain can have no CNAME: take a name below it, or an ALIAS or ANAME record."
    return Item(
        "record",
        title,
        Mark.YOURS,
        lines,
        f"At your DNS provider add {parts}.{more} Is it your university's domain? Copy e-mail makes a "
        "letter to its DNS administrators.",
    )


def _resolves(host: str, way: WayIn, seen: Seen) -> Item:
    item_id, title = f"resolves.{host}", "The name leads to" if len(way.hosts) == 1 else host
    if host.startswith("*"):
        return Item(item_id, title, Mark.SKIPPED, "A wildcard cannot be looked up.")
    if wrong := why_no_host(host):
        return Item(item_id, title, Mark.WRONG, wrong, "Correct it in the settings.")
    lookup = next((one for one in seen.lookups if one.name == host), None)
    if lookup is None:
        return Item(item_id, title, Mark.LATER, "It was not asked for yet.")
    return _RESOLVED[standing(lookup, seen)](item_id, title, lookup, seen)


def _right(item_id: str, title: str, lookup: Lookup, _seen: Seen) -> Item:
    return Item(item_id, title, Mark.DONE, f"{_list(lookup.addresses)}: the hub, {AS_SEEN_HERE}.")


def _partly(item_id: str, title: str, lookup: Lookup, seen: Seen) -> Item:
    others = _list([one for one in lookup.addresses if one not in seen.door.addresses])
    return Item(
        item_id,
        title,
        Mark.WRONG,
        f"The hub, but also {others}, which is not the hub: some students and Let's Encrypt go there.",
        "Delete the other A and AAAA records of this name.",
    )


def _wrong(item_id: str, title: str, lookup: Lookup, seen: Seen) -> Item:
    return Item(
        item_id,
        title,
        Mark.WRONG,
        f"{_list(lookup.addresses)}, but the hub is at {_list(seen.door.addresses)}.",
        f"Change the record. If your DNS provider puts a proxy in front of names, switch it off. {PATIENCE}",
    )


def _missing(item_id: str, title: str, _lookup: Lookup, seen: Seen) -> Item:
    mark = Mark.WAITING if seen.door.addresses else Mark.LATER
    return Item(
        item_id, title, mark, f"Nothing yet: there is no such name, {AS_SEEN_HERE}.", f"Wait. {PATIENCE}"
    )


def _unknown(item_id: str, title: str, lookup: Lookup, _seen: Seen) -> Item:
    if lookup.trouble:
        return Item(
            item_id, title, Mark.UNKNOWN, f"The resolver of this computer does not answer: {lookup.trouble}."
        )
    return Item(
        item_id,
        title,
        Mark.UNKNOWN,
        f"{_list(lookup.addresses)}; whether that is the hub cannot be told, for its address is not known.",
    )


_RESOLVED: dict[Standing, Callable[[str, str, Lookup, Seen], Item]] = {
    "right": _right,
    "partly": _partly,
    "wrong": _wrong,
    "missing": _missing,
    "unknown": _unknown,
}

_HOW = {
    "open": "open",
    "refused": "refused: the address is there, and nothing listens at this port",
    "silent": "silent: no answer within some seconds, as a firewall does it",
    "unreachable": "not reachable: this computer knows no way to it",
}


def _port_80(way: WayIn, seen: Seen) -> Item:
    if way.port_80_closed and way.https != "letsencrypt":
        return Item(
            "port-80", "Port 80", Mark.SKIPPED, "Closed by the settings: students must type https://."
        )
    need = "Let's Encrypt asks at this port, and only there." if way.https == "letsencrypt" else ""
    if way.port_80_closed:
        return Item(
            "port-80",
            "Port 80",
            Mark.WRONG,
            f"Closed by the settings. {need}",
            "Open it in the address page.",
        )
    return _port(80, way, seen, need)


def _port_443(way: WayIn, seen: Seen) -> Item:
    if not way.secure:
        return Item("port-443", "Port 443", Mark.SKIPPED, "HTTPS is off in the settings.")
    if seen.door.type == "LoadBalancer" and seen.door.addresses and 443 not in seen.door.ports:
        return Item(
            "port-443",
            "Port 443",
            Mark.YOURS,
            "HTTPS is on in the settings, and the hub that runs does not offer it yet.",
            "Save the settings, then Apply.",
        )
    return _port(443, way, seen, "")


def _port(number: int, way: WayIn, seen: Seen, need: str) -> Item:
    item_id, title, found = f"port-{number}", f"Port {number}", seen.knock(number)
    if found is None:
        return Item(item_id, title, Mark.LATER, "It can be tried once the hub has an address.")
    at = where_to_ask(way, seen)
    if found.how == "open":
        return Item(item_id, title, Mark.DONE, f"Open at {at}.")
    return Item(item_id, title, Mark.WRONG, f"{at} is {_HOW[found.how]}. {need}".strip(), _open_it(found))


def _open_it(found: Knock) -> str:
    if found.how == "refused":
        return "A new load balancer needs some minutes. Then see whether proxy and autohttps pods are Ready."
    return (
        "Look at the firewall or security group of the cluster, and at the networks that the address page "
        "lets in; the network that you are in may also block it."
    )


def _redirect(way: WayIn, seen: Seen) -> Item:
    title = "http leads to https"
    if not way.secure or way.port_80_closed:
        return Item("redirect", title, Mark.SKIPPED, "HTTPS is off, or port 80 is closed.")
    found = seen.plain
    if found is None:
        return Item("redirect", title, Mark.LATER, "It can be tried once port 80 is open.")
    if found.trouble:
        return Item("redirect", title, Mark.WAITING, f"Port 80 gives no answer: {found.trouble}.")
    target = _https_target(found)
    if target in {one.lower() for one in way.hosts}:
        return Item("redirect", title, Mark.DONE, f"It does, to {target}.")
    if target:
        return Item(
            "redirect",
            title,
            Mark.WRONG,
            f"It leads to {target}, which is not the name of the hub; that was not followed.",
            "Find out who answers there before anybody types a password.",
        )
    holder = "load balancer" if way.https == "offload" else "hub"
    return Item(
        "redirect",
        title,
        Mark.WRONG,
        f"Port 80 answers by itself (HTTP {found.status}): passwords typed there can be read on the way.",
        f"Let the {holder} lead http to https; tell students the address with https:// until then.",
    )


def _https_target(found: Answer) -> str:
    """Return the host that an answer leads to by https; empty when it does not."""
    if found.status not in (301, 302, 303, 307, 308):
        return ""
    try:
        target = urlsplit(found.location)
        return (target.hostname or "") if target.scheme == "https" else ""
    except ValueError:
        return ""


def _health(way: WayIn, seen: Seen) -> Item:
    title, found = "JupyterHub", seen.health
    url = (
        f"{'https' if way.secure else 'http'}://{(way.hosts or (where_to_ask(way, seen),))[0]}{way.base_url}"
    )
    if found is None:
        return Item("health", title, Mark.LATER, "It can be asked once a port is open.")
    if found.trouble:
        return Item("health", title, Mark.WAITING, f"No answer from {url}: {found.trouble}.")
    if found.hub_version and found.status == 200:
        return Item("health", title, Mark.DONE, f"JupyterHub {found.hub_version} answers at {url}")
    if found.status in (502, 503, 504):
        return Item(
            "health",
            title,
            Mark.WAITING,
            f"The proxy answers, the hub behind it not yet (HTTP {found.status}).",
            "Wait a minute; if it stays so, the dashboard says why the hub is not well.",
        )
    return Item(
        "health",
        title,
        Mark.WRONG,
        f"Something answers (HTTP {found.status}), and it is not JupyterHub.",
        "See whether another program has this address, and whether the base URL in the settings is right.",
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (" and others" if len(names) > 4 else "")
