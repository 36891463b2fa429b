"""The catalogue of chart versions: order, generations, and what is known to be unsafe."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import CHART_VERSION, HELMFORGE_VERSION
from z2jh_wizard.values import charts
from z2jh_wizard.values.charts import Generation, Standing

RELEASES = [release.version for release in charts.chart_versions()]
small = st.integers(0, 40)
versions = st.builds("{}.{}.{}".format, small, small, small)
suffixes = st.sampled_from(["-alpha.1", "-beta.3", "-beta.3.n007.hb3", "-0.dev.git.7075.h1a2b", "-e686432"])


def test_releases_stand_in_the_order_of_their_versions():
    assert sorted(RELEASES, key=charts.sort_key) == RELEASES
    assert RELEASES[0] == "v0.4"
    assert charts.newest().version == CHART_VERSION
    assert charts.newest("helmforge").version == HELMFORGE_VERSION


@pytest.mark.parametrize("release", charts.chart_versions(), ids=lambda release: release.version)
def test_each_release_says_what_is_inside_and_what_it_needs(release):
    assert charts.sort_key(release.jupyterhub)
    assert datetime.date.fromisoformat(release.released) <= datetime.date.fromisoformat(charts.as_of())
    assert release.kubernetes.startswith("1.")
    assert release.helm_2_only == (charts.sort_key(release.version) < charts.sort_key("0.9.0"))
    assert release.helm


@given(versions, suffixes)
def test_a_pre_release_is_older_than_its_release_and_of_the_same_generation(version, suffix):
    early = version + suffix
    assert charts.sort_key(early) < charts.sort_key(version)
    assert charts.generation_of(early).generation is charts.generation_of(version).generation


@given(versions)
def test_a_leading_v_makes_no_difference(version):
    assert charts.sort_key(f"v{version}") == charts.sort_key(version)
    assert charts.generation_of(f"v{version}").generation is charts.generation_of(version).generation


@given(versions, versions)
def test_a_newer_version_is_never_of_an_older_generation(one, other):
    older, newer = sorted((one, other), key=charts.sort_key)
    order = charts.generations()
    assert order.index(charts.generation_of(older).generation) <= order.index(
        charts.generation_of(newer).generation
    )


@given(versions)
def test_the_generation_holds_the_version_and_only_releases_are_known(version):
    placed = charts.generation_of(version)
    key, first = charts.sort_key(version), charts.sort_key(placed.generation.first)
    later = placed.generation.next
    assert key >= first or placed.standing is Standing.OLDER
    assert later is None or key < charts.sort_key(later.first)
    assert (placed.standing is Standing.RELEASED) == (charts.find(version) is not None)
    assert bool(placed.note) == (placed.standing is not Standing.RELEASED)


@pytest.mark.parametrize(
    ("version", "generation", "standing"),
    [
        ("v0.3.1", Generation.Z2JH_0_4, Standing.OLDER),
        ("v0.4", Generation.Z2JH_0_4, Standing.RELEASED),
        ("v0.6", Generation.Z2JH_0_4, Standing.RELEASED),
        ("v0.7-e686432", Generation.Z2JH_0_7, Standing.BETWEEN),
        ("0.8.2", Generation.Z2JH_0_7, Standing.RELEASED),
        ("0.9.0-beta.3.n007", Generation.Z2JH_0_9, Standing.BETWEEN),
        ("0.11.1", Generation.Z2JH_0_9, Standing.RELEASED),
        ("1.0.0-beta.1", Generation.Z2JH_1, Standing.BETWEEN),
        ("3.3.8", Generation.Z2JH_1, Standing.RELEASED),
        ("4.0.0-beta.4", Generation.Z2JH_4, Standing.BETWEEN),
        ("4.4.0", Generation.Z2JH_4, Standing.RELEASED),
        ("4.4.1-0.dev.git.1", Generation.Z2JH_4, Standing.NEWER),
        ("17.0.0", Generation.Z2JH_4, Standing.NEWER),
    ],
)
def test_generations_by_example(version, generation, standing):
    placed = charts.generation_of(version)
    assert (placed.generation, placed.standing) == (generation, standing)


def test_a_newer_version_says_that_its_keys_may_not_be_known():
    note = charts.generation_of("5.0.0").note
    assert "5.0.0 is newer than 4.4.0" in note
    assert charts.as_of() in note


@given(versions)
def test_helmforge_versions_never_meet_the_generations_of_the_other_chart(version):
    placed = charts.generation_of(version, "helmforge")
    assert placed.generation is Generation.HELMFORGE_1
    assert (placed.standing is Standing.RELEASED) == (version == "1.0.6")
    assert placed.standing is Standing.RELEASED or "HelmForge" in placed.note


@pytest.mark.parametrize("text", ["", "latest", "4", "4.x", "daskhub-4.5.6", "4.4.0 ", "4.4.0\n"])
def test_what_is_no_version_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput) as refused:
        charts.generation_of(text)
    assert "4.4.0" in refused.value.problem.next_step


def test_a_release_is_found_however_it_is_written():
    assert charts.find("0.6.0") is charts.find("v0.6") is not None
    assert charts.find("4.4.0-beta.1") is None
    assert charts.find("4.4.0", "helmforge") is None


def holes(version, family="z2jh"):
    return {exposure.advisory.id for exposure in charts.advisories(version, family)}


@pytest.mark.parametrize(
    ("version", "there", "not_there"),
    [
        ("0.9.1", "CVE-2021-41194", "CVE-2020-26250"),
        ("0.10.0", "CVE-2020-26250", "CVE-2020-15110"),
        ("0.10.5", "CVE-2020-26250", "CVE-2020-36191"),
        ("0.10.6", "CVE-2022-31027", "CVE-2020-26250"),
        ("3.3.7", "CVE-2024-41942", "CVE-2024-28233"),
        ("4.3.5", "GHSA-p43p-whwx-q52h", "CVE-2026-40864"),
        ("4.4.0", "GHSA-c4gm-pwx9-9w8j", "GHSA-p43p-whwx-q52h"),
    ],
)
def test_known_holes_by_example(version, there, not_there):
    assert there in holes(version)
    assert not_there not in holes(version)


@pytest.mark.parametrize(
    ("version", "count"),
    [("v0.4", 8), ("0.9.0", 12), ("1.2.0", 8), ("3.0.0", 9), ("4.3.2", 7), ("4.3.3", 4), ("4.4.0", 2)],
)
def test_counts_of_known_holes_as_the_changelogs_say(version, count):
    assert len(holes(version)) == count


def test_every_advisory_begins_and_ends_at_releases():
    ends = {exposure.advisory for version in RELEASES for exposure in charts.advisories(version)}
    assert len(ends) == 18
    for advisory in ends:
        assert charts.find(advisory.affects_from)
        assert advisory.mended_in is None or charts.find(advisory.mended_in)
        assert advisory.id not in (holes(advisory.mended_in) if advisory.mended_in else ())
        assert advisory.id in holes(advisory.affects_from)


def test_a_hole_names_the_version_that_mends_it_or_says_that_none_does():
    sentences = {exposure.advisory.id: exposure.sentence for exposure in charts.advisories("4.3.5")}
    assert sentences["GHSA-p43p-whwx-q52h"].endswith("mended in 4.4.0.")
    assert "no version known on" in sentences["GHSA-c4gm-pwx9-9w8j"]
    assert "jupyterhub 5.5.1" in sentences["GHSA-c4gm-pwx9-9w8j"]


@pytest.mark.parametrize("version", ["4.4.1", "4.4.0-beta.1", "4.0.0-beta.1"])
def test_holes_of_versions_that_are_no_known_release_are_only_possible(version):
    found = charts.advisories(version)
    assert found
    assert all("may have" in exposure.sentence for exposure in found)


def test_helmforge_has_the_holes_of_its_hub_image():
    assert holes("1.0.6", "helmforge") == holes("4.3.5")
    assert any("hub image 4.4.0" in one.sentence for one in charts.advisories("1.0.6", "helmforge"))
    assert all("may have" in one.sentence for one in charts.advisories("1.1.0", "helmforge"))


def test_the_safer_release_has_fewer_holes():
    assert charts.safer_release("4.4.0") is None
    assert charts.safer_release("9.9.9") is None
    for version in RELEASES[:-1]:
        safer = charts.safer_release(version)
        assert safer is not None
        assert len(holes(safer.version)) < len(holes(version))
