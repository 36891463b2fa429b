"""The way through the pages of settings: the draft that they share, which pages come in which order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from z2jh_wizard.flows import ways
from z2jh_wizard.flows.drafts import read_draft
from z2jh_wizard.flows.topic_entries import Entry
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.flows.ways import Way
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import Field, TopicPage
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.forms_sign_in import Note, notes
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.search import FOUND, Hit, field_of
from z2jh_wizard.values.sign_in_follows import WORDS
from z2jh_wizard.widgets.controls import help_text
from z2jh_wizard.widgets.rail import ABOVE, Mark, Stop


@dataclass(slots=True)
class Tour:
    """Where one is among the settings; ``route`` are the pages that Next walks through before the list.

    Pages are known by the ids that they have in ``flows.ways``.
    """

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
    lost: tuple[str, ...] = ()
    """What was answered on another day and not kept, for it is secret."""

    def page(self, topic: str) -> TopicPage:
        """Return a page by its id; KeyError or ValueError for none."""
        if topic == FOUND:
            if self.found is None:
                raise KeyError(topic)
            return self.found
        return ways.setting_page(topic)

    def pages(self, way: Way = ways.GUIDED) -> tuple[str, ...]:
        """Return the pages of a way that set something: class size, and what the chart has questions on."""
        return tuple(
            stage.id
            for stage in ways.stages(way, self.form.scene)
            if stage.settings or stage is ways.CLASS_SIZE
        )

    def beside(self, stage_id: str, step: int) -> str:
        """Return the page before (-1) or after (+1) one on the route; empty at its ends."""
        at = self.route.index(stage_id) + step
        return self.route[at] if 0 <= at < len(self.route) else ""

    def stops(self, here: str) -> list[Stop]:
        """Return the pages of the route, or all, with how far they are.

        The page at hand stays in sight where the rail is lower than the way is long.
        """
        wrong = self.form.problems
        route = self.route or self.pages()
        top = max(0, route.index(here) - ABOVE) if here in route else 0
        found = []
        for stage in map(ways.stage, route[top:]):
            done = stage.settings and self.form.count_set(stage.settings)
            mark = Mark.DONE if done else Mark.AHEAD
            mark = Mark.PROBLEM if stage.asks.intersection(wrong) else mark
            found.append(Stop(stage.title, Mark.HERE if stage.id == here else mark))
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


def take_back(desk: Desk, form: TopicForm) -> tuple[Entry | None, str]:
    """Take the last answer back, or else the last save; return the answer, None for a save, and what to say.

    A save may have changed z2jh.yaml, so the project is opened again. Refused as ``TopicForm.undo`` does.
    """
    if taken := form.undo():
        return taken, f"Taken back: {taken.title[:60]}"
    if desk.project:
        desk.project = open_project(desk.project.folder)
    return None, "The last save was taken back."


def tour_of(desk: Desk) -> Tour:
    """Return the tour of the open project, begun anew for another project or chart.

    Answers that are not saved are kept as long as the folder is the same. RuntimeError without a project;
    Unreadable for a values file that Helm could not take.
    """
    project = desk.project
    if project is None:
        raise RuntimeError("settings need a project")
    before = desk.tour
    here = before is not None and before.project.folder == project.folder
    if before and here and _same_files(before.project, project):
        before.form.refresh()
        return before
    form = TopicForm.of(project)
    if before and here:
        form.again(before.form.answers)
        desk.tour = replace(before, form=form, project=project, found=None)
    else:
        draft = read_draft(project)
        form.again(draft.entries)
        desk.tour = Tour(form, project, lost=draft.lost)
    return desk.tour


def _same_files(before: Project, after: Project) -> bool:
    """Tell whether the values files mean the same; students and pools say nothing about them."""
    old, new = before.spec, after.spec
    return msgspec.structs.replace(old, workshop=new.workshop, pools=new.pools) == new


def page_of(hit: Hit) -> TopicPage:
    """Return a page with the one setting that a search found."""
    field = field_of(hit)
    why = hit.note or "The one setting that you searched for; Next saves it and goes back to the search."
    return TopicPage(FOUND, field.title, why, field.page, (_alone(field),))


def _alone(field: Field) -> Field:
    """Return a field that is asked whatever else is answered."""
    return msgspec.structs.replace(field, shown_if=None, label=field.title)
