"""A topic page as a form: what a chart version asks, what stands in the file, what the default is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.values import trees
from z2jh_wizard.values.answers import Wrong, kind_in, read_answer, shown_text
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.fields import Choice, Field, Kind, Level, TopicPage
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.rendering import Style, entry_lines, item_lines, one_line
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.sign_in import ALLOWS, chosen_method, methods
from z2jh_wizard.values.topics import fields

METHOD = "sign-in.method"
"""The field that decides which other fields of signing in are asked."""

_IN_PYTHON = Choice(
    "custom", "Any other, as Python", "HelmForge's chart sets no class then: hub.extraConfig must name one."
)
"""HelmForge's only other way to sign in."""

_AUTH_TYPE = "auth.type"

LINES = 6
"""Lines of a value that a form only shows."""

_MADE = frozenset({"proxy.secretToken", "hub.cookieSecret"})
"""Secrets that the wizard makes by itself."""

_PLACES: dict[tuple[str, str, str], Path | None] = {}
"""What the tables said about keys, by chart version and family, so that a page is quick to ask."""


class Scene(msgspec.Struct, frozen=True):
    """What a form is about: a chart version, and the values of all files as Helm merges them."""

    version: str
    family: Family
    values: Mapping[str, Any]


class Question(msgspec.Struct, frozen=True):
    """A field as it is asked."""

    field: Field
    kind: Kind
    path: Path
    """Where its value stands in this chart version."""
    text: str
    """The present value as text; HIDDEN for a secret that is set; empty for what is not set."""
    is_set: bool
    default: str
    """What is in force when nothing is set, in words; empty when that is not known."""
    choices: tuple[Choice, ...] = ()
    wrong: str = ""
    """Why the present value cannot be used, one sentence with the fix."""
    fixed: str = ""
    """Why the form does not change the present value; empty for one that it can."""

    @property
    def rare(self) -> bool:
        """Whether it is asked only when somebody wants to see more."""
        return self.field.level is Level.RARE and not self.is_set

    def read(self, text: str, family: Family = "z2jh") -> Any:
        """Return what an answer means, as ``read_answer`` does."""
        choices = [choice.value for choice in self.choices] if self.choices else None
        return read_answer(self.field, text, family, choices)


def questions(page: TopicPage, scene: Scene, *, more: bool = False) -> tuple[Question, ...]:
    """Return what is asked with these values, each field behind the one that it depends on.

    ``more`` asks for what few people need too. InvalidInput for what is no version.
    """
    asked = (question(field, scene) for field in in_order(page.fields) if applies(field, scene))
    return tuple(one for one in asked if one and (more or not one.rare))


def hidden_count(page: TopicPage, scene: Scene) -> int:
    """Return how many questions ``more`` would add."""
    return len(questions(page, scene, more=True)) - len(questions(page, scene))


def place(field: Field, scene: Scene) -> Path | None:
    """Return where a field's value stands in a chart version; None where it has no name for it."""
    at = (field.key, scene.version, scene.family)
    if at not in _PLACES:
        name = field.path_at(scene.version, scene.family)
        if field.id == METHOD and _AUTH_TYPE in paths_at(scene.version, scene.family):
            name = (
                _AUTH_TYPE  # which is one of two names up to chart 0.10, and takes the words of the choices
            )
        _PLACES[at] = None if name is None else parse_path(name)
    return _PLACES[at]


def is_set(field: Field, scene: Scene) -> bool:
    """Tell whether the values say anything for a field that matters with them."""
    path = place(field, scene)
    found = path is not None and trees.look_up(scene.values, path) is not trees.MISSING
    return found and applies(field, scene)


def question(field: Field, scene: Scene) -> Question | None:
    """Return a field as it is asked of these values; None where the chart version has no name for it."""
    path = place(field, scene)
    return None if path is None else question_of(field, path, trees.look_up(scene.values, path), scene)


def question_of(field: Field, path: Path, value: Any, scene: Scene) -> Question:
    """Return a field as it is asked of the value that stands at a path, MISSING for none."""
    choices = choices_of(field, scene)
    text, wrong, fixed = _present(field, value, path, scene, choices)
    said = value is not trees.MISSING
    kind = kind_in(field, scene.family)
    return Question(field, kind, path, text, said, default_words(field, scene), choices, wrong, fixed)


def choices_of(field: Field, scene: Scene) -> tuple[Choice, ...]:
    """Return the values to choose from in this chart version; one of the file's own comes last."""
    if field.id != METHOD and not field.choices:
        return ()
    path = place(field, scene)
    value = trees.look_up(scene.values, path) if path else trees.MISSING
    present = value if isinstance(value, str) else ""
    choices = _methods(scene, present) if field.id == METHOD else field.choices
    known = present in {choice.value for choice in choices}
    return (
        choices if known or not choices or not present else (*choices, Choice(present, present, "as it is"))
    )


def _methods(scene: Scene, present: str) -> tuple[Choice, ...]:
    """Return the ways to sign in, the chosen one by the name that the file has for it."""
    chosen = chosen_method(scene.values, scene.version, scene.family) if present else None
    if scene.family == "helmforge":
        offered = [one for one in methods() if one.auth_type == "dummy"]
        return (*(Choice("dummy", one.title, one.when) for one in offered), _IN_PYTHON)
    known = [
        (present if one is chosen and present else one.class_text(scene.version), one)
        for one in methods(scene.version)
    ]
    return tuple(Choice(value, one.title, one.when) for value, one in known if value)


def applies(field: Field, scene: Scene) -> bool:
    """Tell whether a field matters with these values, and whatever it depends on does too."""
    condition = field.shown_if
    if condition is None:
        return True
    if condition.field == METHOD:
        chosen = chosen_method(scene.values, scene.version, scene.family)
        return any(name.text in condition.values for name in chosen.names)
    other = fields()[condition.field]
    path = place(other, scene)
    if path is None:
        return True
    value = trees.look_up(scene.values, path)
    if value is trees.MISSING or value is None:
        value = default_of(other, scene.family)
    return any(trees.same(value, wanted) for wanted in condition.values) and applies(other, scene)


def in_order(all_fields: Sequence[Field]) -> Iterator[Field]:
    """Give the fields of a page as they are asked, each right behind the one that it depends on."""
    ids = {field.id for field in all_fields}

    def behind(parent: str) -> Iterator[Field]:
        for field in all_fields:
            on = field.shown_if.field if field.shown_if else ""
            if (on if on in ids else "") == parent:
                yield field
                yield from behind(field.id)

    return behind("")


def default_of(field: Field, family: Family) -> Any:
    """Return what a chart of the family says itself; UNSET when that is not known."""
    if field.row:
        found = field.row.default_in(family)
        return field.default if found is msgspec.UNSET and family == "z2jh" else found
    return field.default


def default_words(field: Field, scene: Scene) -> str:
    """Say what is in force when nothing is set; nothing where that is not known."""
    value = default_of(field, scene.family)
    if field.key in _MADE:
        return "the wizard makes one"
    if field.id == METHOD:
        return "anybody under any name, without a password"
    if field.key.rpartition(".")[2] in ALLOWS and value is msgspec.UNSET:
        return "off" if field.kind is Kind.SWITCH else "nobody"
    if value is msgspec.UNSET:
        return ""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    label = next((choice.label for choice in field.choices if choice.value == value), "")
    if label:
        return label
    if field.kind is Kind.SECONDS and isinstance(value, int):
        return f"{value} ({_span(value)})" if value >= 60 else f"{value} seconds" if value else "0, no limit"
    text = shown_text(field, value, scene.family) or one_line(value)
    return text if len(text) <= 60 and "\n" not in text else ""


def _span(seconds: int) -> str:
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {name}{'s' * (count != 1)}"
    return f"{seconds} seconds"


def _present(
    field: Field, value: Any, path: Path, scene: Scene, choices: Sequence[Choice]
) -> tuple[str, str, str]:
    """Return the text of the present value, why it is wrong, and why the form leaves it alone."""
    if value is trees.MISSING:
        return "", "", ""
    if value is None and default_of(field, scene.family) in (None, msgspec.UNSET):
        return "", "", ""
    kind = kind_in(field, scene.family)
    names = [choice.value for choice in choices] if choices else None
    text = shown_text(field, value, scene.family, names)
    if kind.secret:
        is_known = text is not None or (kind is Kind.SECRET and isinstance(value, str))
        return HIDDEN, "", "" if is_known else "It is written in a way that this form does not know."
    if _holds_secret(path, value):
        reason = "There are secrets in it."
        return _as_yaml(_without_secrets(path, value)), "", reason
    if any(not letter.isprintable() and letter != "\n" for letter in text or str(value)):
        return _as_yaml(value), "", "There are invisible characters in it."
    if text is not None:
        return text, "", ""
    if isinstance(value, str) and "\n" not in value:
        found = read_answer(field, value, scene.family, names)
        if isinstance(found, Wrong):
            return value, found.sentence, ""
    return _as_yaml(value), "", "It is written in a way that this form does not know."


def _holds_secret(path: Path, value: Any) -> bool:
    """Tell whether a value, or anything in it, is a secret; a switch, or nothing at all, is none."""
    if isinstance(value, dict):
        return any(_holds_secret((*path, key), item) for key, item in value.items())
    if isinstance(value, list):
        return any(_holds_secret((*path, at), item) for at, item in enumerate(value))
    return bool(value) and not isinstance(value, bool) and holds_secret(path)


def _without_secrets(path: Path, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets((*path, key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets((*path, at), item) for at, item in enumerate(value)]
    return HIDDEN if _holds_secret(path, value) else value


def _as_yaml(value: Any) -> str:
    if value and isinstance(value, dict):
        lines = entry_lines(value, 0, Style())
    elif value and isinstance(value, list):
        lines = item_lines(value, 0, Style())
    else:
        lines = one_line(value).splitlines()
    return "\n".join(lines if len(lines) <= LINES else [*lines[: LINES - 1], "..."])
