"""What the benchmarks share: one JSON line a case, medians with their spread, a check against a goal."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence


def report(
    case: str, values: Sequence[float], unit: str, *, goal: float | None = None, **more: object
) -> bool:
    """Print one case as a JSON line and tell whether its median meets the goal (at most that)."""
    median = statistics.median(values)
    line = {
        "case": case,
        "median": round(median, 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "unit": unit,
        "rounds": len(values),
        "load": round(os.getloadavg()[0], 2),
        **more,
    }
    met = goal is None or median <= goal
    if goal is not None:
        line.update(goal=goal, met=met)
    print(json.dumps(line), flush=True)
    return met


def leave(results: Sequence[bool]) -> None:
    """End the program: 1 when a goal was missed."""
    sys.exit(0 if all(results) else 1)
