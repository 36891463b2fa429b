"""The menu of profiles in the draft of a project's settings: read, changed as one thing to undo, shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.flows.values_files import ValuesFile
from z2jh_wizard.values import trees
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.forms_lines import Line, lines_written, preview
from z2jh_wizard.values.lint.spawner import set_in_python
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.presets import apply
from z2jh_wizard.values.profile_additions import IN_CONFIG, menu_path
from z2jh_wizard.values.profile_form import MenuForm
from z2jh_wizard.values.profile_menu import Menu, menu_of, settings_between
from z2jh_wizard.values.profile_view import Mistake, everybody, mistakes

NO_MENU = "Charts of this version have no menu of profiles: every student gets the same server."
NO_LIST = "The menu is no list of profiles, each after a dash, so it is only shown: edit it in the file."


def is_about(field: str, others: Iterable[str]) -> bool:
    """Tell whether a field is one of others, or says with one of them how much of the same is given."""
    kinds = {other.removesuffix("-limit").removesuffix("-guarantee") for other in others}
    return field.removesuffix("-limit").removesuffix("-guarantee") in kinds


class ProfileDraft:
    """The menu as it stands in the draft now."""

    def __init__(self, form: TopicForm) -> None:
        self._form = form
        self.at = menu_path(form.scene)
        value = trees.look_up(form.scene.values, self.at) if self.at else trees.MISSING
        found = menu_of(value)
        self.menu: Menu = found or []
        self.closed = NO_MENU if self.at is None else NO_LIST if found is None else ""
        """Why the menu cannot be edited; empty where it can."""

    @property
    def note(self) -> str:
        """What a person should know about where the menu stands; empty for nothing."""
        if self.closed:
            return self.closed
        if set_in_python(self._form.now.subject, "profile_list"):
            return "Python in hub.extraConfig speaks of profile_list too, which may overrule this menu."
        if self.at == IN_CONFIG:
            return f"The menu stands in {format_path(IN_CONFIG)}, which wins over the chart's own key."
        return ""

    def form(self, menu: Menu) -> MenuForm:
        """Return a menu as a form."""
        return MenuForm(menu, self.at or (), self._form.scene)

    def mistakes(self, menu: Menu) -> tuple[Mistake, ...]:
        """Return what is wrong with a menu."""
        return mistakes(menu, everybody(self._form.scene))

    def answered(self, path: Path, texts: Mapping[str, str]) -> tuple[Menu, Path, dict[str, str]]:
        """Return the menu with all answers that can be used, the entry's path then, and what is wrong.

        ``texts`` are answers by the id of their field; what is wrong are sentences by the same ids. Amounts
        that do not fit together are wrong where one of them was answered.
        """
        menu, wrong = self.menu, {}
        for name, text in texts.items():
            answer = self.form(menu).answered(path, name, text)
            if isinstance(answer, tuple):
                menu, path = answer
            else:
                wrong[name] = answer.sentence
        for one in self.mistakes(menu):
            if one.path == path and one.field and is_about(one.field, texts):
                wrong.setdefault(one.field, one.sentence)
        return menu, path, wrong

    def put(self, title: str, menu: Menu) -> None:
        """Take another menu into the draft, as one thing to undo.

        Refused where the menu cannot be edited, or the file at this place; the draft is as before then.
        """
        if self.closed or self.at is None:
            raise Refused("The menu was not changed", self.closed, still_works="The file is as it was.")
        self._form.put(title, settings_between(self._before(), menu or trees.MISSING, self.at))
        self.menu = menu

    def _before(self) -> Menu | object:
        return self.menu if self.at and self._file.document.has(self.at) else trees.MISSING

    @property
    def _file(self) -> ValuesFile:
        """The file that has the menu, or would get it."""
        now = self._form.now
        return (self.at and now.holder(self.at)) or now.main

    def _documents(self, menu: Menu) -> tuple[Document, Document]:
        """Return the file as it was found, and with a menu in it."""
        name = self._file.name
        found = self._form.found.named(name)
        if self.closed or self.at is None:
            return found.document, self._file.document
        settings = settings_between(self._before(), menu or trees.MISSING, self.at)
        return found.document, apply(self._file.document, settings)

    def written(self, menu: Menu, path: Path) -> tuple[str, tuple[Line, ...]]:
        """Return the file with the menu, and the lines of an entry there, what changed marked.

        Raises EditRefused where the file cannot be edited at this place.
        """
        before, after = self._documents(menu)
        return self._file.name, lines_written(before, after, (*(self.at or ()), *path))

    def place(self, path: Path) -> tuple[str, int]:
        """Return the file with the menu, and the line of an entry in it, 0 for none."""
        if self.at is None:
            return self._file.name, 0
        return self._file.name, self._file.document.where((*self.at, *path)).line

    def preview(self, menu: Menu, path: Path, height: int) -> tuple[Line, ...]:
        """Return so many lines of the file around an entry, with all changes marked. Raises EditRefused."""
        before, after = self._documents(menu)
        return preview(before, after, (*(self.at or ()), *path), height)
