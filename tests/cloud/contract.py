"""What every cloud's provider must do, played against its emulator: one list of tests, one case a cloud."""

from __future__ import annotations

import itertools
import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.crashes import Crash, crash_at
from tests.emulators.world import World
from tests.support.fakes import FakeClock, MemoryJournal
from z2jh_wizard.cloud.account import Verdict
from z2jh_wizard.core.engine import Engine
from z2jh_wizard.core.errors import ExitCode, WizardError
from z2jh_wizard.core.events import Event, State
from z2jh_wizard.core.step import Finding, Step
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.project.folder import Project

USER = "user"


class CloudCase(ABC):
    """One cloud under test: its emulator is running, and its provider is pointed at it."""

    world: World
    clock: FakeClock

    setting_up: tuple[str, ...]
    """Calls of a set-up, in the order in which they come."""
    resizing: str
    removing: str
    sent: tuple[str, ...]
    """What signs in to the cloud."""
    given: tuple[str, ...] = ()
    """What the cloud gives to sign in to its clusters."""

    @abstractmethod
    def project(self, folder: Path) -> Project:
        """Return a project with one core node and two nodes for students, at most five."""

    @abstractmethod
    def provider(self, project: Project) -> Any:
        """Return a new provider, as a program that has just been started has it."""

    @abstractmethod
    def nodes(self, pool: str) -> int:
        """Return how many machines a pool has."""

    @abstractmethod
    def bounds(self, pool: str) -> tuple[int, int]:
        """Return between which numbers of machines a pool scales by itself; fails for one that does not."""

    @abstractmethod
    def clusters(self) -> int:
        """Return how many clusters there are."""

    @abstractmethod
    def fail_quota(self) -> None:
        """Let the cloud refuse the cluster once, for want of quota."""

    @abstractmethod
    def fail_permission(self) -> None:
        """Let the cloud refuse the cluster once, for want of a permission."""

    @abstractmethod
    def switch_off(self) -> None:
        """Switch off a service that a cluster needs."""

    @abstractmethod
    def end_sign_in(self) -> None:
        """Let the credentials end."""

    @abstractmethod
    def renew_sign_in(self) -> None:
        """Sign in again."""

    @abstractmethod
    def ended(self) -> Exception:
        """Return what the cloud answers to credentials that have ended."""

    @abstractmethod
    def unheard(self, text: str) -> Exception:
        """Return an error of the cloud that no table has."""

    @abstractmethod
    def leave_behind(self) -> int:
        """Leave things of the cluster and of others behind; return how many are the cluster's."""

    async def play(self, steps: Sequence[Step]) -> list[Event]:
        """Run steps as the wizard does; return what happened."""
        return [event async for event in Engine(self.clock, MemoryJournal()).apply(steps)]

    async def set_up(self, project: Project) -> list[Event]:
        """Make the cluster."""
        return await self.play(self.provider(project).steps())

    async def tear_down(self, project: Project) -> list[Event]:
        """Remove the cluster."""
        provider = self.provider(project)
        return await self.play(
            [*provider.reach(), *(Removal(step) for step in reversed(provider.steps()) if step.undoable)]
        )


def ended(events: Sequence[Event]) -> dict[str, State]:
    """Return how each step ended."""
    return {event.step: event.state for event in events if event.state is not State.RUNNING}


def went_well(events: Sequence[Event]) -> bool:
    """Tell whether every step was done or had nothing to do."""
    return set(ended(events).values()) <= {State.DONE, State.ALREADY}


def problem_of(events: Sequence[Event]) -> Any:
    """Return the problem that ended a run."""
    return next(event.problem for event in events if event.problem)


class CloudContract:
    """The tests; a subclass has a fixture ``case``."""

    async def test_made_once_and_found_again(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        assert went_well(await case.set_up(project))
        creates = len(case.world.creates())
        assert (case.clusters(), case.nodes(USER)) == (1, 2)
        assert project.kubeconfig.stat().st_mode & 0o777 == 0o600
        again = await case.set_up(project)
        assert set(ended(again).values()) == {State.ALREADY}
        assert len(case.world.creates()) == creates
        assert not case.world.complaints

    async def test_another_computer_finds_it_by_the_same_project(
        self, case: CloudCase, tmp_path: Path
    ) -> None:
        project = case.project(tmp_path)
        await case.set_up(project)
        project.kubeconfig.unlink()
        creates = len(case.world.creates())
        assert went_well(await case.set_up(project))
        assert project.kubeconfig.exists()
        assert len(case.world.creates()) == creates

    async def test_a_cluster_of_others_is_left_alone(self, case: CloudCase, tmp_path: Path) -> None:
        await case.set_up(case.project(tmp_path / "theirs"))
        ours = case.project(tmp_path / "ours")
        events = await case.set_up(ours)
        assert not went_well(events)
        assert not ours.kubeconfig.exists()
        await case.tear_down(ours)
        assert not went_well(await case.play([case.provider(ours).resize_step(USER, 4)]))
        assert (case.clusters(), case.nodes(USER)) == (1, 2)

    async def test_resized_down_and_up(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        await case.set_up(project)
        for wanted in (0, 5):
            assert went_well(await case.play([case.provider(project).resize_step(USER, wanted)]))
            assert case.nodes(USER) == wanted
            assert case.bounds(USER) == (wanted, 5)
            case.clock.advance(3600)
            assert (await case.provider(project).resize_step(USER, wanted).look()).finding is Finding.READY
        again = await case.play([case.provider(project).resize_step(USER, 5)])
        assert set(ended(again).values()) == {State.ALREADY}
        assert not case.world.complaints

    async def test_too_little_quota_is_said_and_carried_on_from(
        self, case: CloudCase, tmp_path: Path
    ) -> None:
        project = case.project(tmp_path)
        case.fail_quota()
        problem = problem_of(await case.set_up(project))
        assert "quota" in problem.title
        assert problem.code is ExitCode.NEEDS_YOU
        assert went_well(await case.set_up(project))
        assert (case.clusters(), case.nodes(USER)) == (1, 2)

    async def test_a_lacking_permission_is_named(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        case.fail_permission()
        problem = problem_of(await case.set_up(project))
        assert "may not do this" in problem.title
        assert went_well(await case.set_up(project))

    async def test_a_service_that_is_off_is_switched_on(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        case.switch_off()
        checks = {one.id: one for one in await case.provider(project).account().preflight(project.spec)}
        assert checks["services"].verdict is Verdict.FAIL
        fix = checks["services"].fix
        assert fix
        assert went_well(await case.play([fix]))
        assert went_well(await case.set_up(project))

    async def test_a_sign_in_that_ends_says_so(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        case.end_sign_in()
        events = await case.set_up(project)
        assert "sign-in" in problem_of(events).title
        case.renew_sign_in()
        assert went_well(await case.set_up(project))
        assert case.clusters() == 1

    async def test_a_sign_in_that_ends_in_the_middle(self, case: CloudCase, tmp_path: Path) -> None:
        """It ends again and again, at another call each time; nothing is lost, and nothing is made twice."""
        project = case.project(tmp_path)
        failed = []

        async def ends_at(call: str, run: Callable[[], Awaitable[list[Event]]]) -> None:
            case.world.fail_once(call, case.ended())
            problem = problem_of(await run())
            assert "sign-in" in problem.title
            assert problem.code is ExitCode.NEEDS_YOU
            assert not any(case.world.faults.values()), f"{call} was not asked"
            failed.append(call)

        for call in case.setting_up:
            await ends_at(call, lambda: case.set_up(project))
        assert went_well(await case.set_up(project))
        assert (case.clusters(), case.nodes(USER)) == (1, 2)
        await ends_at(case.resizing, lambda: case.play([case.provider(project).resize_step(USER, 4)]))
        assert went_well(await case.play([case.provider(project).resize_step(USER, 4)]))
        assert case.nodes(USER) == 4
        await ends_at(case.removing, lambda: case.tear_down(project))
        assert went_well(await case.tear_down(project))
        assert case.clusters() == 0
        creates = Counter((one.name, one.target) for one in case.world.creates())
        twice = [name for (name, _), count in creates.items() for _ in range(count - 1)]
        assert Counter(twice) <= Counter(failed), "only a call that was refused was made again"
        assert not case.world.complaints

    async def test_what_signs_in_is_in_no_message_and_no_file(
        self, case: CloudCase, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Not even when the cloud repeats it in an error that nobody foresaw."""
        caplog.set_level(logging.INFO)
        project = case.project(tmp_path)
        said = []
        for call in case.setting_up:
            case.world.fail_once(call, case.unheard(f"What is this: {' '.join(case.sent)}?"))
            said.append(str(await case.set_up(project)))
        assert "What is this" in "".join(said)
        case.fail_permission()
        said += [str(await case.set_up(project)), str(await case.set_up(project))]
        assert (case.clusters(), case.nodes(USER)) == (1, 2)
        said.append(str(await case.play([case.provider(project).resize_step(USER, 4)])))
        said.append(str(await case.provider(project).left()))
        files = [path.read_text() for path in project.folder.rglob("*") if path.is_file()]
        said.append(str(await case.tear_down(project)))
        assert files
        everything = "".join([*said, *files, caplog.text])
        assert not [secret for secret in (*case.sent, *case.given) if secret in everything]

    async def test_deleted_once_and_gone(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        await case.set_up(project)
        assert went_well(await case.tear_down(project))
        assert case.clusters() == 0
        calls = len([one for one in case.world.calls if one.changes])
        assert went_well(await case.tear_down(project))
        assert len([one for one in case.world.calls if one.changes]) == calls
        assert not case.world.complaints

    async def test_what_is_left_is_found_and_removed(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        await case.set_up(project)
        await case.tear_down(project)
        count = case.leave_behind()
        found = await case.provider(project).left()
        ours = [one for one in found if one.delete]
        assert len(ours) == count
        assert all(one.safe and one.why and one.size for one in ours)
        assert went_well(await case.play([one.delete for one in ours if one.delete]))
        left = await case.provider(project).left()
        assert not [one for one in left if one.delete]
        assert len(left) == len(found) - count, "what may be others' is still there"

    async def test_questions_before_the_work(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        account = case.provider(project).account()
        assert account.ways_to_sign_in()
        assert (await account.identity()).who
        assert [one.id for one in await account.accounts()] == [project.spec.account]
        locations = {one.id for one in await account.locations()}
        assert project.spec.region in locations
        offers = await account.machines(project.spec.region)
        assert any(not one.why_not for one in offers)
        assert any(one.is_default for one in await account.versions(project.spec.region))
        assert not [one for one in await account.preflight(project.spec) if one.verdict is Verdict.FAIL]
        assert not case.world.creates()
        assert not case.world.complaints

    async def test_a_token_for_kubectl(self, case: CloudCase, tmp_path: Path) -> None:
        project = case.project(tmp_path)
        await case.set_up(project)
        status = await case.provider(project).credential()
        assert status["token"]
        assert status["token"] not in project.kubeconfig.read_text()

    async def test_commands_need_no_login(self, case: CloudCase, tmp_path: Path) -> None:
        case.end_sign_in()
        project = case.project(tmp_path)
        provider = case.provider(project)
        steps = [*provider.steps(), provider.resize_step(USER, 3)]
        assert all(step.commands() and step.title and step.why for step in steps)
        assert not case.world.calls


async def crash_and_carry_on(case: CloudCase, folder: Path, number: int, *, after: bool) -> bool:
    """End a set-up at one request, start afresh, and check the end; False when it has fewer requests."""
    project = case.project(folder)
    try:
        with crash_at(number, after=after):
            await case.set_up(project)
    except Crash:
        pass
    else:
        return False
    try:
        events = await case.set_up(project)
    except WizardError as error:
        pytest.fail(f"request {number}: {error}")
    assert went_well(events), f"request {number}: {ended(events)}"
    assert (case.clusters(), case.nodes(USER)) == (1, 2)
    names = [(one.name, one.target) for one in case.world.creates()]
    assert len(names) == len(set(names)), f"request {number}: made twice: {names}"
    assert not case.world.complaints
    return True


async def crash_at_the_end_and_carry_on(case: CloudCase, folder: Path, number: int, *, after: bool) -> bool:
    """End a resize or tear-down at one request and carry on; False when they have fewer requests."""
    project = case.project(folder)
    await case.set_up(project)
    made = case.world.creates()
    resized = False
    try:
        with crash_at(number, after=after):
            await case.play([case.provider(project).resize_step(USER, 4)])
            resized = True
            await case.tear_down(project)
    except Crash:
        pass
    else:
        return False
    if not resized:
        assert went_well(await case.play([case.provider(project).resize_step(USER, 4)])), f"request {number}"
        assert case.nodes(USER) == 4
    assert went_well(await case.tear_down(project)), f"request {number}"
    assert case.clusters() == 0, f"request {number}"
    assert not [one for one in await case.provider(project).left() if one.delete]
    assert case.world.creates() == made, f"request {number}: nothing is made"
    assert not case.world.complaints
    return True


async def sweep(
    start: Callable[[], AbstractContextManager[CloudCase]], folder: Path, *, at_the_end: bool, after: bool
) -> int:
    """Crash at each request in turn, each time at a new cloud; return how many there were."""
    for number in itertools.count(1):
        with start() as case:
            if at_the_end:
                ended = await crash_at_the_end_and_carry_on(case, folder / str(number), number, after=after)
            else:
                case.switch_off()
                ended = await crash_and_carry_on(case, folder / str(number), number, after=after)
            if not ended:
                return number - 1
    raise AssertionError
