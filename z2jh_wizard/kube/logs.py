"""Pod logs as plain lines: the last ones, or all new ones as they come."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections import Counter, deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from z2jh_wizard.core.errors import WizardError, unexpected
from z2jh_wizard.core.redaction import KEPT, plain
from z2jh_wizard.kube import errors
from z2jh_wizard.kube.blocking import BlockingTransport
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.kinds import object_path
from z2jh_wizard.kube.transport import KubeTransport

MOST_LINES = 5000
"""Lines that are kept while nobody takes them; what a log pane shows, too."""

LARGEST_TAIL = 4 * 1024 * 1024
"""Bytes of a tail, at most."""

BATCH_PAUSE = 0.1
"""Seconds between two batches of a followed log."""

SILENCE = 30.0
"""Seconds without a line after which a followed log is opened anew, at the place it had reached."""

REOPEN_PAUSE = 0.5
_STAMP = re.compile(r"(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d) ?")


@dataclass(frozen=True, slots=True)
class LogSource:
    """The log of one container, of the only one when unnamed; ``previous`` is its run before this one."""

    namespace: str
    pod: str
    container: str = ""
    previous: bool = False

    @property
    def path(self) -> str:
        """Return where the log is."""
        return object_path("v1", "pods", self.namespace, self.pod, "log")

    def params(self) -> dict[str, str]:
        """Return what chooses the container and its run."""
        chosen = {"container": self.container} if self.container else {}
        return chosen | ({"previous": "true"} if self.previous else {})


async def tail(transport: KubeTransport, source: LogSource, lines: int = 200) -> list[str]:
    """Return the last lines of a log as plain text; Rejected while its container has not started."""
    wish = source.params() | {"tailLines": str(min(lines, MOST_LINES)), "limitBytes": str(LARGEST_TAIL)}
    body = await transport.get(source.path, wish, accept="*/*")
    return [plain(line, KEPT) for line in body.decode("utf-8", "replace").splitlines()[-lines:]]


async def follow(
    transport: KubeTransport, source: LogSource, lines: int = 200
) -> AsyncGenerator[list[str], None]:
    """Give out a log in batches of plain lines, the last ``lines`` first, until its container ends.

    Lines that come faster than they are taken push out the oldest ones; see MOST_LINES.
    """
    reader = _Reader(transport.blocking, source, lines, asyncio.get_running_loop())
    reader.start()
    try:
        while True:
            await reader.news.wait()
            batch, ended = reader.take()
            if batch:
                yield batch
            if ended:
                reader.check()
                return
            await asyncio.sleep(BATCH_PAUSE)
    finally:
        reader.stop()


class _Reader:
    """Reads a log in a daemon thread into a bounded queue."""

    def __init__(
        self, transport: BlockingTransport, source: LogSource, lines: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.news = asyncio.Event()
        self._transport = transport
        self._source = source
        self._loop = loop
        self._lines = lines
        self._lock = threading.Lock()
        self._queue: deque[str] = deque(maxlen=MOST_LINES)
        self._ended = False
        self._error: WizardError | None = None
        self._hang_up = HangUp()
        self._second = ""
        self._this_second: Counter[int] = Counter()
        self._repeated: Counter[int] = Counter()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="kube-log", daemon=True).start()

    def stop(self) -> None:
        """End soon."""
        self._hang_up.now()

    def take(self) -> tuple[list[str], bool]:
        """Return what came since the last call, and whether that is all there will be."""
        with self._lock:
            batch, ended = list(self._queue), self._ended
            self._queue.clear()
        if not ended:
            self.news.clear()
        return batch, ended

    def check(self) -> None:
        """Raise what ended the log badly, if anything did."""
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._read_once() and not self._hang_up.wait(REOPEN_PAUSE):
                pass
        except WizardError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - the thread's caller waits for news and must get some
            problem = unexpected(error, "reading a log")
            self._error = WizardError(problem.title, problem.happened)
        finally:
            with self._lock:
                self._ended = True
            self._ring()

    def _read_once(self) -> bool:
        """Read until the log ends (True) or falls silent (False)."""
        wish = self._source.params() | {"follow": "true", "timestamps": "true"}
        wish |= {"sinceTime": self._second} if self._second else {"tailLines": str(self._lines)}
        # The server starts at a whole second, so it repeats what came in it before.
        self._repeated = self._this_second.copy()
        stream = self._transport.stream(self._source.path, wish, SILENCE, self._hang_up)
        try:
            for line in stream:
                self._take_in(line.decode("utf-8", "replace"))
        except errors.Unreachable:
            return False
        return True

    def _take_in(self, line: str) -> None:
        stamp = _STAMP.match(line)
        if stamp is None:
            self._deliver(line)
            return
        second = stamp["second"] + stamp["zone"]
        if second != self._second:
            self._second = second
            self._this_second.clear()
        known = hash(line)
        if self._repeated[known] > 0:
            self._repeated[known] -= 1
            return
        self._this_second[known] += 1
        self._deliver(line[stamp.end() :])

    def _deliver(self, text: str) -> None:
        with self._lock:
            first = not self._queue
            self._queue.append(plain(text, KEPT))
        if first:
            self._ring()

    def _ring(self) -> None:
        # A closed loop means that nobody waits any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.news.set)
