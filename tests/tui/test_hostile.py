"""Text from outside is plain text on every screen, whatever is in it: values, names, folders, clusters."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tests.tui.conftest import SMALL, Open, Person
from tests.tui.fakes import FakeBackend, FakeWorld
from tests.tui.geometry import faults
from tests.tui.places import PARTS, walk
from tests.tui.test_state import FakeStore
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.kube.live import Pane
from z2jh_wizard.kube.rows import EventRow, NodeRow, PodRow
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import topic
from z2jh_wizard.values.forms_lines import ADDED, Line
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.controls import FixedValue, SecretLine, SwitchLine, TextBlock
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.explained import Explained
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.rail import Mark, Rail, Stop
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_log import VirtualLog
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

MARKUP = "[red]x[/red] [/foo] [@click=app.quit]y[/] $z"
CODES = "\x1b[31m\x1b]0;t\x07\x9b2J\u202eabc\u200b\u2066\ufeff"
NASTY = f"{MARKUP} {CODES} " + "long " * 2000

HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


def written(text: str) -> str:
    """Return a text as YAML, whose double quotes are those of JSON."""
    return json.dumps(text)


CONFIG = f"""\
# {MARKUP}
hub:
  config:
    JupyterHub:
      authenticator_class: github
    GitHubOAuthenticator:
      client_id: {written(f"id {MARKUP} {CODES}")}
      oauth_callback_url: {written(f"https://{MARKUP}/hub/oauth_callback")}
    Authenticator:
      admin_users: [{written(f"ada {MARKUP}")}, {written(f"bob{CODES}")}]
      allowed_users: [{written(NASTY)}]
  extraConfig:
    {written(f"01-{MARKUP}")}: {written(f"# {NASTY}")}
  image: {{name: {written(f"quay.io/{MARKUP}")}, tag: {written(CODES)}}}
proxy:
  https: {{enabled: true, hosts: [{written(f"h {MARKUP}")}]}}
singleuser:
  image: {{name: {written(f"img {MARKUP}")}, tag: {written(NASTY)}}}
  extraEnv: {{{written(f"N{MARKUP}")}: {written(NASTY)}, B: {written(MARKUP)}}}
  memory: {{limit: {written(f"1G {MARKUP}")}}}
  storage: {{capacity: {written(NASTY)}, homeMountPath: {written(MARKUP)}}}
  nodeSelector: {{{written(f"a{MARKUP}")}: {written(CODES)}}}
  profileList:
    - display_name: {written(f"P {MARKUP} {CODES}")}
      description: {written(NASTY)}
      kubespawner_override: {{{written(MARKUP)}: 1}}
{written(f"unknown {MARKUP}")}: {written(NASTY)}  # {MARKUP}
"""
"""A values file with such texts wherever one can stand."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A practice project in a folder with such a name."""
    folder = tmp_path / "[red]bio [/foo] \x1b[31m\u202e\u200b"
    made = new_project(folder, {**default_answers("practice"), "release": "bio101"})
    made.config.write_text(CONFIG, encoding="utf-8")
    made.kubeconfig.write_text("there")
    return made


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> FakeStore:
    """A cluster where everybody writes such things."""
    monkeypatch.setattr(topic, "QUIET", 0.001)
    store = FakeStore()
    now = datetime.now(timezone.utc)
    pods = [
        PodRow(f"{number}{text}", text, status=text, message=text, node=text, component="singleuser-server",
               user=text, unwell=text, image=text)
        for number, text in enumerate((MARKUP, CODES, NASTY))
    ]  # fmt: skip
    event = EventRow(f"e{MARKUP}", "ns", reason=MARKUP, kind=CODES, about=NASTY, message=NASTY, last=now)
    store.panes = {
        "pods": Pane({pod.key: pod for pod in pods}, seen=now),
        "events": Pane({event.key: event}, seen=now),
        "nodes": Pane({"n": NodeRow(f"n{NASTY}", ready=True)}, seen=now),
    }

    async def live(_project: Project) -> FakeStore:
        return store

    backend.live = live  # type: ignore[method-assign,assignment]
    return store


def harm(person: Person) -> list[str]:
    """Return the lines of the screen with a code in them that a terminal or a reader would stumble on."""
    return [line for line in person.screen_text().splitlines() if HARMFUL.search(line)]


@pytest.mark.parametrize("more", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["", "more"])
@pytest.mark.parametrize("part", PARTS)
async def test_every_screen_shows_it_as_it_is(
    open_app: Open, project: Project, world: FakeWorld, part: str, more: bool
) -> None:
    world.there.add("release")
    if part == "run":  # a run begins with settings that can be used
        world.failing = MARKUP
        project.config.write_text(f"# {MARKUP}\nsingleuser: {{extraEnv: {{B: {written(NASTY)}}}}}\n")
    found: list[str] = []
    shown: dict[str, str] = {}
    async with open_app(SMALL, folder=project.folder) as person:
        await person.sees("revision 3")
        async for name in walk(person, PARTS[part], more=more):
            shown[name] = person.screen_text()
            found += [f"{name}: {line!r}" for line in harm(person)]
            found += [f"{name}: {one}" for one in faults(person.app.screen)]
            for _ in range(3):
                await person.press("tab", "f2") if name.startswith("topic") else await person.press("tab")
                found += [f"{name}: {line!r}" for line in harm(person)]
    assert not found, "\n".join(dict.fromkeys(found))
    for name in {"dashboard", "topic/environment"} & {*shown}:
        assert "[red]" in shown[name], shown[name]


class Everything(App[None]):
    """All widgets that take outside text, with some in each place."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self.texts = texts

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        first, second, third = self.texts
        offers = [Offer("a", first, second), Offer("b", third, first, ready=False), Offer("c", second)]
        yield Plain(first)
        yield Explained(second)
        yield ChoiceList(offers, "a")
        yield SwitchLine(offers[:2], "a")
        yield TextLine(third, placeholder=first)
        yield SecretLine(second)
        yield TextBlock(first)
        yield FixedValue(second)
        yield FormField("name", third, first, second)
        yield DiffLines(third)
        yield Rail()
        yield VirtualTable(Column(first, 10), Column("b"))
        yield VirtualLog()

    def on_mount(self) -> None:
        """Fill those that get their texts later."""
        self.fill(self.texts)

    def fill(self, texts: list[str]) -> None:
        """Show other texts."""
        first, second, third = texts
        self.query_one(DiffLines).show([Line(1, first, ADDED), Line(2, second)])
        self.query_one(Rail).show_stops([Stop(third, Mark.HERE)])
        self.query_one(VirtualTable).show(texts, lambda key: Cells((key, second)))
        self.query_one(VirtualLog).show("\n".join(texts))
        self.query_one(FormField).show_problem(first)


TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("[]/@=\x1b\x07\x9b\u202e\u200b\\$\n\t\"'"), max_size=60
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=3, max_size=3, unique=True))
async def test_every_widget_draws_any_text(texts: list[str]) -> None:
    app = Everything([*texts[:2], f"[/foo]{texts[2]}"])
    async with app.run_test(size=(60, 60)) as pilot:
        await pilot.pause()
        drawn: list[Any] = app.screen._compositor.render_strips()
        text = "\n".join(strip.text for strip in drawn)
    assert "[/foo]" in text
    assert not HARMFUL.search(text)
