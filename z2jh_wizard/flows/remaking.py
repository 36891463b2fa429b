"""Making a project again from other answers: what was set in it before comes along."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.flows.page import Answers
from z2jh_wizard.flows.pages import planned
from z2jh_wizard.project.folder import SPEC, Project, is_project, make_folder, open_project
from z2jh_wizard.system.files import write_atomic


def made_again(folder: Path, answers: Answers, before: Path) -> Project:
    """Make a project from answers in place of the one in ``before``, with its settings and its class.

    In the same folder the old answers are replaced; another folder is left as it is. Refused when something
    was run there, for what was made then belongs to the old answers. InvalidInput for unusable answers.
    """
    wanted = planned(folder, answers)
    if not is_project(before):
        return make_folder(wanted)
    old = open_project(before)
    wanted = _with_class_of(old, wanted)
    if old.folder != wanted.folder:
        made = make_folder(wanted)
        _copy_settings(old, made)
        return made
    if old.journal.exists():
        raise Refused(
            "There is a project at work already",
            f"Something was run in {folder}, so its answers stand.",
            still_works="The project was not touched.",
            next_step="Open it from the first screen, or choose another folder.",
        )
    (old.folder / SPEC).unlink()
    return make_folder(wanted)


def _with_class_of(old: Project, wanted: Project) -> Project:
    """Return a planned project with the students, and on the same provider the pools, of another one."""
    pools = old.spec.pools if old.spec.provider == wanted.spec.provider else wanted.spec.pools
    return Project(wanted.folder, replace(wanted.spec, workshop=old.spec.workshop, pools=pools))


def _copy_settings(old: Project, made: Project) -> None:
    for source, target in ((old.config, made.config), (old.secrets, made.secrets)):
        if source.exists() and not target.exists():
            write_atomic(target, source.read_bytes())
