"""The table and the log draw only what one can see; choices and panes work without colour or mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.flows import ways
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.controls import TextBlock
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.log_pane import LogPane
from z2jh_wizard.widgets.panes import Pane, Panes
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.problem_panel import ProblemPanel
from z2jh_wizard.widgets.rail import ROOM
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_log import VirtualLog
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable


class Stage(App[None]):
    """An app that shows one widget and remembers messages."""

    def __init__(self, make: Callable[[], Widget]) -> None:
        super().__init__()
        self._make = make
        self.told: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self._make()

    def on_virtual_table_chosen(self, event: VirtualTable.Chosen) -> None:
        self.told.append(("chosen", event.key))

    def on_virtual_table_marked(self, event: VirtualTable.Marked) -> None:
        self.told.append(("marked", event.key))

    def on_choice_list_changed(self, event: ChoiceList.Changed) -> None:
        self.told.append(("changed", event.value))

    def on_choice_list_entered(self, event: ChoiceList.Entered) -> None:
        self.told.append(("entered", event.value))


@asynccontextmanager
async def shown(make: Callable[[], Widget]) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage(make)
    async with app.run_test(size=(60, 12)) as pilot:
        widget = app.screen.query("*").first()
        if widget.can_focus:
            widget.focus()
        await pilot.pause()
        yield app, pilot


def lines(widget: VirtualTable | VirtualLog) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def table() -> VirtualTable:
    return VirtualTable(Column("name", weight=2), Column("state", 8), Column("note"))


async def test_table_asks_only_for_visible_rows() -> None:
    asked: list[str] = []

    def cells(key: str) -> Cells:
        asked.append(key)
        return Cells((key, "fine", "[red]outside\x1b[31m\ntext"), "good")

    async with shown(table) as (app, pilot):
        widget = app.query_one(VirtualTable)
        keys = [f"pod-{number:05}" for number in range(20_000)]
        widget.show(keys, cells)
        await pilot.pause()
        assert widget.row_count == 20_000
        assert len(set(asked)) < 30
        text = lines(widget)
        assert text[0].split() == ["name", "state", "note"]
        assert text[1].startswith("pod-00000")
        assert "[red]outside" in text[1]
        await pilot.press("end")
        assert widget.marked == "pod-19999"
        assert any("pod-19999" in line for line in lines(widget))
        assert len(set(asked)) < 60


async def test_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    def cells(key: str) -> Cells:
        return Cells((key,))

    async with shown(table) as (app, pilot):
        widget = app.query_one(VirtualTable)
        widget.show(["b", "d", "f"], cells)
        await pilot.press("down")
        assert widget.marked == "d"
        widget.show(["a", "b", "c", "d", "e"], cells)
        assert widget.marked == "d"
        widget.show(["a", "b"], cells)
        assert widget.marked == "b", "its row is gone: the nearest one"
        widget.show([], cells)
        assert widget.marked == ""
        await pilot.press("down", "enter", "pagedown")
        widget.show(["x"], cells)
        await pilot.press("enter")
        await wait_until_async(lambda: ("chosen", "x") in app.told)
        assert ("marked", "d") in app.told
        assert widget.has_focus


async def test_new_rows_above_are_seen_while_nobody_moved_the_cursor() -> None:
    def cells(key: str) -> Cells:
        return Cells((key,))

    async with shown(table) as (app, pilot):
        app.set_focus(None)
        await pilot.pause()
        widget = app.query_one(VirtualTable)
        widget.show(["b"], cells)
        widget.show([f"a{number:02}" for number in range(50)] + ["b"], cells)
        assert widget.marked == "a00"
        assert widget.scroll_offset.y == 0
        widget.focus()
        await pilot.pause()
        widget.show(["a", *(f"a{number:02}" for number in range(50))], cells)
        assert widget.marked == "a00", "with the focus the row stays"


async def test_table_moves_by_pages_and_marks_by_mouse() -> None:
    async with shown(table) as (app, pilot):
        widget = app.query_one(VirtualTable)
        widget.show([f"r{number:02}" for number in range(50)], lambda key: Cells((key,)))
        await pilot.press("pagedown")
        assert widget.marked == "r10"
        await pilot.press("pageup", "pageup")
        assert widget.marked == "r00"
        await pilot.click(VirtualTable, offset=(2, 3))
        assert widget.marked == "r02"
        await pilot.click(VirtualTable, offset=(2, 3))
        await wait_until_async(lambda: ("chosen", "r02") in app.told)
        widget.mark("r40")
        assert any("r40" in line for line in lines(widget))
        widget.mark("gone")
        assert widget.marked == "r40"
        assert widget.text().splitlines()[0] == "r00"


async def test_too_long_cells_are_cut_with_a_mark_also_when_wide() -> None:
    async with shown(table) as (app, _):
        widget = app.query_one(VirtualTable)
        widget.show(["a", "b"], lambda key: Cells(("n" * 100 if key == "a" else "漢字" * 50, "exactly8", "")))
        for line in lines(widget)[1:3]:
            assert "~" in line
            assert widget.render_line(1).cell_length == widget.size.width


async def test_log_follows_caps_and_tells_what_is_new() -> None:
    async with shown(lambda: VirtualLog(most=100)) as (app, pilot):
        log = app.query_one(VirtualLog)
        log.write(f"line {number}" for number in range(250))
        await wait_until_async(lambda: log.line_count == 100)
        assert lines(log)[-1] == "line 249"
        assert log.following
        await pilot.press("pageup")
        assert not log.following
        top = lines(log)[0]
        log.write(["fresh 1", "fresh 2\nfresh 3"])
        await wait_until_async(lambda: log.unseen == 3)
        assert lines(log)[0] == top, "the text stands still while one reads"
        await pilot.press("end")
        assert log.following
        assert log.unseen == 0
        assert lines(log)[-1] == "fresh 3"
        await pilot.press("home")
        assert log.lines(0, 1)[0] == lines(log)[0]


async def test_log_draws_outside_text_as_it_is() -> None:
    async with shown(VirtualLog) as (app, _):
        log = app.query_one(VirtualLog)
        log.write(["[red]x[/foo] \x1b[31mred\x1b]0;title\x07", "y" * 10_000])
        await wait_until_async(lambda: log.line_count == 2)
        assert lines(log)[0] == "[red]x[/foo] red"
        assert log.text().splitlines()[1].endswith("... (cut)")


async def test_find_goes_round_and_ignores_case() -> None:
    async with shown(VirtualLog) as (app, _):
        log = app.query_one(VirtualLog)
        log.write(f"{'Needle' if number in (5, 40) else 'hay'} {number}" for number in range(60))
        await wait_until_async(lambda: log.line_count == 60)
        for expected in ("Needle 5", "Needle 40", "Needle 5"):
            assert log.find("needle")
            assert expected in lines(log)
            assert not log.following
        assert not log.find("nowhere")
        assert not log.find("")


async def test_show_replaces_and_starts_at_the_top() -> None:
    async with shown(VirtualLog) as (app, _):
        log = app.query_one(VirtualLog)
        log.write(["old"] * 50)
        await wait_until_async(lambda: log.line_count == 50)
        log.show("\n".join(f"new {number}" for number in range(50)))
        assert lines(log)[0] == "new 0"
        assert log.line_count == 50


async def test_log_pane_heading_says_whether_it_follows() -> None:
    async with shown(lambda: LogPane("Log", dom_id="log")) as (app, pilot):
        pane = app.query_one(LogPane)
        pane.show_path(".z2jh/logs/run.log")
        heading = pane.query_one(".pane-heading", Plain)
        assert heading.text == "Log [following]  in .z2jh/logs/run.log"
        pane.log_view.write(str(number) for number in range(80))
        await wait_until_async(lambda: pane.log_view.line_count == 80)
        pane.log_view.focus()
        await pilot.press("pageup")
        await wait_until_async(lambda: "paused: End follows" in heading.text)
        pane.log_view.write(["more"])
        await wait_until_async(lambda: "1 new lines" in heading.text)
        pane.start_finding()
        await pilot.pause()
        assert pane.stop_finding()
        assert not pane.stop_finding()


OFFERS = (Offer("a", "One", "about"), Offer("b", "Two", ready=False), Offer("c", "[red]Three"))


async def test_choices_skip_what_is_not_ready() -> None:
    async with shown(lambda: ChoiceList(OFFERS, "a")) as (app, pilot):
        choices = app.query_one(ChoiceList)
        await pilot.press("down")
        assert choices.value == "c"
        await pilot.press("down")
        assert choices.value == "c"
        await pilot.press("home")
        assert choices.value == "a"
        await pilot.click(ChoiceList, offset=(1, 1))
        assert choices.value == "a"
        await pilot.click(ChoiceList, offset=(1, 2))
        assert choices.value == "c"
        await pilot.press("enter")
        await wait_until_async(lambda: ("entered", "c") in app.told)
        text = choices.render().plain
        assert text.splitlines() == ["( ) One: about", "( ) Two", "(*) [red]Three"]


def test_a_value_that_is_not_offered_falls_back() -> None:
    assert ChoiceList(OFFERS, "b").value == "a"
    assert ChoiceList(OFFERS, "nonsense").value == "a"


async def test_field_shows_one_sentence_under_it() -> None:
    async with shown(lambda: FormField("name", "Name [red]", "Help [/foo]", "x" * 10_000)) as (app, _):
        field = app.query_one(FormField)
        field.show_problem("Mend it [red].")
        assert field.query_one(".field-error", Plain).text == "! Mend it [red]."
        assert field.has_class("-wrong")
        field.show_problem("")
        assert not field.query_one(".field-error").display


@pytest.mark.parametrize(("make", "value"), [(TextLine, "value"), (TextBlock, "text")])
async def test_keys_that_come_together_are_taken_in_their_order(
    make: Callable[[str], Widget], value: str
) -> None:
    async with shown(lambda: make("")) as (app, pilot):
        for key in ("4", "backspace", "5", "left", "6", "end", "7"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        field = app.screen.query("*").first()
        await wait_until_async(lambda: len(getattr(field, value)) == 3)
        assert getattr(field, value) == "657"


async def test_problem_panel_is_hidden_without_a_problem() -> None:
    async with shown(ProblemPanel) as (app, _):
        panel = app.query_one(ProblemPanel)
        assert not panel.display
        panel.show(Problem("Title", "It happened.", "", "Do this."), "Skipping it: nothing.")
        assert panel.text().splitlines() == [
            "! Title",
            "What happened: It happened.",
            "What to do next: Do this.",
            "Skipping it: nothing.",
        ]
        panel.show(None)
        assert not panel.display


async def test_panes_show_one_and_say_which() -> None:
    async with shown(lambda: Panes(Pane("x", "X", Plain("first")), Pane("y", "Y", Plain("second")))) as (
        app,
        pilot,
    ):
        panes = app.query_one(Panes)
        assert panes.chosen == "x"
        assert str(panes.query_one("#show-x").render()).strip() == "[X]"
        panes.next_pane()
        assert panes.chosen == "y"
        panes.query_one("#show-x").focus()
        await pilot.press("enter")
        assert panes.chosen == "x"


@pytest.mark.parametrize("text", ["[red]a[/red]", "[/foo]", "a\x1b[31mb", "a\x07b"])
def test_plain_reads_no_markup(text: str) -> None:
    shown_text = Plain(text).render()
    assert "\x1b" not in str(shown_text)
    assert str(shown_text) == Plain(text).text


def test_every_page_of_a_way_fits_the_rail() -> None:
    for scene in (ways.scene_of({}), ways.scene_of({"chart": "helmforge"})):
        for way in ways.WAYS.values():
            assert [one.title for one in ways.stages(way, scene) if len(one.title) > ROOM - 2] == []
