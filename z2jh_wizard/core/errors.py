"""Errors written for a tired teacher: what happened, what still works, what to do next."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ExitCode(enum.IntEnum):
    """What a command's exit status means; the numbers are part of the command-line contract."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    FOUND_SOMETHING = 3
    COULD_NOT_LOOK = 4
    REFUSED = 5
    NEEDS_YOU = 6
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble in words, as every screen, log and JSON listing shows it."""

    title: str
    happened: str
    still_works: str = ""
    next_step: str = ""
    code: ExitCode = ExitCode.FAILED

    def lines(self) -> list[str]:
        """Return the problem as plain lines, the empty parts left out."""
        parts = (
            ("", self.title),
            ("What happened: ", self.happened),
            ("What still works: ", self.still_works),
            ("What to do next: ", self.next_step),
        )
        return [label + text for label, text in parts if text]


class WizardError(Exception):
    """An expected trouble: ``problem`` says it in words, ``transient`` that trying again can help."""

    code = ExitCode.FAILED

    def __init__(
        self,
        title: str,
        happened: str = "",
        *,
        still_works: str = "",
        next_step: str = "",
        transient: bool = False,
    ) -> None:
        super().__init__(title)
        self.problem = Problem(title, happened, still_works, next_step, self.code)
        self.transient = transient

    def __str__(self) -> str:
        return "\n".join(self.problem.lines())


class InvalidInput(WizardError):
    """What was typed or written in a file cannot be used; nothing was changed."""

    code = ExitCode.WRONG_USE


class CouldNotLook(WizardError):
    """The world did not answer, so nothing is known and nothing was changed."""

    code = ExitCode.COULD_NOT_LOOK


class Refused(WizardError):
    """The wizard will not do it: not ours, not confirmed, or somebody else is at work."""

    code = ExitCode.REFUSED


class NeedsYou(WizardError):
    """A person has to do something first."""

    code = ExitCode.NEEDS_YOU


def unexpected(error: BaseException, during: str) -> Problem:
    """Describe an error nobody foresaw without showing its text, which may hold a secret."""
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = (
        f" ({where.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]} line {where.tb_lineno})" if where else ""
    )
    return Problem(
        title="The wizard made a mistake",
        happened=f"{type(error).__name__} while {during}{place}.",
        still_works="Everything already made is kept and written down in the journal.",
        next_step="Run the same command again; if it comes back, report it with the log of this run.",
    )
