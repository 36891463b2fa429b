"""Making a project again from other answers: what was set in it before comes along."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.spec import Pool
from z2jh_wizard.flows.class_size import USER_POOL
from z2jh_wizard.flows.cloud_pages import CLOUDS
from z2jh_wizard.flows.page import Answers
from z2jh_wizard.flows.pages import planned
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import SPEC, Project, is_project, make_folder, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import PUBLIC_FILE, back_up, read_text, write_atomic
from z2jh_wizard.system.journal import read_journal
from z2jh_wizard.system.lock import writing

_BINDS_NOTHING = frozenset({"mend", "image"})
"""Flows that make nothing which belongs to the answers of a project."""


def made_again(folder: Path, answers: Answers, before: Path) -> Project:
    """Make a project from answers in place of the one in ``before``, with its settings and its class.

    In the same folder the old answers are replaced; another folder is left as it is. Refused when something
    was run there, for what was made then belongs to the old answers; only the place at a cloud can change as
    long as there is no hub, such as after the cloud had no machines there. InvalidInput for unusable answers.
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
    if _is_at_work(old) and _moves(old, wanted):
        return _moved(old, wanted)
    if _is_at_work(old):
        raise Refused(
            "There is a project at work already",
            f"Something was run in {folder}, so its answers stand.",
            still_works="The project was not touched.",
            next_step="Open it from the first screen, or choose another folder.",
        )
    (old.folder / SPEC).unlink()
    return make_folder(wanted)


def _is_at_work(project: Project) -> bool:
    """Tell whether a run may have made something that belongs to the answers."""
    entries = list(read_journal(project.journal))
    free = {
        one.get("run")
        for one in entries
        if one.get("what") == "run-start" and one.get("flow") in _BINDS_NOTHING
    }
    return any(one.get("run") not in free for one in entries)


def _moves(old: Project, wanted: Project) -> bool:
    """Tell whether only the place at the same cloud differs, and no hub of the project is anywhere yet."""
    before, after = old.spec, wanted.spec
    same = ("provider", "release", "namespace", "chart")
    return (
        before.provider in CLOUDS
        and not before.cluster.uid
        and all(getattr(before, name) == getattr(after, name) for name in same)
    )


def _moved(old: Project, wanted: Project) -> Project:
    """Return a project at another place; before anything is made there, a step looks at the old one."""
    after = wanted.spec
    spec = replace(
        old.spec,
        account=after.account,
        region=after.region,
        pools=after.pools,
        cluster=replace(old.spec.cluster, sign_in=after.cluster.sign_in),
    )
    path = old.folder / SPEC
    with writing(old.state, "another place", SystemClock()):
        back_up(path, old.backups)
        write_atomic(path, spec_file.dump(spec, read_text(path, SPEC)), PUBLIC_FILE)
    return open_project(old.folder)


def _with_class_of(old: Project, wanted: Project) -> Project:
    """Return a planned project with the students, and on the same provider the pools, of another one."""
    pools = wanted.spec.pools
    if old.spec.provider == wanted.spec.provider:
        user = old.spec.pools.get(USER_POOL, Pool())
        machine = wanted.spec.pools[USER_POOL].machine if USER_POOL in pools else ""
        pools = {**old.spec.pools, **({USER_POOL: replace(user, machine=machine)} if machine else {})}
    return Project(wanted.folder, replace(wanted.spec, workshop=old.spec.workshop, pools=pools))


def _copy_settings(old: Project, made: Project) -> None:
    for source, target in ((old.config, made.config), (old.secrets, made.secrets)):
        if source.exists() and not target.exists():
            write_atomic(target, source.read_bytes())
