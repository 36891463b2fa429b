"""Rules applied to a document one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from z2jh_wizard.core.checks import VersionKey
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate_report import followed
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.migrate_work import Question, Step, Work


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of the way: its rules in order, what they do by name, and the version it leads to."""

    rules: Sequence[Rule]
    functions: Mapping[str, Callable[[Work], None]]
    target: VersionKey


@dataclass(frozen=True, slots=True)
class Carried:
    """A document on its way, what was done to it so far, and what is left to a person."""

    document: Document
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()

    def along(self, leg: Leg) -> Carried:
        """Return where a leg leads to."""
        document, steps, questions = self.document, self.steps, self.questions
        for rule in leg.rules:
            work = Work.done(rule, document, leg.target, questions, leg.functions[rule.by])
            document = work.document
            questions = (*(followed(item, work.steps) for item in questions), *work.questions)
            steps = (*steps, *work.steps)
        return Carried(document, steps, questions)
