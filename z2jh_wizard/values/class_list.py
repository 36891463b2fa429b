"""What a class list would change: who is new, who stays out all the same, and who loses by it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from z2jh_wizard.values import forms, roster, trees
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.roster import Roster
from z2jh_wizard.values.sign_in_people import list_name
from z2jh_wizard.values.sign_in_settings import sign_in_settings
from z2jh_wizard.values.topics import fields
from z2jh_wizard.values.who_may import Answer, Verdict, may_each
from z2jh_wizard.values.who_may_words import who_may

_STRANGER: Final = "somebody-who-is-on-no-list"

NEW, THERE = "new", "on the list already"


class Row(msgspec.Struct, frozen=True):
    """One line of the list as it is shown."""

    key: str
    name: str
    state: str
    good: bool = True


class ClassList(msgspec.Struct, frozen=True):
    """A class list beside the values that it would be written into."""

    found: Roster
    setting: Setting
    """What to write."""
    new: int
    """Names that the list of users does not have yet."""
    rows: tuple[Row, ...]
    """The names, those first that stay out, and behind them the lines that gave none."""
    effect: tuple[str, ...]
    """Who gains and who loses, as sentences."""


def applies(scene: Scene) -> bool:
    """Return whether this chart has a setting for a list of users."""
    return forms.place(fields()["sign-in.allowed"], scene) is not None


def read_class_list(data: bytes, scene: Scene, column: str = "") -> ClassList:
    """Return what a class list changes; InvalidInput as ``read_roster`` and ``joined`` raise it."""
    found = roster.read_roster(data, column)
    path = roster.admitting_path(scene.version, scene.family)
    there = trees.look_up(scene.values, path)
    names = hub_names(scene, found.names)
    named = roster.joined(there, names.values(), path)
    known = {roster.normalise(str(one)) for one in there} if isinstance(there, list) else set()
    after = msgspec.structs.replace(scene, values=trees.put(scene.values, path, named))
    before_each, after_each = _answers(scene, found.names), _answers(after, found.names)
    return ClassList(
        found,
        Setting(path, named),
        len(set(names.values()) - known),
        tuple(_rows(found, names, known, after_each)),
        tuple(_effect(scene, after, before_each, after_each)),
    )


def hub_names(scene: Scene, names: Iterable[str]) -> dict[str, str]:
    """Return for each name of a class list what the list of users must say to mean that person."""
    settings = sign_in_settings(scene.values, scene.version, scene.family)
    return {name: roster.normalise(list_name(settings, name)) for name in names}


def summary(shown: ClassList) -> str:
    """Say in one line which column was read and how many names it gave."""
    found = shown.found
    column = f'Column "{found.column}"' if found.column else "No headings"
    parts = [f"{len(found.names)} name{'s' * (len(found.names) != 1)}", f"{shown.new} new"]
    parts += [f"{len(found.duplicates)} twice"] if found.duplicates else []
    parts += [f"{len(found.unusable)} without a usable name"] if found.unusable else []
    return f"{column}: {', '.join(parts)}."


def _answers(scene: Scene, users: Sequence[str]) -> tuple[Verdict, ...]:
    return may_each(scene.values, scene.version, scene.family, users)


def _rows(
    found: Roster, names: Mapping[str, str], known: Container[str], after: Sequence[Verdict]
) -> Iterator[Row]:
    answers = list(zip(found.names, after, strict=True))
    for name, now in answers:
        if now.answer is Answer.REFUSED:
            yield Row(f"name {name}", name, f"stays out: {now.reason}", good=False)
    for name, now in answers:
        if now.answer is not Answer.REFUSED:
            state = THERE if names[name] in known else NEW
            yield Row(f"name {name}", name, state if names[name] == name else f"{state}, as {names[name]}")
    for one in (*found.unusable, *found.duplicates):
        yield Row(f"line {one.line}", one.text, f"line {one.line}: {one.reason}", good=False)


def _effect(
    before: Scene, after: Scene, before_each: Sequence[Verdict], after_each: Sequence[Verdict]
) -> Iterator[str]:
    pairs = zip(before_each, after_each, strict=True)
    gain = sum(then.answer is not now.answer is Answer.ALLOWED for then, now in pairs)
    out = sum(now.answer is Answer.REFUSED for now in after_each)
    depend = sum(now.answer is Answer.DEPENDS for now in after_each)
    yield f"{_people(gain)} more may sign in." if gain else "Nobody more may sign in than before."
    if depend:
        yield f"For {_people(depend)} it depends on more than the list: {_first(after_each, Answer.DEPENDS)}"
    if out:
        yield f"{_people(out)} of the list may not sign in all the same: {_first(after_each, Answer.REFUSED)}"
    yield from _losers(before, after)


def _losers(before: Scene, after: Scene) -> Iterator[str]:
    """Say who else could come in and no longer may, and what makes the list idle."""
    then, now = _answers(before, (_STRANGER,))[0], _answers(after, (_STRANGER,))[0]
    if then.answer is not Answer.REFUSED and now.answer is Answer.REFUSED:
        could = who_may(before.values, before.version, before.family).allowed[0]
        yield f"Everybody else is kept out from now on. The rule was: {could}"
    elif now.answer is Answer.ALLOWED:
        yield f"The list keeps nobody out: {now.reason}"
    else:
        yield "Nobody loses it."


def _first(verdicts: Sequence[Verdict], answer: Answer) -> str:
    return next(one.reason for one in verdicts if one.answer is answer)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
