"""Helm's own record of a release: a Secret a revision, read without starting a Helm.

Helm 3 and 4 store a release as gzip'ed JSON in base64 in ``data.release`` (so twice base64 in the Secret),
named ``sh.helm.release.v1.NAME.vN``, with labels owner, name, version and status. That is their default
storage ("secret" driver); with another HELM_DRIVER, Helm itself has to be asked.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.helm.releases import Revision, Status, parse_time, status_from

LARGEST_RECORD = 64 * 1024 * 1024
"""Bytes after unpacking; a chart with all its files has a few MiB."""


_Shape = TypeVar("_Shape")


class _Metadata(msgspec.Struct):
    name: str = ""
    version: str = ""
    app_version: str = msgspec.field(default="", name="appVersion")


class _Chart(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Info(msgspec.Struct):
    status: str = ""
    last_deployed: str = ""
    description: str = ""


class _Record(msgspec.Struct):
    version: int
    info: _Info = msgspec.field(default_factory=_Info)
    chart: _Chart = msgspec.field(default_factory=_Chart)
    config: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A revision as Helm stored it, with the values that it was given (secrets included)."""

    revision: Revision
    values: Mapping[str, Any] = field(repr=False)


def selector(release: str) -> str:
    """Return the labels that Helm puts on the records of a release."""
    return f"owner=helm,name={release}"


def secret_name(release: str, revision: int) -> str:
    """Return the name of the Secret that holds a revision."""
    return f"sh.helm.release.v1.{release}.v{revision}"


def in_secrets() -> bool:
    """Tell whether Helm keeps its records in Secrets, as it does unless HELM_DRIVER says otherwise."""
    return os.environ.get("HELM_DRIVER", "") in ("", "secret", "secrets")


def outline(labels: Mapping[str, str]) -> Revision:
    """Return what the labels of a record alone tell of a revision."""
    number = labels.get("version", "")
    return Revision(int(number) if number.isdecimal() else 0, status_from(labels.get("status", "")))


def read(data: str) -> Stored:
    """Decode ``data.release`` of a record; CouldNotLook when it is not one."""
    record = _unpack(data, _Record)
    meta, info = record.chart.metadata, record.info
    revision = Revision(
        record.version,
        status_from(info.status),
        meta.name,
        meta.version,
        meta.app_version,
        parse_time(info.last_deployed),
        info.description,
    )
    return Stored(revision, record.config or {})


def as_failed(data: str, description: str) -> dict[str, Any]:
    """Return the merge patch that marks a record as failed, as Helm itself does when interrupted."""
    record = _unpack(data, dict[str, Any])
    info = record.get("info")
    record["info"] = {
        **(info if isinstance(info, dict) else {}),
        "status": Status.FAILED.value,
        "description": description,
    }
    packed = base64.b64encode(gzip.compress(msgspec.json.encode(record), mtime=0))
    return {
        "metadata": {"labels": {"status": Status.FAILED.value}},
        "data": {"release": base64.b64encode(packed).decode()},
    }


def _unpack(data: str, shape: type[_Shape]) -> _Shape:
    try:
        packed = base64.b64decode(base64.b64decode(data, validate=True), validate=True)
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return msgspec.json.decode(unpacker.decompress(packed, LARGEST_RECORD), type=shape)
    except (binascii.Error, zlib.error, msgspec.MsgspecError, ValueError):
        # The text of the error may quote the record, and so a secret.
        raise CouldNotLook(
            "Helm's record of the release cannot be read",
            "It is not stored as Helm 3 and 4 do it.",
            next_step="Run: helm history, to see whether Helm itself can read it.",
        ) from None
