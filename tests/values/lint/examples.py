"""Bad files with their good twins, read from YAML: what every rule must and must not say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.lint.fixing import fix, fix_unreadable
from z2jh_wizard.values.lint.run import lint_bytes
from z2jh_wizard.values.reading import Unreadable

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
    at: tuple[str, ...] | None = None
    """Where the values are in the files, when that is not to be found out."""
    beside: str = ""
    """Another file of the hub, secrets.yaml, which Helm reads after this one."""

    def found_in(self, text: str) -> list[Finding]:
        """Return what lint finds in one of the files."""
        return linted(text, self.chart, self.family, self.at, self.beside)

    def mended(self) -> str:
        """Return the bad file after ``--fix`` of this rule alone."""
        data = self.bad.encode()
        found = [one for one in self.found_in(self.bad) if one.rule == self.rule]
        try:
            document = Document.read(data, self.at)
        except Unreadable:
            return fix_unreadable(data, found).decode()
        return fix(document, found).document.data.decode()


def examples() -> list[Example]:
    """Return the examples of all files, each file a YAML list."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text("utf-8")):
            at = entry.pop("at", None)
            found.append(Example(**entry, at=None if at is None else tuple(at)))
    return found


def linted(
    text: str,
    chart: str = "",
    family: Literal["z2jh", "helmforge"] = "z2jh",
    at: tuple[str, ...] | None = None,
    beside: str = "",
) -> list[Finding]:
    """Return the findings of one file, for the newest chart unless told; ``beside`` is a second one."""
    sources = [("config.yaml", text.encode(), at)]
    sources += [("secrets.yaml", beside.encode(), at)] if beside else []
    return lint_bytes(sources, chart or newest(family).version, family).findings
