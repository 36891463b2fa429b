"""config.yaml: its first text, written once, and saved as a whole with a copy of what was there."""

from __future__ import annotations

import stat
import subprocess

import pytest
import yaml

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path, "practice", chart=Chart(name="practice", version="1.0.0", repository=""))
    config_file.write_first(made)
    return made


def test_the_first_file_is_private_yaml(project):
    assert stat.S_IMODE(project.config.stat().st_mode) == 0o600
    assert yaml.safe_load(project.config.read_text())["cull"] == {"enabled": True, "timeout": 3600}


def test_a_file_that_is_there_is_never_overwritten(project):
    project.config.write_text("mine: 1\n")
    config_file.write_first(project)
    assert project.config.read_text() == "mine: 1\n"


def test_the_helmforge_chart_gets_its_own_keys(tmp_path):
    chart = Chart(family="helmforge", name="oci://x/jupyterhub", version="1.0.6", repository="")
    made = create_project(tmp_path / "h", "existing", chart=chart)
    values = yaml.safe_load(config_file.first(made))
    assert values["auth"]["type"] == "dummy"
    assert values["singleuser"]["storage"]["enabled"] is True


def test_saving_keeps_a_numbered_copy_of_what_was_there(project):
    before = project.config.read_bytes()
    config_file.save(project, project.config, b"a: 1\n")
    config_file.save(project, project.config, b"a: 2\n")
    assert project.config.read_bytes() == b"a: 2\n"
    assert stat.S_IMODE(project.config.stat().st_mode) == 0o600
    kept = {path.name: path.read_bytes() for path in project.backups.iterdir()}
    assert kept == {"0001-config.yaml": before, "0002-config.yaml": b"a: 1\n"}


def test_saving_a_file_that_is_new_needs_no_copy(project):
    config_file.save(project, project.secrets, b"a: 1\n")
    assert stat.S_IMODE(project.secrets.stat().st_mode) == 0o600
    assert not project.backups.exists()


def test_the_script_for_the_runbook_writes_the_same_text(project, tmp_path):
    folder = tmp_path / "by-hand"
    folder.mkdir()
    subprocess.run(["sh", "-c", config_file.script(project)], cwd=folder, check=True)
    assert (folder / "config.yaml").read_bytes() == project.config.read_bytes()
