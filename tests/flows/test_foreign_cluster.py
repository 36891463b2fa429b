"""Steps on a cluster that somebody else made, played by a practice cluster."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any

import msgspec
import pytest
import yaml

from tests.support.waiting import wait_until_async
from z2jh_wizard.cloud.storage_classes import class_name
from z2jh_wizard.core.engine import plan
from z2jh_wizard.core.errors import InvalidInput, NeedsYou, WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Chart, ClusterSpec
from z2jh_wizard.core.step import Finding, Gone, Look, Made, Refusal, Step
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.flows import storage_choice
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.cluster_checks import look_round
from z2jh_wizard.flows.doctor import examine
from z2jh_wizard.flows.status import status
from z2jh_wizard.flows.steps import storage_proof
from z2jh_wizard.flows.steps.claim import ClaimHub
from z2jh_wizard.flows.steps.fit import FitCluster
from z2jh_wizard.flows.steps.rights import HasRights
from z2jh_wizard.flows.steps.route import MakeRoute
from z2jh_wizard.flows.steps.storage_class import MakeStorageClass
from z2jh_wizard.flows.steps.storage_proof import ProveStorage
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.helm.releases import Judgement, Standing
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.practice import client
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.system.clock import SystemClock

CRD = Place("apiextensions.k8s.io/v1", "customresourcedefinitions")
KINDS = (("route.openshift.io", "Route"), ("security.openshift.io", "SecurityContextConstraints"))


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    """The kubeconfig of a running cluster, and where its state is."""
    folder = tmp_path_factory.mktemp("campus")
    server = asyncio.run(client.start(folder / "state", speed=0))
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(client.kubeconfig(folder / "state", server.url)))
    yield path
    asyncio.run(client.stop(folder / "state"))


@pytest.fixture
def project_of(tmp_path, campus, request):
    """Return a maker of projects on that cluster, each in a namespace of its own."""

    def make(provider="existing", chart=None):
        name = f"hub-{abs(hash(request.node.name)) % 10**8}"
        project = create_project(
            tmp_path / provider, provider, chart=chart or Chart(), release="bio101", namespace=name
        )
        shutil.copy(campus, project.kubeconfig)
        config_file.write_first(project)
        return project

    return make


@pytest.fixture
def project(project_of):
    return project_of()


@pytest.fixture
async def cluster(project):
    cluster = Cluster(project)
    await cluster.create_namespace(project.spec.namespace, {})
    return cluster


class NoHub:
    """Helm on a cluster without the hub, or with it."""

    standing = Standing.ABSENT

    async def state(self):
        return Judgement(self.standing, ""), {}


@pytest.fixture
def helm():
    return NoHub()


@pytest.fixture
async def openshift(cluster):
    """The same cluster with OpenShift's APIs, as far as they tell that it is one."""
    for group, kind in KINDS:
        plural = f"{kind.lower()}s" if kind == "Route" else kind.lower()
        names = {"plural": plural, "singular": kind.lower(), "kind": kind}
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        body = {
            "apiVersion": CRD.group_version,
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {
                "group": group,
                "scope": "Namespaced" if kind == "Route" else "Cluster",
                "names": names,
                "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
            },
        }
        await cluster.make(CRD, body)
    await wait_until_async(cluster.is_openshift)
    yield cluster
    for group, kind in KINDS:
        plural = f"{kind.lower()}s" if kind == "Route" else kind.lower()
        await cluster.remove(Place(CRD.group_version, CRD.plural, f"{plural}.{group}"), "")


async def played(work):
    return [happening async for happening in work]


def kinds_of(happenings):
    return [type(one) for one in happenings if isinstance(one, (Made, Gone))]


# Settings and the Route


async def test_a_plain_cluster_asks_for_nothing(project, cluster, helm):
    look = await FitCluster(project, cluster, helm).look()
    assert (look.finding, look.detail) == (Finding.READY, "nothing has to be fitted")
    route = MakeRoute(project, cluster, SystemClock())
    assert (await route.look()).finding is Finding.READY
    assert (await Removal(route).look()).detail == "gone"


class NotYet(Step):
    """A step that has its turn before the Route, and was not done yet."""

    id = "hub.release"
    title = "Install the hub"

    async def look(self):
        return Look(Finding.ABSENT)

    def run(self):
        return Refusal("It is only looked at.")


def by_context(project, kubeconfig):
    """Return a new project that knows its cluster by a kubeconfig of the user's only."""
    spec = msgspec.structs.replace(project.spec, cluster=ClusterSpec(kubeconfig=str(kubeconfig)))
    return Project(project.folder / "new", spec)


async def planned_route(project):
    steps = [NotYet(), MakeRoute(project, Cluster(project), SystemClock())]
    return [planned.look async for planned in plan(steps)][-1]


async def test_before_its_turn_a_plain_cluster_needs_no_route(project, cluster, campus, tmp_path):
    look = await planned_route(by_context(project, campus))
    assert (look.finding, look.detail) == (Finding.READY, "not needed: this is not OpenShift")
    nowhere = by_context(project, tmp_path / "none")
    assert (await planned_route(nowhere)).detail == "comes after: Install the hub"


async def test_before_its_turn_openshift_waits_for_the_hub(project, openshift, campus):
    look = await planned_route(by_context(project, campus))
    assert (look.finding, look.detail) == (Finding.ABSENT, "comes after: Install the hub")


async def test_openshift_gets_its_settings_and_a_route(project, openshift, helm):
    fit, route = FitCluster(project, openshift, helm), MakeRoute(project, openshift, SystemClock())
    assert "a service of type LoadBalancer is" in (await route.look()).detail
    assert "OpenShift asks for 26 more settings" in (await fit.look()).detail
    await played(fit.run())
    assert (await fit.look()).finding is Finding.READY
    assert "# A Route is the door on OpenShift" in project.config.read_text()
    assert list(project.backups.iterdir())

    assert (await route.look()).finding is Finding.ABSENT
    place = Place("route.openshift.io/v1", "routes", "bio101", project.spec.namespace)
    running = asyncio.ensure_future(played(route.run()))
    made = await wait_until_async(lambda: openshift.find(place))
    assert made["metadata"]["labels"] == {OUR_LABEL: project.spec.project_id}
    assert made["spec"]["tls"]["termination"] == "edge"
    admitted = {"host": "bio101.apps.example.edu", "conditions": [{"type": "Admitted", "status": "True"}]}
    await openshift_router(openshift, place, admitted)
    assert kinds_of(await running) == [Made]
    assert (await route.look()).detail == "https://bio101.apps.example.edu"
    assert (await status(project)).url == "https://bio101.apps.example.edu"
    assert (await Removal(route).look()).finding is Finding.DRIFTED
    assert kinds_of(await played(route.undo())) == [Gone]
    assert (await Removal(route).look()).finding is Finding.READY


async def openshift_router(cluster, place, ingress):
    from z2jh_wizard.kube import objects

    await objects.patch(cluster.transport(), place, {"status": {"ingress": [ingress]}})


async def test_a_running_hub_and_a_foreign_route_are_left_alone(project, openshift, helm):
    before = project.config.read_bytes()
    helm.standing = Standing.DEPLOYED
    look = await FitCluster(project, openshift, helm).look()
    assert (look.finding, "runs already" in look.detail) == (Finding.READY, True)
    assert project.config.read_bytes() == before
    place = Place("route.openshift.io/v1", "routes", "bio101", project.spec.namespace)
    await openshift.make(
        place, {"apiVersion": place.group_version, "kind": "Route", "metadata": {"name": "bio101"}}
    )
    route = MakeRoute(project, openshift, SystemClock())
    assert "not made by this project" in (await route.look()).not_ours
    assert kinds_of(await played(route.undo())) == []
    assert await openshift.find(place)


# Storage


async def test_a_class_of_ours_is_made_named_and_removed_when_unused(project_of):
    project = project_of("practice")
    cluster = Cluster(project)
    await cluster.create_namespace(project.spec.namespace, {})
    ours = class_name("ssd", project.spec.project_id)
    offered = await storage_choice.choices_of(project)
    assert [one.storage_class for one in offered][:3] == [
        "",
        class_name("standard", project.spec.project_id),
        ours,
    ]
    assert {"standard", "standard-immediate"} <= {one.storage_class for one in offered}
    step = MakeStorageClass(project, cluster)
    assert ours in (await step.look()).detail

    files = files_of(project)
    chosen = storage_choice.setting(files, next(one for one in offered if one.storage_class == ours))
    config_file.save(project, project.config, files.main.document.set(chosen.path, chosen.value).data)
    assert (await step.look()).finding is Finding.ABSENT
    assert "provisioner: disk.csi.practice.z2jh-wizard" in step.commands()[0].shell()
    assert kinds_of(await played(step.run())) == [Made]
    look = await step.look()
    assert (look.finding, look.not_ours) == (Finding.READY, "")

    disk = Place("v1", "persistentvolumeclaims", "claim-ada", project.spec.namespace)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "claim-ada"}}
    await cluster.make(disk, {**body, "spec": {**spec, "storageClassName": ours}})
    assert "1 disk in" in (await Removal(step).look()).not_ours
    assert kinds_of(await played(step.undo())) == []
    await cluster.remove(disk, "")
    await wait_until_async(lambda: gone(cluster, disk))
    assert kinds_of(await played(step.undo())) == [Gone]
    assert (await Removal(step).look()).detail == "gone"


async def gone(cluster, place):
    return await cluster.find(place) is None


async def test_a_class_that_is_not_there_is_told_with_those_that_are(project, cluster):
    files = files_of(project)
    path = ("singleuser", "storage", "dynamic", "storageClass")
    config_file.save(project, project.config, files.main.document.set(path, "standart").data)
    step = MakeStorageClass(project, cluster)
    with pytest.raises(InvalidInput, match="did you mean standard"):
        await step.look()
    config_file.save(project, project.config, files.main.document.set(path, "standard").data)
    look = await step.look()
    assert (look.finding, "made by somebody else" in look.detail) == (Finding.READY, True)
    assert (await Removal(step).look()).detail == "gone"


@pytest.mark.parametrize("name", ["", "standard", "standard-immediate"])
async def test_a_disk_is_proved_and_removed_again(project, cluster, name):
    if name:
        path = ("singleuser", "storage", "dynamic", "storageClass")
        document = files_of(project).main.document.set(path, name)
        config_file.save(project, project.config, document.data)
    step = ProveStorage(project, cluster, SystemClock())
    assert (await step.look()).finding is Finding.ABSENT
    happened = await played(step.run())
    assert kinds_of(happened) == [Made, Gone]
    assert ("pod" in str(happened)) is (name != "standard-immediate")
    assert (await step.look()).finding is Finding.READY
    assert await cluster.claims(project.spec.namespace) == []
    assert (await Removal(step).look()).detail == "gone"


async def test_without_a_default_class_nothing_is_left_behind(project, cluster, campus, monkeypatch):
    monkeypatch.setattr(storage_proof, "WAIT", 2)
    state = campus.parent / "state"
    await client.control(state, "fault", {"name": "no-default-storage-class"})
    try:
        with pytest.raises(NeedsYou, match="no default storage class"):
            await played(ProveStorage(project, cluster, SystemClock()).run())
    finally:
        await client.control(state, "clear")
    assert await cluster.claims(project.spec.namespace) == []


async def test_a_class_that_makes_nothing_is_told_in_the_clusters_words(project, cluster, monkeypatch):
    monkeypatch.setattr(storage_proof, "WAIT", 0.5)
    place = Place("storage.k8s.io/v1", "storageclasses", "broken")
    body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "broken"}}
    made = await cluster.make(place, {**body, "provisioner": "nobody.example.org"})
    path = ("singleuser", "storage", "dynamic", "storageClass")
    config_file.save(project, project.config, files_of(project).main.document.set(path, "broken").data)
    try:
        with pytest.raises(WizardError) as caught:
            await played(ProveStorage(project, cluster, SystemClock()).run())
    finally:
        await cluster.remove(place, made["metadata"]["uid"])
    assert "nobody.example.org" in caught.value.problem.happened
    assert await cluster.claims(project.spec.namespace) == []


async def test_a_proof_that_was_killed_is_cleared_by_the_tear_down(project, cluster):
    step = ProveStorage(project, cluster, SystemClock())
    work: Any = step.run()
    assert isinstance(await anext(work), Made)
    # As after a kill: nothing of the generator runs any more, and another process looks.
    again = ProveStorage(project, Cluster(project), SystemClock())
    assert (await Removal(again).look()).finding is Finding.DRIFTED
    assert kinds_of(await played(again.undo())) == [Gone]
    assert (await Removal(again).look()).detail == "gone"
    await work.aclose()


# Checks


async def verdicts(project):
    return {one.id: one.verdict.value for one in await look_round(project)}


async def test_a_look_round_finds_what_is_there(project, cluster, campus):
    theirs = ClusterSpec(kubeconfig=str(campus))
    planned = Project(project.folder / "not-there", msgspec.structs.replace(project.spec, cluster=theirs))
    found = await verdicts(planned)
    assert found == await verdicts(project), "before anything of the project is on the disk"
    assert found == {
        "cluster.reach": "ok",
        "cluster.version": "ok",
        "cluster.rights": "ok",
        "cluster.storage": "ok",
        "cluster.balancer": "unknown",
        "cluster.policies": "warn",
    }
    rbac = "rbac.authorization.k8s.io"
    binding = Place(f"{rbac}/v1", "clusterrolebindings", "permissive-binding")
    body = {
        "metadata": {"name": "permissive-binding"},
        "subjects": [{"kind": "Group", "name": "system:serviceaccounts", "apiGroup": rbac}],
        "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "cluster-admin"},
    }
    await cluster.make(binding, body)
    dashboard = Place("v1", "services", "kubernetes-dashboard", project.spec.namespace)
    labels = {"k8s-app": "kubernetes-dashboard"}
    spec = {"type": "LoadBalancer", "selector": labels, "ports": [{"port": 443}]}
    await cluster.make(
        dashboard, {"metadata": {"name": "kubernetes-dashboard", "labels": labels}, "spec": spec}
    )
    try:

        async def served():
            return (await verdicts(project))["cluster.balancer"] == "ok"

        await wait_until_async(served)
        found = await verdicts(project)
        assert (found["cluster.admins"], found["cluster.dashboard"]) == ("warn", "warn")
    finally:
        await cluster.remove(binding, "")
        await cluster.remove(dashboard, "")


async def test_a_teacher_with_one_namespace_is_told_what_is_missing(project, cluster, campus, helm):
    namespace, rbac = project.spec.namespace, "rbac.authorization.k8s.io"
    teacher = {"kind": "ServiceAccount", "name": "teacher", "namespace": namespace}
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("v1", "serviceaccounts"): {},
        (f"{rbac}/v1", "roles"): {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]},
        (f"{rbac}/v1", "rolebindings"): {
            "subjects": [teacher],
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "teacher"},
        },
    }
    for (version, plural), body in bodies.items():
        place = Place(version, plural, "teacher", namespace)
        await cluster.make(place, {"metadata": {"name": "teacher"}, **body})
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/teacher/token"
    answer = json.loads(await cluster.transport().post(path, {"spec": {}}))
    tree = yaml.safe_load(campus.read_text())
    tree["users"][0]["user"] = {"token": answer["status"]["token"]}
    project.kubeconfig.write_text(yaml.safe_dump(tree))
    project.kubeconfig.chmod(0o600)

    checks = {one.id: one for one in await look_round(project)}
    assert checks["cluster.rights"].sentence == (
        f"This account may not: create clusterroles.{rbac}, create clusterrolebindings.{rbac}."
    )
    assert {key for key, one in checks.items() if one.verdict.value == "unknown"} == {
        "cluster.storage",
        "cluster.balancer",
        "cluster.policies",
    }
    rights = HasRights(project, Cluster(project))
    look = await rights.look()
    assert (look.finding, "clusterroles" in look.detail) == (Finding.ABSENT, True)
    assert "scheduling.userScheduler.enabled" in rights.how
    elsewhere = Project(project.folder, msgspec.structs.replace(project.spec, namespace="theirs"))
    with pytest.raises(NeedsYou, match="has to be made for you"):
        await ClaimHub(elsewhere, Cluster(elsewhere), helm).look()

    fit = FitCluster(project, Cluster(project), helm)
    await played(fit.run())
    assert (await rights.look()).finding is Finding.READY
    assert (await verdicts(project))["cluster.rights"] == "ok"

    lines = [check async for check in examine(project.folder, disk=True)]
    assert all(one.ok for one in lines if one.id != "helm")
    assert {one.id: one.verdict for one in lines}["storage.proof"] == "ok"
    assert (await cluster.claims(namespace)) == []


async def test_a_cluster_that_is_gone_is_one_check(project):
    tree = yaml.safe_load(project.kubeconfig.read_text())
    tree["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    project.kubeconfig.write_text(yaml.safe_dump(tree))
    assert await verdicts(project) == {"cluster.reach": "fail"}
    ids = [check.id async for check in examine(project.folder, disk=True)]
    assert ids[-1] == "cluster"
