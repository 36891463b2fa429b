"""The bearer token of a practice cluster, in a module of its own: each kubectl and helm call reads it."""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.core.errors import CouldNotLook

TOKEN_FILE = "token"  # noqa: S105 - the name of a file


def token(state_dir: Path) -> str:
    """Return the bearer token; CouldNotLook when the cluster was never started."""
    try:
        return (state_dir / TOKEN_FILE).read_text("ascii").strip()
    except OSError:
        raise CouldNotLook(
            "The practice cluster has no token",
            f"{state_dir} holds none: it was never started.",
            next_step="Run: z2jh-wizard practice start",
        ) from None
