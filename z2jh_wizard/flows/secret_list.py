"""All secrets of a hub: those that the wizard makes, those that a person gave, those still to give."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.hub_secrets import HubSecret, replace_secret, secrets_of
from z2jh_wizard.flows.settings import secrets_in, set_value, value_of
from z2jh_wizard.flows.values_files import ValuesFiles, Where, files_of, files_to_change
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import forms, trees
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.fields import Field, Level
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.sign_in import chosen_method
from z2jh_wizard.values.topics import field_for, fields

_SIGN_IN = "sign-in"


class State(enum.Enum):
    """Whether a secret is there; the words stand on the screen."""

    MISSING = "? to be given"
    TO_MAKE = "- will be made"
    SET = "+ set"


@dataclass(frozen=True)
class ListedSecret:
    """One secret; its value is in no text that anybody prints by accident."""

    path: Path
    title: str
    about: str
    """What it is for, one sentence."""
    state: State
    file: str
    line: int = 0
    """Counted from 1; 0 while it is not there."""
    value: Any = field(default=None, repr=False)
    made: HubSecret | None = field(default=None, repr=False)
    """Set for a secret that the wizard makes, and can make anew."""

    @property
    def dotted(self) -> str:
        """The path as people write it."""
        return format_path(self.path)

    @property
    def text(self) -> str:
        """The value to be shown or copied on purpose: a text as it is, a list line by line."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, list) and all(isinstance(one, str) for one in self.value):
            return "\n".join(self.value)
        return "" if self.value is None else msgspec.json.encode(self.value).decode()

    @property
    def breaks(self) -> str:
        """What a new one means for the class; empty where the wizard makes none."""
        return self.made.wanted.kind.breaks if self.made and self.state is State.SET else ""


def list_secrets(files: ValuesFiles) -> tuple[ListedSecret, ...]:
    """Return all secrets, those that a person has still to give first."""
    made = [_made(one) for one in secrets_of(files)]
    known = {one.path for one in made}
    given = [one for one in _given(files) if not any(one.path[: len(path)] == path for path in known)]
    missing = [one for one in _missing(files) if one.path not in known]
    return (*missing, *made, *given)


def secrets_of_project(project: Project) -> tuple[ListedSecret, ...]:
    """Return all secrets of a project; Unreadable for a broken file."""
    return list_secrets(files_of(project))


def _made(one: HubSecret) -> ListedSecret:
    kind = one.wanted.kind
    title = one.name.replace("-", " ").replace(":", " ").capitalize()
    about = f"It {kind.about}." if not kind.about.startswith("the ") else f"It is {kind.about}."
    state = State.SET if one.wanted.is_set else State.TO_MAKE
    return ListedSecret(one.wanted.path, title, about, state, one.file, one.line, one.value, one)


def _given(files: ValuesFiles) -> Iterator[ListedSecret]:
    """Give what stands in the files and is secret by its name, or by standing in secrets.yaml."""
    values = files.subject.values
    leaves = [*secrets_in((), values), *_leaves(files.private, ())]
    for path in dict.fromkeys(_whole(leaf) for leaf in leaves):
        holder = files.holder(path)
        if holder is None:
            continue
        line = holder.document.where(path).line
        known = field_for(format_path(path))
        about = known.help if known else "Somebody wrote it into the file."
        title = _title(known, path)
        value = trees.look_up(values, path)
        yield ListedSecret(path, title, about, State.SET, holder.name, line, value)


def _leaves(tree: Any, path: Path) -> Iterator[Path]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(value, (*path, key))
    elif path and tree is not None and not isinstance(tree, bool):
        yield path


def _whole(leaf: Path) -> Path:
    """Return the setting that a leaf is a part of: a list as a whole, and a map that is asked as one."""
    path = leaf[: next((at for at, part in enumerate(leaf) if isinstance(part, int)), len(leaf))]
    for size in range(len(path) - 1, 1, -1):
        above = field_for(format_path(path[:size]))
        if above and above.kind.secret:
            return path[:size]
    return path


def _missing(files: ValuesFiles) -> Iterator[ListedSecret]:
    """Give the secrets that somebody else hands out, and without which something chosen does not work."""
    scene = Scene(files.version, files.chart.family, files.subject.values)
    needs = {name for need in _method_needs(scene) for name in need.split("|")}
    for one in fields().values():
        if not one.kind.secret or one.level is Level.RARE or one.shown_if is None:
            continue
        path = forms.place(one, scene)
        if path is None or not forms.applies(one, scene):
            continue
        if trees.look_up(scene.values, path) not in (trees.MISSING, None, "", [], {}):
            continue
        if one.topic != _SIGN_IN or path[-1] in needs:
            title = _title(one, path)
            yield ListedSecret(path, title, one.help, State.MISSING, files.home(path).name)


def _method_needs(scene: Scene) -> tuple[str, ...]:
    return chosen_method(scene.values, scene.version, scene.family).needs


def _title(known: Field | None, path: Path) -> str:
    return known.title if known else ".".join(map(str, path[-2:]))


# ---- changing ----


def why_not(project: Project, secret: ListedSecret, text: str) -> str | None:
    """Return one sentence with the fix when a text cannot be this secret; the text is never in it."""
    if not text.strip():
        return "Type or paste it; an empty secret is none."
    value = _value(files_of(project), secret, text)
    return value.sentence if isinstance(value, Wrong) else None


def give_secret(project: Project, secret: ListedSecret, text: str) -> str:
    """Write a secret that a person gave, with a backup of the file; return the file's name.

    InvalidInput for what cannot be this secret.
    """
    with files_to_change(Where(project.folder), "give a secret") as files:
        value = _value(files, secret, text)
        if isinstance(value, Wrong):
            raise InvalidInput("This secret cannot be used", value.sentence)
        edited = set_value(files, secret.path, value)
        files.save(edited.file, edited.document.data)
        return edited.file.name


def rotate_secret(project: Project, secret: ListedSecret) -> str:
    """Make a new secret in place of one, with a backup of the file; return the file's name."""
    with files_to_change(Where(project.folder), "rotate a secret") as files:
        _, old = replace_secret(files, secret.dotted)
        return old.file


def _value(files: ValuesFiles, secret: ListedSecret, text: str) -> Any:
    known = field_for(secret.dotted)
    scene = Scene(files.version, files.chart.family, files.subject.values)
    asked = forms.question(known, scene) if known else None
    if asked and asked.path == secret.path and asked.kind.secret:
        return asked.read(text, files.chart.family)
    return value_of(secret.path, text)
