"""Bad files with their good twins, read from YAML: what every rule must and must not say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.lint.run import lint
from z2jh_wizard.values.lint.subject import subject_of

FOLDER = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A mistake: ``line`` is where the rule must point in ``bad``; ``fixed`` is the file after ``--fix``."""

    rule: str
    bad: str
    good: str
    line: int
    fixed: str | None = None
    chart: str = ""
    family: Literal["z2jh", "helmforge"] = "z2jh"
    why: str = ""


def examples() -> list[Example]:
    """Return the examples of all files, each file a YAML list."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found += [Example(**entry) for entry in yaml.safe_load(path.read_text("utf-8"))]
    return found


def linted(text: str, chart: str = "", family: Literal["z2jh", "helmforge"] = "z2jh") -> list[Finding]:
    """Return the findings of one file."""
    return lint(subject_of(text.encode(), chart, family))
