"""Rules about files that no YAML reader takes, and about colons and hashes that need quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.keys import key_table
from z2jh_wizard.values.lint.finding import Fix, Replace, Severity
from z2jh_wizard.values.lint.fixing import replace_lines
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Place, Subject, Unread
from z2jh_wizard.values.nodes import Scalar
from z2jh_wizard.values.secret_keys import holds_secret

_TABBED = re.compile(r" *\t[ \t]*")
_TWO_COLONS = re.compile(
    r"(?P<head>[ ]*(?:- +)*(?P<key>[\w.-]+): +)(?P<value>[^\s'\"|>&*!{\[#].*?: .*?|[^\s'\"|>&*!{\[#].*:)[ ]*"
)
_TAB_WIDTHS = (2, 4, 8)
_MOST_TABS = 5000
"""Lines that are mended; a file with more is no values file, and trying widths takes its time."""
_NO_COLON_HERE = "mapping values are not allowed"
_TROUBLES = (
    (
        "cannot start any token",
        "a value begins here with a character that has a meaning in YAML",
        "Put the value in quotes.",
    ),
    (
        "expected ',' or",
        "a bracket or brace is still open here, or a comma is missing",
        "Close the bracket or brace, and put a comma between its items.",
    ),
    ("unexpected end of stream", "a quote that was opened above is not closed", "Close the quote."),
    (
        "could not find expected ':'",
        "here, or in the line above, a key has no colon and space after it",
        "Write a colon and a space after the key.",
    ),
    (
        "did not find expected",
        "this line does not line up with its neighbours, or a quote ends too early",
        "Give the line the same indent as its neighbours; a quote inside of single quotes is written twice.",
    ),
    (
        _NO_COLON_HERE,
        "a key begins here where none can be",
        "Give the line the same indent as its neighbours; look above for a colon without a space after it.",
    ),
    (
        "cannot be a key",
        "braces begin here that YAML takes as a map",
        "Put a text that begins with a brace in quotes.",
    ),
    (
        "names an anchor",
        "a star begins here the name of an anchor",
        "Put a text that begins with a star in quotes.",
    ),
)
"""What the parser says, what that means, and what to do."""

_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7})(?: |$)")


@rule("tab-indent", Severity.ERROR, "Tab used for indentation")
def tab_indent(subject: Subject) -> Iterator[Problem]:
    """YAML takes no tab as indentation; Replace is offered when every width of a tab means the same."""
    for unread in subject.unread:
        if _cause(unread) == "tab-indent":
            edits = _without_tabs(unread)
            sentence = (
                "Replace each tab at the beginning of a line with spaces, as many as its neighbours have."
            )
            yield _problem(
                unread,
                "A tab indents this line; YAML takes only spaces, so Helm refuses the file.",
                Fix(sentence, edits),
            )


@rule("unreadable", Severity.ERROR, "A file that is no YAML")
def unreadable(subject: Subject) -> Iterator[Problem]:
    """What no YAML reader takes for any other reason."""
    for unread in subject.unread:
        if _cause(unread) == "unreadable":
            reason, sentence = _in_words(unread)
            yield _problem(unread, f"This cannot be read: {plain(reason)}.", Fix(sentence))


@rule("colon-plain", Severity.ERROR, "Unquoted value with a colon or a hash")
def colon_plain(subject: Subject) -> Iterator[Problem]:
    """A second ``: `` on a line is refused; `` #`` begins a comment and cuts a text short."""
    for unread in subject.unread:
        if _cause(unread) == "colon-plain":
            edit = _quoted(unread)
            yield _problem(
                unread,
                "This value has a colon and a space in it, which begins a new key; Helm refuses the file.",
                Fix("Put the value in quotes.", (edit,) if edit else ()),
            )
    for source in subject.sources:
        text = source.document.parsed.text
        for written in source.written:
            node = written.node
            if not isinstance(node, Scalar) or written.plain is None or not _is_free_text(written.path):
                continue
            cut = re.match(r" +#\S", text[node.end : node.end + 12])
            if cut and node.text:
                place = Place(source.name, source.document.parsed.position(node.start))
                message = "The text ends before the #: what follows is a comment to YAML, and is lost."
                yield Problem(
                    written.path,
                    message,
                    Fix("Put the whole value in quotes, or a space after the # if it is a comment."),
                    severity=Severity.WARNING,
                    place=place,
                )


def _in_words(unread: Unread) -> tuple[str, str]:
    """Return what is wrong with a file, and what to do about it."""
    if any(_CONFLICT.match(line) for line in unread.lines):
        return (
            "git left the marks of a merge conflict",
            "Keep one side of the conflict, and delete the marks.",
        )
    reason = unread.error.reason
    known = ((meaning, fix) for words, meaning, fix in _TROUBLES if words in reason)
    return next(known, (reason, "Give a values file that Helm can read, saved as UTF-8 text."))


def _is_free_text(path: tuple[str | int, ...]) -> bool:
    """Tell whether a value is a text of the user's own, in which a hash is likely."""
    return bool(path) and (path[-1] in {"display_name", "description", "title"} or holds_secret(path))


def _problem(unread: Unread, message: str, fix: Fix) -> Problem:
    return Problem((), message, fix, place=Place(unread.name, unread.error.position))


def _cause(unread: Unread) -> str:
    """Return the rule that says why a file is unreadable."""
    line = unread.line
    if _TABBED.match(line) and line[unread.error.position.column - 1 :].startswith("\t"):
        return "tab-indent"
    if unread.error.reason.startswith(_NO_COLON_HERE) and _TWO_COLONS.fullmatch(line):
        return "colon-plain"
    return "unreadable"


def _without_tabs(unread: Unread) -> tuple[Replace, ...]:
    """Return edits that write spaces for tabs; nothing when the width of a tab would change the meaning."""
    tabbed = [(number, line) for number, line in enumerate(unread.lines, 1) if _TABBED.match(line)]
    meanings = []
    for width in _TAB_WIDTHS if len(tabbed) <= _MOST_TABS else ():
        edits = tuple(Replace(number, line, _expanded(line, width)) for number, line in tabbed)
        tree = _tree(replace_lines(unread.data, edits))
        if tree is not None:
            meanings.append((tree, edits))
    sure = bool(meanings) and all(tree == meanings[0][0] for tree, _ in meanings)
    return meanings[0][1] if sure else ()


def _expanded(line: str, width: int) -> str:
    indent = _TABBED.match(line)
    assert indent is not None
    return indent[0].expandtabs(width) + line[indent.end() :]


def _tree(data: bytes) -> str | None:
    """Return what a text means, in a form that tells true from 1; None when it cannot be read."""
    try:
        return repr(Document.read(data).tree)
    except InvalidInput:
        return None


def _quoted(unread: Unread) -> Replace | None:
    """Return the line with its value in quotes, if that makes the file readable and the key is no section."""
    line = unread.line
    match = _TWO_COLONS.fullmatch(line)
    if match is None or match["key"] in _sections() or " #" in match["value"]:
        return None
    new = match["head"] + "'" + match["value"].replace("'", "''") + "'"
    edit = Replace(unread.error.position.line, line, new)
    return edit if _tree(replace_lines(unread.data, (edit,))) is not None else None


def _sections() -> set[str]:
    """Return the names that hold other keys: a colon after one is hardly part of a text."""
    return {name for path in key_table().z2jh for name in path.split(".")[:-1]}


RULES: tuple[Rule, ...] = (tab_indent, unreadable, colon_plain)
