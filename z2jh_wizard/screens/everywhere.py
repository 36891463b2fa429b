"""What can be done on every screen: have words explained, read on, copy, edit the file, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events, on
from textual.widget import Widget

from z2jh_wizard.core.glossary import Reading, Term, about_screen, find, first_places, reading_list
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.here import Here
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.actions import BY_ID, bindings
from z2jh_wizard.widgets.buttons import ActionButton
from z2jh_wizard.widgets.explained import Explained

if TYPE_CHECKING:
    from z2jh_wizard.screens.clipboard import Copied

QUIET = 0.1
"""Seconds after which the words of new texts are marked: keys and frames come first."""

FILE_ACTIONS = frozenset({"edit", "earlier"})
"""What needs a project with a config.yaml."""


class Everywhere(Here[None]):
    """A screen with those actions; subclasses say what the focus is about."""

    BINDINGS = bindings("copy", "words", "read", "edit")
    desk: Desk

    _was_shown = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Keep the styles when the screen is shown for the first time: they were worked out a moment ago."""
        event.refresh_styles = self._was_shown
        self._was_shown = True

    # ---- what a screen says about itself ----

    def focused_help(self) -> list[tuple[str, str]]:
        """Return what F1 says of what has the focus: headings and texts, the name of it first."""
        from z2jh_wizard.screens.clipboard import field_of

        if isinstance(self.focused, ActionButton):
            action = BY_ID[self.focused.known]
            return [(f"Button: {self.focused.label}", action.help)]
        field = field_of(self.focused)
        return [(field.label, field.help_words)] if field else []

    def links(self) -> Iterable[Reading]:
        """Return the pages that explain this screen, the one for the focus first."""
        return about_screen(self.desk.at.partition("/")[0])

    def copied(self) -> Copied | None:
        """Return what F7 copies."""
        from z2jh_wizard.screens.clipboard import at_focus

        return at_focus(self.focused)

    def place_in_file(self) -> tuple[str, int]:
        """Return the values file that the focus is about, and the line in it, 0 for none."""
        return "config.yaml", 0

    def take(self) -> None:
        """Take what was typed into the draft of the settings."""

    def show_again(self) -> None:
        """Show the screen anew, for what it shows was changed from outside."""
        from z2jh_wizard.screens.clipboard import field_of

        field = field_of(self.focused)
        self.post_message(Go(self.desk.at, field=field.field if field else ""))

    # ---- words ----

    _terms: tuple[Term, ...] = ()
    _is_marking = False

    @on(Explained.Shown)
    def _mark_soon(self, event: Explained.Shown) -> None:
        event.stop()
        if not self._is_marking:
            self._is_marking = True
            self.set_timer(QUIET, self.mark_words)

    def mark_words(self) -> None:
        """Mark each word at its first place on the page."""
        self._is_marking = False
        texts = [one for one in self.query(Explained) if is_shown(one)]
        places = first_places([one.text for one in texts])
        for text, found in zip(texts, places, strict=True):
            text.mark(found)
        self._terms = tuple(place.term for found in places for place in found)

    def action_explain(self, word: str) -> None:
        """Say what a word means."""
        from z2jh_wizard.screens.words import TermDialog

        if term := find(word):
            self.app.push_screen(TermDialog(term))

    def action_words(self) -> None:
        """List the underlined words, the first one near the focus marked; all words where there are none."""
        from z2jh_wizard.screens.words import GlossaryDialog, WordsDialog

        if not self._terms:
            self.app.push_screen(GlossaryDialog())
            return
        near = [place.term.term for text in self._texts_at_focus() for place in text.places]
        self.app.push_screen(WordsDialog(self._terms, near[0] if near else ""))

    def _texts_at_focus(self) -> Iterable[Explained]:
        from z2jh_wizard.screens.clipboard import field_of

        field = field_of(self.focused)
        return field.query(Explained) if field else ()

    def action_glossary(self) -> None:
        """List all words of the guide."""
        from z2jh_wizard.screens.words import GlossaryDialog

        self.app.push_screen(GlossaryDialog())

    def action_read(self) -> None:
        """List pages that say more."""
        from z2jh_wizard.screens.reading import ReadingDialog

        self.app.push_screen(ReadingDialog(reading_list(self.links(), self._terms), far=self.app.is_web))

    # ---- copy ----

    def action_copy(self) -> None:
        """Copy what has the focus, else the address of the page that explains this screen."""
        from z2jh_wizard.screens.clipboard import Copied, copy

        found = self.copied()
        if found is None:
            first = reading_list(self.links(), ())[0]
            found = Copied(f"the address of the page {first.title}", first.link)
        copy(self.app, found)

    # ---- the file ----

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs a project while there is none."""
        if action in FILE_ACTIONS and self.desk.project is None:
            return None
        return super().check_action(action, parameters)

    def action_edit(self) -> None:
        """Open the values file in an editor, and read it again afterwards."""
        from z2jh_wizard.screens.hand_edit import edit_by_hand

        self.take()
        name, line = self.place_in_file()
        self.app.run_worker(
            edit_by_hand(self, name, line),
            name=f"editing {name}",
            group="edit",
            exclusive=True,
            exit_on_error=False,
        )

    def action_earlier(self) -> None:
        """List the backups of config.yaml and take one back."""
        self.take()
        self.run_worker(self._list_earlier(), name="reading the backups", group="edit", exit_on_error=False)

    async def _list_earlier(self) -> None:
        from z2jh_wizard.flows.earlier import earlier_texts
        from z2jh_wizard.screens.earlier import EarlierDialog

        if project := self.desk.project:
            texts = await asyncio.to_thread(earlier_texts, project)
            dialog = EarlierDialog(project, texts)
            self.app.push_screen(dialog, lambda taken: self.show_again() if taken else None)


def is_shown(widget: Widget) -> bool:
    """Tell whether neither a widget nor what it stands in is hidden."""
    return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))
