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
from z2jh_wizard.values.course_images import COURSE_IMAGES
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.images import parse_image
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.profile_menu import (
    NAME,
    OVERRIDE,
    SLUG,
    Place,
)
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
        """Where it stands in the entry: below the first name of its key, which no chart has."""
        return parse_path(self.field.key)[1:]


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


def _field(
    name: str,
    key: str,
    kind: Kind,
    label: str,
    words: str,
    *,
    example: str = "",
    unit: str = "",
    **more: Any,
) -> EntryField:
    """Return a field; ``key`` is where it stands in the entry, empty for the name of the entry itself."""
    whole = f"entry.{key}" if key else "entry"
    return EntryField(
        Field(f"entry.{name}", whole, kind, words, unit=unit, example=example, label=label), **more
    )


def _trait(name: str, trait: str, kind: Kind, label: str, words: str, **more: Any) -> EntryField:
    """Return a field of what an entry overrides."""
    return _field(name, f"{OVERRIDE}.{trait}", kind, label, words, **more)


_ALL: Final = "Empty: as for all students."
_TEXT: Final = Kind.TEXT

_NAMED = _field("name", NAME, _TEXT, "Name", "What students read in the menu.", needed=True, check=_no_name)
_DESCRIBED = _field(
    "description",
    "description",
    _TEXT,
    "Description",
    "One line below the name: when to take it. HTML works.",
)
_KEYED = _field(
    "key", "", _TEXT, "Short name", "Students see lists and choices in order of these names.",
    needed=True, check=_no_key,
)  # fmt: skip
_SHORT = _field(
    "slug", SLUG, _TEXT, "Short name", "For links and the hub's database; better never change it.",
    example="large-memory", check=_no_slug,
)  # fmt: skip

OVERRIDES: Final = (
    _trait("image", "image", _TEXT, "Image", f"With its tag. {_ALL}",
           example=COURSE_IMAGES[1].text, check=_no_image),
    _trait("memory-guarantee", "mem_guarantee", Kind.BYTES, "Memory guarantee",
           f"Memory kept for the student. {_ALL}", example="1G"),
    _trait("memory-limit", "mem_limit", Kind.BYTES, "Memory limit",
           f"Most memory; beyond it the kernel is killed. {_ALL}", example="2G"),
    _trait("cpu-guarantee", "cpu_guarantee", Kind.NUMBER, "CPU guarantee",
           f"Cores kept for the student. {_ALL}", unit="cores", example="0.1"),
    _trait("cpu-limit", "cpu_limit", Kind.NUMBER, "CPU limit",
           f"Most cores; more work is then only slower. {_ALL}", unit="cores", example="2"),
    _trait("gpus", r"extra_resource_limits.nvidia\.com/gpu", Kind.WHOLE, "GPUs",
           "Graphics cards of NVIDIA, on nodes that have them.", example="1",
           check=_no_count, shown=_count, meant=_as_amount),
    _trait("tolerations", "tolerations", Kind.NAMES, "Tolerates",
           "Taints of nodes that it may run on all the same, as kubectl taint writes them.",
           example=f"{GPU}:NoSchedule", check=_no_taint, shown=_taints, meant=_tolerations),
    _trait("nodes", "node_selector", Kind.TEXT_MAP, "Only on nodes with",
           "Labels that its nodes must have, one a line.", example="pool: gpu"),
    _trait("environment", "environment", Kind.TEXT_MAP, "Environment variables",
           "One a line; every student can read them.", example="COURSE: bio101", check=_no_secret),
    _trait("start-page", "default_url", _TEXT, "Start page", f"The page that opens first. {_ALL}",
           example="/lab"),
)  # fmt: skip

_FREE = (
    _field("enabled", "enabled", Kind.SWITCH, "Students may type one", "Lets them type what is not listed."),
    _field("in-choices", "display_name_in_choices", _TEXT, "In the list", "What the list says at its end.",
           example="Other..."),
    _field("name", NAME, _TEXT, "Name", "What stands beside the line to type in.", needed=True,
           check=_no_name),
    _field("pattern", "validation_regex", _TEXT, "Must fit", "A regular expression that the text must fit.",
           example="^.+:.+$", check=_no_pattern),
    _field("pattern-words", "validation_message", _TEXT, "Else say",
           "What a student reads who types something else."),
)  # fmt: skip

FIELDS: Final[Mapping[Place, tuple[EntryField, ...]]] = {
    Place.PROFILE: (_NAMED, _DESCRIBED, *OVERRIDES, _SHORT),
    Place.OPTION: (_NAMED, _KEYED),
    Place.CHOICE: (_NAMED, *OVERRIDES, _KEYED),
    Place.UNLISTED: _FREE,
    Place.UNKNOWN: (),
}

OTHER_KEYS: Final[Mapping[Place, frozenset[str]]] = {
    Place.PROFILE: frozenset({OVERRIDE, "default", "profile_options"}),
    Place.OPTION: frozenset({"choices", "unlisted_choice"}),
    Place.CHOICE: frozenset({OVERRIDE, "default"}),
    Place.UNLISTED: frozenset(),
    Place.UNKNOWN: frozenset(),
}
"""Keys that are known without a field of their own."""
