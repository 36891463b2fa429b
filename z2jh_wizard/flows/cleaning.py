"""Text from outside made fit to leave the wizard: no control codes, and none of the project's secrets."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from z2jh_wizard.core.errors import InvalidInput, Problem, WizardError
from z2jh_wizard.core.redaction import Redactor, plain
from z2jh_wizard.core.step import Look
from z2jh_wizard.flows import hub_secrets
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project.folder import Project

LONGEST_TEXT = 1_000_000
"""Characters of one text that are searched for secrets; all beyond is dropped unseen."""

CONTRACT_WORDS = frozenset({"id", "provider", "severity", "state"})
"""Fields of reports that hold one word of a fixed list, never a text from outside."""

Report = TypeVar("Report", bound=msgspec.Struct)


def redactor_for(project: Project) -> Redactor:
    """Return a redactor that knows the project's secrets; InvalidInput when secrets.yaml is broken."""
    redactor = Redactor()
    hub_secrets.teach(redactor, files_of(project))
    return redactor


class Cleaner:
    """Cleans texts, problems and whole reports with what a redactor knows at that moment."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def text(self, text: str) -> str:
        """Return text fit to show: escape codes go first, since they could break a secret into pieces."""
        return plain(self._redactor.clean(plain(text, LONGEST_TEXT)))

    def problem(self, problem: Problem) -> Problem:
        """Return the problem with all its texts cleaned."""
        return Problem(
            self.text(problem.title),
            self.text(problem.happened),
            self.text(problem.still_works),
            self.text(problem.next_step),
            problem.code,
        )

    def look(self, look: Look) -> Look:
        """Return what a look answered with its texts cleaned; the names of resources stay as they are."""
        problem = self.problem(look.problem) if look.problem else None
        return replace(
            look, detail=self.text(look.detail), not_ours=self.text(look.not_ours), problem=problem
        )

    def report(self, report: Report) -> Report:
        """Return a copy of a report with every text in it cleaned, at any depth."""
        fields = set(report.__struct_fields__) - CONTRACT_WORDS
        return msgspec.structs.replace(
            report, **{name: self._value(getattr(report, name)) for name in fields}
        )

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Clean the words of any expected trouble that passes: a server's answer may stand in them."""
        try:
            yield
        except WizardError as error:
            error.problem = self.problem(error.problem)
            raise

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, msgspec.Struct):
            return self.report(value)
        return [self._value(one) for one in value] if isinstance(value, list) else value


class ProjectCleaner:
    """Cleans texts of the secrets that a project has now: for a screen that stays open while they change."""

    def __init__(self, project: Project) -> None:
        self._path = project.secrets
        self._project = project
        self._read_at: int | None = None
        self._cleaner = Cleaner(Redactor())

    def text(self, text: str) -> str:
        """Return text fit to show; a broken secrets.yaml leaves what was known of it before."""
        try:
            written = self._path.stat().st_mtime_ns
        except OSError:
            written = None
        if written != self._read_at:
            self._read_at = written
            with contextlib.suppress(InvalidInput):
                self._cleaner = Cleaner(redactor_for(self._project))
        return self._cleaner.text(text)
