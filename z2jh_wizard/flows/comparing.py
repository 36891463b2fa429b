"""Compare values files with what the hub runs with, or with another file; secrets are hidden."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.cleaning import redactor_for
from z2jh_wizard.flows.settings import HIDDEN, without_secrets
from z2jh_wizard.flows.values_files import ValuesFiles, Where, open_files
from z2jh_wizard.helm.releases import Standing
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import trees
from z2jh_wizard.values.differences import Changed, Difference, differences
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.reading import Tree


async def release_values(project: Project) -> Tree | None:
    """Return what Helm's record says the hub was given, None when it is not installed.

    CouldNotLook when the cluster does not answer.
    """
    judged, given = await adapters_for(project, redactor_for(project)).helm.state()
    return None if judged.standing is Standing.ABSENT else dict(given)


def since(before: Tree, files: ValuesFiles) -> list[Changed]:
    """Return what the files say otherwise than ``before``, which has the same wrapper as they have."""
    return [_shown(one, files) for one in differences(before, files.tree)]


def between(files: ValuesFiles, other: Where) -> list[Changed]:
    """Return what another file says otherwise; each is looked at inside of its own wrapper."""
    after = open_files(other).subject.values
    return [_shown(one, files, inside=True) for one in differences(files.subject.values, after)]


@dataclass(frozen=True, slots=True)
class HubChanges:
    """What the files say otherwise than what ``sentence`` names; ``problem`` says why that is a makeshift."""

    sentence: str
    changed: tuple[Changed, ...]
    problem: Problem | None = None


def hub_changes(files: ValuesFiles, given: Tree | None, problem: Problem | None = None) -> HubChanges:
    """Return what Start changes in a hub that was given some values.

    A hub that is not there gets everything, and one that nobody could look at is not known: for both, what
    a person chose is compared with the wizard's first file.
    """
    if given is not None:
        changed = tuple(since(given, files))
        count = "1 setting" if len(changed) == 1 else f"{len(changed)} settings"
        return HubChanges(
            f"Start changes {count} of the hub that runs now."
            if changed
            else "= The hub runs with these settings already: Start changes none of them.",
            changed,
        )
    chosen = tuple(since(_first_tree(files), files))
    other = (
        "Below is what differs from the wizard's first file."
        if chosen
        else "They are the wizard's first ones."
    )
    if problem:
        return HubChanges(f"! What the hub runs with is not known. {other}", chosen, problem)
    return HubChanges(f"The hub is not installed yet: it gets all settings. {other}", chosen)


def _first_tree(files: ValuesFiles) -> Tree:
    if files.project is None:
        return {}
    return Document.read(config_file.first(files.project).encode(), files.main.at).tree


def _shown(one: Difference, files: ValuesFiles, *, inside: bool = False) -> Changed:
    """Hide the values of a secret: told by its name, or by standing in secrets.yaml."""
    wrapper = () if inside else files.main.document.wrapper
    path = one.path[len(wrapper) :] if one.path[: len(wrapper)] == wrapper else one.path
    private = files.private
    before, after = (
        None if value is trees.MISSING else without_secrets(value, path, trees.look_up(private, path))
        for value in (one.before, one.after)
    )
    secret = HIDDEN in (before, after)
    return Changed(
        format_path(one.path), one.kind, None if secret else before, None if secret else after, secret
    )
