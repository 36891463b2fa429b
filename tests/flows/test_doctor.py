"""What ``doctor`` looks at before a cluster is made: the cloud's account, as the screens do."""

from __future__ import annotations

import pytest

from tests.emulators.gke import server as google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from z2jh_wizard.cloud.gke import google as gke
from z2jh_wizard.cloud.gke import sign_in
from z2jh_wizard.flows.doctor import examine
from z2jh_wizard.flows.pages import default_answers, new_project

AT_GOOGLE = {**default_answers("gke"), "account": "bio", "region": "us-central1-b", "release": "bio101"}


@pytest.fixture
def services(monkeypatch):
    services = Services(World(), "bio")
    with google.serve(services, "emulated-token") as address:
        monkeypatch.setenv(gke.ELSEWHERE, address)
        monkeypatch.setenv(sign_in.TOKEN, "emulated-token")
        yield services


async def seen(folder):
    return {check.id: check async for check in examine(folder)}


async def test_the_account_is_looked_at_before_there_is_a_cluster(tmp_path, services):
    folder = new_project(tmp_path / "hub", AT_GOOGLE).folder
    services.on.clear()
    found = await seen(folder)
    assert not found["services"].ok
    assert "gcloud services enable" in found["services"].next
    assert found["billing"].ok
    assert not services.world.creates()


async def test_who_is_not_signed_in_is_told_how(tmp_path, services, monkeypatch):
    monkeypatch.setenv(sign_in.TOKEN, "another-token")
    found = await seen(new_project(tmp_path / "hub", AT_GOOGLE).folder)
    assert not found["account"].ok
    assert found["account"].next


async def test_nothing_is_asked_for_practice(tmp_path):
    found = await seen(new_project(tmp_path / "hub", default_answers("practice")).folder)
    assert not {"account", "services"} & set(found)
