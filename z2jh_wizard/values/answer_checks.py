"""Checks of addresses and names that people type into a form: one sentence with the fix, or nothing."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(
    r"(?:\*\.)?(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", re.I
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_IMAGE = re.compile(r"[a-z0-9][-a-z0-9._]*(?::[0-9]{1,5}(?=/))?(?:/[a-z0-9][-a-z0-9._]*)*")


def why_no_host(text: str) -> str:
    """Check a host name alone, a wildcard in front allowed."""
    if "://" in text or "/" in text:
        try:
            name = urlsplit(text if "://" in text else f"//{text}").hostname
        except ValueError:  # brackets that are no IPv6 address
            name = None
        return f"Write the name alone, without https:// and slashes{f': {name}' if name else ''}."
    if len(text) > 253 or not _HOST.fullmatch(text):
        return f"{text} is no host name; write one such as hub.example.org."
    return ""


def why_no_email(text: str) -> str:
    """Check an e-mail address."""
    return "" if _EMAIL.fullmatch(text) else "Write an e-mail address such as teacher@example.org."


def why_no_address(text: str) -> str:
    """Check an IP address, of version 4 or 6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "Write an IP address such as 192.0.2.10."
    return ""


def why_no_url(text: str, example: str = "") -> str:
    """Check a whole address; ``example`` is one to show."""
    example = example or "https://hub.example.org/"
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if not parts.scheme or not parts.netloc or re.search(r"\s", text):
        return f"Write the whole address like {example}, with https:// in front."
    return ""


def why_no_image(text: str) -> str:
    """Check the name of a container image without its tag."""
    before, colon, tag = text.rpartition(":")
    if colon and "/" not in tag:
        return f"The tag has a field of its own; write {before} here and {tag} there."
    if not _IMAGE.fullmatch(text):
        return "Write the name of an image in small letters, such as quay.io/jupyter/scipy-notebook."
    return ""
