"""The ways to sign in that a hub offers: what to write for each, what it needs, whom it lets in.

The table is ``assets/charts/sign-in.json``; types and old names of the traits stand in ``traits``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.values.address import public_address
from z2jh_wizard.values.charts import About, Family, sort_key
from z2jh_wizard.values.traits import authenticator, find_class
from z2jh_wizard.values.trees import MISSING, look_up

ALLOWS: Final = ("allow_all", "allow_existing_users", "allowed_users")
"""The traits of every authenticator that let people in."""

CLASS_PATH: Final = ("hub", "config", "JupyterHub", "authenticator_class")
"""Where the class is chosen from chart 0.11 on."""

HUB_CONFIG_SINCE: Final = "0.11.0"
"""The first chart with ``hub.config``; older ones have ``auth``."""


_PLACEHOLDER: Final = re.compile(r"\{\w+\}")


class MethodName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What to write as authenticator_class from a chart version on."""

    since: str
    text: str


class OldNote(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a teacher should know of a method in charts before a version."""

    before: str
    text: str


class SignInMethod(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One way to sign in."""

    id: str
    title: str
    when: str
    """When to take it, one sentence."""
    people: str
    """Whom it takes, to be read after the word everybody."""
    section: str
    """The class, which is its section of ``hub.config`` too; empty for a class of one's own."""
    names: tuple[MethodName, ...]
    guide: str
    """The page that explains it."""
    auth_type: str = ""
    """What ``auth.type`` called it up to chart 0.10; empty where it was a custom class."""
    oauth: bool = False
    """Whether an outside provider signs people in, as oauthenticator does it."""
    needs: tuple[str, ...] = ()
    """Traits that it cannot do without; ``a|b`` means one of them."""
    allows: tuple[str, ...] = ()
    """Its own traits that let people in, beside ALLOWS."""
    asks: tuple[str, ...] = ()
    """The traits that a wizard asks for, in this order."""
    open: bool = False
    """Whether everybody is let in unless the values say otherwise."""
    callback: str = ""
    """The path that the provider sends people back to, below the base URL; empty when there is none."""
    proof: str = ""
    """What a person needs to sign in; empty when there is nothing to prove."""
    register: str = ""
    """The page where the teacher registers the hub with the provider."""
    note: str = ""
    old_notes: tuple[OldNote, ...] = ()
    steps: tuple[str, ...] = ()
    """What the teacher does at the provider's own site; ``sign_in_steps`` fills in the addresses."""

    @property
    def since(self) -> str:
        """The first chart version with ``hub.config`` that offers it."""
        return self.names[0].since

    def note_for(self, version: str) -> str:
        """Return what a teacher should know of it in a chart; empty for nothing."""
        old = [one.text for one in self.old_notes if not _at_least(version, one.before)]
        return " ".join(filter(None, (self.note, *old)))

    def class_text(self, version: str) -> str:
        """Return what to write as authenticator_class, empty when that chart has no such class.

        Up to chart 0.10 this is the word for ``auth.type``.
        """
        if not _at_least(version, HUB_CONFIG_SINCE):
            return self.auth_type
        taken = [one.text for one in self.names if _at_least(version, one.since)]
        return taken[-1] if taken else ""

    def path(self, trait: str) -> str:
        """Return where one of its traits is set in the values of the chart."""
        return f"hub.config.{self.section}.{trait}"

    def sections(self, version: str) -> tuple[str, ...]:
        """Return the sections of ``hub.config`` that its class reads, its own first.

        The class of LTI 1.1 changed its name in chart 3.0.
        """
        if self.id == "lti11" and not _at_least(version, "3.0.0"):
            return ("LTIAuthenticator", "Authenticator")
        known = find_class(self.section)
        shared = ("OAuthenticator", "LocalAuthenticator") if self.oauth else ("LocalAuthenticator",)
        return (self.section, *(known.bases if known else (*shared, "Authenticator")))

    def lets_in_only_named(self, version: str) -> bool:
        """Return whether nobody is let in by this chart unless a setting says so.

        So it is from oauthenticator 16 (chart 3.0) and from JupyterHub 5 (chart 4.0) on; before, everybody
        who signs in is let in unless a setting says otherwise.
        """
        return _at_least(version, "3.0.0" if self.oauth else "4.0.0")


class _SignInFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: About
    methods: tuple[SignInMethod, ...]


@functools.cache
def _shipped() -> _SignInFile:
    return msgspec.json.decode(asset_path("charts/sign-in.json").read_bytes(), type=_SignInFile)


def methods(version: str = "") -> tuple[SignInMethod, ...]:
    """Return the ways to sign in, those that a chart version offers when one is given."""
    known = _shipped().methods
    if not version:
        return known
    return tuple(one for one in known if one.class_text(version) or one.id == "custom")


def find_method(method_id: str) -> SignInMethod:
    """Return the method with this id; raises KeyError for an unknown one."""
    return _index()[0][method_id]


def method_of(class_text: str) -> SignInMethod:
    """Return what an authenticator_class means, the ``custom`` method for a class that is not known.

    Takes short names, ``module.Class``, a class alone, and the ``Local`` variants, which work the same way.
    """
    by_id, by_name = _index()
    last = class_text.rsplit(".", 1)[-1]
    for name in (class_text, class_text.removeprefix("local-"), last.removeprefix("Local")):
        known = authenticator(name)
        found = by_name.get(known.name if known else name)
        if found:
            return found
    return by_id["custom"]


def chosen_method(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> SignInMethod:
    """Return how people sign in by these values; the charts' own default is dummy.

    What Python in ``hub.extraConfig`` chooses is not seen.
    """
    if family == "helmforge" or not _at_least(version, HUB_CONFIG_SINCE):
        word = _text(values, ("auth", "type")) or "dummy"
        if word == "custom":
            return method_of(_text(values, ("auth", "custom", "className")))
        return next((one for one in methods() if one.auth_type == word), find_method("custom"))
    return method_of(_text(values, CLASS_PATH) or "dummy")


def callback_url(
    values: Mapping[str, Any], version: str, family: Family = "z2jh", method: SignInMethod | None = None
) -> str:
    """Return the address to register with the provider, from the hub's own address in the values.

    Empty when the method has none, or the values name no host yet; ``method`` is the chosen one unless given.
    """
    method = method or chosen_method(values, version, family)
    return public_address(values, version, family).url(method.callback) if method.callback else ""


def sign_in_steps(
    values: Mapping[str, Any], version: str, family: Family = "z2jh", method: SignInMethod | None = None
) -> tuple[str, ...]:
    """Return what to do at the provider's own site, with the hub's own addresses in it.

    While the values name no host, ``<your hub>`` stands for it. Empty for methods without a provider.
    """
    method = method or chosen_method(values, version, family)
    address = public_address(values, version, family)
    hub = address.url() or "https://<your hub>/"
    filled = {
        "{callback}": hub + method.callback,
        "{hub}": hub,
        "{origin}": "/".join(hub.split("/")[:3]),
        "{register}": method.register,
    }
    return tuple(
        _PLACEHOLDER.sub(lambda found: filled.get(found[0], found[0]), step) for step in method.steps
    )


@functools.cache
def _index() -> tuple[dict[str, SignInMethod], dict[str, SignInMethod]]:
    """Return the methods by id, and by the names of their classes."""
    by_id = {one.id: one for one in methods()}
    by_name = {name: one for one in methods() for name in (one.section, *(name.text for name in one.names))}
    by_name["LTIAuthenticator"] = by_id["lti11"]
    del by_name[""]
    return by_id, by_name


def _at_least(version: str, first: str) -> bool:
    return sort_key(version)[:3] >= sort_key(first)[:3]


def _text(values: Mapping[str, Any], path: tuple[str, ...]) -> str:
    value = look_up(values, path)
    return value if value is not MISSING and isinstance(value, str) else ""
