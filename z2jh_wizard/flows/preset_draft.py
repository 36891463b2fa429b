"""Presets in the draft of a project's settings: which is in force, and what each would write."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.values import forms
from z2jh_wizard.values.forms_lines import Line, changed_lines
from z2jh_wizard.values.presets import Setting, apply
from z2jh_wizard.values.topics import fields_by_key


def default_image(form: TopicForm) -> str:
    """Return the name of the image that the chart gives to students where no file names one."""
    found = forms.default_of(fields_by_key()["singleuser.image.name"], form.scene.family)
    return found if isinstance(found, str) else ""


def would_write(form: TopicForm, settings: Iterable[Setting]) -> tuple[tuple[Line, ...], str]:
    """Return the lines of config.yaml that settings would change, and why they cannot where they cannot."""
    before = form.now.main.document
    try:
        return changed_lines(before, apply(before, settings)), ""
    except WizardError as error:
        return (), f"{error.problem.happened} {error.problem.next_step}".strip()
