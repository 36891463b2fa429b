"""Names of container images: the registry, the repository and the tag or digest in them.

Facts: the grammar of references in the OCI distribution specification and Docker's short names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.paths import Path

DOCKER_HUB = "registry-1.docker.io"

_HOST = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?P<repository>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_LONGEST = 512


class Image(msgspec.Struct, frozen=True):
    """An image in a registry; ``reference`` is its digest, else its tag."""

    registry: str
    repository: str
    reference: str


class ImageUse(msgspec.Struct, frozen=True):
    """An image that values name, and the path that names it."""

    path: Path
    name: str
    tag: str

    @property
    def text(self) -> str:
        """The image as a container runtime is told it."""
        return f"{self.name}:{self.tag}" if self.tag else self.name


def parse_image(text: str) -> Image:
    """Read an image as ``docker pull`` does; without a tag it is ``latest``. Raises InvalidInput."""
    first, slash, rest = text.partition("/")
    has_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    match = _IMAGE.fullmatch(rest if has_host else text) if len(text) <= _LONGEST else None
    if match is None or (has_host and not _HOST.fullmatch(first)):
        raise InvalidInput(
            f"{text[:80]!r} is no name of an image",
            "It looks like quay.io/jupyter/scipy-notebook:2026-01-12: registry, repository, tag.",
        )
    registry, repository = first if has_host else DOCKER_HUB, match["repository"]
    if registry in ("docker.io", "index.docker.io"):
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return Image(registry, repository, match["digest"] or match["tag"] or "latest")


def images_in(values: dict[str, Any]) -> Iterator[ImageUse]:
    """Yield the students' images: the main one, those of profiles and their choices, and pulled ones."""
    single = _map(values.get("singleuser"))
    yield from _named(("singleuser", "image"), single.get("image"))
    for key in ("profileList", "profiles"):
        profiles = single.get(key)
        for at, profile in enumerate(profiles if isinstance(profiles, list) else ()):
            yield from _in_profile(("singleuser", key, at), _map(profile))
    for name, image in _map(_map(values.get("prePuller")).get("extraImages")).items():
        yield from _named(("prePuller", "extraImages", name), image)


def _in_profile(path: Path, profile: dict[str, Any]) -> Iterator[ImageUse]:
    yield from _overridden(path, profile)
    for name, option in _map(profile.get("profile_options")).items():
        for key, choice in _map(_map(option).get("choices")).items():
            yield from _overridden((*path, "profile_options", name, "choices", key), _map(choice))


def _overridden(path: Path, holder: dict[str, Any]) -> Iterator[ImageUse]:
    image = _map(holder.get("kubespawner_override")).get("image")
    if isinstance(image, str) and image and "{" not in image:
        yield ImageUse((*path, "kubespawner_override", "image"), image, "")


def _named(path: Path, image: Any) -> Iterator[ImageUse]:
    name, tag = _map(image).get("name"), _map(image).get("tag")
    if isinstance(name, str) and name and isinstance(tag, str) and tag:
        yield ImageUse((*path, "name"), name, tag)


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
