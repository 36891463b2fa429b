"""The one abstraction of the wizard: a step is shown, run, checked and undone as a unit."""

from __future__ import annotations

import enum
import shlex
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeAlias

from z2jh_wizard.core.errors import Problem


class Finding(str, enum.Enum):
    """What looking at the world answered."""

    ABSENT = "absent"
    DRIFTED = "drifted"
    READY = "ready"
    UNKNOWN = "unknown"


class Danger(str, enum.Enum):
    """What running a step may cost."""

    NONE = "none"
    COSTS_MONEY = "costs-money"
    DELETES_DATA = "deletes-data"


class By(str, enum.Enum):
    """Who does a step: the wizard, or a person (a DNS record, an OAuth client, a quota request)."""

    WIZARD = "wizard"
    YOU = "you"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by name, for a place where its value must never stand."""

    name: str


@dataclass(frozen=True, slots=True)
class Command:
    """What a person would type instead; ``about`` says it in words, ``stdin`` is fed to it.

    ``script`` stands for ``argv`` where a person would use more of the shell than one plain command.
    """

    argv: tuple[str | Secret, ...] = ()
    about: str = ""
    stdin: str = ""
    script: str = ""

    def shell(self) -> str:
        """Return it for a POSIX shell, with secrets as quoted variables."""
        if self.script:
            return self.script
        words = (f'"${word.name}"' if isinstance(word, Secret) else shlex.quote(word) for word in self.argv)
        line = " ".join(words)
        if not self.stdin:
            return line
        lines = self.stdin.rstrip().splitlines()
        mark = "END"
        while mark in lines:
            mark += "_"
        return "\n".join([f"{line} <<'{mark}'", *lines, mark])


@dataclass(frozen=True, slots=True)
class Resource:
    """Something in the world that the wizard made or found: a Kubernetes object, a file, a cloud resource."""

    kind: str
    name: str
    namespace: str = ""
    uid: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Look:
    """The answer of one look: a finding, why, and the resources that were seen.

    ``not_ours`` says why what was seen will never be removed by the wizard.
    """

    finding: Finding
    detail: str = ""
    resources: tuple[Resource, ...] = ()
    not_ours: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output from the work of a step."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Counted work: ``done`` of ``total`` so far."""

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that came into being just now."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Gone:
    """A resource that ceased to exist just now."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step will not do it, in one sentence for the user."""

    reason: str


Happening: TypeAlias = "Line | Progress | Made | Gone"
Work: TypeAlias = "AsyncIterator[Happening]"


class Step(ABC):
    """The smallest unit that is shown, run, checked and undone.

    ``usually`` and ``limit`` are seconds; ``needs`` names steps without which a look makes no sense yet;
    ``how`` and ``skipping`` are for a person's own steps: what to do, and what it costs to leave it out.
    ``attempts`` counts tries when a run fails with a transient error; ``undoable`` steps appear in a
    teardown, where ``undo_danger`` is what taking them back may cost.
    """

    id: str
    title: str
    why: str
    by: By = By.WIZARD
    danger: Danger = Danger.NONE
    usually: float = 2
    limit: float = 300
    attempts: int = 3
    needs: tuple[str, ...] = ()
    how: str = ""
    skipping: str = ""
    undoable: bool = False
    undo_title: str = ""
    undo_danger: Danger = Danger.DELETES_DATA

    def commands(self) -> tuple[Command, ...]:
        """Return what a person would type instead; pure, so a plan needs no login."""
        return ()

    @abstractmethod
    async def look(self) -> Look:
        """Look at the world; raise CouldNotLook when it does not answer."""

    async def before_its_turn(self, waits_for: str) -> Look:
        """Return what a plan shows while a step is missing that this one needs; never raises.

        A step that has nothing to do whatever becomes of the others says so here.
        """
        return Look(Finding.ABSENT, f"comes after: {waits_for}")

    @abstractmethod
    def run(self) -> Work | Refusal:
        """Do the work, telling what happens; an async generator."""

    async def look_back(self) -> Look:
        """Look at what an undo would take back, ABSENT for nothing: optional steps look so."""
        return await self.look()

    def undo_commands(self) -> tuple[Command, ...]:
        """Return what a person would type to take the work back; pure."""
        return ()

    def undo(self) -> Work | Refusal:
        """Take the work back; an async generator. Called only on steps that are ``undoable``."""
        return Refusal("There is nothing to take back here.")
