"""Settings for clusters that allow less: which are missing, how they are written, what the chart says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project
from z2jh_wizard.values import cluster_fit
from z2jh_wizard.values.cluster_fit import NO_CLUSTER_ROLES, OPENSHIFT, Fit, missing, with_comment, write
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.run import lint
from z2jh_wizard.values.lint.subject import Source, Subject

ALL = OPENSHIFT + NO_CLUSTER_ROLES
NEWEST = "4.4.0"


@pytest.fixture
def first(tmp_path: Path) -> Document:
    """The config.yaml of a new project."""
    return Document.read(
        config_file.first(create_project(tmp_path / "p", "existing", chart=Chart())).encode()
    )


def test_a_new_hub_gets_all_with_their_reasons(first: Document) -> None:
    assert missing(first.values, ALL, NEWEST) == ALL
    fitted = write(first, ALL)
    assert missing(fitted.values, ALL, NEWEST) == ()
    text = fitted.data.decode()
    assert all(f"# {one.why}\n" in text for one in ALL if one.why)
    assert text.startswith(first.data.decode()[:200])
    assert fitted.get(("singleuser", "storage", "capacity")) == "1Gi"
    assert fitted.has(("singleuser", "uid"))


def test_what_is_set_is_the_users_word() -> None:
    given = Document.read(b"singleuser: {uid: 5}\nhub:\n  containerSecurityContext: null\nproxy: ~\n")
    wanted = {one.path for one in missing(given.values, OPENSHIFT, NEWEST)}
    assert ("singleuser", "uid") not in wanted
    assert ("singleuser", "fsGid") in wanted
    assert not any(path[0] == "proxy" or path[:2] == ("hub", "containerSecurityContext") for path in wanted)


def test_older_charts_get_what_they_know() -> None:
    old = {one.path for one in missing({}, ALL, "0.9.0")}
    assert ("singleuser", "uid") in old
    assert ("hub", "containerSecurityContext", "runAsUser") not in old
    assert len(old) < len(ALL)


def test_lint_has_nothing_against_them(first: Document) -> None:
    subject = Subject((Source("config.yaml", write(first, ALL)),), NEWEST, "z2jh")
    before = Subject((Source("config.yaml", first),), NEWEST, "z2jh")
    known = {(one.rule, one.path) for one in lint(before)}
    new = [one for one in lint(subject) if (one.rule, one.path) not in known]
    assert [one for one in new if one.severity is not Severity.NOTE] == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a:\n  b: 1\n", ("a", "b"), "a:\n  # why\n  b: 1\n"),
        ("a:\r\n  b: 1\r\n", ("a", "b"), "a:\r\n  # why\r\n  b: 1\r\n"),
        ("a: {b: 1}\n", ("a", "b"), "a: {b: 1}\n"),
        ("é: x\nb: 1", ("b",), "é: x\n# why\nb: 1"),
    ],
)
def test_a_comment_stands_above_its_key(text: str, path: tuple[str, ...], expected: str) -> None:
    assert with_comment(Document.read(text.encode()), path, "why").data.decode() == expected


def test_each_reason_is_one_short_line() -> None:
    for one in ALL:
        assert isinstance(one, Fit)
        assert len(one.why) <= 100
        assert "\n" not in one.why
    assert cluster_fit.missing({}, [], NEWEST) == ()


def test_the_published_chart_fixes_no_number_then(
    first: Document, real_chart: Path, helm_binary: Path, tmp_path: Path
) -> None:
    """No fixed user, no privilege, no iptables, no load balancer, and nothing outside of the namespace."""
    fitted = tmp_path / "fitted.yaml"
    fitted.write_bytes(write(first, ALL).data)
    argv = [str(helm_binary), "template", "bio101", str(real_chart), "--values", str(fitted)]
    rendered = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    objects = [tree for tree in yaml.safe_load_all(rendered) if tree]
    for tree in objects:
        assert not tree["kind"].startswith("Cluster")
        assert tree.get("spec", {}).get("type") != "LoadBalancer"
        for node in _maps(tree):
            assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(node), tree["metadata"]["name"]
            assert node.get("privileged") is not True
    policies = [tree for tree in objects if tree["kind"] == "NetworkPolicy"]
    assert len(policies) == 3
    assert all("5353" in str(policy["spec"]["egress"]) for policy in policies)


def _maps(node: object) -> list[dict[str, object]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _maps(value))]
    return [found for value in node for found in _maps(value)] if isinstance(node, list) else []
