"""Generated secrets: made once, kept in ``secrets.yaml``, never overwritten and never shown."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.project.spec_file import parse_mapping
from z2jh_wizard.system.files import read_text, write_atomic

COMMENT = """\
# Secrets of this hub, made by z2jh-wizard. Keep this file private and out of git.
# Helm gets it as a second --values file, after config.yaml.
"""

_EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look alike on a projector."""


def _hex() -> str:
    return secrets.token_hex(32)


def _class_password() -> str:
    return "-".join("".join(secrets.choice(_EASY_TO_TYPE) for _ in range(4)) for _ in range(4))


@dataclass(frozen=True, slots=True)
class Generated:
    """A secret that the wizard makes: where the chart wants it, what it is for, and how it is made."""

    keys: tuple[str, ...]
    about: str
    make: Callable[[], str]
    bytes: int = 32

    @property
    def path(self) -> str:
        """The dotted key."""
        return ".".join(self.keys)


_PROXY = Generated(("proxy", "secretToken"), "lets the hub talk to its proxy", _hex)

GENERATED: dict[str, tuple[Generated, ...]] = {
    "z2jh": (
        _PROXY,
        Generated(("hub", "cookieSecret"), "keeps people signed in when the hub restarts", _hex),
        Generated(
            ("hub", "config", "SharedPasswordAuthenticator", "user_password"),
            "the one password of the class",
            _class_password,
            bytes=8,
        ),
    ),
    "helmforge": (
        _PROXY,
        Generated(("auth", "dummyPassword"), "the one password of the class", _class_password),
    ),
}
"""By chart family; 32 random bytes as hex where the charts want them (z2jh 0.4 to 4.4)."""


def missing(path: Path, family: str = "z2jh") -> list[Generated]:
    """Return the generated secrets that the file lacks."""
    tree = read(path)
    return [one for one in GENERATED[family] if not _get(tree, one.keys)]


def read(path: Path) -> dict[str, Any]:
    """Return the secrets as values, empty when there is no file; InvalidInput when it is broken."""
    return parse_mapping(read_text(path, path.name), path.name) if path.exists() else {}


def generate(path: Path, family: str = "z2jh") -> list[Generated]:
    """Add the generated secrets that are missing and return them. Nothing there is ever replaced."""
    from ruamel.yaml import YAML

    absent = missing(path, family)
    if not absent:
        return []
    handler = YAML()
    handler.preserve_quotes = True
    tree: Any = handler.load(path.read_text("utf-8")) if path.exists() else None
    fresh = tree is None
    tree = {} if fresh else tree
    for one in absent:
        node = tree
        for parent in one.keys[:-1]:
            if not isinstance(node.get(parent), Mapping):
                node[parent] = {}
            node = node[parent]
        node[one.keys[-1]] = one.make()
    stream = io.StringIO()
    stream.write(COMMENT if fresh else "")
    handler.dump(tree, stream)
    write_atomic(path, stream.getvalue().encode())
    return absent


def script(family: str) -> str:
    """Return a shell script that writes fresh secrets into secrets.yaml unless it is there."""
    lines: list[str] = []
    shown: list[str] = []
    for one in GENERATED[family]:
        for depth, key in enumerate(one.keys[:-1]):
            prefix = ".".join(one.keys[: depth + 1])
            if prefix not in shown:
                shown.append(prefix)
                lines.append(f"{'  ' * depth}{key}:")
        lines.append(f"{'  ' * (len(one.keys) - 1)}{one.keys[-1]}: $(openssl rand -hex {one.bytes})")
    body = "\n".join(lines)
    return f"[ -e secrets.yaml ] || (umask 077; cat > secrets.yaml <<END\n{body}\nEND\n)"


def teach(redactor: Redactor, tree: object) -> None:
    """Let the redactor hide every text value of a tree of secrets."""
    redactor.learn(*_texts(tree))


def _texts(tree: object) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, (list, tuple)):
        for value in tree:
            yield from _texts(value)
    elif isinstance(tree, str):
        yield tree


def _get(tree: Mapping[str, Any], keys: tuple[str, ...]) -> object:
    node: object = tree
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node
