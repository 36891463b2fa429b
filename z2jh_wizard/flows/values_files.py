"""Which values files there are, which chart they are for, and how they are saved.

A project has ``config.yaml`` and ``secrets.yaml``, which Helm gets in this order; outside of a project it is
one file, or a pipe. Every change of them goes through here.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from z2jh_wizard.core import checks
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.facts import CHART_NAME
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.charts import chart_from_choice
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.project.secrets_file import COMMENT
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import read_bytes, read_stream, rewrite
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values import paths, trees
from z2jh_wizard.values.charts import newest, sort_key
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.subject import Source, Subject
from z2jh_wizard.values.reading import Tree, Unreadable
from z2jh_wizard.values.secret_keys import holds_secret

PIPE = "-"
"""The name of a file that stands for stdin, and for stdout when it is changed."""


@dataclass(frozen=True, slots=True)
class Where:
    """What a person named: a project folder, or a file, and what they said about its chart.

    ``at`` is the dotted path under which a wrapper chart keeps the hub's values.
    """

    folder: Path = Path()
    file: str = ""
    at: str = ""
    chart: str = ""
    version: str = ""


@dataclass(frozen=True)
class ValuesFile:
    """A values file as it was read; ``path`` is None for a pipe, ``data`` None for one not written yet."""

    name: str
    path: Path | None
    data: bytes = field(repr=False)
    at: paths.Path | None = None
    is_new: bool = False

    @cached_property
    def document(self) -> Document:
        """What stands in it; Unreadable, with the file's name and the line, when Helm could not take it."""
        try:
            return Document.read(self.data, self.at)
        except Unreadable as error:
            raise unreadable(self.name, error) from None


@dataclass(frozen=True)
class ValuesFiles:
    """The values files of one hub in the order in which Helm gets them, and the chart that they are for."""

    files: tuple[ValuesFile, ...]
    chart: Chart
    version: str
    """The chart version whose keys they have; for a chart of one's own that is a guess."""
    project: Project | None = None

    @property
    def main(self) -> ValuesFile:
        """The file where a setting belongs that is no secret."""
        return self.files[0]

    @cached_property
    def subject(self) -> Subject:
        """The files as lint looks at them."""
        sources = tuple(Source(one.name, one.document) for one in self.files)
        return Subject(sources, self.version, self.chart.family)

    @property
    def tree(self) -> Tree:
        """What Helm makes of all files, wrappers included."""
        return trees.merge(*(one.document.tree for one in self.files))

    @property
    def private(self) -> Tree:
        """What a project keeps in secrets.yaml; nothing outside of one."""
        return self.files[-1].document.values if self.project else {}

    def named(self, name: str) -> ValuesFile:
        """Return the file of a name that it has."""
        return next(one for one in self.files if one.name == name)

    def holder(self, path: paths.Path) -> ValuesFile | None:
        """Return the file that has the last word on a path, None when none sets it."""
        return next((one for one in reversed(self.files) if one.document.has(path)), None)

    def home(self, path: paths.Path) -> ValuesFile:
        """Return the file in which to set a path: a project's secrets have one of their own.

        A part of a list belongs into the file that has the list, for Helm does not merge lists.
        """
        number = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
        if number < len(path) and (with_list := self.holder(path[:number])):
            return with_list
        if self.project and holds_secret(path) and not self.project.spec.secrets_in_config:
            return self.files[-1]
        holder = self.holder(path)
        return holder if holder and not isinstance(holder.document.get(path), dict) else self.main

    def save(self, changed: ValuesFile, data: bytes) -> ValuesFiles:
        """Write a file and return the files as they are now; nothing is written for a pipe or no change.

        Refused when somebody else wrote the file since it was read. A project's lock must be held.
        """
        if data == changed.data:
            return self
        if changed.path is None:
            return self._with(changed, data)
        if not _is_as_read(changed, changed.path):
            raise Refused(
                f"{changed.name} was changed by somebody else meanwhile",
                "It is not as it was when the wizard read it.",
                still_works="Nothing was written.",
                next_step="Run the same command again.",
            )
        if self.project:
            config_file.save(self.project, changed.path, data)
        else:
            rewrite(changed.path, data)
        return self._with(changed, data)

    def edited(self, file: ValuesFile, document: Document) -> ValuesFiles:
        """Return the files with another text for one of them, as a draft: nothing is written."""
        if document.data == file.data:
            return self
        fresh = replace(file, data=document.data)
        fresh.__dict__["document"] = document  # an edit has read it already
        return replace(self, files=tuple(fresh if one is file else one for one in self.files))

    def _with(self, changed: ValuesFile, data: bytes) -> ValuesFiles:
        fresh = replace(changed, data=data, is_new=False)
        return replace(self, files=tuple(fresh if one is changed else one for one in self.files))


def open_files(where: Where) -> ValuesFiles:
    """Read the values files that a person named; InvalidInput for what is no project or cannot be read."""
    at = paths.parse_path(where.at) if where.at else None
    if where.file:
        chart = chart_meant(where.chart or "z2jh", where.version)
        return ValuesFiles((_free_file(where.file, at),), chart, keys_of(chart))
    return files_of(open_project(where.folder), at=at, chart=where.chart, version=where.version)


def files_of(
    project: Project, *, at: paths.Path | None = None, chart: str = "", version: str = ""
) -> ValuesFiles:
    """Return a project's files; chart and version may be said to look at them as those of another one."""
    files = (
        _project_file(project.config, config_file.first(project).encode(), at),
        _project_file(project.secrets, COMMENT.encode(), at),
    )
    if chart or version:
        other = chart_meant(chart or project.spec.chart.family, version)
        return ValuesFiles(files, other, keys_of(other), project)
    return ValuesFiles(files, project.spec.chart, keys_of(project.spec.chart), project)


@contextlib.contextmanager
def files_to_change(where: Where, doing: str) -> Iterator[ValuesFiles]:
    """Give the files that a person named, read under the project's lock; Refused by another writer."""
    if where.file:
        yield open_files(where)
        return
    with writing(open_project(where.folder).state, doing, SystemClock()):
        yield open_files(where)


def chart_meant(choice: str, version: str) -> Chart:
    """Return the chart for z2jh, helmforge or a chart's path; InvalidInput for others and for no version."""
    chart = chart_from_choice(choice, version)
    if version:
        sort_key(version)
    return chart


def keys_of(chart: Chart) -> str:
    """Return the chart version whose key names a chart has.

    The practice chart and charts of one's own have versions of their own and, by a guess, the newest keys.
    """
    if chart.name.rsplit("/", 1)[-1] != CHART_NAME or checks.version(chart.version):
        return newest(chart.family).version
    return chart.version


def unreadable(name: str, error: Unreadable) -> Unreadable:
    """Return the error with the name of the file in it."""
    named = Unreadable(error.reason, error.position)
    named.problem = replace(named.problem, title=f"{name} cannot be read")
    return named


def _project_file(path: Path, first: bytes, at: paths.Path | None) -> ValuesFile:
    if path.exists():
        return ValuesFile(path.name, path, read_bytes(path, path.name), at)
    return ValuesFile(path.name, path, first, at, is_new=True)


def _free_file(name: str, at: paths.Path | None) -> ValuesFile:
    if name == PIPE:
        return ValuesFile("stdin", None, read_stream(sys.stdin.buffer, "stdin"), at)
    path = Path(name).expanduser()
    return ValuesFile(name, path, read_bytes(path, name), at)


def _is_as_read(file: ValuesFile, path: Path) -> bool:
    if file.is_new:
        return not path.exists()
    return read_bytes(path, file.name) == file.data
