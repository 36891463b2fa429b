"""What a page of questions about a project is made of; which pages there are is said in ``pages``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Answers = Mapping[str, str]
FieldType = Literal["text", "choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to pick: its value, its label and one line on when to take it."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question; ``check`` returns a sentence with the fix, or None; ``applies`` says when it is asked."""

    id: str
    label: str
    help: str
    type: FieldType = "text"
    default: str = ""
    choices: tuple[Choice, ...] = ()
    check: Callable[[str], str | None] = lambda _text: None
    applies: Callable[[Answers], bool] = lambda _answers: True
    fits: Callable[[str, Answers], str | None] = lambda _text, _answers: None
    """As ``check``, where it depends on the other answers whether one can be used."""


@dataclass(frozen=True, slots=True)
class Page:
    """A few questions that belong together, with one sentence on why they are asked."""

    id: str
    title: str
    why: str
    fields: tuple[Field, ...]

    def is_asked(self, answers: Answers) -> bool:
        """Tell whether it asks anything beside these answers."""
        return any(field.applies(answers) for field in self.fields)


def answered(field: str, *values: str) -> Callable[[Answers], bool]:
    """Return what tells whether a question has one of these answers."""
    return lambda answers: answers.get(field) in values
