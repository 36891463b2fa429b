"""Who may sign in: type somebody and see at once, with the setting that decides."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.sign_in_tool import SignInScreen
from z2jh_wizard.values.forms_sign_in import when_set_up
from z2jh_wizard.values.topics import field_for
from z2jh_wizard.values.who_may import may
from z2jh_wizard.values.who_may_words import asks_groups, verdict_words, who_may
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain

NONE = "none"
"""What to type for somebody who is in no group."""

EMPTY = "Type somebody above to see the answer here."


class SignInWhoScreen(SignInScreen):
    """Answers for one person, and says who comes in at all."""

    NAME = "who-may"
    BINDINGS = screen_bindings("back")
    ABOUT = (
        "Type a person as the sign-in service names them. The answer is worked out from the settings as they "
        "are on these pages, saved or not; nobody is asked. Go to the setting leads to the one that decides."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._typed = {"user": "", "groups": ""}
        self._decides = ""

    def why(self) -> str:
        """Say what it is good for."""
        return "Try it before the first class: who comes in with these settings, and why."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "who comes in"

    def body(self) -> ComposeResult:
        """Make the questions, the answer, and who comes in."""
        scene = self.scene
        yield FormField(
            "user", "User name or e-mail address", "As the sign-in gives it, such as ada@example.edu."
        )
        if asks_groups(scene.values, scene.version, scene.family):
            yield FormField(
                "groups",
                "Groups, organizations or teams, with commas",
                f"As they stand in the settings. Empty: not known; {NONE}: in no group.",
            )
        yield Plain("", dom_id="yes-or-no", classes="heading")
        yield Plain(EMPTY, dom_id="verdict")
        yield Plain("\n".join(self._everybody()), dom_id="everybody")

    def _everybody(self) -> list[str]:
        scene = when_set_up(self.scene)
        people = who_may(scene.values, scene.version, scene.family)
        return [
            f"Who comes in: {' '.join(people.allowed)}",
            " ".join(people.admins),
            " ".join(people.blocked),
            *(f"i {note}" for note in people.notes),
        ]

    def buttons(self) -> ComposeResult:
        """Back, and to the setting that decides."""
        yield ButtonRow(ActionButton("back", "Back to sign-in"), ActionButton("decides"))

    def on_mount(self) -> None:
        """Nothing decides before somebody is typed."""
        self._show()

    def first_focus(self) -> Widget:
        """Begin with the person."""
        return self.query_one("#control-user")

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._typed[event.name] = event.value
        self._show()

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        event.stop()
        self.screen.focus_next()

    def _show(self) -> None:
        user, scene = self._typed["user"].strip(), when_set_up(self.scene)
        self._decides = ""
        words: tuple[str, ...] = ("", EMPTY)
        if user:
            verdict = may(scene.values, scene.version, scene.family, user, self._groups())
            words = verdict_words(verdict, user)
            field = field_for(verdict.setting) if verdict.setting else None
            self._decides = field.id if field else ""
        self.query_one("#yes-or-no", Plain).show(words[0])
        self.query_one("#verdict", Plain).show("\n".join(words[1:]))
        self.query_one("#do-decides").disabled = not self._decides

    def _groups(self) -> tuple[str, ...] | None:
        typed = self._typed["groups"].strip()
        if not typed:
            return None
        return () if typed.lower() == NONE else tuple(one.strip() for one in typed.split(",") if one.strip())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a setting to go to only when one decides."""
        if action == "decides" and not self._decides:
            return None
        return super().check_action(action, parameters)

    def action_decides(self) -> None:
        """Go to the setting that decides."""
        if self._decides:
            self.action_jump(self._decides)
