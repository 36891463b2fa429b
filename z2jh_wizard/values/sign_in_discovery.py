"""What a provider of OpenID Connect told, as words to judge and as settings of the chart at hand."""

from __future__ import annotations

from typing import Final

from z2jh_wizard.values import forms
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.oidc import Endpoints
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.sign_in import chosen_method, find_method
from z2jh_wizard.values.topics import field_for

_SHOWN: Final = 10
"""Claims or scopes that a line lists; the rest is counted."""

_LONGEST: Final = 200
"""Characters of an address that are shown."""

CLAIM_WORDS: Final = {
    "preferred_username": "the name of the account, as most providers call it",
    "email": "the e-mail address; two people never share one, but it may change",
    "upn": "the sign-in name of Microsoft's directories",
    "nickname": "a name that people may choose and change themselves",
    "sub": "a number or code that never changes, and that nobody can read",
}
"""Claims that can become the user name, and what they are like."""


def applies(scene: Scene) -> bool:
    """Return whether the chosen way to sign in, as this chart has it, takes what a provider tells."""
    method = chosen_method(scene.values, scene.version, scene.family)
    return method.id == "oidc" and _path("authorize_url", scene) is not None


def found_words(found: Endpoints) -> tuple[str, ...]:
    """Return what a provider told, a line each."""
    return (
        f"Authorize URL: {found.authorize_url[:_LONGEST]}",
        f"Token URL: {found.token_url[:_LONGEST]}",
        f"Userdata URL: {found.userdata_url[:_LONGEST]}",
        f"Scopes to ask for: {', '.join(found.scope)}{_offered(found.scopes)}",
        f"Claims that it can tell: {_listed(found.claims) if found.claims else 'it does not say'}",
        *((f"Groups are in the claim {found.groups_claim}.",) if found.groups_claim else ()),
    )


def settings(found: Endpoints, claim: str, scene: Scene) -> tuple[Setting, ...]:
    """Return what was found as settings of this chart, with this claim as the user name."""
    wanted = {**found.settings(), "username_claim": claim or found.username_claim}
    placed = [(_path(trait, scene), value) for trait, value in wanted.items()]
    return tuple(Setting(path, value) for path, value in placed if path)


def _path(trait: str, scene: Scene) -> Path | None:
    """Return where this chart has a trait of the class; oauthenticator 16, in chart 3.0, renamed one."""
    field = field_for(find_method("oidc").path(trait))
    path = forms.place(field, scene) if field else None
    if path and trait == "username_claim" and sort_key(scene.version)[:3] < sort_key("3.0.0")[:3]:
        return (*path[:-1], "username_key")
    return path


def _offered(scopes: tuple[str, ...]) -> str:
    return f" (it offers {_listed(scopes)})" if scopes else ""


def _listed(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"{', '.join(word[:30] for word in words[:_SHOWN])}{more}"
