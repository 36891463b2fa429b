"""What screens show of a cloud's answers: found by words, copied, told in words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from z2jh_wizard.cloud.account import Account, Identity, Location, MachineOffer
from z2jh_wizard.cloud.aks import sign_in as azure
from z2jh_wizard.cloud.eks import sign_in as amazon
from z2jh_wizard.cloud.gke import sign_in as google
from z2jh_wizard.core import capacity
from z2jh_wizard.flows import cloud_choices as choices
from z2jh_wizard.flows.cloud_choices import CHEAPEST

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)

PLACES = [
    Location("europe-west1-b", "Europe"),
    Location("northamerica-northeast1-a", "North America"),
    Location("us-central1-a", "United States"),
    Location("australiaeast", "Australia East"),
    Location("francecentral", "France Central"),
    Location("eastus2", "East US 2"),
    Location("brazilsouth", "Brazil South"),
    Location("eu-central-1", "Europe (Frankfurt)"),
    Location("ap-northeast-1", "Asia Pacific (Tokyo)"),
    Location("me-central-1", "Middle East (UAE)"),
]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("us", ["us-central1-a", "eastus2"]),
        ("US central", ["us-central1-a"]),
        ("usa", ["us-central1-a", "eastus2"]),
        ("europe", ["europe-west1-b", "francecentral", "eu-central-1"]),
        ("eur frank", ["eu-central-1"]),
        ("canada", ["northamerica-northeast1-a"]),
        ("south america", ["brazilsouth"]),
        ("asia", ["ap-northeast-1"]),
        ("middle", ["me-central-1"]),
        ("europe-west1", ["europe-west1-b"]),
        ("atlantis", []),
        ("", [one.id for one in PLACES]),
        ("[red] $z", []),
    ],
)
def test_places_are_found_by_words_for_parts_of_the_earth(words: str, ids: list[str]) -> None:
    assert [row.key for row in choices.found(choices.place_rows(PLACES), words)] == ids


def test_accounts_are_found_by_id_or_name_and_their_note_is_seen() -> None:
    rows = choices.account_rows([Account("bio-101", "Biology"), Account("chem-2", "chem-2", "it is off")])
    assert [row.key for row in choices.found(rows, "biol")] == ["bio-101"]
    assert rows[1].texts == ("chem-2", "", "it is off")
    assert rows[1].tone == "warning"
    assert choices.account_hint({"account": "bio-101"}, rows) == ""
    assert "none of those" in choices.account_hint({"account": "phys"}, rows)
    assert not choices.account_hint({"account": "phys"}, ())
    assert choices.accounts_words("gke", 1).startswith("1 project;")
    assert choices.accounts_words("aks", 2).startswith("2 subscriptions;")
    assert "type the id" in choices.accounts_words("eks", 0)


@pytest.mark.parametrize("provider", ["gke", "aks", "eks"])
def test_no_machine_comes_first_and_every_machine_has_a_price_or_says_so(provider: str) -> None:
    known = capacity.machines(provider)
    rows = choices.machine_rows(provider, [MachineOffer(one, "none there") for one in known])
    assert rows[0].texts[0] == CHEAPEST
    assert rows[0].key == ""
    assert [row.key for row in rows[1:]] == [one.name for one in known]
    assert all(row.texts[3] == "unknown" or float(row.texts[3].removeprefix("$")) > 0 for row in rows[1:])
    assert {row.tone for row in rows[1:]} == {"dim"}
    assert choices.machines_words(provider, "here").startswith("At here; ")


def identity(until: datetime | None, who: str = "ada") -> str:
    return choices.identity_words(Identity(who, "a file", "", until), NOW)


def test_an_end_that_is_near_is_warned_of() -> None:
    assert identity(None) == "+ Signed in: ada, by a file."
    assert identity(None, "") == "+ Signed in by a file."
    assert identity(NOW + timedelta(hours=5)).startswith("+ Signed in: ada, by a file, until ")
    assert identity(NOW + timedelta(minutes=20)).startswith("! ")
    assert identity(NOW - timedelta(minutes=1)).startswith("! ")
    naive = (NOW + timedelta(hours=5)).replace(tzinfo=None)
    assert identity(naive) == identity(NOW + timedelta(hours=5)), "Google's ends have no zone and are UTC"


@pytest.mark.parametrize("ways", [google.ways, azure.ways, amazon.ways], ids=["gke", "aks", "eks"])
def test_every_way_has_something_to_copy(ways) -> None:
    for way in ways():
        what, text = choices.to_copy(way)
        assert text in way.how
        assert what == "how to get it" or (text.startswith(("https://", "gcloud ", "az ", "aws ")))
        assert not text.endswith((".", ",", "-", " ")) or what == "how to get it"


def test_the_answer_tells_the_way_and_what_was_typed() -> None:
    ways = amazon.ways()
    profile = choices.way_now(ways, "profile:bio")
    assert (profile.id, choices.typed_now(profile, "profile:bio")) == ("profile", "bio")
    assert choices.way_now(ways, "") == ways[0]
    key = choices.way_now(google.ways(), "file:~/key.json")
    assert (key.id, choices.typed_now(key, "file:~/key.json")) == ("key-file", "~/key.json")
    assert choices.typed_now(key, "") == ""


def test_an_azure_directory_stays_named() -> None:
    assert choices.kept_directory({"sign_in": "tenant:uni"}, {"sign_in": ""}) == {"sign_in": "tenant:uni"}
    assert choices.kept_directory({"sign_in": "file:x"}, {"sign_in": ""}) == {"sign_in": ""}
    assert choices.kept_directory({"sign_in": ""}, {}) == {}
