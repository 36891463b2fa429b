"""From nothing to a hub at a cloud and back, by keyboard at 80x24, against emulators of the clouds."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml

from tests.journeys.clouds import CLOUDS, Cloud, Machines, keep_autoscaler, nothing_made_twice
from tests.journeys.conftest import Wizard, home, wizard_of  # noqa: F401  # fixtures
from tests.tui.conftest import SMALL, Open, Person
from tests.tui.test_cloud_account import choose
from tests.tui.walking import answer
from z2jh_wizard.cloud.gke import sign_in as google
from z2jh_wizard.core.facts import CHART_NAME, CHART_VERSION
from z2jh_wizard.core.spec import Provider
from z2jh_wizard.flows.charts import cached_chart, chart_from_choice, chart_source, practice_chart
from z2jh_wizard.practice.token import token
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.screens.backend import Backend

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATIENCE = 240.0
"""Seconds for a step that makes a cluster or starts programs, on a busy machine."""

RELEASE = "bio101"


@pytest.fixture
def backend() -> Backend:
    """The real flows."""
    return Backend()


@pytest.fixture(params=CLOUDS)
def provider(request: pytest.FixtureRequest) -> Provider:
    """Which cloud."""
    chosen: Provider = request.param
    return chosen


@pytest.fixture
def cloud(
    provider: Provider,
    wizard_of,  # noqa: F811  # the fixture
    home: Path,  # noqa: F811  # the fixture
    helm_binary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cloud]:
    """A cloud whose clusters are a practice cluster; this program and its children are pointed at it."""
    computers: Wizard = wizard_of()
    practice = yaml.safe_load((computers.folder / "kubeconfig").read_text())["clusters"][0]["cluster"]
    authority = practice["certificate-authority-data"]
    behind = Machines(practice["server"], authority, token(computers.state), home / "proxy")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{helm_binary.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KUBECACHEDIR", str(home / "kubecache"))
    keep_autoscaler()
    keep_chart()
    with CLOUDS[provider](behind) as there:
        for name, value in there.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(google.TOKEN, "")
        yield there


def keep_chart() -> None:
    """Put the practice chart where the downloaded one of Zero to JupyterHub is kept, under its name."""
    kept = cached_chart(chart_source(chart_from_choice("z2jh")))
    kept.parent.mkdir(parents=True, exist_ok=True)
    about = yaml.safe_load((practice_chart() / "Chart.yaml").read_text())
    named = yaml.safe_dump({**about, "name": CHART_NAME, "version": CHART_VERSION}).encode()
    with tarfile.open(kept, "w:gz") as packed:
        for path in sorted(one for one in practice_chart().rglob("*") if one.is_file()):
            name = path.relative_to(practice_chart())
            content = named if str(name) == "Chart.yaml" else path.read_bytes()
            entry = tarfile.TarInfo(f"{CHART_NAME}/{name}")
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))


@pytest.fixture
async def person(open_app: Open) -> AsyncIterator[Person]:
    """Somebody at a small terminal."""
    async with open_app(SMALL) as somebody:
        yield somebody


async def test_from_nothing_to_a_hub_and_back(
    person: Person,
    provider: Provider,
    cloud: Cloud,
    home: Path,  # noqa: F811  # the fixture
) -> None:
    folder = home / "hub"
    await say_where(person, provider, folder)
    await sign_in(person, provider, cloud)
    await choose_place(person, provider, cloud)
    await person.at("ClassSizeScreen", PATIENCE)
    await answer(person, "students", "12")
    await person.press("ctrl+n")
    for topic in ("Sign-in", "Address"):
        await person.sees(f"{topic}", PATIENCE)
        await person.at("TopicScreen", PATIENCE)
        await person.until(lambda: topic in person.screen_text().splitlines()[0], topic, PATIENCE)  # noqa: B023
        await person.press("ctrl+n")
    await check(person)
    await start(person)
    spec = open_project(folder).spec
    assert (spec.account, spec.region) == (cloud.account, cloud.region)
    assert cloud.clusters() == 1
    await resize(person)
    assert max(cloud.nodes()) == 5
    await tear_down(person)
    assert cloud.clusters() == 0
    assert cloud.else_left() == []
    assert nothing_made_twice(cloud.world)
    assert not any(secret in person.screen_text() for secret in cloud.secrets)
    written = [path.read_text(errors="replace") for path in home.rglob("*") if is_ours(path, home)]
    assert written
    assert not any(secret in text for text in written for secret in cloud.secrets)


def is_ours(path: Path, home: Path) -> bool:  # noqa: F811  # a folder like that of the fixture
    """Tell whether a file is one that the wizard wrote, and none of the practice cluster beside it."""
    inside = path.relative_to(home).parts[0]
    return path.is_file() and not inside.startswith("project") and inside != "proxy"


async def say_where(person: Person, provider: Provider, folder: Path) -> None:
    await person.at("WelcomeScreen", PATIENCE)
    await person.activate("do-quick")
    await person.until(lambda: person.focused == "control-provider", "the first page", PATIENCE)
    await answer(person, "provider", provider)
    await answer(person, "release", RELEASE)
    await answer(person, "folder", str(folder))
    await person.press("ctrl+n")
    await person.at("AccountScreen", PATIENCE)


async def sign_in(person: Person, provider: Provider, cloud: Cloud) -> None:
    if provider == "gke":
        await choose(person, "token")
        await person.press("enter")
        await person.type(cloud.variables[google.TOKEN])
        assert cloud.variables[google.TOKEN] not in person.screen_text()
        await person.press("enter")
    await person.sees("Signed in", PATIENCE)
    journey = person.app.desk.journey
    assert journey
    await person.until(lambda: journey.answers["account"] == cloud.account, "who pays", PATIENCE)
    await person.press("ctrl+n")
    await person.at("PlaceScreen", PATIENCE)


async def choose_place(person: Person, provider: Provider, cloud: Cloud) -> None:
    journey = person.app.desk.journey
    assert journey
    if provider == "gke":
        await person.sees("not switched on", PATIENCE)
        await person.activate("do-switch_on")
    await person.sees("type to find one", PATIENCE)
    await person.tab_to("control-region")
    await person.type(cloud.region)
    await person.press("enter")
    await person.until(lambda: journey.answers["region"] == cloud.region, "the place is taken")
    await person.tab_to("control-machine")
    await person.type(cloud.machines[1])
    await person.press("ctrl+n")


async def check(person: Person) -> None:
    await person.until(
        lambda: type(person.app.screen).__name__ in ("ChecksScreen", "ReviewScreen"), "checks", PATIENCE
    )
    if type(person.app.screen).__name__ == "ChecksScreen":
        await person.until(lambda: "Looking round" not in person.screen_text(), "the checks", PATIENCE)
        await person.press("ctrl+n")
    await person.at("ReviewScreen", PATIENCE)


async def start(person: Person) -> None:
    await person.sees("steps to do", PATIENCE)
    await person.sees("$", PATIENCE)
    await person.press("ctrl+n")
    await person.at("Ask", PATIENCE)
    await person.sees("cost")
    await person.until(lambda: person.focused == "no", "focus on the harmless answer")
    await person.activate("yes")
    await person.at("RunScreen", PATIENCE)
    await person.sees("usually", PATIENCE)
    await person.sees("Done. Next shows the hub.", PATIENCE)
    await person.press("ctrl+n")
    await person.at("DashboardScreen", PATIENCE)
    await person.sees("deployed, revision 1", PATIENCE)


async def resize(person: Person) -> None:
    await person.activate("do-resize")
    await person.at("AskText", PATIENCE)
    await person.press("ctrl+u", "5", "enter")
    await person.at("RunScreen", PATIENCE)
    await person.sees("Done. Next shows the hub.", PATIENCE)
    await person.press("ctrl+n")
    await person.at("DashboardScreen", PATIENCE)


async def tear_down(person: Person) -> None:
    await person.activate("do-teardown")
    await person.at("TeardownScreen", PATIENCE)
    await person.sees("to delete", PATIENCE)
    await person.tab_to("confirm")
    await person.type(RELEASE)
    await person.press("enter")
    await person.until(lambda: person.focused == "do-teardown", "the name enables the button", PATIENCE)
    await person.press("enter")
    await person.at("RunScreen", PATIENCE)
    await person.sees("Done. Next shows the receipt.", PATIENCE)
    await person.press("ctrl+n")
    await person.at("ReceiptScreen", PATIENCE)
