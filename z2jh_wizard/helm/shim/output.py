"""Printing as Helm does: JSON on one line, YAML, or text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from z2jh_wizard.helm.shim.flags import HelmFailure

FORMATS = ("table", "json", "yaml")

_FIRST_ATTRIBUTE = re.compile(r" (?=[A-Za-z][\w-]*=)")
_ATTRIBUTE = re.compile(r"(?P<key>[A-Za-z][\w-]*)=(?P<value>\S*, Kind=\S+|.*?)(?= [A-Za-z][\w-]*=|$)", re.S)
_NEEDS_QUOTES = re.compile(r"[\s\"=\\]|^$")


def write(text: str) -> None:
    """Print to stdout as it is."""
    sys.stdout.write(text)


def write_error(text: str) -> None:
    """Print an error as Helm prints its last one."""
    sys.stderr.write(f"Error: {text}\n")


def write_log(level: str, record: str) -> None:
    """Print one log record of the SDK, ``message key=value ...``, as the helm command would."""
    message, *rest = _FIRST_ATTRIBUTE.split(record, maxsplit=1)
    words = [f"level={level}", f"msg={_quoted(message)}"]
    if rest and " error=" in f" {rest[0]}":
        # The error is the last attribute and may hold anything.
        before, _, error = f" {rest[0]}".partition(" error=")
        words += _attributes(before.strip())
        words.append(f"error={_quoted(error)}")
    elif rest:
        words += _attributes(rest[0])
    sys.stderr.write(" ".join(words) + "\n")


def _attributes(text: str) -> list[str]:
    return [f"{match['key']}={_quoted(match['value'])}" for match in _ATTRIBUTE.finditer(text)]


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if _NEEDS_QUOTES.search(value) else value


def write_data(data: Any, output: str) -> None:
    """Print data as JSON or YAML."""
    if output == "json":
        write(to_json(data) + "\n")
    else:
        import msgspec

        write(msgspec.yaml.encode(data).decode())


def to_json(data: Any) -> str:
    """Return JSON in Go's spelling: no spaces, and no characters that mean something in HTML."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def checked_format(output: str) -> str:
    """Return the output format; HelmFailure in Helm's words for an unknown one."""
    if output not in FORMATS:
        raise HelmFailure(f'invalid argument "{output}" for "-o, --output" flag: invalid format type')
    return output


def write_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as columns, divided as Helm divides them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}\t" for cell, width in zip(row[:-1], widths, strict=False))
        write("".join(cells) + f"{row[-1]:<{widths[-1]}}\n")


def long_time(text: str) -> str:
    """Return an RFC 3339 time as Helm shows it to people."""
    moment = moment_of(text)
    return moment.strftime("%a %b %e %H:%M:%S %Y") if moment else text


def go_time(text: str) -> str:
    """Return an RFC 3339 time as ``helm list`` writes it."""
    moment = moment_of(text)
    return moment.strftime("%Y-%m-%d %H:%M:%S +0000 UTC") if moment else text


def moment_of(text: str) -> datetime | None:
    """Read an RFC 3339 time of the SDK, which is in UTC, to the second."""
    match = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text)
    return datetime.fromisoformat(match[0]).replace(tzinfo=timezone.utc) if match else None
