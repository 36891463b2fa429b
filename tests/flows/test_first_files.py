"""The first files of a project: for every chart version, nothing that lint has against them."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows import hub_secrets
from z2jh_wizard.flows.linting import lint_files
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project
from z2jh_wizard.values.charts import chart_versions
from z2jh_wizard.values.lint.finding import Severity

CHARTS = [
    Chart(name="practice", version="1.0.0", repository=""),
    Chart(name="practice-hub", version="1.0.0", repository="", path="/nowhere"),
    *(Chart(version=one.version) for one in chart_versions()),
    *(Chart("helmforge", "oci://x/jupyterhub", one.version, "") for one in chart_versions("helmforge")),
]


@pytest.mark.parametrize(
    "chart", CHARTS, ids=lambda chart: f"{chart.family}-{chart.name[-8:]}-{chart.version}"
)
def test_lint_has_nothing_against_them(tmp_path, chart):
    project = create_project(tmp_path / "p", "existing", chart=chart)
    config_file.write_first(project)
    files, made = hub_secrets.make_missing(files_of(project))
    found = [one for one in lint_files(files).findings if one.rule != "advisory"]
    assert [one for one in found if one.severity is not Severity.NOTE] == []
    assert any("assword" in one.dotted for one in made)
