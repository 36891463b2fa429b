"""One question as every front that asks line by line meets it, whichever page it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.flows import page
from z2jh_wizard.values.fields import Choice, Kind
from z2jh_wizard.values.forms import Question


@dataclass(frozen=True, slots=True)
class Item:
    """One question of any page, as it is asked now."""

    id: str
    title: str
    help: str
    kind: Kind
    text: str
    """The present answer; HIDDEN for a secret that is set."""
    default: str = ""
    """What is in force when nothing is answered, in words; empty when that is not known."""
    choices: tuple[Choice, ...] = ()
    fixed: str = ""
    """Why the present value cannot be changed here; empty when it can."""
    wrong: str = ""
    example: str = ""
    unit: str = ""
    link: str = ""


def page_item(field: page.Field, text: str) -> Item:
    """Return a question about the project as one of the questions."""
    offered = tuple(Choice(one.value, one.label, one.about) for one in field.choices)
    kind = Kind.CHOICE if offered else Kind.TEXT
    default = next((one.label for one in offered if one.value == field.default), field.default)
    return Item(field.id, field.label, field.help, kind, text, default, offered)


def setting_item(question: Question) -> Item:
    """Return a setting as one of the questions."""
    field = question.field
    is_hidden = question.kind.secret and question.text
    return Item(
        field.id,
        field.title,
        field.help,
        question.kind,
        HIDDEN if is_hidden else question.text,
        question.default,
        question.choices,
        question.fixed,
        question.wrong,
        field.example,
        field.unit,
        field.page,
    )
