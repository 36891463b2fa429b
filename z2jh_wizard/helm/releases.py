"""What Helm says about releases, and the judgement of it: at work, stuck, failed, and how to mend."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

import msgspec

_CHART = re.compile(r"(?P<name>.+?)-(?P<version>v?\d+\.\d+.*)")
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})\d*)?\s*(?:(Z)|([+-]\d{2}):?(\d{2}))?"
)
_FINISHED = re.compile(r"Install complete|Upgrade complete|Rollback to \d+")


class Status(str, enum.Enum):
    """A release's status in Helm's own words."""

    DEPLOYED = "deployed"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    UNINSTALLED = "uninstalled"
    UNINSTALLING = "uninstalling"
    PENDING_INSTALL = "pending-install"
    PENDING_UPGRADE = "pending-upgrade"
    PENDING_ROLLBACK = "pending-rollback"
    UNKNOWN = "unknown"


PENDING = frozenset({Status.PENDING_INSTALL, Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK})
"""What a release says while a Helm is at work on it, and for ever when that Helm was killed."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a release; ``chart`` is its name, ``updated`` is in UTC."""

    number: int
    status: Status
    chart: str = ""
    chart_version: str = ""
    app_version: str = ""
    updated: datetime | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it stands: its newest revision, with what only the status tells."""

    name: str
    namespace: str
    latest: Revision
    notes: str = ""


class Standing(str, enum.Enum):
    """Whether a release can be worked on."""

    ABSENT = "absent"
    DEPLOYED = "deployed"
    FAILED = "failed"
    WORKING = "working"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a history means: ``current`` is the revision that serves the users, if any, and ``why`` says it.

    WORKING means that a Helm may still be at work: it is neither good nor broken, and nothing may be changed.
    """

    standing: Standing
    why: str
    current: Revision | None = None


@dataclass(frozen=True, slots=True)
class Uninstall:
    """Mend by removing what a first install left behind; nobody has used it yet."""


@dataclass(frozen=True, slots=True)
class RollBack:
    """Mend by going back to a revision that worked."""

    revision: int


Repair: TypeAlias = "Uninstall | RollBack"


def current_revision(history: Sequence[Revision]) -> Revision | None:
    """Return the newest deployed revision; the newest of all may be a failed or an unfinished one."""
    deployed = [revision for revision in history if revision.status is Status.DEPLOYED]
    return max(deployed, key=_number, default=None)


def judge(
    history: Sequence[Revision], *, now: datetime, timeout: timedelta, helm_is_dead: bool = False
) -> Judgement:
    """Say how a release stands.

    ``timeout`` is how long Helm may take; ``helm_is_dead`` that the Helm which began the last change is known
    to have ended, so that its pending revision needs no waiting.
    """
    if not history:
        return Judgement(Standing.ABSENT, "There is no such release.")
    newest = max(history, key=_number)
    current = current_revision(history)
    where = f"Revision {newest.number} is {newest.status.value}"
    if newest.status in PENDING:
        age = now - newest.updated if newest.updated else None
        if not helm_is_dead and age is not None and age < timeout:
            left = timeout - age
            return Judgement(
                Standing.WORKING, f"{where}: a Helm may be at work for another {_minutes(left)}.", current
            )
        ended = "its Helm has ended" if helm_is_dead else f"that is longer than {_minutes(timeout)} ago"
        return Judgement(Standing.STUCK, f"{where}, and {ended}.", current)
    if newest.status is Status.UNINSTALLED:
        return Judgement(Standing.ABSENT, f"{where}.")
    if newest.status is Status.UNINSTALLING:
        return Judgement(Standing.STUCK, f"{where}: its removal was not finished.")
    if newest.status is Status.DEPLOYED:
        return Judgement(Standing.DEPLOYED, f"{where}.", current)
    reason = f": {newest.description}" if newest.description else "."
    return Judgement(Standing.FAILED, f"{where}{reason}", current)


def repair(history: Sequence[Revision]) -> Repair:
    """Return how to mend a stuck or failed release.

    Uninstalling deletes the hub's database (its volume ``hub-db-dir`` is part of the release), so that is
    only for a release that never worked, or whose removal was already begun.
    """
    newest = max(history, key=_number)
    if newest.status is Status.UNINSTALLING:
        return Uninstall()
    if current := current_revision(history):
        return RollBack(current.number)
    # A failed rollback marks even a failed revision as superseded, so those that say they finished go first.
    past = [revision for revision in history if revision.status is Status.SUPERSEDED]
    finished = [revision for revision in past if _FINISHED.match(revision.description)]
    best = max(finished or past, key=_number, default=None)
    return RollBack(best.number) if best else Uninstall()


def earlier_revision(history: Sequence[Revision]) -> Revision | None:
    """Return what to go back to: the revision in force when the newest failed, else the one before it."""
    newest = max(history, key=_number, default=None)
    current = current_revision(history)
    if newest is None or (current and current.number != newest.number):
        return current
    past = [revision for revision in history if revision.status is Status.SUPERSEDED]
    return max(past, key=_number, default=None)


def _number(revision: Revision) -> int:
    return revision.number


def _minutes(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


class _HistoryRow(msgspec.Struct):
    """One entry of ``helm history -o json``."""

    revision: int
    status: str
    chart: str = ""
    app_version: str = ""
    updated: str = ""
    description: str = ""


class _ListRow(msgspec.Struct):
    """One entry of ``helm list -o json``; the revision is text there."""

    name: str
    namespace: str
    revision: str
    status: str
    chart: str = ""
    app_version: str = ""
    updated: str = ""


class _Info(msgspec.Struct):
    status: str
    notes: str = ""
    description: str = ""
    last_deployed: str = ""


class _StatusAnswer(msgspec.Struct):
    """``helm status -o json``; manifest and values in it are left alone, as they hold secrets."""

    name: str
    version: int
    info: _Info
    namespace: str = ""


def read_history(answer: bytes) -> list[Revision]:
    """Decode ``helm history -o json``, oldest first; msgspec.DecodeError if it is something else."""
    rows = msgspec.json.decode(answer, type=list[_HistoryRow])
    return sorted((_revision(row.revision, row) for row in rows), key=_number)


def read_list(answer: bytes) -> list[Release]:
    """Decode ``helm list -o json``."""
    rows = msgspec.json.decode(answer, type=list[_ListRow])
    return [Release(row.name, row.namespace, _revision(int(row.revision), row)) for row in rows]


def read_status(answer: bytes, history: Sequence[Revision]) -> Release:
    """Decode ``helm status -o json``; the chart's version comes from the history, which alone has it."""
    status = msgspec.json.decode(answer, type=_StatusAnswer)
    listed = next((revision for revision in history if revision.number == status.version), None)
    latest = Revision(
        status.version,
        status_from(status.info.status),
        listed.chart if listed else "",
        listed.chart_version if listed else "",
        listed.app_version if listed else "",
        parse_time(status.info.last_deployed),
        status.info.description,
    )
    return Release(status.name, status.namespace, latest, status.info.notes)


def _revision(number: int, row: _HistoryRow | _ListRow) -> Revision:
    chart, version = split_chart(row.chart)
    description = row.description if isinstance(row, _HistoryRow) else ""
    return Revision(
        number, status_from(row.status), chart, version, row.app_version, parse_time(row.updated), description
    )


def status_from(text: str) -> Status:
    """Return a status from Helm's word for it, UNKNOWN for a word that no Helm uses."""
    try:
        return Status(text)
    except ValueError:
        return Status.UNKNOWN


def split_chart(text: str) -> tuple[str, str]:
    """Split ``jupyterhub-4.4.0`` into name and version; the version is empty if there is none."""
    match = _CHART.fullmatch(text)
    return (match["name"], match["version"]) if match else (text, "")


def parse_time(text: str) -> datetime | None:
    """Read a time as any Helm writes it (nanoseconds, ``+0100 CET``) into UTC; None if it is none."""
    match = _TIME.match(text)
    if not match:
        return None
    day, clock, fraction, _, hours, minutes = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0').ljust(6, '0')}+00:00")
    if hours:
        sign = -1 if hours.startswith("-") else 1
        moment -= timedelta(hours=int(hours), minutes=sign * int(minutes))
    return moment.astimezone(timezone.utc)
