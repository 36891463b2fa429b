"""What the tools of a page of settings share: the draft, taking settings into it, undo, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.glossary import Reading
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.keeping import keep
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.screens.settings_tour import Tour, take_back, tour_of
from z2jh_wizard.values.presets import Setting


class ToolScreen(WizardScreen):
    """A screen that works on the draft of the settings and leads back to the page that it was opened from."""

    HOME: ClassVar[str] = ""
    """The page that it leads back to when it was opened from none."""

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk)
        self.topic = self.HOME if topic in ("", self.NAME) else topic
        self.wanted = field
        self.tour: Tour = tour_of(desk)

    @property
    def form(self) -> TopicForm:
        """The draft."""
        return self.tour.form

    def links(self) -> Iterable[Reading]:
        """Return the page of the guide about the settings that it belongs to."""
        page = self.tour.page(self.topic)
        yield Reading(page.title, page.link, page.why)

    def show_draft(self) -> None:
        """Show the draft as it is now."""

    def put(self, title: str, settings: Iterable[Setting]) -> bool:
        """Take settings into the draft, as one thing to undo; a refusal is shown, and tells False."""
        try:
            self.form.put(title, settings)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return False
        return True

    def keep_answers(self) -> None:
        """Write what was answered, for the wizard is about to end; WizardError when that fails."""
        self.take()
        keep(self.desk, f"topic/{self.topic}")

    def action_undo(self) -> None:
        """Take the last change of the settings back, or the last save."""
        try:
            _, words = take_back(self.desk, self.form)
        except WizardError as error:
            self.app.notify(f"{error.problem.title}. {error.problem.happened}", markup=False)
            return
        self.app.notify(words, markup=False)
        self.show_draft()

    def action_back(self) -> None:
        """Go back to the page of settings; the changes are in the draft."""
        self.post_message(Go(f"topic/{self.topic}"))
