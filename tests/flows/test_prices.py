"""Prices that are used: shipped, asked for, kept for a region, and those that stay when asking fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from z2jh_wizard.core.capacity import Cloud
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.prices import Key, Price, shipped
from z2jh_wizard.core.spec import ClusterSpec, Spec
from z2jh_wizard.flows.prices import Market, market_of, market_of_answers, price_list, refresh

TODAY = date(2026, 11, 21)
HERE = Market("gke", "europe-west1-b")
NODE: Key = ("machine", "e2-standard-4")


class Source:
    """A cloud that says what it was told to say."""

    name = "Google's list"

    def __init__(self, *, usd: float = 0.5, fails: bool = False, knows: bool = True) -> None:
        self._usd = usd
        self._fails = fails
        self._knows = knows

    async def found(self, today: str) -> dict[Key, Price]:
        """Say one price, or none."""
        if self._fails:
            raise CouldNotLook("No answer", "Nothing answers there.", next_step="Check the network.")
        return {NODE: Price(self._usd, today, "europe-west1", self.name)} if self._knows else {}


def kept() -> list[Path]:
    return list((Path.home() / ".local/share/z2jh-wizard").rglob("*.json"))


async def test_what_the_cloud_says_is_used_for_its_region_and_kept() -> None:
    assert price_list(HERE) == shipped("gke")
    done = await refresh(HERE, TODAY, Source())
    assert done.worked
    assert done.sentence.startswith("1 of 15 prices are those of today in europe-west1, by Google's list.")
    assert "It says none of: e2-standard-2, " in done.sentence
    for market in (HERE, Market("gke", "europe-west1-c"), Market("gke", "europe-west1")):
        price = price_list(market).of(*NODE)
        assert (price.usd, price.as_of, price.source) == (0.5, "2026-11-21", "Google's list")
    assert price_list(HERE).usd("machine", "e2-standard-2") == 0.067, "the shipped one stays"
    assert price_list(Market("gke", "europe-west2")) == shipped("gke")
    assert price_list(Market("eks", "europe-west1")) == shipped("eks")
    assert [one.name for one in kept()] == ["gke-europe-west1.json"]


@pytest.mark.parametrize(
    ("source", "why"),
    [(Source(fails=True), "Check the network."), (Source(knows=False), "none for europe-west1")],
)
async def test_those_that_were_there_stay_when_asking_fails(source: Source, why: str) -> None:
    await refresh(HERE, TODAY, Source(usd=0.7))
    done = await refresh(HERE, TODAY, source)
    assert not done.worked
    assert done.sentence.startswith("The prices stay as they were.")
    assert why in done.sentence
    assert done.prices.usd(*NODE) == 0.7
    assert price_list(HERE).usd(*NODE) == 0.7


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"kind": "machine"}]', "\xff"])
async def test_a_kept_file_that_is_none_is_nothing(text: str) -> None:
    await refresh(HERE, TODAY, Source())
    kept()[0].write_bytes(text.encode("latin-1"))
    assert price_list(HERE) == shipped("gke")


async def test_a_kept_price_without_a_source_does_not_count() -> None:
    await refresh(HERE, TODAY, Source())
    file = kept()[0]
    file.write_text(file.read_text().replace("Google's list", ""))
    assert price_list(HERE).usd(*NODE) == shipped("gke").usd(*NODE)


async def test_a_folder_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    done = await refresh(HERE, TODAY, Source())
    assert not done.worked
    assert done.sentence.startswith("The prices stay as they were.")


def test_no_region_is_that_of_the_shipped_prices_and_none_leaves_the_folder() -> None:
    assert Market("eks").region == "us-east-1"
    assert price_list(Market("aks", "../../../etc/passwd")) == shipped("aks")


def test_a_market_is_that_of_the_project_or_of_its_answers() -> None:
    spec = Spec(
        1, "0" * 12, "eks", account="1", region="eu-south-1", cluster=ClusterSpec(sign_in="profile:x")
    )
    expected = Market("eks", "eu-south-1", "1", "profile:x")
    assert market_of(spec) == expected
    answers = {"provider": "eks", "region": " eu-south-1", "account": "1", "sign_in": "profile:x"}
    assert market_of_answers(answers) == expected
    assert market_of_answers({"provider": "gke"}) == Market("gke")


@pytest.mark.parametrize("provider", ["gke", "eks"])
async def test_who_is_not_signed_in_is_told_to(provider: Cloud) -> None:
    done = await refresh(Market(provider), TODAY)
    assert not done.worked
    assert done.prices == shipped(provider)
    assert "Sign in again" in done.sentence
