"""A chart from a repository, fetched by the real Helm: checked, kept apart, and good without a network."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helm.conftest import write_chart
from tests.support.repository import ChartRepository
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import Kind, State
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.charts import cached_chart
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.steps.chart import GetChart
from z2jh_wizard.helm.arguments import ChartSource
from z2jh_wizard.project.folder import create_project

CHECKED = "its SHA-256 is the one that the repository publishes"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., ChartRepository]]:
    """Make repositories that serve the tiny chart with a message of their own."""
    with contextlib.ExitStack() as running:

        def make(name: str, says: str = "hello", **entry: object) -> ChartRepository:
            chart = write_chart(tmp_path / f"{name}-chart")
            values = chart / "values.yaml"
            values.write_text(values.read_text().replace("hello", says))
            repository = ChartRepository(tmp_path / name)
            repository.add(chart, **entry)
            return running.enter_context(repository.running())

        yield make


@pytest.fixture
def hub_of(tmp_path, helm_binary, monkeypatch):
    """Make the Helm and the chart step of a project that takes the tiny chart from a repository."""
    monkeypatch.setenv("PATH", f"{helm_binary.parent}{os.pathsep}{os.environ['PATH']}")

    def make(url: str) -> tuple[HubHelm, GetChart]:
        chart = Chart(name="tiny", version="0.1.0", repository=url)
        folder = tmp_path / f"hub-{url.rpartition(':')[2]}"
        project = create_project(folder, "practice", chart=chart, release="bio101")
        hub = adapters_for(project, Redactor()).helm
        return hub, GetChart(project, hub)

    return make


def cached() -> list[Path]:
    """Return what the cache keeps, whatever its name."""
    folder = cached_chart(ChartSource("tiny")).parent
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_chart_is_fetched_checked_and_kept(served, hub_of, session_of):
    repository = served("one")
    hub, step = hub_of(repository.url)
    assert (await step.look()).detail == "tiny 0.1.0 is not on this computer yet"
    session = session_of(step)
    assert (await session.run()).code is ExitCode.DONE
    assert CHECKED in [event.text for event in session.events if event.kind is Kind.LINE]
    assert [str(path) for path in cached()] == [str(hub.local_chart())]
    assert hub.chart_version() == "0.1.0"
    asked = len(repository.asked)
    assert (await hub.default_values())["msg"] == "hello"
    assert b'"object"' in (await hub.schema() or b"")
    assert "bio101-cm" in await hub.render()
    assert len(repository.asked) == asked, "the chart in the cache is used"


async def test_one_name_and_version_in_two_repositories_are_two_charts(served, hub_of, session_of):
    for name, says in (("one", "from-one"), ("two", "from-two")):
        hub, step = hub_of(served(name, says).url)
        assert hub.local_chart() is None
        assert (await session_of(step).run()).code is ExitCode.DONE
        assert (await hub.default_values())["msg"] == says
    assert len(cached()) == 2


async def test_a_kept_chart_works_without_the_repository_and_says_so(served, hub_of, session_of, tmp_path):
    repository = ChartRepository(tmp_path / "brief")
    repository.add(write_chart(tmp_path / "tiny"))
    hub, step = hub_of(repository.url)
    with repository.running():
        assert (await session_of(step).run()).code is ExitCode.DONE
    session = session_of(step)
    assert (await session.run()).code is ExitCode.DONE
    assert [(event.state, event.text) for event in session.events] == [
        (State.ALREADY, "tiny 0.1.0 (JupyterHub 9.9), kept on this computer")
    ]
    assert "bio101-cm" in await hub.render()


async def test_a_repository_out_of_reach_is_told_in_words(hub_of, session_of, tmp_path):
    closed = ChartRepository(tmp_path / "closed")
    with closed.running():
        pass
    _hub, step = hub_of(closed.url)
    outcome = await session_of(step).run()
    assert outcome.code is ExitCode.COULD_NOT_LOOK
    assert outcome.problem.title == "The chart repository cannot be reached"
    assert closed.url in outcome.problem.happened
    assert outcome.problem.still_works
    assert ".tgz" in outcome.problem.next_step
    assert cached() == []


async def test_a_chart_that_is_not_the_published_one_is_thrown_away(served, hub_of, session_of):
    _hub, step = hub_of(served("one", digest="0" * 64).url)
    outcome = await session_of(step).run()
    assert outcome.code is ExitCode.FAILED
    assert outcome.problem.title == "The downloaded chart is not the published one"
    assert "0" * 64 in outcome.problem.happened
    assert cached() == []


async def test_an_index_without_a_digest_is_used_and_nothing_is_claimed(served, hub_of, session_of):
    hub, step = hub_of(served("one", digest="").url)
    session = session_of(step)
    assert (await session.run()).code is ExitCode.DONE
    assert hub.local_chart()
    assert CHECKED not in [event.text for event in session.events]


async def test_a_sign_in_page_in_place_of_the_chart_is_not_kept(hub_of, session_of, tmp_path):
    repository = ChartRepository(tmp_path / "hotel")
    repository.add(write_chart(tmp_path / "tiny"), digest="").write_text("<html>Welcome to the hotel</html>")
    with repository.running():
        _hub, step = hub_of(repository.url)
        outcome = await session_of(step).run()
    assert outcome.code is not ExitCode.DONE
    assert outcome.problem.next_step or outcome.problem.happened
    assert cached() == []


_WORDS = st.text(st.sampled_from("ab/.\n\0 é-") | st.characters(), max_size=300)
_SOURCES = st.builds(ChartSource, _WORDS, _WORDS.map(lambda text: text.rstrip("/")), _WORDS)


@given(_SOURCES, _SOURCES)
def test_two_charts_never_share_a_place_in_the_cache(one, other):
    assert (cached_chart(one) == cached_chart(other)) is (one == other)
    assert cached_chart(one).parent == cached_chart(ChartSource("tiny")).parent
    assert len(os.fsencode(cached_chart(one).name)) < 128
    assert "\0" not in str(cached_chart(one))


def test_a_slash_at_the_end_makes_no_other_repository():
    urls = ("https://hub.example.org/charts", "https://hub.example.org/charts/")
    assert len({cached_chart(ChartSource("tiny", url, "1.0.0")) for url in urls}) == 1
