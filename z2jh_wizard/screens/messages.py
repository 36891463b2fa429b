"""What screens ask of the app: to show another screen, to begin or stop a run, to tell a trouble."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.message import Message

from z2jh_wizard.core.errors import Problem


class Go(Message):
    """Show another screen: a stage of the wizard, or one of welcome, dashboard, teardown, run, receipt."""

    def __init__(self, where: str, *, field: str = "") -> None:
        self.where = where
        self.field = field
        super().__init__()


class OpenFolder(Message):
    """Open the project in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__()


class BeginJourney(Message):
    """Begin the questions for a new project by a way of ``flows.ways``."""

    def __init__(self, provider: str, folder: str = "", way: str = "quick") -> None:
        self.provider = provider
        self.folder = folder
        self.way = way
        super().__init__()


class ResumeJourney(Message):
    """Go on with the questions for a new project that were begun on another day."""


class StartRun(Message):
    """Play a flow of the open project."""

    def __init__(self, flow: str, *, skip: frozenset[str] = frozenset(), **options: Any) -> None:
        self.flow = flow
        self.skip = skip
        self.options = options
        super().__init__()


class StopRun(Message):
    """Ask the run at work to stop."""


class Trouble(Message):
    """Something went wrong that the user must see."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__()
