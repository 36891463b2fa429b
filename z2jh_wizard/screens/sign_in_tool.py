"""What the tools of the sign-in page share: its draft, pages to read, and jumping to a question."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.core.glossary import Reading
from z2jh_wizard.flows.topic_form import topic_of
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.sign_in import chosen_method
from z2jh_wizard.values.topics import topic_page


class SignInScreen(ToolScreen):
    """A screen that belongs to the sign-in page."""

    HOME = Topic.SIGN_IN.value
    CSS_PATH = style_sheet("sign_in")

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

    def action_jump(self, field: str) -> None:
        """Go to a question on its page."""
        self.post_message(Go(f"topic/{topic_of(field).id}", field=field))
