"""What is answered outlives the sitting: noted at each step, saved when one leaves, taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.screens.desk import Desk

if TYPE_CHECKING:
    from z2jh_wizard.screens.journey import Journey

TITLE, PAGE = "title", "page"
"""What the memory of a new hub has besides the journey: what its page is called, and which it is."""


def note(desk: Desk, page: str) -> None:
    """Write down what is not saved, and that one goes on at a page.

    A computer that cannot write goes on all the same: nothing is lost before the wizard ends.
    """
    import contextlib

    with contextlib.suppress(WizardError):
        _note(desk, page)


def keep(desk: Desk, page: str) -> None:
    """Save what can be used and write down the rest; WizardError when it cannot be written."""
    _note(desk, page)
    if desk.tour:
        desk.tour.form.save()
        _note(desk, page)


def _note(desk: Desk, page: str) -> None:
    from z2jh_wizard.flows.drafts import Draft, write_draft
    from z2jh_wizard.flows.ways import stage

    journey = desk.journey
    if journey is None:
        return
    if not journey.opened and journey.is_begun:
        page = page if page in {one.id for one in journey.stages()} else journey.stages()[0].id
        desk.memory.remember_begun({**journey.draft(), PAGE: page, TITLE: stage(page).title})
    if desk.project and journey.is_current():
        entries = desk.tour.form.answers if desk.tour else ()
        write_draft(desk.project, Draft.of(entries, journey.class_size))


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
