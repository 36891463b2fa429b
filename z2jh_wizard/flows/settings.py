"""Getting, setting and removing single settings of values files, as commands and screens do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.values_files import ValuesFile, ValuesFiles, Where, files_to_change
from z2jh_wizard.project import config_file
from z2jh_wizard.values import trees
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.look_up import Kind, look_up
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.reading import describe
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.traits import trait
from z2jh_wizard.values.typed import typed_value

HIDDEN = "********"
"""Stands for a secret wherever values are shown."""


@dataclass(frozen=True)
class Edited:
    """What became of one file: the files before and after, and what a person should know besides."""

    file: ValuesFile
    document: Document
    files: ValuesFiles
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file has become another one."""
        return self.document.data != self.file.data


def shown(files: ValuesFiles, path: Path) -> Any:
    """Return the value at a path, secrets hidden; InvalidInput, with the default, when it is not set."""
    holder = files.holder(path) if path else None
    if path and holder is None:
        raise InvalidInput(f"{format_path(path)} is not set", _instead(files, path))
    value = files.subject.get(path) if path else files.subject.values
    return without_secrets(value, path, trees.look_up(files.private, path))


def without_secrets(value: Any, path: Path, private: Any) -> Any:
    """Return a value with what is a secret hidden: by its name, or for being ``private`` (MISSING if not).

    ``private`` is what secrets.yaml says at the same path.
    """
    if isinstance(value, dict):
        inner = private if isinstance(private, dict) else {}
        return {
            key: without_secrets(item, (*path, key), inner.get(key, trees.MISSING))
            for key, item in value.items()
        }
    if value is None or isinstance(value, bool):
        return value
    if private is not trees.MISSING or holds_secret(path):
        return HIDDEN
    if isinstance(value, list):
        return [without_secrets(item, (*path, at), trees.MISSING) for at, item in enumerate(value)]
    return value


def _instead(files: ValuesFiles, path: Path) -> str:
    """Say what is in force where nothing is set."""
    found = look_up(path, files.version, files.chart.family)
    if not found.fine:
        return found.sentence
    row = trait(str(path[2]), str(path[3])) if path[:2] == ("hub", "config") and len(path) == 4 else None
    default = row.default if row else msgspec.UNSET
    if found.kind is Kind.KEY and found.row:
        default = found.row.default
    if default is msgspec.UNSET:
        return "The chart's default is in force."
    return f"The chart's default is in force: {msgspec.json.encode(default).decode()}."


def value_of(path: Path, text: str) -> Any:
    """Return what was typed for a path on stdin; a secret that is a text is taken as it is."""
    if holds_secret(path) and not _takes_structure(path):
        return text.removesuffix("\n").removesuffix("\r")
    return typed_value(text, block=True)


def _takes_structure(path: Path) -> bool:
    known = trait(str(path[2]), str(path[3])) if path[:2] == ("hub", "config") and len(path) == 4 else None
    return known is not None and known.type in ("Dict", "List", "Set")


def set_value(files: ValuesFiles, path: Path, value: Any, *, force: bool = False) -> Edited:
    """Write a value where it belongs; InvalidInput for a key that the chart does not take, unless forced."""
    leaves = dict(_leaves(path, value))
    for key in () if force else leaves:
        found = look_up(key, files.version, files.chart.family)
        if not found.fine:
            raise InvalidInput(
                f"{format_path(path)} was not set",
                found.sentence,
                still_works="Nothing was changed.",
                next_step="Correct the name; or add --force, if your own code reads this key.",
            )
        if found.kind is Kind.SECTION and key == path and not isinstance(value, dict):
            raise InvalidInput(
                f"{format_path(path)} was not set",
                "It is a group of settings; set one of those inside it.",
                still_works="Nothing was changed.",
            )
    home = files.home(next((leaf for leaf, one in leaves.items() if is_secret(leaf, one)), path))
    refuse_duplicates(home)
    document = home.document.set(path, value)
    return Edited(home, document, files, tuple(_overruled(files, home, path)))


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Give the single values that a value holds, with their paths."""
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    if not value or not inner:
        yield path, value
    for key, item in inner:
        yield from _leaves((*path, key), item)


def is_secret(path: Path, value: Any) -> bool:
    """Tell whether a value is a secret: a switch, or nothing at all, is none."""
    return holds_secret(path) and not isinstance(value, bool) and value not in (None, "", [], {})


def secrets_in(path: Path, value: Any) -> list[Path]:
    """Return the paths of the secrets that a value holds."""
    return [leaf for leaf, one in _leaves(path, value) if is_secret(leaf, one)]


def _overruled(files: ValuesFiles, home: ValuesFile, path: Path) -> Iterator[str]:
    for other in files.files:
        if other is not home and other.document.has(path) and holds_secret(path):
            yield (
                f"{other.name} also has a value for it, in line {other.document.where(path).line}, "
                f"which {home.name} overrules: remove it there."
            )


def unset_value(files: ValuesFiles, path: Path) -> Edited:
    """Remove a setting from the file that sets it; generated secrets inside a group stay."""
    main, private = files.main, files.files[-1]
    name = format_path(path)
    notes: list[str] = []
    target = main
    if private is not main and private.document.has(path):
        if isinstance(private.document.get(path), dict):
            notes.append(f"{private.name} holds secrets in {name}; they stay. Remove one by its own name.")
        elif not main.document.has(path):
            target = private
        else:
            notes.append(f"{private.name} sets {name} too: the same command again removes it there.")
    refuse_duplicates(target)
    document = target.document.unset(path, forget=config_file.OWN_COMMENTS)
    return Edited(target, document, files, tuple(notes))


def refuse_duplicates(file: ValuesFile) -> None:
    """Raise InvalidInput for a file with a key twice: an edit could touch the one that does not count."""
    for duplicate in file.document.parsed.duplicates:
        raise InvalidInput(
            f"{file.name} has a key twice",
            f"{describe(duplicate)}; Helm takes the last one without a word.",
            still_works="Nothing was changed.",
            next_step="Keep one of them, then run the same command again.",
        )


def findings_about(files: ValuesFiles, path: Path) -> list[Finding]:
    """Return what lint says about a setting, the groups around it and the settings inside."""
    from z2jh_wizard.values.lint.run import lint

    return [one for one in lint(files.subject) if one.path and _related(parse_path(one.path), path)]


def _related(one: Path, other: Path) -> bool:
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def change(where: Where, doing: str, edit: Callable[[ValuesFiles], Edited]) -> Edited:
    """Read the files under the project's lock, edit one and save it, with a backup, if it became another."""
    with files_to_change(where, doing) as files:
        edited = edit(files)
        return replace(edited, files=files.save(edited.file, edited.document.data))
