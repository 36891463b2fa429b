"""What a teacher does outside the wizard for the chosen way to sign in, as steps with things to copy.

The steps stand in the table of methods; here the hub's own addresses get into them, and out again to copy.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.sign_in import SignInMethod, callback_url, chosen_method, sign_in_steps
from z2jh_wizard.values.sign_in_settings import IN_PYTHON, sign_in_settings
from z2jh_wizard.values.topics import field_for

CALLBACK: Final = "oauth_callback_url"
"""The trait that holds the address to come back to, of every class that works with OAuth."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>]+")
_LINK: Final = "the link"

_HELMFORGE: Final = (
    "HelmForge's chart itself has the trial way only; every other is Python in hub.extraConfig."
)
_PYTHON: Final = (
    "The Python begins with a line such as c.JupyterHub.authenticator_class = 'github', and has one such "
    "line for each setting of that class, who may sign in included."
)


class Address(msgspec.Struct, frozen=True):
    """Something to take along by copying."""

    label: str
    url: str


class Step(msgspec.Struct, frozen=True):
    """One thing to do, and what it needs copied."""

    number: int
    text: str
    addresses: tuple[Address, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """A field of the sign-in page that the steps bring the answer for."""

    field: Field
    needed: bool
    """Whether nobody can sign in without it."""
    is_set: bool

    @property
    def state(self) -> str:
        """Say how far it is in a word or two."""
        return "filled in" if self.is_set else "needed" if self.needed else "empty"


class Guide(msgspec.Struct, frozen=True):
    """What to do for one way to sign in."""

    title: str
    intro: str
    """Where this is done, or that nothing is to be done outside; one or two sentences."""
    steps: tuple[Step, ...]
    wanted: tuple[Wanted, ...]
    callback: str = ""
    """The address that people come back to; empty when there is none or the hub's name is not known."""
    no_host: bool = False
    """Whether the hub's name is missing in the steps."""
    to_fill: Field | None = None
    """The field that does not have the callback yet though it is known."""

    @property
    def first_copy(self) -> Address | None:
        """Return what is copied when nothing is chosen: the callback, else the first address there is."""
        found = [address for step in self.steps for address in step.addresses]
        callback = [address for address in found if address.url == self.callback]
        return next(iter((*callback, *found)), None)


def guide(scene: Scene) -> Guide:
    """Return what to do for the way to sign in that the values choose."""
    method = chosen_method(scene.values, scene.version, scene.family)
    url = callback_url(scene.values, scene.version, scene.family, method)
    texts = sign_in_steps(scene.values, scene.version, scene.family, method)
    steps = tuple(Step(at, text, _addresses(text, url)) for at, text in enumerate(texts, 1))
    return Guide(
        method.title,
        _intro(method, scene),
        steps,
        _wanted(method, scene),
        url,
        any("<your hub>" in text for text in texts),
        _to_fill(method, scene) if url else None,
    )


def callback_field(method: SignInMethod, scene: Scene) -> Field | None:
    """Return the field for the address to come back to; None where this chart or method has none."""
    field = field_for(method.path(CALLBACK)) if method.callback else None
    return field if field and forms.place(field, scene) else None


def _intro(method: SignInMethod, scene: Scene) -> str:
    note = method.note_for(sign_in_settings(scene.values, scene.version, scene.family).version)
    if scene.family == "helmforge":
        return f"{_HELMFORGE} {_PYTHON if method.id == 'custom' else note}"
    if method.id in ("lti11", "lti13"):
        return f"This is done in the learning platform: copy each address into it. {note}"
    if method.id == "ldap":
        return f"Nothing is registered anywhere; those who run the directory know the answers. {note}"
    if method.id == "custom":
        return "What a class of your own needs is said by its own pages; its settings are not asked here."
    if method.steps:
        return f"This is done on the provider's own site, once for each hub. {note}".strip()
    return f"Nothing has to be registered outside the hub. {note}".strip()


def _addresses(text: str, callback: str) -> tuple[Address, ...]:
    """Return the addresses in a step, each under what the step calls it."""
    found = []
    for match in _ADDRESS.finditer(text):
        url = match[0].rstrip(".,;:)")
        before = re.split(r"[.,;]\s", text[: match.start()])[-1].strip()
        called = before[:-1] if before.endswith(":") else "Callback URL" if url == callback else _LINK
        found.append(Address(called, url))
    return tuple(found)


def _wanted(method: SignInMethod, scene: Scene) -> tuple[Wanted, ...]:
    """Return the fields to fill afterwards, in the order in which the method asks for them."""
    code = field_for(IN_PYTHON)
    if scene.family == "helmforge" and method.id == "custom" and code:
        return (Wanted(code, True, forms.is_set(code, scene)),)
    needed = [_one_of(need.split("|"), method, scene) for need in method.needs]
    found = []
    for trait in dict.fromkeys((*method.asks, *needed)):
        field = field_for(method.path(trait))
        if field and forms.place(field, scene):
            found.append(Wanted(field, trait in needed, forms.is_set(field, scene)))
    return tuple(found)


def _one_of(traits: list[str], method: SignInMethod, scene: Scene) -> str:
    """Return the trait of several that is set, else the usual one."""
    fields = ((trait, field_for(method.path(trait))) for trait in traits)
    return next((trait for trait, field in fields if field and forms.is_set(field, scene)), traits[0])


def _to_fill(method: SignInMethod, scene: Scene) -> Field | None:
    said = sign_in_settings(scene.values, scene.version, scene.family).value(CALLBACK)
    return None if said else callback_field(method, scene)
