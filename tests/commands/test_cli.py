"""The command line in child processes: names, exit codes, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from z2jh_wizard import __version__


@pytest.fixture
def cli(tmp_path):
    """Run the program in an empty folder, without a terminal."""

    def run(*words, stdin="", env=None):
        return subprocess.run(
            [sys.executable, "-m", "z2jh_wizard", *words],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def project(cli, tmp_path):
    assert cli("new", "bio101", "--provider", "practice", "--release", "bio101").returncode == 0
    return tmp_path / "bio101"


def test_the_version_is_said(cli):
    assert cli("--version").stdout == f"z2jh-wizard {__version__}\n"


def test_help_lists_every_command_and_the_exit_codes(cli):
    said = cli("--help").stdout
    for word in (
        "practice",
        "new",
        "plan",
        "apply",
        "status",
        "diagnose",
        "doctor",
        "resize",
        "stop",
        "start",
        "teardown",
        "config",
    ):
        assert word in said
    assert "130 interrupted" in " ".join(said.split())


def test_without_a_terminal_the_screens_say_what_to_use_instead(cli):
    done = cli()
    assert done.returncode == 2
    assert "need a terminal" in done.stderr
    assert cli("practice").returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["resize", "-1"],
        ["resize", "many"],
        ["new"],
        ["practice", "--speed", "fast"],
        ["config"],
        ["new", "x", "--provider", "moon"],
        ["new", "x", "--provider", "gke"],
        ["new", "x", "--provider", "practice", "--release", "../etc"],
        ["new", "x", "--provider", "practice", "--chart", "/no/such/chart"],
        ["plan"],
        ["status"],
        ["-C", "nowhere", "apply"],
    ],
)
def test_wrong_use_ends_with_two_and_never_with_a_traceback(cli, words):
    done = cli(*words)
    assert done.returncode == 2, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_new_makes_a_project_and_refuses_to_make_it_twice(cli, project):
    assert (project / "z2jh.yaml").is_file()
    again = cli("new", "bio101", "--provider", "practice")
    assert again.returncode == 5


def test_new_as_json(cli):
    tree = json.loads(cli("new", "x", "--provider", "practice", "--json").stdout)
    assert set(tree) == {"folder", "project_id"}


def test_config_get_and_set_work_on_a_file_that_a_person_wrote(cli, project):
    (project / "config.yaml").write_text("cull:   # mine\n  timeout: 3600\n")
    assert cli("-C", str(project), "config", "set", "cull.timeout", "7200").returncode == 0
    assert cli("-C", str(project), "config", "get", "cull.timeout").stdout == "7200\n"
    assert (project / "config.yaml").read_text() == "cull:   # mine\n  timeout: 7200\n"
    assert cli("-C", str(project), "config", "get", "no.such.key").returncode == 2


@pytest.mark.parametrize("data", [b"a: [1\n", b"\xff\xfe", b"a: \0", b"x: y\n" * 1_000_000 * 10])
@pytest.mark.parametrize("name", ["config.yaml", "z2jh.yaml"])
def test_broken_files_get_one_sentence_and_stay_as_they_are(cli, project, name, data):
    path = project / name
    path.write_bytes(data)
    done = cli("-C", str(project), "config", "get", "x")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4
    assert path.read_bytes() == data


def test_teardown_without_the_name_is_refused(cli, project):
    for words in ([], ["--confirm", "jhub"], ["--confirm", ""]):
        done = cli("-C", str(project), "teardown", *words)
        assert done.returncode == 5
        assert "bio101" in done.stderr


def test_the_runbook_needs_no_cluster(cli, project):
    markdown = cli("-C", str(project), "runbook").stdout
    assert "helm upgrade --install" in markdown
    script = cli("-C", str(project), "runbook", "--format", "sh").stdout
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0
    assert "helm uninstall" in cli("-C", str(project), "runbook", "--flow", "teardown").stdout


def test_practice_actions_need_the_practice_cluster_to_run(cli, project):
    done = cli("-C", str(project), "practice", "students", "5")
    assert done.returncode == 1
    assert "practice start" in done.stderr
    assert cli("-C", str(project), "practice", "dance").returncode == 2
    assert cli("-C", str(project), "practice", "students").returncode == 2


def test_a_reader_that_goes_away_ends_the_output_quietly(cli, project):
    done = subprocess.run(
        f"{sys.executable} -m z2jh_wizard -C {project} runbook | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("# Setup")
