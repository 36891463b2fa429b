"""upgrade and rollback: what is said and written before the cluster is asked."""

from __future__ import annotations

import functools

import pytest

from z2jh_wizard.core.spec import Chart, ClusterSpec
from z2jh_wizard.project.folder import create_project, open_project

CONFIG = "# mine\nauth:\n  type: github\n  github:\n    clientId: abc   # from github\n"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A project for an old chart, on a cluster that is not there."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    project = create_project(
        tmp_path / "old",
        "existing",
        chart=Chart(version="0.8.0"),
        cluster=ClusterSpec(context="nowhere", kubeconfig=str(tmp_path / "none")),
    )
    project.config.write_text(CONFIG)
    return project


@pytest.fixture
def wizard(cli_here, old):
    return functools.partial(cli_here, "-C", str(old.folder))


def test_the_files_are_carried_and_backed_up_before_anything_runs(wizard, old):
    said = wizard("upgrade", "--chart-version", "4.4.0")
    assert said.code not in (0, 6)
    assert "The chart goes from jupyterhub 0.8.0 to 4.4.0." in said.err
    assert "config.yaml:5 auth.github.clientId -> hub.config.GitHubOAuthenticator.client_id" in said.err
    assert "client_id: abc   # from github" in old.config.read_text()
    assert open_project(old.folder).spec.chart.version == "4.4.0"
    assert CONFIG in [path.read_text() for path in old.backups.iterdir()]


def test_what_a_person_must_decide_comes_first(wizard, old):
    text = CONFIG + "proxy:\n  nginx:\n    proxyBodySize: 64m\n"
    old.config.write_text(text)
    said = wizard("upgrade", "--chart-version", "4.4.0")
    assert said.code == 6
    assert "Traefik replaced nginx" in said.err
    assert "upgrade --chart-version 4.4.0 --yes" in said.err
    assert old.config.read_text() == text
    assert open_project(old.folder).spec.chart.version == "0.8.0"
    decided = wizard("upgrade", "--chart-version", "4.4.0", "--yes")
    assert decided.code != 6
    assert open_project(old.folder).spec.chart.version == "4.4.0"


@pytest.mark.parametrize("version", ["0.7.0", "newest"])
def test_a_version_that_leads_nowhere_is_refused(wizard, old, version):
    said = wizard("upgrade", "--chart-version", version)
    assert said.code == 2
    assert old.config.read_text() == CONFIG


@pytest.mark.parametrize("revision", ["0", "-1", "x", "99999999999"])
def test_a_revision_is_a_number(wizard, revision):
    with pytest.raises(SystemExit) as ended:
        wizard("rollback", revision)
    assert ended.value.code == 2


def test_rolling_back_needs_the_cluster_to_answer(wizard):
    said = wizard("rollback")
    assert said.code in (2, 4)
    assert "Traceback" not in said.err
