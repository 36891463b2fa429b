"""The menu of profiles as a tree that can be changed: what is not known in it stays as it is.

A menu is the list as the hub reads it, ``singleuser.profileList`` in most charts. Each function takes one and
returns another; paths count from the list on. Four kinds of entries are known: profiles, the menus inside of
them (``profile_options``), the choices of those, and the line to type one of one's own (``unlisted_choice``).

Facts: KubeSpawner 7. Helm hands maps to the hub with their keys in order of the alphabet, so that menus and
choices are shown in that order, however the file has them; profiles are a list and keep theirs.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import trees
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import GONE, Setting, Settings
from z2jh_wizard.values.profiles import slug_from

OPTIONS, CHOICES, UNLISTED, OVERRIDE = (
    "profile_options",
    "choices",
    "unlisted_choice",
    "kubespawner_override",
)
NAME, SLUG, DEFAULT = "display_name", "slug", "default"

Menu: TypeAlias = "list[Any]"


class Place(enum.Enum):
    """What an entry is."""

    PROFILE = "profile"
    OPTION = "menu"
    CHOICE = "choice"
    UNLISTED = "free choice"
    UNKNOWN = "unknown"
    """Something that is not known here: it is shown, moved or removed as a whole, and never changed."""


class Row(msgspec.Struct, frozen=True):
    """One entry of a menu as a line of a list; ``level`` counts from 0."""

    path: Path
    place: Place
    title: str
    chosen: bool
    """Whether it is taken when a student chooses nothing."""

    @property
    def level(self) -> int:
        """How deep it stands."""
        return len(self.path) // 2


def menu_of(value: Any) -> Menu | None:
    """Return the menu that a value is; None for what is no list, which cannot be edited here."""
    if value is trees.MISSING or value is None:
        return []
    return value if isinstance(value, list) else None


def entry(menu: Menu, path: Path) -> Any:
    """Return what stands at a path; MISSING for nothing."""
    return trees.look_up(menu, path) if path else trees.MISSING


def place_of(menu: Menu, path: Path) -> Place:
    """Return what an entry is."""
    if not isinstance(entry(menu, path), dict):
        return Place.UNKNOWN
    if len(path) == 1:
        return Place.PROFILE
    if len(path) == 3 and path[1] == OPTIONS:
        return Place.OPTION
    if len(path) == 5 and path[3] == CHOICES:
        return Place.CHOICE
    return Place.UNLISTED if len(path) == 4 and path[3] == UNLISTED else Place.UNKNOWN


def rows(menu: Menu) -> tuple[Row, ...]:
    """Return all entries in the order in which students see them."""
    return tuple(_rows(menu))


def _rows(menu: Menu) -> Iterator[Row]:
    first = default_of(menu, ())
    for at in range(len(menu)):
        path: Path = (at,)
        yield _row(menu, path, chosen=path == first)
        for name in _in_order(menu, (*path, OPTIONS)):
            option: Path = (*path, OPTIONS, name)
            yield _row(menu, option)
            chosen = default_of(menu, option)
            for choice in _in_order(menu, (*option, CHOICES)):
                place: Path = (*option, CHOICES, choice)
                yield _row(menu, place, chosen=place == chosen)
            if isinstance(trees.look_up(menu, (*option, UNLISTED)), dict):
                yield _row(menu, (*option, UNLISTED))


def _row(menu: Menu, path: Path, *, chosen: bool = False) -> Row:
    return Row(path, place_of(menu, path), title_of(menu, path), chosen)


def _in_order(menu: Menu, path: Path) -> list[str]:
    found = trees.look_up(menu, path)
    return sorted(found) if isinstance(found, dict) else []


def title_of(menu: Menu, path: Path) -> str:
    """Return what students read, else its short name or number."""
    found = entry(menu, path)
    name = found.get(NAME) if isinstance(found, dict) else None
    if isinstance(name, str) and name:
        return name
    last = path[-1] if path else ""
    return last if isinstance(last, str) else f"entry {last + 1}"


def siblings(menu: Menu, parent: Path) -> list[Path]:
    """Return the profiles (no parent), or the choices of a menu in a profile, as students see them."""
    if not parent:
        return [(at,) for at in range(len(menu))]
    return [(*parent, CHOICES, name) for name in _in_order(menu, (*parent, CHOICES))]


def default_of(menu: Menu, parent: Path) -> Path | None:
    """Return what is taken when nobody chooses: the first that says so, else the first; None of nothing."""
    paths = siblings(menu, parent)
    marked = (path for path in paths if _is_marked(menu, path))
    return next(marked, paths[0] if paths else None)


def _is_marked(menu: Menu, path: Path) -> bool:
    found = entry(menu, path)
    return isinstance(found, dict) and bool(found.get(DEFAULT))


def parent_of(path: Path) -> Path:
    """Return the menu that a choice stands in; nothing for a profile."""
    return path[:-2] if len(path) == 5 else ()


# ---- changing ----


def made_default(menu: Menu, path: Path) -> Menu:
    """Return the menu with one profile or choice taken beforehand, and no other beside it."""
    others = [one for one in siblings(menu, parent_of(path)) if one != path and _is_marked(menu, one)]
    for one in others:
        menu = trees.drop(menu, (*one, DEFAULT))
    return menu if _is_marked(menu, path) else trees.put(menu, (*path, DEFAULT), True)


def removed(menu: Menu, path: Path) -> Menu:
    """Return the menu without an entry; a map that is left empty by it goes too."""
    menu = trees.drop(menu, path)
    while len(path) > 2 and trees.look_up(menu, path[:-1]) == {}:
        path = path[:-1]
        menu = trees.drop(menu, path)
    return menu


def can_move(menu: Menu, path: Path, by: int) -> bool:
    """Tell whether a profile has another one where it would go; choices are in order of their short names."""
    return len(path) == 1 and isinstance(path[0], int) and 0 <= path[0] + by < len(menu)


def moved(menu: Menu, path: Path, by: int) -> tuple[Menu, Path]:
    """Return the menu with a profile so many places further down, and its new path."""
    at = path[0]
    assert isinstance(at, int)
    items = list(menu)
    items.insert(at + by, items.pop(at))
    return items, (at + by,)


def duplicated(menu: Menu, path: Path) -> tuple[Menu, Path]:
    """Return the menu with a copy of a profile or choice below it, under a name of its own, and its path."""
    parent, found = parent_of(path), entry(menu, path)
    copy = {key: value for key, value in found.items() if key != DEFAULT}
    copy[NAME] = free_name(menu, parent, title_of(menu, path))
    if len(path) == 1:
        if SLUG in copy:
            copy[SLUG] = free_slug(menu, copy[NAME])
        at = path[0]
        assert isinstance(at, int)
        return [*menu[: at + 1], copy, *menu[at + 1 :]], (at + 1,)
    new = (*parent, CHOICES, free_key(menu, (*parent, CHOICES), str(path[-1])))
    return trees.put(menu, new, copy), new


def renamed(menu: Menu, path: Path, key: str) -> tuple[Menu, Path]:
    """Return the menu with another short name for a choice or a menu; InvalidInput when it is taken."""
    new = (*path[:-1], key)
    if new == path:
        return menu, path
    if entry(menu, new) is not trees.MISSING:
        raise InvalidInput(f"The short name {key} is taken", "Write another one.")
    found = entry(menu, path)
    return trees.put(trees.drop(menu, path), new, found), new


def free_name(menu: Menu, parent: Path, name: str) -> str:
    """Return a name that no entry beside it has: ``Large``, ``Large 2``."""
    taken = {title_of(menu, one) for one in siblings(menu, parent)}
    return _free(name, taken, " ")


def free_slug(menu: Menu, name: str) -> str:
    """Return a short name for links and the hub's database that no profile has."""
    taken = {slug_of(one) for one in menu}
    return _free(slug_from(name) or "profile", taken, "-")


def free_key(menu: Menu, parent: Path, key: str) -> str:
    """Return a short name that no entry of a map has."""
    return _free(key, set(_in_order(menu, parent)), "-")


def _free(word: str, taken: set[str], separator: str) -> str:
    if word not in taken:
        return word
    stem = re.sub(rf"{separator}\d{{1,3}}$", "", word)
    return next(
        name for number in range(2, len(taken) + 3) if (name := f"{stem}{separator}{number}") not in taken
    )


def slug_of(profile: Any) -> str:
    """Return the short name of a profile, made from its name where it has none.

    Of a name in other letters than a to z it is not known which ones KubeSpawner takes: that is the name.
    """
    if not isinstance(profile, dict):
        return ""
    slug, name = profile.get(SLUG), str(profile.get(NAME, ""))
    return slug if isinstance(slug, str) else slug_from(name) if name.isascii() else name


# ---- what to write ----


def settings_between(before: Any, after: Any, at: Path) -> Settings:
    """Return the fewest settings that make one value another, so that all else in the file keeps its text.

    Items of lists are never taken out by their number: the list is written again, with what stays as it is.
    """
    return tuple(_between(before, after, at))


def _between(before: Any, after: Any, at: Path) -> Iterator[Setting]:
    if trees.same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        yield from (Setting((*at, key), GONE) for key in before if key not in after)
        for key, value in after.items():
            yield from _between(before.get(key, trees.MISSING), value, (*at, key))
    elif isinstance(before, list) and isinstance(after, list) and _same_places(before, after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _between(old, new, (*at, number))
    else:
        yield Setting(at, GONE if after is trees.MISSING else after)


def _same_places(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Tell whether a list has as many items as before, and none of them in another place."""
    if len(before) != len(after):
        return False
    changed = [at for at, old in enumerate(before) if not trees.same(old, after[at])]
    return not any(trees.same(before[old], after[new]) for old in changed for new in changed)
