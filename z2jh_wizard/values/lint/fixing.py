"""``--fix``: the edits of findings, applied to one file where that is safe."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Edit, Finding, Move, Replace, Set
from z2jh_wizard.values.places import EditRefused


class Fixed(msgspec.Struct, frozen=True):
    """A file after ``--fix``: what was mended, and what could not be, with the reason."""

    document: Document
    done: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


def fix(document: Document, findings: Iterable[Finding]) -> Fixed:
    """Apply the edits of the findings of one file; each finding is mended whole or not at all."""
    done: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    # Lines first: their numbers hold only until the first key is edited.
    for finding in sorted(findings, key=_lines_first):
        if finding.fix is None or not finding.fix.edits:
            continue
        try:
            document = _edited(document, finding.fix.edits)
        except (EditRefused, InvalidInput) as error:
            refused.append((finding, error.problem.happened))
        else:
            done.append(finding)
    return Fixed(document, tuple(done), tuple(refused))


def fix_unreadable(data: bytes, findings: Iterable[Finding]) -> bytes:
    """Apply the edits of lines to a file that cannot be read; the same bytes when there are none."""
    edits = [edit for finding in findings if finding.fix for edit in finding.fix.edits]
    return replace_lines(data, [edit for edit in edits if isinstance(edit, Replace)])


def replace_lines(data: bytes, edits: Iterable[Replace]) -> bytes:
    """Write other lines into a text, its line ends kept; a line that is not as it was is left alone."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for edit in edits:
        line = lines[edit.line - 1] if 0 < edit.line <= len(lines) else ""
        if line.removesuffix("\r").removeprefix("\ufeff") == edit.old:
            lines[edit.line - 1] = line.replace(edit.old, edit.new, 1)
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _lines_first(finding: Finding) -> bool:
    return not any(isinstance(edit, Replace) for edit in (finding.fix.edits if finding.fix else ()))


def _edited(document: Document, edits: Iterable[Edit]) -> Document:
    for edit in edits:
        if isinstance(edit, Replace):
            document = Document.read(replace_lines(document.data, (edit,)), document.wrapper)
        elif isinstance(edit, Set):
            document = document.set(edit.path, edit.value)
        elif isinstance(edit, Move):
            document = document.move(edit.old, edit.new)
        else:
            document = document.unset(edit.path)
    return document
