"""Shipped data is found, or missed in words."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.assets import asset_path


def test_shipped_data_is_found() -> None:
    assert asset_path("kubernetes").is_dir()


def test_what_is_not_shipped_is_missed() -> None:
    with pytest.raises(FileNotFoundError, match="the installation is incomplete: no-such-thing is missing"):
        asset_path("no-such-thing")
