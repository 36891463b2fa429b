"""The checklist of a hub's address: what is said for what was seen."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from z2jh_wizard.values.address_checklist import Checklist, checklist, practice_checklist
from z2jh_wizard.values.address_items import Item, Mark
from z2jh_wizard.values.address_records import letter, records
from z2jh_wizard.values.address_seen import (
    Answer,
    Certificate,
    Door,
    Knock,
    Lookup,
    Seen,
    WayIn,
    points_here,
    standing,
    way_in,
    where_to_ask,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=timezone.utc)
IP, OTHER = "34.118.10.7", "93.184.216.34"
ELB = "a1b2.eu-central-1.elb.amazonaws.com"
NAME = "hub.example.org"
DOOR = Door(found=True, type="LoadBalancer", addresses=(IP,), ports=(80, 443))
GOOD = Certificate("Let's Encrypt R11", (NAME,), NOW + timedelta(days=60))
WAY = WayIn((NAME,), "letsencrypt")
WELL = Seen(
    NOW,
    DOOR,
    (Lookup(NAME, (IP,), NAME),),
    knocks=(Knock(80, "open"), Knock(443, "open")),
    certificate=GOOD,
    plain=Answer(301, f"https://{NAME}/"),
    health=Answer(200, hub_version="5.5.0"),
)


def line(found: Checklist, item_id: str) -> Item:
    return next(one for one in found.items if one.id == item_id)


def look(item_id: str, way: WayIn = WAY, **seen: Any) -> Item:
    return line(checklist(way, replace(WELL, **seen), "jhub"), item_id)


def test_a_hub_that_is_well_has_nothing_open() -> None:
    found = checklist(WAY, WELL, "jhub")
    assert [one.mark for one in found.items] == [Mark.DONE] * 9
    assert found.is_done
    assert found.open is None
    assert [one.id for one in found.items] == [
        "name",
        "address",
        "record",
        f"resolves.{NAME}",
        "port-80",
        "port-443",
        "certificate",
        "redirect",
        "health",
    ]


def test_a_hub_that_is_not_set_up_waits_for_everything() -> None:
    found = checklist(WAY, Seen(NOW), "jhub")
    assert found.open is not None
    assert found.open.id == "address"
    assert {one.mark for one in found.items[1:]} == {Mark.LATER}
    assert not found.records
    assert not found.letter


@pytest.mark.parametrize(
    ("values", "https", "hosts"),
    [
        ({}, "nobody", ()),
        ({"proxy": {"https": {"hosts": [NAME]}}}, "nobody", (NAME,)),
        ({"proxy": {"https": {"enabled": True, "hosts": [NAME]}}}, "letsencrypt", (NAME,)),
        ({"proxy": {"https": {"enabled": True, "type": "manual", "hosts": [NAME]}}}, "own", (NAME,)),
        ({"proxy": {"https": {"enabled": True, "type": "secret", "hosts": [NAME]}}}, "own", (NAME,)),
        ({"proxy": {"https": {"enabled": True, "type": "offload"}}}, "offload", ()),
        ({"ingress": {"enabled": True, "hosts": [NAME]}}, "ingress", (NAME,)),
        ({"httpRoute": {"enabled": True, "hostnames": [NAME]}}, "gateway", (NAME,)),
    ],
)
def test_the_way_in_comes_from_the_settings(
    values: dict[str, Any], https: str, hosts: tuple[str, ...]
) -> None:
    way = way_in(values, "4.4.0")
    assert (way.https, way.hosts, way.secure) == (https, hosts, https != "nobody")


def test_base_url_and_closed_port_come_along() -> None:
    values = {
        "proxy": {"service": {"disableHttpPort": True}},
        "hub": {"config": {"JupyterHub": {"base_url": "/jupyter"}}},
    }
    way = way_in(values, "4.4.0")
    assert (way.health_path, way.port_80_closed) == ("/jupyter/hub/health", True)


@pytest.mark.parametrize(
    ("address", "record"),
    [
        (IP, f"{NAME}. 300 IN A {IP}"),
        ("2001:db8::7", f"{NAME}. 300 IN AAAA 2001:db8::7"),
        (ELB, f"{NAME}. 300 IN CNAME {ELB}."),
    ],
)
def test_the_record_is_a_line_of_a_zone_file(address: str, record: str) -> None:
    door = replace(DOOR, addresses=(address,))
    assert [one.line for one in records((NAME,), door)] == [record]
    text = letter(WAY, door)
    assert record in text
    assert text.startswith(f"Subject: DNS record for {NAME}\n")
    assert "letsencrypt.org" in text
    assert ("ALIAS" in text) == (address == ELB)
    assert max(map(len, text.splitlines())) <= 110


def test_a_whole_domain_can_have_no_cname() -> None:
    item = look("record", WayIn(("example.org",), "nobody"), door=replace(DOOR, addresses=(ELB,)), lookups=())
    assert item.mark is Mark.YOURS
    assert "ALIAS" in item.next
    assert "ALIAS" not in look("record", door=replace(DOOR, addresses=(ELB,)), lookups=()).next


@pytest.mark.parametrize(
    ("door", "lookup", "balancer", "said"),
    [
        ((IP,), Lookup(NAME, (IP,)), None, "right"),
        ((IP,), Lookup(NAME, (IP, OTHER)), None, "partly"),
        ((IP,), Lookup(NAME, (OTHER,)), None, "wrong"),
        ((IP,), Lookup(NAME), None, "missing"),
        ((IP,), Lookup(NAME, trouble="it failed"), None, "unknown"),
        ((), Lookup(NAME, (OTHER,)), None, "unknown"),
        ((ELB,), Lookup(NAME, (OTHER,), ELB), None, "right"),
        ((ELB,), Lookup(NAME, (IP, "1.2.3.4")), Lookup(ELB, (IP, "5.6.7.8")), "right"),
        ((ELB,), Lookup(NAME, (OTHER,)), Lookup(ELB, (IP,)), "wrong"),
        ((ELB,), Lookup(NAME, (OTHER,)), None, "unknown"),
    ],
)
def test_where_a_name_leads(
    door: tuple[str, ...], lookup: Lookup, balancer: Lookup | None, said: str
) -> None:
    seen = Seen(NOW, replace(DOOR, addresses=door), (lookup,), balancer)
    assert standing(lookup, seen) == said
    assert points_here(WAY, seen) == (said == "right")
    item = line(checklist(WAY, seen, "jhub"), f"resolves.{NAME}")
    marks = {"right": Mark.DONE, "partly": Mark.WRONG, "wrong": Mark.WRONG, "unknown": Mark.UNKNOWN}
    missing = Mark.WAITING if door else Mark.LATER
    assert item.mark is marks.get(said, missing)


def test_propagation_is_explained_where_one_waits() -> None:
    for lookup in (Lookup(NAME), Lookup(NAME, (OTHER,))):
        assert "TTL" in look(f"resolves.{NAME}", lookups=(lookup,)).next


@pytest.mark.parametrize(
    ("seen", "mark", "said", "then"),
    [
        ({}, Mark.DONE, "Let's Encrypt R11, until 2026-10-31", ""),
        ({"lookups": (Lookup(NAME),)}, Mark.LATER, "before the name points here", "5 failed tries"),
        ({"certificate": None, "no_certificate": "silence"}, Mark.WAITING, "silence", "Wait"),
        ({"certificate": None, "knocks": ()}, Mark.LATER, "Nothing answers at port 443", ""),
        (
            {"certificate": Certificate("TRAEFIK DEFAULT CERT", ("x",), NOW + timedelta(9), True, "no")},
            Mark.WAITING,
            "placeholder",
            "kubectl rollout restart deployment/autohttps --namespace jhub",
        ),
        (
            {"certificate": Certificate("(STAGING) Pretend", (NAME,), NOW + timedelta(60), complaint="no")},
            Mark.WRONG,
            "for trying things",
            "staging",
        ),
        (
            {"certificate": replace(GOOD, names=("www.example.org",), complaint="Hostname mismatch")},
            Mark.WRONG,
            "Hostname mismatch",
            f"get one for {NAME}",
        ),
        ({"certificate": replace(GOOD, until=NOW)}, Mark.WRONG, "ended on 2026-09-01", "CAA"),
        (
            {"certificate": replace(GOOD, until=NOW + timedelta(days=9))},
            Mark.YOURS,
            "in 9 days",
            "autohttps",
        ),
    ],
)
def test_certificates(seen: dict[str, Any], mark: Mark, said: str, then: str) -> None:
    item = look("certificate", **seen)
    assert item.mark is mark
    assert said in item.seen
    assert then in item.next


def test_a_certificate_of_one_s_own() -> None:
    own = WayIn((NAME,), "own")
    chain = look("certificate", own, certificate=replace(GOOD, complaint="unable to get local issuer"))
    assert "chain" in chain.next
    selfmade = look("certificate", own, certificate=replace(GOOD, self_signed=True))
    assert selfmade.mark is Mark.WRONG
    wildcard = replace(GOOD, names=("*.example.org",), complaint="x")
    assert "chain" in look("certificate", own, certificate=wildcard).next
    assert look("certificate", own, certificate=None, no_certificate="no TLS").mark is Mark.WRONG


def test_https_is_only_recommended_when_the_name_and_port_80_are_ready() -> None:
    off = WayIn((NAME,), "nobody")
    assert "switch HTTPS on" in look("certificate", off).next
    for missing in ({"lookups": (Lookup(NAME),)}, {"knocks": (Knock(80, "silent"),)}):
        item = look("certificate", off, **missing)
        assert item.mark is Mark.SKIPPED
        assert item.next.startswith("Leave HTTPS off")


@pytest.mark.parametrize("how", ["refused", "silent", "unreachable"])
@pytest.mark.parametrize("port", [80, 443])
def test_closed_ports_say_what_to_look_at(how: Any, port: int) -> None:
    item = look(f"port-{port}", knocks=(Knock(port, how),))
    assert item.mark is Mark.WRONG
    assert IP in item.seen
    assert ("pods" if how == "refused" else "firewall") in item.next


def test_port_443_waits_for_apply_where_the_service_lacks_it() -> None:
    item = look("port-443", door=replace(DOOR, ports=(80,)), knocks=(Knock(443, "refused"),))
    assert item.mark is Mark.YOURS
    assert "Apply" in item.next


def test_a_port_80_that_the_settings_close() -> None:
    assert look("port-80", replace(WAY, port_80_closed=True)).mark is Mark.WRONG
    assert look("port-80", WayIn((NAME,), "own", port_80_closed=True)).mark is Mark.SKIPPED


@pytest.mark.parametrize(
    ("answer", "mark", "said"),
    [
        (Answer(308, f"https://{NAME.upper()}/hub"), Mark.DONE, NAME),
        (Answer(302, "https://evil.example.net/"), Mark.WRONG, "evil.example.net"),
        (Answer(302, "/hub/login"), Mark.WRONG, "HTTP 302"),
        (Answer(200), Mark.WRONG, "HTTP 200"),
        (Answer(301, "http://[oops"), Mark.WRONG, "HTTP 301"),
        (Answer(trouble="cut off"), Mark.WAITING, "cut off"),
        (None, Mark.LATER, "once port 80"),
    ],
)
def test_redirects(answer: Answer | None, mark: Mark, said: str) -> None:
    item = look("redirect", plain=answer)
    assert item.mark is mark
    assert said in item.seen


@pytest.mark.parametrize(
    ("answer", "mark"),
    [
        (Answer(200, hub_version="5.5.0"), Mark.DONE),
        (Answer(200), Mark.WRONG),
        (Answer(404), Mark.WRONG),
        (Answer(503), Mark.WAITING),
        (Answer(trouble="cut off"), Mark.WAITING),
        (None, Mark.LATER),
    ],
)
def test_health(answer: Answer | None, mark: Mark) -> None:
    assert look("health", health=answer).mark is mark


def test_without_a_name_the_bare_address_is_shown() -> None:
    bare = WayIn((), "nobody")
    found = checklist(bare, replace(WELL, lookups=()), "jhub")
    assert found.open is not None
    assert found.open.id == "name"
    assert f"http://{IP}/" in found.open.next
    assert "certificate" not in [one.id for one in found.items]
    assert f"http://{IP}/" in line(found, "health").seen
    assert not found.letter


@pytest.mark.parametrize(
    ("door", "mark", "said"),
    [
        (Door(trouble="No route to host."), Mark.UNKNOWN, "No route to host."),
        (Door(found=True, type="LoadBalancer"), Mark.WAITING, "has not given"),
        (Door(found=True, type="NodePort"), Mark.SKIPPED, "NodePort"),
        (Door(found=True, type="Gateway"), Mark.SKIPPED, "Gateway"),
        (replace(DOOR, addresses=("10.1.2.3",)), Mark.DONE, "inner address"),
    ],
)
def test_addresses(door: Door, mark: Mark, said: str) -> None:
    item = look("address", door=door)
    assert item.mark is mark
    assert said in item.seen


def test_what_answers_for_a_name_is_asked_only_where_the_cluster_knows_no_address() -> None:
    assert where_to_ask(WAY, replace(WELL, lookups=(Lookup(NAME, (OTHER,)),))) == IP
    behind = replace(WELL, door=Door(found=True, type="NodePort"))
    assert where_to_ask(WAY, behind) == IP
    assert where_to_ask(WAY, replace(behind, lookups=(Lookup(NAME),))) == ""
    assert where_to_ask(WAY, replace(WELL, door=Door(found=True, type="LoadBalancer"))) == ""


def test_practice_asks_for_nothing() -> None:
    found = practice_checklist(WAY, Seen(NOW, DOOR))
    assert [one.id for one in found.items] == ["practice", "name", "address", "record"]
    assert "127.0.0.1" in line(found, "practice").seen
    assert f"{NAME}. 300 IN A {IP}" in line(found, "record").seen
    assert found.is_done
    assert not found.records, "nobody shall make a record of an address that is not real"
    assert not found.letter
    assert practice_checklist(WayIn((), "nobody"), Seen(NOW, DOOR)).is_done


_TEXT = st.text(max_size=40)
_ANSWER = st.builds(Answer, st.integers(0, 999), _TEXT, _TEXT, _TEXT)


@given(
    way=st.builds(
        WayIn,
        st.lists(st.text(min_size=1, max_size=40), max_size=3).map(tuple),
        st.sampled_from(["nobody", "letsencrypt", "own", "offload", "ingress", "gateway"]),
    ),
    addresses=st.lists(st.one_of(_TEXT, st.sampled_from([IP, ELB, "::1"])), max_size=3).map(tuple),
    plain=st.one_of(st.none(), _ANSWER),
    health=st.one_of(st.none(), _ANSWER),
)
def test_whatever_is_seen_there_is_a_checklist(
    way: WayIn, addresses: tuple[str, ...], plain: Answer | None, health: Answer | None
) -> None:
    lookups = tuple(Lookup(one, addresses) for one in way.hosts)
    seen = Seen(NOW, replace(DOOR, addresses=addresses), lookups, plain=plain, health=health)
    found = checklist(way, seen, "jhub")
    assert all(one.title and one.seen for one in found.items)
    assert all(one.next or one.mark in (Mark.DONE, Mark.SKIPPED, Mark.LATER, Mark.UNKNOWN, Mark.WAITING)
               for one in found.items)  # fmt: skip
