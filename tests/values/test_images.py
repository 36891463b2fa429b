"""Names of images, and the images that values name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.images import DOCKER_HUB, Image, images_in, parse_image


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("ubuntu", Image(DOCKER_HUB, "library/ubuntu", "latest")),
        ("docker.io/ubuntu:22.04", Image(DOCKER_HUB, "library/ubuntu", "22.04")),
        ("jupyter/scipy-notebook:abc", Image(DOCKER_HUB, "jupyter/scipy-notebook", "abc")),
        ("quay.io/jupyter/base-notebook:2026-01-12", Image("quay.io", "jupyter/base-notebook", "2026-01-12")),
        ("localhost:5000/a/b", Image("localhost:5000", "a/b", "latest")),
        ("localhost/a", Image("localhost", "a", "latest")),
        (f"gcr.io/p/i:t@sha256:{'a' * 64}", Image("gcr.io", "p/i", f"sha256:{'a' * 64}")),
    ],
)
def test_images_are_read_as_docker_reads_them(text: str, image: Image):
    assert parse_image(text) == image


@pytest.mark.parametrize(
    "text", ["", "A/B", "a b", "a:", "a@sha256:1", "-a", "a//b", "x" * 600, "http://a/b", "a.b/"]
)
def test_what_is_no_image_is_refused(text: str):
    with pytest.raises(InvalidInput, match="no name of an image"):
        parse_image(text)


@given(st.text(max_size=60))
def test_any_text_is_an_image_or_refused(text: str):
    try:
        image = parse_image(text)
    except InvalidInput:
        return
    assert all((image.registry, image.repository, image.reference))
    assert not any(map(str.isspace, f"{image.registry}{image.repository}{image.reference}"))


def test_all_places_that_name_an_image_are_found():
    values = {
        "singleuser": {
            "image": {"name": "quay.io/a/b", "tag": "1"},
            "profileList": [
                {"kubespawner_override": {"image": "c/d:2"}},
                {
                    "profile_options": {
                        "image": {"choices": {"r": {"kubespawner_override": {"image": "e/f:3"}}}}
                    }
                },
                {"kubespawner_override": {"image": "templated/{username}"}},
                "odd",
            ],
        },
        "prePuller": {"extraImages": {"more": {"name": "g/h", "tag": "4"}, "half": {"name": "i/j"}}},
    }
    assert [one.text for one in images_in(values)] == ["quay.io/a/b:1", "c/d:2", "e/f:3", "g/h:4"]
    assert list(images_in({"singleuser": None, "prePuller": []})) == []
