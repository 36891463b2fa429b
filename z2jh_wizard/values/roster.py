"""A class list, as course platforms and spreadsheets write it, read into user names for the hub.

Names become what JupyterHub makes of them (lower case), so that the list fits whoever signs in. Facts:
``normalize_username`` and ``validate_username`` of authenticators, and the table of users, in JupyterHub 5.5.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import CHART_TITLES, Family
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.topics import fields
from z2jh_wizard.values.trees import MISSING

LARGEST: Final = 5 * 2**20
"""Bytes of a file: some hundred thousand students."""

LONGEST: Final = 255
"""Characters that JupyterHub's database keeps of a name."""

_HEADERS: Final = (
    "username", "user", "login", "loginname", "sisloginid", "loginid", "userlogin", "benutzername",
    "netid", "uid", "userprincipalname", "email", "emailaddress", "mail", "emailadresse",
)  # fmt: skip
"""What the column of user names is called, letters only, the likeliest first."""

_LONE_HEADERS: Final = ("name", "names", "student", "students")
"""What the only column of a file may be called besides; beside others these are names of people."""

_DELIMITERS: Final = ",;\t|"
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class Skipped(msgspec.Struct, frozen=True):
    """A line that gave no name."""

    line: int
    """Counts from 1, as spreadsheets and editors show it."""
    text: str
    reason: str


class Roster(msgspec.Struct, frozen=True):
    """The names in a file, in its order, and the lines that gave none."""

    names: tuple[str, ...]
    column: str
    """The heading of the column that was read; empty for a file without headings."""
    columns: tuple[str, ...]
    """All headings, to choose another one."""
    duplicates: tuple[Skipped, ...]
    unusable: tuple[Skipped, ...]


def read_roster(data: bytes, column: str = "") -> Roster:
    """Return the user names in a CSV file; ``column`` is the heading of theirs when it is not the usual one.

    Commas, semicolons, tabs, quotes, byte order marks and the UTF-16 of spreadsheets are understood. Raises
    InvalidInput for what is no text, for an unknown column, and when no column can be told to hold the names.
    """
    rows = _rows(_text(data))
    if not rows:
        raise InvalidInput("The class list is empty", "It has no line with a name in it.")
    headings = tuple(cell.strip() for cell in rows[0][1])
    at = _column(headings, column)
    has_headings = at is not None
    if at is None:
        at = _column_without_headings([cells for _, cells in rows])
    return _names(
        rows[1:] if has_headings else rows,
        at,
        headings[at] if has_headings else "",
        headings if has_headings else (),
    )


def normalise(name: str) -> str:
    """Return a user name as JupyterHub keeps it."""
    return name.strip().lower()


def why_unusable(name: str) -> str:
    """Return why JupyterHub, or a person, cannot use a name; empty for a fine one."""
    if not name:
        return "there is no user name in it"
    if "/" in name:
        return "a user name has no slash"
    if not name.isprintable():
        return "it has invisible characters in it"
    if any(letter.isspace() for letter in name):
        return "it has a blank in it, so it looks like a person's name and no user name"
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    return ""


def _text(data: bytes) -> str:
    """Decode a file as the program that wrote it meant; a spreadsheet's own file is refused."""
    if len(data) > LARGEST:
        raise InvalidInput(
            "The class list is too large",
            f"It has {len(data) / 2**20:.0f} MB.",
            next_step="Give a list of users.",
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: Sequence[str] = ("utf-16",)
    elif data[1:2] == b"\0":
        encodings = ("utf-16-le",)
    elif data[:1] == b"\0":
        encodings = ("utf-16-be",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not text.startswith("PK\x03\x04"):
            return text
    raise InvalidInput(
        "The class list is no text",
        "It looks like the file of a spreadsheet program, or like a picture.",
        next_step="Save it as CSV and give that file.",
    )


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that has any, with the line's number."""
    delimiter, skipped = "", 0
    if named := _SEPARATOR.match(text):
        delimiter, skipped, text = named[1], 1, text[named.end() :]
    delimiter = delimiter or _delimiter(text)
    found: list[tuple[int, list[str]]] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    while True:
        line = lines.line_num + 1 + skipped
        try:
            cells = next(lines)
        except StopIteration:
            return found
        except csv.Error:
            raise InvalidInput("The class list cannot be read", f"Line {line} is no CSV.") from None
        if any(cell.strip() for cell in cells):
            found.append((line, cells))


def _delimiter(text: str) -> str:
    """Return what parts the cells of the first line, outside of quotes; a comma where nothing does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=outside.count)


def _column(headings: Sequence[str], wanted: str) -> int | None:
    """Return which column has the names by its heading; None where the first line has no headings."""
    plain = [_plain(heading) for heading in headings]
    if wanted:
        if _plain(wanted) in plain:
            return plain.index(_plain(wanted))
        raise InvalidInput(
            f"The class list has no column {wanted!r}",
            f"Its first line has: {', '.join(headings)}.",
            next_step="Name one of these columns.",
        )
    known = _HEADERS + (_LONE_HEADERS if len(plain) == 1 else ())
    return next((plain.index(heading) for heading in known if heading in plain), None)


def _plain(heading: str) -> str:
    return "".join(letter for letter in heading.lower() if letter.isalnum())


def _column_without_headings(rows: Sequence[Sequence[str]]) -> int:
    """Return the only column, or the one with e-mail addresses."""
    width = max(map(len, rows))
    if width == 1:
        return 0
    for at in range(width):
        if sum("@" in _cell(cells, at) for cells in rows) * 2 > len(rows):
            return at
    raise InvalidInput(
        "Which column of the class list has the user names?",
        f"It has {width} columns and no heading that says it.",
        next_step="Write a first line with headings, one of them username or email.",
    )


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _names(rows: Iterable[tuple[int, list[str]]], at: int, column: str, columns: tuple[str, ...]) -> Roster:
    seen: dict[str, int] = {}
    duplicates, unusable = [], []
    for line, cells in rows:
        text = _cell(cells, at)
        name = normalise(text)
        reason = why_unusable(name)
        if reason:
            unusable.append(Skipped(line, _quoted(text, cells), reason))
        elif name in seen:
            duplicates.append(Skipped(line, name, f"it stands in line {seen[name]} already"))
        else:
            seen[name] = line
    return Roster(tuple(seen), column, columns, tuple(duplicates), tuple(unusable))


def _quoted(text: str, cells: Sequence[str]) -> str:
    """Return what a message shows of a line: its cell, else the first one with anything in it; printable."""
    shown = text.strip() or next(_filled(cells), "")
    return "".join(letter if letter.isprintable() else "?" for letter in shown)[:60]


def _filled(cells: Iterable[str]) -> Iterator[str]:
    return (cell.strip() for cell in cells if cell.strip())


def headings(data: bytes) -> tuple[str, ...]:
    """Return the cells of the first line, to choose a column by; none for a file without lines."""
    rows = _rows(_text(data))
    return tuple(cell.strip() for cell in rows[0][1]) if rows else ()


def admitting_path(version: str, family: Family = "z2jh") -> Path:
    """Return the key that lists who may come in; InvalidInput where this chart has none."""
    path = fields()["sign-in.allowed"].path_at(version, family)
    if path is None:
        raise InvalidInput(
            f"The {CHART_TITLES[family]} chart {version} has no setting for the users that may come in",
            "Its sign-in is written as Python.",
            next_step="Set c.Authenticator.allowed_users in hub.extraConfig.",
        )
    return parse_path(path)


def joined(there: Any, names: Iterable[str], path: Path) -> list[Any]:
    """Return a list of users with these added behind those that it names already.

    ``there`` is what stands at the path, MISSING too; InvalidInput for what is no list.
    """
    present = [] if there is MISSING or not there else there
    if not isinstance(present, list):
        raise InvalidInput(
            f"{format_path(path)} is no list",
            "So nobody was added to it.",
            next_step="Make it a list of user names.",
        )
    known = {normalise(name) for name in present if isinstance(name, str)}
    return [*present, *(name for name in dict.fromkeys(map(normalise, names)) if name not in known)]


def admit(document: Document, names: Iterable[str], version: str, family: Family = "z2jh") -> Document:
    """Return a file that lets these people in, after those that it names already, where this chart says it.

    Raises InvalidInput where no key says it, or where the file has something else than a list there.
    """
    path = admitting_path(version, family)
    there = document.get(path)
    named = joined(there, names, path)
    return document.set(path, named) if len(named) > len(there or ()) else document
