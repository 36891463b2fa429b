"""The words of the guide and of the settings, explained for somebody who meets them for the first time.

The explanations are in ``assets/glossary.json``; they follow the terms of the guide's chapters on tools and
words, and those that the fields use.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from z2jh_wizard.core.assets import asset_path


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means, in one to three sentences."""

    term: str
    meaning: str
    aliases: tuple[str, ...] = ()
    """Other words for the same: plurals, short forms, the spelling in files."""
    link: str = ""
    """A page that says more; empty for what only this wizard has."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A place to read on."""

    title: str
    link: str
    about: str
    screens: tuple[str, ...] = ()
    """The screens that it explains, by the names that lead to them."""


class Place(NamedTuple):
    """Where a term stands in a text: its characters from ``start`` up to ``end``."""

    start: int
    end: int
    term: Term


@functools.cache
def _shipped() -> Mapping[str, list[dict[str, Any]]]:
    # Read by hand: the first screen has words too, and loads nothing heavy.
    tree: dict[str, list[dict[str, Any]]] = json.loads(asset_path("glossary.json").read_bytes())
    return tree


@functools.cache
def terms() -> tuple[Term, ...]:
    """Return all terms, sorted by their words."""
    found = (Term(**{**one, "aliases": tuple(one.get("aliases", ()))}) for one in _shipped()["terms"])
    return tuple(sorted(found, key=lambda one: one.term.lower()))


@functools.cache
def readings() -> tuple[Reading, ...]:
    """Return where to read on, the guide first."""
    return tuple(
        Reading(**{**one, "screens": tuple(one.get("screens", ()))}) for one in _shipped()["readings"]
    )


def about_screen(name: str) -> tuple[Reading, ...]:
    """Return the pages that explain a screen."""
    return tuple(one for one in readings() if name in one.screens)


def find(word: str) -> Term | None:
    """Return the term that a word means, by any of its names and in any case; None for an unknown one."""
    return _by_name().get(" ".join(word.split()).lower())


def matching(words: str) -> tuple[Term, ...]:
    """Return the terms with all these words in a name, then those with them in the meaning; all for none."""
    wanted = words.lower().split()
    named, explained = [], []
    for term in terms():
        names = " ".join((term.term, *term.aliases)).lower()
        if all(word in names for word in wanted):
            named.append(term)
        elif all(word in f"{names} {term.meaning.lower()}" for word in wanted):
            explained.append(term)
    return (*named, *explained)


def reading_list(own: Iterable[Reading], explained: Iterable[Term]) -> tuple[Reading, ...]:
    """Return where to read on from a page: its own links or the guide, those of its terms, then all others.

    Each page is named once.
    """
    first = tuple(own) or readings()[:1]
    about_terms = (Reading(one.term, one.link, one.meaning) for one in explained)
    found: dict[str, Reading] = {}
    for one in (*first, *about_terms, *readings()):
        if one.link:
            found.setdefault(one.link, one)
    return tuple(found.values())


def terms_in(text: str) -> tuple[Term, ...]:
    """Return the terms that occur in a text as whole words, each once, in the order of the text.

    Of two that overlap the longer one counts: a node pool is no node.
    """
    return tuple(dict.fromkeys(place.term for place in _places(text)))


def first_places(texts: Sequence[str], but: Collection[Term] = ()) -> list[list[Place]]:
    """Return, for each text of a page, where terms stand that no text before has, nor ``but``."""
    seen = set(but)
    found = []
    for text in texts:
        first = []
        for place in _places(text):
            if place.term not in seen:
                seen.add(place.term)
                first.append(place)
        found.append(first)
    return found


@functools.lru_cache(maxsize=500)
def _places(text: str) -> tuple[Place, ...]:
    """Return every place in a text where a term stands."""
    return tuple(
        Place(match.start(), match.end(), _by_name()[" ".join(match[0].split()).lower()])
        for match in _pattern().finditer(text)
    )


@functools.cache
def _by_name() -> Mapping[str, Term]:
    return {name.lower(): term for term in terms() for name in (term.term, *term.aliases)}


@functools.cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_by_name(), key=len, reverse=True)
    names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    # A part of an address, a path or a name with dots is no word of the guide.
    return re.compile(rf"(?<![\w./@-])(?:{names})(?![\w/@-]|\.\w|://)", re.IGNORECASE)
