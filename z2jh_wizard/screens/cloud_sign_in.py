"""The parts of the page about the account: the ways to sign in, and a code that somebody opens elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.cloud.account import SignInWay
from z2jh_wizard.flows import cloud_choices
from z2jh_wizard.flows.cloud_questions import Shown
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.controls import SecretLine
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.shown_value import ShownValue
from z2jh_wizard.widgets.text_line import TextLine

FOUND = "found here"
"""Marks a way whose credentials are on this computer."""

PAGE_REGION = "Its AWS region, such as eu-central-1; whoever runs the start page knows it"


class WaysToSignIn(Vertical):
    """The ways, how the chosen one is done, and a line for what it asks."""

    class Ready(Message):
        """Enter was pressed where all is typed: sign in."""

    def __init__(self) -> None:
        super().__init__(id="ways-to-sign-in")
        self._ways: Sequence[SignInWay] = ()
        self._sign_in = ""
        self._used = ""

    def compose(self) -> ComposeResult:
        """Make the list, and the lines below it; only those that the chosen way needs are shown."""
        yield Plain("How to sign in", classes="heading")
        yield ChoiceList((), dom_id="ways")
        yield Plain("Looking for credentials on this computer.", dom_id="how", classes="field-help")
        yield Plain("", dom_id="asks", classes="field-label")
        yield TextLine(dom_id="typed")
        yield SecretLine(dom_id="secret")
        yield Plain(PAGE_REGION, dom_id="asks-region", classes="field-label")
        yield TextLine(dom_id="page-region")
        yield Plain("", dom_id="way-problem", classes="field-error")

    def on_mount(self) -> None:
        """Show nothing to type in before a way is chosen."""
        self._show_lines(None)
        self.show_problem("")

    def offer(self, ways: Sequence[SignInWay], sign_in: str) -> None:
        """Offer these ways; ``sign_in`` is the answer so far."""
        self._ways, self._sign_in = ways, sign_in
        offers = [Offer(way.id, way.title, FOUND if way.there else "") for way in ways]
        self.query_one("#ways", ChoiceList).offer(offers, cloud_choices.way_now(ways, sign_in).id)
        self._show_way()

    @property
    def chosen(self) -> SignInWay | None:
        """The chosen way; None while they are not known."""
        value = self.query_one("#ways", ChoiceList).value
        return next((way for way in self._ways if way.id == value), None)

    @property
    def typed(self) -> str:
        """What was typed for the chosen way."""
        way = self.chosen
        return self.query_one("#secret" if way and way.secret else "#typed", Input).value

    @property
    def page_region(self) -> str:
        """Where the start page is."""
        return self.query_one("#page-region", Input).value.strip()

    @property
    def is_unused(self) -> bool:
        """Tell whether something was typed that nobody has signed in with yet."""
        way = self.chosen
        return bool(way and way.asks and self.typed.strip() and self.typed.strip() != self._used)

    def note_use(self) -> None:
        """Note that what was typed was used; a pasted token goes from the screen."""
        self._used = "" if self.chosen and self.chosen.secret else self.typed.strip()
        with self.prevent(Input.Changed):
            self.query_one("#secret", Input).value = ""

    def show_problem(self, sentence: str) -> None:
        """Show what is wrong with what was typed, or nothing."""
        line = self.query_one("#way-problem", Plain)
        line.show(f"! {sentence}" if sentence else "")
        line.display = bool(sentence)

    def first(self) -> Widget:
        """Return where one begins: the line to type in of a way that is not there yet, else the list."""
        return self.query_one("#ways")

    def line(self) -> Widget:
        """Return the line to type in, else the list."""
        way = self.chosen
        if way is None or not way.asks:
            return self.query_one("#ways")
        return self.query_one("#secret" if way.secret else "#typed")

    def copied(self) -> Copied | None:
        """Return the address or command of the chosen way."""
        way = self.chosen
        return Copied(*cloud_choices.to_copy(way)) if way else None

    @on(ChoiceList.Changed)
    def _changed(self, event: ChoiceList.Changed) -> None:
        event.stop()
        self.show_problem("")
        self._show_way()

    @on(ChoiceList.Entered)
    def _entered(self, event: ChoiceList.Entered) -> None:
        event.stop()
        if self.line() is event.choices:
            self.post_message(self.Ready())
        else:
            self.line().focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        region = self.query_one("#page-region")
        if region.display and event.input is not region:
            region.focus()
        else:
            self.post_message(self.Ready())

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        self.show_problem("")

    def _show_way(self) -> None:
        way = self.chosen
        self.query_one("#how", Plain).show(way.how if way else "")
        if way and not way.secret:
            self._used = cloud_choices.typed_now(way, self._sign_in)
            with self.prevent(Input.Changed):
                self.query_one("#typed", Input).value = self._used
        self._show_lines(way)

    def _show_lines(self, way: SignInWay | None) -> None:
        asks = bool(way and way.asks)
        self.query_one("#asks", Plain).show(way.asks if way else "")
        self.query_one("#asks").display = asks
        self.query_one("#typed").display = bool(way and asks and not way.secret)
        self.query_one("#secret").display = bool(way and asks and way.secret)
        for name in ("#asks-region", "#page-region"):
            self.query_one(name).display = bool(way and way.id == "sso")


class CodeToType(Vertical):
    """An address and a code, large, and what happens meanwhile."""

    def __init__(self) -> None:
        super().__init__(id="code-to-type")

    def compose(self) -> ComposeResult:
        """Make the two values and the words around them."""
        yield Plain("", dom_id="code-words")
        yield Plain("Open this address, on any computer or phone", classes="field-label")
        yield ShownValue("the address", dom_id="code-url")
        yield Plain("The code", classes="field-label")
        yield ShownValue("the code", dom_id="code")
        yield Plain(
            "F7 copies the one that has the focus; Tab goes to the other. This page goes on by itself.",
            classes="field-help",
        )

    def show_asking(self, whom: str) -> None:
        """Say that there is no code yet."""
        self.query_one("#code-words", Plain).show(f"... Asking {whom} for a code.")
        for name in ("#code-url", "#code"):
            self.query_one(name, ShownValue).show("")

    def show_code(self, shown: Shown) -> None:
        """Show the code; the focus goes to the address."""
        self.query_one("#code-words", Plain).show(
            "... Waiting until somebody has typed or allowed this code."
        )
        self.query_one("#code-url", ShownValue).show(shown.url)
        self.query_one("#code", ShownValue).show(shown.code)
        self.query_one("#code-url").focus()

    def copied(self, focused: Widget | None) -> Copied:
        """Return the value that has the focus, else the address."""
        value = focused if isinstance(focused, ShownValue) else self.query_one("#code-url", ShownValue)
        return Copied(value.what, value.value)
