"""Images that courses start from, each with a tag that does not change.

Facts: README and docs/using/selecting.md of jupyter/docker-stacks at 8209386 (2026-08-08), README, tags and
lock files of pangeo-data/pangeo-docker-images at 2026-01-31, images/singleuser-sample of chart 4.4.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.values import trees
from z2jh_wizard.values.presets import Settings, setting


class CourseImage(msgspec.Struct, frozen=True):
    """An image that exists, and what it is good for."""

    name: str
    tag: str
    when: str
    gitpuller: bool = False
    """Whether nbgitpuller is in it, which fetches course files."""

    @property
    def text(self) -> str:
        """The image as ``docker pull`` is told it."""
        return f"{self.name}:{self.tag}"

    @property
    def title(self) -> str:
        """Its name as people say it: ``scipy-notebook``, ``pangeo/ml-notebook``."""
        return re.sub(r"^quay\.io/jupyter(hub)?/", "", self.name)

    @property
    def settings(self) -> Settings:
        """What makes it the image of every student."""
        return (setting("singleuser.image.name", self.name), setting("singleuser.image.tag", self.tag))


_STACKS: Final = "2026-07-28"
_PANGEO: Final = "2026.01.30"


def _stack(name: str, when: str) -> CourseImage:
    return CourseImage(f"quay.io/jupyter/{name}", _STACKS, when)


COURSE_IMAGES: tuple[CourseImage, ...] = (
    _stack("minimal-notebook", "Python alone, with git and printing to PDF: for first programs."),
    _stack("scipy-notebook", "pandas, matplotlib, scikit-learn: for most courses with data."),
    _stack("datascience-notebook", "Python, R and Julia together: for mixed courses."),
    _stack("r-notebook", "R with the tidyverse: for statistics."),
    _stack("julia-notebook", "Julia with Pluto: for numerical courses."),
    _stack("tensorflow-notebook", "What scipy-notebook has, and TensorFlow."),
    _stack("pytorch-notebook", "What scipy-notebook has, and PyTorch."),
    _stack("pyspark-notebook", "What scipy-notebook has, and Apache Spark."),
    CourseImage(
        "pangeo/pangeo-notebook", _PANGEO, "xarray, dask and maps: for earth science.", gitpuller=True
    ),
    CourseImage(
        "pangeo/pytorch-notebook", _PANGEO, "xarray, dask and maps, and PyTorch for GPUs.", gitpuller=True
    ),
    CourseImage(
        "pangeo/ml-notebook", _PANGEO, "xarray, dask and maps, and TensorFlow for GPUs.", gitpuller=True
    ),
    CourseImage(
        "quay.io/jupyterhub/k8s-singleuser-sample",
        "4.4.0",
        "Plain Python: small and quick to fetch, to try the hub out.",
        gitpuller=True,
    ),
)


def course_image(name: str) -> CourseImage | None:
    """Return the image of this name; None for one that is not in the list."""
    return next((image for image in COURSE_IMAGES if image.name == name), None)


def present_image(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and tag of the image of all students, empty where a file leaves them to the chart."""
    found = (trees.look_up(values, ("singleuser", "image", part)) for part in ("name", "tag"))
    name, tag = ("" if one is trees.MISSING or one is None else str(one) for one in found)
    return name, tag


def has_gitpuller(values: Mapping[str, Any], default: str = "") -> bool | None:
    """Tell whether the image of all students has nbgitpuller; None for an image that is not in the list.

    ``default`` is the name of the chart's own image.
    """
    found = course_image(present_image(values)[0] or default)
    return found.gitpuller if found else None
