"""Image: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, ShownIf, TopicPage
from z2jh_wizard.values.topics.blocks import PULL_POLICIES

PRIVATE = ShownIf("image.registry-create", (True,))

TOPIC = TopicPage(
    "image",
    "Image",
    "What students find installed: the same container image for everybody, pinned to a version.",
    GUIDE + "jupyterhub/customizing/user-environment.html",
    (
        Field(
            "image.name",
            "singleuser.image.name",
            Kind.IMAGE,
            "The container image that every student server starts from: Python, packages and Jupyter.",
            Level.EVERYDAY,
            example="quay.io/jupyter/scipy-notebook",
            label="Image",
        ),
        Field(
            "image.tag",
            "singleuser.image.tag",
            Kind.TEXT,
            "The version of that image; a fixed date keeps the whole term the same, latest does not.",
            Level.EVERYDAY,
            example="2026-07-28",
        ),
        Field(
            "image.pull-policy",
            "singleuser.image.pullPolicy",
            Kind.CHOICE,
            "When a node fetches the image again; with a fixed tag leave it alone.",
            Level.OFTEN,
            choices=PULL_POLICIES,
        ),
        Field(
            "image.pull-secrets",
            "singleuser.image.pullSecrets",
            Kind.NAMES,
            "Names of Kubernetes Secrets that may fetch this image from a private registry.",
            Level.OFTEN,
        ),
        Field(
            "image.registry",
            "imagePullSecret.registry",
            Kind.TEXT,
            "The registry that your private image is kept in.",
            Level.OFTEN,
            example="ghcr.io",
            shown_if=PRIVATE,
        ),
        Field(
            "image.registry-user",
            "imagePullSecret.username",
            Kind.TEXT,
            "The account that may read from the private registry.",
            Level.OFTEN,
            shown_if=PRIVATE,
        ),
        Field(
            "image.registry-password",
            "imagePullSecret.password",
            Kind.SECRET,
            "The password or, better, a read-only token of that account.",
            Level.OFTEN,
            shown_if=PRIVATE,
        ),
        Field(
            "image.registry-email",
            "imagePullSecret.email",
            Kind.EMAIL,
            "The e-mail address of that account, which only a few registries ask for.",
            shown_if=PRIVATE,
        ),
        Field(
            "image.registry-create",
            "imagePullSecret.create",
            Kind.SWITCH,
            "Makes a pull secret from the account below, for images that are not public.",
            Level.OFTEN,
            label="Log in to a registry",
        ),
        Field(
            "image.registry-everywhere",
            "imagePullSecret.automaticReferenceInjection",
            Kind.SWITCH,
            "Hands the pull secret to all pods of the hub, so that nothing else needs to name it.",
        ),
        Field(
            "image.all-pull-secrets",
            "imagePullSecrets",
            Kind.NAMES,
            "Pull secrets that exist already, for every pod of the chart.",
        ),
    ),
)
