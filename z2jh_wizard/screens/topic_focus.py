"""What a page of settings knows about the setting that has the focus."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.core.glossary import Reading
from z2jh_wizard.flows import field_help
from z2jh_wizard.screens.clipboard import Copied, field_of
from z2jh_wizard.screens.settings_tour import Tour
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.screens.topic_tools import ToolButton
from z2jh_wizard.values.fields import TopicPage
from z2jh_wizard.values.forms import Question


class TopicFocus(StageScreen):
    """A page that asks settings: help, links, copying and the editor are about the one at hand."""

    _tour: Tour
    _page: TopicPage
    _asked: tuple[Question, ...]

    def _question(self, name: str) -> Question | None:
        return next((one for one in self._asked if one.field.id == name), None)

    def _focused(self) -> Question | None:
        found = field_of(self.focused)
        return self._question(found.field) if found else None

    def focused_help(self) -> list[tuple[str, str]]:
        """Return all that is known about the setting, or what a tool of the page is for."""
        if isinstance(self.focused, ToolButton):
            return [(f"Button: {self.focused.tool.label}", self.focused.tool.about)]
        question = self._focused()
        return field_help.about(self._tour.form, question) if question else super().focused_help()

    def links(self) -> Iterable[Reading]:
        """Return the pages about the setting and its topic."""
        return field_help.links(self._page, self._focused())

    def place_in_file(self) -> tuple[str, int]:
        """Return where the setting stands."""
        question = self._focused()
        return field_help.place(self._tour.form, question) if question else super().place_in_file()

    def copied(self) -> Copied | None:
        """Copy what is to be registered with the sign-in service, else the answer, else the page about it."""
        note = next((one for one in reversed(self._tour.notes(self._page.id)) if one.copy), None)
        if note:
            return Copied("what to register with the sign-in service", note.copy)
        found = super().copied()
        return found if found and found.text else None
