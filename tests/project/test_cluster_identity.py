"""The cluster that a project has claimed a hub on."""

from __future__ import annotations

from z2jh_wizard.core.spec import Chart, ClusterSpec
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import create_project, open_project


def test_it_is_recorded_and_forgotten_and_the_rest_of_the_spec_stays(tmp_path):
    cluster = ClusterSpec(context="campus", kubeconfig="~/.kube/config")
    project = create_project(tmp_path, "existing", chart=Chart(), cluster=cluster)
    assert cluster_identity.claimed(project) == ""
    cluster_identity.record(project, "uid-1")
    assert cluster_identity.claimed(project) == "uid-1"
    assert open_project(tmp_path).spec.cluster.context == "campus"
    cluster_identity.forget(project)
    assert open_project(tmp_path).spec == project.spec


def test_forgetting_nothing_writes_nothing(tmp_path):
    project = create_project(tmp_path, "practice", chart=Chart())
    cluster_identity.forget(project)
    assert not project.backups.exists()
