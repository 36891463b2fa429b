"""What a menu of profiles comes to: the page that students see, each entry in words, and what is wrong.

Facts: ``form.html`` of KubeSpawner 7.0, tried: a round button for each profile with its name and description,
a drop-down list for each of its menus, ``Other...`` as the last line where students may type a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.values import forms, trees
from z2jh_wizard.values.amounts import hub_bytes
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.profile_fields import GPU
from z2jh_wizard.values.profile_menu import (
    CHOICES,
    DEFAULT,
    NAME,
    OVERRIDE,
    UNLISTED,
    Menu,
    Place,
    Row,
    default_of,
    entry,
    place_of,
    rows,
    siblings,
    slug_of,
    title_of,
)
from z2jh_wizard.values.profiles import OVERRIDES
from z2jh_wizard.values.topics import fields_by_key

OTHER: Final = "Other..."
"""What KubeSpawner writes for a value of one's own where the menu has no words for it."""

LONGEST: Final = 300
"""Characters of a name or a description that are shown."""


class Mistake(msgspec.Struct, frozen=True):
    """What is wrong with an entry, one sentence with the fix."""

    path: Path
    sentence: str
    field: str = ""
    """The field to mend it in, where there is one."""


def everybody(scene: Scene) -> dict[str, Any]:
    """Return what all students get, by KubeSpawner's names: the file's values, else the chart's own."""
    found = {}
    for key, trait in OVERRIDES.items():
        field = fields_by_key()[key]
        path = forms.place(field, scene)
        value = trees.look_up(scene.values, path) if path else trees.MISSING
        found[trait] = forms.default_of(field, scene.family) if value is trees.MISSING else value
    return found


# ---- as students see it ----


def student_lines(menu: Menu) -> list[str]:
    """Return the page to start a server, drawn in characters."""
    if not menu:
        return ["Students choose nothing: their server starts at once."]
    lines: list[str] = []
    for row in rows(menu):
        lines += _drawn(menu, row)
    return lines


def _drawn(menu: Menu, row: Row) -> Iterator[str]:
    name, found = _shown(row.title), entry(menu, row.path)
    if row.place is Place.PROFILE:
        yield f"({'*' if row.chosen else ' '}) {name}"
        if isinstance(found.get("description"), str):
            yield f"    {_shown(found['description'])}"
    elif row.place is Place.OPTION:
        chosen = default_of(menu, row.path)
        first = _shown(title_of(menu, chosen)) if chosen else OTHER
        yield f"    {name}  [ {first} v ]"
    elif row.place is Place.CHOICE:
        yield f"        {'>' if row.chosen else '-'} {name}"
    elif row.place is Place.UNLISTED and found.get("enabled"):
        words = found.get("display_name_in_choices")
        yield f"        - {_shown(words) if isinstance(words, str) else OTHER}  {name} [ ________ ]"
    elif row.place is Place.UNKNOWN:
        yield f"{'    ' * row.level}?   {name}: the wizard does not know it"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


# ---- in words ----


def words(menu: Menu, path: Path) -> str:
    """Return what an entry changes, as short as a list wants it."""
    found, place = entry(menu, path), place_of(menu, path)
    if place is Place.UNKNOWN:
        return "the wizard does not know it"
    if place is Place.OPTION:
        count = len(siblings(menu, path))
        return f"{count} choice{'s' * (count != 1)}"
    if place is Place.UNLISTED:
        return "students may type one" if found.get("enabled") else "switched off"
    override = found.get(OVERRIDE)
    parts = list(_override_words(override)) if isinstance(override, dict) else []
    return ", ".join(parts) or "as for all students"


def _override_words(override: Mapping[str, Any]) -> Iterator[str]:
    rest = dict(override)
    image = rest.pop("image", None)
    if image is not None:
        yield _shown(str(image)).rpartition("/")[2]
    memory = [rest.pop(name, None) for name in ("mem_guarantee", "mem_limit")]
    if any(one is not None for one in memory):
        yield f"{_span(memory)} memory"
    cpu = [rest.pop(name, None) for name in ("cpu_guarantee", "cpu_limit")]
    if any(one is not None for one in cpu):
        yield f"{_span(cpu)} cores"
    devices = rest.get("extra_resource_limits")
    if isinstance(devices, dict) and GPU in devices:
        yield f"{_shown(str(devices[GPU]))} GPU"
        rest.pop("extra_resource_limits")
    if rest:
        yield f"{len(rest)} more setting{'s' * (len(rest) != 1)}"


def _span(amounts: list[Any]) -> str:
    """Say what is kept and what is allowed."""
    kept, most = (None if one is None else _shown(str(one)) for one in amounts)
    if most is None:
        return f"at least {kept}"
    return f"up to {most}" if kept is None else f"{kept} to {most}" if kept != most else most


# ---- what is wrong ----


def mistakes(menu: Menu, for_all: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Return what would fail or surprise; ``for_all`` is what ``everybody`` returns."""
    found = [*_names_twice(menu)]
    for row in rows(menu):
        found += _mistakes_of(menu, row, for_all)
    return tuple(found)


def _names_twice(menu: Menu) -> Iterator[Mistake]:
    checks: tuple[tuple[str, Callable[[Path], str]], ...] = (
        ("name", lambda path: title_of(menu, path)),
        ("short name", lambda path: slug_of(entry(menu, path))),
    )
    profiles = [path for path in siblings(menu, ()) if place_of(menu, path) is Place.PROFILE]
    for what, word_of in checks:
        counts: Counter[str] = Counter()
        for path in profiles:
            word = word_of(path)
            counts[word] += 1
            if word and counts[word] == 2:
                yield Mistake(path, f"Another profile has the same {what}: only the first can be chosen.")
    marked = [path for path in profiles if entry(menu, path).get(DEFAULT)]
    for path in marked[1:]:
        yield Mistake(path, _DEFAULTS)


def _mistakes_of(menu: Menu, row: Row, for_all: Mapping[str, Any]) -> Iterator[Mistake]:
    found = entry(menu, row.path)
    if row.place in (Place.PROFILE, Place.OPTION, Place.CHOICE) and not _is_named(found):
        yield Mistake(row.path, "It has no name: write one, for students choose by it.")
    if row.place is Place.OPTION and not found.get(CHOICES) and not _types(found.get(UNLISTED)):
        yield Mistake(row.path, "This menu has no choice: students could not start a server. Add one.")
    if row.place in (Place.PROFILE, Place.CHOICE):
        above = entry(menu, row.path[:1]) if row.place is Place.CHOICE else {}
        together = {**for_all, **_override(above), **_override(found)}
        own = _override(found)
        for kind, read in (("mem", hub_bytes), ("cpu", _cores)):
            keys = f"{kind}_guarantee", f"{kind}_limit"
            if not any(key in own for key in keys):
                continue
            kept, most = (read(together.get(key)) for key in keys)
            if kept and most and kept > most:
                sentence = _TOO_MUCH.format(*(together[key] for key in keys), _WORDS[kind])
                yield Mistake(row.path, sentence, _LIMITS[kind])


_DEFAULTS: Final = "Several are the default: the page marks the last, the hub takes the first. Choose one."
_WORDS: Final = {"mem": "memory", "cpu": "cores"}
_LIMITS: Final = {"mem": "entry.memory-limit", "cpu": "entry.cpu-limit"}
_TOO_MUCH: Final = "It keeps {} but allows only {} of {}: no server of it starts. Raise the limit."


def _cores(value: object) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number else None  # type: ignore[arg-type]


def _is_named(found: Mapping[str, Any]) -> bool:
    name = found.get(NAME)
    return isinstance(name, str) and bool(name.strip())


def _types(unlisted: Any) -> bool:
    return isinstance(unlisted, dict) and bool(unlisted.get("enabled"))


def _override(found: Any) -> Mapping[str, Any]:
    override = found.get(OVERRIDE) if isinstance(found, dict) else None
    return override if isinstance(override, dict) else {}
