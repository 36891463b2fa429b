"""What the form for signing in says besides its questions: who comes in, and what to register where."""

from __future__ import annotations

import msgspec

from z2jh_wizard.values import trees
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.generated_secrets import missing
from z2jh_wizard.values.sign_in import callback_url, chosen_method
from z2jh_wizard.values.sign_in_settings import sign_in_settings
from z2jh_wizard.values.who_may_words import who_may

_MADE_UP = "to-be-made-" * 4
"""Stands for a secret in questions that only ask whether there is one."""


class Note(msgspec.Struct, frozen=True):
    """A line beside the questions; ``copy`` is the part of it that is to be taken elsewhere."""

    text: str
    copy: str = ""


def when_set_up(scene: Scene) -> Scene:
    """Return the values as they will be on the hub: secrets that the wizard makes are there, made up here."""
    values = dict(scene.values)
    for one in missing(values, scene.version, scene.family):
        values = trees.put(values, one.path, _MADE_UP)
    return msgspec.structs.replace(scene, values=values)


def notes(scene: Scene) -> tuple[Note, ...]:
    """Return what a teacher should know about the chosen way to sign in."""
    method = chosen_method(scene.values, scene.version, scene.family)
    people = who_may(when_set_up(scene).values, scene.version, scene.family)
    found = [Note(f"Who comes in: {' '.join(people.allowed)}"), Note(" ".join(people.admins))]
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
    if note := method.note_for(sign_in_settings(scene.values, scene.version, scene.family).version):
        found.append(Note(note))
    return tuple(found)
