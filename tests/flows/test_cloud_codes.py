"""Codes that somebody types elsewhere: told on the event loop, and thrown away when nobody waits."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from tests.emulators.aws import server as amazon
from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.wire import AwsError
from tests.emulators.gke import server as google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.support.waiting import wait_until_async
from z2jh_wizard.cloud.aks import sign_in as azure
from z2jh_wizard.cloud.eks import sign_in as start_page
from z2jh_wizard.cloud.eks.endpoint import ELSEWHERE
from z2jh_wizard.cloud.gke import google as gke
from z2jh_wizard.cloud.gke import sign_in as google_sign_in
from z2jh_wizard.flows.cloud_codes import AmazonPage, at_azure, switched_on
from z2jh_wizard.flows.cloud_questions import CloudQuestions, Shown


class Login:
    """Azure's page for codes; ``typed`` is set once somebody typed it, ``told`` once the token is out."""

    def __init__(self) -> None:
        self.typed, self.told = threading.Event(), threading.Event()

    def credential(self, prompt_callback: Any, **_options: Any) -> Any:
        def get_token(*_scopes: str) -> Any:
            prompt_callback("https://login.example/device", "ABCD", datetime.now(timezone.utc))
            assert self.typed.wait(30)
            self.told.set()
            return SimpleNamespace(token="typed-token")

        return SimpleNamespace(get_token=get_token)


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> Login:
    made = Login()
    monkeypatch.setattr("azure.identity.DeviceCodeCredential", made.credential)
    monkeypatch.setenv(azure.TOKEN, "")
    return made


async def test_a_code_that_was_typed_signs_in(login: Login) -> None:
    shown: list[Shown] = []
    loop = threading.get_ident()
    threads: list[int] = []

    def tell(one: Shown) -> None:
        threads.append(threading.get_ident())
        shown.append(one)
        login.typed.set()

    await at_azure({"provider": "aks"}, tell)
    assert shown == [Shown("https://login.example/device", "ABCD")]
    assert threads == [loop]
    assert os.environ[azure.TOKEN] == "typed-token"


async def test_a_code_that_nobody_waits_for_signs_in_nobody(login: Login) -> None:
    shown: list[Shown] = []
    waiting = asyncio.create_task(at_azure({"provider": "aks"}, shown.append))
    await wait_until_async(lambda: bool(shown), 10, "a code")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    login.typed.set()
    assert login.told.wait(10)
    running = [one for one in threading.enumerate() if one.name == "kube"]
    for thread in running:
        thread.join(10)
    assert not os.environ[azure.TOKEN]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud(World())
    monkeypatch.setenv(start_page.KEYS, "")
    with amazon.serve(made) as address:
        monkeypatch.setenv(ELSEWHERE, address)
        yield made


async def test_a_start_page_signs_in_with_a_role(cloud: Cloud) -> None:
    shown: list[Shown] = []
    page = AmazonPage("https://example.awsapps.com/start", cloud.region)
    await page.sign_in(shown.append)
    (account,) = await page.accounts()
    assert [one.code for one in shown] == ["ABCD-EFGH"]
    (role,) = await page.roles(account.id)
    await page.take(account.id, role)
    who = await CloudQuestions({"provider": "eks"}).identity()
    assert (who.account, who.source) == (cloud.account, "a start page (SSO)")
    assert not cloud.world.complaints


async def test_a_start_page_that_nobody_waits_for_is_asked_no_more(cloud: Cloud) -> None:
    shown: list[Shown] = []
    page = AmazonPage("https://example.awsapps.com/start", cloud.region)
    for _ in range(100):
        cloud.world.fail_once("CreateToken", AwsError("AuthorizationPendingException", "not yet"))
    waiting = asyncio.create_task(page.sign_in(shown.append))
    await wait_until_async(
        lambda: any(one.name == "CreateToken" for one in cloud.world.calls), 10, "a question"
    )
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for thread in [one for one in threading.enumerate() if one.name == "kube"]:
        thread.join(10)
        assert not thread.is_alive()
    assert not os.environ[start_page.KEYS]


async def test_what_is_off_is_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(World(latency=0.0), "bio")
    services.on.clear()
    monkeypatch.setenv(google_sign_in.TOKEN, google.TOKEN)
    with google.serve(services) as address:
        monkeypatch.setenv(gke.ELSEWHERE, address)
        cloud = CloudQuestions({"provider": "gke", "account": "bio"})
        lines = [line async for line in switched_on(cloud)]
        assert len(await cloud.locations()) == len(services.zones)
    assert any("asked Google" in line for line in lines)
    assert "compute.googleapis.com" in services.on
