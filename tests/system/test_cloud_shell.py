"""The terminals of clouds: known by their variables, and what is told of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from z2jh_wizard.system import cloud_shell
from z2jh_wizard.system.cloud_shell import AMAZON, AZURE, GOOGLE, CloudShell

SIGNS = {
    GOOGLE: {"CLOUD_SHELL": "true", "WEB_HOST": "cs-1-default.cs-asia-east1-duck.cloudshell.dev"},
    AZURE: {"ACC_CLOUD": "PROD"},
    AMAZON: {"AWS_EXECUTION_ENV": "CloudShell"},
}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for signs in SIGNS.values():
        for name in signs:
            monkeypatch.delenv(name, raising=False)


def enter(monkeypatch: pytest.MonkeyPatch, shell: CloudShell) -> None:
    for name, value in SIGNS[shell].items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("shell", SIGNS, ids=lambda shell: shell.name)
def test_each_is_known_by_its_own_variables(monkeypatch: pytest.MonkeyPatch, shell: CloudShell) -> None:
    enter(monkeypatch, shell)
    assert cloud_shell.current() is shell
    assert [cloud_shell.is_of(one) for one in ("gke", "aks", "eks")] == [
        one is shell for one in (GOOGLE, AZURE, AMAZON)
    ]
    told = cloud_shell.idle_sentence()
    assert told.startswith(f"{shell.name} closes after {shell.idle_minutes} minutes without typing")
    assert told.endswith("it carries on.")


@pytest.mark.parametrize("signs", [{}, {"CLOUD_SHELL": "false"}, {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}])
def test_elsewhere_nothing_is_told(monkeypatch: pytest.MonkeyPatch, signs: dict[str, str]) -> None:
    for name, value in signs.items():
        monkeypatch.setenv(name, value)
    assert cloud_shell.current() is None
    assert not cloud_shell.is_of("eks")
    assert cloud_shell.idle_sentence() == cloud_shell.preview_address() == ""


def test_only_googles_preview_has_an_address_that_is_known_before(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, GOOGLE)
    assert cloud_shell.preview_address() == "https://{port}-cs-1-default.cs-asia-east1-duck.cloudshell.dev"
    monkeypatch.delenv("CLOUD_SHELL")
    assert cloud_shell.preview_address() == ""
    enter(monkeypatch, AZURE)
    assert cloud_shell.preview_address() == ""


@pytest.mark.parametrize("host", ["", "a/b", "a b", "evil.example?x=", "a:1", "-a"])
def test_a_host_that_is_none_gives_no_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    enter(monkeypatch, GOOGLE)
    monkeypatch.setenv("WEB_HOST", host)
    assert cloud_shell.preview_address() == ""


def test_only_what_is_in_the_home_folder_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert cloud_shell.stays(tmp_path / "me" / "bio101")
    assert cloud_shell.stays(tmp_path / "me" / "x" / ".." / "bio101")
    assert not cloud_shell.stays(tmp_path / "me" / ".." / "bio101")
    assert not cloud_shell.stays(tmp_path / "mean")
