"""Programs in a pseudo-terminal: start one, wait for text on its screen, read what it costs, end it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A program that runs in a terminal of its own of this many columns and lines."""

    def __init__(
        self, command: Sequence[str], columns: int = 80, lines: int = 24, **environment: str
    ) -> None:
        self.began = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            clean = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
            os.execve(command[0], list(command), {**clean, "TERM": "xterm-256color", **environment})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.read_bytes = 0
        self._seen = b""

    def wait_for(self, text: str, limit: float = 60.0) -> float:
        """Return the seconds from the start until the text was drawn; TimeoutError after the limit."""
        wanted = text.encode()
        deadline = time.perf_counter() + limit
        while wanted not in self._seen:
            if time.perf_counter() > deadline or not self.drain(0.5):
                if time.perf_counter() > deadline:
                    raise TimeoutError(f"{text!r} was not drawn: {self._seen[-2000:]!r}")
                continue
        self._seen = b""
        return time.perf_counter() - self.began

    def forget(self) -> None:
        """Wait only for what is drawn from now on."""
        self._seen = b""

    def drain(self, seconds: float) -> int:
        """Read what was drawn within this time; return how many bytes."""
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if not ready:
            return 0
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:
            return 0
        self._seen += data
        self.read_bytes += len(data)
        return len(data)

    def watch(self, seconds: float) -> int:
        """Let it be for a time, reading what it draws; return how many bytes that was."""
        end, before = time.perf_counter() + seconds, self.read_bytes
        while (left := end - time.perf_counter()) > 0:
            self.drain(left)
        return self.read_bytes - before

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._terminal, keys.encode())

    def cpu(self) -> float:
        """Return the CPU seconds it has used so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_memory(self) -> float:
        """Return the most memory it has held so far, MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def end(self) -> None:
        """End it and read what is left."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
