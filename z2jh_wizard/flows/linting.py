"""Lint of the values files that a person named, and the safe edits of its findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.charts import local_chart
from z2jh_wizard.flows.values_files import ValuesFile, ValuesFiles
from z2jh_wizard.helm.chart_files import SCHEMA, read_chart_file
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.lint.fixing import fix, fix_unreadable
from z2jh_wizard.values.lint.run import Linted, lint_bytes
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.schema_fit import is_understood


class Mended(msgspec.Struct, frozen=True):
    """What ``--fix`` did: the files as they are now, what was mended, and what could not be and why."""

    files: ValuesFiles
    done: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


def lint_files(files: ValuesFiles) -> Linted:
    """Lint the files together, as Helm merges them; one that cannot be read is a finding."""
    sources = [(one.name, one.data, one.at) for one in files.files]
    return lint_bytes(sources, files.version, files.chart.family, _schema(files.chart))


def _schema(chart: Chart) -> Any:
    """Return the schema of a chart on this computer: one of a person's own may take other keys.

    None when the tables have to tell, an empty one for a chart of one's own that has none, or one that only
    ``config validate`` understands.
    """
    where = local_chart(chart)
    if where is None or not where.exists():
        return None
    anything: dict[str, Any] | None = {} if chart.path else None
    found = read_chart_file(where, SCHEMA)
    try:
        schema = msgspec.json.decode(found) if found else anything
    except msgspec.DecodeError:
        return anything
    return schema if isinstance(schema, dict) and is_understood(schema) else anything


def mend(files: ValuesFiles, wanted: Callable[[Finding], bool] = lambda _one: True) -> Mended:
    """Write the safe edits of all findings, or of those wanted; the project's lock must be held."""
    done: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    found = lint_files(files).findings
    for file in files.files:
        mine = [one for one in found if one.file == file.name and wanted(one)]
        data, mended, left = _mended(file, mine)
        files = files.save(file, data)
        done += mended
        refused += left
    return Mended(files, tuple(done), tuple(refused))


def _mended(
    file: ValuesFile, findings: Sequence[Finding]
) -> tuple[bytes, Sequence[Finding], Sequence[tuple[Finding, str]]]:
    try:
        document = Document.read(file.data, file.at)
    except Unreadable:
        return fix_unreadable(file.data, findings), [one for one in findings if one.fix and one.fix.edits], ()
    fixed = fix(document, findings)
    return fixed.document.data, fixed.done, fixed.refused
