"""The checks before the review: what fails and what mends it, at a cloud, on others' clusters, and here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from tests.emulators.gke.server import TOKEN, serve
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.tui.conftest import Open, Person
from z2jh_wizard.cloud.gke.google import ELSEWHERE
from z2jh_wizard.cloud.gke.sign_in import TOKEN as TOKEN_VARIABLE
from z2jh_wizard.core.spec import Chart, ClusterSpec, Pool
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.practice import client
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, create_project, make_folder, planned_project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.system.journal import read_journal
from z2jh_wizard.widgets.virtual_table import VirtualTable

NAMESPACE = "bio101"
POOLS = {"core": Pool(1, "e2-standard-2"), "user": Pool(2, "e2-standard-4", maximum=5)}


@pytest.fixture
def backend() -> Backend:
    """The real flows, against an emulated cloud and a practice cluster."""
    return Backend()


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """An emulated Google with the project bio, where everything is as it should be."""
    services = Services(World(latency=0), "bio")
    with serve(services) as address:
        monkeypatch.setenv(ELSEWHERE, address)
        monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
        yield services


@pytest.fixture
def course(tmp_path: Path) -> Project:
    """A project at Google."""
    plan = planned_project(tmp_path / "hub", "gke", chart=Chart(), release=NAMESPACE, pools=POOLS)
    spec = msgspec.structs.replace(plan.spec, account="bio", region="us-central1-b")
    return make_folder(Project(plan.folder, spec))


async def show(person: Person) -> None:
    """Open the checks of a project from its dashboard."""
    await person.at("DashboardScreen")
    await person.app.run_action("screen.checks")
    await person.at("ChecksScreen")


def states(person: Person) -> dict[str, str]:
    """Return the words of all checks by their titles."""
    table = person.widget("#checks")
    assert isinstance(table, VirtualTable)
    rows = [line.split("\t") for line in table.text().splitlines()]
    return {title: state for state, title, _ in rows}


def shown(person: Person) -> set[str]:
    """Return the ids of the buttons that are offered."""
    return {button.id or "" for button in person.app.screen.query("Button") if button.display}


async def test_all_is_ok_at_a_cloud(
    open_app: Open, size: tuple[int, int], course: Project, google: Services
) -> None:
    async with open_app(size, folder=course.folder) as person:
        await show(person)
        await person.sees("All 7 checks are ok. Looked just now.")
        assert set(states(person).values()) == {"+ ok"}
        assert shown(person) == {"do-next", "do-refresh", "do-back"}
        assert not google.world.complaints
        await person.press("escape")
        await person.at("DashboardScreen")


async def test_what_fails_is_mended_by_a_run(open_app: Open, course: Project, google: Services) -> None:
    google.on.clear()
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("1 of 3 checks fails. Looked just now.")
        await person.sees("gcloud services enable container.googleapis.com")
        await person.sees("Mend does this: Switch Google's services on.")
        await person.press("f7")
        assert person.app.clipboard.startswith("gcloud services enable")
        await person.activate("do-mend")
        await person.at("RunScreen")
        await person.sees("Done. Next looks round again.")
        await person.sees("asked Google to switch them on")
        await person.press("ctrl+n")
        await person.at("ChecksScreen")
        await person.sees("All 7 checks are ok.")
        assert not person.widget("#do-mend").display
    assert not google.world.complaints
    runs = [one for one in read_journal(course.journal) if one["what"] == "run-start"]
    assert [(one["flow"], one["options"]) for one in runs] == [("mend", {"step": "cluster.services"})]


async def test_fails_lead_to_other_answers_and_are_points_of_the_review(
    open_app: Open, course: Project, google: Services
) -> None:
    google.quotas["CPUS"] = (8, 4)
    google.lacking.add("container.clusters.create")
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("2 of 7 checks fail.")
        assert shown(person) >= {"to-account"}
        await person.press("down")
        await person.sees("22 are needed at most, 4 are left in us-central1.")
        assert shown(person) >= {"to-class-size", "to-place"}
        before = len(google.world.calls)
        person.app.post_message(Go("review"))
        await person.at("ReviewScreen")
        await person.sees("? 2 things are missing")
        await person.activate("show-points")
        await person.sees("? missing Quota CPUS")
        asked = {one.name for one in google.world.calls[before:]}
        assert not {one for one in asked if "Permissions" in one or "quota" in one.lower()}
        await person.activate("points")
        await person.at("ChecksScreen")
        await person.sees("2 of 7 checks fail.")
        await person.press("down")
        await person.activate("to-class-size")
        await person.at("ClassSizeScreen")
        await person.press("escape")
        await person.at("ChecksScreen")
        await person.press("escape")
        await person.at("DashboardScreen")


async def test_who_is_not_signed_in_any_more(
    open_app: Open, course: Project, google: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("All 7 checks are ok.")
        monkeypatch.setenv(TOKEN_VARIABLE, "ya29.ended")
        await person.press("f5")
        await person.sees("! The sign-in to Google has ended")
        await person.sees("All 7 checks are ok. STALE:")
        await person.activate("to-account")
        await person.until(lambda: person.app.desk.at == "account", "the page of the account")


# ---- clusters of others ----


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a running practice cluster."""
    with running(tmp_path_factory.mktemp("campus")) as path:
        yield path


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Let a practice cluster run; give its kubeconfig."""
    server = asyncio.run(client.start(folder / "state", speed=0))
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(client.kubeconfig(folder / "state", server.url)))
    yield path
    asyncio.run(client.stop(folder / "state"))


@pytest.fixture
def existing(tmp_path: Path, campus: Path) -> Project:
    """A project on it, with nothing on it yet."""
    where = ClusterSpec(kubeconfig=str(campus))
    made = create_project(tmp_path / "hub", "existing", chart=Chart(), release=NAMESPACE, cluster=where)
    config_file.write_first(made)
    return made


async def test_a_cluster_of_others_proves_its_disks(open_app: Open, existing: Project, campus: Path) -> None:
    async with open_app(folder=existing.folder) as person:
        await show(person)
        await person.sees("4 of 6 checks are ok, 1 warning, 1 not known.")
        assert states(person)["Rights"] == "+ ok"
        await person.activate("do-prove")
        await person.at("Ask")
        await person.sees("A claim of 1 GiB is made")
        await person.press("tab", "enter")
        await person.sees("It needs the namespace bio101, which the set-up makes")
        shutil.copy(campus, existing.kubeconfig)
        cluster = Cluster(existing)
        await cluster.create_namespace(NAMESPACE, {})
        await person.activate("do-prove")
        await person.at("Ask")
        await person.press("tab", "enter")
        await person.until(lambda: states(person).get("A disk of 1 GiB") == "+ ok", "a disk was made")
        await person.sees("and is gone again.")
        assert await cluster.claims(NAMESPACE) == []
        await person.press("f5")
        await person.sees("Looked just now.")
        assert states(person)["A disk of 1 GiB"] == "+ ok", "a look round keeps the proof"


async def test_rights_that_are_missing_say_how_to_get_them(
    open_app: Open, existing: Project, campus: Path
) -> None:
    await _only_a_teacher(existing, campus)
    async with open_app(folder=existing.folder) as person:
        await show(person)
        await person.sees("1 of 6 checks fails")
        await person.sees("This account may not: create clusterroles.")
        await person.sees("Ask an administrator for the role admin in the namespace teaching.")
        await person.sees("kubectl create rolebinding jupyterhub-teacher")
        assert states(person)["Disks"] == "? unknown"
        assert not person.widget("#do-mend").display


async def _only_a_teacher(project: Project, campus: Path) -> None:
    """Let the project's own kubeconfig be that of an account with rights in one namespace."""
    shutil.copy(campus, project.kubeconfig)
    cluster, rbac = Cluster(project), "rbac.authorization.k8s.io"
    await cluster.create_namespace("teaching", {})
    teacher = {"kind": "ServiceAccount", "name": "teacher", "namespace": "teaching"}
    role = {"apiGroup": rbac, "kind": "Role", "name": "teacher"}
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("v1", "serviceaccounts"): {},
        (f"{rbac}/v1", "roles"): {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]},
        (f"{rbac}/v1", "rolebindings"): {"subjects": [teacher], "roleRef": role},
    }
    for (version, plural), body in bodies.items():
        await cluster.make(
            Place(version, plural, "teacher", "teaching"), {"metadata": {"name": "teacher"}, **body}
        )
    path = "/api/v1/namespaces/teaching/serviceaccounts/teacher/token"
    answer = json.loads(await cluster.transport().post(path, {"spec": {}}))
    tree = yaml.safe_load(campus.read_text())
    tree["users"][0]["user"] = {"token": answer["status"]["token"]}
    project.kubeconfig.write_text(yaml.safe_dump(tree))
    spec = project.folder / "z2jh.yaml"
    spec.write_text(spec.read_text().replace("namespace: bio101", "namespace: teaching"))


async def test_a_cluster_that_does_not_answer(open_app: Open, existing: Project, campus: Path) -> None:
    gone = existing.folder / "gone.yaml"
    tree = yaml.safe_load(campus.read_text())
    tree["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    gone.write_text(yaml.safe_dump(tree))
    spec = existing.folder / "z2jh.yaml"
    spec.write_text(spec.read_text().replace(str(campus), str(gone)))
    async with open_app(folder=existing.folder) as person:
        await show(person)
        await person.sees("1 of 1 checks fails")
        assert shown(person) >= {"do-prove", "do-refresh", "to-context"}
        gone.write_text(campus.read_text())
        await person.activate("do-refresh")
        await person.sees("4 of 6 checks are ok, 1 warning, 1 not known.")
        assert states(person)["Cluster"] == "+ ok"


async def test_nothing_to_look_at_yet(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await show(person)
        await person.sees("There is nothing to look at before the set-up")
