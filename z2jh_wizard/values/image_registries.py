"""Registries that images are pushed to: how names look there, and how one signs in.

Facts: the documentation of Artifact Registry, Azure Container Registry, Amazon ECR, Quay, GitHub Packages
and Docker Hub on pushing images; gcr.io was shut down in 2025.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from z2jh_wizard.core.step import Command
from z2jh_wizard.values.images import DOCKER_HUB, parse_image


class Registry(msgspec.Struct, frozen=True):
    """A kind of registry: which hosts are of it, what a name looks like, for which provider it is."""

    id: str
    title: str
    example: str
    host: str
    """A pattern of the host."""
    provider: str = ""


REGISTRIES: Final = (
    Registry(
        "artifact-registry",
        "Google Artifact Registry",
        "europe-west3-docker.pkg.dev/my-project/images/course",
        r"[a-z0-9-]+-docker\.pkg\.dev",
        "gke",
    ),
    Registry("acr", "Azure Container Registry", "myregistry.azurecr.io/course", r"[a-z0-9-]+\.azurecr\.io",
             "aks"),
    Registry(
        "ecr",
        "Amazon ECR",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/course",
        r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?",
        "eks",
    ),
    Registry("quay", "Quay", "quay.io/you/course", r"quay\.io"),
    Registry("ghcr", "GitHub Packages", "ghcr.io/you/course", r"ghcr\.io"),
    Registry("docker-hub", "Docker Hub", "docker.io/you/course", r"registry-1\.docker\.io"),
    Registry("gcr", "Google Container Registry", "", r"(?:[a-z]+\.)?gcr\.io"),
)  # fmt: skip

OTHER: Final = Registry("other", "a registry", "registry.example.org/you/course", "")


def registry_of(image: str) -> Registry:
    """Return the kind of registry of an image; InvalidInput for what is no image."""
    host = parse_image(image).registry
    return next((one for one in REGISTRIES if re.fullmatch(one.host, host)), OTHER)


def examples(provider: str) -> tuple[str, ...]:
    """Return what names look like, the provider's own registry first."""
    own = [one.example for one in REGISTRIES if one.provider == provider]
    return (*own, "quay.io/you/course", "docker.io/you/course")


def login(image: str) -> tuple[Command, ...]:
    """Return what a person types to be let in; passwords go through stdin, never on the command line."""
    host = parse_image(image).registry
    return _LOGIN.get(registry_of(image).id, _docker)(host, image)


def _docker(host: str, _image: str) -> tuple[Command, ...]:
    name = "docker.io" if host == DOCKER_HUB else host
    about = "Put your name; then paste a token, press Enter and Ctrl+D"
    return (Command(("docker", "login", "--username", "YOU", "--password-stdin", name), about),)


def _google(host: str, _image: str) -> tuple[Command, ...]:
    return (Command(("gcloud", "auth", "configure-docker", host), "Lets Docker use your Google account"),)


def _azure(host: str, _image: str) -> tuple[Command, ...]:
    name = host.partition(".")[0]
    return (Command(("az", "acr", "login", "--name", name), "Lets Docker use your Azure account"),)


def _amazon(host: str, image: str) -> tuple[Command, ...]:
    region = host.split(".")[3]
    repository = parse_image(image).repository
    create = ("aws", "ecr", "create-repository", "--repository-name", repository, "--region", region)
    script = (
        f"aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {host}"
    )
    return (Command(create, "Once: Amazon wants it made"), Command(script=script, about="For 12 hours"))


_LOGIN: dict[str, Callable[[str, str], tuple[Command, ...]]] = {
    "artifact-registry": _google,
    "acr": _azure,
    "ecr": _amazon,
}
