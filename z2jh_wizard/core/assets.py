"""Find the data files that ship with the program, from a wheel or from a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def asset_path(relative: str) -> Path:
    """Return the path of a shipped file or folder; FileNotFoundError if the installation lacks it."""
    for root in (_PACKAGE / "_assets", _PACKAGE.parent / "assets"):
        found = root / relative
        if found.exists():
            return found
    raise FileNotFoundError(f"the installation is incomplete: {relative} is missing from its data")
