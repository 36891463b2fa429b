"""What docker and repo2docker say when they fail, in the words of a teacher."""

from __future__ import annotations

import re
from collections.abc import Iterable

from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.values.image_builder import Plan
from z2jh_wizard.values.image_registries import login

_FULL = re.compile(r"no space left on device", re.I)
_DENIED = re.compile(
    r"denied|unauthorized|authentication required|no basic auth|authorization token has expired", re.I
)
_NO_REPOSITORY = re.compile(
    r"name unknown|repository .*(?:does not exist|not found)|repository name not known", re.I
)
_NETWORK = re.compile(r"timeout|timed out|connection (?:reset|refused)|no such host|TLS handshake|EOF", re.I)

_KILLED = -9


def build_failed(code: int, tail: Iterable[str]) -> WizardError:
    """Return why repo2docker failed, by its exit code and its last lines."""
    lines = list(tail)
    text = "\n".join(lines)
    kept = "Nothing was pushed, and the settings are as they were."
    if _FULL.search(text):
        return WizardError(
            "The disk is full",
            _last(lines),
            still_works=kept,
            next_step="docker system df says what takes room, docker builder prune frees some. Try again.",
        )
    if code == _KILLED:
        return WizardError(
            "The build was killed",
            "Often the computer has run out of memory.",
            still_works=kept,
            next_step="Give Docker more memory, or build on a larger computer, then try again.",
        )
    return WizardError(
        "The image could not be built",
        f"repo2docker ended with code {code}: {_last(lines)}",
        still_works=kept,
        next_step="The log shows what failed, mostly a package that cannot be installed. Mend the "
        "repository, commit, and build again.",
    )


def push_failed(plan: Plan, code: int, tail: Iterable[str]) -> WizardError:
    """Return why the push failed; what a person can mend is a NeedsYou."""
    lines = list(tail)
    text = "\n".join(lines)
    kept = "The image is built and kept on this computer."
    commands = "; ".join(one.shell() for one in login(plan.image))
    if _NO_REPOSITORY.search(text):
        return NeedsYou(
            "The registry has no such repository",
            _last(lines),
            still_works=kept,
            next_step=f"Make it, then check again. In another terminal: {commands}",
        )
    if _DENIED.search(text):
        return NeedsYou(
            "The registry does not let you in",
            _last(lines),
            still_works=kept,
            next_step=f"Sign in, in another terminal: {commands}",
        )
    return WizardError(
        "The image could not be pushed",
        f"docker ended with code {code}: {_last(lines)}",
        still_works=kept,
        next_step="Check the network, then try again: what has arrived is not sent twice.",
        transient=bool(_NETWORK.search(text)),
    )


def _last(lines: Iterable[str]) -> str:
    """Return the last line that says something, without the time that a logger puts before it."""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:300] if said else "it said nothing."
