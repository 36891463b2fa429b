"""The size of the class on screen: typed, seen as nodes and money, and written when one says so."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.cloud.price_lists import AzureList, azure_item
from tests.emulators.serving import Reply, serve
from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.fakes import HOSTILE
from z2jh_wizard.cloud.aks import azure
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.class_size import QUESTIONS
from z2jh_wizard.kube.rows import NodeRow
from z2jh_wizard.project.folder import Project, create_project, open_project
from z2jh_wizard.screens.class_size import ClassSizeScreen
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.values.document import Document
from z2jh_wizard.widgets.virtual_table import VirtualTable

GIB = 1024**3


@pytest.fixture
def cloud(tmp_path: Path) -> Project:
    """A project on GKE that was never run."""
    return create_project(tmp_path / "bio101", "gke", chart=Chart(), release="bio101")


async def show(person: Person) -> ClassSizeScreen:
    """Show the screen for the project at hand."""
    await person.at("DashboardScreen")
    person.app.post_message(Go("class-size"))
    await person.at("ClassSizeScreen")
    screen = person.app.screen
    assert isinstance(screen, ClassSizeScreen)
    return screen


def _has_focus(person: Person, name: str) -> bool:
    return person.focused == name


def _is_marked_alone(person: Person, label: str) -> bool:
    """Tell whether the label of what has the focus is underlined, and no other."""
    drawn = [segment for strip in person.app.screen._compositor.render_strips() for segment in strip]
    marked = {one.text.strip() for one in drawn if one.style and one.style.underline}
    return marked & {one.label for one in QUESTIONS} == {label}


def _marked(person: Person) -> str:
    return person.app.screen.query_one(VirtualTable).marked


async def retype(person: Person, name: str, text: str) -> None:
    """Replace an answer by keyboard."""
    await person.tab_to(f"control-{name}")
    await person.press("end", "ctrl+u")
    await person.type(text)


async def test_a_class_on_a_cloud(open_app: Open, cloud: Project, size: tuple[int, int]) -> None:
    async with open_app(size, folder=cloud.folder) as person:
        await show(person)
        await person.until(lambda: person.focused == "control-students", "the first question")
        await person.sees("e2-")
        await person.sees("students fit on a node")
        await retype(person, "students", "200")
        await person.sees("a month with 10 hours a week")
        await person.sees("and ")
        await retype(person, "memory", "2G")
        await person.tab_to("machines")
        await person.sees("its memory is used up first")
        before = person.app.screen.query_one("#size-words").render()
        await person.press("down")
        await person.until(
            lambda: str(person.app.screen.query_one("#size-words").render()) != str(before), "another machine"
        )


async def test_use_this_writes_both_files(open_app: Open, cloud: Project, size: tuple[int, int]) -> None:
    async with open_app(size, folder=cloud.folder) as person:
        await show(person)
        await retype(person, "students", "50")
        await retype(person, "memory", "3G")
        await retype(person, "disk", "20Gi")
        await person.tab_to("machines")
        marked = person.app.screen.query_one("#machines").marked  # type: ignore[attr-defined]
        await person.activate("do-next")
        await person.at("SettingsScreen")
    spec = open_project(cloud.folder).spec
    assert (spec.workshop.students, spec.pools["user"].machine) == (50, marked)
    student = Document.read(cloud.config.read_bytes()).values["singleuser"]
    assert student["memory"] == {"guarantee": "3G", "limit": "6G"}
    assert student["storage"]["capacity"] == "20Gi"


async def test_the_settings_lead_to_it(open_app: Open, cloud: Project) -> None:
    async with open_app(folder=cloud.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go("settings"))
        await person.at("SettingsScreen")
        await person.until(lambda: person.focused == "ways", "the list")
        await person.press("home", "down", "down", "down", "enter")
        await person.at("ClassSizeScreen")


async def test_back_sets_nothing(open_app: Open, cloud: Project) -> None:
    before = sorted(cloud.folder.rglob("*"))
    spec = (cloud.folder / "z2jh.yaml").read_bytes()
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await retype(person, "students", "50")
        await person.press("escape")
        await person.at("SettingsScreen")
    assert (cloud.folder / "z2jh.yaml").read_bytes() == spec
    assert sorted(cloud.folder.rglob("*.yaml")) == [one for one in before if one.suffix == ".yaml"]


async def test_a_wrong_answer_is_said_and_holds_one_back(
    open_app: Open, cloud: Project, size: tuple[int, int]
) -> None:
    async with open_app(size, folder=cloud.folder) as person:
        screen = await show(person)
        await retype(person, "memory", "lots")
        await person.sees("! Memory each: Type an amount with M or G")
        assert "e2-" in person.screen_text()
        await person.press("ctrl+n")
        await person.until(lambda: person.focused == "control-memory", "back at the problem")
        assert person.app.screen is screen
        await retype(person, "memory", "1G")
        await person.until(lambda: "! Memory" not in person.screen_text(), "mended")


async def test_enter_goes_through_the_questions_to_the_table(open_app: Open, cloud: Project) -> None:
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        for name in ("hours", "memory", "cpu", "disk"):
            await person.press("enter")
            await person.until(partial(_has_focus, person, f"control-{name}"), name)
            label = next(one.label for one in QUESTIONS if one.id == name)
            await person.until(partial(_is_marked_alone, person, label), f"the mark of {label}")
        await person.press("enter")
        await person.until(lambda: person.focused == "machines", "the table")


async def test_without_a_cluster_the_sentence_says_so(
    open_app: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    made = create_project(tmp_path / "hub", "existing", chart=Chart(), release="bio101")
    async with open_app(size, folder=made.folder) as person:
        await show(person)
        await person.sees("cannot be known before the cluster was seen")
        assert "Hours" not in person.screen_text(), "nobody knows what an hour costs there"
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
    spec = open_project(made.folder).spec
    assert (spec.pools, spec.workshop.students) == (made.spec.pools, 30)


async def test_practice_shows_the_nodes_that_it_begins_with(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await show(person)
        await person.sees("About 52 students fit on its 2 nodes: the class does.")
        await person.sees("the practice cluster begins with")
        await retype(person, "students", "60")
        await person.sees("Only about 52 of 60 students fit")


async def test_the_lines_that_it_writes_are_shown_live(
    open_app: Open, project: Project, size: tuple[int, int]
) -> None:
    project.config.write_text("singleuser:\n  memory:\n    guarantee: 512M   # by hand\n")
    async with open_app(size, folder=project.folder) as person:
        await show(person)
        if size == SMALL:
            await person.press("f2")
            await person.sees("config.yaml, the lines of the class")
        await retype(person, "memory", "2G")
        await person.sees("-     guarantee: 512M   # by hand")
        await person.sees("+     guarantee: 2G   # by hand")
        await person.sees("+     limit: 4G")
        assert "512M" in project.config.read_text(), "nothing is written while typing"
        await person.press("f2")
        await person.until(lambda: "lines of the class" in person.screen_text() or size == SMALL, "F2")
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
        await person.activate("do-undo")
        await person.sees("The last save was taken back.")
    assert "512M   # by hand" in project.config.read_text()


async def test_what_was_typed_is_there_again(open_app: Open, cloud: Project) -> None:
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await retype(person, "memory", "lots")
        await retype(person, "hours", "25")
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.press("ctrl+q")
        await person.until(lambda: person.app.return_value == 0, "the app ends")
    async with open_app(folder=cloud.folder) as person:
        await show(person)
        await person.sees("! Memory each: Type an amount")
        await person.sees("25")


async def test_the_nodes_of_a_cluster_are_what_there_is(
    open_app: Open, project: Project, size: tuple[int, int]
) -> None:
    def node(uid: str, name: str, pool: str, machine: str = "") -> NodeRow:
        return NodeRow(
            uid=uid, namespace="", name=name, created=None, pool=pool, machine=machine,
            ready=True, cpu=4000, memory=16 * GIB, pods=110,
        )  # fmt: skip

    nodes = [
        node("1", "core-0", "core"),
        node("2", "user-0", "user", "small"),
        node("3", HOSTILE, "user", "[red]x"),
        NodeRow(uid="4", namespace="", name="user-2", created=None, pool="user"),
    ]
    async with open_app(size, folder=project.folder) as person:
        screen = await show(person)
        screen.show_nodes(nodes)
        await person.sees("About 64 students fit on its 2 nodes: the class does.")
        await person.sees("user-0")
        text = person.screen_text()
        assert "core-0" not in text
        assert "\x1b" not in text
        await retype(person, "students", "90")
        await person.sees("Only about 64 of 90 students fit")


async def test_ascii_draws_no_blocks(open_app: Open, cloud: Project) -> None:
    async with open_app(folder=cloud.folder, ascii_only=True) as person:
        await show(person)
        await person.sees("# a student")
        assert person.screen_text().isascii()


@pytest.mark.parametrize("window", [SMALL, LARGE, (60, 18), (100, 30), (220, 60)])
async def test_everything_stands_inside_the_window(
    open_app: Open, cloud: Project, window: tuple[int, int]
) -> None:
    async with open_app(window, folder=cloud.folder) as person:
        screen = await show(person)
        await person.sees("students fit on a node")
        whole = screen.region
        shown = [widget for widget in screen.query("#body *, .button-row Button") if widget.region.area]
        needed = {"machines", "size-words", "size-picture", "do-next", "do-back"}
        if window == (60, 18):
            needed.remove("size-picture")  # there the numbers come first
        assert {one.id for one in shown} >= needed
        for widget in shown:
            assert whole.contains_region(widget.region), widget
        assert screen.query_one("#machines").region.height >= 3
        parts = [
            screen.query_one(f"#{name}")
            for name in ("answers", "size-hint", "machines", "size-picture", "size-words")
        ]
        for above, below in pairwise(one for one in parts if one.display):
            assert above.region.bottom <= below.region.y, (above, below)
        for box in screen.query(Input):
            assert box.region.width >= 6


async def test_an_unreadable_config_is_told(open_app: Open, cloud: Project) -> None:
    cloud.config.write_text("a: [\n")
    async with open_app(folder=cloud.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go("class-size"))
        await person.at("ProblemDialog")
        await person.sees("config.yaml")


async def test_prices_are_asked_for_when_one_says_so_and_not_before(
    open_app: Open, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = create_project(tmp_path / "bio101", "aks", chart=Chart(), release="bio101")
    prices = AzureList([azure_item(armRegionName="eastus", armSkuName="Standard_B4ms", retailPrice=9.0)])
    with serve(prices.answer) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        async with open_app(size, folder=project.folder) as person:
            await show(person)
            await person.sees("! US dollars, prices of March 2025 in eastus, ")
            assert _marked(person) == "Standard_B4ms"
            assert not prices.asked
            await person.activate("do-refresh")
            await person.sees("1 of 10 prices")
            await person.until(lambda: _marked(person) == "Standard_B2ms", "the cheapest is another one now")
            assert len(prices.asked) > 1
        assert not prices.complaints


async def test_prices_stay_when_asking_fails(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = create_project(tmp_path / "bio101", "aks", chart=Chart(), release="bio101")
    with serve(lambda _: Reply(503)) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        async with open_app(folder=project.folder) as person:
            await show(person)
            await person.press("f5")
            await person.sees("The prices stay as they were.")
            await person.sees("prices of March 2025 in eastus")
            assert not person.app.screen.query_one("#do-refresh").disabled


async def test_there_is_nothing_to_refresh_where_nothing_is_rented(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await show(person)
        assert not person.app.screen.query("#do-refresh")
