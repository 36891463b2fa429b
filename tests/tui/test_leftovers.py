"""The screen of what a cluster left: its list, its ticks, and the name that is typed before anything goes."""

from __future__ import annotations

import msgspec
import pytest

from tests.tui.conftest import SMALL, Open
from tests.tui.fakes import FakeBackend, FakeWorld
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.receipt import Left
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import Project, open_project

DISK = Left(
    "disk pvc-0a1b", "the files of claim-ada", "us-central1-b", "10 GiB", 1.7, True,
    ["gcloud compute disks delete pvc-0a1b --zone us-central1-b"],
)  # fmt: skip
THEIRS = Left(
    "disk pvc-9z9z", "the files of claim-bob, of some cluster: it does not say which", "us-central1-b",
    "10 GiB", None, False, ["gcloud compute disks delete pvc-9z9z --zone us-central1-b"],
)  # fmt: skip
ADDRESS = Left("address hub", "nothing uses it", "us-central1", "192.0.2.8", None, True, ["gcloud x"])
UNSEEN = Left("load balancers not looked for", "This account may not do this", looked=False)
LEFT = {"11": DISK, "12": THEIRS, "31": ADDRESS, "load balancers": UNSEEN}


@pytest.fixture
def at_google(project: Project) -> Project:
    """The project at a cloud that sends a bill."""
    spec = msgspec.structs.replace(project.spec, provider="gke", account="bio", region="us-central1-b")
    (project.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))
    return open_project(project.folder)


async def test_leftovers_are_listed_ticked_and_deleted_by_name(
    open_app: Open, at_google: Project, world: FakeWorld, backend: FakeBackend, size: tuple[int, int]
) -> None:
    world.left = dict(LEFT)
    async with open_app(size, folder=at_google.folder) as person:
        await person.activate("do-teardown")
        await person.at("TeardownScreen")
        await person.activate("do-leftovers")
        await person.at("LeftoversScreen")
        await person.sees("3 left: at least $1.70 a month. 2 ticked. ! 1 kind could not be looked for.")
        await person.sees("Deleted when ticked: the files of claim-ada. In us-central1-b.")
        await person.sees("$ gcloud compute disks delete pvc-0a1b")
        await person.press("down")
        await person.sees("Not deleted by the wizard: the files of claim-bob")
        await person.press("space")  # it is not safe
        await person.sees("2 ticked")
        await person.press("down", "enter")
        await person.sees("1 ticked")
        await person.press("space")
        await person.sees("2 ticked")
        await person.press("space")
        await person.sees("1 ticked")
        await person.activate("do-delete")
        await person.at("AskText")
        await person.sees("1 will be deleted for good, files and all:")
        await person.sees("cluster and context: bio101, at gke in us-central1-b")
        await person.type("bio")
        await person.press("enter")
        await person.sees("! The hub is called bio101; nothing was deleted.")
        assert not backend.sessions
        await person.type("101")
        await person.press("enter")
        await person.at("RunScreen")
        (session,) = backend.sessions
        assert (session.name, session.options) == ("teardown", {"leftovers": ["11"]})
        await person.sees("Done. Next shows the receipt.")
        await person.press("ctrl+n")
        await person.at("ReceiptScreen")
        await person.sees("! 1 thing is left of bio101.")
        await person.activate("do-leftovers")
        await person.at("LeftoversScreen")
        await person.sees("2 left: no price is known. 1 ticked.")


async def test_esc_and_a_refusal_delete_nothing(
    open_app: Open, at_google: Project, world: FakeWorld, backend: FakeBackend
) -> None:
    world.left = {"12": THEIRS}
    async with open_app(SMALL, folder=at_google.folder) as person:
        await person.activate("do-teardown")
        await person.activate("do-leftovers")
        await person.at("LeftoversScreen")
        await person.sees("1 left: no price is known. 0 ticked")
        assert person.widget("#do-delete").disabled
        assert person.widget("#do-tick").disabled
        world.left = {}
        await person.press("f5")
        await person.sees("+ Nothing is left.")
        await person.press("escape")
        await person.at("DashboardScreen")
        assert not backend.sessions


async def test_what_was_unticked_stays_so_and_a_trouble_is_told(
    open_app: Open, at_google: Project, world: FakeWorld, backend: FakeBackend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    world.left = {"11": DISK, "31": ADDRESS}
    async with open_app(SMALL, folder=at_google.folder) as person:
        await person.activate("do-teardown")
        await person.activate("do-leftovers")
        await person.sees("2 ticked")
        await person.press("space", "f5")
        await person.sees("1 ticked")

        async def silent(_project: Project) -> dict[str, Left]:
            raise CouldNotLook("The cloud did not answer", "No route to host.")

        monkeypatch.setattr(backend, "leftovers", silent)
        await person.press("f5")
        await person.sees("! The cloud did not answer")
        assert person.widget("#do-delete").disabled


async def test_only_a_cloud_has_leftovers(open_app: Open, project: Project) -> None:
    async with open_app(SMALL, folder=project.folder) as person:
        await person.activate("do-teardown")
        await person.at("TeardownScreen")
        assert not person.app.screen.query("#do-leftovers")
