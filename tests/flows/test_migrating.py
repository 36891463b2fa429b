"""Upgrading a project: its files carried to the new chart, with backups, and stops where a person decides."""

from __future__ import annotations

import pytest
import yaml

from z2jh_wizard.core.errors import ExitCode, InvalidInput, NeedsYou
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.migrating import changed_chart, stop_meant, upgrade_of, write
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project, open_project
from z2jh_wizard.values.charts import newest

CONFIG = """\
# the class of Ann
auth:
  type: github
  github:
    clientId: abc   # from github
singleuser:
  memory:
    limit: 1G
"""
SECRETS = "auth:\n  github:\n    clientSecret: a-secret-of-github\nproxy:\n  secretToken: " + "ab" * 32 + "\n"


@pytest.fixture
def old(tmp_path):
    project = create_project(tmp_path / "old", "existing", chart=Chart(version="0.8.0"))
    project.config.write_text(CONFIG)
    project.secrets.write_text(SECRETS)
    return project


def test_both_files_move_to_the_new_names_with_backups(old):
    project = write(upgrade_of(old, "4.4.0"))
    config = yaml.safe_load(project.config.read_text())
    assert config["hub"]["config"]["GitHubOAuthenticator"] == {"client_id": "abc"}
    assert project.config.read_text().startswith("# the class of Ann\n")
    assert "# from github" in project.config.read_text()
    secrets = yaml.safe_load(project.secrets.read_text())
    assert secrets == {
        "hub": {"config": {"GitHubOAuthenticator": {"client_secret": "a-secret-of-github"}}},
        "proxy": {"secretToken": "ab" * 32},
    }
    assert project.spec.chart.version == "4.4.0"
    assert open_project(old.folder).spec == project.spec
    kept = {path.name: path.read_text() for path in project.backups.iterdir()}
    assert kept["0001-config.yaml"] == CONFIG
    assert kept["0002-secrets.yaml"] == SECRETS
    assert "0.8.0" in kept["0003-z2jh.yaml"]


def test_looking_changes_nothing(old):
    upgrade = upgrade_of(old)
    assert upgrade.moves
    assert upgrade.target.version == newest().version
    assert old.config.read_text() == CONFIG
    assert not old.backups.exists()


def test_a_question_about_the_whole_hub_is_asked_once(old):
    upgrade = upgrade_of(old, "4.4.0")
    asked = [(item.rule, item.path, item.message) for one in upgrade.carried for item in one.migration.manual]
    assert len(asked) == len(set(asked))


def test_what_a_person_must_decide_stops_the_upgrade_and_changes_nothing(old):
    text = CONFIG + "proxy:\n  nginx:\n    proxyBodySize: 64m\n"
    old.config.write_text(text)
    problem = upgrade_of(old, "4.4.0").problem()
    assert problem
    assert problem.code is ExitCode.NEEDS_YOU
    assert "Traefik replaced nginx" in problem.problem.happened
    assert "config migrate --to 4.4.0" in problem.problem.next_step
    with pytest.raises(NeedsYou):
        changed_chart(old, "4.4.0")
    assert old.config.read_text() == text
    assert open_project(old.folder).spec.chart.version == "0.8.0"


def test_no_way_leads_back(old):
    with pytest.raises(InvalidInput, match="older"):
        upgrade_of(old, "0.7.0")


def test_the_same_version_moves_nothing(old):
    upgrade = upgrade_of(old, "0.8.0")
    assert not upgrade.moves
    assert upgrade.carried == ()


def test_a_chart_that_is_a_file_has_one_version(project):
    config_file.write_first(project)
    assert not upgrade_of(project).moves
    with pytest.raises(InvalidInput, match="one version"):
        upgrade_of(project, "4.4.0")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4.4.0", ("z2jh", "4.4.0")),
        ("z2jh@3.3.8", ("z2jh", "3.3.8")),
        ("helmforge@1.0.6", ("helmforge", "1.0.6")),
        ("helmforge", ("helmforge", newest("helmforge").version)),
        ("z2jh", ("z2jh", newest().version)),
        ("4.4", ("z2jh", "4.4")),
    ],
)
def test_a_chart_is_named_with_or_without_its_version(text, meant):
    assert stop_meant(text) == meant


@pytest.mark.parametrize("text", ["", "moon", "moon@1.0.0", "z2jh@x", "@", "latest"])
def test_other_names_are_refused(text):
    with pytest.raises(InvalidInput):
        stop_meant(text)
