"""Asks a provider of OpenID Connect for its addresses, shows what it says, and takes them over."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.sign_in_tool import SignInScreen
from z2jh_wizard.values import sign_in_discovery
from z2jh_wizard.values.oidc import Endpoints
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain

NOT_YET = "What it says is shown here first; nothing is written before you press Use these."


class SignInDiscoverScreen(SignInScreen):
    """Looks a provider up by its issuer URL."""

    NAME = "discover"
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "Type the issuer URL of the provider, as those who run it tell you, and press Look up. The wizard "
        "asks that address over HTTPS and sends nothing but the question. Use these puts the addresses, the "
        "scopes and the user name into the answers of the sign-in page."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._issuer = ""
        self._found: Endpoints | None = None

    def why(self) -> str:
        """Say what it saves."""
        return "Addresses that are looked up need not be copied by hand, and have no typing errors."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "a provider"

    def body(self) -> ComposeResult:
        """Make the question and the room for the answer."""
        yield FormField(
            "issuer",
            "Issuer URL of the provider",
            "Example: https://login.example.edu/realms/uni for Keycloak. It starts with https://",
        )
        yield Plain(NOT_YET, dom_id="answer")
        yield Vertical(id="claims")

    def buttons(self) -> ComposeResult:
        """Use these, Look up and Back."""
        yield ButtonRow(ActionButton("next", "Use these"), ActionButton("look_up"), ActionButton("back"))

    def on_mount(self) -> None:
        """There is nothing to use yet."""
        self.query_one("#do-next").disabled = True

    def first_focus(self) -> Widget:
        """Begin with the issuer."""
        return self.query_one("#control-issuer")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to use only when it was found."""
        if action == "next" and self._found is None:
            return None
        return super().check_action(action, parameters)

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        event.stop()
        self._issuer = event.value.strip()
        if self._found:
            self._show(None, NOT_YET)

    @on(FormField.Entered)
    @on(ChoiceList.Entered)
    def _entered(self, event: FormField.Entered | ChoiceList.Entered) -> None:
        event.stop()
        if isinstance(event, FormField.Entered):
            self.action_look_up()
        else:
            self.query_one("#do-next").focus()

    def action_look_up(self) -> None:
        """Ask the provider."""
        self._show(None, f"Asking {self._issuer} ..." if self._issuer else "Type the issuer URL first.")
        if self._issuer:
            self.run_worker(
                self._look_up(self._issuer),
                name="asking the provider",
                group="look-up",
                exclusive=True,
                exit_on_error=False,
            )

    async def _look_up(self, issuer: str) -> None:
        from z2jh_wizard.cloud.lookups import openid_endpoints

        try:
            found = await openid_endpoints(issuer)
        except WizardError as error:
            self._show(None, "\n".join(error.problem.lines()), is_wrong=True)
            return
        self._show(found, "\n".join(sign_in_discovery.found_words(found)))
        await self._offer_claims(found)

    def _show(self, found: Endpoints | None, text: str, *, is_wrong: bool = False) -> None:
        self._found = found
        answer = self.query_one("#answer", Plain)
        answer.show(f"! {text}" if is_wrong else text)
        answer.set_class(is_wrong, "field-error")
        self.query_one("#claims").display = found is not None
        self.query_one("#do-next").disabled = found is None
        self.refresh_bindings()

    async def _offer_claims(self, found: Endpoints) -> None:
        """Ask which claim becomes the user name."""
        room = self.query_one("#claims", Vertical)
        await room.remove_children()
        words = sign_in_discovery.CLAIM_WORDS
        offers = [Offer(one, one, words.get(one, "")) for one in found.naming_claims]
        await room.mount(
            Plain("What becomes the user name", classes="heading"),
            ChoiceList(offers, found.username_claim, dom_id="claim"),
        )
        self.query_one("#claim").focus()

    def action_next(self) -> None:
        """Put what was found into the draft."""
        if self._found is None:
            return
        claim = self.query_one("#claim", ChoiceList).value
        settings = sign_in_discovery.settings(self._found, claim, self.scene)
        if self.put("What the provider told", settings):
            self.app.notify(
                f"Took over {len(settings)} answers; Next on the sign-in page saves them.", markup=False
            )
            self.action_jump("sign-in.oidc.client-id")
