"""Keep secret values out of everything that is shown, written or raised."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 6
"""Shorter values are not searched for: they would hide ordinary words."""

_PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S),
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<![A-Za-z0-9_-])(?:ya29|k8s-aws-v1)\.[A-Za-z0-9_-]{8,}"),  # Google's, and those of EKS
    re.compile(
        r"(?i)(?<![A-Za-z_])(?:[a-z_]*(?:password|passwd|secret_?token|client_?secret|cookie_?secret|"
        r"api_?token|access_?key|crypto_?key|auth_token))[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"',}<]{6,})"
    ),
)
HIDDEN = "********"

KEPT = 20_000
"""Characters of an outside text that are kept until it was searched for secrets.

What is shown is far shorter: a secret that is cut in half here stands behind all that anybody sees.
"""

LONGEST_WORD = 1000
"""Characters; a text is cut before a word, so that no half of a secret stays, unless the word is so long."""

_GO_ESCAPES = str.maketrans({character: f"\\u{ord(character):04x}" for character in "&<>"})
"""Helm and kubectl print JSON with these characters escaped."""


def _spellings(value: str) -> set[str]:
    """Return the forms in which a value may turn up: as is, quoted, in URLs, JSON or base64, line by line."""
    raw = value.encode("utf-8", "replace")
    in_url = {quote(raw), quote(raw, safe=""), quote_plus(raw)}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms = {value, value.strip(), repr(value)[1:-1], *in_url, *in_json}
    # A quote inside single quotes: YAML doubles it, a shell steps out of them.
    forms |= {value.replace("'", "''"), value.replace("'", "'\"'\"'")}
    forms |= {re.sub("%..", lambda code: code[0].lower(), form) for form in in_url}
    forms |= {form.translate(_GO_ESCAPES) for form in in_json}
    forms |= {line for line in value.splitlines() if len(line) >= 2 * SHORTEST_SECRET}
    return {form for form in forms if len(form) >= SHORTEST_SECRET} | _in_base64(raw)


def _in_base64(raw: bytes) -> set[str]:
    """Return what base64 makes of these bytes wherever they stand in a longer text."""
    forms: set[str] = set()
    for skip in range(3):  # base64 takes three bytes at a time, so there are three ways to meet them
        settled = len(raw[skip:]) * 8 // 6  # characters that what comes after cannot change
        forms.add(base64.b64encode(raw[skip:]).decode()[:settled])
        forms.add(base64.urlsafe_b64encode(raw[skip:]).decode()[:settled])
    return forms


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


# ECMA-48: a control sequence, a string (titles, links, device codes) up to its end, any shorter code.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
# Control codes but the line feed, marks that turn the direction of writing around, and what has no width: it
# makes two names look the same. The joiners are kept, for scripts and emoji need them.
_INVISIBLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LAST_WORD = re.compile(r"(?<=\s)\S+\Z")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")


def plain(text: str, limit: int = 4000) -> str:
    """Return outside text fit for a terminal: no escape or control codes, at most ``limit`` long."""
    text = _ESCAPES.sub("", text).replace("\t", "    ")
    text = _LONE_SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))
    if len(text) <= limit:
        return text
    kept = text[:limit]
    begun = _LAST_WORD.search(kept)
    if begun and not text[limit].isspace() and limit - begun.start() < LONGEST_WORD:
        kept = kept[: begun.start()]
    return f"{kept.rstrip()} ... (cut)"
