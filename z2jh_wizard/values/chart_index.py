"""The index of a Helm repository: which versions of a chart it offers.

Facts: Helm's documentation of ``index.yaml`` (apiVersion v1).
"""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import yaml

from z2jh_wizard.core.checks import version_key
from z2jh_wizard.core.errors import InvalidInput

LARGEST = 64 * 1024 * 1024
"""Bytes; the index of the JupyterHub charts, with every development version, has some megabytes."""


class Offered(msgspec.Struct, frozen=True):
    """A version of a chart that a repository offers; an empty text means that the index does not say."""

    version: str
    app_version: str = ""
    kubernetes: str = ""
    """What the chart wants of Kubernetes, as it stands in the chart: ``>=1.28.0-0``."""
    released: str = ""
    """The day, as YYYY-MM-DD."""


def read_index(data: bytes, chart: str, *, pre_releases: bool = False) -> tuple[Offered, ...]:
    """Return the versions of a chart, the newest first; InvalidInput when the index lacks it or is none."""
    entries = _entries(data).get(chart)
    if not isinstance(entries, list):
        raise InvalidInput(
            f"The repository has no chart {chart}",
            "Its index does not name it.",
            next_step="Check the name and the address of the repository.",
        )
    found: dict[str, Offered] = {}
    for entry in entries:
        offered = _offered(entry) if isinstance(entry, dict) else None
        if offered is not None and (pre_releases or "-" not in offered.version):
            found.setdefault(offered.version, offered)
    return tuple(sorted(found.values(), key=lambda one: version_key(one.version), reverse=True))


def newer_than(version: str, offered: tuple[Offered, ...]) -> tuple[Offered, ...]:
    """Return the offered versions above one, the newest first; ValueError for what is no version."""
    key = version_key(version)
    return tuple(one for one in offered if version_key(one.version) > key)


def _entries(data: bytes) -> dict[str, Any]:
    try:
        tree = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no_index() from error
    entries = tree.get("entries") if isinstance(tree, dict) else None
    if not isinstance(entries, dict):
        raise _no_index()
    return entries


def _no_index() -> InvalidInput:
    return InvalidInput("This is no Helm repository", "Its index.yaml is not the index of a repository.")


def _offered(entry: dict[str, Any]) -> Offered | None:
    version = entry.get("version")
    if not isinstance(version, str):
        return None
    try:
        version_key(version)
    except ValueError:
        return None
    return Offered(
        version,
        _text(entry.get("appVersion")),
        _text(entry.get("kubeVersion")),
        _text(entry.get("created"))[: len("2026-01-01")],
    )


def _text(value: object) -> str:
    """Return a plain value as text; lists and maps, which may be of any size, are none."""
    return str(value) if isinstance(value, (str, int, float, datetime.date)) else ""
