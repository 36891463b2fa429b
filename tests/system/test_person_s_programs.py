"""The editor and the browser of the person: which they are, and how they are started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from z2jh_wizard.core.errors import InvalidInput, NeedsYou, WizardError
from z2jh_wizard.system.browser import open_page, opener
from z2jh_wizard.system.editor import command, edit, find_editor


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    for name in ("nano", "vi", "xdg-open", "code", "wslview"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, ("nano",)),
        ({"EDITOR": "vi"}, ("vi",)),
        ({"EDITOR": "vi", "VISUAL": "code --wait"}, ("code", "--wait")),
        ({"EDITOR": "vi", "VISUAL": "gone"}, ("vi",)),
        ({"EDITOR": "'open quote"}, ("nano",)),
    ],
)
def test_which_editor(tools: Path, said: dict[str, str], found: tuple[str, ...]) -> None:
    assert find_editor({"PATH": str(tools), **said}) == found


def test_no_editor_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(NeedsYou, match="export EDITOR"):
        find_editor({"PATH": str(tmp_path), "EDITOR": "gone"})


def test_editors_that_take_a_line_get_it() -> None:
    path = Path("/x/config.yaml")
    assert command(("/usr/bin/vim", "-n"), path, 7) == ("/usr/bin/vim", "-n", "+7", "/x/config.yaml")
    assert command(("code", "--wait"), path, 7) == ("code", "--wait", "/x/config.yaml")
    assert command(("nano",), path) == ("nano", "/x/config.yaml")


async def test_an_editor_runs_to_its_end(tmp_path: Path) -> None:
    written = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('edited'); sys.exit(3)"
    assert await edit((sys.executable, "-c", written, "config.yaml"), tmp_path) == 3
    assert (tmp_path / "config.yaml").read_text() == "edited"
    with pytest.raises(WizardError, match="Could not start"):
        await edit((str(tmp_path / "gone"),), tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has an opener of its own")
def test_where_there_is_a_browser(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tools))
    assert opener({}) is None
    assert opener({"DISPLAY": ":0"}) == str(tools / "xdg-open")
    assert opener({"WSL_DISTRO_NAME": "Ubuntu"}) == str(tools / "wslview")
    assert opener({"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 22"}) is None


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "--help", "javascript:alert(1)"])
def test_only_pages_are_opened(address: str) -> None:
    with pytest.raises(InvalidInput):
        open_page("false", address)
