"""Names for the objects of a user, by KubeSpawner 7's rules: the user name where it is safe, else a hash.

Rules: https://jupyterhub-kubespawner.readthedocs.io/en/latest/templates.html, "safe" scheme.
"""

from __future__ import annotations

import hashlib
import re

LONGEST = 48
_LONGEST_HASHED = 32
_HASH_LETTERS = 8
_OBJECT_NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")


def safe_slug(name: str, longest: int = LONGEST) -> str:
    """Return a name that any object may carry: as it is if possible, else shortened with a hash."""
    if "--" not in name and _OBJECT_NAME.fullmatch(name) and len(name) <= longest:
        return name
    return _hashed(name, longest)


def label_slug(name: str) -> str:
    """Return a name as a label value."""
    if "--" not in name and _LABEL.fullmatch(name):
        return name
    return _hashed(name, _LONGEST_HASHED)


def _hashed(name: str, longest: int) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LETTERS]
    room = longest - len(digest) - 3
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).lstrip("-")[:room].rstrip("-")
    if kept and not kept[0].isalpha():
        kept = f"x-{kept[: room - 2]}"
    return f"{kept or 'x'}---{digest}"


def escaped(name: str) -> str:
    """Return a name by KubeSpawner's older scheme: bytes that are not safe as ``-`` and two hex digits."""
    return "".join(
        chr(byte) if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else f"-{byte:02x}"
        for byte in name.encode()
    )
