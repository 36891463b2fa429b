"""Values as they are written: the nodes of a text with the paths that they have for the chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from z2jh_wizard.values.document import Document
from z2jh_wizard.values.nodes import Alias, Mapping, Node, Scalar, Sequence
from z2jh_wizard.values.paths import Path


@dataclass(frozen=True, slots=True)
class Written:
    """One value of a file: its path inside of the wrapper, its key (None in a list), and its node."""

    path: Path
    key: Node | None
    node: Node

    @property
    def plain(self) -> str | None:
        """The text of an unquoted value without a tag, None for any other."""
        return plain_text(self.node)

    @property
    def plain_key(self) -> str | None:
        """The text of an unquoted key, None for any other."""
        return plain_text(self.key)


def plain_text(node: Node | None) -> str | None:
    """Return the text of an unquoted scalar without a tag, None for any other node."""
    if isinstance(node, Scalar) and not node.style and node.tag is None:
        return node.text
    return None


def written(document: Document) -> Iterator[Written]:
    """Yield every value inside of the wrapper, parents first; what an alias stands for comes once."""
    root: Node | None = document.parsed.composed.root
    for part in document.wrapper:
        entries = root.entries if isinstance(root, Mapping) else ()
        root = next((entry.value for entry in reversed(entries) if entry.name == part), None)
    while isinstance(root, Alias):
        root = root.target
    if root is not None:
        yield from _below(root, ())


def _below(node: Node, path: Path) -> Iterator[Written]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            inner = path if entry.name is None else (*path, entry.name)
            yield Written(inner, entry.key, entry.value)
            yield from _below(entry.value, inner)
    elif isinstance(node, Sequence):
        for at, item in enumerate(node.items):
            yield Written((*path, at), None, item)
            yield from _below(item, (*path, at))
