"""Going through the guided screens by keyboard alone: page by page, answering any kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from textual import events
from textual.widgets import Input, TextArea

from tests.courses import Page
from tests.tui.conftest import Person
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.pages import FOLDER
from z2jh_wizard.flows.questionnaire import SIZE
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.screens.topic import TopicScreen
from z2jh_wizard.values.paths import Path as KeyPath
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.search import FOUND
from z2jh_wizard.widgets.choice_list import ChoiceList
from z2jh_wizard.widgets.controls import SwitchLine
from z2jh_wizard.widgets.form_field import FormField, dom_name
from z2jh_wizard.widgets.virtual_table import VirtualTable

PATIENCE = 60.0
"""Seconds for anything on a busy machine."""

ONLY_WITH_PRICES = {"class-size.hours"}
"""Questions that the screens ask only where an answer costs something; no file has them."""


async def begin(person: Person, folder: Path) -> None:
    """Choose the guided way on the first screen, and a folder."""
    await person.at("WelcomeScreen", PATIENCE)
    await person.activate("do-guided")
    await on_page(person, FOLDER)
    await answer(person, FOLDER, str(folder))
    await person.press("ctrl+n")


async def on_page(person: Person, stage_id: str) -> None:
    """Wait for a page with all its questions, and the focus on one of them."""

    def there() -> bool:
        screen = person.app.screen
        return isinstance(screen, StageScreen) and screen.stage_id == stage_id and is_drawn(screen)

    await person.until(there, f"the page {stage_id}", PATIENCE)


def is_drawn(screen: StageScreen) -> bool:
    """Tell whether a page shows what it asks now, and has taken what was typed."""
    if screen.focused is None or not screen.focused.is_attached:
        return False
    if not isinstance(screen, TopicScreen):
        return True
    asked = [one.field.id for one in screen._asked]
    return (
        screen._has_begun
        and not (screen._typed or screen._is_drawing or screen._stale)
        and [one.field for one in screen.query(FormField)] == asked
    )


async def answer(person: Person, name: str, text: str) -> None:
    """Go to a question and answer it; an empty text takes its answer back."""
    wanted = f"control-{dom_name(name.removeprefix(SIZE))}"
    await person.until(lambda: person.widget(f"#{wanted}").is_attached, f"the question {name}", PATIENCE)
    await person.tab_to(wanted)
    control = person.widget(f"#{wanted}")
    if isinstance(control, ChoiceList):
        ready = [offer.value for offer in control._offers if offer.ready]
        step = "right" if isinstance(control, SwitchLine) else "down"
        await person.press("home", *[step] * ready.index(text))
        assert control.value == text
    elif isinstance(control, TextArea):
        await person.press("ctrl+home", "ctrl+shift+end", "delete")
        await paste(person, text)
    else:
        assert isinstance(control, Input), f"{name} cannot be typed: {control}"
        await person.press("end", "ctrl+u")
        await paste(person, text)
    screen = person.app.screen
    assert isinstance(screen, StageScreen)
    await person.until(lambda: is_drawn(screen), f"the answer to {name} taken", PATIENCE)


async def paste(person: Person, text: str) -> None:
    """Put a text where the focus is, its lines included."""
    if text:
        person.app.post_message(events.Paste(text))
        await person.pilot.pause()


async def answer_page(person: Person, page: Page) -> None:
    """Answer the questions of a page, the ones that few people need among them, and go on."""
    await on_page(person, page.stage.id)
    if page.stage.settings and page.has_rare:
        await person.activate("do-more")
    for name, text in page.answers.items():
        if name not in ONLY_WITH_PRICES:
            await answer(person, name, text)
    await person.press("ctrl+n")


async def edit_found(person: Person, words: str, path: str, text: str) -> None:
    """Search for words from the list of settings, open the setting at a path, answer it and come back."""
    await person.at("SettingsScreen", PATIENCE)
    await person.until(lambda: person.focused == "ways", "focus on the ways", PATIENCE)
    await person.press("home", *["down"] * list(ways.WAYS.values()).index(ways.EXPERT), "enter")
    await person.at("SearchScreen", PATIENCE)
    await person.until(lambda: person.focused in ("words", "hits"), "focus on the search", PATIENCE)
    await person.tab_to("words")
    await person.press("end", "ctrl+u")
    await paste(person, words)
    await person.press("enter")
    await person.until(lambda: person.focused == "hits", "something found", PATIENCE)
    hits = person.widget("#hits")
    assert isinstance(hits, VirtualTable)
    rows = list(person.app.screen._hits.values())  # type: ignore[attr-defined]  # the screen that was waited for
    await person.press("home", *["down"] * [hit.path for hit in rows].index(path), "enter")
    await on_page(person, f"{ways.TOPIC}{FOUND}")
    screen = person.app.screen
    assert isinstance(screen, TopicScreen)
    await answer(person, screen._asked[0].field.id, text)
    await person.press("ctrl+n")
    await person.at("SearchScreen", PATIENCE)
    await person.press("escape")
    await person.at("SettingsScreen", PATIENCE)


async def edit_values(person: Person, values: Mapping[KeyPath, str]) -> None:
    """Set keys that no page asks for, by a search from the page at hand; come back to it."""
    here = person.app.screen
    assert isinstance(here, StageScreen)
    await person.activate("do-settings")
    for path, text in values.items():
        await edit_found(person, format_path(path), format_path(path), text)
    await person.press("ctrl+n")
    await on_page(person, here.stage_id)
