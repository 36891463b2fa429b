"""Fixtures of the browser's side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

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
