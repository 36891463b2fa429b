"""The way through the pages of settings: the draft that they share, which pages come in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import Field, TopicPage
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.forms_sign_in import Note, notes
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.search import Hit
from z2jh_wizard.values.sign_in_follows import WORDS
from z2jh_wizard.values.topics import field_for, topic_page, topics
from z2jh_wizard.widgets.controls import help_text
from z2jh_wizard.widgets.rail import Mark, Stop

FOUND = "found"
"""The id of the page with the one setting that a search found."""

ABOVE = 8
"""Pages of the rail above the one at hand, at most."""

QUICK = (Topic.SIGN_IN, Topic.ADDRESS, Topic.HTTPS)
"""What nobody can choose for a teacher; all else has a safe default."""


@dataclass(slots=True)
class Tour:
    """Where one is among the pages of settings; ``route`` are the pages that Next walks through."""

    form: TopicForm
    project: Project
    route: tuple[str, ...] = ()
    found: TopicPage | None = None
    marked: str = ""
    """The way or page that was opened last."""
    words: str = ""
    """What was searched for."""
    typed: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was typed on a tool of a page and is not in the draft yet, by the tool's name."""

    def page(self, topic: str) -> TopicPage:
        """Return a page by its id; KeyError or ValueError for none."""
        if topic == FOUND:
            if self.found is None:
                raise KeyError(topic)
            return self.found
        return topic_page(Topic(topic))

    def quick(self) -> tuple[str, ...]:
        """Return the pages of the short way that this chart has questions on."""
        return tuple(topic.value for topic in QUICK if self.has_questions(topic_page(topic)))

    def guided(self) -> tuple[str, ...]:
        """Return all pages that this chart has questions on, in the order of the guide."""
        return tuple(page.id for page in topics() if self.has_questions(page))

    def has_questions(self, page: TopicPage) -> bool:
        """Tell whether this chart has a question of a page."""
        return any(forms.place(field, self.form.scene) for field in page.fields)

    def beside(self, topic: str, step: int) -> str:
        """Return the page before (-1) or after (+1) one on the route; empty at its ends."""
        if topic not in self.route:
            return ""
        at = self.route.index(topic) + step
        return self.route[at] if 0 <= at < len(self.route) else ""

    def stops(self, here: str) -> list[Stop]:
        """Return the pages of the way, or all, with how far they are.

        The page at hand stays in sight where the rail is lower than the way is long.
        """
        wrong = {name.partition(".")[0] for name in self.form.problems}
        route = self.route or self.guided()
        top = max(0, route.index(here) - ABOVE) if here in route else 0
        found = []
        for topic in route[top:]:
            page = self.page(topic)
            mark = Mark.DONE if self.form.count_set(page) else Mark.AHEAD
            mark = Mark.PROBLEM if topic in wrong else mark
            found.append(Stop(page.title, Mark.HERE if topic == here else mark))
        return found

    def notes(self, topic: str) -> tuple[Note, ...]:
        """Return what follows from the answers of a page and is to be known or copied."""
        return notes(self.form.scene) if topic == Topic.SIGN_IN.value else ()

    def help_of(self, question: Question) -> str:
        """Return what stands below a control; below the way to sign in also what follows from it."""
        follows = self.notes(Topic.SIGN_IN.value) if question.field.id == forms.METHOD else ()
        words = [WORDS] if self.form.is_followed(question.path) else []
        return "\n".join([*words, help_text(question), *(note.text for note in follows)])

    def problems(self) -> dict[str, str]:
        """Return one sentence for each answer that cannot be used, by field id."""
        return self.form.problems


def tour_of(desk: Desk) -> Tour:
    """Return the tour of the open project, begun anew for another project or chart.

    Answers that are not saved are kept as long as the folder is the same. RuntimeError without a project;
    Unreadable for a values file that Helm could not take.
    """
    project = desk.project
    if project is None:
        raise RuntimeError("settings need a project")
    before = desk.tour
    if before and before.project.folder == project.folder and before.project.spec == project.spec:
        before.form.refresh()
        return before
    form = TopicForm.of(project)
    if before and before.project.folder == project.folder:
        form.again(before.form.answers)
    desk.tour = Tour(form, project)
    return desk.tour


def page_of(hit: Hit) -> TopicPage:
    """Return a page with the one setting that a search found."""
    field = field_for(hit.path) or Field(
        f"{FOUND}.{hit.path}",
        hit.path,
        hit.kind,
        hit.help,
        choices=hit.choices,
        link=hit.link,
        label=hit.path,
    )
    why = hit.note or "The one setting that you searched for; Next saves it and goes back to the search."
    return TopicPage(FOUND, field.title, why, field.page, (_alone(field),))


def _alone(field: Field) -> Field:
    """Return a field that is asked whatever else is answered."""
    return msgspec.structs.replace(field, shown_if=None, label=field.title)
