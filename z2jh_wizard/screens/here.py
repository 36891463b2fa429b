"""What a screen put off is done only while it is there.

Textual hands what waits for a frame to whichever screen is shown by then. So what a screen put off just
before it was left would be done by the next one, when the first has lost its children already. (Timers and
``call_later`` need no care: the screen does those itself, and keeps its children while it does anything.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual.dom import NoScreen
from textual.screen import Screen
from textual.widget import Widget

Answer = TypeVar("Answer")


def is_here(widget: Widget) -> bool:
    """Tell whether the screen of a widget is one of the app's; one that was left may be empty."""
    try:
        return widget.screen in widget.app.screen_stack
    except NoScreen:
        return False


def call_when_here(widget: Widget, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call something unless the screen of the widget was left; return what it returns, else None."""
    return callback(*args, **kwargs) if is_here(widget) else None


class Here(Screen[Answer]):
    """A screen that drops what it put off when it is left."""

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call something after the next frame, if the screen is there then."""
        return super().call_after_refresh(call_when_here, self, callback, *args, **kwargs)
