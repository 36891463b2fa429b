"""The whole way from the first question to the written files, in plain lines.

The pages, their order and their questions are those of the screens (``ways``, ``questionnaire``).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from functools import partial

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.glossary import terms_in
from z2jh_wizard.flows import class_size, cloud_questions, field_help, pages, ways
from z2jh_wizard.flows.asking import KEYS, SKIP, Asker, Move, Talk, present
from z2jh_wizard.flows.hub_secrets import drafted
from z2jh_wizard.flows.items import Item, setting_item
from z2jh_wizard.flows.linting import lint_files
from z2jh_wizard.flows.questionnaire import Questionnaire, project_fields
from z2jh_wizard.flows.topic_form import sentence
from z2jh_wizard.flows.ways import EXPERT, GUIDED, WAYS, Stage, Way
from z2jh_wizard.project.folder import is_project
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.search import field_of, search
from z2jh_wizard.values.sign_in_guide import guide
from z2jh_wizard.values.topics import fields, fields_by_key
from z2jh_wizard.values.who_may_words import who_may

MOST_HITS = 12
"""Settings that a search lists; more words find fewer."""

MORE = "m"
_WRITE = "Write the files"
_PAGE = "Go to a page"
_SEARCH = "Find a setting by words"
_LEAVE = "Leave without writing"


class Ended(enum.Enum):
    """How a conversation ended."""

    WRITTEN = "written"
    LEFT = "left"


class LineByLine:
    """A conversation about one hub; the answers are in the questionnaire, which it saves at the end."""

    def __init__(self, questionnaire: Questionnaire, talk: Talk) -> None:
        self._answers = questionnaire
        self._asker = Asker(talk)
        self._failed: WizardError | None = None

    def run(self) -> Ended:
        """Talk until the files are written, or the person leaves.

        EOFError when the input ends before; the trouble instead when writing was tried and failed.
        """
        say = self._asker.say
        say("z2jh-wizard, line by line.")
        say(KEYS)
        say()
        project = self._answers.project
        if project:
            say(f"The hub {project.spec.release} on {project.spec.provider}, in {project.folder}.")
        else:
            say("A new hub.")
        offers = [f"{way.title}: {way.about}" for way in WAYS.values()]
        try:
            self._walk(list(WAYS.values())[self._asker.choose("Which way?", offers)])
            return self._end()
        except EOFError:
            if self._failed:
                raise self._failed from None
            raise

    # ---- pages ----

    def _walk(self, way: Way) -> None:
        """Ask the pages of a way; what they are depends on the answers."""
        at = 0
        while at < len(stages := self._answers.stages(way)):
            heading = f"Page {at + 1} of {len(stages)}: {stages[at].title}"
            moved = self._page(stages[at], heading, asks_first=way is GUIDED)
            at = max(0, at - 1) if moved is Move.BACK else at + 1
        if way is EXPERT:
            self._search()

    def _page(self, stage: Stage, heading: str, *, asks_first: bool) -> Move:
        """Ask a page; return BACK when the person wants the page before."""
        say = self._asker.say
        say()
        say(heading)
        say(_why(stage))
        more = False
        if asks_first and stage.questions is None:
            typed = self._enter(stage)
            if isinstance(typed, Move):
                return typed
            more = typed
        moved = self._questions(stage, more=more)
        while moved is not Move.BACK and (wrong := self._wrong(stage)):
            self._asker.say(f"! {self._answers.problems()[wrong.id]}")
            moved = self._item(wrong)
        self._after(stage)
        return moved

    def _wrong(self, stage: Stage) -> Item | None:
        """Return the first question of a page whose answer cannot be used as it stands."""
        if stage.questions is None:
            return None
        problems = self._answers.problems()
        return next((one for one in self._answers.items(stage) if one.id in problems), None)

    def _enter(self, stage: Stage) -> bool | Move:
        """Ask whether to answer the page at all; True for all of its questions, the rare ones too."""
        few, all_of_them = len(self._answers.items(stage)), len(self._answers.items(stage, more=True))
        rare = f", {MORE} also asks {all_of_them - few} that few people need" if all_of_them > few else ""
        asked = f"{few} question{'s' * (few != 1)}"
        while True:
            typed = self._asker.line(f"{asked}. Empty begins, {SKIP} skips the page{rare}: ")
            moves: dict[str, bool | Move] = {"": False, SKIP: Move.SKIP, "<": Move.BACK, MORE: True}
            if typed in moves:
                return moves[typed]
            self._asker.say(f"! Press Enter to begin, or type {SKIP} to skip the page.")

    def _questions(self, stage: Stage, *, more: bool) -> Move:
        """Ask question by question: an answer may bring others, and one can go back to each."""
        asked: list[str] = []
        at = ""
        while item := next_item(self._answers.items(stage, more=more), at):
            moved = self._item(item)
            if moved is Move.SKIP:
                break
            if moved is Move.BACK and not asked:
                return Move.BACK
            if moved is Move.BACK:
                asked.pop()
                at = asked[-1] if asked else ""
            else:
                asked.append(item.id)
                at = item.id
        return Move.KEEP

    def _item(self, item: Item) -> Move:
        return self._asker.item(item, partial(self._answers.answer, item.id), partial(self._explain, item))

    def _explain(self, item: Item) -> Iterable[tuple[str, str]]:
        if item.id in fields():
            question = self._answers.form.question(fields()[item.id])
            if question:
                return field_help.about(self._answers.form, question)
        cloud = cloud_questions.explained(item.id, self._answers.project_answers)
        words = [f"{term.term}: {term.meaning}" for term in terms_in(f"{item.title} {item.help}")]
        return [(item.title, item.help), *cloud, *([("Words", "\n".join(words))] if words else [])]

    def _after(self, stage: Stage) -> None:
        """Say what follows from a page."""
        if stage.questions:
            return  # the project may not be whole yet
        form = self._answers.form
        if stage.kind == "class-size" and self._answers.typed_sizes:
            for key in class_size.KEYS:
                question = form.question(fields_by_key()[key])
                if question:
                    self._asker.say(f"{question.field.title}: {present(setting_item(question))}", "  ")
        if stage.settings and stage.settings.id == Topic.SIGN_IN.value:
            scene = form.scene
            people = who_may(scene.values, scene.version, scene.family)
            self._asker.say(f"Who comes in: {' '.join(people.allowed)} {' '.join(people.admins)}")

    # ---- any setting ----

    def _search(self) -> None:
        """Find settings by words and edit them, until nothing is typed."""
        while words := self._asker.line("Words to find a setting by (empty ends): "):
            scene = self._answers.form.scene
            hits = [one for one in search(words.split(), scene.version, scene.family) if one.available]
            if not hits:
                self._asker.say("Nothing fits; try other words.")
                continue
            offers = [f"{hit.path}: {hit.help}" for hit in hits[:MOST_HITS]]
            if len(hits) > MOST_HITS:
                self._asker.say(f"{len(hits)} settings fit; these are the first. More words find fewer.")
            place = self._asker.choose("Which one?", [*offers, "None of them"], len(offers))
            if place < len(offers):
                self._found(field_of(hits[place]))

    def _found(self, field: Field) -> None:
        question = self._answers.form.question(field)
        if question is None:
            self._asker.say("! This chart has no such setting.")
            return
        if field.id in fields():
            self._item(setting_item(question))
            return
        take = partial(self._answers.put_found, question)
        self._asker.item(setting_item(question), take, lambda: field_help.about(self._answers.form, question))

    # ---- the end ----

    def _end(self) -> Ended:
        """Say what will be written and what is wrong with it, and ask what to do."""
        todo: dict[str, Callable[[], Ended | None]] = {
            _WRITE: self._write,
            _PAGE: self._choose_page,
            _SEARCH: self._search,
            _LEAVE: lambda: Ended.LEFT,
        }
        while True:
            self._complete()
            self._summary()
            place = self._asker.choose("What now?", list(todo))
            ended = list(todo.values())[place]()
            if ended:
                return ended

    def _complete(self) -> None:
        """Ask what another answer made necessary: who moves the hub to a cloud has to say who pays."""
        while wrong := next((one for one in self._answers.stages(GUIDED) if self._wrong(one)), None):
            self._page(wrong, wrong.title, asks_first=False)

    def _choose_page(self) -> None:
        stages = self._answers.stages(GUIDED)
        place = self._asker.choose("Which page?", [*(one.title for one in stages), "None"], len(stages))
        if place < len(stages):
            self._page(stages[place], stages[place].title, asks_first=True)

    def _summary(self) -> None:
        say, form = self._asker.say, self._answers.form
        say()
        if self._answers.project is None:
            say("The new project:")
            for name, text in self._answers.project_answers.items():
                if text and project_fields()[name].applies(self._answers.project_answers):
                    say(f"{project_fields()[name].label}: {text}", "  ")
        say("Settings that were answered:" if form.changes else "No setting was changed.")
        for entry in form.changes:
            field = fields().get(entry.id)
            question = form.question(field) if field else None
            state = f": {present(setting_item(question))}" if question else ""
            say(f"{entry.title}{state}", "  ")
        for name, trouble in self._answers.unfit().items():
            say(f"! {name}: {trouble}")
        found = lint_files(drafted(form.now)).findings  # missing secrets will be made
        for finding in sorted(found, key=lambda one: one.severity.rank):
            say(sentence(finding))
        self._say_steps()
        say()

    def _say_steps(self) -> None:
        """Say what is to be done elsewhere so that people can sign in."""
        steps = guide(self._answers.form.scene)
        if steps.steps:
            self._asker.say(f"To do for {steps.title}: {steps.intro}")
            for step in steps.steps:
                self._asker.say(f"{step.number}. {step.text}", "  ")

    def _write(self) -> Ended | None:
        folder = self._answers.plan.folder
        if self._answers.project is None and is_project(folder):
            self._asker.say(f"! {folder} holds a project already; choose another folder.")
            item = next(one for one in self._answers.items(ways.stage(pages.FOLDER)))
            self._item(item)
            return None
        try:
            project = self._answers.save()
        except WizardError as error:
            self._failed = error
            for line in error.problem.lines():
                self._asker.say(f"! {line}")
            return None
        self._asker.say(f"Written: {project.config} and {project.folder / 'z2jh.yaml'}.")
        return Ended.WRITTEN


def next_item(items: tuple[Item, ...], at: str) -> Item | None:
    """Return the question behind one, the first one at the beginning of a page; None behind the last."""
    ids = [one.id for one in items]
    place = ids.index(at) + 1 if at in ids else 0 if not at else len(ids)
    return items[place] if place < len(items) else None


def _why(stage: Stage) -> str:
    page = stage.questions or stage.settings
    return page.why if page else "How many students there are and what each needs: it decides how many fit."
