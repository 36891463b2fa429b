"""Projects made from answers, and their answers said again, on the command line."""

from __future__ import annotations

import json

ANSWERS = """\
provider: existing
release: bio101
sign-in:
  shared:
    password: {file: password.txt}
culling.timeout: 2h
"""


def test_new_takes_answers_from_a_file_and_options_win(cli_here, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "answers.yaml").write_text(ANSWERS)
    (tmp_path / "course" / "password.txt").write_text("canary-password\n")
    said = cli_here("new", "hub", "--answers", "course/answers.yaml", "--release", "chem")
    assert said.code == 0, said.err
    assert said.out == f"Made the project {tmp_path}/hub for the hub chem.\n"
    assert "timeout: 7200" in (tmp_path / "hub" / "config.yaml").read_text()
    assert "canary-password" in (tmp_path / "hub" / "secrets.yaml").read_text()
    assert "canary" not in said.out + said.err


def test_new_reads_a_pipe(cli_here, tmp_path):
    said = cli_here(
        "new", "hub", "--answers", "-", "--json", stdin=b"provider: practice\nculling.enabled: off\n"
    )
    assert said.code == 0
    assert set(said.json) == {"folder", "project_id"}
    assert "enabled: false" in (tmp_path / "hub" / "config.yaml").read_text()


def test_new_tells_all_troubles_and_makes_nothing(cli_here, tmp_path):
    said = cli_here("new", "hub", "--answers", "-", stdin=b"provider: moon\nrelase: x\n")
    assert (said.code, said.out) == (2, "")
    assert "line 1: provider: Choose one of" in said.err
    assert "line 2: relase is no question" in said.err
    assert not (tmp_path / "hub").exists()
    assert cli_here("new", "hub", "--answers", "no-such.yaml").code == 2
    assert "--provider" in cli_here("new", "hub").err


def test_new_says_what_lint_warns_of(cli_here):
    said = cli_here("new", "hub", "--answers", "-", stdin=b"provider: existing\nsign-in.method: google\n")
    assert said.code == 0
    assert "error" in said.err or "warning" in said.err


def test_answers_print_what_new_takes(cli_here, tmp_path):
    (tmp_path / "password.txt").write_text("canary-password")
    cli_here("new", "one", "--answers", "-", stdin=ANSWERS.encode())
    said = cli_here("-C", "one", "answers")
    assert said.code == 0
    assert "culling.timeout: 7200" in said.out
    assert "canary" not in said.out + said.err
    assert cli_here("new", "two", "--answers", "-", stdin=said.out.encode()).code == 0
    assert (tmp_path / "two/config.yaml").read_bytes() == (tmp_path / "one/config.yaml").read_bytes()
    tree = json.loads(cli_here("-C", "one", "answers", "--json").out)
    assert tree["answers"]["culling.timeout"] == 7200
    assert cli_here("-C", "one", "answers", "--write").code == 0
    assert (tmp_path / "one/answers.yaml").read_text() == said.out
    assert cli_here("-C", "nowhere", "answers").code == 2
