"""Find things by words and by nearly right names: what ``config search`` and "did you mean" share."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ALIKE = 0.6
"""How much of two names must agree for one to be offered for the other, of 1."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words in a key or a sentence, lower case: ``extraNodeAffinity`` is extra, node, affinity."""
    return tuple(match.lower() for match in _WORD.findall(text))


def rank(query: Sequence[str], name: str, rest: str = "") -> int:
    """Return how well a thing answers a query, 0 for not at all; a word in its name counts most.

    Every word of the query must begin a word of the name or of the rest, or stand somewhere in the name.
    """
    in_name, in_rest, plain = words_of(name), words_of(rest), "".join(words_of(name))
    total = 0
    for word in (w.lower() for w in query):
        if word in in_name:
            total += 8
        elif any(known.startswith(word) for known in in_name):
            total += 6
        elif "".join(words_of(word)) and "".join(words_of(word)) in plain:
            total += 4
        elif any(known.startswith(word) for known in in_rest):
            total += 1
        else:
            return 0
    return total


def nearest(word: str, known: Iterable[str], alike: float = ALIKE) -> tuple[str, ...]:
    """Return up to three known names that look most like this one, the best first; case is no difference."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(name.lower(), name)
    near = difflib.get_close_matches(word.lower(), by_fold, n=3, cutoff=alike)
    return tuple(by_fold[fold] for fold in near)
