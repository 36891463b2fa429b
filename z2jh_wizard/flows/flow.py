"""A flow: a named, ordered list of steps for one project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from z2jh_wizard.core.step import Danger, Step
from z2jh_wizard.project.folder import Project

FlowName = Literal["setup", "upgrade", "rollback", "resize", "teardown", "image", "mend", "stop", "start"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What to do, step by step; ``expected`` seconds is the sum of what the steps usually take."""

    name: FlowName
    project: Project
    steps: Sequence[Step]

    @property
    def expected(self) -> float:
        """Seconds this usually takes when nothing is there yet."""
        return sum(step.usually for step in self.steps)

    def dangers(self) -> list[Step]:
        """Return the steps that cost money or delete data."""
        return [step for step in self.steps if step.danger is not Danger.NONE]
