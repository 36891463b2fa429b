"""Find settings by words: over fields, traits and keys of older charts together.

A setting is found by each name that it ever had and by the sentence on it; what a chart version does not take
comes last, with what it needs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import CHART_TITLES, Family, newest
from z2jh_wizard.values.fields import Choice, Field, Kind, Level, trait_page
from z2jh_wizard.values.keys import KeyRow, key_table, paths_at
from z2jh_wizard.values.searching import nearest, rank, words_of
from z2jh_wizard.values.sign_in import HUB_CONFIG_SINCE
from z2jh_wizard.values.topics import field_for, fields, trait_help
from z2jh_wizard.values.traits import TraitRow

SYNONYMS: Final = {
    "ram": "memory",
    "ssl": "https",
    "tls": "https",
    "disk": "storage",
    "login": "sign",
    "idle": "cull",
    "graphics": "gpu",
    "domain": "host",
    "roster": "allowed",
    "whitelist": "allowed",
}
"""What people say, and the word that settings have for it."""

FOUND: Final = "found"
"""What the ids of fields begin with that only a search finds."""

_TRAIT_KINDS: Final = {
    "Bool": Kind.SWITCH,
    "Int": Kind.WHOLE,
    "Float": Kind.NUMBER,
    "ByteSpecification": Kind.BYTES,
    "Command": Kind.COMMAND,
    "Enum": Kind.CHOICE,
    "UseEnum": Kind.CHOICE,
    "List": Kind.LIST,
    "Set": Kind.NAMES,
    "Tuple": Kind.LIST,
    "Dict": Kind.MAP,
    "Callable": Kind.PYTHON,
}
_ROW_KINDS: Final = {
    "boolean": Kind.SWITCH,
    "integer": Kind.WHOLE,
    "number": Kind.NUMBER,
    "string": Kind.TEXT,
    "list": Kind.LIST,
    "map": Kind.MAP,
}
_LEVELS: Final = {Level.EVERYDAY: 2, Level.OFTEN: 1, Level.RARE: 0}


_STEM: Final = 4
"""Letters that a word has at least for a longer one to be taken for a form of it."""

_TYPO: Final = 0.75
"""How much of a word must agree with a known one to be a slip of it, of 1."""


class Hit(msgspec.Struct, frozen=True):
    """One setting that fits the words."""

    path: str
    """Its name in that chart version, or the newest one where the version does not take it."""
    help: str
    kind: Kind
    topic: str
    """The id of the topic page, or the class of a trait that has no page."""
    default: Any = msgspec.UNSET
    """UNSET when it is not known, for None is a default too."""
    choices: tuple[Choice, ...] = ()
    link: str = ""
    note: str = ""
    also: str = ""
    """Another path that says the same, and wins where both are set."""
    python: str = ""
    """Two lines for ``hub.extraConfig``, for what takes a function."""
    available: bool = True
    """Whether the chart version takes it; when not, the note says what does."""


class _Entry(msgspec.Struct, frozen=True):
    """A setting with the words that it is found by."""

    names: str
    rest: str
    weight: int
    what: Field | TraitRow | KeyRow


def search(words: Sequence[str], version: str = "", family: Family = "z2jh") -> tuple[Hit, ...]:
    """Return the settings that fit all words, the best first; those that fit most of them when none fits all.

    The newest chart counts where no version is given; raises InvalidInput for what is no version.
    """
    version = version or newest(family).version
    query = [word for text in words for word in text.removeprefix("hub.config.").replace(".", " ").split()]
    return (
        _hits(_scored(query), version, family)
        or _hits(_scored(_spelled(query, version, family)), version, family)
        or _hits(_scored_loosely(query), version, family)
    )


def _hits(found: Iterable[tuple[int, _Entry]], version: str, family: Family) -> tuple[Hit, ...]:
    """Return what a chart can make of the entries, the best first and what it does not take last."""
    hits = []
    for score, entry in found:
        hit = _hit(entry.what, version, family)
        if hit:
            hits.append((not hit.available, -score, len(hit.path), hit.path, hit))
    return tuple(hit for *_, hit in sorted(hits, key=lambda found: found[:4]))


def _spelled(query: Sequence[str], version: str, family: Family) -> list[str]:
    """Return the words with each that no name of the chart begins with replaced by what was surely meant."""
    entries = (entry for entry in _entries() if _hit(entry.what, version, family))
    known = {word for entry in entries for word in words_of(entry.names)}
    return [word if _begins(word.lower(), known) else _meant(word.lower(), known) for word in query]


def _begins(word: str, known: Iterable[str]) -> bool:
    return any(one.startswith(word) for one in known)


def _meant(word: str, known: Iterable[str]) -> str:
    """Return the word that this is a longer form of (``culler``), else the one that it is a slip of."""
    stems = [one for one in known if len(one) >= _STEM and word.startswith(one)]
    return max(stems, key=len) if stems else next(iter(nearest(word, known, _TYPO)), word)


def _scored(query: Sequence[str]) -> list[tuple[int, _Entry]]:
    """Return the entries that all words fit."""
    meant = [SYNONYMS.get(word.lower(), word) for word in query]
    found = []
    for entry in _entries():
        score = max(rank(query, entry.names, entry.rest), rank(meant, entry.names, entry.rest))
        if score:
            found.append((2 * score + entry.weight, entry))
    return found


def _scored_loosely(query: Sequence[str]) -> list[tuple[int, _Entry]]:
    """Return the entries that the most words fit, when it is at least half of them."""
    counted: dict[int, list[tuple[int, _Entry]]] = {}
    for entry in _entries():
        scores = [rank([word], entry.names, entry.rest) for word in query]
        count = sum(map(bool, scores))
        counted.setdefault(count, []).append((2 * sum(scores) + entry.weight, entry))
    most = max(counted, default=0)
    return counted[most] if most * 2 >= len(query) > 1 and most else []


def field_of(hit: Hit) -> Field:
    """Return the field of a setting that was found; one that no page asks for gets a field of its own."""
    return field_for(hit.path) or Field(
        f"{FOUND}.{hit.path}",
        hit.path,
        hit.kind,
        hit.help,
        choices=hit.choices,
        link=hit.link,
        label=hit.path,
    )


@functools.cache
def _entries() -> tuple[_Entry, ...]:
    """Return everything that can be found: each setting once, by all its names."""
    twins = {row.chart_key: row for row in traits.by_chart_key().values()}
    held = {id(field.row) for field in fields().values() if field.row}
    made = [_of_field(field, twins.get(field.key)) for field in fields().values()]
    dead = (row for row in key_table().rows if id(row) not in held)
    return (*made, *(_of_row(row) for row in dead), *map(_of_trait, _traits_without_field()))


def _of_field(field: Field, twin: TraitRow | None) -> _Entry:
    row = field.row
    names = [name.path for name in row.names] if row else [field.key]
    if row and row.helmforge:
        names.append(row.helmforge)
    choices = " ".join(f"{choice.value} {choice.label}" for choice in field.choices)
    rest = f"{field.id} {field.help} {field.example} {choices} {row.note if row else ''}"
    return _Entry(" ".join([*names, twin.name if twin else ""]), rest, _LEVELS[field.level], field)


def _of_row(row: KeyRow) -> _Entry:
    return _Entry(" ".join(name.path for name in row.names), f"{row.topic.value} {row.note}", 0, row)


def _of_trait(row: TraitRow) -> _Entry:
    return _Entry(f"{row.class_name} {row.name}", f"{trait_help(row)} {row.note}", 0, row)


def _traits_without_field() -> Iterator[TraitRow]:
    """Yield each trait where it is declared, a spawner's as KubeSpawner's; not those with a chart key."""
    for one in traits.classes():
        for row in traits.traits_of(one.name).values():
            spawner = one.name == "KubeSpawner"
            mine = row.declared_in == one.name or (spawner and row.declared_in == "Spawner")
            if mine and one.name != "Spawner" and not row.chart_key and field_for(row.path) is None:
                yield row


def _hit(what: Field | TraitRow | KeyRow, version: str, family: Family) -> Hit | None:
    if isinstance(what, Field):
        return _field_hit(what, version, family)
    if isinstance(what, TraitRow):
        return _trait_hit(what, version, family)
    path = what.path_at(version, family)
    if path is None:
        return None
    kind = next((_ROW_KINDS[name] for name in what.type.split("|") if name in _ROW_KINDS), Kind.TEXT)
    sentence = "A setting that newer charts no longer have."
    return Hit(path, sentence, kind, what.topic.value, what.default, note=what.note)


def _field_hit(field: Field, version: str, family: Family) -> Hit:
    path, row = field.path_at(version, family), field.row
    twin = traits.by_chart_key().get(field.key)
    known = "hub.config" in paths_at(version, family) and path == field.key
    both = twin.path if twin and known and twin.taken_by(version) else ""
    return Hit(
        path or field.key,
        field.help,
        field.kind,
        field.topic,
        field.default,
        field.choices,
        field.page,
        (row.note if row else field.trait.note if field.trait else "") if path else _needs(field, family),
        both,
        available=path is not None,
    )


def _needs(field: Field, family: Family) -> str:
    """Say which chart takes a setting that this version does not."""
    row = field.row
    if family == "helmforge" or (row and not row.names):
        other: Family = "z2jh" if family == "helmforge" else "helmforge"
        return f"Only the {CHART_TITLES[other]} chart has it."
    since = row.names[0].since if row else field.trait.since if field.trait else ""
    return f"It needs chart {since or HUB_CONFIG_SINCE} or newer."


def _trait_hit(row: TraitRow, version: str, family: Family) -> Hit | None:
    """Return a trait as ``hub.config`` says it, or as Python where that is the only way."""
    config = "hub.config" in paths_at(version, family)
    if not config and "hub.extraConfig" not in paths_at(version, family):
        return None
    if not row.taken_by(version):
        return None
    direct = config and not row.python_only
    line = f"c.{row.class_name}.{row.name} = ..."
    return Hit(
        row.path if direct else "hub.extraConfig",
        trait_help(row),
        Kind.PYTHON if row.python_only else _TRAIT_KINDS.get(row.type, Kind.TEXT),
        row.class_name,
        row.default,
        tuple(Choice(value, value) for value in row.choices),
        trait_page(row.class_name, row.name),
        row.note if direct else f"Written there as Python: {line}",
        python=row.python,
    )
