"""Rules about the names and tags of images.

Facts: the chart joins name and tag with a colon; KubeSpawner fetches an image only when the node lacks it,
unless it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint import spawner
from z2jh_wizard.values.lint.finding import Edit, Fix, Set, Severity
from z2jh_wizard.values.lint.refused import REFUSED, refused_paths
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_KEYS = ("singleuser.image.name", "singleuser.image.tag", "hub.image.name", "hub.image.tag")
_PULLED = "prePuller.extraImages.*"
_EXACT_TO = 1_000_000
"""Charts without a schema write whole numbers from here on as 1e+06."""


@rule("image-combined", Severity.ERROR, "A tag inside the name of an image", *_KEYS)
def image_combined(subject: Subject) -> Iterator[Problem]:
    """The chart adds the tag again, its own if there is no other."""
    for path, image in _images(subject):
        key = "repository" if "repository" in image else "name"
        text, tag = image.get(key), image.get("tag")
        if not isinstance(text, str) or ":" not in text.rsplit("/", 1)[-1]:
            continue
        name, _, own = text.rpartition(":")
        edits: tuple[Edit, ...] = (Set((*path, key), name),)
        if not tag:
            edits += (Set((*path, "tag"), own),)
        sure = "@" not in text and tag in (None, "", own)
        yield Problem(
            (*path, key),
            "The tag stands in the name, and the chart adds another: there is no such image.",
            Fix(f"Write {key}: {name} and tag: {own}." if sure else "Write the name without a tag, and "
                "the tag below it.", edits if sure else ()),
        )  # fmt: skip


@rule("tag-float", Severity.ERROR, "The tag of an image read as a number", *_KEYS)
def tag_float(subject: Subject) -> Iterator[Problem]:
    """3.10 is the number 3.1 to YAML, and 1e5 is 100000."""
    stopped = refused_paths(subject)
    for path, image in _images(subject):
        value = image.get("tag")
        if value is None or isinstance(value, (str, dict, list)):
            continue
        place: Path = (*path, "tag")
        found = subject.source_of(place).written_at(place)
        text = found.plain if found else None
        changed = text is not None and text != subject.quote(place, value)
        refused = place in stopped
        if not (refused or changed or (not isinstance(value, bool) and abs(value) >= _EXACT_TO)):
            continue
        read = (
            f"{text} is read as {subject.quote(place, value)}" if changed else "The tag is read as a number"
        )
        yield Problem(
            place,
            f"{read}: {REFUSED if refused else 'that is another image, or none'}.",
            Fix("Put the tag in quotes.", (Set(place, text),) if text else ()),
        )


@rule("tag-latest", Severity.WARNING, "The tag latest", "singleuser.image.tag", "singleuser.profileList")
def tag_latest(subject: Subject) -> Iterator[Problem]:
    """Nodes that have an older image keep it, so students' servers differ, and so may next week's."""
    policy = subject.effective("singleuser.image.pullPolicy")
    named = subject.get("singleuser.image.tag") == "latest"
    if named and policy != "Always":
        yield _latest(("singleuser", "image", "tag"))
    for one in spawner.overrides(subject):
        image = one.values.get("image")
        if not isinstance(image, str) or "{" in image or "@" in image or not image:
            continue
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if tag in ("", "latest") and (one.get("image_pull_policy") or policy) != "Always":
            yield _latest((*one.path, "image"))


def _latest(path: Path) -> Problem:
    return Problem(
        path,
        "latest is whatever a node has already or finds on that day: students may get different images.",
        Fix("Write the tag of a certain day or version."),
    )


def _images(subject: Subject) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the images that are a name and a tag."""
    keys = [key.rpartition(".")[0] for key in paths_at(subject.version, subject.family)
            if key.endswith((".image.name", ".image.repository"))]  # fmt: skip
    for key in (*keys, _PULLED):
        for path, image in subject.find(key):
            if isinstance(image, dict):
                yield path, image


RULES: tuple[Rule, ...] = (image_combined, tag_float, tag_latest)
