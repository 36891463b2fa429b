"""The steps on the provider's own site, with everything to copy, and the questions they answer."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.sign_in_tool import SignInScreen
from z2jh_wizard.values import sign_in_discovery
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.sign_in_follows import fill
from z2jh_wizard.values.sign_in_guide import Address, Wanted, guide
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain

NO_HOST = (
    "The hub's name is not known yet, so <your hub> stands for it in the steps, and its addresses cannot "
    "be copied. The HTTPS page asks for the name."
)


class SignInStepsScreen(SignInScreen):
    """Shows what to do outside the wizard for the chosen way to sign in."""

    NAME = "sign-in-steps"
    BINDINGS = screen_bindings("back", "copy")
    ABOUT = (
        "What to do on the site of the sign-in service, in order. Each Copy button puts an address on the "
        "clipboard of your terminal; F7 copies the one with the focus, else the callback URL. Below the "
        "steps are the questions that they bring the answers for: Enter goes there."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._guide = guide(self.scene)
        self._addresses = [one for step in self._guide.steps for one in step.addresses]

    def why(self) -> str:
        """Say which way to sign in it is about."""
        return f"{self._guide.title}: what to do elsewhere. Arrows scroll, F7 copies."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "sign-in steps"

    def body(self) -> ComposeResult:
        """Make the steps, what each needs copied, and the questions."""
        shown = self._guide
        yield Plain(shown.intro, classes="part hint")
        if shown.no_host:
            yield Plain(NO_HOST, classes="part")
            yield _button("Name the hub", "to-host", "host", "Goes to the page that asks for the hub's name")
        if sign_in_discovery.applies(self.scene):
            yield Plain(
                "Most providers tell their addresses themselves, which saves typing them.", classes="part"
            )
            yield _button(
                "Look up provider", "to-discover", "discover", "Asks the provider for its addresses"
            )
        at = 0
        for step in shown.steps:
            yield Plain(f"{step.number}. {step.text}", classes="step")
            for address in step.addresses:
                yield self._copy_button(at, address)
                at += 1
        if shown.to_fill:
            yield Plain(f"The callback URL is not in the settings yet: {shown.callback}", classes="step")
            yield _button("Fill it in", "fill", "fill", "Writes the callback URL into its question")
        yield from self._questions()

    def _copy_button(self, at: int, address: Address) -> Button:
        button = _button(
            f"Copy: {address.label}", f"copy-{at}", f"copy_address({at})", f"Copies {address.url}"
        )
        button.add_class("indented")
        return button

    def _questions(self) -> Iterator[Widget]:
        if self._guide.wanted:
            yield Plain("Then answer here", classes="heading")
        for one in self._guide.wanted:
            yield _question(one)

    def buttons(self) -> ComposeResult:
        """Back."""
        yield ButtonRow(ActionButton("back", "Back to sign-in"), ActionButton("copy"))

    def on_mount(self) -> None:
        """Let the arrow keys scroll the steps."""
        self.query_one("#body").can_focus = True

    def first_focus(self) -> Widget:
        """Begin with reading."""
        return self.query_one("#body")

    def copied(self) -> Copied | None:
        """Copy the address of the button with the focus, else the callback URL, else the first address."""
        name = (self.focused.id if self.focused else "") or ""
        at = name.removeprefix("copy-")
        if at != name and at.isdigit():
            return _copied(self._addresses[int(at)])
        first = self._guide.first_copy
        return _copied(first) if first else super().copied()

    def action_copy_address(self, at: int) -> None:
        """Copy one of the addresses."""
        copy(self.app, _copied(self._addresses[at]))

    def action_host(self) -> None:
        """Go to the page that asks for the hub's name."""
        self.post_message(Go(f"topic/{Topic.HTTPS.value}"))

    def action_discover(self) -> None:
        """Go to the look-up of a provider."""
        self.post_message(Go("discover"))

    def action_fill(self) -> None:
        """Write the callback URL into its question."""
        setting = fill(self.scene)
        if setting and self.put("Callback URL", [setting]):
            self.post_message(Go(self.NAME))


def _copied(address: Address) -> Copied:
    return Copied(address.label, address.url)


def _button(label: str, dom_id: str, action: str, tooltip: str) -> Button:
    button = Button(Content(label), id=dom_id, action=f"screen.{action}", compact=True)
    button.tooltip = Content(tooltip)
    return button


def _question(one: Wanted) -> Horizontal:
    """Return a button that leads to a question, how far it is, and what it asks."""
    field = one.field
    return Horizontal(
        _button(
            field.title, f"to-{field.id.replace('.', '_')}", f"jump('{field.id}')", "Goes to this question"
        ),
        Plain(f"{one.state}: {field.help}"),
        classes="link-row",
    )
