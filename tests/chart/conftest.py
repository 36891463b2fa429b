"""Fixtures: the practice chart and its schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chart.cases import Node
from tests.chart.helm import CHART, Chart, Objects


@pytest.fixture(scope="session")
def chart(helm_binary: Path) -> Chart:
    """The practice chart."""
    return Chart(helm_binary, CHART)


@pytest.fixture(scope="session")
def by_default(chart: Chart) -> Objects:
    """What the practice chart makes of no values at all."""
    return chart.render({})


@pytest.fixture(scope="session")
def schema() -> Node:
    """The values schema of the practice chart."""
    found: Node = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return found
