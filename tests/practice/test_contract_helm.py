"""The whole Helm session that the wizard needs, with the real Helm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.practice.cluster import Cluster, running_cluster
from tests.practice.small_chart import write_chart

pytestmark = pytest.mark.helm


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chart(tmp_path_factory.mktemp("chart"))


class Release:
    """One release in a namespace of its own."""

    def __init__(self, cluster: Cluster, helm: Path, kubectl: Path, chart: Path, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self._helm = helm
        self._kubectl = kubectl
        self._chart = chart

    def helm(self, *words: str, code: int = 0) -> Any:
        return self.cluster.run(self._helm, *words, "--namespace", self.name, code=code)

    def upgrade(self, *words: str, code: int = 0, limit: str = "60s") -> Any:
        options = ["--install", "--create-namespace", "--reset-values", "--wait", "--timeout", limit]
        return self.helm("upgrade", self.name, str(self._chart), *options, *words, code=code)

    def kubectl(self, *words: str, code: int = 0) -> str:
        return self.cluster.run(self._kubectl, *words, "--namespace", self.name, code=code).stdout

    def get(self, *words: str) -> Any:
        return json.loads(self.kubectl("get", *words, "--output", "json"))

    def history(self) -> list[tuple[int, str]]:
        listed = json.loads(self.helm("history", self.name, "--output", "json").stdout)
        return [(each["revision"], each["status"]) for each in listed]


@pytest.fixture
def release(
    cluster: Cluster, chart: Path, helm_binary: Path, kubectl_binary: Path, request: pytest.FixtureRequest
) -> Release:
    name = request.node.name.removeprefix("test_").replace("_", "-")[:40].strip("-")
    return Release(cluster, helm_binary, kubectl_binary, chart, name)


def test_a_release_from_nothing_to_nothing(release: Release):
    done = release.upgrade()
    assert "The colour is red." in done.stdout
    deployment = release.get("deployment", "web")
    assert deployment["status"]["readyReplicas"] == 1
    service = release.get("service", "web")
    assert service["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("203.0.113.")
    token = release.get("secret", "secret")["data"]["token"]

    release.upgrade("--set", "colour=blue", "--set", "second=1", "--set", "env={A,B}")
    assert release.get("configmap", "settings")["data"] == {"colour": "blue", "second": "yes"}
    assert release.get("secret", "secret")["data"]["token"] == token
    release.upgrade("--set", "colour=green", "--set", "env={B}")
    assert release.get("configmap", "settings")["data"] == {"colour": "green"}
    container = release.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [{"name": "COLOUR", "value": "green"}, {"name": "B", "value": "set"}]
    assert release.history() == [(1, "superseded"), (2, "superseded"), (3, "deployed")]
    assert json.loads(release.helm("get", "values", release.name, "--output", "json").stdout) == {
        "colour": "green",
        "env": ["B"],
    }
    assert (
        json.loads(release.helm("status", release.name, "--output", "json").stdout)["info"]["status"]
        == "deployed"
    )

    release.helm("rollback", release.name, "1", "--wait", "--timeout", "60s")
    assert release.get("configmap", "settings")["data"] == {"colour": "red"}
    assert release.history()[-1] == (4, "deployed")

    release.helm("uninstall", release.name, "--wait", "--timeout", "60s")
    left = release.get("deployment,service,configmap,secret,pvc,job")["items"]
    assert [each["metadata"]["name"] for each in left] == ["kube-root-ca.crt"]
    assert "not found" in release.helm("status", release.name, code=1).stderr


def test_a_bad_label_fails_the_upgrade_and_not_the_hub(release: Release):
    release.upgrade()
    failed = release.upgrade("--set", "labels.x=@@@", code=1)
    assert 'Deployment.apps "web" is invalid' in failed.stderr
    assert 'spec.template.labels: Invalid value: "@@@"' in failed.stderr
    assert release.history() == [(1, "deployed"), (2, "failed")]
    assert release.get("deployment", "web")["status"]["readyReplicas"] == 1
    release.upgrade("--set", "colour=blue")
    assert release.history()[-1] == (3, "deployed")


def test_a_field_that_somebody_else_changed_is_a_conflict(release: Release):
    release.upgrade()
    release.kubectl("patch", "deployment", "web", "--patch", '{"spec":{"replicas":2}}')
    failed = release.upgrade(code=1)
    assert (
        f"conflict occurred while applying object {release.name}/web apps/v1, Kind=Deployment: Apply failed "
        'with 1 conflict: conflict with "kubectl-patch" using apps/v1: .spec.replicas'
    ) in failed.stderr
    release.upgrade("--force-conflicts")
    assert release.get("deployment", "web")["spec"]["replicas"] == 1


def test_a_release_that_never_gets_ready_fails_in_time(release: Release):
    release.upgrade()
    nodes = release.kubectl("get", "nodes", "--output", "name").split()
    release.kubectl("cordon", *(each.removeprefix("node/") for each in nodes))
    try:
        failed = release.upgrade("--set", "colour=blue", "--no-hooks", code=1, limit="3s")
        assert f"resource Deployment/{release.name}/web not ready. status: InProgress" in failed.stderr
        assert "context deadline exceeded" in failed.stderr
        assert release.history()[-1] == (2, "failed")
    finally:
        release.kubectl("uncordon", *(each.removeprefix("node/") for each in nodes))
    release.upgrade()
    assert release.history()[-1] == (3, "deployed")


def test_the_way_of_helm_3_works_too(release: Release):
    release.upgrade("--server-side=false", "--set", "env={A,B}")
    release.upgrade("--server-side=false", "--set", "env={B}")
    container = release.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]
    assert [each["name"] for each in container["env"]] == ["COLOUR", "B"]


def test_an_interrupted_install_is_repaired_by_uninstalling(release: Release):
    release.upgrade()
    secret = f"sh.helm.release.v1.{release.name}.v1"
    release.kubectl("label", "secret", secret, "status=pending-install", "--overwrite")
    assert release.kubectl(
        "get", "secret", "--selector", "owner=helm,status=pending-install", "--output", "name"
    )
    release.helm("uninstall", release.name, "--wait", "--timeout", "60s")
    assert release.helm("list", "--output", "json").stdout.strip() == "[]"


def test_nothing_is_created_twice(release: Release):
    release.upgrade()
    release.upgrade("--set", "colour=blue")
    made = [
        each
        for each in release.cluster.requests()
        if each["code"] == 201 and f"/namespaces/{release.name}/" in each["path"] and each.get("uid")
    ]
    names = [(each["path"], each["name"]) for each in made if "/jobs" not in each["path"]]
    assert len(names) == len(set(names))
    assert {"web", "settings", "secret", "disk"} <= {name for _, name in names}


def test_custom_kinds_of_a_chart(release: Release, tmp_path: Path):
    folder = tmp_path / "custom"
    (folder / "crds").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: custom\nversion: 0.1.0\n")
    (folder / "crds" / "widgets.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: widgets.example.org}\nspec:\n  group: example.org\n  scope: Namespaced\n"
        "  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}\n"
        "  versions:\n  - {name: v1, served: true, storage: true, "
        "schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n"
    )
    (folder / "templates" / "widget.yaml").write_text(
        "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n"
    )
    release.helm("install", release.name, str(folder), "--create-namespace", "--wait", "--timeout", "30s")
    assert release.get("widgets", "one")["spec"] == {"size": 3}
    release.helm("uninstall", release.name, "--wait", "--timeout", "30s")
    assert release.get("widgets")["items"] == []


def test_the_published_chart(release: Release, real_chart: Path):
    """The real z2jh chart installs, upgrades and goes, with its image puller and its lookups."""
    install = ("--install", "--create-namespace", "--reset-values", "--wait", "--timeout", "80s")
    release.helm("upgrade", release.name, str(real_chart), *install)
    secret = release.get("secret", "hub")["data"]
    release.helm("upgrade", release.name, str(real_chart), *install, "--set", "cull.timeout=1800")
    assert (
        release.get("secret", "hub")["data"]["hub.config.JupyterHub.cookie_secret"]
        == (secret["hub.config.JupyterHub.cookie_secret"])
    )
    assert release.get("deployment", "hub")["status"]["readyReplicas"] == 1
    release.helm("uninstall", release.name, "--wait", "--timeout", "60s")
    assert release.get("pvc")["items"] == []
