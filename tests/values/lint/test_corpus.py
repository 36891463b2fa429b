"""Real values files of others: no error where the real chart installs them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.run import lint_bytes

CHARTS = {
    "docs-examples/4.4.0": "4.4.0",
    "docs-examples/0.11.1": "0.11.1",
    "docs-examples/v0.6": "v0.6",
    "jupyterhub__mybinder.org-deploy": "4.4.0",
    "jupyterhub__mybinder.org-deploy@binderhub-0.1.0-72c2c36": "v0.6",
    "jupyterhub__mybinder.org-deploy@binderhub-0.2.0-82fc209": "0.8.2",
    "jupyterhub__mybinder.org-deploy@binderhub-0.2.0-n146": "0.9.0",
    "pangeo-data__pangeo-cloud-federation": "0.10.2",
    "pangeo-data__pangeo-cloud-federation@0.9-e120fda": "0.8.2",
}
"""Each folder of the corpus with the chart version that its files are for."""

STOPPED = "docs-examples/0.11.1/doc__source__"
OLD = "docs-examples/v0.6/doc__source__"
GUIDE = "docs-examples/4.4.0/docs__source__administrator__"
EXPECTED = {
    # Keys that their own chart stops at: its NOTES.txt says so.
    f"{STOPPED}administrator__security.md.8.yaml": {"renamed-key"},
    f"{STOPPED}jupyterhub__customizing__user-management.md.2.yaml": {"auth-old"},
    f"{STOPPED}jupyterhub__customizing__user-management.md.3.yaml": {"auth-old"},
    # A placeholder for the name of the host, and += on a setting that takes update() only.
    f"{STOPPED}administrator__advanced.md.0.yaml": {"https-host-url"},
    f"{STOPPED}administrator__advanced.md.2.yaml": {"extraconfig-old"},
    f"{OLD}advanced.md.0.yaml": {"https-host-url"},
    f"{OLD}advanced.md.2.yaml": {"extraconfig-old"},
    # Parts of an example, without the name of the claim.
    f"{GUIDE}upgrading__upgrade-3-to-4.md.2.yaml": {"static-nopvc"},
    f"{GUIDE}upgrading__upgrade-3-to-4.md.3.yaml": {"static-nopvc"},
}
"""Files with errors all the same, looked at one by one: nobody could teach with them as they are."""


def files(corpus: Path) -> list[tuple[Path, str, str]]:
    """Return the files with their names and chart versions; fails when a folder is not known."""
    found = []
    for path in sorted(corpus.rglob("*.y*ml")):
        parts = path.relative_to(corpus).parts
        folder = "/".join(parts[:2]) if parts[0] == "docs-examples" else parts[0]
        found.append((path, "/".join(parts), CHARTS[folder]))
    return found


def unexpected(path: Path, name: str, version: str) -> list[str]:
    """Return the rules and lines of the errors that are not expected in a file."""
    linted = lint_bytes([(name, path.read_bytes(), None)], version)
    assert not linted.unreadable, path
    wrong = (one for one in linted.findings if one.severity is Severity.ERROR)
    return [f"{one.rule} in line {one.line}" for one in wrong if one.rule not in EXPECTED.get(name, ())]


def test_no_file_for_an_older_chart_has_an_error(corpus):
    found = {
        name: wrong
        for path, name, version in files(corpus)
        if version != "4.4.0" and (wrong := unexpected(path, name, version))
    }
    assert found == {}


@pytest.mark.helm
def test_no_file_that_the_newest_chart_renders_has_an_error(corpus, real_chart, helm_binary, tmp_path):
    rendered = 0
    found = {}
    for path, name, version in files(corpus):
        if version != "4.4.0":
            continue
        values = tmp_path / "values.json"
        values.write_text(json.dumps(Document.read(path.read_bytes()).values))
        done = subprocess.run(
            [helm_binary, "template", "x", real_chart, "--values", values],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        rendered += not done.returncode
        if not done.returncode and (wrong := unexpected(path, name, version)):
            found[name] = wrong
    assert rendered > 80
    assert found == {}
