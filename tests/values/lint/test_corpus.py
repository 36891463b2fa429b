"""Real values files of others: no error where the real chart installs them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Finding, Severity
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

REFUSED = {
    "docs-examples/0.11.1/doc__source__administrator__security.md.8.yaml": "renamed-key",
    "docs-examples/0.11.1/doc__source__jupyterhub__customizing__user-management.md.2.yaml": "auth-old",
    "docs-examples/0.11.1/doc__source__jupyterhub__customizing__user-management.md.3.yaml": "auth-old",
}
"""Examples with keys that their own chart stops at: its NOTES.txt and the changelog of 0.11 say so."""

SHUT = {
    "hub5-lockout": "docs-examples/4.4.0/docs__source__administrator__authentication.md.",
    "generic-nourls": "docs-examples/4.4.0/docs__source__administrator__authentication.md.8.yaml",
}
"""Rules whose errors do not stop Helm, with the examples of the guide that leave out what they ask for."""


def files(corpus: Path) -> list[tuple[Path, str]]:
    """Return the files with their chart versions; fails when a folder is not known."""
    found = []
    for path in sorted(corpus.rglob("*.y*ml")):
        parts = path.relative_to(corpus).parts
        name = "/".join(parts[:2]) if parts[0] == "docs-examples" else parts[0]
        found.append((path, CHARTS[name]))
    return found


def errors(path: Path, version: str) -> list[Finding]:
    linted = lint_bytes([(path.name, path.read_bytes(), None)], version)
    assert not linted.unreadable, path
    return [one for one in linted.findings if one.severity is Severity.ERROR]


def test_every_file_of_an_older_chart_is_without_error_unless_its_chart_stops_at_it(corpus):
    found = {
        str(path.relative_to(corpus)): {one.rule for one in wrong}
        for path, version in files(corpus)
        if version != "4.4.0" and (wrong := errors(path, version))
    }
    assert found == {name: {rule} for name, rule in REFUSED.items()}


@pytest.mark.helm
def test_no_file_that_the_newest_chart_renders_has_an_error(corpus, real_chart, helm_binary, tmp_path):
    rendered = 0
    wrong = {}
    for path, version in files(corpus):
        if version != "4.4.0":
            continue
        values = tmp_path / "values.json"
        values.write_text(json.dumps(Document.read(path.read_bytes()).values))
        done = subprocess.run(
            [helm_binary, "template", "x", real_chart, "--values", values],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        name = str(path.relative_to(corpus))
        found = {one.rule for one in errors(path, version) if not name.startswith(SHUT.get(one.rule, "-"))}
        rendered += not done.returncode
        if not done.returncode and found:
            wrong[name] = found
    assert rendered > 80
    assert wrong == {}
