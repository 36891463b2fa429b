"""What the practice chart makes: objects that fit together, as the z2jh chart makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.chart.helm import Chart, Object, Objects, containers, decoded, pod_of, workloads
from tests.chart.samples import SAMPLES, Sample
from z2jh_wizard.practice import schema as kubernetes

pytestmark = pytest.mark.helm

DEFAULT_OBJECTS = """
    ClusterRole/hub-user-scheduler ClusterRoleBinding/hub-user-scheduler
    ConfigMap/hub ConfigMap/user-scheduler Secret/hub PersistentVolumeClaim/hub-db-dir
    DaemonSet/continuous-image-puller DaemonSet/hook-image-puller Job/hook-image-awaiter
    Deployment/hub Deployment/proxy Deployment/user-scheduler StatefulSet/user-placeholder
    NetworkPolicy/hub NetworkPolicy/proxy NetworkPolicy/singleuser
    PodDisruptionBudget/user-placeholder PodDisruptionBudget/user-scheduler
    Role/hub Role/hook-image-awaiter RoleBinding/hub RoleBinding/hook-image-awaiter
    Service/hub Service/proxy-api Service/proxy-public
    ServiceAccount/hub ServiceAccount/user-scheduler ServiceAccount/continuous-image-puller
    ServiceAccount/hook-image-awaiter ServiceAccount/hook-image-puller
"""
RELEASE_IN_FRONT: Object = {"fullnameOverride": None}
DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")


def unknown_fields(schema: kubernetes.Schema, value: Any, path: str = "") -> Iterator[str]:
    """Where a value has fields that its kind does not have, or another JSON type."""
    plain = {"object": dict, "map": dict, "list": list, "string": str, "boolean": bool, "integer": int}
    expected = plain.get(schema.type)
    if value is None:
        return
    if expected and not isinstance(value, expected):
        yield f"{path}: {value!r} is no {schema.type}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if schema.known and not schema.has_field(key):
                yield f"{path}.{key}: unknown"
            else:
                yield from unknown_fields(schema.field(key), inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unknown_fields(schema.items, inner, f"{path}[{index}]")


def selects(selector: Object, labels: Object) -> bool:
    """Whether a label selector of equalities matches labels."""
    return selector.items() <= labels.items()


@pytest.fixture(scope="module", params=SAMPLES, ids=str)
def rendered(request: pytest.FixtureRequest, chart: Chart) -> Objects:
    """The objects of each sample."""
    sample: Sample = request.param
    return chart.render(sample.accepted)


def test_defaults_make_the_objects_of_the_real_chart(by_default: Objects):
    assert {f"{kind}/{name}" for kind, name in by_default} == set(DEFAULT_OBJECTS.split())


class TestAnySample:
    """What holds whatever the values are."""

    def test_fields_are_those_of_kubernetes(self, rendered: Objects):
        schemas = kubernetes.load()
        strange = [
            f"{kind}/{name}{field}"
            for (kind, name), made in rendered.items()
            for field in unknown_fields(schemas.of(made), made)
        ]
        assert strange == []

    def test_names_and_labels_are_valid(self, rendered: Objects):
        for made in rendered.values():
            assert DNS_NAME.fullmatch(made["metadata"]["name"])
            assert len(made["metadata"]["name"]) <= 63
            for value in made["metadata"]["labels"].values():
                assert LABEL_VALUE.fullmatch(value)
                assert len(value) <= 63

    def test_all_objects_carry_the_chart_s_labels(self, rendered: Objects):
        for made in rendered.values():
            labels = made["metadata"]["labels"]
            assert labels["release"] == labels["app.kubernetes.io/instance"] == "hub"
            assert labels["heritage"] == labels["app.kubernetes.io/managed-by"] == "Helm"
            assert labels["chart"] == labels["helm.sh/chart"] == "practice-hub-1.0.0"
            assert labels["app"] == labels["app.kubernetes.io/name"]
            assert labels["component"] == labels["app.kubernetes.io/component"]

    def test_workloads_select_their_own_pods_and_no_others(self, rendered: Objects):
        made = [each for each in workloads(rendered) if each["kind"] != "Job"]
        for workload in made:
            selector = workload["spec"]["selector"]["matchLabels"]
            matching = [each for each in made if selects(selector, pod_of(each)["metadata"]["labels"])]
            assert matching == [workload]

    def test_services_lead_to_a_named_port(self, rendered: Objects):
        pods = [pod_of(each) for each in workloads(rendered)]
        for (kind, name), service in rendered.items():
            if kind != "Service":
                continue
            behind = [pod for pod in pods if selects(service["spec"]["selector"], pod["metadata"]["labels"])]
            assert len(behind) == 1, name
            ports = {port.get("name") for each in containers(behind[0]) for port in each.get("ports", [])}
            extra = {"ssh", 9090}  # ports that a sample adds to a service on purpose
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports | extra, name

    def test_budgets_and_policies_select_what_there_is(self, rendered: Objects):
        labels = [pod_of(each)["metadata"]["labels"] for each in workloads(rendered)]
        user_server = {"component": "singleuser-server", "release": "hub"}
        for (kind, name), made in rendered.items():
            if kind == "PodDisruptionBudget":
                assert any(selects(made["spec"]["selector"]["matchLabels"], each) for each in labels), name
            elif kind == "NetworkPolicy":
                selector = made["spec"]["podSelector"]["matchLabels"]
                user = {**user_server, "app": selector["app"]}
                assert any(selects(selector, each) for each in (*labels, user)), name

    def test_pods_find_what_they_name(self, rendered: Objects):
        elsewhere = {  # what the samples say exists already
            ("Secret", "hub-secrets"), ("Secret", "hub-tls"), ("ConfigMap", "templates"),
            ("ServiceAccount", "default"), ("ServiceAccount", "scheduler"),
        }  # fmt: skip
        there = {*rendered, *elsewhere}
        for workload in workloads(rendered):
            spec = pod_of(workload)["spec"]
            assert ("ServiceAccount", spec.get("serviceAccountName", "default")) in there
            if "priorityClassName" in spec:
                assert ("PriorityClass", spec["priorityClassName"]) in there
            volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
            for volume in volumes.values():
                if "secret" in volume:
                    assert ("Secret", volume["secret"]["secretName"]) in there
                elif "configMap" in volume:
                    assert ("ConfigMap", volume["configMap"]["name"]) in there
                elif "persistentVolumeClaim" in volume:
                    assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in there
            for container in containers(pod_of(workload)):
                assert {mount["name"] for mount in container.get("volumeMounts", [])} <= set(volumes)
                for variable in container.get("env", []):
                    if key := variable.get("valueFrom", {}).get("secretKeyRef"):
                        assert key["key"] in rendered["Secret", key["name"]]["data"]

    def test_bindings_join_accounts_and_roles(self, rendered: Objects):
        for (kind, _), binding in rendered.items():
            if not kind.endswith("RoleBinding"):
                continue
            assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) in rendered
            for subject in binding["subjects"]:
                known = ("ServiceAccount", subject["name"]) in rendered
                assert known or subject["name"] in ("default", "scheduler")
                assert subject["namespace"] == "course"

    def test_the_hub_can_read_its_values_back(self, rendered: Objects):
        hub = next(m for (kind, name), m in rendered.items() if kind == "Secret" and name.endswith("hub"))
        values = yaml.safe_load(decoded(hub)["values.yaml"])
        assert values["Release"] == {"Name": "hub", "Namespace": "course", "Service": "Helm"}
        assert values["Chart"]["Name"] == "practice-hub"
        assert values["nameOverride"] == hub["metadata"]["labels"]["app"]  # what users' pods will carry
        assert {"hub", "proxy", "singleuser", "cull"} <= set(values)


class TestNames:
    """Names of objects."""

    @pytest.mark.parametrize(
        ("values", "release", "hub", "scheduler"),
        [
            ({}, "spring", "hub", "spring-user-scheduler"),
            ({"fullnameOverride": "bio"}, "spring", "bio-hub", "bio-user-scheduler"),
            (RELEASE_IN_FRONT, "x", "x-jupyterhub-hub", "x-jupyterhub-user-scheduler"),
            (RELEASE_IN_FRONT, "my-jupyterhub", "my-jupyterhub-hub", "my-jupyterhub-user-scheduler"),
            ({**RELEASE_IN_FRONT, "nameOverride": "bio"}, "x", "x-bio-hub", "x-bio-user-scheduler"),
        ],
    )
    def test_follow_the_overrides(self, chart: Chart, values: Object, release: str, hub: str, scheduler: str):
        objects = chart.render(values, release=release)
        assert ("Deployment", hub) in objects
        assert ("ClusterRole", scheduler) in objects

    @pytest.mark.parametrize(("override", "names"), [
        ("", {"hub-default-priority", "hub-image-puller-priority", "hub-user-placeholder-priority"}),
        ("bio", {"bio", "bio-image-puller", "bio-user-placeholder"}),
    ])  # fmt: skip
    def test_of_priorities_are_unique_in_the_cluster(self, chart: Chart, override: str, names: set[str]):
        values = {"fullnameOverride": override, "scheduling": {"podPriority": {"enabled": True}}}
        assert {name for kind, name in chart.render(values) if kind == "PriorityClass"} == names


class TestSecrets:
    """Secrets that the hub and the proxy share."""

    KEYS = (
        "hub.config.ConfigurableHTTPProxy.auth_token",
        "hub.config.JupyterHub.cookie_secret",
        "hub.config.CryptKeeper.keys",
    )

    def test_are_made_when_missing(self, chart: Chart, by_default: Objects):
        first = decoded(by_default["Secret", "hub"])
        second = decoded(chart.render({})["Secret", "hub"])
        made = [data[key] for data in (first, second) for key in self.KEYS]
        assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in made)
        assert len(set(made)) == len(made)

    def test_explicit_ones_win_and_hub_config_wins_over_the_short_way(self, chart: Chart):
        short = {"proxy": {"secretToken": "aa" * 32}, "hub": {"cookieSecret": "bb" * 32}}
        config = {
            "ConfigurableHTTPProxy": {"auth_token": "cc" * 32},
            "JupyterHub": {"cookie_secret": "dd" * 32},
            "CryptKeeper": {"keys": ["ee" * 32, "ff" * 32]},
        }
        data = decoded(chart.render(short)["Secret", "hub"])
        assert [data[key] for key in self.KEYS[:2]] == ["aa" * 32, "bb" * 32]
        data = decoded(chart.render({**short, "hub": {**short["hub"], "config": config}})["Secret", "hub"])
        assert [data[key] for key in self.KEYS] == ["cc" * 32, "dd" * 32, "ee" * 32 + ";" + "ff" * 32]

    def test_services_get_tokens_too(self, chart: Chart):
        services = {"grader": {"apiToken": "given"}, "board": {}}
        data = decoded(chart.render({"hub": {"services": services}})["Secret", "hub"])
        assert data["hub.services.grader.apiToken"] == "given"
        assert re.fullmatch("[0-9a-f]{64}", data["hub.services.board.apiToken"])


class TestSettingsReachTheirPlace:
    """Values are found again where a reader expects them."""

    def sample(self, chart: Chart, name: str) -> Objects:
        return chart.render(next(each.accepted for each in SAMPLES if each.name == name))

    def test_hub_pod(self, chart: Chart):
        pod = pod_of(self.sample(chart, "hub-pod")["Deployment", "hub"])
        hub = pod["spec"]["containers"][0]
        assert pod["metadata"]["labels"]["team"] == "science"
        assert hub["command"] == ["tini", "--"]
        assert hub["args"][-1] == "--debug"
        assert "livenessProbe" not in hub
        assert hub["readinessProbe"]["httpGet"]["path"] == "/hub/health"
        assert hub["readinessProbe"]["periodSeconds"] == 5
        assert [each["name"] for each in pod["spec"]["containers"]] == ["hub", "tail"]
        assert pod["spec"]["hostAliases"][0]["ip"] == "192.0.2.5"

    def test_hub_files_and_variables(self, chart: Chart):
        objects = self.sample(chart, "hub-code")
        secret, pod = objects["Secret", "hub"], pod_of(objects["Deployment", "hub"])
        assert yaml.safe_load(secret["stringData"]["menu.yaml"]) == {"monday": "soup"}
        assert secret["stringData"]["menu.json"] == '{"monday":"soup"}'
        assert secret["stringData"]["menu.toml"] == 'monday = "soup"\n'
        assert secret["data"]["logo.png"] == "iVBORw0KGgo="
        mounts = {mount["mountPath"]: mount for mount in pod["spec"]["containers"][0]["volumeMounts"]}
        assert mounts["/etc/course/hello.txt"]["subPath"] == "hello.txt"
        files = next(volume for volume in pod["spec"]["volumes"] if volume["name"] == "files")
        assert {"key": "menu.yaml", "path": "menu.yaml", "mode": 0o644} in files["secret"]["items"]
        variables = {each["name"]: each for each in pod["spec"]["containers"][0]["env"]}
        assert variables["COURSE"]["value"] == "bio101"
        assert variables["OTHER_NAME"]["value"] == "late"
        assert variables["NODE"]["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}

    @pytest.mark.parametrize(
        ("database", "upgrades"),
        [
            ({}, True),
            ({"upgrade": False}, False),
            ({"type": "postgres"}, False),
            ({"type": "postgres", "upgrade": True}, True),
        ],
    )
    def test_database_upgrade(self, chart: Chart, database: Object, upgrades: bool):
        objects = chart.render({"hub": {"db": database}})
        arguments = pod_of(objects["Deployment", "hub"])["spec"]["containers"][0]["args"]
        assert ("--upgrade-db" in arguments) is upgrades
        assert (("PersistentVolumeClaim", "hub-db-dir") in objects) is ("type" not in database)

    @pytest.mark.parametrize(
        ("sample", "ports", "component"),
        [
            ("naming", {"http": "http"}, "proxy"),
            ("https-letsencrypt", {"https": "https", "http": "http"}, "autohttps"),
            ("https-manual", {"https": "https", "http": "http"}, "proxy"),
            ("https-secret", {"https": "https", "http": "http"}, "proxy"),
            ("https-offload", {"https": "http"}, "proxy"),
        ],
    )
    def test_https(self, chart: Chart, sample: str, ports: Object, component: str):
        objects = self.sample(chart, sample)
        public = next(made for (_, name), made in objects.items() if name.endswith("proxy-public"))
        assert {port["name"]: port["targetPort"] for port in public["spec"]["ports"]} == ports
        assert public["spec"]["selector"]["component"] == component

    def test_certificates(self, chart: Chart):
        own = pod_of(self.sample(chart, "https-manual")["Deployment", "proxy"])["spec"]
        assert own["volumes"][0]["secret"]["secretName"] == "proxy-public-manual-tls"
        assert "--ssl-key=/etc/chp/tls/tls.key" in own["containers"][0]["command"]
        given = pod_of(self.sample(chart, "https-secret")["Deployment", "proxy"])["spec"]
        assert given["volumes"][0]["secret"]["secretName"] == "hub-tls"
        assert "--ssl-cert=/etc/chp/tls/fullchain.pem" in given["containers"][0]["command"]
        assert given["containers"][0]["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"

    def test_traefik(self, chart: Chart):
        files = self.sample(chart, "https-letsencrypt")["ConfigMap", "autohttps"]["data"]
        static, dynamic = (yaml.safe_load(files[name]) for name in ("traefik.yaml", "dynamic.yaml"))
        assert static["certificatesResolvers"]["default"]["acme"]["email"] == "ada@example.edu"
        assert static["log"]["level"] == "INFO"  # the user's own setting wins
        router = dynamic["http"]["routers"]["default"]
        assert [each["main"] for each in router["tls"]["domains"]] == ["hub.example.edu", "www.example.edu"]
        assert router["priority"] == 5
        assert dynamic["http"]["middlewares"]["hsts"]["headers"]["stsSeconds"] == 31536000

    def test_pulled_images(self, chart: Chart):
        objects = self.sample(chart, "profiles")
        for puller in ("hook-image-puller", "continuous-image-puller"):
            pulled = pod_of(objects["DaemonSet", puller])["spec"]["initContainers"]
            assert {"rocker/binder:4", "jupyter/scipy-notebook:2023", "rocker/shiny:4"} <= {
                each["image"] for each in pulled
            }
            assert all(each["command"][-1] == "echo pulled" for each in pulled)

    def test_placeholders_are_as_large_as_users(self, chart: Chart):
        objects = self.sample(chart, "servers")
        placeholder = pod_of(objects["StatefulSet", "user-placeholder"])["spec"]["containers"][0]
        assert placeholder["resources"] == {
            "requests": {"cpu": 0.5, "memory": "1G", "nvidia.com/gpu": "1"},
            "limits": {"cpu": 2, "memory": "2G", "nvidia.com/gpu": "1"},
        }

    def test_placement(self, chart: Chart):
        objects = self.sample(chart, "placement")
        hub, user = (
            pod_of(objects[kind, name])["spec"]["affinity"]
            for kind, name in (("Deployment", "hub"), ("StatefulSet", "user-placeholder"))
        )
        required = "requiredDuringSchedulingIgnoredDuringExecution"
        assert len(hub["nodeAffinity"][required]["nodeSelectorTerms"]) == 1
        assert len(user["nodeAffinity"][required]["nodeSelectorTerms"]) == 2
        assert user["podAntiAffinity"][required][0]["topologyKey"] == "zone"

    def test_pull_secrets(self, chart: Chart):
        objects = self.sample(chart, "registry")
        names = [each["name"] for each in pod_of(objects["Deployment", "hub"])["spec"]["imagePullSecrets"]]
        assert names == ["hub-only", "elsewhere", "and-there", "image-pull-secret"]
        stored = yaml.safe_load(decoded(objects["Secret", "image-pull-secret"])[".dockerconfigjson"])
        assert stored["auths"]["registry.example.edu"]["username"] == "robot"

    def test_user_network_policy_keeps_private_addresses_closed(self, by_default: Objects):
        egress = by_default["NetworkPolicy", "singleuser"]["spec"]["egress"]
        open_to = [
            rule["to"][0]["ipBlock"] for rule in egress if "ports" not in rule and "ipBlock" in rule["to"][0]
        ]
        assert len(open_to) == 1
        assert {"10.0.0.0/8", "169.254.169.254/32"} <= set(open_to[0]["except"])

    def test_a_changed_setting_restarts_the_hub_and_not_the_proxy(self, chart: Chart, by_default: Objects):
        changed = chart.render({"cull": {"timeout": 60}})
        templates = {
            name: [pod_of(objects["Deployment", name]) for objects in (by_default, changed)]
            for name in ("hub", "proxy")
        }
        assert templates["hub"][0] != templates["hub"][1]
        assert templates["proxy"][0] == templates["proxy"][1]

    def test_what_runs_before_an_installation_is_gone_after_it(self, by_default: Objects):
        hooks = {
            key: made["metadata"]["annotations"]
            for key, made in by_default.items()
            if "helm.sh/hook" in made["metadata"].get("annotations", {})
        }
        assert {name for _, name in hooks} == {"hook-image-puller", "hook-image-awaiter"}
        assert {each["helm.sh/hook"] for each in hooks.values()} == {"pre-install,pre-upgrade"}
        assert all("hook-succeeded" in each["helm.sh/hook-delete-policy"] for each in hooks.values())
        weight = {key: int(each["helm.sh/hook-weight"]) for key, each in hooks.items()}
        assert weight["DaemonSet", "hook-image-puller"] < weight["Role", "hook-image-awaiter"]
        assert weight["Role", "hook-image-awaiter"] < weight["Job", "hook-image-awaiter"]
