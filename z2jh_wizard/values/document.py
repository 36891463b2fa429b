"""A values file that can be edited with everything else in it kept to the byte.

An edit changes the text at the places that PyYAML's parser named, reads the result again with PyYAML's C
parser, and compares it with the tree that was meant; a doubtful edit is refused with its reason.

Why edits of our own: yamltrip 0.6.0 and yaml-edit 0.2.0 were tried on the same samples. yamltrip wrote a key
that was set below an alias into the anchored map itself, removed whole sections of flow style on the way back
and added a final newline; yaml-edit refused files of comments only. Neither gives what reading needs anyway,
the line of every key and Helm's own reading of words, so a parser with positions is here in any case; editing
on its positions needs no native package, and every edit is proved by the second reading.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import trees
from z2jh_wizard.values.editing import GONE, Editor, Item
from z2jh_wizard.values.nodes import Alias, Mapping, Node, Sequence
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.places import EditRefused
from z2jh_wizard.values.reading import Parsed, Position, Tree, parse

WRAPPERS: tuple[Path, ...] = (
    ("basehub", "jupyterhub"),
    ("daskhub", "jupyterhub"),
    ("binderhub", "jupyterhub"),
    ("jupyterhub",),
)
"""Where charts that contain the JupyterHub chart keep its values."""

_OWN_KEYS = frozenset({"hub", "proxy", "singleuser", "ingress", "auth", "scheduling", "prePuller", "cull"})


@dataclass(frozen=True)
class Document:
    """A values file; every edit gives another one. Paths count from ``wrapper`` on."""

    data: bytes
    parsed: Parsed
    wrapper: Path

    @classmethod
    def read(cls, data: bytes, at: Path | None = None) -> Document:
        """Read a file; ``at`` is where the JupyterHub chart's values are, found by itself when not given.

        Raises Unreadable (an InvalidInput) with the line.
        """
        parsed = parse(data)
        return cls(data, parsed, _find_wrapper(parsed.tree) if at is None else at)

    @property
    def tree(self) -> Tree:
        """The whole file as Helm understands it; never change it."""
        return self.parsed.tree

    @property
    def values(self) -> Tree:
        """What the JupyterHub chart gets: the tree inside of the wrapper, empty when nothing is there."""
        inner = trees.look_up(self.tree, self.wrapper)
        return inner if isinstance(inner, dict) else {}

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the value at a path, ``default`` when it is not set."""
        value = trees.look_up(self.tree, self.wrapper + path)
        return default if value is trees.MISSING else value

    def has(self, path: Path) -> bool:
        """Tell whether a path is set, be it to null."""
        return trees.look_up(self.tree, self.wrapper + path) is not trees.MISSING

    def where(self, path: Path) -> Position:
        """Return where a key (or list item) stands; the nearest one above it when it is not in the file."""
        node, index = self.parsed.composed.root, 0
        for part in self.wrapper + path:
            child = _child(node, part)
            if child is None:
                break
            index, node = child
        return self.parsed.position(index)

    def set(self, path: Path, value: Any) -> Document:
        """Write a value; the same value again changes nothing. Raises EditRefused when doubtful.

        Of a list that is replaced by another one, the items that stay are kept to the byte.
        """
        full = self.wrapper + path
        before = trees.look_up(self.tree, full)
        text = self._editor.set(full, value)
        if before is not trees.MISSING and trees.same(before, value):
            return self
        meant = trees.put(self.tree, full, value)
        if isinstance(before, list) and isinstance(value, list):
            items = _items(before, value)
            if any(isinstance(item, Item) for item in items):
                with contextlib.suppress(EditRefused):
                    return self._proved(self._editor.set_items(full, items), meant, full)
        try:
            return self._proved(text, meant, full)
        except EditRefused:
            # A text of several lines swallows a comment below it, and needs a line end at the end.
            text = Editor(self.parsed, block_text=False).set(full, value)
            return self._proved(text, meant, full)

    def unset(self, path: Path, *, forget: Collection[str] = ()) -> Document:
        """Remove a key; a map left empty goes too, unless it holds comments or is written in braces.

        Comment lines right above the key that say nothing but ``forget`` hold no map back. What is not set
        is left alone. Raises EditRefused when doubtful.
        """
        if not self.has(path):
            return self
        without = self._without(path, with_comment=False)
        above = path[:-1]
        if (
            above
            and without.has(above)
            and without.get(above) == {}
            and self._comment(path) <= frozenset(forget)
        ):
            return self._without(path, with_comment=True)
        return without

    def _comment(self, path: Path) -> frozenset[str]:
        """Return the comment lines right above a key."""
        written = self._editor.written(self.wrapper + path, None)
        lines = written.lines[: written.key_line] if written else ()
        return frozenset(line.strip() for line in lines)

    def move(self, old: Path, new: Path) -> Document:
        """Give a value another path; its comments and its way of being written go along.

        Raises EditRefused when doubtful, when nothing is at ``old``, or something is at ``new`` already.
        """
        if not self.has(old):
            raise EditRefused(self.wrapper + old, "It is not in the file.")
        if self.has(new):
            raise EditRefused(self.wrapper + new, "It is set already.")
        if new[: len(old)] == old:
            raise EditRefused(self.wrapper + new, f"It would be inside of {format_path(old)} itself.")
        value = self.get(old)
        written = self._editor.written(self.wrapper + old, value) if isinstance(new[-1], str) else None
        full = self.wrapper + new
        text = self._editor.set(full, value if written is None else written)
        added = self._proved(text, trees.put(self.tree, full, value), full)
        return added._without(old, with_comment=written is not None)

    def _without(self, path: Path, *, with_comment: bool) -> Document:
        edit = self._editor.unset(self.wrapper + path, with_comment=with_comment)
        if edit.value is GONE:
            meant = trees.drop(self.tree, edit.path)
        else:
            meant = trees.put(self.tree, edit.path, edit.value)
        return self._proved(edit.text, meant, self.wrapper + path)

    @cached_property
    def _editor(self) -> Editor:
        return Editor(self.parsed)

    def _proved(self, text: str, meant: Tree, path: Path) -> Document:
        """Return the edited document if it reads as meant."""
        data = (b"\xef\xbb\xbf" if self.parsed.has_bom else b"") + text.encode("utf-8")
        try:
            parsed = parse(data)
        except InvalidInput as error:
            raise EditRefused(path, "The change would break the file at this place.") from error
        if not trees.same(parsed.tree, meant):
            raise EditRefused(path, "The change would alter other settings, or not mean what it should.")
        return Document(data, parsed, self.wrapper)


def _items(before: list[Any], after: list[Any]) -> list[Any]:
    """Return the items of a new list, those that the old one has as their places there."""
    places: dict[str, list[int]] = {}
    for at in reversed(range(len(before))):
        places.setdefault(repr(before[at]), []).append(at)
    items: list[Any] = []
    for item in after:
        known = places.get(repr(item))
        items.append(Item(known.pop()) if known else item)
    return items


def _find_wrapper(tree: Tree) -> Path:
    """Return where the JupyterHub chart's values are in a file."""
    if _OWN_KEYS & tree.keys():
        return ()
    return next((path for path in WRAPPERS if isinstance(trees.look_up(tree, path), dict)), ())


def _child(node: Node | None, part: str | int) -> tuple[int, Node] | None:
    """Return where a child of a node stands, and the child."""
    if isinstance(node, Alias):
        node = node.target
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part].start, node.items[part]
    if isinstance(node, Mapping):
        for entry in reversed(node.entries):
            if entry.name == part:
                return entry.key.start, entry.value
        for entry in node.entries:
            if entry.name is None and (found := _merged(entry.value, part)):
                return found
    return None


def _merged(node: Node, part: str | int) -> tuple[int, Node] | None:
    """Return a child that comes from a merge key."""
    sources = node.items if isinstance(node, Sequence) else [node]
    return next((found for source in sources if (found := _child(source, part))), None)
