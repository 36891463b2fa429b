"""Say what a key is for a chart version: a key, a section, older, newer, of the other chart, or unknown."""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from z2jh_wizard.values.charts import CHART_TITLES, Family, sort_key
from z2jh_wizard.values.keys import KeyName, KeyRow, key_table, paths_at
from z2jh_wizard.values.searching import nearest

_NEARLY_WHOLE = 0.75
"""How much of two whole paths must agree: long paths share much by chance."""


class Kind(enum.Enum):
    """What a path in a values file turned out to be."""

    KEY = "key"
    SECTION = "section"
    INSIDE = "inside"
    """Below an open key: the user's own, or a trait below ``hub.config``."""
    TOO_NEW = "too-new"
    REMOVED = "removed"
    OTHER_CHART = "other-chart"
    UNKNOWN = "unknown"


class KeyMatch(msgspec.Struct, frozen=True):
    """The answer for one path; ``known`` is the part of it that the table has, in that or another version."""

    path: str
    kind: Kind
    known: str = ""
    row: KeyRow | None = None
    sentence: str = ""
    """What is wrong and what to write instead; empty for what is fine."""
    suggestions: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether the chart version takes the key."""
        return self.kind in {Kind.KEY, Kind.SECTION, Kind.INSIDE}


def look_up(path: Sequence[str | int], version: str, family: Family = "z2jh") -> KeyMatch:
    """Return what a path is for a chart version; InvalidInput for what is no version.

    List indexes in the path belong to the value of the key before them.
    """
    parts = _names_of(path)
    if not parts and path:
        return KeyMatch("", Kind.UNKNOWN, sentence="The values of a chart are a map of keys, no list.")
    text, alive = ".".join(parts), paths_at(version, family)
    return (
        taken(path, version, family)
        or _elsewhere(text, version, family)
        or _unknown(parts, alive, version, family)
    )


def taken(path: Sequence[str | int], version: str, family: Family = "z2jh") -> KeyMatch | None:
    """Return what a path that the chart version takes is, None for one that it does not take.

    Unlike ``look_up`` it is cheap: nothing is searched. InvalidInput for what is no version.
    """
    parts = _names_of(path)
    if not parts:
        return None if path else KeyMatch("", Kind.SECTION)
    text, alive = ".".join(parts), paths_at(version, family)
    found = _longest(parts, alive)
    if found == text:
        whole = len(parts) == len(path)
        return KeyMatch(text, Kind.KEY if whole else Kind.INSIDE, found, alive[found])
    if found and alive[found].open_in(family):
        return KeyMatch(text, Kind.INSIDE, found, alive[found])
    if not found and any(key.startswith(f"{text}.") for key in alive):
        return KeyMatch(text, Kind.SECTION, text)
    return None


def _names_of(path: Sequence[str | int]) -> tuple[str, ...]:
    parts = []
    for part in path:
        if isinstance(part, int):
            break
        parts.append(part)
    return tuple(parts)


def _longest(parts: Sequence[str], known: Container[str]) -> str:
    """Return the longest leading part of a path that is a known key, or nothing."""
    heads = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((head for head in heads if head in known), "")


def _elsewhere(text: str, version: str, family: Family) -> KeyMatch | None:
    """Return the answer for a key, or a section, of another version or of the other chart."""
    table = key_table()
    if family == "z2jh":
        for covers in (_is, _is_above, _is_inside):
            entries = [
                entry for key in table.z2jh for entry in table.z2jh[key] if covers(key, entry[1], text)
            ]
            if entries:
                return _other_version(text, version, entries)
    newest_rows = {key: entries[-1][1] for key, entries in table.z2jh.items()}
    others = table.helmforge if family == "z2jh" else newest_rows
    for covers in (_is, _is_above, _is_inside):
        row = next((row for key, row in others.items() if covers(key, row, text)), None)
        if row:
            return _other_chart(text, version, family, row)
    return None


def _is(key: str, _row: KeyRow, text: str) -> bool:
    return key == text


def _is_above(key: str, _row: KeyRow, text: str) -> bool:
    return key.startswith(f"{text}.")


def _is_inside(key: str, row: KeyRow, text: str) -> bool:
    return row.open_in("z2jh") and text.startswith(f"{key}.")


def _other_chart(text: str, version: str, family: Family, row: KeyRow) -> KeyMatch:
    """Return the answer for a key, or a section, that only the other chart has."""
    other: Family = "helmforge" if family == "z2jh" else "z2jh"
    called = (
        row.path_at(version, family) if text in {row.helmforge, *(name.path for name in row.names)} else None
    )
    instead = f"; here it is {called}" if called else ""
    note = f" {row.note}" if row.note else ""
    sentence = f"{text} is a key of the {CHART_TITLES[other]} chart{instead}.{note}"
    return KeyMatch(text, Kind.OTHER_CHART, text, row, sentence, (called,) if called else ())


def _other_version(text: str, version: str, entries: Sequence[tuple[KeyName, KeyRow]]) -> KeyMatch:
    """Return the answer for names that a chart of this version does not take yet, or no more."""
    now = sort_key(version)[:3]
    rows = {id(row): row for _, row in entries}
    only = next(iter(rows.values())) if len(rows) == 1 else None
    called = only.path_at(version) if only else None
    later = [name for name, _ in entries if sort_key(name.since)[:3] > now]
    if later:
        name = min(later, key=lambda name: sort_key(name.since))
        instead = f"; before that it is {called}" if called else ""
        sentence = f"{text} needs chart {name.since} or newer, not {version}{instead}."
        return KeyMatch(text, Kind.TOO_NEW, name.path, only, sentence, (called,) if called else ())
    name = max((name for name, _ in entries), key=lambda name: sort_key(name.removed_in))
    moved = any(row.path_at(version) for row in rows.values())
    instead = f"{called} says it now" if called else "its keys have moved" if moved else "nothing says it now"
    note = f" {only.note}" if only and only.note else ""
    sentence = f"Charts from {name.removed_in} on do not take {text}; {instead}.{note}"
    return KeyMatch(text, Kind.REMOVED, name.path, only, sentence, (called,) if called else ())


def _unknown(parts: Sequence[str], alive: Mapping[str, KeyRow], version: str, family: Family) -> KeyMatch:
    """Return the answer for a path that no chart ever had, with what it may have been meant to be."""
    text = ".".join(parts)
    suggestions = suggest(parts, alive)
    meant = f" (did you mean {suggestions[0]}?)" if suggestions else ""
    above = _longest(parts, alive)
    if above:
        sentence = f"{above} takes a value and no keys, so {text} is not read{meant}."
        return KeyMatch(text, Kind.UNKNOWN, above, alive[above], sentence, suggestions)
    sentence = f"{CHART_TITLES[family]} {version} has no key {text}{meant}."
    return KeyMatch(text, Kind.UNKNOWN, "", None, sentence, suggestions)


def suggest(parts: Sequence[str], keys: Iterable[str]) -> tuple[str, ...]:
    """Return up to three keys or sections that a wrong path may have been meant to be, the best first.

    A wrong part is compared with its neighbours first; then keys that end as the path does are offered
    (``storage.type`` is ``singleuser.storage.type`` without its section), then keys that look alike.
    """
    known = {".".join(key.split(".")[:size]) for key in keys for size in range(1, key.count(".") + 2)}
    above = next(
        (tuple(parts[:size]) for size in range(len(parts) - 1, 0, -1) if ".".join(parts[:size]) in known), ()
    )
    depth = len(above)
    neighbours = {
        pieces[depth]
        for path in known
        if len(pieces := path.split(".")) == depth + 1 and pieces[:depth] == [*above]
    }
    wrong, rest = parts[depth], parts[depth + 1 :]
    near = [".".join((*above, name, *rest)) for name in nearest(wrong, neighbours)]
    tail = "." + ".".join(parts[depth:])
    ends = sorted((path for path in known if path.endswith(tail)), key=lambda path: (path.count("."), path))
    beside = nearest(".".join(parts), known, _NEARLY_WHOLE)
    wanted = [*(path for path in near if path in known), *ends, *beside]
    return tuple(dict.fromkeys(path for path in wanted if path))[:3]
