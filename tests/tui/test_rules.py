"""Rules for every screen: one table of actions, keys that no terminal eats, colours by token only."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.color import Color
from textual.dom import DOMNode
from textual.screen import Screen

import z2jh_wizard.screens
import z2jh_wizard.widgets
from tests.support.source import modules
from tests.tui.conftest import LARGE, SMALL, Open
from tests.tui.fakes import FakeWorld
from z2jh_wizard import app as app_module
from z2jh_wizard.app import SCREENS, Start, WizardApp
from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.glossary import readings
from z2jh_wizard.flows.ways import GUIDED, QUICK, project_pages
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.dialogs import Ask
from z2jh_wizard.screens.help import WIDTH, help_text
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.actions import ACTIONS, FOOTER_MOST
from z2jh_wizard.widgets.ascii_drawing import knows_utf8
from z2jh_wizard.widgets.themes import load_themes

FORBIDDEN = {f"ctrl+{letter}" for letter in "hijmadekuwxcvs"}


def own_classes() -> list[type[DOMNode]]:
    """Return every screen and widget of the wizard, and the app."""
    found: set[type[DOMNode]] = {WizardApp}
    for package in (z2jh_wizard.screens, z2jh_wizard.widgets):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            for _, one in inspect.getmembers(module, inspect.isclass):
                if issubclass(one, DOMNode) and one.__module__ == module.__name__:
                    found.add(one)
    return sorted(found, key=lambda one: one.__qualname__)


def own_bindings(one: type[DOMNode]) -> Iterator[Binding]:
    """Return the bindings that a class itself declares."""
    yield from Binding.make_bindings(one.__dict__.get("BINDINGS", []))


@pytest.mark.parametrize("one", own_classes(), ids=lambda one: one.__name__)
def test_every_binding_is_in_the_table(one: type[DOMNode]) -> None:
    table = {(key, action.call) for action in ACTIONS for key in action.keys.split(",") if key}
    for binding in own_bindings(one):
        assert (binding.key, binding.action) in table


@pytest.mark.parametrize("one", own_classes(), ids=lambda one: one.__name__)
def test_every_bound_action_exists(one: type[DOMNode]) -> None:
    for binding in own_bindings(one):
        name = binding.action.split("(")[0]
        owner = WizardApp if name.startswith("app.") else one
        assert hasattr(owner, f"action_{name.removeprefix('app.')}"), binding


def test_no_handler_calls_that_of_the_class_above() -> None:
    """Textual calls the ``on_`` methods of every class of a widget by itself; another call comes twice."""
    for module in modules():
        for name, _ in module.calls:
            assert not name.startswith("super().on_") or name == "super().on_meta", module.name


def test_keys_that_terminals_and_text_fields_eat_are_not_used() -> None:
    for action in ACTIONS:
        for key in filter(None, action.keys.split(",")):
            assert key not in FORBIDDEN
            if len(key) == 1:
                raise AssertionError(f"{action.id} is bound to the bare letter {key}")


def test_the_table_is_sound() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(set(ids)) == len(ids)
    assert all(action.label and action.tooltip and action.group and action.help for action in ACTIONS)


@pytest.mark.parametrize(
    "one", [one for one in own_classes() if issubclass(one, Screen)], ids=lambda o: o.__name__
)
def test_footer_has_few_keys_in_the_fixed_order(one: type[DOMNode]) -> None:
    if "BINDINGS" not in one.__dict__:
        return  # those of the class above, which is looked at too
    shown = list(dict.fromkeys(binding.id for binding in own_bindings(one) if binding.show))
    if not shown:
        assert one.__name__ == "Everywhere"
        return
    assert len(shown) <= FOOTER_MOST
    assert shown[0] == "help"
    assert shown[-1] == "quit"
    first = [name for name in shown if name in ("help", "back", "next")]
    assert shown[: len(first)] == first


def test_every_screen_says_what_it_is_for() -> None:
    for module, name in {*SCREENS.values(), ("page", "PageScreen")}:
        screen = getattr(importlib.import_module(f"z2jh_wizard.screens.{module}"), name)
        assert len(screen.ABOUT) > 20


def test_help_lists_every_action() -> None:
    lines = help_text().splitlines()
    text = " ".join(" ".join(lines).split())
    for action in ACTIONS:
        assert action.label in text
        assert action.help in text
    assert max(map(len, lines)) <= WIDTH


async def test_palette_offers_what_the_screen_can_do(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    world.there.add("release")
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        offered = {
            command.title.split(" (")[0] for command in person.app.get_system_commands(person.app.screen)
        }
        expected = {
            action.label
            for action in ACTIONS
            if action.palette
            and (action.call.startswith("app.") or hasattr(person.app.screen, f"action_{action.call}"))
        }
        others = {"Resume", "Stop the cluster", "Start the cluster"}
        assert offered == expected - others, "only what was interrupted is resumed, only Azure's are stopped"
        await person.press("ctrl+p")
        await person.type("tear dow")
        await person.sees("Lists what would be removed")
        await person.sees("tear dow")
        await person.press("enter")
        await person.at("TeardownScreen")


async def test_f1_shows_the_screen_and_the_keys(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.press("f1")
        await person.at("HelpScreen")
        await person.sees("Begin here: practice costs nothing")
        await person.press("f1")
        assert len(person.app.screen_stack) == 3, "help does not stack"
        await person.press("escape")
        await person.at("WelcomeScreen")


def sheets() -> list[Path]:
    return sorted(asset_path("styles").glob("*.tcss"))


@pytest.mark.parametrize("sheet", sheets(), ids=lambda path: path.name)
def test_colours_are_tokens_and_only_in_one_sheet(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    values = [line.split(":", 1)[1] for line in re.findall(r"[a-z-]+:[^;{}]+;", rules)]
    assert not [value for value in values if re.search(r"#[0-9a-fA-F]{3,8}\b|\brgb|\bhsl", value)]
    if sheet.name != "tokens.tcss":
        assert "$" not in rules
        assert not re.search(r"(?<![a-z-])(color|background|tint)\s*:", rules)


def test_no_colour_is_named_in_code() -> None:
    for package in (z2jh_wizard.screens, z2jh_wizard.widgets):
        for path in Path(package.__path__[0]).glob("*.py"):
            assert not re.search(r"[\"']#[0-9a-fA-F]{6}[\"']", path.read_text()), path
            assert "DEFAULT_CSS" not in path.read_text(), path


def test_each_screen_s_sheet_styles_only_that_screen() -> None:
    for sheet in sheets():
        if sheet.name in ("tokens.tcss", "layout.tcss"):
            continue
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", rules):
            for selector in selectors.split(","):
                assert re.match(r"\s*[A-Z]\w*(Screen|Dialog|Tool)|\s*Dialog", selector), (
                    sheet.name,
                    selector,
                )


def _contrast(one: Color, other: Color) -> float:
    def luminance(color: Color) -> float:
        parts = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", load_themes(), ids=lambda theme: theme.name)
def test_themes_can_be_read(theme) -> None:
    colours = theme.to_color_system().generate()
    background = Color.parse(colours["background"])
    least = 7.0 if theme.name == "z2jh-contrast" else 4.5
    for name in ("foreground", "success", "warning", "error", "primary"):
        assert _contrast(Color.parse(colours[name]), background) >= least, name


def test_the_deuteranopia_theme_has_no_red_green_pair() -> None:
    (theme,) = [theme for theme in load_themes() if theme.name == "z2jh-deuteranopia"]
    assert theme.success
    assert theme.error
    good, bad = Color.parse(theme.success), Color.parse(theme.error)
    assert good.b > good.r, "good is bluish"
    assert bad.r > bad.b, "bad is orange"


async def test_themes_go_round_and_are_remembered(open_app: Open, memory) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        seen = []
        for _ in load_themes():
            await person.press("f10")
            seen.append(person.app.theme)
        assert sorted(seen) == sorted(theme.name for theme in load_themes())
        await person.press("f10")
        assert memory.theme() == person.app.theme
        chosen = person.app.theme
    async with open_app() as person:
        await person.at("WelcomeScreen")
        assert person.app.theme == chosen


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x40"])
async def test_ascii_draws_nothing_else(open_app: Open, size, project: Project, world, monkeypatch) -> None:
    from textual.scrollbar import ScrollBar

    monkeypatch.setattr(ScrollBar, "renderer", ScrollBar.renderer)
    world.there |= {"release"}
    async with open_app(size, folder=project.folder, ascii_only=True) as person:
        await person.sees("revision 3")
        assert person.screen_text().isascii()
        await person.press("f1")
        await person.at("HelpScreen")
        assert person.screen_text().isascii()
        await person.press("escape")
        await person.plan()
        assert person.screen_text().isascii()
        await person.press("ctrl+n")
        await person.sees("Done.")
        assert person.screen_text().isascii()


def test_the_app_stays_small() -> None:
    assert len(inspect.getsource(app_module).splitlines()) < 400


def test_start_has_defaults() -> None:
    assert Start() == Start(folder=None, practice=False, speed=1.0, ascii_only=False)


def test_themes_are_data() -> None:
    names = [entry["name"] for entry in json.loads(asset_path("styles/themes.json").read_text())]
    assert names == ["z2jh-dark", "z2jh-light", "z2jh-contrast", "z2jh-deuteranopia"]


async def test_dialog_answers_no_by_itself(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        answers: list[str | None] = []
        await person.app.push_screen(Ask("Sure?", ["Outside [red] text"], yes="Do it"), answers.append)
        await person.at("Ask")
        await person.press("escape")
        await person.until(lambda: answers == [""], "Esc is no")


def test_readings_name_screens_that_exist() -> None:
    named = {screen for one in readings() for screen in one.screens}
    assert named <= {
        *SCREENS,
        *(page.id for page in project_pages(GUIDED)),
        *(page.id for page in project_pages(QUICK)),
    }


@pytest.mark.parametrize(
    ("environ", "utf8_mode", "utf8"),
    [
        ({"LANG": "de_DE.UTF-8"}, False, True),
        ({"LANG": "C.utf8"}, False, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False, True),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, True, False),
        ({"LANG": "de_DE.ISO-8859-1", "LC_ALL": ""}, True, False),
        ({"LC_CTYPE": "UTF-8"}, False, True),
        ({}, True, True),
    ],
)
def test_ascii_where_the_locale_is_not_utf8(environ: dict[str, str], utf8_mode: bool, utf8: bool) -> None:
    assert knows_utf8(environ, "utf-8", utf8_mode=utf8_mode) == utf8


def test_a_locale_that_nobody_set_is_what_python_takes() -> None:
    assert not knows_utf8({}, "ANSI_X3.4-1968", utf8_mode=False)


@pytest.mark.parametrize(
    ("where", "words"),
    [("review", "Start"), ("presets", "Use this"), ("profiles", "Done"), ("class-list", "Let them in")],
)
async def test_the_footer_has_the_words_of_the_buttons(
    open_app: Open, project: Project, where: str, words: str
) -> None:
    async with open_app(SMALL, folder=project.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go(where))
        await person.sees(f"Esc Back ^n F12 {words} ")
        footer = person.screen_text().splitlines()[-1]
        assert "^q Quit " in footer
        assert footer.endswith(" ^p Commands")
