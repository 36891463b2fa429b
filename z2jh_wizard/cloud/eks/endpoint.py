"""Where AWS answers: at its own addresses, or at an emulator on this computer and nowhere else."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from z2jh_wizard.core.errors import InvalidInput

ELSEWHERE = "AWS_ENDPOINT_URL"
"""AWS's own variable; here it may only name an emulator on this computer, such as http://127.0.0.1:8087."""


def check() -> None:
    """Refuse an emulator that is not on this computer: AWS's package would send it our signed requests."""
    elsewhere = os.environ.get(ELSEWHERE, "")
    parts = urlsplit(elsewhere)
    if elsewhere and (parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1")):
        raise InvalidInput(
            f"{ELSEWHERE} cannot be used",
            "It may only name an emulator on this computer, such as http://127.0.0.1:8087.",
        )
