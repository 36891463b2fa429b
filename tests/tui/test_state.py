"""What lies behind the screens: the record of a run, the answers, the memory, starting, the live panes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.tui.conftest import Open, Person
from tests.tui.fakes import FakeBackend, FakeWorld
from z2jh_wizard.app import Start, WizardApp, run_app
from z2jh_wizard.core.errors import ExitCode, InvalidInput, Problem, Refused
from z2jh_wizard.core.events import Event, Kind, Outcome, State
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.spec import PROVIDERS, Chart
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.pages import FOLDER, PAGES, default_answers, new_project
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.kube.kinds import EVENTS, PODS
from z2jh_wizard.kube.live import Pane
from z2jh_wizard.kube.rows import EventRow, NodeRow, PodRow
from z2jh_wizard.project.folder import SPEC, Project, create_project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.recent import PROJECT_FILE, Memory
from z2jh_wizard.screens.run_record import RunRecord, clock_time, span
from z2jh_wizard.system.clock import SystemClock

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)


def record(project: Project, world: FakeWorld) -> RunRecord:
    steps = world.setup()
    session = RunSession(
        project, "setup", lambda _: Flow("setup", project, steps), clock=SystemClock(), redactor=Redactor()
    )
    return RunRecord.of(session, steps)


def event(step: str, state: State, text: str = "", kind: Kind = Kind.STATE, **more: Any) -> Event:
    return Event(NOW, step, state, text, kind, **more)


class TestRunRecord:
    def test_words_have_a_symbol_and_times(self, project: Project, world: FakeWorld) -> None:
        run = record(project, world)
        now = 100.0
        run.now = lambda: now
        step = run.steps["cluster"]
        assert step.words(now) == "- waiting"
        run.take(event("cluster", State.RUNNING, "not there"))
        assert step.words(292.0) == "> running 3:12"
        assert step.about() == "usually 6 min; not there"
        run.take(event("cluster", State.RUNNING, "nodes", Kind.PROGRESS, done=1, total=4))
        assert step.about(4) == "1 of 4 nodes [#...] usually 6 min"
        now = 107.0
        run.take(event("cluster", State.DONE, "there"))
        assert step.words(now) == "+ done in 0:07"
        assert step.about() == "there"
        for state, words in (
            (State.ALREADY, "= already done"),
            (State.FAILED, "! failed"),
            (State.STOPPED, "x stopped"),
            (State.NEEDS_YOU, "? needs you"),
        ):
            run.take(event("release", state))
            assert run.steps["release"].words(now) == words

    def test_lines_are_capped_and_numbered(self, project: Project, world: FakeWorld) -> None:
        run = record(project, world)
        for number in range(6000):
            run.take(event("helm", State.RUNNING, str(number), Kind.LINE))
        assert len(run.lines) == 5000
        assert run.line_number == 6000
        assert run.lines_since(5998) == ["    5998", "    5999"]
        assert len(run.lines_since(0)) == 5000
        assert run.lines_since(6000) == []

    def test_summary_says_how_it_stands(self, project: Project, world: FakeWorld) -> None:
        run = record(project, world)
        assert run.summary() == "Starting."
        run.take(event("helm", State.RUNNING))
        assert run.summary() == "Because find helm is needed."
        assert run.position() == 1
        run.stop()
        assert run.summary().startswith("Stopping")
        for code, words in (
            (ExitCode.DONE, "Done."),
            (ExitCode.INTERRUPTED, "Stopped."),
            (ExitCode.NEEDS_YOU, "This step is yours"),
            (ExitCode.FAILED, "It did not work"),
        ):
            run.end(Outcome(code, Problem("T", "H")))
            assert run.summary().startswith(words)
        assert run.problem
        assert run.over.is_set()

    def test_one_listener_hears_of_everything(self, project: Project, world: FakeWorld) -> None:
        run = record(project, world)
        heard: list[int] = []
        run.on_change = lambda: heard.append(run.line_number)
        run.take(event("", State.RUNNING, "of the whole run", Kind.LINE))
        run.take(event("helm", State.RUNNING, "thing x", Kind.MADE))
        run.take(event("helm", State.RUNNING, "thing x", Kind.GONE))
        assert heard == [1, 2, 3]
        assert run.made == run.gone == ["thing x"]
        assert list(run.lines)[1:] == ["    made thing x", "    removed thing x"]

    def test_times_are_for_people(self) -> None:
        assert [clock_time(seconds) for seconds in (0, 59.9, 192, 3600)] == ["0:00", "0:59", "3:12", "60:00"]
        assert [span(seconds) for seconds in (2, 89, 90, 360)] == ["2 s", "89 s", "2 min", "6 min"]


class TestJourney:
    def test_every_question_has_a_page_on_every_way(self) -> None:
        for way in ways.WAYS.values():
            for provider in PROVIDERS:
                journey = Journey.begin("x", provider, way)
                asked = [page for page in PAGES if page.is_asked(journey.answers)]
                for field in (field for page in asked for field in page.fields):
                    assert field.id in ways.stage(journey.where(field.id)).asks
        assert journey.where("storage.capacity") == "topic/storage"
        assert Journey.begin("x", "practice").where("https.hosts") == "topic/quick-address"
        assert Journey.begin("x", "practice").where("https.type") == "topic/https"
        assert journey.where("found.hub.image") == "topic/found"
        assert journey.where("put/3") == "settings"

    @pytest.mark.parametrize("way", ways.WAYS.values(), ids=lambda way: way.id)
    def test_next_and_back_walk_the_same_pages(self, way: ways.Way) -> None:
        journey = Journey.begin("x", "practice", way)
        walked = [journey.stages()[0].id]
        while walked[-1] != "review":
            walked.append(journey.beside(walked[-1], 1))
        assert walked == [stage.id for stage in journey.stages()]
        back = [journey.beside(one, -1) for one in reversed(walked)]
        assert back == ["welcome", *walked[:-1]][::-1]

    def test_another_way_goes_on_at_the_same_question(self) -> None:
        journey = Journey.begin("x", "practice")
        assert journey.turn(ways.GUIDED, "where") == "folder"
        assert journey.turn(ways.QUICK, "hub") == "where"
        journey.made()
        assert journey.turn(ways.GUIDED, "topic/quick-address") == "topic/address"
        assert journey.turn(ways.QUICK, "topic/https") == "topic/quick-address"
        assert journey.turn(ways.QUICK, "topic/storage") == "class-size", "the first that nobody saw"
        journey.visited |= {"class-size", "topic/sign-in", "topic/quick-address"}
        assert journey.turn(ways.QUICK, "topic/storage") == "review"

    def test_a_page_off_the_way_leads_back_to_it(self) -> None:
        journey = Journey.begin("x", "practice")
        assert journey.beside("topic/https", 1) == "review"
        assert journey.beside("topic/https", -1) == "topic/sign-in"
        assert journey.beside("topic/storage", 1) == "review"
        assert journey.stand_in("topic/https", "") == "topic/quick-address"
        assert journey.stand_in("topic/https", "https.type") == "topic/https"
        assert Journey.begin("x", "practice", ways.EXPERT).beside("topic/storage", -1) == "settings"

    def test_it_is_written_down_and_taken_up_again(self) -> None:
        journey = Journey.begin("x", "existing", ways.GUIDED)
        assert not journey.is_begun
        journey.answer("release", "bio101")
        journey.visited |= {"folder", "hub"}
        journey.class_size["students"] = "200"
        assert journey.is_begun
        again = Journey.from_draft(json.loads(json.dumps(journey.draft())))
        assert again is not None
        assert again.draft() == journey.draft()
        assert again.is_begun

    @pytest.mark.parametrize(
        "broken", [{"way": "long"}, {"answers": {"release": 3}}, {"answers": []}, {"visited": 7}]
    )
    def test_a_broken_draft_is_none(self, broken: dict[str, Any]) -> None:
        tree = Journey.begin("x", "practice").draft()
        assert Journey.from_draft({**tree, **broken}) is None
        assert Journey.from_draft({}) is None

    def test_defaults_have_no_problem_and_a_folder_is_proposed(self) -> None:
        journey = Journey.begin("", "practice")
        assert not journey.problems()
        journey.answer("release", "bio101")
        assert journey.answers[FOLDER] == "~/hubs/bio101"
        journey.answer(FOLDER, "")
        assert list(journey.problems()) == [FOLDER]
        journey.answer("release", "chem2")
        assert not journey.answers[FOLDER], "a folder that was typed, or taken away, follows no name"
        assert Journey.begin("~/hub", "practice").problems() == {}
        assert Journey.begin("~/hub", "practice").folder == Path.home() / "hub"

    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        assert "is a file" in Journey.begin(str(tmp_path / "file"), "practice").problems()[FOLDER]

    def test_another_provider_gets_the_chart_that_fits(self) -> None:
        journey = Journey.begin("x", "practice")
        journey.answer("provider", "existing")
        assert journey.answers["chart"] == "z2jh"
        journey.answer("chart", "helmforge")
        journey.answer("provider", "existing")
        assert journey.answers["chart"] == "helmforge", "the same provider changes nothing"
        assert "type: dummy" in journey.preview()

    def test_a_project_gives_its_answers_back(self, tmp_path: Path) -> None:
        for name, chart in (
            ("practice", Chart(name="practice", version="1.0.0", repository="")),
            ("z2jh", Chart()),
            ("file", Chart(path=str(tmp_path), version="1.2.3")),
        ):
            made = create_project(tmp_path / name, "existing", chart=chart, release="bio101")
            journey = Journey.of(made)
            assert journey.answers["chart"] == name
            assert journey.answers["release"] == "bio101"
            assert journey.is_current()
            assert journey.problems() == {}


class TestMemory:
    def test_newest_first_without_those_that_are_gone(self, tmp_path: Path) -> None:
        memory = Memory(tmp_path / "state")
        made = [new_project(tmp_path / name, default_answers()) for name in ("a", "b", "c")]
        for project in made:
            memory.remember_project(project.folder)
        memory.remember_project(made[0].folder)
        (made[1].folder / SPEC).unlink()
        assert memory.recent() == [made[0].folder, made[2].folder]
        assert (tmp_path / "state" / "screens.json").stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"recent": "x", "theme": 3}', '{"recent": [1, null]}'])
    def test_a_broken_memory_is_empty(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "screens.json").write_text(text)
        assert Memory(tmp_path).recent() == []

    def test_a_computer_that_cannot_remember_works(self, tmp_path: Path) -> None:
        (tmp_path / "state").write_text("a file where the folder should be")
        memory = Memory(tmp_path / "state")
        memory.remember_theme("z2jh-light")
        assert memory.theme() == ""

    def test_the_name_of_the_project_file_is_the_project_s(self) -> None:
        assert PROJECT_FILE == SPEC


class TestBackend:
    def test_a_project_in_which_something_was_run_is_not_made_anew(self, project: Project) -> None:
        backend = Backend()
        answers = {**default_answers(), "release": "other"}
        with pytest.raises(Refused, match="project already"):
            backend.make(project.folder, answers)
        assert backend.make(project.folder, answers, before=project.folder).spec.release == "other"
        project.journal.parent.mkdir(exist_ok=True)
        project.journal.write_text("{}\n")
        with pytest.raises(Refused, match="at work already"):
            backend.make(project.folder, answers, before=project.folder)

    async def test_steps_plan_and_runbook_of_the_real_flows(self, project: Project) -> None:
        backend = Backend()
        steps = await backend.steps(project, "setup")
        assert "hub.release" in [step.id for step in steps]
        planned = [one async for one in backend.plan(project, "teardown")]
        assert planned
        text = (await backend.runbook(project)).read_text()
        assert "# Setup of the hub bio101" in text
        assert "# Teardown of the hub bio101" in text
        assert (await backend.status(project)).release.state == "absent"
        assert "crash-loop" in await backend.faults()
        session = await backend.session(project, "setup", skip=frozenset({"x"}))
        assert session.name == "setup"

    async def test_live_needs_a_kubeconfig(self, project: Project) -> None:
        with pytest.raises(InvalidInput):
            await Backend().live(project)

    async def test_chart_version_is_written_with_a_backup(self, tmp_path: Path) -> None:
        made = create_project(tmp_path / "p", "existing", chart=Chart(version="4.3.0"))
        changed = await Backend().change_chart_version(made, "4.4.0")
        assert changed.spec.chart.version == "4.4.0"
        assert list(made.backups.iterdir())


class FakeStore:
    """A live store whose panes the test sets."""

    def __init__(self) -> None:
        self.panes: dict[str, Pane[Any]] = {}
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        self.retried = 0
        self.running = False

    def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False

    def pane(self, kind: Any) -> Pane[Any]:
        return self.panes.get(kind.name, Pane())

    def listen(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def retry_now(self) -> None:
        self.retried += 1

    def tell(self, **panes: Pane[Any]) -> None:
        self.panes.update(panes)
        for listener in list(self.listeners):
            listener(frozenset(panes))


class TestLivePanes:
    async def test_empty_fresh_stale_and_failed_look_different(
        self, open_app: Open, project: Project, backend: FakeBackend, world: FakeWorld
    ) -> None:
        store = FakeStore()

        async def live(_project: Project) -> FakeStore:
            return store

        backend.live = live  # type: ignore[method-assign,assignment]
        world.there.add("release")
        project.kubeconfig.write_text("there")
        now = datetime.now(timezone.utc)
        pod = PodRow(
            "hub-[red]",
            "bio101",
            created=now - timedelta(minutes=5),
            phase="Running",
            status="Running",
            ready=1,
            containers=1,
        )
        student = PodRow(
            "jupyter-ada", "bio101", status="Pending", component="singleuser-server", unwell="notebook"
        )
        problem = Problem("The cluster [red]hung up", "No route.", next_step="Check the network.")
        async with open_app(folder=project.folder) as person:
            await person.sees("revision 3")
            await person.until(lambda: len(store.listeners) == 3, "two panes and the facts listen")
            store.tell(pods=Pane(problem=problem, failed_since=now))
            await person.sees("! Pods: failed")
            await person.sees("The cluster [red]hung up")
            store.tell(pods=Pane(seen=now), nodes=Pane({"n": NodeRow("n", ready=True)}, seen=now))
            await person.sees("No pods.")
            store.tell(pods=Pane({pod.key: pod, student.key: student}, seen=now))
            await person.sees("Pods (2) 1 ready")
            await person.sees("hub-[red]")
            await person.sees("5m")
            await person.sees("Students  1")
            await person.sees("1 of 1 ready")
            await person.tab_to("pods-table")
            await person.press("f2")
            await person.at("Notice")
            await person.sees("phase: Running")
            await person.press("escape")
            stale = Pane({pod.key: pod}, seen=now - timedelta(seconds=90), problem=problem)
            store.tell(pods=stale)
            await person.sees("STALE for 9")
            await person.sees("hub-[red]")
            assert person.focused == "pods-table", "the focus is never lost"
            await person.press("f5")
            assert store.retried
            warning = EventRow(
                "e",
                "bio101",
                type="Warning",
                reason="Failed",
                kind="Pod",
                about="hub",
                message="[/foo]",
                count=3,
                last=now,
            )
            store.tell(events=Pane({warning.key: warning}, seen=now))
            await person.press("f3")
            await person.sees("Failed: [/foo] (x3)")
            project.kubeconfig.unlink()
            await person.app.desk.close_live()
            assert not store.running
            await person.press("f5")
            await person.sees("No cluster is connected yet.")
            assert len(store.listeners) == 1, "only the dashboard's own numbers"
        assert {EVENTS.name, PODS.name} <= set(store.panes)

    async def test_a_secret_in_an_event_is_never_on_the_screen(
        self, open_app: Open, project: Project, backend: FakeBackend, world: FakeWorld
    ) -> None:
        store = FakeStore()

        async def live(_project: Project) -> FakeStore:
            return store

        backend.live = live  # type: ignore[method-assign,assignment]
        world.there.add("release")
        project.kubeconfig.write_text("there")
        canary = "canary-5b1f0c9e7d"
        project.secrets.write_text(f"token: {canary}\n")
        now = datetime.now(timezone.utc)
        told = EventRow("e", "bio101", kind="Pod", about="hub", message=f"told {canary}", last=now)
        async with open_app(folder=project.folder) as person:
            await person.until(lambda: len(store.listeners) == 3, "two panes and the facts listen")
            store.tell(events=Pane({told.key: told}, seen=now))
            await person.press("f3")
            await person.sees("told ****")
            assert canary not in person.screen_text()
            await person.tab_to("events-table")
            await person.press("f2")
            await person.at("Notice")
            await person.sees("message: told ****")
            assert canary not in person.screen_text()
            await person.press("escape")
            problem = Problem("The cluster hung up", f"It said {canary}.")
            store.tell(events=Pane(problem=problem, failed_since=now))
            await person.sees("It said ****")
            assert canary not in person.screen_text()

    async def test_a_store_that_cannot_be_made_says_why(
        self, open_app: Open, project: Project, backend: FakeBackend
    ) -> None:
        async def live(_project: Project) -> FakeStore:
            raise InvalidInput("The kubeconfig [red]is broken", "Line 3.")

        backend.live = live  # type: ignore[method-assign,assignment]
        project.kubeconfig.write_text("broken")
        async with open_app(folder=project.folder) as person:
            await person.sees("! Pods cannot be watched")
            await person.sees("The kubeconfig [red]is broken")


class TestStart:
    async def test_practice_without_a_folder_proposes_one(self, open_app: Open) -> None:
        async with open_app(folder=Path(), practice=True) as person:
            await person.sees("Where shall the hub run?")
            await person.tab_to("control-folder")
            await person.sees("z2jh-practice-")
            await person.sees("PRACTICE")

    async def test_speed_is_set_before_the_run(
        self, open_app: Open, project: Project, backend: FakeBackend
    ) -> None:
        async with open_app(folder=project.folder, speed=0.0) as person:
            await person.plan()
            await person.press("ctrl+n")
            await person.sees("Done.")
        assert ("speed", {"speed": 0.0}) in backend.controls

    @pytest.mark.parametrize(("encoding", "plain_ascii"), [("UTF-8", False), ("ANSI_X3.4-1968", True)])
    def test_exit_code_and_ascii_by_locale(
        self, monkeypatch: pytest.MonkeyPatch, encoding: str, plain_ascii: bool
    ) -> None:
        seen: list[Start] = []

        def run(self: WizardApp) -> int:
            seen.append(self.start)
            return 130

        monkeypatch.setattr(WizardApp, "run", run)
        monkeypatch.setattr("locale.getpreferredencoding", lambda _: encoding)
        for name in ("LC_ALL", "LC_CTYPE", "LANG"):
            monkeypatch.delenv(name, raising=False)
        assert run_app(Start(speed=2.0)) == 130
        assert seen[0].ascii_only is plain_ascii
        assert seen[0].speed == 2.0

    def test_nothing_heavy_is_loaded_before_a_project_is_opened(self, tmp_path: Path) -> None:
        script = """
import asyncio, json, sys
from pathlib import Path
from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.screens.recent import Memory
async def main():
    async with WizardApp(Start(Path(sys.argv[1])), None, Memory(Path(sys.argv[1]))).run_test() as pilot:
        await pilot.pause()
asyncio.run(main())
print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))
"""
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        loaded = set(json.loads(done.stdout))
        assert "textual" in loaded
        assert not loaded & {
            "kubernetes",
            "boto3",
            "botocore",
            "google",
            "azure",
            "ruamel",
            "aiohttp",
            "yaml",
            "msgspec",
        }


async def test_enter_twice_closes_a_palette_or_a_dialog_once(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    async def enter_twice(person: Person) -> None:
        for _ in range(2):
            person.app.post_message(events.Key("enter", "\r"))
        await person.pilot.pause()

    world.there |= {"cluster", "release"}
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        await person.press("ctrl+p")
        await person.at("CommandPalette")
        await person.type("resize")
        await person.sees("Changes the number of nodes")
        await enter_twice(person)
        await person.until(lambda: person.focused == "answer", "the dialog of the resize")
        assert type(person.app.screen_stack[1]).__name__ == "DashboardScreen"
        await person.type("3")
        await enter_twice(person)
        await person.at("RunScreen")
        assert len(person.app.screen_stack) == 2, "one screen over the empty one that Textual begins with"
