"""Which settings hold secrets: their values are never quoted in a message."""

from __future__ import annotations

import re

from z2jh_wizard.values.paths import Path

_NAMES = re.compile(
    r"(?i)password|passwd|passphrase|secret(?!name|keyref|storeref)|token|cookie|crypto?_?key|credential|"
    r"(?<!public_)(?<!public)private_?key|apikey|api_key|consumers|^key$|^keys$"
)
_OPEN = re.compile(
    r"(?i)existingsecret|secret_?name|pull_?secrets?$|token_?url|_?file$|^secretsync$|^externalsecrets$|"
    r"_(length|days|seconds|in|enabled|method|scopes|path|groups|params|logout)$|"
    r"^(check|min|max|trust|automount|exclude)_|_from_id_token$"
)
"""Names of things that hold a secret elsewhere, or say something about secrets: no secrets themselves."""

_REFERENCE = re.compile(r"(?i)^(existingsecret(key)?|filename)$")
"""HelmForge writes ``hub.cookieSecret.existingSecret``."""

_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*$")
"""A section of ``hub.config``, such as SharedPasswordAuthenticator: most of its settings are open."""

_WITH_CREDENTIALS = re.compile(r"(?i)^(db_)?url$|_uri$")
"""Addresses that often carry a password."""


def holds_secret(path: Path) -> bool:
    """Tell whether the value at a path, or anything in it, may be a secret."""
    names = [part for part in path if isinstance(part, str)]
    if names[:2] == ["hub", "config"] and len(names) > 2 and _CLASS.match(names[2]):
        names[2] = ""
    if names[-1:] == ["key"] and any(isinstance(part, int) for part in path):
        return False  # the name of a label, as in tolerations
    if names and _REFERENCE.match(names[-1]):
        return False
    # ``proxy.https.secret`` says where a Secret of the cluster is; the last name alone may mean the text.
    names = [name for name in names[:-1] if name != "secret"] + names[-1:]
    if any(_NAMES.search(name) and not _OPEN.search(name) for name in names):
        return True
    return bool(names) and bool(_WITH_CREDENTIALS.search(names[-1])) and "db" in names
