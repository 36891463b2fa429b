"""The menu of profiles as a form: what is asked about an entry, and what an answer makes of the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.values import forms, trees
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.forms import Question, Scene
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import SIZES
from z2jh_wizard.values.profile_fields import FIELDS, GPU, KEY, OTHER_KEYS, OVERRIDES, EntryField
from z2jh_wizard.values.profile_menu import (
    OVERRIDE,
    Menu,
    Place,
    entry,
    parent_of,
    place_of,
    renamed,
    siblings,
    slug_of,
    title_of,
)
from z2jh_wizard.values.profiles import override_of

_BLOCKED = "It is written in a way that this form does not know."


class MenuForm(msgspec.Struct, frozen=True):
    """A menu as a form: ``at`` is where it stands in the values of ``scene``."""

    menu: Menu
    at: Path
    scene: Scene

    def questions(self, path: Path) -> tuple[Question, ...]:
        """Return what is asked about an entry."""
        return tuple(self._question(path, one) for one in FIELDS[place_of(self.menu, path)])

    def _question(self, path: Path, one: EntryField) -> Question:
        key = path[-1] if one.field.id == KEY else trees.MISSING
        value = one.shown(self._value(path, one)) if key is trees.MISSING else key
        asked = forms.question_of(one.field, (*self.at, *path, *one.path), value, self.scene)
        return msgspec.structs.replace(asked, fixed=_BLOCKED) if self._is_blocked(path, one) else asked

    def _is_blocked(self, path: Path, one: EntryField) -> bool:
        """Tell whether something else than a map stands where the field's key would go."""
        found = entry(self.menu, path)
        above = (trees.look_up(found, one.path[:size]) for size in range(1, len(one.path)))
        return any(
            value is not trees.MISSING and not isinstance(value, (dict, type(None))) for value in above
        )

    def _value(self, path: Path, one: EntryField) -> Any:
        return trees.look_up(entry(self.menu, path), one.path)

    def answered(self, path: Path, field: str, text: str) -> tuple[Menu, Path] | Wrong:
        """Return the menu with an answer, and the path of the entry then; Wrong for what cannot be used."""
        one = next(one for one in FIELDS[place_of(self.menu, path)] if one.field.id == field)
        asked = self._question(path, one)
        if asked.fixed or text == asked.text:
            return self.menu, path
        value = asked.read(text, self.scene.family)
        if isinstance(value, Wrong):
            return value
        if value is msgspec.UNSET:
            return Wrong("This cannot be empty.") if one.needed else (self._without(path, one.path), path)
        sentence = one.check(value) or self._twice(path, field, value)
        if sentence:
            return Wrong(sentence)
        if field == KEY:
            return renamed(self.menu, path, value)
        meant = one.meant(value, self._value(path, one))
        return trees.put(self.menu, (*path, *one.path), meant), path

    def _without(self, path: Path, inner: Path) -> Menu:
        """Return the menu without a key of an entry; maps that are left empty by it go too."""
        if trees.look_up(entry(self.menu, path), inner) is trees.MISSING:
            return self.menu
        menu: Menu = trees.drop(self.menu, (*path, *inner))
        while len(inner) > 1 and trees.look_up(entry(menu, path), inner[:-1]) == {}:
            inner = inner[:-1]
            menu = trees.drop(menu, (*path, *inner))
        return menu

    def _twice(self, path: Path, field: str, value: Any) -> str:
        """Say that another entry beside it has the name already."""
        if field == KEY:
            new = (*path[:-1], value)
            is_taken = new != path and entry(self.menu, new) is not trees.MISSING
            return "Another one has this short name; write one of its own." if is_taken else ""
        if place_of(self.menu, path) not in (Place.PROFILE, Place.CHOICE):
            return ""
        others = [one for one in siblings(self.menu, parent_of(path)) if one != path]
        if field == "entry.name" and value in {title_of(self.menu, one) for one in others}:
            return "Another one has this name; students could not tell them apart."
        if field == "entry.slug" and value in {slug_of(entry(self.menu, one)) for one in others}:
            return "Another profile has this short name; write one of its own."
        return ""

    def kept(self, path: Path) -> tuple[str, ...]:
        """Return the keys of an entry that no field asks for: they stay as they are in the file."""
        found, place = entry(self.menu, path), place_of(self.menu, path)
        if not isinstance(found, dict):
            return ()
        known = {one.path[0] for one in FIELDS[place] if one.path} | OTHER_KEYS[place]
        names = [str(key) for key in found if key not in known]
        override = found.get(OVERRIDE)
        if isinstance(override, dict) and place in (Place.PROFILE, Place.CHOICE):
            traits = {one.path[1] for one in OVERRIDES}
            names += [f"{OVERRIDE}.{key}" for key in override if key not in traits]
            devices = override.get("extra_resource_limits")
            others = [key for key in devices if key != GPU] if isinstance(devices, dict) else []
            names += [f"{OVERRIDE}.extra_resource_limits.{key}" for key in others]
        return tuple(names)


# ---- sizes ----

SIZE_NAMES: Final[Mapping[str, str]] = {"": "usual", **{one.id: one.title for one in SIZES}}
"""The sizes that fill four fields at once; the empty one leaves them to what all students have."""

_SIZE_FIELDS: Final[Mapping[str, str]] = {
    one.path[1]: one.field.id
    for one in OVERRIDES
    if one.path[1] in ("mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit")
}


def size_texts(size: str) -> dict[str, str]:
    """Return what a size fills in, by field id; nothing for what is no size."""
    if size not in SIZE_NAMES:
        return {}
    found = next((override_of(one.settings) for one in SIZES if one.id == size), {})
    return {field: str(found.get(trait, "")) for trait, field in _SIZE_FIELDS.items()}


def size_of(texts: Mapping[str, str]) -> str | None:
    """Return the size that these answers are; None for amounts of one's own."""
    given = {field: texts.get(field, "").strip() for field in _SIZE_FIELDS.values()}
    return next((size for size in SIZE_NAMES if size_texts(size) == given), None)
