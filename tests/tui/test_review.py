"""The review: problems as links with sure fixes, panes that say how they stand, dialogs before Start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.fakes import HOSTILE, FakeBackend, FakeWorld
from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.step import Command, Danger, Look, Step
from z2jh_wizard.core.step import Finding as Found
from z2jh_wizard.flows.comparing import HubChanges
from z2jh_wizard.flows.review import Grade, Point
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import review_panes as panes

CANARY = "canary-0123456789abcdef"


class Idle(Step):
    """A step that only stands in a plan."""

    def __init__(self, danger: Danger, title: str = "Make it") -> None:
        self.id, self.title, self.why, self.danger = title, title, HOSTILE, danger

    def commands(self) -> tuple[Command, ...]:
        return (Command(("kubectl", "get", "x"), "look [red]"),)

    async def look(self) -> Look:
        raise NotImplementedError

    def run(self) -> Any:
        raise NotImplementedError


class TestWords:
    def test_a_tally_says_how_many_of_each_grade(self) -> None:
        points = [Point(grade, "x") for grade in (Grade.STOPS, Grade.MISSING, Grade.MISSING, Grade.NOTE)]
        assert panes.tally(points) == "! 1 problem holds Start back, ? 2 things are missing."
        assert panes.tally([Point(Grade.NOTE, "x")]) == ""

    def test_notes_are_listed_on_demand(self) -> None:
        points = [Point(Grade.WARNING, "a"), Point(Grade.NOTE, "b")]
        assert [one.text for one in panes.point_rows(points, notes=False).values()] == ["a"]
        assert len(panes.point_rows(points, notes=True)) == 2
        assert panes.point_cells(None, 1).texts[1] == "1 note that need nothing now"

    def test_dangers_are_told_by_mark_and_word(self) -> None:
        absent, ready = Look(Found.ABSENT), Look(Found.READY)
        plan = [Planned(Idle(Danger.COSTS_MONEY, "Rent"), absent), Planned(Idle(Danger.COSTS_MONEY), ready)]
        plan.append(Planned(Idle(Danger.DELETES_DATA, "Wipe"), absent))
        assert panes.danger_lines(plan, Danger.COSTS_MONEY) == ["  $ Rent"]
        assert panes.danger_lines(plan, Danger.DELETES_DATA) == ["  ! Wipe"]
        title, lines = panes.start_question(plan, [], "cluster: lab", "about $3") or ("", [])
        assert (title, lines[0], lines[-1]) == ("Delete data?", "cluster: lab", "about $3")
        assert panes.start_question(plan[1:2], [], "cluster: lab", "") is None
        missing = [Point(Grade.MISSING, "GitLab needs a client secret."), Point(Grade.WARNING, "plain http")]
        assert panes.start_question(plan[1:2], missing, "cluster: lab", "") == (
            "Start without it?",
            ["cluster: lab", "", "This is missing still:", "? GitLab needs a client secret."],
        )
        assert missing[0].text in str(panes.start_question(plan, missing, "cluster: lab", "about $3"))
        assert panes.plan_cells(plan[2]).texts[2] == "! deletes data"
        assert "Danger: $ costs money." in panes.command_lines(plan[0])

    def test_the_plan_says_what_is_to_do(self) -> None:
        def plan(*found: Found) -> dict[str, Planned]:
            return {str(at): Planned(Idle(Danger.NONE), Look(one)) for at, one in enumerate(found)}

        assert panes.plan_words(plan(Found.ABSENT, Found.READY)) == "1 of 2 steps to do."
        assert panes.plan_words(plan(Found.READY)).startswith("= All 1 step")
        assert "held back" in panes.plan_words(plan(Found.UNKNOWN, Found.ABSENT))

    def test_no_change_is_said(self) -> None:
        assert panes.changes_text(HubChanges("same", ())) == "- No setting differs."


@pytest.fixture
async def review(open_app: Open, project: Project) -> AsyncIterator[Person]:
    project.config.write_text(
        "hub:\n"
        "  config: {JupyterHub: {authenticator_class: shared-password}, Authenticator: {allow_all: true}}\n"
        "singleuser:\n"
        "  memory:\n"
        "    limit: 1Gi\n"
        "  imge: '[red]x[/foo]'\n"
        f"  extraEnv: {{PASSWORD: {CANARY}}}\n"
    )
    async with open_app(folder=project.folder) as person:
        await person.plan()
        yield person


async def test_problems_come_first_and_hold_start_back(review: Person, world: FakeWorld) -> None:
    await review.sees("! 2 problems hold Start back")
    await review.until(lambda: review.focused == "points", "focus on the problems")
    await review.tab_to("do-next")
    await review.press("enter")
    await review.until(lambda: review.focused == "points", "Start leads to the problems")
    assert not world.there
    await review.press("enter")
    await review.at("TopicScreen")
    await review.until(lambda: review.focused == "control-resources_memory-limit", "the link leads there")
    await review.press("escape")
    await review.at("ReviewScreen")


async def test_what_no_page_asks_shows_its_lines_and_no_secret(review: Person) -> None:
    await review.sees("! stops")
    await review.press("end", "up")
    await review.until(lambda: "config.yaml:" in review.screen_text(), "the place in the file")
    await review.press("f2")
    await review.at("Notice")
    await review.sees("imge: '[red]x[/foo]'")
    assert CANARY not in review.screen_text()


async def test_a_sure_fix_is_written_and_taken_back(review: Person, project: Project) -> None:
    before = project.config.read_bytes()
    await review.sees("1Gi")
    await review.until(lambda: not review.widget("#do-fix").disabled, "the first one has a sure fix")
    await review.activate("do-fix")
    await review.until(lambda: b"limit: 1G\n" in project.config.read_bytes(), "the fix is written")
    await review.sees("! 1 problem holds Start back")
    await review.activate("do-undo")
    await review.until(lambda: project.config.read_bytes() == before, "the fix is taken back")
    await review.sees("! 2 problems hold Start back")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x40"])
async def test_all_panes_by_keyboard(
    open_app: Open, project: Project, backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.plan()
        seen = set()
        texts = ("Nothing has to be mended", "kubectl get helm", "not installed yet", "secrets hidden")
        for _ in range(6):
            await person.press("f3")
            seen.add(person.focused)
            seen |= {text for text in texts if text in person.screen_text()}
        assert seen >= {"points", "plan", "commands", "changes", "costs", "config", *texts}


async def test_a_failed_look_keeps_what_was_seen_and_says_how_old_it_is(
    open_app: Open, project: Project, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> Any:
        raise CouldNotLook("The [red]wire is cut", "No route [/foo].", next_step="Mend the wire.")
        yield

    async def unknown(*_: object) -> None:
        raise CouldNotLook("The hub [red]does not answer", "No route.")

    async with open_app(folder=project.folder) as person:
        monkeypatch.setattr(backend, "running_values", unknown)
        await person.plan()
        await person.activate("show-changes")
        await person.sees("! The hub [red]does not answer")
        await person.sees("What the hub runs with is not known.")
        await person.activate("show-steps")
        monkeypatch.setattr(backend, "plan", gone)
        await person.press("f5")
        await person.sees("! The [red]wire is cut")
        await person.sees("STALE: below is how it was")
        await person.sees("Install the hub")
        await person.press("ctrl+n")
        await person.sees("The plan is not complete yet")


async def test_what_costs_money_names_the_cluster_and_cancel_has_the_focus(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    world.costly = True
    async with open_app(folder=project.folder) as person:
        await person.activate("do-apply")
        await person.at("ReviewScreen")
        await person.sees("$ costs money")
        await person.sees("steps to do")
        await person.press("ctrl+n")
        await person.at("Ask")
        assert person.focused == "no"
        await person.sees("cluster: practice, context: practice, namespace: bio101")
        await person.sees("$ Make the cluster")
        await person.press("escape")
        await person.at("ReviewScreen")
        assert not world.there


async def test_the_answers_file_is_written_and_named(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.plan()
        await person.activate("do-answers")
        await person.at("Notice")
        await person.sees("answers.yaml")
        assert (project.folder / "answers.yaml").exists()
