"""Keep secret values out of everything that is shown, written or raised."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

SHORTEST_SECRET = 6
"""Shorter values are not searched for: they would hide ordinary words."""

_PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S),
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(
        r"(?i)(?<![A-Za-z])(?:[a-z_]*(?:password|passwd|secret_?token|client_?secret|cookie_?secret|"
        r"api_?token|access_?key|crypto_?key|auth_token))[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"',}<]{6,})"
    ),
)
HIDDEN = "********"


def _spellings(value: str) -> set[str]:
    """Return the forms in which a value may turn up in a log: as is, base64, URL, JSON, line by line."""
    forms = {value, quote(value, safe=""), json.dumps(value)[1:-1]}
    raw = value.encode()
    forms.update(base64.b64encode(raw[skip:]).decode().rstrip("=")[:-1] for skip in range(3))
    forms.update(line for line in value.splitlines() if len(line) >= 2 * SHORTEST_SECRET)
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


class Redactor:
    """Replaces known secret values, in all their spellings, and text that looks like a secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.learn(*secrets)

    def learn(self, *values: str) -> None:
        """Hide these values from now on; values under six characters are too common to hide."""
        for value in values:
            if len(value) >= SHORTEST_SECRET:
                self._forms |= _spellings(value)
        # The longest first, so that no part of a longer secret stays behind.
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """Return the text without secrets."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern in _PATTERNS:
            text = pattern.sub(_hide, text)
        return text

    def clean_tree(self, tree: object) -> object:
        """Return a copy of a JSON-like tree with every text in it cleaned."""
        if isinstance(tree, str):
            return self.clean(tree)
        if isinstance(tree, Mapping):
            return {self.clean(str(key)): self.clean_tree(value) for key, value in tree.items()}
        if isinstance(tree, (list, tuple)):
            return [self.clean_tree(item) for item in tree]
        return tree


def _hide(match: re.Match[str]) -> str:
    """Replace the named group ``value`` if the pattern has one, else the whole match."""
    if "value" not in match.re.groupindex:
        return HIDDEN
    start = match.start("value") - match.start()
    return match.group()[:start] + HIDDEN


def plain(text: str, limit: int = 4000) -> str:
    """Return outside text fit for a terminal: no escape or control codes, at most ``limit`` long."""
    text = re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])", "", text)
    text = re.sub(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]", "", text.replace("\t", "    "))
    text = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "", text)
    return text if len(text) <= limit else text[:limit] + " ... (cut)"
