"""A draft of a project's values files: answers of forms applied to it, undone, looked at, and saved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import msgspec

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.last_save import LastSave
from z2jh_wizard.flows.settings import set_value, unset_value
from z2jh_wizard.flows.sign_in_following import Followed, follows, scene_of, with_followers
from z2jh_wizard.flows.topic_entries import Answer, Entry, Put
from z2jh_wizard.flows.values_files import ValuesFiles, files_of
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values import forms
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.fields import Field, TopicPage
from z2jh_wizard.values.forms import Question, Scene
from z2jh_wizard.values.forms_lines import Line, lines_written, preview
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.topics import field_for, fields_by_key, topics


class TopicForm:
    """The files as they were found, and the same with all usable answers in them.

    ``now`` is a draft in memory until ``save``: the answers, and the callback URLs that follow from them.
    What the form cannot express is never written over.
    """

    def __init__(self, files: ValuesFiles) -> None:
        self.found = files
        self._draft = files
        self._followed: Followed | None = None
        self._answers: dict[str, Entry] = {}
        self._count = 0
        self._base: tuple[str, ValuesFiles] | None = None
        self._saved = LastSave()

    @classmethod
    def of(cls, project: Project) -> TopicForm:
        """Return the form of a project; its first config.yaml is the base where there is none yet."""
        return cls(_readable(files_of(project)))

    # ---- looking ----

    @property
    def now(self) -> ValuesFiles:
        """The files with all usable answers in them, and what follows from those."""
        return self._laid_over.files

    def is_followed(self, path: Path) -> bool:
        """Tell whether the draft has a setting because it follows from an answer to another."""
        return path in self._laid_over.paths

    @property
    def _laid_over(self) -> Followed:
        if self._followed is None:
            self._followed = with_followers(self.found, self._draft, self._is_answered)
        return self._followed

    def _keep(self, draft: ValuesFiles, base: tuple[str, ValuesFiles] | None = None) -> None:
        """Keep another draft of the answers; ``base`` is the same without the answer to one field."""
        self._draft, self._base, self._followed = draft, base, None

    def _is_answered(self, path: Path) -> bool:
        """Tell whether somebody typed a setting; what a tool put there may follow as before."""
        typed = [one.field for one in self._answers.values() if isinstance(one, Answer)]
        scene = scene_of(self._draft)
        return any(forms.place(field, scene) == path for field in typed)

    @property
    def scene(self) -> Scene:
        """What the questions are asked about."""
        return scene_of(self.now)

    @property
    def changes(self) -> tuple[Entry, ...]:
        """The usable answers that are not saved yet."""
        return tuple(one for one in self._answers.values() if not one.problem)

    @property
    def answers(self) -> tuple[Entry, ...]:
        """Everything that was typed or chosen and is not saved, the latest last."""
        return tuple(self._answers.values())

    @property
    def problems(self) -> dict[str, str]:
        """One sentence with the fix for each answer that cannot be used, by field id."""
        return {one.id: one.problem for one in self._answers.values() if one.problem}

    def questions(self, page: TopicPage, *, more: bool = False) -> tuple[Question, ...]:
        """Return the questions of a page, with what was typed as their text."""
        scene = self.scene
        asked = forms.questions(page, scene, more=True)
        # What was answered below ``more`` stays in sight.
        shown = (one for one in asked if more or not one.rare or one.field.id in self._answers)
        return tuple(self._typed(one) for one in shown)

    def question(self, field: Field) -> Question | None:
        """Return one field as it is asked; None where the chart does not have it."""
        found = forms.question(field, self.scene)
        return self._typed(found) if found else None

    def _typed(self, question: Question) -> Question:
        answer = self._answers.get(question.field.id)
        if not isinstance(answer, Answer) or self._is_overruled(answer, question.path):
            return question
        return msgspec.structs.replace(question, text=answer.text, wrong=answer.problem)

    def _is_overruled(self, answer: Answer, path: Path) -> bool:
        """Tell whether settings chosen after an answer say the same setting."""
        entries = list(self._answers.values())
        later = entries[entries.index(answer) + 1 :]
        return any(isinstance(one, Put) and one.says(path) for one in later)

    def written(self, question: Question) -> tuple[str, tuple[Line, ...]]:
        """Return the file that says a setting and its lines there, what the answers change marked."""
        name = (self.now.holder(question.path) or self.now.home(question.path)).name
        before, after = self.found.named(name), self.now.named(name)
        return name, lines_written(before.document, after.document, question.path)

    def preview(self, question: Question | None, height: int) -> tuple[Line, ...]:
        """Return so many lines of config.yaml around a setting, with all changes marked."""
        path = question.path if question else None
        return preview(self.found.main.document, self.now.main.document, path, height)

    def findings(self) -> dict[str, list[Finding]]:
        """Return what lint says about the draft, by the id of the field that it is about."""
        from z2jh_wizard.values.lint.run import lint

        found: dict[str, list[Finding]] = {}
        for finding in sorted(lint(self.now.subject), key=lambda one: one.severity.rank):
            for field_id in fields_of(finding):
                found.setdefault(field_id, []).append(finding)
        return found

    def count_set(self, page: TopicPage) -> int:
        """Return how many settings of a page are in the files or answered."""
        scene = self.scene
        return sum(forms.is_set(field, scene) for field in page.fields)

    # ---- answering ----

    def answer(self, field: Field, text: str) -> str:
        """Take an answer into the draft; return one sentence with the fix when it cannot be used.

        An empty answer unsets; the text that the file gave already leaves the file as it is.
        """
        before = self._without(field)
        self._answers.pop(field.id, None)
        self._keep(before, (field.id, before))
        asked = forms.question(field, scene_of(before))
        if asked is None or asked.fixed:
            return ""
        if text == asked.text and not follows(self.found, before, asked.path):
            return ""
        problem = ""
        value = asked.read(text, before.chart.family)
        if isinstance(value, Wrong):
            problem = value.sentence
        else:
            try:
                self._keep(_written(before, asked.path, value), (field.id, before))
            except WizardError as error:
                problem = _why_not(error)
        self._answers[field.id] = Answer(field, text, problem)
        return problem

    def put(self, title: str, settings: Iterable[Setting]) -> None:
        """Take settings that belong together into the draft, as one thing to undo.

        InvalidInput for a key that the chart does not take, Refused where the file cannot be edited; the
        draft is as before then.
        """
        wanted = Put(title, tuple(settings), self._count)
        draft = _all_written(self._draft, wanted)
        for one in self._wrong_answers():
            path = forms.place(one.field, self.scene)
            if path and wanted.says(path):
                del self._answers[one.id]
        self._answers[wanted.id] = wanted
        self._count += 1
        self._keep(draft)

    def _wrong_answers(self) -> list[Answer]:
        return [one for one in self._answers.values() if isinstance(one, Answer) and one.problem]

    def again(self, entries: Iterable[Entry], before: ValuesFiles | None = None) -> None:
        """Take what was typed and chosen in another draft into this one; what fails is a problem.

        ``before`` are the files that it was chosen for, where these may have other lists.
        """
        for one in entries:
            if isinstance(one, Answer):
                self.answer(one.field, one.text)
                continue
            try:
                if before:
                    one.refuse_other_lists(before.subject.values, self.found.subject.values)
                self.put(one.title, one.settings)
            except WizardError as error:
                failed = replace(one, number=self._count, problem=_why_not(error))
                self._answers[failed.id] = failed
                self._count += 1

    def undo(self) -> Entry | None:
        """Take the last answer back, or else the last save; return the answer, None for a save.

        Refused when there is nothing to take back, or a saved file was changed since.
        """
        if self._answers:
            last = self._answers.pop(next(reversed(self._answers)))
            self._keep(self._folded(self.found))
            return last
        files = self._saved.take_back(self.found.project)
        self._saved = LastSave()
        self._lay_over(files)
        return None

    def _without(self, field: Field) -> ValuesFiles:
        """Return the draft as it would be without an answer to this field."""
        if self._base and self._base[0] == field.id:
            return self._base[1]
        if field.id not in self._answers:
            return self._draft
        return self._folded(self.found, but=field.id)

    def _folded(self, files: ValuesFiles, but: str = "") -> ValuesFiles:
        """Return files with all usable answers in them."""
        for answer in self._answers.values():
            if answer.problem or answer.id == but:
                continue
            if isinstance(answer, Put):
                files = _all_written(files, answer)
                continue
            asked = forms.question(answer.field, scene_of(files))
            if asked is None or asked.fixed:
                continue
            value = asked.read(answer.text, files.chart.family)
            if not isinstance(value, Wrong):
                files = _written(files, asked.path, value)
        return files

    # ---- files ----

    def refresh(self) -> bool:
        """Read the files again if somebody changed them, answers laid over; tell whether it was so."""
        if self.found.project is None:
            return False
        fresh = files_of(self.found.project)
        if _same(fresh, self.found):
            return False
        self._lay_over(fresh)
        return True

    def _lay_over(self, fresh: ValuesFiles) -> None:
        before, self.found = self.found, _readable(fresh)
        self._keep(self.found)
        answers, self._answers = self._answers, {}
        self.again(answers.values(), before)

    def save(self) -> tuple[str, ...]:
        """Write the draft, each changed file with one backup; return the names of the files.

        Answers with a problem stay. Refused while somebody else writes; Unreadable for a broken file.
        """
        project = self.found.project
        if project is None or not self.changes:
            return ()
        with writing(project.state, "settings", SystemClock()):
            self.refresh()
            changed = [
                (old, new)
                for old, new in zip(self.found.files, self.now.files, strict=True)
                if old.data != new.data
            ]
            files = self.found
            for old, new in changed:
                files = files.save(old, new.data)
        self._saved = LastSave(tuple((old.name, old.data, new.data) for old, new in changed))
        self.found = files
        self._keep(files)
        self._answers = {name: one for name, one in self._answers.items() if one.problem}
        return tuple(new.name for _, new in changed)

    def note_save(self, before: ValuesFiles, after: ValuesFiles) -> None:
        """Take what another part of the wizard wrote for the last save, so that ``undo`` takes it back."""
        self._saved = LastSave.of(before, after)
        self.refresh()

    def note_spec(self, before: Spec, after: Spec, saved: Collection[str]) -> None:
        """Take a change of z2jh.yaml for a part of the last save, which wrote these values files or none."""
        if before != after:
            self._saved = LastSave(self._saved.files if saved else (), (before, after))


def fields_of(finding: Finding) -> tuple[str, ...]:
    """Return the ids of the fields that a finding is about: the one at its path, else those of its rule."""
    path = _names(parse_path(finding.path)) if finding.path else ()
    exact = field_for(format_path(path)) if path else None
    if exact:
        return (exact.id,)
    about = [field for key in _keys_of(finding.rule) if (field := fields_by_key().get(key))]
    for size in range(len(path) - 1, 0, -1):
        above = field_for(format_path(path[:size]))
        if above:
            about.append(above)
            break
    return tuple(dict.fromkeys(field.id for field in about))


def topic_of(field_id: str) -> TopicPage:
    """Return the page that asks a field; KeyError for none."""
    for page in topics():
        if any(field.id == field_id for field in page.fields):
            return page
    raise KeyError(field_id)


def sentence(finding: Finding) -> str:
    """Return a finding as one line: what is wrong, and what to do."""
    mark = {Severity.ERROR: "!", Severity.WARNING: "!", Severity.NOTE: "i"}[finding.severity]
    return f"{mark} {finding.message}{f' {finding.fix.sentence}' if finding.fix else ''}"


def _keys_of(rule_id: str) -> Sequence[str]:
    from z2jh_wizard.values.lint.registry import RULES

    return next((rule.keys for rule in RULES if rule.id == rule_id), ())


def _names(path: Path) -> Path:
    """Return the leading names of a path, up to a number."""
    return path[: next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))]


def _written(files: ValuesFiles, path: Path, value: object) -> ValuesFiles:
    """Return a draft with a value set, or unset in every file that sets it."""
    if value is not msgspec.UNSET:
        edited = set_value(files, path, value)
        return files.edited(edited.file, edited.document)
    for _ in files.files:
        if files.holder(path):
            edited = unset_value(files, path)
            files = files.edited(edited.file, edited.document)
    return files


def _all_written(files: ValuesFiles, put: Put) -> ValuesFiles:
    """Return a draft with settings that belong together."""
    for one in put.settings:
        files = _written(files, one.path, one.value)
    return files


def _why_not(error: WizardError) -> str:
    return f"{error.problem.happened} {error.problem.next_step}".strip()


def _readable(files: ValuesFiles) -> ValuesFiles:
    """Return the files after reading them; Unreadable for one that is broken."""
    for one in files.files:
        _ = one.document
    return files


def _same(one: ValuesFiles, other: ValuesFiles) -> bool:
    return [(file.data, file.is_new) for file in one.files] == [
        (file.data, file.is_new) for file in other.files
    ]
