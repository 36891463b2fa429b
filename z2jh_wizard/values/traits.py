"""The settings of JupyterHub, KubeSpawner and the authenticators: what stands under ``hub.config``.

The table is ``assets/charts/traits-4.4.0.json``: classes and traits of the hub image of that chart.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.values.charts import About, sort_key
from z2jh_wizard.values.searching import nearest

_DEFINES = re.compile(r"(?:def|import) (\w+)")


class Effect(enum.Enum):
    """What the hub does with an old name of a trait."""

    WORKS = "works"
    IGNORED = "ignored"
    CRASHES = "crashes"


class OldName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A former name of a trait: ``new`` says it since that version of the class's own package."""

    name: str
    new: str
    since: str
    effect: Effect


class _Trait(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    type: str
    default: Any = msgspec.UNSET
    choices: tuple[str, ...] = ()
    chart_key: str = ""
    note: str = ""
    help: str = ""
    function: str = ""
    since: str = ""


class TraitRow(msgspec.Struct, frozen=True):
    """One trait of one class; ``declared_in`` is the class, of it and its bases, whose row this is."""

    class_name: str
    name: str
    type: str
    """The traitlets type: Bool, Unicode, List, Set, Dict, Union, Callable, ByteSpecification and so on."""
    declared_in: str
    default: Any
    """UNSET when it is not known, for None is a default too."""
    choices: tuple[str, ...]
    chart_key: str
    """The chart's own key for the same thing, to be preferred; ``hub.config`` wins where both are said."""
    note: str
    help: str
    """One sentence on what it does; empty for a trait that has a field of its own, which says it."""
    function: str
    """A line of Python that defines an example of what it takes; empty for what takes a plain value."""
    since: str
    """The first chart version with it, as far as that is known; empty otherwise."""

    @property
    def path(self) -> str:
        """Where the trait is set in the values of the chart."""
        return f"hub.config.{self.class_name}.{self.name}"

    def taken_by(self, version: str) -> bool:
        """Return whether a chart of this version has it; true where the first one is not known."""
        return not self.since or sort_key(self.since)[:3] <= sort_key(version)[:3]

    @property
    def python_only(self) -> bool:
        """Whether it takes a Python function, so that only ``hub.extraConfig`` can set it."""
        return bool(self.function) and self.type != "Union"

    @property
    def python(self) -> str:
        """Two lines for ``hub.extraConfig`` that set it to a function; empty for what takes none."""
        defined = _DEFINES.search(self.function)
        return f"{self.function}\nc.{self.class_name}.{self.name} = {defined[1]}" if defined else ""


class TraitClass(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A class whose traits can be set; it has those of its bases too, less ``not_inherited``."""

    name: str
    module: str
    bases: tuple[str, ...]
    """The other classes of the table that it is built on, the nearest first."""
    traits: tuple[_Trait, ...]
    short_names: tuple[str, ...] = ()
    """What ``JupyterHub.authenticator_class`` may call it."""
    not_inherited: tuple[str, ...] = ()
    old_names: tuple[OldName, ...] = ()


class _TraitsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: About
    classes: tuple[TraitClass, ...]


@functools.cache
def _shipped() -> _TraitsFile:
    return msgspec.json.decode(asset_path("charts/traits-4.4.0.json").read_bytes(), type=_TraitsFile)


def about() -> About:
    """Return where the table comes from and of which day it is."""
    return _shipped().about


def classes() -> tuple[TraitClass, ...]:
    """Return the classes of the table."""
    return _shipped().classes


def find_class(name: str) -> TraitClass | None:
    """Return the class of this name, as the sections of ``hub.config`` spell it; None for an unknown one."""
    return next((one for one in classes() if one.name == name), None)


def authenticator(name: str) -> TraitClass | None:
    """Return the class that ``authenticator_class`` means: a short name, ``module.Class``, or the class."""
    wanted = name.rsplit(".", 1)[-1]
    return next((one for one in classes() if name in one.short_names or one.name == wanted), None)


@functools.lru_cache(maxsize=256)
def traits_of(class_name: str) -> Mapping[str, TraitRow]:
    """Return all traits of a class by name, those of its bases included; nothing for an unknown class."""
    found: dict[str, TraitRow] = {}
    wanted = find_class(class_name)
    for one in _line(class_name):
        for row in one.traits:
            if wanted and row.name not in wanted.not_inherited:
                found.setdefault(
                    row.name,
                    TraitRow(
                        class_name,
                        row.name,
                        row.type,
                        one.name,
                        row.default,
                        row.choices,
                        row.chart_key,
                        row.note,
                        row.help,
                        row.function,
                        row.since,
                    ),
                )
    return found


def trait(class_name: str, name: str) -> TraitRow | None:
    """Return one trait of a class, inherited ones included; None for an unknown one."""
    return traits_of(class_name).get(name)


def old_name(class_name: str, name: str) -> OldName | None:
    """Return what became of a former trait name, with its final new name; None for any other name."""
    known = {old.name: old for one in reversed(tuple(_line(class_name))) for old in one.old_names}
    first = known.get(name)
    if first is None:
        return None
    last, seen = first, {name}
    while (after := known.get(last.new)) and after.name not in seen:
        seen.add(after.name)
        last = after
    return msgspec.structs.replace(first, new=last.new)


def suggest_classes(name: str) -> tuple[str, ...]:
    """Return the class names that a wrong section of ``hub.config`` may have been meant to be."""
    return nearest(name, (one.name for one in classes()))


def suggest_traits(class_name: str, name: str) -> tuple[str, ...]:
    """Return the traits of a class that a wrong name may have been meant to be; camelCase is understood."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return nearest(snake, traits_of(class_name))


def by_chart_key() -> Mapping[str, TraitRow]:
    """Return the traits that have a chart key of their own, by that key."""
    return {
        row.chart_key: row
        for one in classes()
        for row in traits_of(one.name).values()
        if row.chart_key and row.declared_in == one.name
    }


def _line(class_name: str) -> Iterator[TraitClass]:
    """Give a class and its bases, the nearest first."""
    wanted = find_class(class_name)
    if wanted is None:
        return
    yield wanted
    for base in wanted.bases:
        above = find_class(base)
        if above:
            yield above
