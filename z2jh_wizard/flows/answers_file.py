"""Answers files: the answers to all questions as YAML, by the ids of the questions.

A single value is what a person would type, so quotes and YAML's own reading of words make no difference to
it; lists and maps may be written as such. Any key of the chart stands, dotted or nested, below ``values``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.flows.questionnaire import Questionnaire, known_ids, project_fields
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import read_text
from z2jh_wizard.values import words
from z2jh_wizard.values.answers import shown_text
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.forms import place
from z2jh_wizard.values.look_up import Kind as KeyKind
from z2jh_wizard.values.look_up import taken
from z2jh_wizard.values.nodes import Alias, Node, Scalar
from z2jh_wizard.values.nodes import Mapping as MapNode
from z2jh_wizard.values.nodes import Sequence as ListNode
from z2jh_wizard.values.paths import Path as KeyPath
from z2jh_wizard.values.paths import format_path, parse_path
from z2jh_wizard.values.reading import Parsed, Unreadable, parse
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.topics import fields
from z2jh_wizard.values.trees import look_up as value_at

VALUES = "values"
"""Below this key stand keys of the chart instead of answers to questions."""

FILE = "file"
"""``{file: PATH}`` stands for what is in a file, beside the answers file unless the path is absolute."""

_IN_FILES = frozenset(
    {Kind.SECRET, Kind.SECRET_LIST, Kind.SECRET_MAP, Kind.LONG_TEXT, Kind.PYTHON},
)
_OF_TEXTS = frozenset(
    {Kind.NAMES, Kind.HOSTS, Kind.COMMAND, Kind.SECRET_LIST, Kind.TEXT_MAP, Kind.SECRET_MAP}
)
"""Kinds whose items are texts, so that an unquoted student number is no number."""

_LISTS = frozenset({Kind.NAMES, Kind.HOSTS, Kind.LIST, Kind.COMMAND, Kind.SECRET_LIST})
_MAPS = frozenset({Kind.MAP, Kind.TEXT_MAP, Kind.SECRET_MAP, Kind.PYTHON})

_CLASS_OF_CONFIG = ("hub", "config", "Class")
"""Traits stand one level below this one."""

_MOST_TOLD = 20
"""Troubles of one file that are told at once."""


_Key = TypeVar("_Key", str, KeyPath)


@dataclass(frozen=True, slots=True)
class Given:
    """One entry of an answers file: where it stands, and what it says."""

    name: str
    """The id of a question; the dotted path of a key below ``values``."""
    line: int
    node: Node
    at: KeyPath
    """Where it stands in the file."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that cannot be used, one sentence with the fix; line 0 for what is in no line of the file."""

    line: int
    sentence: str


class AnswersFile:
    """An answers file as it was read; nothing has been asked yet whether the answers fit."""

    def __init__(self, parsed: Parsed, folder: Path) -> None:
        self._parsed = parsed
        self._folder = folder
        self.answers: dict[str, Given] = {}
        self._values: Given | None = None
        self.troubles: list[Trouble] = [
            _twice(".".join(map(str, one.path)), one.again.line, one.first.line) for one in parsed.duplicates
        ]
        self._known = known_ids()
        root = _target(parsed.composed.root)
        if isinstance(root, MapNode):
            self._take(root, "", ())

    @classmethod
    def read(cls, data: bytes, name: str, folder: Path) -> AnswersFile:
        """Read a file; InvalidInput, with the line, for what is no map in YAML."""
        try:
            return cls(parse(data), folder)
        except Unreadable as error:
            where = error.position
            raise InvalidInput(
                f"{name} cannot be read",
                f"Line {where.line}, column {where.column}: {error.reason}.",
                still_works="Nothing was made.",
                next_step="Mend that line and run the same command again.",
            ) from None

    # ---- which entries there are ----

    def _take(self, node: MapNode, prefix: str, at: KeyPath) -> None:
        for name, line, value in self._entries(node):
            full, here = prefix + name, (*at, name)
            if full == VALUES:
                self._values = Given(full, line, value, here)
            elif full in self._known:
                self._note(self.answers, full, Given(full, line, value, here))
            elif any(known.startswith(f"{full}.") for known in self._known):
                self._take_group(full, line, value, here)
            else:
                meant = did_you_mean(full, (*self._known, VALUES))
                self._trouble(line, f"{full} is no question{meant}.")

    def _take_group(self, name: str, line: int, value: Node, at: KeyPath) -> None:
        if isinstance(value, MapNode):
            self._take(value, f"{name}.", at)
        elif _text(value):
            self._trouble(line, f"{name} is a group of questions; write them below it, or as {name}.NAME.")

    def values(self, version: str, family: Family) -> dict[KeyPath, Given]:
        """Return what stands below ``values``, by the keys that a chart has for it; once for each file."""
        found: dict[KeyPath, Given] = {}
        node = self._values.node if self._values else None
        if self._values and isinstance(node, MapNode):
            self._take_keys(node, (), self._values.at, found, lambda path: is_section(path, version, family))
        elif self._values and node and _text(node):
            self._trouble(
                self._values.line, f"Below {VALUES} stand keys of the chart, such as cull.every: 300."
            )
        return found

    def _take_keys(
        self,
        node: MapNode,
        above: KeyPath,
        at: KeyPath,
        found: dict[KeyPath, Given],
        is_group: Callable[[KeyPath], bool],
    ) -> None:
        for name, line, value in self._entries(node):
            try:
                path = (*above, *parse_path(name))
            except InvalidInput as error:
                self._trouble(line, f"{error.problem.title}. {error.problem.next_step}")
                continue
            here = (*at, name)
            if isinstance(value, MapNode) and value.entries and is_group(path):
                self._take_keys(value, path, here, found, is_group)
            else:
                self._note(found, path, Given(format_path(path), line, value, here))

    def _entries(self, node: MapNode) -> Iterator[tuple[str, int, Node]]:
        for entry in node.entries:
            line = self._parsed.position(entry.key.start).line
            value = _target(entry.value)
            if entry.name is None:
                self._trouble(line, "A merge key (<<) cannot be used here; write the answers themselves.")
            elif value is not None:
                yield entry.name, line, value

    def _note(self, where: dict[_Key, Given], key: _Key, given: Given) -> None:
        first = where.setdefault(key, given)
        if first is not given and first.at != given.at:  # the same key twice is told already
            self.troubles.append(_twice(given.name, given.line, first.line))

    def _trouble(self, line: int, sentence: str) -> None:
        self.troubles.append(Trouble(line, sentence))

    # ---- what they say ----

    def text(self, given: Given, field: Field | None, questionnaire: Questionnaire) -> str:
        """Return an answer as a person would type it; InvalidInput when there is no such text."""
        node = given.node
        if isinstance(node, Scalar):
            return _text(node)
        if field is None:
            raise InvalidInput("Write one value, no list and no map.")
        if field.kind in _IN_FILES and (name := _file_named(node)):
            return self._read(name)
        form = questionnaire.form
        question = form.question(field)
        family = form.scene.family
        choices = [one.value for one in question.choices] if question and question.choices else None
        kind = question.kind if question else field.kind
        value = _texts(node) if kind in _OF_TEXTS else value_at(self._parsed.tree, given.at)
        text = shown_text(field, value, family, choices)
        if text is None:
            raise InvalidInput(f"Write {_wanted(kind)}.")
        return text

    def value(self, given: Given, path: KeyPath) -> Any:
        """Return the value of a key of the chart; InvalidInput for a file that cannot be read."""
        if holds_secret(path) and (name := _file_named(given.node)):
            return self._read(name)
        return value_at(self._parsed.tree, given.at)

    def _read(self, name: str) -> str:
        path = self._folder / Path(name).expanduser()
        return read_text(path, f"file {name}").rstrip("\r\n")


def fill(
    questionnaire: Questionnaire, answers: AnswersFile, options: Mapping[str, str] = MappingProxyType({})
) -> list[Trouble]:
    """Answer the questions; return what cannot be used, in the order of the lines.

    The order of the answers in the file does not matter; ``options``, by id, win over them.
    """
    troubles: list[Trouble] = []
    told: set[str] = set()

    def tell(name: str, sentence: str) -> None:
        given = answers.answers.get(name)
        if sentence and name not in told:
            troubles.append(Trouble(given.line if given else 0, f"{name}: {sentence}"))
            told.add(name)

    def ask(names: Iterable[str]) -> None:
        for name in names:
            if name in options:
                tell(name, questionnaire.answer(name, options[name]))
            elif name in answers.answers:
                tell(name, _answered(questionnaire, answers, answers.answers[name]))

    ask(name for name in known_ids() if name in project_fields())
    for name, sentence in questionnaire.problems().items():
        tell(name, sentence)
        questionnaire.forget("chart")  # so that all else can be looked at
    if questionnaire.problems():
        return sorted((*answers.troubles, *troubles), key=lambda one: one.line)
    ask(name for name in known_ids() if name not in project_fields())
    scene = questionnaire.form.scene
    for path, given in answers.values(scene.version, scene.family).items():
        sentence = _put(questionnaire, answers, path, given)
        troubles += [Trouble(given.line, f"{given.name}: {sentence}")] if sentence else []
    for name, sentence in questionnaire.unfit().items():
        tell(name, sentence)
    return sorted((*answers.troubles, *troubles), key=lambda one: one.line)


def make(
    target: Path, data: bytes, name: str, folder: Path, options: Mapping[str, str] = MappingProxyType({})
) -> Project:
    """Make a project from an answers file; ``options`` win over it. Paths in it begin at ``folder``.

    InvalidInput with every answer that cannot be used; nothing is made then.
    """
    questionnaire = Questionnaire(target)
    answers = AnswersFile.read(data, name, folder)
    troubles = fill(questionnaire, answers, options)
    if "provider" not in answers.answers and "provider" not in options:
        troubles.append(Trouble(0, "provider is missing: it says where the hub shall run, such as existing."))
    refuse(name, troubles)
    return questionnaire.save()


def refuse(name: str, troubles: list[Trouble]) -> None:
    """Raise InvalidInput with all troubles of an answers file; nothing for none."""
    if not troubles:
        return
    lines = [f"  line {one.line}: {one.sentence}" if one.line else f"  {one.sentence}" for one in troubles]
    told = (
        lines if len(lines) <= _MOST_TOLD else [*lines[:_MOST_TOLD], f"  and {len(lines) - _MOST_TOLD} more"]
    )
    count = "1 answer" if len(troubles) == 1 else f"{len(troubles)} answers"
    raise InvalidInput(
        f"{name} cannot be used as it is",
        "\n".join([f"{count} cannot be taken:", *told]),
        still_works="Nothing was made.",
        next_step="Mend these lines, then run the same command again.",
    )


def _twice(name: str, line: int, first: int) -> Trouble:
    return Trouble(line, f"{name} stands in line {first} too; keep one of them.")


def _answered(questionnaire: Questionnaire, answers: AnswersFile, given: Given) -> str:
    try:
        text = answers.text(given, fields().get(given.name), questionnaire)
    except InvalidInput as error:
        return f"{error.problem.title} {error.problem.happened}".strip()
    if text.strip() == HIDDEN:
        return f"{HIDDEN} only stands for a secret; give the secret itself, or {{{FILE}: PATH}}."
    return questionnaire.answer(given.name, text)


def _put(questionnaire: Questionnaire, answers: AnswersFile, path: KeyPath, given: Given) -> str:
    for name, other in answers.answers.items():
        field = fields().get(name)
        if field and place(field, questionnaire.form.scene) == path:
            return f"line {other.line} says the same as {name}; keep one of them."
    try:
        return questionnaire.put(path, answers.value(given, path))
    except InvalidInput as error:
        return f"{error.problem.title}. {error.problem.happened}"


def _wanted(kind: Kind) -> str:
    """Say what an answer that is no single value has to be."""
    if kind in _LISTS:
        return "a list"
    return "a map, NAME: value" if kind in _MAPS else "one value, no list and no map"


def is_section(path: KeyPath, version: str, family: Family) -> bool:
    """Tell whether a key only holds others in a chart version: its parts are settings of their own."""
    if path[:2] == ("hub", "config") and len(path) <= len(_CLASS_OF_CONFIG):
        return True
    found = taken(path, version, family)
    return found is not None and found.kind is KeyKind.SECTION


def _target(node: Node | None) -> Node | None:
    return node.target if isinstance(node, Alias) else node


def _text(node: Node) -> str:
    """Return a single value as it was typed; nothing for null, and for lists and maps that are empty."""
    if isinstance(node, Scalar):
        is_null = not node.style and node.tag is None and words.meaning(node.text) is None
        return "" if is_null else node.text
    return "[...]" if isinstance(node, ListNode) and node.items else ""


def _texts(node: Node | None) -> Any:
    """Return lists and maps with every single value in them as it was typed."""
    node = _target(node)
    if isinstance(node, ListNode):
        return [_texts(item) for item in node.items]
    if isinstance(node, MapNode):
        return {entry.name: _texts(entry.value) for entry in node.entries if entry.name is not None}
    return _text(node) if node else ""


def _file_named(node: Node) -> str:
    """Return PATH of ``{file: PATH}``; empty for anything else."""
    if not isinstance(node, MapNode) or len(node.entries) != 1 or node.entries[0].name != FILE:
        return ""
    value = _target(node.entries[0].value)
    return _text(value) if isinstance(value, Scalar) else ""
