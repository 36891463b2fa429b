"""The secrets command: names without values, one value on purpose, and rotation with what it breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from z2jh_wizard.cli import main
from z2jh_wizard.flows.charts import chart_from_choice
from z2jh_wizard.flows.hub_secrets import make_missing
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run the command on a project and return its exit code, its answer and what it says beside."""
    folder = tmp_path / "bio101"

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["-C", str(folder), "secrets", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    config_file.write_first(create_project(folder, "practice", chart=chart_from_choice("practice")))
    run.folder = folder  # type: ignore[attr-defined]
    return run


def make(ask) -> None:
    from z2jh_wizard.project.folder import open_project

    make_missing(files_of(open_project(ask.folder)))


def test_before_they_are_made_the_list_says_so(ask):
    code, out, _ = ask()
    assert code == 0
    assert all("not made yet, will be in secrets.yaml" in line for line in out.splitlines())
    assert [line.split()[0] for line in out.splitlines()] == [
        "proxy-token",
        "cookie-secret",
        "class-password",
    ]
    code, out, beside = ask("show", "class-password")
    assert (code, out) == (3, "")
    assert "z2jh-wizard apply" in beside


def test_the_list_never_has_a_value(ask):
    make(ask)
    token = ask("show", "proxy-token")[1].strip()
    assert len(token) == 64
    assert token in (ask.folder / "secrets.yaml").read_text()
    for words in ((), ("--json",)):
        assert token not in ask(*words)[1]
    assert {"name", "about", "path", "file", "line", "set"} == set(json.loads(ask("--json")[1])[0])


def test_rotation_says_what_it_breaks_and_never_the_value(ask):
    make(ask)
    old = ask("show", "cookie-secret")[1]
    code, out, beside = ask("rotate", "cookie-secret")
    new = ask("show", "cookie-secret")[1]
    assert code == 0
    assert old != new
    assert "sign in again" in beside
    assert new.strip() not in out + beside
    assert "sign in again" in json.loads(ask("rotate", "hub.cookieSecret", "--json")[1])["breaks"]


def test_a_name_that_is_none_is_told_with_the_nearest(ask):
    code, out, beside = ask("rotate", "proxy-tokn")
    assert (code, out) == (2, "")
    assert "did you mean proxy-token" in beside
