"""The glossary on screen: one word, the words of a page, and all of them with a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult

from z2jh_wizard.core.glossary import Term, matching, terms
from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.screens.list_dialog import Item, ListDialog
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Column


def _about(term: Term) -> str:
    also = f"Also: {', '.join(term.aliases)}" if term.aliases else ""
    return "\n".join(part for part in (term.meaning, also, term.link) if part)


def _copied(term: Term) -> Copied:
    if term.link:
        return Copied(f"the address about {term.term}", term.link)
    return Copied(f"the meaning of {term.term}", term.meaning)


class TermDialog(Dialog):
    """Says what one word means."""

    BINDINGS = screen_bindings("back", "copy")
    ABOUT = "What a word of the guide means, and a page that says more; F7 copies its address."

    def __init__(self, term: Term) -> None:
        super().__init__(term.term, no="Close", yes="Copy link" if term.link else "")
        self._term = term

    def body(self) -> ComposeResult:
        """Make the text."""
        yield Plain(_about(self._term), dom_id="term")

    def agree(self) -> None:
        """Copy the address; the word stays on the screen."""
        self.action_copy()

    def action_copy(self) -> None:
        """Copy the address of the page that says more."""
        copy(self.app, _copied(self._term))


class WordsDialog(ListDialog):
    """Lists the words of a page with what they mean."""

    ABOUT = "What the words of the page mean. Up and Down mark another word; F7 copies the address below."
    COLUMNS = (Column("word", 26), Column("what it means", weight=1))

    def __init__(self, shown: Iterable[Term], marked: str = "") -> None:
        super().__init__("Words on this page", _items(shown), marked=marked)


class GlossaryDialog(ListDialog):
    """Lists all words of the guide."""

    ABOUT = "All words of the guide. Type to search in names and meanings; Down goes to the list."
    COLUMNS = WordsDialog.COLUMNS
    FIRST = "search"

    def __init__(self) -> None:
        super().__init__("Glossary", _items(terms()), search="a word to look for")

    def found(self, words: str) -> Sequence[Item]:
        """Return the words found, those with it in their name first."""
        return [self._items[term.term] for term in matching(words)]


def _items(shown: Iterable[Term]) -> list[Item]:
    return [Item(one.term, (one.term, one.meaning), _about(one), _copied(one)) for one in shown]
