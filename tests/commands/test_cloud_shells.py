"""What a cloud's terminal changes: the address of the page, what doctor says, and a word before a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from z2jh_wizard.cli import main
from z2jh_wizard.commands import runs
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import Outcome
from z2jh_wizard.screens.review import ReviewScreen
from z2jh_wizard.system.cloud_shell import AMAZON, GOOGLE

HOST = "cs-1-default.cs-asia-east1-duck.cloudshell.dev"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the public addresses that the page was served under; a server stands in for ours."""
    addresses: list[str] = []

    async def serve(argv: list[str], announce: Callable[[str], None], *, port: int, public_url: str) -> int:
        addresses.append(public_url)
        announce("ADDRESS")
        return ExitCode.DONE

    monkeypatch.setattr("z2jh_wizard.web.server.serve", serve)
    for name in ("CLOUD_SHELL", "WEB_HOST", "ACC_CLOUD", "AWS_EXECUTION_ENV"):
        monkeypatch.delenv(name, raising=False)
    return addresses


def test_googles_preview_is_taken_by_itself(asked, monkeypatch, capsys):
    monkeypatch.setenv("CLOUD_SHELL", "true")
    monkeypatch.setenv("WEB_HOST", HOST)
    assert main(["--web"]) == 0
    assert main(["--web", "--public-url", "https://x.example.org"]) == 0
    assert asked == [f"https://{{port}}-{HOST}", "https://x.example.org"]
    said = capsys.readouterr()
    assert said.out.splitlines() == ["ADDRESS", "ADDRESS"]
    assert GOOGLE.idle_sentence in said.err
    assert "Web Preview" not in said.err


@pytest.mark.parametrize(
    ("signs", "how"),
    [
        ({"CLOUD_SHELL": "true"}, "Open Web Preview"),
        ({"ACC_CLOUD": "PROD"}, "without --web"),
        ({"AWS_EXECUTION_ENV": "CloudShell"}, "has no preview"),
        ({}, ""),
    ],
)
def test_where_no_address_is_known_it_is_said_how(asked, monkeypatch, capsys, signs, how):
    for name, value in signs.items():
        monkeypatch.setenv(name, value)
    assert main(["--web"]) == 0
    assert asked == [""]
    said = capsys.readouterr().err
    assert how in said
    assert ("Open this address" in said) == (not how)
    assert ("without typing" in said) == bool(signs)


def test_doctor_says_when_it_closes_and_what_is_lost(asked, monkeypatch, capsys, tmp_path: Path):
    main(["-C", str(tmp_path), "doctor"])
    assert "closes after" not in capsys.readouterr().out
    monkeypatch.setenv("AWS_EXECUTION_ENV", "CloudShell")
    monkeypatch.setenv("HOME", str(tmp_path))
    main(["-C", str(tmp_path / "bio101"), "doctor"])
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "closes after" in one]
    assert line == f"+ ok      {AMAZON.idle_sentence} {AMAZON.keeps}"
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert main(["-C", str(tmp_path / "bio101"), "doctor"]) == ExitCode.FOUND_SOMETHING
    said = capsys.readouterr().out
    assert (
        f"! wrong   {AMAZON.idle_sentence} This folder is outside of your home folder and is lost then."
        in said
    )
    assert f"mv {tmp_path}/bio101 ~/" in said


class Session:
    """Stands in for a run that ends at once."""

    name = "setup"
    project = None
    options: dict[str, object] = {}  # noqa: RUF012
    events = ()

    def __init__(self, log_path: Path) -> None:
        self.log_path = log_path

    def listen(self, _show: object) -> None:
        """Nothing is told."""

    def stop(self) -> None:
        """Nothing to stop."""

    async def run(self) -> Outcome:
        """End at once."""
        return Outcome(ExitCode.DONE)


async def test_a_run_says_it_once_beside_its_answers(asked, monkeypatch, capsys, tmp_path: Path):
    monkeypatch.setattr(runs, "flow_of", lambda *_, **__: SimpleNamespace(steps=()))
    monkeypatch.setenv("CLOUD_SHELL", "true")
    await runs.play(Session(tmp_path / "log"), as_json=True)  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count(GOOGLE.idle_sentence) == 1


def test_the_review_says_it(asked, monkeypatch):
    screen = ReviewScreen.__new__(ReviewScreen)
    assert screen.why().endswith("at any moment.")
    monkeypatch.setenv("CLOUD_SHELL", "true")
    assert screen.why().endswith(GOOGLE.idle_sentence)
