"""Which resource a path names."""

import pytest

from z2jh_wizard.practice.resources import DEPLOYMENTS, NAMESPACES, NODES, PODS, Catalogue
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.target import Target, find_target


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("api/v1/pods", Target(PODS)),
        ("api/v1/namespaces/hub/pods", Target(PODS, "hub")),
        ("api/v1/namespaces/hub/pods/web", Target(PODS, "hub", "web")),
        ("api/v1/namespaces/hub/pods/web/log", Target(PODS, "hub", "web", "log")),
        ("api/v1/namespaces", Target(NAMESPACES)),
        ("api/v1/namespaces/hub", Target(NAMESPACES, "", "hub")),
        ("api/v1/namespaces/hub/finalize", Target(NAMESPACES, "", "hub", "finalize")),
        ("api/v1/nodes/n1/status", Target(NODES, "", "n1", "status")),
        ("apis/apps/v1/namespaces/hub/deployments/web/scale", Target(DEPLOYMENTS, "hub", "web", "scale")),
        ("apis/apps/v1/deployments", Target(DEPLOYMENTS)),
    ],
)
def test_paths(path: str, target: Target):
    found = find_target(path.split("/"), Catalogue())
    assert found == target
    assert found.is_collection is (not target.name)


@pytest.mark.parametrize(
    "path",
    [
        "api/v1/widgets",
        "api/v2/pods",
        "apis/apps/v1beta1/deployments",
        "apis/apps/v1",
        "api/v1/pods/web",
        "api/v1/namespaces/hub/nodes",
        "api/v1/namespaces/hub/pods/web/log/more",
        "api/v1/namespaces/hub/pods//log",
    ],
)
def test_other_paths_are_not_found(path: str):
    with pytest.raises(ApiError) as caught:
        find_target(path.split("/"), Catalogue())
    assert caught.value.code == 404
