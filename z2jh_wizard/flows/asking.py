"""Asking one question in plain lines: what is said, and what the typed line means.

There is no cursor to move and nothing is drawn, so that a screen reader reads it from top to bottom.
"""

from __future__ import annotations

import enum
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from z2jh_wizard.core.redaction import HIDDEN, plain
from z2jh_wizard.flows.items import Item
from z2jh_wizard.values.answers import LONGEST
from z2jh_wizard.values.fields import Choice, Kind

WIDTH = 78
"""Columns of a line."""

HELP, BACK, CLEAR, SKIP, END = "?", "<", "=", ">", "."
KEYS = (
    f"Empty keeps what is there. {HELP} explains, {BACK} goes back, {CLEAR} clears, {SKIP} skips the rest of "
    f"the page. A backslash before such a sign makes it an answer. Ctrl-C leaves; nothing is written before "
    "you say so."
)

SEVERAL_LINES = frozenset({Kind.LONG_TEXT, Kind.PYTHON, Kind.TEXT_MAP, Kind.MAP, Kind.LIST})
"""Kinds whose answers end with a dot on a line of its own."""

FEW = 8
"""Choices that are explained at once; of more only the names are read out."""

ARMOUR = "-----BEGIN "
"""A key or a certificate begins so and has several lines."""


class Talk(Protocol):
    """Two ways: lines that a person reads, and lines that the person types.

    Both ``ask`` raise EOFError when nothing more will come.
    """

    def say(self, text: str = "") -> None:
        """Say a line."""

    def ask(self, prompt: str) -> str:
        """Return the line that was typed, without its end."""

    def ask_unseen(self, prompt: str) -> str:
        """Return a typed line that was not shown while it was typed."""


class Move(enum.Enum):
    """Where to go instead of answering."""

    KEEP = "keep"
    BACK = "back"
    SKIP = "skip"
    HELP = "help"


_MEANINGS: dict[str, str | Move] = {
    "": Move.KEEP,
    HELP: Move.HELP,
    BACK: Move.BACK,
    SKIP: Move.SKIP,
    CLEAR: "",
}


class Asker:
    """Asks one question at a time."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def say(self, text: str = "", indent: str = "") -> None:
        """Say a text in lines that are not too long; its own line ends stay."""
        for line in plain(text).split("\n"):
            for part in textwrap.wrap(
                line,
                WIDTH,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [""]:
                self._talk.say(part)

    def line(self, prompt: str) -> str:
        """Ask for a line that is no answer to a question."""
        return plain(self._talk.ask(prompt), LONGEST).strip()

    def choose(self, title: str, offers: Sequence[str], default: int = 0) -> int:
        """Ask for one of some numbered offers; return its place, from 0."""
        self.say(title)
        for number, offer in enumerate(offers, 1):
            self.say(f"{number}. {offer}", "  ")
        while True:
            typed = self.line(f"Number (empty takes {default + 1}): ")
            if not typed:
                return default
            if typed.isascii() and typed.isdecimal() and 1 <= int(typed[:6]) <= len(offers):
                return int(typed) - 1
            self.say(f"! Type a number from 1 to {len(offers)}.")

    def agrees(self, question: str) -> bool:
        """Ask for a yes; anything else is none."""
        return self.line(f"{question} Type yes or no (empty means no): ").lower() in ("yes", "y")

    def item(
        self, item: Item, take: Callable[[str], str], explain: Callable[[], Iterable[tuple[str, str]]]
    ) -> Move:
        """Ask a question until its answer is taken; return where to go next.

        ``take`` returns a sentence for an answer that cannot be used; ``explain`` gives headings and texts.
        """
        self._introduce(item)
        if item.fixed:
            self.say(f"{item.fixed} It is changed in the file.", "  ")
            return Move.KEEP
        while True:
            typed = self._typed(item)
            if typed is Move.HELP:
                self._explain(explain())
                continue
            if isinstance(typed, Move):
                return typed
            sentence = take(meant(item, typed))
            if not sentence:
                return Move.KEEP
            self.say(f"! {sentence}")

    def _introduce(self, item: Item) -> None:
        self.say()
        self.say(f"{item.title}{f', {item.unit}' if item.unit else ''}")
        self.say(item.help, "  ")
        is_long = len(item.choices) > FEW
        for number, choice in enumerate(item.choices, 1):
            self.say(f"{number}. {choice.label if is_long else _offer(choice)}", "  ")
        if is_long:
            self.say(f"{HELP} says when to take which.", "  ")
        if item.text and "\n" in item.text:
            self.say("Now:", "  ")
            for line in plain(item.text).split("\n"):
                self._talk.say(f"    {line}")

    def _typed(self, item: Item) -> str | Move:
        several = item.kind in SEVERAL_LINES
        if several:
            self._talk.say(f"  Type the lines, and a single {END} behind the last one.")
        ask = self._talk.ask_unseen if item.kind.secret else self._talk.ask
        first = ask(prompt(item))
        if not item.kind.secret:
            first = plain(first, LONGEST)
        sign = first.strip()
        if sign in _MEANINGS:
            return _MEANINGS[sign]
        if sign[:1] == "\\" and sign[1:] in _MEANINGS:
            return sign[1:]
        if not several and not first.startswith(ARMOUR):
            return first
        lines = [first] if first.strip() != END else []
        while lines and (line := ask("")).rstrip() != END:
            lines.append(line)
        return "\n".join(lines)

    def _explain(self, parts: Iterable[tuple[str, str]]) -> None:
        for heading, text in parts:
            if heading:
                self.say(heading, "  ")
            self.say(text, "    ")
        self.say(KEYS, "  ")


def prompt(item: Item) -> str:
    """Return what stands before the answer: what it is now, in words."""
    what = "Number or answer" if item.choices else "On or off" if item.kind is Kind.SWITCH else "Answer"
    return f"{what} ({present(item)}): "


def present(item: Item) -> str:
    """Say the present answer in words; a secret only that it is set."""
    if item.text == HIDDEN:
        return "set, and not shown"
    if item.text and "\n" not in item.text:
        label = next((one.label for one in item.choices if one.value == item.text), item.text)
        return f"now {plain(label, 200)}"
    if item.text:
        return "as above"
    return f"not set: {item.default}" if item.default else "not set"


def meant(item: Item, typed: str) -> str:
    """Return the answer that a line means: a number stands for the choice that has it."""
    word = typed.strip()
    is_place = word.isascii() and word.isdecimal() and len(word) < 4
    if item.kind in (Kind.CHOICE, Kind.TEXT) and is_place and 1 <= int(word) <= len(item.choices):
        return item.choices[int(word) - 1].value
    return typed


def _offer(choice: Choice) -> str:
    name = choice.label if choice.label == choice.value else f"{choice.label} ({choice.value})"
    return f"{name}: {choice.when}" if choice.when else name
