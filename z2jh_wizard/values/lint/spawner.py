"""What students' servers are told: the settings of all, and what profiles change of them; shared by rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, parse_path

_KEYS = {
    "mem_limit": "singleuser.memory.limit",
    "mem_guarantee": "singleuser.memory.guarantee",
    "cpu_limit": "singleuser.cpu.limit",
    "cpu_guarantee": "singleuser.cpu.guarantee",
}
_HELMFORGE = {"mem_limit": "2G", "mem_guarantee": "512M", "cpu_limit": 1, "cpu_guarantee": 0.1}
"""Defaults in values.yaml of the HelmForge chart 1.0.6."""


@dataclass(frozen=True, slots=True)
class Override:
    """A ``kubespawner_override`` of a profile, or of a choice in one."""

    path: Path
    values: Mapping[str, Any]
    below: Mapping[str, Any]
    """What a choice comes on top of: the override of its profile."""
    changed: Counter[str]
    """How many options of the profile change each trait."""
    own: frozenset[str]
    """Traits that the option of this choice changes; none for the profile itself."""

    def get(self, trait: str) -> Any:
        """Return what a student of this profile gets, None when neither it nor its profile says."""
        return self.values.get(trait, self.below.get(trait))

    def alone(self, *traits: str) -> bool:
        """Tell whether no other option of the profile changes any of these, so that the outcome is sure."""
        return all(self.changed[trait] == (trait in self.own) for trait in traits)


def profile_lists(subject: Subject) -> Iterator[tuple[Path, Any]]:
    """Yield the places where profiles stand, with what is there."""
    own = "profiles" if subject.family == "helmforge" else "profileList"
    paths: list[Path] = [("singleuser", own)]
    if hub_config.has_hub_config(subject):
        paths.append(("hub", "config", "KubeSpawner", "profile_list"))
    for path in paths:
        value = subject.get(path)
        if value is not None:
            yield path, value


def profiles(subject: Subject) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every profile that is a map of keys."""
    for path, found in profile_lists(subject):
        for at, profile in enumerate(found if isinstance(found, list) else ()):
            if isinstance(profile, dict):
                yield (*path, at), profile


def overrides(subject: Subject) -> Iterator[Override]:
    """Yield what profiles and their choices change, in file order."""
    for path, profile in profiles(subject):
        own = map_or_empty(profile.get("kubespawner_override"))
        options = map_or_empty(profile.get("profile_options"))
        traits = {name: _changed(option) for name, option in options.items()}
        changed = Counter(trait for some in traits.values() for trait in some)
        yield Override((*path, "kubespawner_override"), own, {}, changed, frozenset())
        for name, option in options.items():
            for inner, choice in _choices(option):
                place = (*path, "profile_options", name, *inner, "kubespawner_override")
                yield Override(
                    place, map_or_empty(choice.get("kubespawner_override")), own, changed, traits[name]
                )


def of_all(subject: Subject, trait: str) -> tuple[Path | None, Any]:
    """Return where memory or cpu is set for all students, and its value; no path for the chart's default."""
    in_config: Path = ("hub", "config", "KubeSpawner", trait)
    if hub_config.has_hub_config(subject) and subject.has(in_config):
        return in_config, subject.get(in_config)
    path = parse_path(_KEYS[trait])
    if subject.has(path):  # null takes the chart's default away
        return path, _as_written(subject, path, subject.get(path))
    return None, _HELMFORGE[trait] if subject.family == "helmforge" else subject.effective(_KEYS[trait])


def amounts(subject: Subject, kind: str) -> Iterator[tuple[Path, Any]]:
    """Yield every setting of ``memory`` or ``cpu`` that has a value, of all students and of profiles."""
    for path, value in subject.find(f"singleuser.{kind}.*"):
        empty = value is None or (value == "" and subject.family == "helmforge")  # that has a rule of its own
        if path[-1] in ("limit", "guarantee") and not empty:
            yield path, _as_written(subject, path, value)
    traits = (f"{kind[:3]}_limit", f"{kind[:3]}_guarantee")
    for override in overrides(subject):
        for trait in traits:
            value = override.values.get(trait)
            if value is not None and "{" not in str(value):  # {value} is what a student types
                yield (*override.path, trait), value


def set_in_python(subject: Subject, *traits: str) -> bool:
    """Tell whether the hub's Python mentions one of these traits, so that the values do not tell all."""
    code = hub_config.code(subject)
    return bool(code) and re.search(rf"\b(?:{'|'.join(traits)})\b", code) is not None


def map_or_empty(value: Any) -> dict[str, Any]:
    """Return a map as it is, and an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def _as_written(subject: Subject, path: Path, value: Any) -> Any:
    """Return what the hub gets: HelmForge puts memory into quotes, also when it is a number."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if number and subject.family == "helmforge" and path[1] == "memory" else value


def _changed(option: Any) -> frozenset[str]:
    overridden = (map_or_empty(one.get("kubespawner_override")) for _, one in _choices(option))
    return frozenset(trait for one in overridden for trait in one)


def _choices(option: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    body = map_or_empty(option)
    for key, choice in map_or_empty(body.get("choices")).items():
        yield ("choices", key), map_or_empty(choice)
    if "unlisted_choice" in body:
        yield ("unlisted_choice",), map_or_empty(body["unlisted_choice"])
