"""What is linted: the values files of one hub as Helm merges them, and the chart that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import Family, Generation, Standing, generation_of, newest, sort_key
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint.written import Written, written
from z2jh_wizard.values.look_up import KeyMatch, Kind, look_up
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.reading import MAX_BYTES, Position, Tree, Unreadable
from z2jh_wizard.values.refusals import refusals, typed
from z2jh_wizard.values.schema import Misfit
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.traits import TraitClass, authenticator

_LONGEST = 60
"""Characters of a value that a message quotes."""

_EXPLAINED = 30
_UNEXPLAINED = KeyMatch("", Kind.UNKNOWN)


@dataclass(frozen=True)
class Source:
    """A values file that was read, under the name that findings shall say."""

    name: str
    document: Document

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Every value as it is written inside of the wrapper, parents first; aliases are not followed."""
        return tuple(written(self.document))

    @cached_property
    def _written_by_path(self) -> dict[Path, Written]:
        return {one.path: one for one in self.written}

    def lines_of(self, one: Written) -> str:
        """Return the text of a value as it stands in the file, with the rest of its last line."""
        text = self.document.parsed.text
        end = text.find("\n", one.node.end)
        return text[one.node.start : end if end >= 0 else len(text)]

    def written_at(self, path: Path) -> Written | None:
        """Return how the value at a path is written; None for what is not set, or only by an alias."""
        return self._written_by_path.get(path)


@dataclass(frozen=True)
class Unread:
    """A values file that cannot be read, and why."""

    name: str
    data: bytes
    error: Unreadable

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text without their ends; none of a file that is too big to be one."""
        if len(self.data) > MAX_BYTES:
            return []
        text = self.data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        return [line.removesuffix("\r") for line in text.split("\n")]

    @property
    def line(self) -> str:
        """The line that cannot be read."""
        number = self.error.position.line
        return self.lines[number - 1] if number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands."""

    file: str
    position: Position


@dataclass(frozen=True)
class Subject:
    """Values files in the order of Helm's ``--values`` (a later one wins), and a chart version.

    Paths are dotted texts or tuples, in the chart's own terms; ``*`` in a pattern is any key or list item.
    """

    sources: tuple[Source, ...]
    version: str
    family: Family = "z2jh"
    schema: Tree | None = None
    """The chart's own values.schema.json when it could be had."""
    unread: tuple[Unread, ...] = ()
    """Files that no YAML reader takes; the rest is linted without them."""

    @cached_property
    def values(self) -> Tree:
        """All files merged as Helm does it; the chart's defaults are not in it."""
        return trees.merge(*(source.document.values for source in self.sources))

    @cached_property
    def generation(self) -> Generation:
        """The generation of key names that the chart version belongs to."""
        return generation_of(self.version, self.family).generation

    def at_least(self, version: str) -> bool:
        """Tell whether the chart is of this version or newer; pre-releases count as their release."""
        return sort_key(self.version)[:3] >= sort_key(version)[:3]

    def get(self, path: str | Path, default: Any = None) -> Any:
        """Return the value at a path, ``default`` when no file sets it."""
        value = trees.look_up(self.values, _path(path))
        return default if value is trees.MISSING else value

    def has(self, path: str | Path) -> bool:
        """Tell whether a file sets a path, be it to null."""
        return trees.look_up(self.values, _path(path)) is not trees.MISSING

    def effective(self, path: str, default: Any = None) -> Any:
        """Return the value in force: of the files, else the chart's own default, else ``default``."""
        value = trees.look_up(self.values, _path(path))
        if value is not trees.MISSING and value is not None:
            return value
        row = paths_at(self.version, self.family).get(path)
        known = msgspec.UNSET if row is None else row.default_in(self.family)
        return default if known is msgspec.UNSET else known

    def find(self, pattern: str) -> Iterator[tuple[Path, Any]]:
        """Yield every path that fits a pattern, and its value, in file order."""
        return _matches(self.values, _path(pattern), ())

    def walk(self) -> Iterator[tuple[Path, Any]]:
        """Yield every path and its value, parents before children."""
        return _walk(self.values, ())

    def source_of(self, path: Path) -> Source:
        """Return the file that has the last word on a path; the first file when none sets it."""
        for size in range(len(path), 0, -1):
            for source in reversed(self.sources):
                if source.document.has(path[:size]):
                    return source
        return self.sources[0]

    def place(self, path: Path) -> Place:
        """Return where a path stands; the nearest key above it when it is not set."""
        source = self.source_of(path)
        written = source.written_at(path)
        if written is None:
            return Place(source.name, source.document.where(path))
        start = (written.key or written.node).start
        return Place(source.name, source.document.parsed.position(start))

    def quote(self, path: Path, value: Any) -> str:
        """Return a value as a message may show it: short, plain, and hidden where it may be a secret."""
        if holds_secret(path):
            return "(hidden)"
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        text = " ".join(plain(text).split())
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

    @cached_property
    def refuses(self) -> bool:
        """Whether Helm refuses the whole file for one misfit, as far as that is known."""
        if self.schema is not None:
            return True
        newer = generation_of(self.version, self.family).standing is Standing.NEWER
        return typed(self.version, self.family) and not newer

    @cached_property
    def misfits(self) -> tuple[Misfit, ...]:
        """What the chart does not take: unknown keys and wrong types, parents before children."""
        return tuple(refusals(self.values, self.version, self.family, self.schema))

    @cached_property
    def unknown(self) -> tuple[tuple[Misfit, KeyMatch], ...]:
        """The unknown keys of ``misfits``, each with what the table of keys says about it.

        Only the first of them are searched for: where nearly all is unknown, no single key is the mistake.
        """
        found = [misfit for misfit in self.misfits if misfit.unknown]
        return tuple(
            (misfit, look_up(misfit.path, self.version, self.family) if at < _EXPLAINED else _UNEXPLAINED)
            for at, misfit in enumerate(found)
        )

    @cached_property
    def authenticator_class(self) -> str:
        """The text that chooses who signs people in; the chart's default is dummy."""
        chosen = self.get("hub.config.JupyterHub.authenticator_class")
        return chosen if isinstance(chosen, str) else "dummy"

    @cached_property
    def authenticator(self) -> TraitClass | None:
        """The class that this means; None for one that the hub image of the newest chart does not have."""
        return authenticator(self.authenticator_class)


def subject_of(data: bytes, version: str = "", family: Family = "z2jh", name: str = "config.yaml") -> Subject:
    """Return one file as a subject, for the newest chart unless told; raises Unreadable."""
    return Subject((Source(name, Document.read(data)),), version or newest(family).version, family)


def _path(path: str | Path) -> Path:
    return parse_path(path) if isinstance(path, str) else path


def _matches(value: Any, pattern: Path, path: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield path, value
        return
    part, rest = pattern[0], pattern[1:]
    if part != "*":
        inner = trees.look_up(value, (part,))
        if inner is not trees.MISSING:
            yield from _matches(inner, rest, (*path, part))
        return
    for key, item in _items(value):
        yield from _matches(item, rest, (*path, key))


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    for key, item in _items(value):
        yield (*path, key), item
        yield from _walk(item, (*path, key))


def _items(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
