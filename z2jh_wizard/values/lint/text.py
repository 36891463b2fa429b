"""Rules about how values are written: quotes, words that mean true, octal numbers, keys said twice."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from z2jh_wizard.values.lint.finding import Fix, Replace, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Place, Source, Subject
from z2jh_wizard.values.lint.written import Written
from z2jh_wizard.values.nodes import Node, Scalar
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.traits import trait
from z2jh_wizard.values.words import meaning

_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
_BLANKS = "\u00a0\u2007\u202f\u200b\ufeff"
_DASH = re.compile("[\u2010-\u2015]{1,2}(?=[a-z ])")
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|"
    r"(?:include|tpl|printf|template|lookup)\s)"
)
_HIGHEST_MODE = 0o777
_MODES_IN_DECIMAL = frozenset(
    {400, 440, 444, 500, 600, 640, 644, 660, 664, 666, 700, 740, 744, 750, 755, 770, 775, 777}
)
_USER_LISTS = frozenset({"allowed_users", "admin_users", "blocked_users", "users", "allowedUsers"})
_TEXTS = frozenset({"display_name", "description", "slug"})


@rule("curly-quotes", Severity.WARNING, "Typographic quotes, blanks or dashes pasted from a web page")
def curly_quotes(subject: Subject) -> Iterator[Problem]:
    """YAML knows only straight quotes and plain blanks; others become part of the value or of the key."""
    unknown = {misfit.path for misfit in subject.misfits if misfit.unknown} if subject.refuses else set()
    for source in subject.sources:
        if source.document.parsed.text.isascii():
            continue
        for written in source.written:
            yield from _pasted_key(source, written, unknown)
            yield from _pasted_value(source, written)


def _pasted_key(source: Source, written: Written, refused: Container[Path]) -> Iterator[Problem]:
    key = written.plain_key
    if key is None or written.key is None or key.strip(_CURLY + _BLANKS) == key:
        return
    place, old = _place(source, written.key), _line(source, written.key)
    new = old.replace(key, key.strip(_CURLY + _BLANKS), 1)
    for blank in _BLANKS:
        new = new.replace(blank, " ")
    indent = len(key) - len(key.lstrip(_BLANKS))
    edits = (Replace(place.position.line, old, " " * indent + new),) if not set(key) & set(_CURLY) else ()
    yield Problem(
        written.path,
        "This key has a typographic quote or a blank in it that came from a web page, so it is another key.",
        Fix("Type the key again, with spaces before it and straight quotes or none.", edits),
        severity=Severity.ERROR if written.path in refused else None,
        place=place,
    )


def _pasted_value(source: Source, written: Written) -> Iterator[Problem]:
    value = written.plain
    if not value:
        return
    place = _place(source, written.node)
    if value[0] in _CURLY or (value[-1] in _CURLY and not set(value[:-1]) & set(_CURLY)):
        whole = len(value) > 1 and value[0] in _CURLY and value[-1] in _CURLY
        inner = value[1:-1] if whole else value.strip(_CURLY)
        edits = (Set(written.path, inner),) if whole and not set(inner) & set(_CURLY) else ()
        message = "These typographic quotes came from a web page; they become part of the value."
        yield Problem(written.path, message, Fix("Write straight quotes: \" or '.", edits), place=place)
    elif value.strip(_BLANKS) != value:
        message = (
            "There is a blank before or after this value that came from a web page and becomes part of it."
        )
        yield Problem(
            written.path,
            message,
            Fix("Type the value again.", (Set(written.path, value.strip(_BLANKS)),)),
            place=place,
        )
    elif _DASH.match(value):
        message = (
            "This begins with a typographic dash from a web page, which YAML and programs take as a letter."
        )
        yield Problem(written.path, message, Fix("Type it again with -."), place=place)


@rule("dup-key", Severity.WARNING, "The same key twice")
def dup_key(subject: Subject) -> Iterator[Problem]:
    """Helm takes the last one without a word."""
    for source in subject.sources:
        for one in source.document.parsed.duplicates:
            wrapper = source.document.wrapper
            inside = one.path[: len(wrapper)] == wrapper
            name = str(one.path[-1])
            yield Problem(
                one.path[len(wrapper) :] if inside else (),
                f"{name} stands in line {one.first.line} and again here: Helm takes only the last one, "
                "and all below the first is lost.",
                Fix(
                    f"Move what is below {name} in line {one.first.line} to this place, and delete the first."
                ),
                place=Place(source.name, one.again),
            )


@rule("norway", Severity.WARNING, "yes, no, on or off where text is meant", general=True)
def norway(subject: Subject) -> Iterator[Problem]:
    """YAML 1.1, which Helm speaks, reads these words as true or false."""
    wants_text = {misfit.path for misfit in subject.misfits if "string" in misfit.wanted}
    for source in subject.sources:
        for written in source.written:
            key, word = written.plain_key, written.plain
            if key is not None and written.key is not None and _is_switch_word(key):
                yield Problem(
                    written.path,
                    f"YAML reads the name {key} as {str(meaning(key)).lower()}, and that is its name then.",
                    Fix(f'Put it in quotes: "{key}".'),
                    place=_place(source, written.key),
                )
            if word is not None and _is_switch_word(word):
                refused = written.path in wants_text
                if refused or _wants_text(written.path):
                    yield Problem(
                        written.path,
                        f"YAML reads {word} as {str(meaning(word)).lower()}, but text is wanted here.",
                        Fix(f'Put it in quotes: "{word}".', (Set(written.path, word),)),
                        severity=Severity.ERROR if refused or _in_user_list(written.path) else None,
                        place=_place(source, written.node),
                    )


def _is_switch_word(text: str) -> bool:
    return len(text) <= 3 and isinstance(meaning(text), bool)


def _in_user_list(path: Path) -> bool:
    return len(path) > 2 and isinstance(path[-1], int) and path[-2] in _USER_LISTS


def _wants_text(path: Path) -> bool:
    """Tell whether a text belongs at a path for which the schema has no type."""
    if path[-1] in _TEXTS or _in_user_list(path):
        return True
    if path[:2] == ("hub", "config") and len(path) == 4:
        row = trait(str(path[2]), str(path[3]))
        return row is not None and row.type == "Unicode"
    return False


@rule(
    "octal",
    Severity.ERROR,
    "A file mode that is not octal",
    "hub.extraFiles.*.mode",
    "singleuser.extraFiles.*.mode",
)
def octal(subject: Subject) -> Iterator[Problem]:
    """Modes are numbers; Helm reads 0644 as octal (420), but 644 as six hundred and forty-four."""
    if subject.family != "z2jh":
        return
    for pattern in ("hub.extraFiles.*.mode", "singleuser.extraFiles.*.mode"):
        for path, value in subject.find(pattern):
            digits = str(value).removeprefix("0o").lstrip("0")
            if (
                isinstance(value, bool)
                or not re.fullmatch("[0-7]{3}", digits)
                or int(digits) not in _MODES_IN_DECIMAL
            ):
                continue
            if isinstance(value, str):
                yield Problem(
                    path,
                    "The file mode is text here, and the chart wants a number.",
                    _mode_fix(subject, path, digits),
                )
            elif value in _MODES_IN_DECIMAL:
                wrong = f"{value} without a zero before it is {value:o} in octal"
                if value > _HIGHEST_MODE:
                    message = f"{wrong}, more than Kubernetes takes: it refuses the pod."
                    yield Problem(path, message, _mode_fix(subject, path, digits))
                else:
                    message = f"{wrong}, so others may read, or you may not."
                    yield Problem(path, message, _mode_fix(subject, path, digits), severity=Severity.WARNING)


def _mode_fix(subject: Subject, path: Path, digits: str) -> Fix:
    source = subject.source_of(path)
    written = source.written_at(path)
    sentence = f"Write 0{digits}."
    if written is None:
        return Fix(sentence)
    node = written.node
    place, line = _place(source, node), _line(source, node)
    at = place.position.column - 1
    length = node.end - node.start
    return Fix(sentence, (Replace(place.position.line, line, f"{line[:at]}0{digits}{line[at + length :]}"),))


@rule("helm-template", Severity.WARNING, "A Helm template in a values file")
def helm_template(subject: Subject) -> Iterator[Problem]:
    """Helm renders templates in charts only; the chart takes what stands in a values file as it is."""
    if subject.family != "z2jh":
        return
    for source in subject.sources:
        if "{{" not in source.document.parsed.text:
            continue
        for written in source.written:
            node = written.node
            if isinstance(node, Scalar) and _TEMPLATE.search(node.text) and not _own_text(written.path):
                message = "Helm does not render templates in a values file: the braces arrive as they are."
                yield Problem(
                    written.path, message, Fix("Write the value itself."), place=_place(source, node)
                )


def _own_text(path: Path) -> bool:
    """Tell whether a text is of another language, or rendered by the chart as ``hub.args`` is."""
    own = {"extraConfig", "extraFiles", "custom", "templateVars", "args", "command", "extraCommandLineFlags"}
    return not own.isdisjoint(map(str, path[:3]))


def _place(source: Source, node: Node) -> Place:
    return Place(source.name, source.document.parsed.position(node.start))


def _line(source: Source, node: Node) -> str:
    text = source.document.parsed.text
    start = text.rfind("\n", 0, node.start) + 1
    end = text.find("\n", node.start)
    return text[start : end if end >= 0 else len(text)].removesuffix("\r")


RULES: tuple[Rule, ...] = (curly_quotes, dup_key, norway, octal, helm_template)
