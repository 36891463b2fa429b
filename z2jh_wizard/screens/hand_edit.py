"""Lending the terminal to the person's editor, and reading what came of it."""

from __future__ import annotations

import asyncio

from textual.app import SuspendNotSupported

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.hand_edit import HandEdit, refuse_beside_a_run
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.dialogs import AskChoice, Notice
from z2jh_wizard.screens.everywhere import Everywhere
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.system.editor import command, edit, find_editor
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.widgets.choice_list import Offer

AGAIN, BACK, LEAVE = "again", "back", "leave"

_AFTER_A_BREAK = (
    Offer(AGAIN, "Edit again", "Opens the editor at that line."),
    Offer(BACK, "Take the text from before back", "The text that is broken is kept as a backup."),
    Offer(LEAVE, "Leave it as it is", "Nothing can be set on these pages until it is mended."),
)


async def edit_by_hand(screen: Everywhere, name: str, line: int) -> None:
    """Edit a values file of the open project in the terminal, then show the screen with what it says."""
    project = screen.desk.project
    if project is None:
        return
    path = project.folder / name
    if screen.app.is_web:
        screen.app.push_screen(_in_a_browser(path))
        return
    try:
        refuse_beside_a_run(screen.desk.is_running, path)
        editor = find_editor()
        begun = await asyncio.to_thread(HandEdit.begin, project, name)
        try:
            await _until_it_can_be_read(screen, begun, editor, line)
        finally:
            changed = await asyncio.to_thread(begun.end)
    except WizardError as error:
        screen.post_message(Trouble(error.problem))
    except SuspendNotSupported:
        screen.app.push_screen(_in_a_browser(path))
    else:
        if changed:
            words = f"{name} was read again; the text before is {begun.backup.name}."
            screen.show_again()
        screen.app.notify(words if changed else f"{name} is as it was.", markup=False)


async def _until_it_can_be_read(
    screen: Everywhere, begun: HandEdit, editor: tuple[str, ...], line: int
) -> None:
    """Edit, and while Helm could not take the file ask whether to edit again or to take the text back."""
    while True:
        await _lend_terminal(screen, command(editor, begun.path, line), begun.project)
        broken = await asyncio.to_thread(begun.problem)
        if broken is None:
            return
        answer = await _ask(screen, broken)
        if answer == BACK:
            await asyncio.to_thread(begun.take_back)
        if answer != AGAIN:
            return
        line = broken.position.line


async def _lend_terminal(screen: Everywhere, argv: tuple[str, ...], project: Project) -> None:
    app = screen.app
    # The loop goes on, so a watched cluster stays watched; drawing would end up in the editor's screen.
    with app.suspend(), app.batch_update():
        await edit(argv, project.folder)
    app.refresh(layout=True)


async def _ask(screen: Everywhere, broken: Unreadable) -> str:
    problem = broken.problem
    ask = AskChoice(f"! {problem.title}", [problem.happened, ""], _AFTER_A_BREAK)
    return await screen.app.push_screen_wait(ask) or LEAVE


def _in_a_browser(path: object) -> Notice:
    return Notice(
        "Edit it beside the wizard",
        [
            "This terminal cannot be lent to an editor, as in a browser. The file is",
            f"  {path}",
            "Edit it in any way you like: it is read again when a page of settings opens.",
        ],
    )
