"""A chart repository's index: the SHA-256 that it publishes for a package, which Helm does not compare.

Measured with Helm 4.3.1: ``helm pull`` takes a package whose digest differs from the one in index.yaml.
Registries (``oci://``) need no such check, as everything in them is asked for by its digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.helm.arguments import ChartSource

LARGEST_INDEX = 32 * 1024 * 1024
"""Bytes; an index with thousands of versions has a few million."""

QUIET_LIMIT = 30.0
"""Seconds in which the repository must send something."""


async def check_digest(packed: Path, source: ChartSource) -> bool:
    """Compare a downloaded chart with its repository's index; WizardError when they differ.

    False when there was nothing to compare with: a registry, an index without a digest, or one that only
    Helm's own settings can reach.
    """
    published = await asyncio.to_thread(_published, source)
    if not published:
        return False
    found = hashlib.sha256(await asyncio.to_thread(packed.read_bytes)).hexdigest()
    if found != published:
        raise WizardError(
            "The downloaded chart is not the published one",
            f"{source.chart} {source.version} has the SHA-256 {found}, but {source.repository} publishes "
            f"{published}. It was thrown away.",
            still_works="Nothing was installed or changed.",
            next_step="Try again, on another network if it stays; a chart in a file (.tgz) works too.",
            transient=True,
        )
    return True


def _published(source: ChartSource) -> str:
    """Return the digest in the index as lower-case hex, empty when there is none."""
    entries = _index(source.repository).get("entries")
    versions = entries.get(source.chart) if isinstance(entries, Mapping) else None
    for entry in versions if isinstance(versions, list) else ():
        if isinstance(entry, Mapping) and entry.get("version") == source.version:
            return str(entry.get("digest") or "").removeprefix("sha256:").lower()
    return ""


def _index(repository: str) -> Mapping[str, Any]:
    """Return index.yaml of a repository, empty when it cannot be read."""
    import yaml

    if urlsplit(repository).scheme not in ("http", "https"):
        return {}
    try:
        url = f"{repository.rstrip('/')}/index.yaml"
        with urllib.request.urlopen(url, timeout=QUIET_LIMIT) as response:  # noqa: S310  # checked just above
            data = response.read(LARGEST_INDEX + 1)
        # The parser in C is ten times as fast, and an index can be large.
        tree = yaml.load(data, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except (OSError, ValueError, urllib.error.URLError, yaml.YAMLError):
        return {}
    return tree if isinstance(tree, Mapping) and len(data) <= LARGEST_INDEX else {}
