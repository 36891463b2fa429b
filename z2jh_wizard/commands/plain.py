"""``--plain``: the wizard's questions line by line, for screen readers, dumb terminals and pipes."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from z2jh_wizard.commands.runs import agree_to_costs, play
from z2jh_wizard.core.errors import ExitCode, NeedsYou
from z2jh_wizard.flows.asking import Asker
from z2jh_wizard.flows.line_by_line import Ended, LineByLine
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.flows.sessions import new_session
from z2jh_wizard.flows.unfinished import forget, is_waiting, keep, take_up
from z2jh_wizard.project.folder import Project, is_project, open_project
from z2jh_wizard.render import output
from z2jh_wizard.render.terminal import PlainTerminal


def ask_line_by_line(parsed: argparse.Namespace) -> int:
    """Ask all questions, write the files, and apply them if that is wanted.

    NeedsYou when the input ends before the files were written.
    """
    folder = Path(parsed.folder).absolute()
    project = open_project(folder) if is_project(folder) else None
    # A folder with other things in it, such as a home folder, is taken only where it was asked for.
    is_meant = parsed.folder != "." or project or not any(folder.iterdir())
    talk, questionnaire = PlainTerminal(), Questionnaire(folder if is_meant else None, project)
    try:
        _offer_unfinished(questionnaire, Asker(talk))
        ended = LineByLine(questionnaire, talk).run()
    except KeyboardInterrupt:
        output.aside()
        output.aside(_kept(questionnaire))
        return ExitCode.INTERRUPTED
    except EOFError:
        talk.say()
        kept = _kept(questionnaire) if talk.is_terminal else "Nothing was written."
        raise NeedsYou("The input ended before the files were written", kept) from None
    forget(project)
    if ended is Ended.LEFT or questionnaire.project is None:
        output.answer("Nothing was written.")
        return ExitCode.DONE
    return _go_on(questionnaire.project, Asker(talk), is_here=questionnaire.project.folder == Path.cwd())


def _offer_unfinished(questionnaire: Questionnaire, asker: Asker) -> None:
    """Take up what was answered before and not written, if that is wanted."""
    if not is_waiting(questionnaire.project):
        return
    if asker.agrees("There are answers that were not written last time. Go on with them?"):
        for line in take_up(questionnaire):
            asker.say(f"! {line}")


def _kept(questionnaire: Questionnaire) -> str:
    if not questionnaire.is_touched:
        return "Nothing was written."
    keep(questionnaire)
    return "Nothing was written. What you answered is kept, secrets left out; --plain offers it again."


def _go_on(project: Project, asker: Asker, *, is_here: bool) -> int:
    """Offer to apply at once; else say what to do next."""
    command = f"z2jh-wizard{'' if is_here else f' -C {project.folder}'} apply"
    try:
        wanted = asker.agrees(f"The hub has it after: {command}. Do that now?")
    except EOFError:
        wanted = False
    except KeyboardInterrupt:
        output.aside(f"\nThe files are written. Next: {command}")
        return ExitCode.INTERRUPTED
    if not wanted:
        output.answer(f"Next: {command}")
        return ExitCode.DONE
    agree_to_costs(project, yes=False)
    return asyncio.run(play(new_session(project, "setup"), as_json=False)).code
