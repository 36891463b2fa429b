"""Child processes: their own group, streamed lines, LC_ALL=C, SIGINT first, and an end with their parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.system.files import PRIVATE_FILE, cannot_write
from z2jh_wizard.system.processes import ProcessIdentity, death_signal_setter, identify

INTERRUPT_PATIENCE = 20.0
"""Seconds a child has to end after SIGINT; Helm marks its release as failed in that time."""

TERMINATE_PATIENCE = 5.0
KILL_PATIENCE = 5.0
LATE_LINES = 2.0
"""Seconds without a line after which a child that has ended is taken to have said all."""

_POLL = 0.02
LONGEST_LINE = 64 * 1024
LARGEST_OUTPUT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Child:
    """A process to start: ``executable`` may differ from ``argv[0]``; ``environment`` is added to ours."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    executable: str | None = None
    cwd: Path | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One line of a child, without its line end."""

    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Exited:
    """A child's end: its exit code, negative for the signal that killed it."""

    code: int


@dataclass(frozen=True, slots=True)
class Captured:
    """All that a short child said."""

    code: int
    stdout: bytes
    stderr: str


Started = Callable[[ProcessIdentity], None]


async def stream(child: Child, on_start: Started | None = None) -> AsyncGenerator[Output | Exited, None]:
    """Start a child and give out its lines as they come, then how it ended.

    Closing or cancelling the generator interrupts the child and waits for its end; who may leave early
    wraps it in ``contextlib.aclosing``. WizardError when it cannot be started.
    """
    process = await _start(child)
    lines: asyncio.Queue[Output | None] = asyncio.Queue(maxsize=1000)
    readers = [
        asyncio.ensure_future(_read_lines(process.stdout, "stdout", lines)),
        asyncio.ensure_future(_read_lines(process.stderr, "stderr", lines)),
    ]
    try:
        _announce(process, on_start)
        open_streams = len(readers)
        while open_streams:
            has_ended = process.returncode is not None
            try:
                line = (
                    lines.get_nowait() if lines.qsize() else await asyncio.wait_for(lines.get(), LATE_LINES)
                )
            except asyncio.TimeoutError:
                if has_ended:
                    break  # it has left a silent process behind that keeps its pipes open
                continue
            if line is None:
                open_streams -= 1
            else:
                yield line
        yield Exited(await process.wait() if process.returncode is None else process.returncode)
    finally:
        # The readers go on until the end: a full pipe must not keep the child from ending.
        forgetting = asyncio.ensure_future(_forget(lines))
        try:
            await end(process)
        finally:
            await _cancel_all(*readers, forgetting)


async def capture(child: Child, limit: float, on_start: Started | None = None) -> Captured:
    """Run a short child to its end within ``limit`` seconds; WizardError when it takes longer."""
    process = await _start(child)
    out = asyncio.ensure_future(_read_all(process.stdout))
    err = asyncio.ensure_future(_read_all(process.stderr))
    ended = asyncio.ensure_future(process.wait())
    try:
        _announce(process, on_start)
        # Unlike wait_for, this leaves the readers at work while the child is being ended.
        done, late = await asyncio.wait({out, err, ended}, timeout=limit, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()  # raises what went wrong while reading
        if late:
            raise _too_slow(child, limit)
        return Captured(ended.result(), out.result(), err.result().decode("utf-8", "replace"))
    finally:
        try:
            await end(process)
        finally:
            await _cancel_all(out, err, ended)


async def converse(child: Child) -> asyncio.subprocess.Process:
    """Start a child that is talked with through its stdin and stdout; its stderr is ours.

    The caller reads stdout to its end and ends the child with ``end``. WizardError when it cannot be started.
    """
    return await _start(child, stdin=asyncio.subprocess.PIPE, stderr=None)


def start_detached(
    argv: Sequence[str], *, cwd: Path, log_path: Path, environment: Mapping[str, str] | None = None
) -> int:
    """Start a process that outlives this one, its output appended to a private log; return its pid."""
    try:
        descriptor = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        raise cannot_write(log_path, error, "Nothing was started.") from error
    try:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    except OSError as error:
        raise _cannot_start(argv[0], error) from error
    finally:
        os.close(descriptor)
    # The child is not ours to wait for: without this, Python warns about it when the object goes away.
    process.returncode = 0
    return process.pid


async def end(process: asyncio.subprocess.Process, patience: float | None = None) -> None:
    """End a child that still runs: SIGINT first, then SIGTERM, then SIGKILL, to its whole group.

    ``patience``: seconds it has to end after SIGINT, ``INTERRUPT_PATIENCE`` if not given.
    """
    if process.returncode is None:
        await _end_group(process, INTERRUPT_PATIENCE if patience is None else patience)
    # asyncio has no public way to let go of pipes that are not read to their end.
    process._transport.close()  # type: ignore[attr-defined]


async def _end_group(process: asyncio.subprocess.Process, interrupt_patience: float) -> None:
    for number, patience in (
        (signal.SIGINT, interrupt_patience),
        (signal.SIGTERM, TERMINATE_PATIENCE),
    ):
        _signal_group(process, number)
        if await _has_ended(process, patience):
            break
    # What the child started may have outlived it.
    _signal_group(process, signal.SIGKILL)
    await _has_ended(process, KILL_PATIENCE)


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    # macOS says EPERM of a group whose last process is a zombie.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


async def _has_ended(process: asyncio.subprocess.Process, patience: float) -> bool:
    """Wait for a child's end; not with ``wait``, which also waits for whoever else holds the pipes."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while process.returncode is None and loop.time() < deadline:  # noqa: ASYNC110 - nobody sets an event
        await asyncio.sleep(_POLL)
    return process.returncode is not None


async def _start(
    child: Child, *, stdin: int = asyncio.subprocess.DEVNULL, stderr: int | None = asyncio.subprocess.PIPE
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *child.argv,
            executable=child.executable,
            cwd=child.cwd,
            env={**os.environ, "LC_ALL": "C", **child.environment},
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=death_signal_setter(signal.SIGINT),
        )
    except OSError as error:
        raise _cannot_start(child.argv[0], error) from error


def _announce(process: asyncio.subprocess.Process, on_start: Started | None) -> None:
    identity = identify(process.pid) if on_start else None
    if on_start and identity:
        on_start(identity)


async def _read_lines(
    pipe: asyncio.StreamReader | None, name: Literal["stdout", "stderr"], lines: asyncio.Queue[Output | None]
) -> None:
    """Split a pipe into lines; an endless line is cut into pieces, so memory stays bounded."""
    rest = b""
    while pipe and (chunk := await pipe.read(LONGEST_LINE)):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) >= LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        for line in whole:
            await lines.put(Output(name, line.rstrip(b"\r").decode("utf-8", "replace")))
    if rest:
        await lines.put(Output(name, rest.decode("utf-8", "replace")))
    await lines.put(None)


async def _forget(lines: asyncio.Queue[Output | None]) -> None:
    while True:
        await lines.get()


async def _cancel_all(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _read_all(pipe: asyncio.StreamReader | None) -> bytes:
    gathered = bytearray()
    while pipe and (chunk := await pipe.read(LONGEST_LINE)):
        gathered += chunk
        if len(gathered) > LARGEST_OUTPUT:
            raise WizardError(
                "A command said too much", f"More than {LARGEST_OUTPUT // 2**20} MiB came back."
            )
    return bytes(gathered)


def _too_slow(child: Child, limit: float) -> WizardError:
    return WizardError(
        f"{Path(child.argv[0]).name} did not answer",
        f"It did not end within {limit:.0f} seconds and was interrupted.",
        still_works="Nothing was changed by this call as far as can be told.",
        next_step="Check that the cluster can be reached, then run the same command again.",
    )


def _cannot_start(name: str, error: OSError) -> WizardError:
    return WizardError(
        f"Could not start {Path(name).name}",
        f"{error.filename or name}: {error.strerror}.",
        still_works="Nothing was changed.",
        next_step="Run: z2jh-wizard doctor",
    )
