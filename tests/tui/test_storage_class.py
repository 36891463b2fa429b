"""The kinds of students' disks on screen: from the page of the storage into the settings, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.tui.conftest import Open, Person
from tests.tui.test_checks import running
from z2jh_wizard.core.spec import Chart, ClusterSpec, Pool
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, create_project, make_folder, planned_project
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.settings_tour import tour_of
from z2jh_wizard.values.document import Document

CLASS = ("singleuser", "storage", "dynamic", "storageClass")


@pytest.fixture
def course(tmp_path: Path) -> Project:
    """A project at Google whose cluster is not made yet."""
    plan = planned_project(tmp_path / "hub", "gke", chart=Chart(), pools={"user": Pool(1)})
    spec = msgspec.structs.replace(plan.spec, account="bio", region="us-central1-b")
    made = make_folder(Project(plan.folder, spec))
    config_file.write_first(made)
    return made


async def show(person: Person) -> None:
    """Open the kinds of disks by the button on their page."""
    await person.at("DashboardScreen")
    person.app.post_message(Go("topic/storage"))
    await person.at("TopicScreen")
    await person.activate("tool-storage-class")
    await person.at("StorageClassScreen")


def in_draft(person: Person) -> object:
    return tour_of(person.app.desk).form.now.main.document.get(CLASS, None)


def in_file(project: Project) -> object:
    return Document.read(project.config.read_bytes()).get(CLASS, None)


async def test_a_kind_that_the_wizard_makes(open_app: Open, size: tuple[int, int], course: Project) -> None:
    ours = f"jupyterhub-ssd-{course.spec.project_id}"
    async with open_app(size, folder=course.folder) as person:
        await show(person)
        await person.sees("Students who have a disk already keep it as it is")
        await person.sees("The cluster's default")
        await person.sees("about $0.04")
        await person.until(lambda: person.focused == "disks", "focus on the kinds")
        await person.press("end")
        await person.sees(ours)
        await person.sees("The wizard makes this class and labels it")
        await person.sees("storageClass:")
        await person.press("enter")
        await person.at("TopicScreen")
        assert in_draft(person) == ours
        assert in_file(course) is None, "the page saves, not the tool"
        await person.press("ctrl+n")
        await person.until(lambda: in_file(course) == ours, "it is saved")


async def test_undo_and_the_default(open_app: Open, course: Project) -> None:
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("about $0.04")
        await person.press("down", "enter")
        await person.at("TopicScreen")
        await person.activate("tool-storage-class")
        await person.at("StorageClassScreen")
        await person.sees("in force")
        await person.sees("Nothing changes: config.yaml says this already.")
        await person.activate("do-undo")
        await person.until(lambda: in_draft(person) is None, "the choice is taken back")
        await person.press("escape")
        await person.at("TopicScreen")


# ---- clusters of others ----


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a running practice cluster."""
    with running(tmp_path_factory.mktemp("campus")) as path:
        yield path


async def test_the_cluster_s_own_kinds(open_app: Open, tmp_path: Path, campus: Path) -> None:
    where = ClusterSpec(kubeconfig=str(campus))
    project = create_project(tmp_path / "hub", "existing", chart=Chart(), cluster=where)
    config_file.write_first(project)
    async with open_app(folder=project.folder) as person:
        await show(person)
        await person.sees("standard, by disk.csi.practice.z2jh-wizard.")
        await person.press("end")
        await person.sees("What a GiB costs a month is not known.")
        await person.press("enter")
        await person.at("TopicScreen")
        assert in_draft(person) in ("standard", "standard-immediate")


async def test_a_cluster_that_does_not_answer(open_app: Open, tmp_path: Path) -> None:
    where = ClusterSpec(kubeconfig=str(tmp_path / "nowhere"))
    project = create_project(tmp_path / "hub", "existing", chart=Chart(), cluster=where)
    config_file.write_first(project)
    project.config.write_text("singleuser: {storage: {dynamic: {storageClass: theirs}}}\n")
    async with open_app(folder=project.folder) as person:
        await show(person)
        await person.sees("! The cluster's own are not shown:")
        await person.sees("Named in config.yaml; nothing")
        assert person.widget("#do-next").disabled
        await person.press("home", "enter")
        await person.at("TopicScreen")
        assert in_draft(person) is None
