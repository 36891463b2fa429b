"""``--plain`` in a pipe: what it writes, how it ends, what it keeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import Outcome
from z2jh_wizard.flows.unfinished import is_waiting
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render.terminal import PlainTerminal
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing

NEW = ["1", "existing", "", "", "bio101", "", "30", ">", "shared-password", "canary-word", ">", ">"]


def piped(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def test_a_pipe_makes_a_project_and_hears_the_next_command(cli_here, tmp_path):
    said = cli_here("-C", "hub", "--plain", stdin=piped(*NEW, "1", "no"))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == f"Next: z2jh-wizard -C {tmp_path}/hub apply"
    assert "\x1b" not in said.out
    assert "canary" not in said.out
    assert "canary-word" in (tmp_path / "hub" / "secrets.yaml").read_text()
    assert open_project(tmp_path / "hub").spec.workshop.students == 30


def test_a_folder_with_other_things_is_not_made_a_project_unasked(cli_here, tmp_path):
    (tmp_path / "thesis.tex").touch()
    said = cli_here("--plain", stdin=piped(*NEW, "1", "no"))
    made = Path.home() / "hubs" / "bio101"
    assert said.out.splitlines()[-1] == f"Next: z2jh-wizard -C {made} apply"
    assert open_project(made).spec.release == "bio101"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["thesis.tex"]


def test_the_end_of_the_input_after_writing_is_no_trouble(cli_here, tmp_path):
    assert cli_here("-C", "hub", "--plain", stdin=piped(*NEW, "1")).code == 0


@pytest.mark.parametrize("lines", [[], NEW[:5], NEW])
def test_the_end_of_the_input_before_that_makes_nothing(cli_here, tmp_path, lines):
    said = cli_here("-C", "hub", "--plain", stdin=piped(*lines))
    assert said.code == 6
    assert "Nothing was written." in said.err
    assert list(tmp_path.iterdir()) == []


def test_yes_applies_with_the_flow_of_apply(cli_here, tmp_path, monkeypatch):
    played = []

    async def play(session, *, as_json):
        played.append((session.name, session.project.spec.release))
        return Outcome(ExitCode.DONE)

    monkeypatch.setattr("z2jh_wizard.commands.plain.play", play)
    assert cli_here("-C", "hub", "--plain", stdin=piped(*NEW, "1", "yes")).code == 0
    assert played == [("setup", "bio101")]


def test_leaving_writes_nothing(cli_here, tmp_path):
    said = cli_here("-C", "hub", "--plain", stdin=piped(*NEW, "4"))
    assert (said.code, said.out.splitlines()[-1]) == (0, "Nothing was written.")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_project_is_edited(cli_here, hub):
    said = cli_here(
        "-C", str(hub.folder), "--plain", stdin=piped("3", "cull.timeout", "1", "2h", "", "1", "no")
    )
    assert said.code == 0
    assert "timeout: 7200" in hub.config.read_text()


def test_beside_another_writer_nothing_is_written_and_the_answers_stay(cli_here, hub):
    lines = ["3", "cull.timeout", "1", "2h", "", "1"]
    before = hub.config.read_bytes()
    with writing(hub.state, "a test", SystemClock()):
        said = cli_here("-C", str(hub.folder), "--plain", stdin=piped(*lines))
    assert said.code == 5
    assert hub.config.read_bytes() == before
    assert said.out.count("What now?") == 2, "it can be tried again"
    assert "Idle time: now 2h" in said.out.rpartition("What happened")[2]


def test_an_interrupt_keeps_the_answers_but_no_secret(cli_here, hub, monkeypatch):
    lines = iter(["3", "cull.timeout", "1", "2h", "user_password", "1", "canary-word"])
    monkeypatch.setattr(PlainTerminal, "ask", lambda *_: _next_or_interrupt(lines))
    words = ["-C", str(hub.folder), "--plain"]
    before = hub.config.read_bytes()
    said = cli_here(*words)
    assert said.code == 130
    assert "is kept, secrets left out" in said.err
    assert hub.config.read_bytes() == before
    kept = "".join(path.read_text() for path in hub.state.iterdir() if path.is_file())
    assert "2h" in kept
    assert "canary" not in kept
    lines = iter(["yes", "1", ">", ">", ">", "1", "no"])
    monkeypatch.setattr(PlainTerminal, "ask", lambda *_: _next_or_interrupt(lines))
    again = cli_here(*words)
    assert again.code == 0
    assert "secrets are not kept; give it again" in again.out
    assert "timeout: 7200" in hub.config.read_text()
    assert not is_waiting(hub)


def test_an_interrupt_keeps_the_answers_about_a_new_hub(cli_here, tmp_path, monkeypatch):
    lines = iter(["1", "existing", "", "", "bio101", "", "30", ">", "", "canary-word"])
    monkeypatch.setattr(PlainTerminal, "ask", lambda *_: _next_or_interrupt(lines))
    assert cli_here("-C", "hub", "--plain").code == 130
    assert list(tmp_path.iterdir()) == []
    lines = iter(["yes", "1", "", "", "", ">", ">", ">", ">", "1", "no"])
    assert cli_here("-C", "hub", "--plain").code == 0
    spec = open_project(tmp_path / "hub").spec
    assert (spec.provider, spec.release, spec.workshop.students) == ("existing", "bio101", 30)
    assert not (tmp_path / "hub" / "secrets.yaml").exists()
    assert not is_waiting(None)


def _next_or_interrupt(lines):
    try:
        return next(lines)
    except StopIteration:
        raise KeyboardInterrupt from None


def test_bytes_that_are_no_text_are_refused(cli_here, tmp_path):
    assert cli_here("-C", "hub", "--plain", stdin=b"\xff\xfe\n").code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--plain", "plan"], ["--plain", "--web"]])
def test_plain_goes_with_nothing_else(cli_here, words):
    with pytest.raises(SystemExit) as ended:
        cli_here(*words)
    assert ended.value.code == 2


def test_a_terminal_that_cannot_move_its_cursor_is_asked_line_by_line(cli_here, monkeypatch):
    monkeypatch.setattr("z2jh_wizard.commands.plain.ask_line_by_line", lambda _parsed: 77)
    monkeypatch.setattr(os, "environ", {**os.environ, "TERM": "dumb"})
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    from z2jh_wizard.cli import main

    class Terminal:
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    assert main([]) == 77
