"""Who a process is beyond its number, so that a recycled pid is never mistaken for an old child."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG in Linux's prctl.h."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process by pid and start time (seconds since 1970)."""

    pid: int
    started: float


def identify(pid: int) -> ProcessIdentity | None:
    """Return the identity of a living process, None when there is none with that pid."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return ProcessIdentity(pid, process.create_time())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def is_alive(identity: ProcessIdentity) -> bool:
    """Tell whether exactly this process still runs."""
    now = identify(identity.pid)
    return now is not None and abs(now.started - identity.started) < 1.0


def signal_process(identity: ProcessIdentity, number: signal.Signals) -> None:
    """Send a signal to exactly this process; nothing happens when it is gone."""
    import psutil

    if is_alive(identity):
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(identity.pid).send_signal(number)


def death_signal_setter(number: signal.Signals) -> Callable[[], None] | None:
    """Return what makes a new child receive ``number`` when its parent dies; None where only Linux has it.

    The C library is loaded here, before the fork: after it, hardly anything is safe to call.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    value = int(number)

    def set_death_signal() -> None:
        # A script's background job starts with SIGINT ignored, and a child would inherit that.
        signal.signal(number, signal.SIG_DFL)
        prctl(_SET_PARENT_DEATH_SIGNAL, value)

    return set_death_signal
