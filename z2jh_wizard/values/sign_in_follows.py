"""The callback URL as it follows from the hub's name, its base URL and the way to sign in.

A value that is what followed from the values before is taken for ours and moves along; any other was written
by somebody and stays.
"""

from __future__ import annotations

from z2jh_wizard.values import forms
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.sign_in import SignInMethod, callback_url, chosen_method, methods
from z2jh_wizard.values.sign_in_guide import CALLBACK, callback_field
from z2jh_wizard.values.sign_in_settings import sign_in_settings
from z2jh_wizard.values.trees import MISSING, look_up

WORDS = "It follows from the hub's name and moves with it; type another one to keep that."


def followers(before: Scene, now: Scene) -> tuple[Setting, ...]:
    """Return the callback URLs to write because hub's name, base URL or method are others than before."""
    found = (_follower(before, now, method) for method in methods() if method.callback)
    return tuple(setting for setting in found if setting)


def _follower(before: Scene, now: Scene, method: SignInMethod) -> Setting | None:
    path = _place(method, now)
    if path is None:
        return None
    present, url = look_up(now.values, path), _url(now, method)
    if present is MISSING or present in (None, ""):
        was_known = _is_chosen(method, before) and url == _url(before, method)
        return Setting(path, url) if url and _is_chosen(method, now) and not was_known else None
    return Setting(path, url) if url and present == _url(before, method) != url else None


def fill(scene: Scene) -> Setting | None:
    """Return the callback URL of the chosen method; None where it is not known or has no field."""
    method = chosen_method(scene.values, scene.version, scene.family)
    path, url = _place(method, scene), _url(scene, method)
    return Setting(path, url) if path and url else None


def _place(method: SignInMethod, scene: Scene) -> Path | None:
    """Return where the callback URL stands, be it in the section for all OAuth classes, or would."""
    if _is_chosen(method, scene):
        found = sign_in_settings(scene.values, scene.version, scene.family).found.get(CALLBACK)
        if found and found[1]:
            return parse_path(found[0])
    field = callback_field(method, scene)
    return forms.place(field, scene) if field else None


def _is_chosen(method: SignInMethod, scene: Scene) -> bool:
    return method is chosen_method(scene.values, scene.version, scene.family)


def _url(scene: Scene, method: SignInMethod) -> str:
    return callback_url(scene.values, scene.version, scene.family, method)
