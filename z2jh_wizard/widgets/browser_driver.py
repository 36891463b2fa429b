"""How the screens are drawn in a browser: Textual's driver for the web, for an app that outlives its page."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

from textual import messages
from textual.app import App
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Draws everything again for a new page, and leaves in order when the server asks or is gone."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._is_leaving = False
        self._write = self._write_all  # type: ignore[assignment]

    def start_application_mode(self) -> None:
        """Begin to draw; SIGINT, the server's wish to stop, is obeyed in order, SIGTERM at once."""
        super().start_application_mode()
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._leave)

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Take one message of the server; besides Textual's own there is ``repaint``."""
        if packet_type == "repaint":
            self._app.call_later(self._repaint)
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read what the browser sends; the end of it, while the app runs, is the end of the server."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.call_later(self._leave)

    def _leave(self) -> None:
        """Let the app stop a run at work before it leaves, if it knows how to."""
        if self._is_leaving:
            return
        self._is_leaving = True
        stop_and_leave = getattr(self._app, "stop_and_leave", None)
        if stop_and_leave is None:
            self._app.post_message(messages.ExitApp())
        else:
            self._app.run_worker(stop_and_leave(), name="leaving", exit_on_error=False)

    def _repaint(self) -> None:
        """Bring a fresh terminal into the state that the app believes it has, and draw the whole screen."""
        self.write("\x1b[?1049h\x1b[?25l")
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._app.refresh()

    def _write_all(self, data: bytes) -> int:
        """Write a whole packet; when the server is gone nobody sees it, and a run still stops in order."""
        written = 0
        with suppress(BrokenPipeError):
            while written < len(data):
                written += os.write(self.fileno, data[written:])
        return written
