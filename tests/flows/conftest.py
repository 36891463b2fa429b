"""A project and runs on it that need no cluster."""

from __future__ import annotations

import pytest

from tests.support.fakes import FakeClock
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.project.folder import create_project


@pytest.fixture
def project(tmp_path):
    return create_project(
        tmp_path / "bio101",
        "practice",
        chart=Chart(name="practice", version="1.0.0", repository=""),
        release="bio101",
    )


@pytest.fixture
def session_of(project):
    """Return a maker of runs over given steps."""

    def make(*steps, secrets=(), **options):
        redactor = Redactor(secrets)
        return RunSession(
            project,
            "setup",
            lambda _journal: Flow("setup", project, steps),
            clock=FakeClock(),
            redactor=redactor,
            **options,
        )

    return make
