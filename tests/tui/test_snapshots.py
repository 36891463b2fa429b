"""The important screens look as when somebody looked at them last: text and styles, run by run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.snapshots import AGAIN, HERE, NAMES, path_of, runs, take

FAST = ("settings-light-140x40",)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in FAST else [pytest.mark.slow]) for name in NAMES]
)
async def test_a_screen_looks_as_it_did(name: str, tmp_path: Path) -> None:
    assert runs(await take(name, tmp_path)) == runs(path_of(name).read_text()), AGAIN


def test_each_picture_belongs_to_a_screen() -> None:
    assert sorted(path.stem for path in HERE.glob("*.svg")) == sorted(NAMES)
    assert len(NAMES) <= 24
    assert all(len(runs(path_of(name).read_text())) > 40 for name in NAMES)
