from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.practice.simulation import VALUES, Simulation, install_hub, phase
from z2jh_wizard.practice import faults, hub_database
from z2jh_wizard.practice.homework import files_of
from z2jh_wizard.practice.hub_values import authenticator_of, config_sections, hub_values
from z2jh_wizard.practice.meta import is_ready, labels_of, node_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    SECRETS,
)
from z2jh_wizard.practice.roster import FIRST_NAMES, students
from z2jh_wizard.practice.slugs import escaped, label_slug, safe_slug
from z2jh_wizard.practice.spawner import DEFAULT_IMAGE, Spawner
from z2jh_wizard.practice.status import ApiError


@pytest.fixture
def hub(tmp_path: Path) -> Simulation:
    simulation = Simulation(tmp_path).boot()
    install_hub(simulation)
    return simulation


def servers(lab: Simulation) -> list[str]:
    return sorted(p["metadata"]["name"] for p in lab.pods("jhub", component="singleuser-server"))


def hub_pod(lab: Simulation) -> Object:
    (found,) = lab.pods("jhub", component="hub")
    return found


def hub_log(lab: Simulation) -> str:
    return "\n".join(line.text for line in lab.world.pod_log(hub_pod(lab), "hub"))


def proxy_log(lab: Simulation) -> str:
    (found,) = lab.pods("jhub", component="proxy")
    return "\n".join(line.text for line in lab.world.pod_log(found, "chp"))


def database(lab: Simulation) -> Path:
    bound = lab.get(PERSISTENT_VOLUME_CLAIMS, "hub-db-dir", "jhub")
    return lab.world.cluster.volumes.path(bound["spec"]["volumeName"]) / hub_database.FILE


# The class


def test_students_arrive_one_after_the_other_and_get_their_servers(hub: Simulation):
    reply = hub.control("students", count=6)
    assert reply["students"] == 6
    hub.wait(1)
    assert 0 < len(servers(hub)) < 6
    hub.settle()
    assert servers(hub) == sorted(f"jupyter-{name}" for name in FIRST_NAMES[:6])
    assert hub.control("status")["students"]["phases"]["working"] == 6
    log = hub_log(hub)
    assert "User logged in: ada" in log
    assert "Attempting to create pvc claim-ada, with timeout 3" in log
    assert "User ada took" in log
    assert "Route added /user/ada -> http://10.244." in proxy_log(hub)
    assert sorted(hub_database.users_of(database(hub))) == sorted(FIRST_NAMES[:6])


def test_some_students_leave_files(hub: Simulation):
    hub.control("students", count=10)
    hub.settle()
    found = [p for p in hub.world.cluster.volumes.root.rglob("*") if p.suffix in (".ipynb", ".csv")]
    assert {p.suffix for p in found} == {".ipynb", ".csv"}
    for notebook in (p for p in found if p.suffix == ".ipynb"):
        assert json.loads(notebook.read_bytes())["nbformat"] == 4
        assert notebook.stat().st_mode & 0o077 == 0


def test_fewer_students_means_fewer_servers_and_the_same_homes(hub: Simulation):
    hub.control("students", count=4)
    hub.settle()
    hub.control("students", count=1)
    hub.settle()
    assert servers(hub) == ["jupyter-ada"]
    claims = [c["metadata"]["name"] for c in hub.store.list(PERSISTENT_VOLUME_CLAIMS, "jhub")]
    assert len(claims) == 5
    assert "Culling server anh" in hub_log(hub)
    assert "Removing route /user/anh" in proxy_log(hub)
    hub.control("students", count=2)
    hub.settle()
    assert servers(hub) == ["jupyter-ada", "jupyter-amara"]
    assert hub.control("status")["students"]["present"] == 2


def test_nobody_signs_in_without_a_hub(tmp_path: Path):
    lab = Simulation(tmp_path).boot()
    with pytest.raises(ApiError, match="no hub in the practice cluster yet") as caught:
        lab.control("students", count=3)
    assert caught.value.code == 409
    assert lab.control("students", count=0)["students"] == 0


def test_nobody_signs_in_while_the_proxy_is_down(hub: Simulation):
    (found,) = hub.pods("jhub", component="proxy")
    hub.store.delete(PODS, found)
    hub.wait(0.1)
    with pytest.raises(ApiError, match="The proxy pod in namespace jhub is not ready"):
        hub.control("students", count=3)


@pytest.mark.parametrize("count", [-1, 2001])
def test_a_class_has_a_size(hub: Simulation, count: int):
    with pytest.raises(ValueError, match="0 to 2000"):
        hub.control("students", count=count)


def test_students_who_wait_come_in_when_the_hub_is_back(hub: Simulation):
    hub.control("students", count=8)
    hub.wait(1)
    hub.store.delete(PODS, hub_pod(hub))
    hub.settle()
    assert len(servers(hub)) == 8
    assert hub.control("status")["students"]["phases"]["working"] == 8


def test_a_server_that_died_is_started_again(hub: Simulation):
    hub.control("students", count=2)
    hub.settle()
    hub.store.delete(PODS, hub.pod("jupyter-ada", "jhub"))
    hub.wait(3)
    assert servers(hub) == ["jupyter-amara"]
    hub.settle()
    assert servers(hub) == ["jupyter-ada", "jupyter-amara"]


def test_people_whose_server_cannot_start_are_told_and_try_again(hub: Simulation):
    hub.control("fault", name=faults.QUOTA_EXCEEDED)
    hub.settle()
    hub.control("students", count=1)
    hub.wait(10)
    assert servers(hub) == []
    assert "Unhandled error starting ada's server: (403)" in hub_log(hub)
    assert "exceeded quota: practice-quota" in hub_log(hub)
    hub.control("clear")
    hub.wait(90)
    assert servers(hub) == ["jupyter-ada"]


def test_a_server_that_takes_too_long_is_given_up(tmp_path: Path):
    lab = Simulation(tmp_path).boot()
    install_hub(lab, with_values(startTimeout=60, cpu={"guarantee": 64}))
    lab.control("students", count=1)
    lab.wait(40)
    assert servers(lab) == ["jupyter-ada"]
    lab.wait(25)
    assert servers(lab) == []
    assert "Timeout: server did not start in 60 seconds" in hub_log(lab)
    lab.wait(60)
    assert servers(lab) == ["jupyter-ada"]


def test_people_go_home_when_the_hub_is_uninstalled(hub: Simulation):
    hub.control("students", count=2)
    hub.settle()
    hub.store.delete(NAMESPACES, hub.get(NAMESPACES, "jhub", ""))
    hub.wait(60)
    assert hub.control("status")["students"] == {
        "wanted": 0,
        "present": 0,
        "phases": dict.fromkeys(("arrived", "spawning", "working", "gone-wrong", "leaving"), 0),
    }


def test_a_drained_node_sends_its_people_to_another(hub: Simulation):
    hub.control("students", count=4)
    hub.settle()
    hub.control("resize", pool="user", count=1)
    hub.settle()
    assert len(servers(hub)) == 4
    (left,) = hub.nodes("user")
    assert {node_of(p) for p in hub.pods("jhub", component="singleuser-server")} == {left}
    assert len(hub.store.list(NODES)) == 2


def test_a_large_class_is_packed_within_the_limits_of_its_nodes(hub: Simulation):
    hub.control("resize", pool="user", count=10)
    hub.settle()
    hub.control("students", count=120)
    hub.settle()
    assert len(hub.ready("jhub", component="singleuser-server")) == 120
    on_node = [node_of(p) for p in hub.pods("jhub", component="singleuser-server")]
    assert max(on_node.count(node) for node in set(on_node)) <= 13


def test_names_are_many_and_different():
    first = list(islice(students(), 150))
    assert len(set(first)) == 150
    assert len(FIRST_NAMES) == 60
    assert first[60] == "ada2"


def test_homework_is_the_same_every_time():
    assert files_of("ada") == files_of("ada")
    assert any(name.endswith(".ipynb") for name in files_of("grace"))


# The database


def test_the_database_has_the_hubs_tables(tmp_path: Path):
    path = hub_database.ensure(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert hub_database.ensure(tmp_path) == path
    with closing(sqlite3.connect(path)) as opened:
        names = {name for (name,) in opened.execute("select name from sqlite_master where type = 'table'")}
    assert {"users", "servers", "spawners", "groups", "alembic_version"} <= names


# Names


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ada", "ada"),
        ("jean-luc", "jean-luc"),
        ("Ada", "ada---e8d4a2a8"),
        ("a--b", "a-b---"),
        ("9lives", "x-9lives---"),
        ("...", "x---"),
        ("mary.ann@example.org", "mary-ann-example-org---"),
    ],
)
def test_safe_slugs(name: str, slug: str):
    made = safe_slug(name)
    assert made.startswith(slug.rstrip("0123456789abcdef") if "---" in slug else slug)
    assert len(made) <= 48
    assert made == safe_slug(name)


def test_long_names_are_cut_and_told_apart():
    one, two = safe_slug("x" * 60 + "1"), safe_slug("x" * 60 + "2")
    assert one != two
    assert len(one) == 48


def test_labels_may_keep_more():
    assert label_slug("mary.ann") == "mary.ann"
    assert label_slug("mary@ann").startswith("mary-ann---")
    assert escaped("mary.ann") == "mary-2eann"


# The spawner


def with_values(**singleuser: Any) -> dict[str, Any]:
    return {**VALUES, "singleuser": {**VALUES["singleuser"], **singleuser}}


def spawner(values: dict[str, Any] | None = None) -> Spawner:
    names = {"user-scheduler": "jhub-user-scheduler", "priority": "jhub-default-priority"}
    return Spawner("jhub", VALUES if values is None else values, names)


def test_a_pod_and_its_claim_carry_the_labels_that_belong_to_people():
    made = spawner().pod("ada")
    assert made["metadata"]["name"] == "jupyter-ada"
    assert labels_of(made)["component"] == "singleuser-server"
    assert labels_of(made)["hub.jupyter.org/username"] == "ada"
    assert labels_of(made)["helm.sh/chart"] == "jupyterhub-4.4.0"
    assert made["spec"]["restartPolicy"] == "OnFailure"
    home = spawner().claim("ada")
    assert home["metadata"]["name"] == "claim-ada"
    assert labels_of(home)["component"] == "singleuser-storage"
    assert labels_of(home)["app"] == "jupyterhub"
    assert labels_of(home)["heritage"] == "jupyterhub"
    assert home["spec"]["resources"]["requests"] == {"storage": "10Gi"}
    assert "storageClassName" not in home["spec"]
    (volume,) = made["spec"]["volumes"]
    assert volume["persistentVolumeClaim"] == {"claimName": "claim-ada"}


def test_without_values_the_charts_defaults_are_used():
    made = spawner({}).pod("ada")
    container = made["spec"]["containers"][0]
    assert container["image"] == DEFAULT_IMAGE
    assert container["resources"]["requests"] == {"memory": str(1 << 30)}
    assert "schedulerName" not in made["spec"]


def test_resources_are_written_as_kubespawner_writes_them():
    values = with_values(memory={"guarantee": "512M", "limit": 2**31}, cpu={"guarantee": 0.5, "limit": 2})
    found = spawner(values).pod("ada")["spec"]["containers"][0]["resources"]
    assert found == {
        "requests": {"cpu": "500m", "memory": str(512 << 20)},
        "limits": {"cpu": "2", "memory": str(2**31)},
    }


def test_extra_resources_environment_and_labels():
    values = with_values(
        extraResource={"limits": {"nvidia.com/gpu": "1"}},
        extraEnv={"COURSE": "bio101", "KEY": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}},
        extraLabels={"course": "{username}"},
        extraAnnotations={"a": "b"},
        extraPodConfig={"termination_grace_period_seconds": 5},
        serviceAccountName="people",
        cmd=None,
    )
    made = spawner(values).pod("ada")
    container = made["spec"]["containers"][0]
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    assert {"name": "COURSE", "value": "bio101"} in container["env"]
    assert container["args"] == ["jupyterhub-singleuser"]
    assert labels_of(made)["course"] == "ada"
    assert made["metadata"]["annotations"]["a"] == "b"
    assert made["spec"]["terminationGracePeriodSeconds"] == 5
    assert made["spec"]["serviceAccountName"] == "people"


def test_scheduling_follows_the_values():
    values = with_values(
        nodeSelector={"gpu": "yes"},
        extraTolerations=[{"key": "gpu", "operator": "Exists"}],
        extraNodeAffinity={"required": [{"matchExpressions": []}], "preferred": []},
        cloudMetadata={"blockWithIptables": True, "ip": "169.254.169.254"},
    )
    values["scheduling"] = {
        "userScheduler": {"enabled": True},
        "podPriority": {"enabled": True},
        "userPods": {"nodeAffinity": {"matchNodePurpose": "require"}, "tolerations": []},
    }
    spec = spawner(values).pod("ada")["spec"]
    assert spec["schedulerName"] == "jhub-user-scheduler"
    assert spec["priorityClassName"] == "jhub-default-priority"
    assert spec["nodeSelector"] == {"gpu": "yes"}
    assert spec["tolerations"] == [{"key": "gpu", "operator": "Exists"}]
    required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert len(required["nodeSelectorTerms"]) == 2
    assert spec["initContainers"][0]["name"] == "block-cloud-metadata"


def test_the_default_profile_decides():
    profiles = [
        {"display_name": "small", "kubespawner_override": {"mem_guarantee": "1G"}},
        {
            "display_name": "large",
            "default": True,
            "kubespawner_override": {"mem_guarantee": "4G", "image": "big:1"},
        },
    ]
    container = spawner(with_values(profileList=profiles)).pod("ada")["spec"]["containers"][0]
    assert container["image"] == "big:1"
    assert container["resources"]["requests"]["memory"] == str(4 << 30)


def test_storage_can_be_static_or_none_or_more():
    static = {"type": "static", "static": {"pvcName": "shared"}, "homeMountPath": "/home/jovyan"}
    made = spawner(with_values(storage=static))
    assert made.claim_name("ada") == ""
    assert made.pod("ada")["spec"]["containers"][0]["volumeMounts"] == [
        {"name": "home", "mountPath": "/home/jovyan", "subPath": "ada"}
    ]
    nothing = spawner(with_values(storage={"type": "none"})).pod("ada")
    assert nothing["spec"]["volumes"] == []
    extra = {
        "type": "none",
        "extraVolumes": [{"name": "course", "persistentVolumeClaim": {"claimName": "course-{username}"}}],
        "extraVolumeMounts": {"a": {"name": "course", "mountPath": "/course"}},
    }
    more = spawner(with_values(storage=extra, extraFiles={"motd": {"mountPath": "/etc/motd"}})).pod("ada")[
        "spec"
    ]
    assert [v["name"] for v in more["volumes"]] == ["files", "course"]
    assert more["volumes"][1]["persistentVolumeClaim"]["claimName"] == "course-ada"
    assert [m["mountPath"] for m in more["containers"][0]["volumeMounts"]] == ["/etc/motd", "/course"]


def test_names_follow_their_templates():
    dynamic = {"pvcNameTemplate": "home-{escaped_username}", "storageClass": "fast", "subPath": "{username}"}
    made = spawner(
        with_values(podNameTemplate="nb-{username}", storage={"type": "dynamic", "dynamic": dynamic})
    )
    assert made.pod_name("mary.ann").startswith("nb-mary-ann---")
    assert made.claim_name("mary.ann") == "home-mary-2eann"
    assert made.claim("ada")["spec"]["storageClassName"] == "fast"
    assert made.home_folder("ada") == "ada"


# Values in the cluster


def test_values_are_read_from_where_the_hub_reads_them(hub: Simulation):
    assert hub_values(hub.store, "jhub")["Release"]["Name"] == "jhub"
    assert config_sections(hub.store, "jhub") == ["JupyterHub"]
    assert authenticator_of(hub.store, "jhub") == "jupyterhub.auth.DummyAuthenticator-5.5.0"
    assert hub_values(hub.store, "lab") == {}


def test_older_charts_keep_them_in_a_config_map(hub: Simulation):
    text = "hub: {config: {JupyterHub: {authenticator_class: github}}}"
    hub.put(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "hub-config"},
            "data": {"values.yaml": text},
        }
    )
    assert authenticator_of(hub.store, "lab") == "oauthenticator.github.GitHubOAuthenticator-17.4.0"


@pytest.mark.parametrize("data", ["%%%", "eyB7", "LSAx", "/w=="])
def test_broken_values_count_as_none(hub: Simulation, data: str):
    found = hub.get(SECRETS, "hub", "jhub")
    hub.store.change(SECRETS, found, lambda obj: obj.update(data={"values.yaml": data}))
    assert hub_values(hub.store, "jhub") == {}
    hub.control("students", count=1)
    hub.settle()
    assert is_ready(hub.pod("jupyter-ada", "jhub"))
    assert phase(hub.get(PERSISTENT_VOLUME_CLAIMS, "claim-ada", "jhub")) == "Bound"
    assert hub.store.get(CONFIG_MAPS, "jhub", "hub") is not None
    assert hub.store.get(DEPLOYMENTS, "jhub", "hub") is not None
