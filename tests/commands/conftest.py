"""A project, and the config commands on it."""

from __future__ import annotations

import functools

import pytest

from tests.commands.config import runner
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project
from z2jh_wizard.project.folder import create_project as create


@pytest.fixture
def cli_here(monkeypatch, capfdbinary, tmp_path):
    """Run the program in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capfdbinary)


@pytest.fixture
def hub(tmp_path) -> Project:
    """A practice project with its first config.yaml."""
    project = create(
        tmp_path / "bio101", "practice", chart=Chart(name="practice", version="1.0.0", repository="")
    )
    config_file.write_first(project)
    return project


@pytest.fixture
def config(cli_here, hub):
    """Run a config command on that project."""
    return functools.partial(cli_here, "-C", str(hub.folder), "config")
