"""Which settings hold secrets: their values are never quoted in a message."""

from __future__ import annotations

import re

from z2jh_wizard.values.paths import Path

_NAMES = re.compile(
    r"(?i)password|passwd|passphrase|secret(?!name|keyref|storeref)|token|cookie|crypto?_?key|credential|"
    r"(?<!public_)(?<!public)private_?key|apikey|api_key|consumers|^key$|^keys$"
)
_OPEN = re.compile(r"(?i)existingsecret|secretname|pull_?secrets?$|token_url|tokenurl|_?file$")
"""Names of things that hold a secret elsewhere: no secrets themselves."""

_WITH_CREDENTIALS = re.compile(r"(?i)^(db_)?url$|_uri$")
"""Addresses that often carry a password."""


def holds_secret(path: Path) -> bool:
    """Tell whether the value at a path, or anything in it, may be a secret."""
    names = [part for part in path if isinstance(part, str)]
    if any(_NAMES.search(name) and not _OPEN.search(name) for name in names):
        return True
    return bool(names) and bool(_WITH_CREDENTIALS.search(names[-1])) and "db" in names
