"""What is answered outlives the sitting: noted at each step, saved when one leaves, taken up again."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.screens.desk import Desk

if TYPE_CHECKING:
    from z2jh_wizard.screens.journey import Journey

KEPT = "What you answered waits as a draft until you open the project again; secrets are not kept."

TITLE, PAGE = "title", "page"
"""What the memory of a new hub has besides the journey: what its page is called, and which it is."""


def note(desk: Desk, page: str) -> None:
    """Write down what is not saved, and that one goes on at a page.

    A computer that cannot write goes on all the same: nothing is lost before the wizard ends.
    """
    with contextlib.suppress(WizardError):
        _note(desk, page)


def keep(desk: Desk, page: str) -> None:
    """Save what can be used and write down the rest; WizardError, saying what is kept, when that fails."""
    _note(desk, page)
    if desk.tour is None:
        return
    try:
        desk.tour.form.save()
    except WizardError as error:
        problem = error.problem
        raise WizardError(problem.title, problem.happened, still_works=KEPT) from error
    _note(desk, page)


def _note(desk: Desk, page: str) -> None:
    from z2jh_wizard.flows.drafts import Draft, read_draft, write_draft
    from z2jh_wizard.flows.ways import stage

    journey = desk.journey
    if journey is None:
        return
    if not journey.opened and journey.is_begun:
        known = [one.id for one in journey.stages()]
        places = (page, (desk.memory.begun() or {}).get(PAGE), known[0])
        page = next(one for one in places if one in known)
        desk.memory.remember_begun({**journey.draft(), PAGE: page, TITLE: stage(page).title})
    if desk.project is None or not journey.is_current():
        return
    if desk.tour:
        write_draft(desk.project, Draft.of(desk.tour.form.answers, journey.class_size))
    else:  # nobody looked at the settings: what waits there still does
        write_draft(desk.project, replace(read_draft(desk.project), class_size=journey.class_size))


async def resume(desk: Desk) -> str:
    """Take up the new hub that was begun on another day; return the page to go on at, empty for none."""
    from z2jh_wizard.screens.journey import Journey

    tree = desk.memory.begun()
    journey = Journey.from_draft(tree) if tree else None
    if tree is None or journey is None:
        return ""
    await desk.leave()
    await _open(desk, journey)
    desk.journey = journey
    pages = [one.id for one in journey.stages() if journey.made_with or one.questions]
    return tree[PAGE] if tree.get(PAGE) in pages else pages[-1 if journey.made_with is None else 0]


async def _open(desk: Desk, journey: Journey) -> None:
    """Open the project that the journey made, if it is still there."""
    if journey.made_with is None:
        return
    try:
        project = desk.backend.open(journey.made_in)
    except WizardError:
        journey.made_with = None
        return
    await desk.open(project)
