"""What a cluster leaves behind, at each cloud: found, deleted when somebody chose it, and told where not."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from google.rpc import code_pb2

from tests.cloud.amazon import amazon
from tests.cloud.contract import CloudCase, ended, problem_of, went_well
from tests.cloud.crashes import Crash, crash_at
from tests.cloud.test_aks import azure
from tests.cloud.test_gke import google
from tests.emulators.aks.manager import ArmError
from tests.emulators.aws.wire import AwsError
from tests.emulators.gke.errors import ApiError
from tests.support.fakes import FakeClock, MemoryJournal
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.cloud.leftovers import DeleteLeftover, Leftover, look_round, not_looked_for
from z2jh_wizard.core.engine import Engine
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.events import Kind, State
from z2jh_wizard.core.step import Command, Finding, Gone, Refusal, Resource
from z2jh_wizard.flows.steps.leftovers import EVERY, LookForLeftovers

CLOUDS: dict[str, Callable[[pytest.MonkeyPatch], contextlib.AbstractContextManager[CloudCase]]] = {
    "gke": google,
    "aks": azure,
    "eks": amazon,
}

FORBIDDEN = {
    "gke": ("listLeft", ApiError(code_pb2.PERMISSION_DENIED, "no", "IAM_PERMISSION_DENIED")),
    "aks": ("listLeft", ArmError(403, "AuthorizationFailed", "no")),
    "eks": ("DescribeSnapshots", AwsError("UnauthorizedOperation", "no", 403)),
}
"""At each cloud one list that an account may not see, and how the cloud says so."""


class NoCluster:
    """The cluster is gone."""

    def is_configured(self) -> bool:
        return False


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case(cloud: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudCase]:
    with CLOUDS[cloud](monkeypatch) as made:
        yield made


async def torn_down(case, folder):
    """Return a project whose cluster came and went, and how many things it left that may be deleted."""
    project = case.project(folder)
    await case.set_up(project)
    await case.tear_down(project)
    return project, case.leave_behind()


def nothing_but(provider: Any) -> tuple[Any, Any, Any]:
    """Return what the step takes of the world where there is no cluster any more."""
    return None, provider, NoCluster()  # no project: at a cloud all is the provider's


def looking(case, project, chosen=()):
    return LookForLeftovers(*nothing_but(case.provider(project)), chosen)


def changes(case):
    return [one for one in case.world.calls if one.changes]


def keys(scan):
    return {one.key for one in scan.left}


def removed(events):
    return [event.text for event in events if event.kind is Kind.GONE]


# ---- at the clouds ----


async def test_without_a_choice_nothing_is_deleted(case, tmp_path):
    project, count = await torn_down(case, tmp_path)
    before = changes(case)
    step = looking(case, project)
    events = await case.play([step])
    assert set(ended(events).values()) == {State.ALREADY}
    assert changes(case) == before
    assert sum(one.removal is not None for one in step.scan.left) == count
    assert len(keys(step.scan)) == len(step.scan.left), "each thing can be chosen by itself"
    assert all(one.by_hand for one in step.scan.left), "what is only shown has its command"
    assert all(one.shell().startswith(("gcloud ", "az ", "aws ")) for one in step.commands())
    assert isinstance(step.run(), Refusal)
    assert not case.world.complaints


async def test_what_was_chosen_is_deleted_and_nothing_else(case, tmp_path):
    project, count = await torn_down(case, tmp_path)
    before = (await case.provider(project).scan()).left
    first = next(one for one in before if one.removal)
    foreign = {one.key for one in before if not one.removal}
    events = await case.play([looking(case, project, [first.key, *foreign])])
    assert went_well(events)
    assert removed(events) == [str(first.resource)]
    after = await case.provider(project).scan()
    assert keys(after) == {one.key for one in before} - {first.key}
    assert sum(one.removal is not None for one in after.left) == count - 1


async def test_all_is_deleted_once_and_again_changes_nothing(case, tmp_path):
    project, count = await torn_down(case, tmp_path)
    step = looking(case, project, EVERY)
    events = await case.play([step])
    assert went_well(events)
    assert len(removed(events)) == count
    assert not [one for one in step.scan.left if one.removal], "the receipt is made from the look afterwards"
    assert step.scan.left, "what is not ours is still there"
    done = changes(case)
    again = await case.play([looking(case, project, EVERY)])
    assert set(ended(again).values()) == {State.ALREADY}
    assert changes(case) == done
    assert not case.world.complaints


async def test_a_list_that_is_forbidden_hides_its_own_kind_only(case, cloud, tmp_path):
    project, _ = await torn_down(case, tmp_path)
    whole = await case.provider(project).scan()
    assert not whole.unlooked
    name, error = FORBIDDEN[cloud]
    case.world.fail_once(name, error)
    scan = await case.provider(project).scan()
    (unlooked,) = scan.unlooked
    assert str(unlooked.resource).endswith("not looked for")
    assert (unlooked.month_usd, unlooked.removal) == (None, None)
    assert set(whole.looked_for) - set(scan.looked_for) == {unlooked.resource.kind}
    found = keys(scan) - {unlooked.key}
    assert found
    assert found <= keys(whole)


async def test_a_sign_in_that_ended_is_no_forbidden_list(case, tmp_path):
    project, _ = await torn_down(case, tmp_path)
    case.end_sign_in()
    with pytest.raises(WizardError, match="sign-in"):
        await case.provider(project).scan()


async def test_beside_a_living_cluster_nothing_is_offered(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.leave_behind()
    step = looking(case, project, EVERY)
    before = changes(case)
    assert set(ended(await case.play([step])).values()) == {State.ALREADY}
    (left,) = step.scan.left
    assert not left.looked
    assert "a cluster of this name runs" in left.why
    assert changes(case) == before


async def test_what_carries_another_project_s_tag_is_that_one_s(monkeypatch, tmp_path):
    """Even among what was made for the nodes of this project's cluster."""
    with azure(monkeypatch) as case:
        project, _ = await torn_down(case, tmp_path)
        for one in case.manager.resources.values():
            one["tags"] = {**one.get("tags", {}), "z2jh-wizard": "0123456789ab"}
        scan = await case.provider(project).scan()
        assert scan.left
        assert not [one for one in scan.left if one.removal]
        assert all("does not carry this project's tag" in one.why for one in scan.left)


async def test_what_another_cluster_uses_is_nobody_s_leftover(monkeypatch, tmp_path):
    """A subscription or project has other hubs: their students' disks wait for the next lesson."""
    with azure(monkeypatch) as at_azure:
        project, _ = await torn_down(at_azure, tmp_path / "aks")
        before = keys(await at_azure.provider(project).scan())
        path = "/subscriptions/x/resourceGroups/MC_lab_lab_eastus/providers/Microsoft.Compute/disks/pvc-8"
        at_azure.manager.resources[path.lower().replace("/x/", f"/{project.spec.account}/")] = {
            "id": path, "name": "pvc-8", "type": "Microsoft.Compute/disks", "properties": {},
            "tags": {"kubernetes.io-created-for-pvc-name": "claim-bob"},
        }  # fmt: skip
        assert keys(await at_azure.provider(project).scan()) == before
    with google(monkeypatch) as at_google:
        project, _ = await torn_down(at_google, tmp_path / "gke")
        before = keys(await at_google.provider(project).scan())
        theirs = {**at_google.services.disks[0], "id": "99", "labels": {"goog-k8s-cluster-name": "lab"}}
        at_google.services.disks.append(theirs)
        service = '{"kubernetes.io/service-name":"lab/proxy-public"}'
        rule = {**at_google.services.rules[0], "id": "98", "description": service}
        at_google.services.rules.append(rule)
        assert keys(await at_google.provider(project).scan()) == before


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_request_of_a_deletion(cloud, monkeypatch, tmp_path, after):
    """Started anew it deletes the rest; nothing of others is gone, and nothing is deleted twice."""
    for number in itertools.count(1):
        with CLOUDS[cloud](monkeypatch) as case:
            project, count = await torn_down(case, tmp_path / str(number))
            kept = {one.key for one in (await case.provider(project).scan()).left if not one.removal}
            known = len(changes(case))
            try:
                with crash_at(number, after=after):
                    await case.play([looking(case, project, EVERY)])
            except Crash:
                pass
            else:
                break
            step = looking(case, project, EVERY)
            assert went_well(await case.play([step])), f"request {number}"
            assert keys(step.scan) == kept, f"request {number}"
            deleted = changes(case)[known:]
            assert len(deleted) == count, f"request {number}: {deleted}"
            assert not case.world.complaints
    assert number > 8, "a look and a deletion have more requests"


# ---- without a cloud ----


def thing(world, name, *, stuck=False, error=None):
    """Return a thing in a set of names and the step that deletes it; ``error`` is what the cloud says."""

    async def is_there():
        return name in world

    async def ask():
        if error:
            raise error
        if not stuck:
            world.discard(name)

    resource = Resource("disk", name)
    step = DeleteLeftover(
        resource, Command(("rm", name)), is_there=is_there, ask=ask, clock=FakeClock(), data=True
    )
    return Leftover(resource, "here", "1 GiB", 1.0, True, "a disk", step)


async def test_what_does_not_go_away_ends_with_words():
    world = {"a"}
    step = thing(world, "a", stuck=True).delete
    with pytest.raises(WizardError, match="Disk a does not go away"):
        [one async for one in step.run()]
    assert (await step.look()).finding is Finding.DRIFTED
    world.clear()
    assert [one async for one in step.run()] == []


async def test_deleting_tells_what_is_gone():
    world = {"a", "b"}
    assert [one async for one in thing(world, "a").delete.run()][-1] == Gone(Resource("disk", "a"))
    assert world == {"b"}


async def test_one_thing_that_stays_does_not_keep_the_others(tmp_path):
    world = {"a", "b", "c"}
    error = trouble("aks", "ScopeLocked", "no", {})
    things = [thing(world, "a"), thing(world, "b", error=error), thing(world, "c")]

    class Provider:
        async def scan(self):
            async def disks():
                return [one for one in things if one.resource.name in world]

            return await look_round({"disks": disks}, (), FakeClock())

    step = LookForLeftovers(*nothing_but(Provider()), EVERY)
    events = [event async for event in Engine(FakeClock(), MemoryJournal()).apply([step])]
    assert world == {"b"}
    assert problem_of(events).title == error.problem.title
    assert step.scan
    assert [str(one.resource) for one in step.scan.left] == ["disk b"]


async def test_a_busy_cloud_is_asked_again_and_other_troubles_are_raised():
    clock, asked = FakeClock(), []

    async def busy():
        asked.append(clock.now())
        if len(asked) < 3:
            raise WizardError("busy", transient=True)
        return []

    scan = await look_round({"disks": busy}, ("DENIED",), clock)
    assert (scan.left, scan.looked_for) == ((), ("disks",))
    assert asked[-1] - asked[0] > timedelta(seconds=2)

    async def broken():
        raise trouble("eks", "Strange", "what?")

    with pytest.raises(WizardError, match="answered with an error"):
        await look_round({"disks": broken, "addresses": busy}, ("DENIED",), clock)


def test_a_kind_that_was_not_looked_for_is_never_removed():
    left = not_looked_for("disks", "This account may not do this")
    assert (left.removal, left.by_hand, left.month_usd, left.looked) == (None, (), None, False)
