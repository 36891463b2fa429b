"""config preset and config roster: several settings at once, the rest of the file as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from z2jh_wizard.cli import main
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.run import lint
from z2jh_wizard.values.lint.subject import subject_of
from z2jh_wizard.values.paths import parse_path

VALUES = (
    "# mine\nhub:\n  config:\n    Authenticator:\n      allowed_users:  # the first ones\n        - ada\n"
)


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run a config action on a file and return its exit code, its answer and what it says beside."""
    file = tmp_path / "values.yaml"
    file.write_text(VALUES)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["config", *words, "--file", str(file)])
        said = capsys.readouterr()
        return code, said.out, said.err

    run.file = file  # type: ignore[attr-defined]
    return run


def test_presets_are_listed_and_the_chosen_one_is_marked(ask):
    code, out, _ = ask("preset")
    assert code == 0
    assert not [line for line in out.splitlines() if line.startswith("*")]
    ask("preset", "culling-lecture")
    chosen = [line.split()[1] for line in ask("preset")[1].splitlines() if line.startswith("*")]
    assert chosen == ["culling-lecture"]
    listed = {one["name"]: one for one in json.loads(ask("preset", "--json")[1])}
    assert listed["culling-lecture"]["chosen"]
    assert "cull.timeout" in listed["culling-exam"]["paths"] + listed["culling-lecture"]["paths"]


@pytest.mark.parametrize(
    "name",
    ["culling-lecture", "culling-project", "culling-exam", "size-small", "size-medium", "size-large",
     "egress-internet", "egress-web", "egress-https", "egress-closed"],
)  # fmt: skip
def test_every_preset_keeps_the_rest_and_has_no_mistakes(ask, name: str):
    code, out, _ = ask("preset", name, "--json")
    assert code == 0
    assert json.loads(out)["changed"]
    text = ask.file.read_text()
    assert text.startswith(VALUES)
    wrong = [one for one in lint(subject_of(text.encode())) if one.severity.value != "note"]
    assert [one for one in wrong if not one.path.startswith("hub.config")] == []
    assert "nothing had to be changed" in ask("preset", name)[1]


def test_a_preset_that_is_none_is_told_with_the_nearest(ask):
    code, out, beside = ask("preset", "culling-lectur")
    assert (code, out) == (2, "")
    assert "did you mean culling-lecture" in beside
    assert ask.file.read_text() == VALUES


def test_an_older_chart_refuses_what_it_does_not_take(ask):
    code, _, beside = ask("preset", "egress-web", "--chart-version", "0.9.0")
    assert code == 2
    assert "does not take all of egress-web" in beside
    assert "egress-web" not in ask("preset", "--chart-version", "0.9.0")[1]


def test_a_class_list_lets_people_in_beside_those_there(ask, tmp_path: Path):
    (tmp_path / "class.csv").write_text("Name;E-Mail\nBob;Bob@uni.edu\nEve;\nBob again;bob@uni.edu\n")
    code, out, beside = ask("roster", str(tmp_path / "class.csv"))
    assert code == 0
    assert out == "1 person of the column E-Mail may sign in\n"
    assert "line 3" in beside
    assert "line 4" in beside
    text = ask.file.read_text()
    allowed = Document.read(text.encode()).get(parse_path("hub.config.Authenticator.allowed_users"))
    assert allowed == ["ada", "bob@uni.edu"]
    assert "# the first ones" in text


def test_a_class_list_is_written_by_the_names_that_the_hub_has(ask, tmp_path: Path):
    ask.file.write_text(
        "hub:\n  config:\n    JupyterHub: {authenticator_class: google}\n"
        "    GoogleOAuthenticator: {hosted_domain: [uni.edu]}\n"
    )
    (tmp_path / "class.csv").write_text("email\nBob@uni.edu\n")
    assert ask("roster", str(tmp_path / "class.csv"))[0] == 0
    allowed = Document.read(ask.file.read_bytes()).get(parse_path("hub.config.Authenticator.allowed_users"))
    assert allowed == ["bob"]


def test_a_class_list_without_names_changes_nothing(ask, tmp_path: Path):
    (tmp_path / "class.csv").write_text("Name,Seat\nAda Lovelace,1\nBob Ross,2\n")
    code, out, beside = ask("roster", str(tmp_path / "class.csv"), "--column", "Name")
    assert (code, out) == (2, "")
    assert "no user name that can be used" in beside
    assert ask.file.read_text() == VALUES


def test_a_key_that_stands_twice_is_refused(ask):
    ask.file.write_text("cull:\n  timeout: 1\ncull:\n  timeout: 2\n")
    assert ask("preset", "culling-lecture")[0] == 2
    assert ask.file.read_text() == "cull:\n  timeout: 1\ncull:\n  timeout: 2\n"
