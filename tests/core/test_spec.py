"""The project spec: what it holds survives the trip, what cannot be used is said."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.spec import (
    IMMUTABLE,
    PROVIDERS,
    SCHEMA_VERSION,
    Chart,
    ClusterSpec,
    Pool,
    Provider,
    Spec,
    Workshop,
    refused_changes,
)

SMALL = Spec(SCHEMA_VERSION, "0123456789ab", "practice")
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
COUNTS = st.integers(0, 1000)
POOLS = st.builds(Pool, nodes=COUNTS, machine=TEXT, minimum=st.none() | COUNTS, maximum=st.none() | COUNTS)
SPECS = st.builds(
    Spec,
    schema_version=st.just(SCHEMA_VERSION),
    project_id=st.from_regex("[0-9a-f]{12}", fullmatch=True),
    provider=st.sampled_from(PROVIDERS),
    pools=st.dictionaries(TEXT, POOLS, max_size=3),
    cluster=st.builds(ClusterSpec, name=TEXT, context=TEXT),
    chart=st.builds(Chart, family=st.sampled_from(["z2jh", "helmforge"]), version=TEXT),
    workshop=st.builds(Workshop, start=TEXT, students=COUNTS),
    secrets_in_config=st.booleans(),
)


@given(SPECS)
def test_a_spec_survives_the_trip(spec: Spec) -> None:
    assert msgspec.convert(msgspec.to_builtins(spec), Spec) == spec
    assert msgspec.json.decode(msgspec.json.encode(spec), type=Spec) == spec


def test_only_what_was_chosen_is_written() -> None:
    assert msgspec.to_builtins(SMALL) == {
        "schema_version": SCHEMA_VERSION,
        "project_id": "0123456789ab",
        "provider": "practice",
    }


@pytest.mark.parametrize(
    "tree",
    [
        {"provider": "moon"},
        {"relaese": "x"},
        {"pools": {"user": {"size": 3}}},
        {"pools": {"user": {"nodes": "3"}}},
        {"chart": {"family": "other"}},
        {"schema_version": "1"},
    ],
)
def test_unknown_keys_and_wrong_types_are_errors(tree: dict[str, object]) -> None:
    good = {"schema_version": 1, "project_id": "0123456789ab", "provider": "gke"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**good, **tree}, Spec)


def test_a_good_spec_has_no_problems() -> None:
    assert SMALL.problems() == []
    assert msgspec.structs.replace(SMALL, pools={"user": Pool(3)}).problems() == []


def test_each_problem_is_one_sentence_with_its_place() -> None:
    bad = msgspec.structs.replace(
        SMALL,
        project_id="xyz",
        release="Bio 101",
        namespace="kube-system",
        chart=Chart(version="latest"),
        pools={"user": Pool(nodes=-1)},
    )
    places = [sentence.partition(": ")[0] for sentence in bad.problems()]
    assert places == ["release", "namespace", "chart.version", "project_id", "pools.user.nodes"]


def test_a_chart_from_a_path_needs_no_version() -> None:
    assert msgspec.structs.replace(SMALL, chart=Chart(path="chart.tgz", version="")).problems() == []


def test_the_providers_are_the_ones_of_the_type() -> None:
    assert set(PROVIDERS) == set(Provider.__args__)  # type: ignore[attr-defined]
    assert "practice" in PROVIDERS


def test_what_cannot_change_is_refused_with_the_reason() -> None:
    after = msgspec.structs.replace(SMALL, provider="gke", region="europe-west1", release="other")
    sentences = refused_changes(SMALL, after)
    assert len(sentences) == 3
    assert sentences[0] == f"provider cannot change from 'practice' to 'gke': {IMMUTABLE['provider']}."
    assert refused_changes(SMALL, msgspec.structs.replace(SMALL, workshop=Workshop(students=30))) == []


def test_specs_are_values() -> None:
    with pytest.raises(AttributeError):
        SMALL.release = "other"  # type: ignore[misc]
