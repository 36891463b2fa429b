"""The control for each kind of setting, from one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import TextArea

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.fields import Kind
from z2jh_wizard.values.forms import Question
from z2jh_wizard.widgets.actions import bindings
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.text_line import LONGEST, TextLine, edit_at_once

LEAVE = "not set"
"""The offer that leaves a setting to the chart."""

_GAP = "   "


class SwitchLine(ChoiceList):
    """Few short answers side by side on one line."""

    BINDINGS = bindings("answer_left", "answer_right")

    def render(self) -> Content:
        """Draw all answers."""
        cursor = self.get_visual_style("choice--cursor")
        parts = []
        for offer in self._offers:
            chosen = offer.value == self.value
            part = Content(self._drawn(offer))
            parts.append(part.stylize(cursor) if chosen and self.has_focus else part)
        return Content(_GAP).join(parts)

    def _drawn(self, offer: Offer) -> str:
        return f"({'*' if offer.value == self.value else ' '}) {offer.label}"

    def _starts(self) -> list[int]:
        widths = [len(self._drawn(offer)) + len(_GAP) for offer in self._offers]
        return [sum(widths[:at]) for at in range(len(widths))]

    def on_click(self, event: events.Click) -> None:
        """Choose the answer under the mouse."""
        event.prevent_default()
        for offer, start in zip(self._offers, self._starts(), strict=True):
            if start <= event.x < start + len(self._drawn(offer)):
                self.value = offer.value

    def _cursor_offset(self) -> Offset:
        values = [offer.value for offer in self._offers]
        return Offset(self._starts()[values.index(self.value)], 0)


class ListLine(TextLine):
    """A line for several names; a pasted list of lines becomes names with commas."""

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line.strip().rstrip(",") for line in event.text.splitlines() if line.strip()]
        super()._on_paste(events.Paste(", ".join(lines)))
        event.prevent_default()


class SecretLine(TextLine):
    """A masked line; a pasted text keeps its lines, for keys have several."""

    def __init__(self, value: str = "", *, dom_id: str | None = None) -> None:
        super().__init__(value, dom_id=dom_id, replace=True)
        self.set_reactive(TextLine.password, True)

    def _on_paste(self, event: events.Paste) -> None:
        text = _pasted(event.text)
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)
        event.prevent_default()
        event.stop()


class TextBlock(TextArea):
    """Several lines to type in; Tab leaves it."""

    def __init__(self, value: str, *, dom_id: str | None = None) -> None:
        super().__init__(value, id=dom_id, soft_wrap=False, highlight_cursor_line=False)
        self.set_reactive(TextArea.compact, True)
        self.add_class("-textual-compact", update=False)
        self.set_reactive(TextArea.cursor_blink, False)

    async def _on_key(self, event: events.Key) -> None:
        await edit_at_once(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Paste without the codes that would steer the terminal."""
        await super()._on_paste(events.Paste(_pasted(event.text)))
        event.prevent_default()
        event.stop()


def _pasted(text: str) -> str:
    """Return a pasted text with its lines, and without codes that would steer the terminal."""
    return plain(text.replace("\r\n", "\n").replace("\r", "\n"), LONGEST)


class FixedValue(Widget, can_focus=True):
    """A value that is only shown: the form leaves it alone, and Enter opens the file."""

    BINDINGS = bindings("edit_value")
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, value: str, *, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self.value = plain(value)

    def render(self) -> Content:
        """Draw the value as it is."""
        return Content(self.value)

    async def action_edit_value(self) -> None:
        """Open the file at the value."""
        await self.run_action("screen.edit")


def _choices(question: Question, dom_id: str) -> Widget:
    offers = [Offer("", LEAVE, question.default)]
    offers += [Offer(choice.value, choice.label, choice.when) for choice in question.choices]
    return ChoiceList(offers, question.text, dom_id=dom_id)


def _switch(question: Question, dom_id: str) -> Widget:
    leave = f"{LEAVE}: {question.default}" if question.default else LEAVE
    return SwitchLine(
        [Offer("", leave), Offer("on", "on"), Offer("off", "off")], question.text, dom_id=dom_id
    )


def _line(question: Question, dom_id: str) -> Widget:
    return TextLine(question.text, dom_id=dom_id)


def _names(question: Question, dom_id: str) -> Widget:
    if "," in question.field.example:
        return _block(question, dom_id)
    return ListLine(question.text, dom_id=dom_id)


def _secret(question: Question, dom_id: str) -> Widget:
    return SecretLine(question.text, dom_id=dom_id)


def _block(question: Question, dom_id: str) -> Widget:
    return TextBlock(question.text, dom_id=dom_id)


_MAKERS: dict[Kind, Callable[[Question, str], Widget]] = {
    **dict.fromkeys(Kind, _line),
    Kind.SWITCH: _switch,
    Kind.CHOICE: _choices,
    Kind.SECRET: _secret,
    Kind.SECRET_LIST: _secret,
    Kind.SECRET_MAP: _secret,
    Kind.NAMES: _names,
    Kind.HOSTS: _names,
    Kind.LONG_TEXT: _block,
    Kind.PYTHON: _block,
    Kind.TEXT_MAP: _block,
    Kind.MAP: _block,
    Kind.LIST: _block,
}


def control(question: Question, dom_id: str) -> Widget:
    """Return the control for a question."""
    if question.fixed:
        return FixedValue(question.text, dom_id=dom_id)
    return _MAKERS[question.kind](question, dom_id)


def title(question: Question) -> str:
    """Return what stands above a control: the setting, its unit, and the default where no control says it."""
    unit = f", {question.field.unit}" if question.field.unit else ""
    says = question.kind in (Kind.CHOICE, Kind.SWITCH) and not question.fixed
    default = f"  (chart's default: {question.default})" if question.default and not says else ""
    return f"{question.field.title}{unit}{default}"


def help_text(question: Question) -> str:
    """Return what stands below a control: what it is for, when to take the chosen answer, an example."""
    field = question.field
    parts = [field.help]
    if question.fixed:
        return f"{field.help} {question.fixed} Edit it in the file: Enter opens it."
    if question.kind is Kind.CHOICE:
        chosen = next((one for one in question.choices if one.value == question.text and one.when), None)
        parts += [f"{chosen.label}: {chosen.when.rstrip('.')}."] if chosen else []
    elif question.choices:
        parts.append(f"Such as {', '.join(f'{one.value} ({one.label})' for one in question.choices)}.")
    if field.example:
        parts.append(f"Example: {field.example}")
    return " ".join(parts)
