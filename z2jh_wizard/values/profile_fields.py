"""What can be said about an entry of the menu of profiles: one table of fields, read like those of a form.

An answer that was not changed changes nothing, and an answer changes the key of its field alone.
Facts: KubeSpawner 7; Kubernetes' tolerations as ``kubectl taint`` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import forms, trees
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.forms import Question, Scene
from z2jh_wizard.values.images import parse_image
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.presets import SIZES
from z2jh_wizard.values.profile_menu import (
    NAME,
    OVERRIDE,
    SLUG,
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
from z2jh_wizard.values.secret_keys import holds_secret

GPU: Final = "nvidia.com/gpu"
"""What Kubernetes calls a graphics card that NVIDIA's device plugin offers."""

KEY: Final = "entry.key"
"""The field of the short name under which a choice or a menu stands in a map."""

LARGEST = 10_000
"""Characters of a name that somebody may read in a menu, far more than fit."""

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_TOLERATION = re.compile(
    r"(?P<key>[A-Za-z0-9][A-Za-z0-9./_-]*)(=(?P<value>[A-Za-z0-9._-]*))?"
    r"(:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute))?"
)


def _same_value(value: Any) -> Any:
    return value


def _same_answer(value: Any, _before: Any) -> Any:
    return value


def _fine(_value: Any) -> str:
    return ""


class EntryField(msgspec.Struct, frozen=True):
    """A field of an entry, with what its value is on a form where that is simpler than in the file."""

    field: Field
    needed: bool = False
    check: Callable[[Any], str] = _fine
    """Returns one sentence with the fix for a value that cannot be used."""
    shown: Callable[[Any], Any] = _same_value
    """Turns the value of the file into that of the form; one that it cannot turn stays as it is."""
    meant: Callable[[Any, Any], Any] = _same_answer
    """Turns a value of the form, and the file's before, into the file's."""

    @property
    def path(self) -> Path:
        """Where it stands in the entry."""
        return parse_path(self.field.key) if self.field.key else ()


# ---- values that are simpler on a form ----


def _count(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 4 else value


def _as_amount(value: Any, before: Any) -> Any:
    return value if isinstance(before, int) and not isinstance(before, bool) else str(value)


def _taints(value: Any) -> Any:
    texts = [_taint(one) for one in value] if isinstance(value, list) else [None]
    return value if None in texts else texts


def _taint(toleration: Any) -> str | None:
    """Return a toleration as ``key=value:Effect``; None for one that says something else too."""
    if not isinstance(toleration, dict) or not all(isinstance(one, str) for one in toleration.values()):
        return None
    key, effect = toleration.get("key", ""), toleration.get("effect", "")
    exists = toleration.get("operator", "Equal") == "Exists"
    text = key + ("" if exists else f"={toleration.get('value', '')}") + (f":{effect}" if effect else "")
    read = _TOLERATION.fullmatch(text)
    usual = _toleration(read) if read else {}
    return text if usual in (toleration, {"operator": "Equal", **toleration}) else None


def _toleration(read: re.Match[str]) -> dict[str, str]:
    found = {"key": read["key"], "operator": "Exists" if read["value"] is None else "Equal"}
    if read["value"] is not None:
        found["value"] = read["value"]
    return {**found, "effect": read["effect"]} if read["effect"] else found


def _tolerations(texts: Any, before: Any) -> Any:
    known = dict(zip(_taints(before), before, strict=True)) if isinstance(_taints(before), list) else {}
    return [known[text] if text in known else _toleration(_read(text)) for text in texts]


def _read(text: str) -> re.Match[str]:
    found = _TOLERATION.fullmatch(text)
    assert found
    return found


# ---- checks ----


def _no_name(value: Any) -> str:
    if not str(value).strip():
        return "Write a name: students choose by it."
    return f"Write less than {LARGEST:,} characters." if len(value) > LARGEST else ""


def _no_slug(value: Any) -> str:
    return "" if _SLUG.fullmatch(value) else "Use small letters, digits and hyphens, such as large-memory."


def _no_key(value: Any) -> str:
    return "" if _KEY.fullmatch(value) else "Use letters, digits, hyphens and dots, such as 2-large."


def _no_image(value: Any) -> str:
    try:
        parse_image(value)
    except InvalidInput as error:
        return error.problem.happened
    return "" if ":" in value.rpartition("/")[2] else f"Say its tag too, such as {value}:2026-07-28."


def _no_taint(value: Any) -> str:
    wrong = next((text for text in value if not _TOLERATION.fullmatch(text)), "")
    return f"{wrong[:60]!r} is no taint: write key=value:NoSchedule, or key:NoSchedule." if wrong else ""


def _no_secret(value: Any) -> str:
    name = next((name for name in value if holds_secret(("environment", name))), "")
    return f"Every student could read {name}: a secret has no place in the menu." if name else ""


def _no_pattern(value: Any) -> str:
    try:
        re.compile(value)
    except re.error as error:
        return f"This is no regular expression: {error}."
    return ""


def _no_count(value: Any) -> str:
    return "" if value >= 0 else "Write 0 or more."


# ---- the table ----


def _in_override(name: str) -> str:
    return f"{OVERRIDE}.{name}"


_KEYED = EntryField(
    Field(KEY, "", Kind.TEXT, "Students see menus and choices in order of these names; links use them too.",
          label="Short name"), True, _no_key,
)  # fmt: skip
_NAMED = EntryField(
    Field("entry.name", NAME, Kind.TEXT, "What students read in the menu.", label="Name"), True, _no_name
)
_SHORT = EntryField(
    Field("entry.slug", SLUG, Kind.TEXT, "A name for links and the hub's database; better never change it.",
          label="Short name", example="large-memory"), False, _no_slug,
)  # fmt: skip
_DESCRIBED = EntryField(
    Field("entry.description", "description", Kind.TEXT, "One line below the name: when to take it.",
          label="Description")
)  # fmt: skip

_OVERRIDES = (
    EntryField(
        Field("entry.image", _in_override("image"), Kind.TEXT,
              "The image, with its tag. Empty: that of all students.", label="Image",
              example="quay.io/jupyter/scipy-notebook:2026-07-28"), False, _no_image),
    EntryField(
        Field("entry.memory-guarantee", _in_override("mem_guarantee"), Kind.BYTES,
              "Memory kept for the student. Empty: as for all students.", label="Memory guarantee",
              example="1G")),
    EntryField(
        Field("entry.memory-limit", _in_override("mem_limit"), Kind.BYTES,
              "Most memory; beyond it the kernel is killed. Empty: as for all students.",
              label="Memory limit", example="2G")),
    EntryField(
        Field("entry.cpu-guarantee", _in_override("cpu_guarantee"), Kind.NUMBER,
              "Cores kept for the student. Empty: as for all students.", unit="cores", label="CPU guarantee",
              example="0.1")),
    EntryField(
        Field("entry.cpu-limit", _in_override("cpu_limit"), Kind.NUMBER,
              "Most cores; more work is then only slower. Empty: as for all students.", unit="cores",
              label="CPU limit", example="2")),
    EntryField(
        Field("entry.gpus", _in_override(r"extra_resource_limits.nvidia\.com/gpu"), Kind.WHOLE,
              "Graphics cards of NVIDIA, on nodes that have them.", label="GPUs", example="1"),
        False, _no_count, _count, _as_amount),
    EntryField(
        Field("entry.tolerations", _in_override("tolerations"), Kind.NAMES,
              "Taints of nodes that it may run on all the same, as kubectl taint writes them.",
              label="Tolerates", example=f"{GPU}:NoSchedule"), False, _no_taint, _taints, _tolerations),
    EntryField(
        Field("entry.nodes", _in_override("node_selector"), Kind.TEXT_MAP,
              "Labels that its nodes must have, one a line.", label="Only on nodes with",
              example="pool: gpu")),
    EntryField(
        Field("entry.environment", _in_override("environment"), Kind.TEXT_MAP,
              "Environment variables, one a line; every student can read them.",
              label="Environment variables", example="COURSE: bio101"), False, _no_secret),
    EntryField(
        Field("entry.start-page", _in_override("default_url"), Kind.TEXT,
              "The page that opens first. Empty: as for all students.", label="Start page", example="/lab")),
)  # fmt: skip

_FREE = (
    EntryField(
        Field("entry.enabled", "enabled", Kind.SWITCH, "Lets students type what is not in the list.",
              label="Students may type one")),
    EntryField(
        Field("entry.in-choices", "display_name_in_choices", Kind.TEXT, "What the list says at its end.",
              label="In the list", example="Other...")),
    EntryField(
        Field("entry.name", NAME, Kind.TEXT, "What stands beside the line to type in.", label="Name"), True,
        _no_name),
    EntryField(
        Field("entry.pattern", "validation_regex", Kind.TEXT, "A regular expression that the text must fit.",
              label="Must fit", example="^.+:.+$"), False, _no_pattern),
    EntryField(
        Field("entry.pattern-words", "validation_message", Kind.TEXT,
              "What a student reads who types something else.", label="Else say")),
)  # fmt: skip

FIELDS: Final[Mapping[Place, tuple[EntryField, ...]]] = {
    Place.PROFILE: (_NAMED, _DESCRIBED, *_OVERRIDES, _SHORT),
    Place.OPTION: (_NAMED, _KEYED),
    Place.CHOICE: (_NAMED, *_OVERRIDES, _KEYED),
    Place.UNLISTED: _FREE,
    Place.UNKNOWN: (),
}

_OTHER_KEYS: Final[Mapping[Place, frozenset[str]]] = {
    Place.PROFILE: frozenset({OVERRIDE, "default", "profile_options"}),
    Place.OPTION: frozenset({"choices", "unlisted_choice"}),
    Place.CHOICE: frozenset({OVERRIDE, "default"}),
    Place.UNLISTED: frozenset(),
    Place.UNKNOWN: frozenset(),
}
"""Keys that are known without a field of their own."""


# ---- asking and answering ----

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
        known = {one.path[0] for one in FIELDS[place] if one.path} | _OTHER_KEYS[place]
        names = [str(key) for key in found if key not in known]
        override = found.get(OVERRIDE)
        if isinstance(override, dict) and place in (Place.PROFILE, Place.CHOICE):
            traits = {one.path[1] for one in _OVERRIDES}
            names += [f"{OVERRIDE}.{key}" for key in override if key not in traits]
            devices = override.get("extra_resource_limits")
            others = [key for key in devices if key != GPU] if isinstance(devices, dict) else []
            names += [f"{OVERRIDE}.extra_resource_limits.{key}" for key in others]
        return tuple(names)


# ---- sizes ----

SIZE_NAMES: Final[Mapping[str, str]] = {"": "as for all", **{one.id: one.title for one in SIZES}}
"""The sizes that fill four fields at once; the empty one leaves them to what all students have."""

_SIZE_FIELDS: Final[Mapping[str, str]] = {
    one.path[1]: one.field.id
    for one in _OVERRIDES
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
