"""Checks of what people type: each returns one sentence with the fix, or None when it is fine."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TypeAlias

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
VERSION = re.compile(
    r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?"
)
RELEASE_MAX = 53
NAMESPACE_MAX = 63
PORTS = range(1, 65536)


def release_name(text: str) -> str | None:
    """Check a Helm release name: a DNS label of at most 53 characters (Helm's own limit)."""
    return _label(text, "hub name", RELEASE_MAX)


def namespace(text: str) -> str | None:
    """Check a Kubernetes namespace: a DNS-1123 label of at most 63 characters, not one of Kubernetes' own."""
    if text.startswith("kube-"):
        return "Namespaces that start with kube- belong to Kubernetes; use another name, such as jhub."
    return _label(text, "namespace", NAMESPACE_MAX)


def _label(text: str, what: str, longest: int) -> str | None:
    if not text:
        return f"Type a {what}, such as bio101."
    if len(text) > longest:
        return f"The {what} is {len(text)} characters long; use at most {longest}."
    if not LABEL.fullmatch(text):
        return (
            f"Use lower-case letters, digits and hyphens for the {what}, "
            "starting and ending with a letter or digit, such as bio101."
        )
    return None


def version(text: str) -> str | None:
    """Check a chart version: semantic versioning, with an optional leading v as the oldest charts have."""
    return None if VERSION.fullmatch(text) else "Type a version such as 4.4.0."


def node_count(text: str) -> str | None:
    """Check a number of nodes: 0 to 1000."""
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) > 1000:
        return "Type a whole number of nodes, from 0 to 1000."
    return None


VersionKey: TypeAlias = "tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]"


def version_key(text: str) -> VersionKey:
    """Return a key that sorts as semver.org's rule 11 says; ValueError for anything that is no version."""
    match = VERSION.fullmatch(text)
    if not match:
        raise ValueError(f"not a version: {text!r}")
    major, minor, patch, pre, _ = match.groups()
    # A number comes before a word, and 9 before 10.
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in (pre or "").split("."))
    return int(major), int(minor), int(patch or 0), 0 if pre else 1, parts


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean X?)`` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""
