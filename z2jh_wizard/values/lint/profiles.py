"""Rules about profiles, the choices that students have before their server starts.

Facts: KubeSpawner 7.0, tried; what a profile overrides are traits of KubeSpawner, not keys of the chart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from z2jh_wizard.values import traits
from z2jh_wizard.values.lint import hub_config, spawner
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity, Unset
from z2jh_wizard.values.lint.refused import REFUSED, refused_paths
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.spawner import Override
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.traits import Effect

_PROFILES = "singleuser.profileList"
_NO_TRAITS = frozenset(("pod_name", "pvc_name", "dns_name", "image_spec", "name"))
"""Attributes of the spawner that can be overridden though they are no settings."""

_ALIKE = 0.8
"""How much of two names must agree, of 1, for one to be a slip of the other."""


@rule("profile-dict", Severity.ERROR, "A profile without a name, or profiles that are no list", _PROFILES)
def profile_dict(subject: Subject) -> Iterator[Problem]:
    """Each profile is an item of a list and has a ``display_name``."""
    for path, found in spawner.profile_lists(subject):
        if not isinstance(found, list):
            items = list(found.values()) if isinstance(found, dict) else []
            named = bool(items) and all(isinstance(one, dict) and "display_name" in one for one in items)
            result = REFUSED if path in refused_paths(subject) else "no server starts"
            yield Problem(
                path,
                f"The profiles are no list: {result}.",
                Fix("Write each profile after a dash.", (Set(path, items),) if named else ()),
            )
            continue
        for at, profile in enumerate(found):
            if not _named(profile):
                yield Problem(
                    (*path, at),
                    "This profile has no display_name that is a text: the page to start a server fails.",
                    Fix('Write display_name: "..." as its first key.'),
                )
    yield from _empty(subject)


def _named(profile: Any) -> bool:
    """Tell whether KubeSpawner finds a name, from which it also makes a slug when there is none."""
    if not isinstance(profile, dict) or "display_name" not in profile:
        return False
    return "slug" in profile or isinstance(profile["display_name"], str)


def _empty(subject: Subject) -> Iterator[Problem]:
    """Yield the sections of profiles that KubeSpawner wants to be maps."""
    places = [one.path for one in spawner.overrides(subject)]
    places += [(*path, "profile_options") for path, _ in spawner.profiles(subject)]
    for path in places:
        value = subject.get(path)
        if subject.has(path) and not isinstance(value, dict):
            what = "has nothing below it" if value is None else "is no map of keys"
            yield Problem(
                path,
                f"{path[-1]} {what}: no server of this profile starts.",
                Fix("Take the line away, or write keys below it.", (Unset(path),) if value is None else ()),
            )


@rule("profile-twice", Severity.WARNING, "Two profiles of one name, or two that are the default", _PROFILES)
def profile_twice(subject: Subject) -> Iterator[Problem]:
    """The first of two wins: students cannot choose the other, or get another than they are shown."""
    seen: dict[Path, Counter[str]] = {}
    for path, profile in spawner.profiles(subject):
        counts = seen.setdefault(path[:-1], Counter())
        name, slug = profile.get("display_name"), profile.get("slug")
        word = slug if isinstance(slug, str) else name
        if isinstance(word, str):
            counts[f"is {word}"] += 1
            if counts[f"is {word}"] == 2:
                key = "slug" if isinstance(slug, str) else "display_name"
                yield Problem(
                    (*path, key),
                    f"Two profiles have the {key} {subject.quote(path, word)}: the second cannot be chosen.",
                    Fix(f"Give it another {key}."),
                )
        if profile.get("default"):
            counts["default"] += 1
            if counts["default"] == 2:
                yield Problem(
                    (*path, "default"),
                    "Two profiles say that they are the default; the first is used.",
                    Fix("Leave default: true at one of them."),
                )


@rule("profile-camel", Severity.WARNING, "A profile that overrides what the spawner does not have", _PROFILES)
def profile_camel(subject: Subject) -> Iterator[Problem]:
    """Keys of kubespawner_override are traits of KubeSpawner: mem_limit, not memory.limit."""
    known = traits.traits_of("KubeSpawner")
    if "spawner_class" in hub_config.code(subject) or subject.has("hub.config.JupyterHub.spawner_class"):
        return
    for one in spawner.overrides(subject):
        for name, value in one.values.items():
            if value is None or name in known or name in _NO_TRAITS:
                continue
            old = traits.old_name("KubeSpawner", name)
            if old is None or old.effect is not Effect.WORKS:
                yield _unknown(subject, one, name, value)


@rule("profile-image", Severity.ERROR, "The image of a profile as name and tag", _PROFILES)
def profile_image(subject: Subject) -> Iterator[Problem]:
    """The spawner takes an image as one text, unlike the chart."""
    for one in spawner.overrides(subject):
        image = one.values.get("image")
        if image is None or isinstance(image, str):
            continue
        path: Path = (*one.path, "image")
        parts = spawner.map_or_empty(image)
        name, tag = parts.get("name"), parts.get("tag")
        sure = isinstance(name, str) and isinstance(tag, str) and not parts.keys() - {"name", "tag"}
        yield Problem(
            path,
            "The image of a profile is one text; with this no server of it starts.",
            Fix("Write image: name:tag on one line.", (Set(path, f"{name}:{tag}"),) if sure else ()),
        )


def _unknown(subject: Subject, one: Override, name: str, value: Any) -> Problem:
    path: Path = (*one.path, name)
    meant = _meant(name, value)
    fix = Fix("Write the name of a KubeSpawner setting, such as mem_limit.")
    if meant:
        sure = len(meant) == 1 and not isinstance(value, dict) and meant[0] not in one.values
        fix = Fix(f"Write {' and '.join(meant)}.", (Move(path, (*one.path, meant[0])),) if sure else ())
    elif near := get_close_matches(name, traits.traits_of("KubeSpawner"), 1, _ALIKE):
        fix = Fix(f"Write {near[0]} if that is meant.")
    message = f"KubeSpawner has no setting {name}, so this does nothing."
    if isinstance(value, dict) and hub_config.is_exact(subject):
        message = f"KubeSpawner has no setting {name}, and no server of this profile starts."
        return Problem(path, message, fix, severity=Severity.ERROR)
    return Problem(path, message, fix)


def _meant(name: str, value: Any) -> tuple[str, ...]:
    """Return the traits that a wrong key was meant to be: in snake_case, or by the chart's own key."""
    by_key = traits.by_chart_key()
    keys = [f"singleuser.{name}", *(f"singleuser.{name}.{inner}" for inner in spawner.map_or_empty(value))]
    found = tuple(dict.fromkeys(by_key[key].name for key in keys if key in by_key))
    snake = re.sub("([A-Z])", r"_\1", name).lower()
    return found or (snake,) * (snake in traits.traits_of("KubeSpawner"))


RULES: tuple[Rule, ...] = (profile_dict, profile_twice, profile_camel, profile_image)
