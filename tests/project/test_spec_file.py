"""z2jh.yaml: what is read, and what is refused with which words."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import SCHEMA_VERSION, Chart, ClusterSpec, Pool, Spec, Workshop
from z2jh_wizard.project import spec_file

GOOD = f"schema_version: {SCHEMA_VERSION}\nproject_id: 0123456789ab\nprovider: practice\n"

SPEC = Spec(1, "0123456789ab", "existing", release="bio101", namespace="bio101")

names = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)


@given(
    names,
    st.builds(Chart, name=texts, version=st.just("4.4.0"), path=texts),
    st.dictionaries(names, st.builds(Pool, nodes=st.integers(0, 1000), machine=texts), max_size=3),
    st.builds(ClusterSpec, name=texts, context=texts, uid=texts),
    st.builds(Workshop, start=texts, students=st.integers(0, 500)),
)
def test_what_is_written_is_read_back(release, chart, pools, cluster, workshop):
    spec = Spec(
        schema_version=SCHEMA_VERSION,
        project_id="0123456789ab",
        provider="gke",
        release=release,
        namespace=release,
        chart=chart,
        pools=pools,
        cluster=cluster,
        workshop=workshop,
    )
    text = spec_file.dump(spec).decode()
    assert spec_file.load(text) == spec
    small = msgspec.structs.replace(SPEC, provider="gke", pools={"on": Pool(machine="1e3")})
    after = spec_file.dump(small, text).decode()
    assert spec_file.load(after) == small
    assert spec_file.load(spec_file.dump(spec, after).decode()) == spec


def test_an_unknown_key_gets_a_suggestion():
    with pytest.raises(InvalidInput, match="did you mean release"):
        spec_file.load(GOOD + "relase: x\n")


def test_an_unknown_key_inside_a_group_names_the_group():
    with pytest.raises(InvalidInput, match="under chart"):
        spec_file.load(GOOD + "chart: {versoin: 4.4.0}\n")


def test_a_newer_schema_is_refused_and_says_how_to_update():
    with pytest.raises(Refused, match="pip install --upgrade"):
        spec_file.load(GOOD.replace(f"schema_version: {SCHEMA_VERSION}", "schema_version: 99"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1\n", "Line"),
        ("- 1\n- 2\n", "shape"),
        ("a: 1\n---\nb: 2\n", "several documents"),
        (GOOD + "provider: gke\n", "twice"),
        (GOOD.replace("practice", "moon"), "moon"),
        (GOOD.replace("0123456789ab", "XYZ"), "12 hex digits"),
        ("schema_version: 1\n", "project_id"),
        ("a: !!python/object/apply:os.system [ls]\n", "YAML"),
        ("a: &a [x]\n" + "b: [" + "*a, " * 200 + "]\n", "aliases"),
        ("a: " + "[" * 200 + "]" * 200 + "\n", "nesting"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_sentence(text, says):
    with pytest.raises(InvalidInput) as error:
        spec_file.load(text)
    assert says in str(error.value)


@given(st.text(max_size=200))
def test_no_text_at_all_makes_the_reader_fail_otherwise(text):
    with contextlib.suppress(InvalidInput, Refused):
        spec_file.load(text)


def test_comments_and_order_of_a_person_survive_a_change():
    before = (
        "# ours\nrelease: bio101  # the course\nschema_version: 1\nproject_id: '0123456789ab'\n"
        "\n# where\nprovider: existing\nnamespace: bio101\nworkshop:\n  students: 20 # about\n"
    )
    assert spec_file.load(before).workshop.students == 20
    changed = msgspec.structs.replace(spec_file.load(before), account="uni", workshop=Workshop(students=25))
    after = spec_file.dump(changed, before).decode()
    assert after == before.replace("20 #", "25 #") + "account: uni\n"
    back = msgspec.structs.replace(changed, account="", workshop=Workshop(students=20))
    assert spec_file.dump(back, after).decode() == before


@pytest.mark.parametrize(
    "word", ["on", "no", "0123", "1e3", "null", "2026-01-01", "~", "12:30:45", "- a", "a: b"]
)
def test_words_of_yaml_stay_words(word):
    spec = msgspec.structs.replace(SPEC, account=word)
    assert spec_file.load(spec_file.dump(spec).decode()).account == word
    assert spec_file.load(spec_file.dump(spec, spec_file.dump(SPEC).decode()).decode()).account == word


def test_a_text_that_the_two_readers_understand_differently_is_written_anew():
    before = spec_file.dump(SPEC).decode().replace("provider: existing", "provider: existing\naccount: on")
    spec = msgspec.structs.replace(SPEC, account="on", region="x")
    assert spec_file.load(spec_file.dump(spec, before).decode()) == spec
