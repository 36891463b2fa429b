"""The callback URLs in a draft that follow from the hub's name, laid over what somebody answered."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.settings import set_value
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.sign_in_follows import followers


@dataclass(frozen=True, slots=True)
class Followed:
    """A draft with what follows from it, and the settings that did."""

    files: ValuesFiles
    paths: frozenset[Path] = frozenset()


def scene_of(files: ValuesFiles) -> Scene:
    """Return what questions about these files are asked of."""
    return Scene(files.version, files.chart.family, files.subject.values)


def follows(found: ValuesFiles, draft: ValuesFiles, path: Path) -> bool:
    """Tell whether a setting would be written because of what a draft changes in the files as found."""
    return any(one.path == path for one in followers(scene_of(found), scene_of(draft)))


def with_followers(found: ValuesFiles, draft: ValuesFiles, is_answered: Callable[[Path], bool]) -> Followed:
    """Return a draft with what follows from it; what somebody answered stays, and what cannot be edited."""
    if draft is found:
        return Followed(draft)
    files, paths = draft, set()
    for one in followers(scene_of(found), scene_of(draft)):
        if is_answered(one.path):
            continue
        with contextlib.suppress(WizardError):
            edited = set_value(files, one.path, one.value)
            files = files.edited(edited.file, edited.document)
            paths.add(one.path)
    return Followed(files, frozenset(paths))
