"""The values files in samples/: what the chart takes, and near them what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Refusal:
    """Values that are refused, and a piece of the reason that Helm shows."""

    sample: str
    why: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.sample}: {self.why}"


@dataclass(frozen=True)
class Sample:
    """One file: values that are taken, and refusals."""

    name: str
    what: str
    accepted: dict[str, Any]
    refused: tuple[Refusal, ...]

    def __str__(self) -> str:
        return self.name


def read() -> Iterator[Sample]:
    """All samples by name."""
    for path in sorted(FOLDER.glob("*.yaml")):
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
        refused = tuple(Refusal(path.stem, each["why"], each["values"]) for each in body["refused"])
        yield Sample(path.stem, body["what"], body["accepted"], refused)


SAMPLES = tuple(read())
REFUSALS = tuple(refusal for sample in SAMPLES for refusal in sample.refused)


def paths(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key that is written in values."""
    yield path
    if isinstance(values, dict):
        for key, value in values.items():
            yield from paths(value, (*path, key))
