"""Checks of what people type: nothing invalid passes, and each answer is a sentence."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core import checks

LABELS = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize("text", ["a", "jhub", "bio-101", "0x", "a" * 53])
def test_good_hub_names(text: str) -> None:
    assert checks.release_name(text) is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "Type a hub name, such as bio101."),
        ("Bio101", "lower-case letters"),
        ("bio_101", "lower-case letters"),
        ("-bio", "starting and ending"),
        ("bio-", "starting and ending"),
        ("bio101\n", "lower-case letters"),
        ("bïo", "lower-case letters"),
        ("٣", "lower-case letters"),
        ("a" * 54, "is 54 characters long; use at most 53."),
    ],
)
def test_bad_hub_names(text: str, hint: str) -> None:
    sentence = checks.release_name(text)
    assert sentence
    assert hint in sentence


def test_a_namespace_may_be_longer_but_never_kubernetes_own() -> None:
    assert checks.namespace("n" * 63) is None
    assert "use at most 63" in (checks.namespace("n" * 64) or "")
    assert "belong to Kubernetes" in (checks.namespace("kube-system") or "")


@given(LABELS)
def test_every_dns_label_is_a_good_name(text: str) -> None:
    assert checks.release_name(text) is None


@given(st.text(max_size=80))
def test_what_passes_is_a_dns_label_and_what_fails_gets_a_sentence(text: str) -> None:
    for check, longest in ((checks.release_name, 53), (checks.namespace, 63)):
        sentence = check(text)
        if sentence is None:
            assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", text)
            assert len(text) <= longest
        else:
            assert sentence.endswith(".")
            assert "\n" not in sentence


@pytest.mark.parametrize("text", ["0", "1", "40", "1000"])
def test_good_numbers_of_nodes(text: str) -> None:
    assert checks.node_count(text) is None


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1001", "ten", "٣", "²", " 3", "3\n", "9" * 5000])
def test_bad_numbers_of_nodes(text: str) -> None:
    assert checks.node_count(text) == "Type a whole number of nodes, from 0 to 1000."


@pytest.mark.parametrize("text", ["4.4.0", "v0.4", "0.9.0-beta.3", "1.1.3-n410.h7f4b9a", "1.0.0+build.5"])
def test_good_versions(text: str) -> None:
    assert checks.version(text) is None


@pytest.mark.parametrize("text", ["", "4", "latest", "4.4.0 ", "04.1.0", "4.4.0.1", ">=1"])
def test_bad_versions(text: str) -> None:
    assert checks.version(text) == "Type a version such as 4.4.0."
    with pytest.raises(ValueError, match="not a version"):
        checks.version_key(text)


def test_versions_sort_as_semantic_versioning_says() -> None:
    ordered = [
        "v0.4", "0.4.1", "0.9.0-beta.2", "0.9.0-beta.10", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1",
        "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0",
        "4.4.0",
    ]  # fmt: skip
    shuffled = random.Random(0).sample(ordered, len(ordered))
    assert sorted(shuffled, key=checks.version_key) == ordered


def test_the_nearest_word_is_suggested() -> None:
    assert checks.did_you_mean("relaese", ["release", "region"]) == " (did you mean release?)"
    assert checks.did_you_mean("xyz", ["release", "region"]) == ""
