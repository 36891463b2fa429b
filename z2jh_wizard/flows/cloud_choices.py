"""What screens show of a cloud's answers: words for lists, what is found by typing, what is to be copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, Literal

from z2jh_wizard.cloud.account import Account, Identity, Location, MachineOffer, SignInWay
from z2jh_wizard.core import prices
from z2jh_wizard.flows.cloud_pages import ACCOUNT, CLOUDS, SIGN_IN
from z2jh_wizard.flows.page import Answers

PREFIXES: Final[Mapping[str, str]] = {"key-file": "file:", "profile": "profile:"}
"""How the answer begins that a way to sign in amounts to, where it names something."""

SOON = timedelta(minutes=30)
"""A sign-in that ends sooner may not last until a cluster is made."""

ACCOUNTS: Final[Mapping[str, str]] = {"gke": "projects", "aks": "subscriptions", "eks": "accounts"}
"""What is billed, as each cloud calls it."""

NAMES: Final[Mapping[str, str]] = {"gke": "Google", "aks": "Azure", "eks": "AWS"}

CHEAPEST = "the cheapest that fits"
"""Stands for no machine type."""

Tone = Literal["", "good", "warning", "bad", "dim"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the answer it stands for, its cells, and what else a search finds it by."""

    key: str
    texts: tuple[str, ...]
    words: str = ""
    tone: Tone = ""


def is_cloud(answers: Answers) -> bool:
    """Tell whether the hub is to run at a cloud that has an account."""
    return answers.get("provider") in CLOUDS


# ---- ways to sign in ----


def way_now(ways: Sequence[SignInWay], sign_in: str) -> SignInWay:
    """Return the way that an answer amounts to, else the first one, which was found here if any was."""
    for way in ways:
        prefix = PREFIXES.get(way.id)
        if prefix and sign_in.startswith(prefix):
            return way
    return ways[0]


def typed_now(way: SignInWay, sign_in: str) -> str:
    """Return what was typed for a way, as its answer has it."""
    prefix = PREFIXES.get(way.id, "")
    return sign_in.removeprefix(prefix) if prefix and sign_in.startswith(prefix) else ""


def kept_directory(answers: Answers, answered: Mapping[str, str]) -> dict[str, str]:
    """Return the answer of a way to sign in; an Azure directory that was named before stays named."""
    before = answers.get(SIGN_IN, "")
    if before.startswith("tenant:") and not answered.get(SIGN_IN):
        return {**answered, SIGN_IN: before}
    return dict(answered)


def to_copy(way: SignInWay) -> tuple[str, str]:
    """Return what of a way's instructions is worth copying, and its name: an address, else a command."""
    if found := re.search(r"https://[^\s,;]+", way.how):
        return "the address", found[0].rstrip(".")
    if found := re.search(r"run: (.+?)(?: - |\.? Found: |$)", way.how):
        return "the command", found[1]
    return "how to get it", way.how


def identity_words(identity: Identity, now: datetime) -> str:
    """Say who is signed in, by what and until when; an end that is near begins with a mark."""
    who = (
        f"Signed in: {identity.who}, by {identity.source}"
        if identity.who
        else f"Signed in by {identity.source}"
    )
    if identity.until is None:
        return f"+ {who}."
    until = identity.until if identity.until.tzinfo else identity.until.replace(tzinfo=timezone.utc)
    local = until.astimezone()
    when = f"{local:%H:%M}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"
    if until - now > SOON:
        return f"+ {who}, until {when}."
    return f"! {who}, but only until {when}: sign in anew before you start."


# ---- lists ----


def account_rows(accounts: Iterable[Account]) -> list[Row]:
    """Return what can be billed, as lines of a list."""
    return [
        Row(
            one.id,
            (one.id, one.name if one.name != one.id else "", one.note),
            tone="warning" if one.note else "",
        )
        for one in accounts
    ]


def accounts_words(provider: str, count: int) -> str:
    """Say how many lines there are, or what to do when there is none."""
    kind = ACCOUNTS.get(provider, "accounts")
    if count:
        return f"{count} {kind if count > 1 else kind.removesuffix('s')}; type to find one."
    return f"{NAMES.get(provider, 'The cloud')} lists no {kind} for you: type the id above."


def place_rows(locations: Iterable[Location]) -> list[Row]:
    """Return places as lines of a list."""
    return [Row(one.id, (one.id, one.near), _nearby(one)) for one in locations]


def machine_rows(provider: str, offers: Iterable[MachineOffer]) -> list[Row]:
    """Return the machine types at a place as lines of a list, no choice first."""
    rows = [Row("", (CHEAPEST, "", "", "", ""))]
    for offer in offers:
        one = offer.machine
        texts = (one.name, f"{one.cpus}", f"{one.memory_gib:g}", _price(provider, one.name), offer.why_not)
        rows.append(Row(one.name, texts, tone="dim" if offer.why_not else ""))
    return rows


def machines_words(provider: str, place: str) -> str:
    """Say where the machines of a list are, and what their prices are worth."""
    known = prices.shipped(provider).prices
    of_machines = [price for (kind, _), price in known.items() if kind == "machine"]
    words = prices.age_words(of_machines, datetime.now(timezone.utc).date())
    return f"At {place}; {words or 'prices are not known'}."


def found(rows: Sequence[Row], query: str) -> list[Row]:
    """Return the lines that have a word for each word of a query, or begin with it; all for no words."""
    wanted = _words(query)
    return [row for row in rows if _has(wanted, _words(" ".join((row.key, *row.texts, row.words))))]


def _has(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", text.lower())


_AREAS: Final = {
    "europe": "europe eu france germany italy norway poland spain sweden switzerland uk austria belgium "
    "denmark finland ireland greece",
    "america united states usa": "us",
    "america canada": "canada ca northamerica",
    "america mexico": "mexico mx",
    "america south": "southamerica brazil chile sa",
    "asia": "asia ap japan korea india singapore malaysia indonesia taiwan hong",
    "africa": "africa af",
    "middle east": "me il uae qatar israel",
    "oceania": "australia zealand",
}
"""Words for a part of the earth, and words in the names of places that lie in it."""


def _nearby(place: Location) -> str:
    """Return words that people look for a place by, which its own names may lack."""
    own = set(_words(f"{place.id} {place.near}"))
    return " ".join(area for area, words in _AREAS.items() if own & set(words.split()))


def _price(provider: str, machine: str) -> str:
    usd = prices.shipped(provider).of("machine", machine).usd
    return "unknown" if usd is None else f"${usd:.3f}"


def account_hint(answers: Answers, rows: Sequence[Row]) -> str:
    """Say that an account was typed that is none of those listed; nothing otherwise."""
    typed = answers.get(ACCOUNT, "").strip()
    if not rows or not typed or any(row.key == typed for row in rows):
        return ""
    return f"{typed} is none of those that you can see here."
