"""Opening a page in the browser of the person at this computer, where there is one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.system.children import start_detached

_FAR_AWAY = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
"""Variables of a session whose person sits at another computer."""


def opener(environment: Mapping[str, str] | None = None) -> str | None:
    """Return the program that opens pages here; None over SSH, and where there is no screen."""
    known = os.environ if environment is None else environment
    if any(known.get(name) for name in _FAR_AWAY):
        return None
    if sys.platform == "darwin":
        return shutil.which("open")
    if known.get("WSL_DISTRO_NAME"):
        return shutil.which("wslview")
    has_screen = known.get("DISPLAY") or known.get("WAYLAND_DISPLAY")
    return shutil.which("xdg-open") if has_screen else None


def open_page(program: str, address: str) -> None:
    """Open a page and let the browser go its own way; InvalidInput for what is no address of a page."""
    if not address.startswith(("https://", "http://")):
        raise InvalidInput("This is no address of a page", f"{address} does not begin with https://.")
    start_detached((program, address), cwd=Path.home(), log_path=Path(os.devnull))
