"""Recognising Tiller."""

import copy
from typing import Any

import pytest

from z2jh_wizard.helm import tiller

# As helm init 2.16.1 makes it, shortened.
DEPLOYMENT = {
    "metadata": {
        "name": "tiller-deploy",
        "namespace": "kube-system",
        "labels": {"app": "helm", "name": "tiller"},
    },
    "spec": {
        "template": {
            "spec": {
                "serviceAccountName": "tiller",
                "containers": [{"name": "tiller", "image": "gcr.io/kubernetes-helm/tiller:v2.16.1"}],
            }
        }
    },
}
HUB = {"metadata": {"name": "hub", "labels": {"app": "jupyterhub"}}, "spec": {}}


def listening(*command: str, **container: object) -> dict[str, Any]:
    deployment: dict[str, Any] = copy.deepcopy(DEPLOYMENT)
    spec = deployment["spec"]["template"]["spec"]
    spec["containers"][0].update({"command": list(command), **container})
    return deployment


def test_finds_tiller_among_others():
    (found,) = tiller.find([HUB, DEPLOYMENT, {}])
    assert found == tiller.Tiller("kube-system", "tiller-deploy", "2.16.1", ":44134", "tiller")
    assert found.open_to_the_cluster
    assert "Tiller 2.16.1 runs in the namespace kube-system" in found.describe()
    assert "every pod" in found.describe()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (["/tiller", "--listen=localhost:44134"], []),
        (["/tiller", "--listen", "127.0.0.1:44134"], []),
        (["/tiller"], ["-listen=localhost:44134"]),
    ],
)
def test_a_tiller_that_listens_to_helm_alone_is_no_danger(command, arguments):
    (found,) = tiller.find([listening(*command, args=arguments)])
    assert not found.open_to_the_cluster
    assert "every pod" not in found.describe()


@pytest.mark.parametrize("address", ["0.0.0.0:44134", ":44134", "10.0.0.1:44134"])
def test_any_other_address_is_open(address):
    (found,) = tiller.find([listening("/tiller", f"--listen={address}")])
    assert found.open_to_the_cluster
    assert address in found.describe()


def test_a_renamed_tiller_is_known_by_its_image():
    deployment = {
        "metadata": {"name": "old-helm", "namespace": "jhub"},
        "spec": {"template": {"spec": {"containers": [
            {"image": "proxy:1"}, {"image": "registry:5000/tiller:v2.8.1@sha256:12"},
        ]}}},
    }  # fmt: skip
    (found,) = tiller.find([deployment])
    assert (found.name, found.namespace, found.version) == ("old-helm", "jhub", "2.8.1")


def test_an_unknown_version_is_said():
    (found,) = tiller.find([{"metadata": {"name": "tiller-deploy"}}])
    assert "unknown version" in found.describe()


def test_it_is_secured_as_the_guide_did():
    (found,) = tiller.find([DEPLOYMENT])
    (command,) = tiller.secure_commands(found)
    assert command.argv[:3] == ("kubectl", "patch", "deployment")
    assert '"--listen=localhost:44134"' in str(command.argv[-1])


def test_a_release_is_handed_over_before_it_is_removed():
    (found,) = tiller.find([DEPLOYMENT])
    lines = [command.shell() for command in tiller.migration_commands("bio101", found)]
    assert "helm 2to3 convert bio101 --tiller-ns kube-system --dry-run" in lines[1]
    assert lines[2] == "helm 2to3 convert bio101 --tiller-ns kube-system"


def test_removal_takes_the_rights_away_and_leaves_shared_accounts():
    (found,) = tiller.find([DEPLOYMENT])
    lines = [command.shell() for command in tiller.removal_commands(found)]
    assert lines[0].startswith("kubectl get configmaps")
    assert "kubectl delete clusterrolebinding tiller --ignore-not-found" in lines
    assert "kubectl delete serviceaccount tiller --namespace kube-system --ignore-not-found" in lines
    shared = tiller.Tiller("kube-system", "tiller-deploy", "2.8.1", ":44134", "default")
    assert not any("serviceaccount" in command.shell() for command in tiller.removal_commands(shared))
