"""Reading single files out of a packaged or unpacked chart, which is outside data."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path, PurePosixPath

from z2jh_wizard.core.errors import InvalidInput

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes; the schema of z2jh 4.4.0 has about 0.2 MiB."""

LARGEST_CHART = 64 * 1024 * 1024
"""Bytes of a packaged chart that are unpacked while looking for a file."""

SCHEMA = "values.schema.json"


def read_chart_file(chart: Path, name: str) -> bytes | None:
    """Return a file at the top of a chart (folder or .tgz), None if there is none; InvalidInput if broken."""
    try:
        return _from_folder(chart, name) if chart.is_dir() else _from_archive(chart, name)
    except (OSError, tarfile.TarError, zlib.error, EOFError) as error:
        raise InvalidInput(
            "The chart cannot be read",
            f"{chart}: {error}.",
            next_step="Give a chart folder or a packaged chart (.tgz).",
        ) from error


def _from_folder(chart: Path, name: str) -> bytes | None:
    path = chart / name
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return _limited(stream.read(LARGEST_FILE + 1), chart, name)


def _from_archive(chart: Path, name: str) -> bytes | None:
    """Look for ``<chart>/<name>``; files of subcharts lie deeper and are passed over."""
    seen = 0
    with tarfile.open(chart, mode="r:gz") as opened:
        for member in opened:
            seen += member.size
            if seen > LARGEST_CHART:
                raise InvalidInput("The chart is too large", f"{chart} unpacks to more than 64 MiB.")
            path = PurePosixPath(member.name)
            if len(path.parts) == 2 and path.name == name and member.isfile():
                stream = opened.extractfile(member)
                return _limited(stream.read(LARGEST_FILE + 1), chart, name) if stream else None
    return None


def _limited(data: bytes, chart: Path, name: str) -> bytes:
    if len(data) > LARGEST_FILE:
        raise InvalidInput("The chart is too large", f"{name} in {chart} is larger than 16 MiB.")
    return data
