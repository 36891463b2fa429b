"""What is known about one setting, for people who meet it for the first time."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.core.glossary import Reading, terms_in
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.values.fields import TopicPage
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.paths import format_path


def about(form: TopicForm, question: Question) -> list[tuple[str, str]]:
    """Return headings and texts about a setting: its name first, the words in them last."""
    field = question.field
    file, _ = form.written(question)
    parts = [(f"{field.title}{f', {field.unit}' if field.unit else ''}", field.help)]
    if question.fixed:
        parts.append(("", f"{question.fixed} Edit it in the file: Enter opens it."))
    if question.choices:
        parts.append(("Answers", "\n".join(_choices(question))))
    if field.example:
        parts.append(("Example", field.example))
    if question.default:
        parts.append(("When it is not set", f"{question.default}, the chart's default"))
    parts.append(("What it writes", f"{format_path(question.path)} in {file}"))
    if field.page:
        parts.append(("More to read", field.page))
    said = " ".join([field.title, field.help, *_choices(question)])
    words = [f"{term.term}: {term.meaning}" for term in terms_in(said)]
    if words:
        parts.append(("Words", "\n".join(words)))
    return parts


def _choices(question: Question) -> Iterator[str]:
    for choice in question.choices:
        yield f"{choice.label}: {choice.when}" if choice.when else choice.label


def links(page: TopicPage, question: Question | None) -> list[Reading]:
    """Return the pages about a setting and its topic, the nearest first."""
    found = []
    if question and question.field.page:
        found.append(Reading(question.field.title, question.field.page, question.field.help))
    if page.link:
        found.append(Reading(page.title, page.link, page.why))
    return found


def place(form: TopicForm, question: Question) -> tuple[str, int]:
    """Return the file that says a setting, and its line there; 0 when no file on the disk says it."""
    file, _ = form.written(question)
    found = next(one for one in form.found.files if one.name == file)
    if found.is_new or not found.document.has(question.path):
        return file, 0
    return file, found.document.where(question.path).line
