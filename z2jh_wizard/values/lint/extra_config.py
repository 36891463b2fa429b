"""Rules about the Python in hub.extraConfig: what does not compile, and what newer hubs do not take.

Facts: the hub runs each piece after its own configuration, which sets ``c.KubeSpawner.environment`` (tried
with traitlets 5 and KubeSpawner 7.0); the package kubernetes is in hub images up to chart 1.2.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.values import traits
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Replace, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Place, Subject
from z2jh_wizard.values.nodes import Scalar
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.reading import Position
from z2jh_wizard.values.traits import Effect

_KEY = "hub.extraConfig"
_CRASH = "the hub does not start"
_PREFIX = "singleuser_"
"""With which many settings of KubeSpawner began up to 0.8."""


@rule("extraconfig-py", Severity.ERROR, "Python that cannot be read", _KEY)
def extraconfig_py(subject: Subject) -> Iterator[Problem]:
    """The hub stops at a mistake in the grammar; tabs and blanks must not be mixed."""
    for path, text in _pieces(subject):
        if not isinstance(text, str):
            if text is not None:
                message = f"This is no text; what stands below extraConfig is Python: {_CRASH}."
                yield Problem(path, message, Fix("Write Python below it, after a | on the line of its name."))
        elif (error := _mistake(text)) and not _lost_its_lines(subject, path, text):
            reason = (error.msg or "invalid syntax").split(" (")[0]
            block = _block(subject, path)
            yield Problem(
                path,
                f"Python cannot read this ({reason}): {_CRASH}.",
                Fix("Correct this line, or the one above it."),
                place=block.place(error.lineno or 1) if block else None,
            )


@rule("extraconfig-fold", Severity.ERROR, "Python whose lines are joined", _KEY)
def extraconfig_fold(subject: Subject) -> Iterator[Problem]:
    """After > and without a sign YAML joins lines; Python needs them as they are, after |."""
    for path, text in _pieces(subject):
        if isinstance(text, str) and _lost_its_lines(subject, path, text):
            edit = _with_bar(subject, path)
            yield Problem(
                path,
                f"YAML joins these lines into one, which is other Python: {_CRASH}, or does not do this.",
                Fix("Write | after the name, and the Python on the lines below.", (edit,) if edit else ()),
            )


@rule("extraconfig-old", Severity.ERROR, "Python that this hub does not take", _KEY)
def extraconfig_old(subject: Subject) -> Iterator[Problem]:
    """Names and packages of older hubs, and changes of what is no plain value."""
    for path, text in _pieces(subject):
        tree = _parsed(text) if isinstance(text, str) else None
        block = _block(subject, path)
        for node, message, fix, severity in _old(subject, tree) if tree else ():
            place = block.place(node.lineno) if block else None
            yield Problem(path, message, Fix(fix), severity=severity, place=place)


def _pieces(subject: Subject) -> Iterator[tuple[Path, Any]]:
    """Yield the Python of the hub, by piece; HelmForge and charts up to 0.6 have it as one text."""
    path: Path = ("hub", "extraConfig")
    found = subject.get(path)
    if isinstance(found, dict):
        yield from (((*path, name), text) for name, text in found.items())
    elif isinstance(found, str):
        yield path, found


def _parsed(text: str) -> ast.Module | None:
    """Return a piece as the grammar sees it, None when it cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _mistake(text: str) -> SyntaxError | None:
    """Return what Python has against a piece; nothing where only the Python of the hub can tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "extraConfig", "exec", dont_inherit=True)
        except SyntaxError as error:
            newer = sys.version_info < (3, 12) and (error.msg or "").startswith("f-string")
            return None if newer else error
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _scalar(subject: Subject, path: Path) -> Scalar | None:
    found = subject.source_of(path).written_at(path)
    return found.node if found and isinstance(found.node, Scalar) else None


@dataclass(frozen=True, slots=True)
class _Block:
    """A text that is written line by line, after a bar on line ``first`` of a file."""

    file: str
    first: int
    lines: list[str]

    def place(self, line: int) -> Place:
        """Return where a line of it stands; the last one for what is behind it."""
        at = min(line, len(self.lines))
        written = self.lines[at - 1]
        return Place(self.file, Position(self.first + at, len(written) - len(written.lstrip()) + 1))


def _block(subject: Subject, path: Path) -> _Block | None:
    """Return a piece as it stands in the file, None (the key says it then) where lines are joined."""
    node = _scalar(subject, path)
    if node is None or node.style != "|":
        return None
    source = subject.source_of(path)
    parsed = source.document.parsed
    lines = parsed.text[node.start : node.end].rstrip().split("\n")[1:]
    return _Block(source.name, parsed.position(node.start).line, lines) if lines else None


def _lost_its_lines(subject: Subject, path: Path, text: str) -> bool:
    """Tell whether YAML joined lines that are other Python when each stands alone."""
    node = _scalar(subject, path)
    if node is None or node.style not in ("", ">"):
        return False
    written = subject.source_of(path).document.parsed.text[node.start : node.end]
    if not node.style:
        return "\n" in written and _mistake(text) is not None
    whole = _parsed(textwrap.dedent(written.partition("\n")[2]))
    joined = _parsed(text)
    return whole is not None and (joined is None or not _same(joined, whole))


def _same(one: ast.Module, other: ast.Module) -> bool:
    try:
        return ast.dump(one) == ast.dump(other)
    except RecursionError:
        return True


def _with_bar(subject: Subject, path: Path) -> Replace | None:
    """Return the edit that writes | for > on the line of the name; None for what has no sign."""
    parsed, node = subject.source_of(path).document.parsed, _scalar(subject, path)
    if node is None or node.style != ">":
        return None
    position = parsed.position(node.start)
    begin, end = parsed.text.rfind("\n", 0, node.start) + 1, parsed.text.find("\n", node.start)
    line = parsed.text[begin:end].removesuffix("\r")
    at = line.find(">", position.column - 1)
    return Replace(position.line, line, f"{line[:at]}|{line[at + 1 :]}")


_Old = tuple[Any, str, str, Severity | None]


def _old(subject: Subject, tree: ast.Module) -> Iterator[_Old]:
    """Yield what is out of date: the node, what happens, what to write, and how bad it is."""
    nodes = list(ast.walk(tree))
    tried = {id(inner) for node in nodes if isinstance(node, ast.Try) for inner in ast.walk(node)}
    plain = {_trait(target) for node in nodes if isinstance(node, ast.Assign) for target in node.targets}
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in tried:
            yield from _imports(subject, node)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            yield from _environment(subject, node, node.target, certain=True)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                item = isinstance(target, ast.Subscript)
                inner = target.value if isinstance(target, ast.Subscript) else target
                yield from _environment(subject, node, inner, certain=item and _trait(inner) not in plain)
        elif isinstance(node, ast.Attribute) and hub_config.is_exact(subject):
            yield from _old_names(node)


def _imports(subject: Subject, node: ast.Import | ast.ImportFrom) -> Iterator[_Old]:
    names = [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    gone = subject.family == "helmforge" or subject.at_least("2.0.0")
    if (
        gone
        and not hub_config.has_own_image(subject)
        and "kubernetes" in {one.split(".")[0] for one in names}
    ):
        message = f"The hub has no package kubernetes, only kubernetes_asyncio: {_CRASH}."
        yield node, message, "Write kubernetes_asyncio, whose calls are awaited.", None


def _environment(subject: Subject, node: ast.stmt, target: ast.expr, *, certain: bool) -> Iterator[_Old]:
    """Look at what is done to the environment; ``certain`` when it fails where nothing was set before."""
    owner, name = _trait(target)
    if name != "environment" or owner not in ("Spawner", "KubeSpawner"):
        return
    write = "Write c.KubeSpawner.environment.update({...})."
    set_by_chart = subject.family == "z2jh"
    if certain and (isinstance(node, ast.AugAssign) or owner == "Spawner" or not set_by_chart):
        yield node, f"The environment cannot be changed in this way: {_CRASH}.", write, None
    elif owner == "Spawner" and set_by_chart:
        message = "This does nothing: the chart sets c.KubeSpawner.environment, which goes before it."
        yield node, message, write, Severity.WARNING


def _old_names(node: ast.Attribute) -> Iterator[_Old]:
    owner, name = _trait(node)
    old = traits.old_name(owner, name) if owner else None
    if old is None:
        if owner == "KubeSpawner" and name.startswith(_PREFIX) and not traits.trait(owner, name):
            new = name.removeprefix(_PREFIX)
            fix = f"Write c.{owner}.{new}." if traits.trait(owner, new) else "Write the name of a setting."
            yield node, f"KubeSpawner has no setting {name}: this does nothing.", fix, Severity.WARNING
        return
    effect, severity = {
        Effect.WORKS: ("is a former name that still works", Severity.NOTE),
        Effect.IGNORED: ("is a former name, and does nothing", Severity.WARNING),
        Effect.CRASHES: (f"is a former name: {_CRASH}", None),
    }[old.effect]
    yield node, f"c.{owner}.{name} {effect}.", f"Write c.{owner}.{old.new}.", severity


def _trait(node: ast.expr) -> tuple[str, str]:
    """Return class and trait of ``c.Class.trait``; empty texts for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
        root = node.value.value
        if isinstance(root, ast.Name) and root.id == "c":
            return node.value.attr, node.attr
    return "", ""


RULES: tuple[Rule, ...] = (extraconfig_py, extraconfig_fold, extraconfig_old)
