"""Fixtures for every test: real tools, optional real data, and a wall around the test process."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import tools
from tests.support.fakes import FakeClock, MemoryJournal
from tests.support.isolation import NO_METADATA_SERVERS, personal, refuse_outside

OUTSIDE = dict(os.environ)
"""The environment as the developer set it, before any test is walled in."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what nobody runs by accident."""
    parser.addoption(
        "--live", choices=("gke", "aks", "eks"), help="make, resize and delete a real cluster: costs money"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Raise the wall once for the process: an audit hook cannot be walked around and costs nearly nothing."""
    sys.addaudithook(refuse_outside)
    # Two busy cores make any deadline a matter of luck; in CI the same examples come each time.
    settings.register_profile("z2jh", deadline=None, derandomize=bool(OUTSIDE.get("CI")))
    settings.load_profile("z2jh")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name a home folder for each test."""
    base = tmp_path_factory.mktemp("homes")

    return (base / str(number) for number in itertools.count(1))


@pytest.fixture(autouse=True)
def _isolated(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home and no trace of the developer's clusters and accounts."""
    for name in personal(os.environ):
        monkeypatch.delenv(name)
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name, value in NO_METADATA_SERVERS.items():
        monkeypatch.setenv(name, value)


def _tool(tool: tools.Tool) -> Path:
    if not OUTSIDE.get(tool.variable) and not tools.runs_here():
        pytest.skip(f"the pinned {tool.name} is for Linux on x86-64; set {tool.variable} to one of yours")
    try:
        return tools.find(tool, OUTSIDE)
    except tools.ToolsMissing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def helm_binary() -> Path:
    """The real Helm 4.3.1, or the one that Z2JH_HELM names."""
    return _tool(tools.HELM)


@pytest.fixture(scope="session")
def kubectl_binary() -> Path:
    """The real kubectl 1.37.1, or the one that Z2JH_KUBECTL names."""
    return _tool(tools.KUBECTL)


def _given(variable: str, what: str) -> Path:
    value = OUTSIDE.get(variable)
    if not value:
        pytest.skip(f"{variable} does not name {what}")
    path = Path(value).absolute()
    if not path.exists():
        pytest.fail(f"{variable} names {path}, which does not exist", pytrace=False)
    return path


@pytest.fixture(scope="session")
def real_chart() -> Path:
    """The published z2jh chart as a .tgz file, if Z2JH_CHART names one."""
    return _given("Z2JH_CHART", "the z2jh chart, a .tgz file")


@pytest.fixture(scope="session")
def helmforge_chart() -> Path:
    """The published HelmForge jupyterhub chart, if Z2JH_HELMFORGE names one."""
    return _given("Z2JH_HELMFORGE", "the HelmForge jupyterhub chart, a .tgz file or a folder")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of real values files, if Z2JH_CORPUS names one."""
    return _given("Z2JH_CORPUS", "a folder of real values files")


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only sleeps turn."""
    return FakeClock()


@pytest.fixture
def journal() -> MemoryJournal:
    """A journal in memory."""
    return MemoryJournal()
