"""The menu that students choose from before their server starts, ``singleuser.profileList`` in most charts.

Facts: ``KubeSpawner.profile_list`` of KubeSpawner 7; ``profile_options`` from chart 2.0, ``unlisted_choice``
from chart 3.1 on. HelmForge takes the same list as ``singleuser.profiles``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.course_images import CourseImage
from z2jh_wizard.values.presets import SIZES, Preset, Setting, Settings, setting

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

OVERRIDES: Final[Mapping[str, str]] = {
    "singleuser.memory.guarantee": "mem_guarantee",
    "singleuser.memory.limit": "mem_limit",
    "singleuser.cpu.guarantee": "cpu_guarantee",
    "singleuser.cpu.limit": "cpu_limit",
    "singleuser.defaultUrl": "default_url",
}
"""What KubeSpawner calls the settings that an entry may change."""

PLACES: Final[Mapping[Family, str]] = {
    "z2jh": "singleuser.profileList",
    "helmforge": "singleuser.profiles",
}
"""Where each chart keeps the menu."""


class OptionChoice(msgspec.Struct, frozen=True):
    """One line of a menu inside of an entry."""

    id: str
    title: str
    override: Mapping[str, Any]


class Unlisted(msgspec.Struct, frozen=True):
    """That students may type a value of their own; ``pattern`` is a regular expression that it must fit."""

    title: str
    trait: str
    pattern: str
    message: str


class Option(msgspec.Struct, frozen=True):
    """A menu inside of an entry; its first choice is taken when nobody chooses."""

    id: str
    title: str
    choices: tuple[OptionChoice, ...]
    unlisted: Unlisted | None = None


class Profile(msgspec.Struct, frozen=True):
    """One entry of the menu."""

    title: str
    slug: str
    """A short name that never changes, as links and the hub's database keep it."""
    description: str = ""
    default: bool = False
    image: CourseImage | None = None
    override: Mapping[str, Any] = {}
    """Traits of KubeSpawner that the entry changes."""
    options: tuple[Option, ...] = ()


def override_of(settings: Iterable[Setting]) -> dict[str, Any]:
    """Return settings of all students, such as those of a size, as KubeSpawner's traits for an entry."""
    return {OVERRIDES[".".join(map(str, one.path))]: one.value for one in settings}


def size_option(sizes: Sequence[Preset] = SIZES) -> Option:
    """Return a menu of memory and CPU."""
    choices = tuple(
        OptionChoice(_numbered(at, size.id), size.title, override_of(size.settings))
        for at, size in enumerate(sizes)
    )
    return Option("size", "Size", choices)


def image_option(images: Sequence[CourseImage], *, free: bool = False) -> Option:
    """Return a menu of images; ``free`` lets students name another one, with its tag."""
    unlisted = Unlisted(
        "Another image", "image", r"^.+:.+$", "Write name and tag, such as org/course:2026-07-28."
    )
    return Option(
        "image",
        "Image",
        tuple(
            OptionChoice(_numbered(at, slug_from(image.title)), image.title, {"image": image.text})
            for at, image in enumerate(images)
        ),
        unlisted if free else None,
    )


def profile_list(profiles: Sequence[Profile], family: Family = "z2jh") -> Settings:
    """Return the menu as a setting of a chart; the first entry is the default when none is.

    Raises InvalidInput for no entries, slugs that are odd or there twice, several defaults, and empty menus.
    """
    _check(profiles)
    chosen = any(profile.default for profile in profiles)
    entries = [
        written_profile(one, default=one.default or (not chosen and at == 0))
        for at, one in enumerate(profiles)
    ]
    return (setting(PLACES[family], entries),)


def _check(profiles: Sequence[Profile]) -> None:
    if not profiles:
        raise InvalidInput("The menu has no entry", "Students would have nothing to choose from.")
    for profile in profiles:
        if not _SLUG.fullmatch(profile.slug):
            raise InvalidInput(
                f"{profile.slug[:80]!r} cannot be the short name of an entry",
                "Use small letters, digits and hyphens, such as large-memory.",
            )
        for option in profile.options:
            if not option.choices and not option.unlisted:
                raise InvalidInput(
                    f"The menu {option.title} has no choice", "Students could not start a server."
                )
    twice = [slug for slug, count in Counter(one.slug for one in profiles).items() if count > 1]
    if twice:
        raise InvalidInput(f"Two entries have the short name {twice[0]}", "Each needs one of its own.")
    if sum(profile.default for profile in profiles) > 1:
        raise InvalidInput("Several entries are the default", "Only one can be chosen beforehand.")


def written_profile(profile: Profile, *, default: bool = False) -> dict[str, Any]:
    """Return an entry as KubeSpawner reads it."""
    override = dict(profile.override)
    if profile.image:
        override["image"] = profile.image.text
    entry: dict[str, Any] = {"display_name": profile.title, "slug": profile.slug}
    if profile.description:
        entry["description"] = profile.description
    if default:
        entry["default"] = True
    if override:
        entry["kubespawner_override"] = override
    if profile.options:
        entry["profile_options"] = {option.id: written_option(option) for option in profile.options}
    return entry


def written_option(option: Option) -> dict[str, Any]:
    """Return a menu inside of an entry as KubeSpawner reads it."""
    written: dict[str, Any] = {"display_name": option.title}
    if option.unlisted:
        written["unlisted_choice"] = {
            "enabled": True,
            "display_name": option.unlisted.title,
            "validation_regex": option.unlisted.pattern,
            "validation_message": option.unlisted.message,
            "kubespawner_override": {option.unlisted.trait: "{value}"},
        }
    written["choices"] = {
        choice.id: {
            "display_name": choice.title,
            **({"default": True} if at == 0 else {}),
            "kubespawner_override": dict(choice.override),
        }
        for at, choice in enumerate(option.choices)
    }
    return written


def _numbered(at: int, name: str) -> str:
    """Return a name that stays in its place: Helm hands choices to the hub in order of the alphabet."""
    return f"{at + 1}-{name}" if at < 9 else f"9{at - 8}-{name}"


def slug_from(name: str) -> str:
    """Return the short name that is made from a name where none is given."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
