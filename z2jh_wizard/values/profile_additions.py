"""What can be added to a menu of profiles: whole profiles, lists of sizes or images in one, more choices.

Facts: ``profile_options`` work from chart 2.0 on, ``unlisted_choice`` from chart 3.1 on; a node with NVIDIA's
cards usually has the taint ``nvidia.com/gpu``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.course_images import COURSE_IMAGES
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.presets import SIZES
from z2jh_wizard.values.profile_fields import GPU
from z2jh_wizard.values.profile_menu import (
    CHOICES,
    DEFAULT,
    NAME,
    OPTIONS,
    UNLISTED,
    Menu,
    Place,
    free_key,
    free_name,
    free_slug,
    place_of,
    title_of,
)
from z2jh_wizard.values.profiles import (
    PLACES,
    Option,
    Profile,
    image_option,
    override_of,
    size_option,
    written_option,
    written_profile,
)

IN_CONFIG: Final[Path] = ("hub", "config", "KubeSpawner", "profile_list")
"""Another place for the menu, which wins over the chart's own key."""

_GPU_OVERRIDE: Final = {
    "extra_resource_limits": {GPU: "1"},
    "tolerations": [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}],
}
_SHORT_LIST: Final = 3
"""Course images of a new list of images; the others can be added."""


class Addition(msgspec.Struct, frozen=True):
    """Something to add, and what it is good for."""

    id: str
    title: str
    about: str


def menu_path(scene: Scene) -> Path | None:
    """Return where the menu stands, or would stand; None in a chart that has none."""
    if trees.look_up(scene.values, IN_CONFIG) is not trees.MISSING:
        return IN_CONFIG
    path = parse_path(PLACES[scene.family])
    return path if look_up((*path, 0, NAME), scene.version, scene.family).fine else None


def additions(menu: Menu, path: Path, scene: Scene) -> tuple[Addition, ...]:
    """Return what can be added with an entry marked; no path for an empty menu."""
    return (*_in_entry(menu, path, scene), *_PROFILES)


_PROFILES: Final = (
    Addition("profile", "A profile", "Begins with a name; you say the rest."),
    *(Addition(f"profile-{one.id}", f"A profile: {one.title.lower()}", one.when) for one in SIZES),
    Addition("profile-gpu", "A profile: GPU", "One graphics card, on nodes that have them."),
)


def _in_entry(menu: Menu, path: Path, scene: Scene) -> Iterator[Addition]:
    if not path or place_of(menu, path[:1]) is not Place.PROFILE or not _from(scene, "2.0.0"):
        return
    option = path[:3]
    if len(path) >= 3 and place_of(menu, option) is Place.OPTION:
        title = title_of(menu, option)[:40]
        yield Addition("choice", f"A choice in {title}", "One more line of that list.")
        if trees.look_up(menu, (*option, UNLISTED)) is trees.MISSING and _from(scene, "3.1.0"):
            yield Addition("unlisted", f"A free image in {title}", "Students may type another image.")
    title = title_of(menu, path[:1])[:40]
    yield Addition("sizes", f"A list of sizes in {title}", "Students choose small, medium or large.")
    yield Addition("images", f"A list of images in {title}", "Students choose among images.")


def _from(scene: Scene, version: str) -> bool:
    return scene.family == "helmforge" or sort_key(scene.version) >= sort_key(version)


def added(menu: Menu, path: Path, what: str) -> tuple[Menu, Path]:
    """Return the menu with an addition, by its id, and where it is."""
    if what.startswith("profile"):
        profile = _profile(menu, what.removeprefix("profile").removeprefix("-"))
        return [*menu, profile], (len(menu),)
    profile_path, option = path[:1], path[:3]
    if what == "choice":
        return _choice(menu, option)
    if what == "unlisted":
        free = written_option(image_option((), free=True))[UNLISTED]
        return trees.put(menu, (*option, UNLISTED), free), (*option, UNLISTED)
    made = size_option() if what == "sizes" else image_option(COURSE_IMAGES[:_SHORT_LIST])
    return _option(menu, profile_path, made)


def _profile(menu: Menu, kind: str) -> dict[str, Any]:
    size = next((one for one in SIZES if one.id == kind), None)
    override = override_of(size.settings) if size else _GPU_OVERRIDE if kind == "gpu" else {}
    name = free_name(menu, (), size.title if size else "GPU" if kind == "gpu" else "New profile")
    return written_profile(Profile(name, free_slug(menu, name), override=override), default=not menu)


def _option(menu: Menu, profile: Path, option: Option) -> tuple[Menu, Path]:
    path = (*profile, OPTIONS, free_key(menu, (*profile, OPTIONS), option.id))
    return trees.put(menu, path, written_option(option)), path


def _choice(menu: Menu, option: Path) -> tuple[Menu, Path]:
    choices = trees.look_up(menu, (*option, CHOICES))
    count = len(choices) if isinstance(choices, dict) else 0
    path = (*option, CHOICES, free_key(menu, (*option, CHOICES), f"{count + 1}-choice"))
    found: dict[str, Any] = {NAME: free_name(menu, option, "New choice")}
    if not count:
        found[DEFAULT] = True
    return trees.put(menu, path, found), path
