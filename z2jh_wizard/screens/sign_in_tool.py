"""What the tools of the sign-in page share: its draft, going back to it, and jumping to a question."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.glossary import Reading
from z2jh_wizard.flows.topic_form import topic_of
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.screens.settings_tour import tour_of
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.sign_in import chosen_method
from z2jh_wizard.values.topics import topic_page

HOME = f"topic/{Topic.SIGN_IN.value}"


class SignInTool(WizardScreen):
    """A screen that belongs to the sign-in page."""

    CSS_PATH = style_sheet("sign_in")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.form = tour_of(desk).form

    @property
    def scene(self) -> Scene:
        """What the draft says now."""
        return self.form.scene

    def links(self) -> Iterable[Reading]:
        """Return the page about the chosen way to sign in, and that of the guide about all."""
        scene, page = self.scene, topic_page(Topic.SIGN_IN)
        method = chosen_method(scene.values, scene.version, scene.family)
        return (
            Reading(method.title, method.guide, method.when),
            Reading(page.title, page.link, page.why),
        )

    def put(self, title: str, settings: Iterable[Setting]) -> bool:
        """Take settings into the draft; a refusal is shown, and tells False."""
        try:
            self.form.put(title, settings)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return False
        return True

    def action_jump(self, field: str) -> None:
        """Go to a question on its page."""
        self.post_message(Go(f"topic/{topic_of(field).id}", field=field))

    def action_back(self) -> None:
        """Go back to the sign-in page."""
        self.post_message(Go(HOME))
