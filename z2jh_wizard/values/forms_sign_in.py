"""What the form for signing in says besides its questions: who comes in, and what to register where."""

from __future__ import annotations

from typing import Any

import msgspec

from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.sign_in import ALLOWS, SignInMethod, callback_url, chosen_method
from z2jh_wizard.values.topics import fields

_CLOSED_SINCE = "4.0.0"
"""The first chart with JupyterHub 5, which lets nobody in unless the values say whom."""

_FIELDS = {
    "allow_all": "sign-in.allow-all",
    "allow_existing_users": "sign-in.allow-existing",
    "allowed_users": "sign-in.allowed",
    "admin_users": "sign-in.admins",
}


class Note(msgspec.Struct, frozen=True):
    """A line beside the questions; ``copy`` is the part of it that is to be taken elsewhere."""

    text: str
    copy: str = ""


def notes(scene: Scene) -> tuple[Note, ...]:
    """Return what a teacher should know about the chosen way to sign in."""
    method = chosen_method(scene.values, scene.version, scene.family)
    found = [Note(f"Who comes in: {who_comes_in(scene)}")]
    if method.callback:
        url = callback_url(scene.values, scene.version, scene.family, method)
        if method.register:
            found.append(Note(f"Register the hub at {method.register}", method.register))
        if url:
            found.append(Note(f"Callback URL to register there (F7 copies it): {url}", url))
        else:
            found.append(
                Note(
                    "The callback URL to register is known when the HTTPS page has the hub's name: "
                    f"https://NAME/{method.callback}"
                )
            )
    if method.note:
        found.append(Note(method.note))
    return tuple(found)


def who_comes_in(scene: Scene) -> str:
    """Say whom these values let in."""
    method = chosen_method(scene.values, scene.version, scene.family)
    if scene.family == "helmforge":
        return "see the Python code, where this chart says it" if method.id == "custom" else "everybody"
    if _said(scene, method, "allow_all") is True:
        return "everybody who can sign in"
    parts = [
        _count(_said(scene, method, "allowed_users"), "user that you named", "users that you named"),
        _count(_said(scene, method, "admin_users"), "admin", "admins"),
        "users whom the hub knows" if _said(scene, method, "allow_existing_users") is True else "",
    ]
    groups = [name for name in method.allows if name not in ALLOWS and _said(scene, method, name)]
    parts += [f"whom {name.replace('_', ' ')} names" for name in groups]
    named = [part for part in parts if part]
    listed = bool(groups or _said(scene, method, "allowed_users"))
    closed = sort_key(scene.version)[:3] >= sort_key(_CLOSED_SINCE)[:3]
    if method.open or (not closed and not listed):
        return "everybody who can sign in"
    return ", ".join(named) if named else "nobody yet; name users, or let everybody in"


def _said(scene: Scene, method: SignInMethod, trait: str) -> Any:
    """Return what the values say for a trait, for the class itself or for all of them; None for nothing."""
    names = [method.path(trait)] if method.section else []
    if trait in _FIELDS:
        general = fields()[_FIELDS[trait]].path_at(scene.version, scene.family)
        names += [general] if general else []
    for name in names:
        value = trees.look_up(scene.values, parse_path(name))
        if value is not trees.MISSING:
            return value
    return None


def _count(value: Any, one: str, several: str) -> str:
    number = len(value) if isinstance(value, (list, dict)) else 0
    return f"{number} {one if number == 1 else several}" if number else ""
