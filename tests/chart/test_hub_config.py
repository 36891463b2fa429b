"""jupyterhub_config.py of the practice chart, run as the hub would run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.helm import CHART, Chart, Object, decoded
from tests.chart.samples import SAMPLES

pytestmark = pytest.mark.helm

RUNNER = '''
import collections, json, runpy, sys

class Section(dict):
    """A section of a configuration: traits are attributes and items, as in traitlets."""
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__

class Config(collections.defaultdict):
    """Sections that appear when they are named."""
    def __init__(self): super().__init__(Section)
    def __getattr__(self, name): return self[name]

config = Config()
runpy.run_path(sys.argv[1], init_globals={"get_config": lambda: config})
json.dump({name: dict(section) for name, section in config.items()}, open(sys.argv[2], "w"))
'''


class HubConfig:
    """The files of a hub's pod in a folder, and what its configuration says."""

    def __init__(self, chart: Chart, folder: Path) -> None:
        self.chart, self.folder = chart, folder

    def load(self, values: Object) -> dict[str, Any]:
        objects = self.chart.render(values)
        secret = next(m for (kind, name), m in objects.items() if kind == "Secret" and name.endswith("hub"))
        names = next(m for (kind, name), m in objects.items() if kind == "ConfigMap" and name.endswith("hub"))
        for folder, data in (("secret", decoded(secret)), ("config", names["data"])):
            (self.folder / folder).mkdir(exist_ok=True)
            for name, text in data.items():
                (self.folder / folder / name).write_text(text)
        (self.folder / "run.py").write_text(RUNNER)
        result = self.folder / "result.json"
        environment = {"Z2JH_CONFIG_DIR": str(self.folder), "POD_NAMESPACE": "course"}
        for service in ("hub", "proxy-api"):
            variable = names["data"][service].upper().replace("-", "_")
            environment[f"{variable}_SERVICE_PORT"] = "8081" if service == "hub" else "8001"
        main = self.folder / "config" / "jupyterhub_config.py"
        program = [sys.executable, str(self.folder / "run.py"), str(main), str(result)]
        subprocess.run(program, check=True, env=environment, timeout=60, capture_output=True)
        found: dict[str, Any] = yaml.safe_load(result.read_text())
        return found

    def sample(self, name: str) -> dict[str, Any]:
        return self.load(next(each.accepted for each in SAMPLES if each.name == name))


@pytest.fixture
def hub(chart: Chart, tmp_path: Path) -> HubConfig:
    """A hub's pod."""
    return HubConfig(chart, tmp_path)


def test_defaults(hub: HubConfig):
    config = hub.load({})
    assert config["JupyterHub"]["authenticator_class"] == "dummy"
    assert config["JupyterHub"]["db_url"] == "sqlite:///jupyterhub.sqlite"
    assert config["JupyterHub"]["hub_connect_url"] == "http://hub:8081"
    assert config["ConfigurableHTTPProxy"]["api_url"] == "http://proxy-api:8001"
    spawner = config["KubeSpawner"]
    assert spawner["image"] == "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0"
    assert spawner["common_labels"]["app"] == "jupyterhub"
    assert spawner["volumes"][0]["persistentVolumeClaim"]["claimName"] == "{pvc_name}"
    assert spawner["volume_mounts"][0]["mountPath"] == "/home/jovyan"
    assert spawner["scheduler_name"] == "hub-user-scheduler"
    assert spawner["init_containers"][-1]["name"] == "block-cloud-metadata"
    assert spawner["init_containers"][-1]["command"][-1] == "169.254.169.254"
    assert spawner["node_affinity_preferred"][0]["weight"] == 100
    assert len(spawner["tolerations"]) == 2


def test_servers_of_users(hub: HubConfig):
    spawner = hub.sample("servers")["KubeSpawner"]
    assert spawner["cpu_limit"] == 2
    assert spawner["mem_guarantee"] == "1G"
    assert spawner["environment"] == {"COURSE": "bio101"}
    assert spawner["extra_resource_limits"] == {"nvidia.com/gpu": "1"}
    assert spawner["default_url"] == "/lab"
    assert spawner["image_pull_secrets"] == ["users-only"]
    mounts = {mount["mountPath"]: mount for mount in spawner["volume_mounts"]}
    assert mounts["/etc/motd"] == {"name": "files", "mountPath": "/etc/motd", "subPath": "motd"}


def test_shared_volume(hub: HubConfig):
    spawner = hub.sample("storage-static")["KubeSpawner"]
    assert [volume["name"] for volume in spawner["volumes"]] == ["home", "shared"]
    assert spawner["volume_mounts"][0]["subPath"] == "home/{escaped_username}"


def test_no_volume(hub: HubConfig):
    config = hub.sample("everything-off")
    assert config["KubeSpawner"]["volumes"] == []
    assert config["JupyterHub"]["services"] == []
    assert config["JupyterHub"]["db_url"] == "sqlite://"


def test_node_purpose_can_be_required(hub: HubConfig):
    spawner = hub.sample("placement")["KubeSpawner"]
    assert len(spawner["node_affinity_required"]) == 2
    assert len(spawner["pod_anti_affinity_preferred"]) == 1


def test_sections_of_hub_config_are_passed_on(hub: HubConfig):
    config = hub.sample("sign-in-github")
    assert config["JupyterHub"]["authenticator_class"] == "github"
    assert config["GitHubOAuthenticator"]["allowed_organizations"] == ["bio101"]
    assert config["Authenticator"]["admin_users"] == ["ada"]
    assert config["CryptKeeper"]["keys"] == ["0123456789abcdef" * 4]


def test_extra_code_runs_last_in_the_order_of_its_names(hub: HubConfig):
    code = {
        "20-then": "c.JupyterHub.marks = c.JupyterHub.marks + ['b']",
        "10-first": "c.JupyterHub.marks = ['a']",
        "30-last": "import z2jh; c.JupyterHub.course = z2jh.get_config('custom.course')",
    }
    config = hub.load({"custom": {"course": "bio101"}, "hub": {"extraConfig": code}})
    assert config["JupyterHub"]["marks"] == ["a", "b"]
    assert config["JupyterHub"]["course"] == "bio101"


def test_culling(hub: HubConfig):
    config = hub.sample("culling")["JupyterHub"]
    culler = config["services"][0]["command"]
    assert "--timeout=1800" in culler
    assert {"--cull-users", "--cull-admin-users=false", "--remove-named-servers", "--max-age=43200"} <= set(
        culler
    )
    assert "admin:users" in config["load_roles"][0]["scopes"]


def test_services_and_roles(hub: HubConfig):
    config = hub.sample("hub-settings")["JupyterHub"]
    board = next(service for service in config["services"] if service["name"] == "board")
    assert len(board["api_token"]) == 64
    assert board["command"] == ["python3", "-m", "board"]
    assert {"name": "teacher", "scopes": ["list:users"], "groups": ["teachers"]} in config["load_roles"]
    assert config["base_url"] == "/bio101/"
    assert config["template_vars"] == {"announcement": "Exam on Friday"}


def test_the_secret_of_the_user_wins(hub: HubConfig):
    (hub.folder / "existing-secret").mkdir()
    (hub.folder / "existing-secret" / "hub.config.JupyterHub.cookie_secret").write_text("from the user")
    (hub.folder / "existing-secret" / "values.yaml").write_text("singleuser: {defaultUrl: /tree}")
    config = hub.load({"hub": {"existingSecret": "mine"}})
    assert config["JupyterHub"]["cookie_secret"] == "from the user"
    assert config["KubeSpawner"]["default_url"] == "/tree"


def test_the_files_are_python_for_the_hub():
    for path in (CHART / "files" / "hub").glob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
