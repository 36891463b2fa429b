"""The checklist of the address on screen: looked at again and again, marked, copied, left."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.tui.conftest import Open, Person
from tests.tui.fakes import HOSTILE, FakeBackend
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.values.address_checklist import Checklist, checklist
from z2jh_wizard.values.address_seen import Answer, Certificate, Door, Knock, Lookup, Seen, WayIn

NAME, IP = "hub.example.org", "34.118.10.7"
NOW = datetime(2026, 9, 1, tzinfo=timezone.utc)
BEFORE = Seen(
    NOW,
    Door(found=True, type="LoadBalancer", addresses=(IP,), ports=(80, 443)),
    (Lookup(NAME),),
    knocks=(Knock(80, "open"), Knock(443, "open")),
)
AFTER = replace(
    BEFORE,
    lookups=(Lookup(NAME, (IP,)),),
    certificate=Certificate("Let's Encrypt R11", (NAME,), NOW + timedelta(60)),
    plain=Answer(301, f"https://{NAME}/"),
    health=Answer(200, hub_version="5.5.0"),
)


class FakeCheck:
    """Answers with what the test says is seen, and remembers for which settings it was asked."""

    def __init__(self) -> None:
        self.seen = BEFORE
        self.ways: list[WayIn] = []
        self.gate: asyncio.Event | None = None

    async def look(self, way: WayIn) -> Checklist:
        self.ways.append(way)
        if self.gate:
            await self.gate.wait()
        return checklist(way, self.seen, "jhub")


@pytest.fixture
def check(backend: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> FakeCheck:
    fake = FakeCheck()

    async def given(_project: Project) -> Any:
        return fake

    monkeypatch.setattr(backend, "address_check", given)
    return fake


@pytest.fixture
def cloud(tmp_path: Path) -> Project:
    """A project whose settings name the hub."""
    project = create_project(tmp_path / "bio101", "existing", chart=Chart(), release="bio101")
    project.config.write_text(
        f"proxy:\n  https:\n    enabled: true\n    hosts: [{NAME}]\n"
        "    letsencrypt:\n      contactEmail: ada@example.org\n"
    )
    return project


async def show(person: Person) -> None:
    await person.at("DashboardScreen")
    await person.activate("do-address")
    await person.at("AddressCheckScreen")


async def test_it_waits_for_the_record_and_says_when_it_is_there(
    open_app: Open, cloud: Project, check: FakeCheck
) -> None:
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await person.sees("? needs you")
        await person.until(lambda: person.widget("#checks").marked == "record", "the open line is marked")  # type: ignore[attr-defined]
        await person.sees("What to do: At your DNS provider add name hub.example.org, type A")
        await person.press("f7")
        assert person.app.clipboard == f"{NAME}. 300 IN A {IP}"
        await person.press("down")
        await person.sees("TTL")
        await person.activate("do-copy_mail")
        await person.until(lambda: "Subject: DNS record" in person.app.clipboard, "the letter is copied")
        check.seen = AFTER
        await person.press("f5")
        await person.sees("+ done")
        await person.sees(f"{IP}: the hub")
        assert "needs you" not in person.screen_text()
        await person.press("escape")
        await person.at("DashboardScreen")


async def test_leaving_ends_the_looking(open_app: Open, cloud: Project, check: FakeCheck) -> None:
    check.gate = asyncio.Event()
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await person.until(lambda: check.ways, "it looks")
        await person.sees("Looking at the cluster")
        await person.press("escape")
        await person.at("DashboardScreen")
        await person.until(
            lambda: not [one for one in person.app.workers if one.group == "address"], "nobody looks any more"
        )
        assert len(check.ways) == 1


async def test_the_pages_lead_to_it_and_it_leads_back(
    open_app: Open, cloud: Project, check: FakeCheck
) -> None:
    """What is typed and not saved yet counts, for it decides what is looked at."""
    async with open_app(folder=cloud.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go("topic/https"))
        await person.at("TopicScreen")
        await person.tab_to("control-https_hosts")
        await person.press("end", "ctrl+u")
        await person.type("course.example.org")
        await person.activate("tool-address-check-https")
        await person.at("AddressCheckScreen")
        await person.sees("course.example.org")
        assert check.ways[-1].hosts == ("course.example.org",)
        await person.press("escape")
        await person.at("TopicScreen")
        await person.sees("course.example.org")


async def test_hostile_answers_are_plain_text(open_app: Open, cloud: Project, check: FakeCheck) -> None:
    hostile = Certificate(HOSTILE, (HOSTILE,), NOW + timedelta(60), complaint=HOSTILE)
    check.seen = replace(AFTER, certificate=hostile, door=replace(BEFORE.door, trouble=HOSTILE))
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await person.sees("[red]x[/red] [/foo]")
        assert "\x1b" not in person.screen_text()
