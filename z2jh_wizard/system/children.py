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
from typing import Literal

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.system.files import PRIVATE_FILE
from z2jh_wizard.system.processes import ProcessIdentity, death_signal_setter, identify

INTERRUPT_PATIENCE = 20.0
"""Seconds a child has to end after SIGINT; Helm marks its release as failed in that time."""

TERMINATE_PATIENCE = 5.0
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

    Closing or cancelling the generator interrupts the child and waits for its end. WizardError when it
    cannot be started.
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
            line = await lines.get()
            if line is None:
                open_streams -= 1
            else:
                yield line
        yield Exited(await process.wait())
    finally:
        for reader in readers:
            reader.cancel()
        await end(process)


async def capture(child: Child, limit: float, on_start: Started | None = None) -> Captured:
    """Run a short child to its end within ``limit`` seconds; WizardError when it takes longer."""
    process = await _start(child)
    try:
        _announce(process, on_start)
        gathering = asyncio.gather(_read_all(process.stdout), _read_all(process.stderr), process.wait())
        out, err, code = await asyncio.wait_for(gathering, limit)
    except asyncio.TimeoutError:
        raise WizardError(
            f"{Path(child.argv[0]).name} did not answer",
            f"It said nothing for {limit:.0f} seconds and was interrupted.",
            still_works="Nothing was changed by this call as far as can be told.",
            next_step="Check that the cluster can be reached, then run the same command again.",
        ) from None
    finally:
        await end(process)
    return Captured(code, out, err.decode("utf-8", "replace"))


def start_detached(
    argv: Sequence[str], *, cwd: Path, log_path: Path, environment: Mapping[str, str] | None = None
) -> int:
    """Start a process that outlives this one, its output appended to a private log; return its pid."""
    descriptor = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
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


async def end(process: asyncio.subprocess.Process) -> None:
    """End a child that still runs: SIGINT first, then SIGTERM, then SIGKILL, to its whole group."""
    for number, patience in (
        (signal.SIGINT, INTERRUPT_PATIENCE),
        (signal.SIGTERM, TERMINATE_PATIENCE),
        (signal.SIGKILL, None),
    ):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.shield(asyncio.wait_for(process.wait(), patience))


async def _start(child: Child) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *child.argv,
            executable=child.executable,
            cwd=child.cwd,
            env={**os.environ, "LC_ALL": "C", **child.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
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


async def _read_all(pipe: asyncio.StreamReader | None) -> bytes:
    gathered = bytearray()
    while pipe and (chunk := await pipe.read(LONGEST_LINE)):
        gathered += chunk
        if len(gathered) > LARGEST_OUTPUT:
            raise WizardError(
                "A command said too much", f"More than {LARGEST_OUTPUT // 2**20} MiB came back."
            )
    return bytes(gathered)


def _cannot_start(name: str, error: OSError) -> WizardError:
    return WizardError(
        f"Could not start {Path(name).name}",
        f"{name}: {error.strerror}.",
        still_works="Nothing was changed.",
        next_step="Run: z2jh-wizard doctor",
    )
