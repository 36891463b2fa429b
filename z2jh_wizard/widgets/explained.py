"""A text whose words of the glossary can be clicked for what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.message import Message
from textual.style import Style

from z2jh_wizard.core.glossary import Place
from z2jh_wizard.widgets.plain import Plain


class Explained(Plain):
    """A plain text; the screen marks the words in it once it is drawn, for only it knows the whole page."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"explained--word"}

    class Shown(Message):
        """A text is shown whose words are not marked yet."""

    def __init__(self, text: str = "", *, dom_id: str | None = None, classes: str = "") -> None:
        super().__init__(text, dom_id=dom_id, classes=classes)
        self._places: Sequence[Place] = ()

    @property
    def places(self) -> Sequence[Place]:
        """Where the marked words stand."""
        return self._places

    def on_mount(self) -> None:
        """Ask for marks, which take the colours of the theme that there is then."""
        self.post_message(self.Shown())
        self.app.theme_changed_signal.subscribe(self, self._mark_again)

    def show(self, text: str) -> None:
        """Show another text, without marks at first."""
        before = self.text
        super().show(text)
        if self.text != before:
            self._places = ()
            self.post_message(self.Shown())

    def _mark_again(self, _theme: object) -> None:
        places, self._places = self._places, ()
        self.mark(places)

    def mark(self, places: Sequence[Place]) -> None:
        """Underline these words; a click on one asks the screen to explain it."""
        if list(places) == list(self._places):
            return
        self._places = places
        content = Content(self.text)
        for start, end, term in places:
            asks = Style.from_meta({"@click": f"screen.explain({term.term!r})"})
            content = content.stylize(self.get_visual_style("explained--word") + asks, start, end)
        self.update(content, layout=False)
