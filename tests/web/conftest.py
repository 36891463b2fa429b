"""Fixtures: what is started, a project, a browser."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.program import new_project
from z2jh_wizard.cloud import practice
from z2jh_wizard.project.folder import Project

CHROMIUM = os.environ.get("Z2JH_CHROMIUM", "")
"""A browser that must be there; unset, the one on PATH is taken if there is one."""

_listening: list[list[tuple[Any, ...]]] = []
_hooked: list[bool] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        for spawned in _listening:
            spawned.append(arguments)


@pytest.fixture
def spawned() -> Iterator[list[tuple[Any, ...]]]:
    """Every process that is started: program, arguments, folder and environment, as Python audits it."""
    if not _hooked:
        sys.addaudithook(_note)  # it cannot be taken away again
        _hooked.append(True)
    calls: list[tuple[Any, ...]] = []
    _listening.append(calls)
    yield calls
    _listening.remove(calls)


@pytest.fixture
async def project(tmp_path: Path) -> AsyncIterator[Project]:
    """A practice project in the folder ``hub``, its cluster ended afterwards."""
    made = await new_project(tmp_path / "hub", "bio101")
    yield made
    await practice.stop(made)


@pytest.fixture
def chromium() -> str:
    """Chromium's program."""
    found = CHROMIUM or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no chromium on PATH; install it (Debian: apt install chromium) or set Z2JH_CHROMIUM")
    if not Path(found).exists():
        pytest.fail(f"Z2JH_CHROMIUM names {found}, which does not exist", pytrace=False)
    return found
