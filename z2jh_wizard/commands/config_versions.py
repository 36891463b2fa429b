"""Values files across versions: config migrate and config diff."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from z2jh_wizard.commands.config_words import where_of
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.flows.migrating import Carried, Stop, carried, stop_meant
from z2jh_wizard.flows.values_files import ValuesFiles, files_to_change, open_files
from z2jh_wizard.render import changes as change_lines
from z2jh_wizard.render import machine, output
from z2jh_wizard.render import migration as migration_lines


def diff(parsed: argparse.Namespace) -> int:
    """Compare the files with what the hub runs with, or one file with another; secrets stay hidden."""
    from z2jh_wizard.flows import comparing

    where = where_of(parsed)
    files = open_files(where)
    if parsed.other:
        found = comparing.between(files, replace(where, file=parsed.other))
    elif files.project is None:
        raise InvalidInput(
            "There is nothing to compare with",
            "A file outside of a project has no hub.",
            next_step="Name the other file: config diff --file A --with B",
        )
    else:
        given = asyncio.run(comparing.release_values(files.project))
        if given is None:
            output.aside("The hub is not installed yet: all that the files say is new to it.")
        found = comparing.since(given or {}, files)
    if parsed.json:
        output.answer(machine.text(found))
    else:
        for line in change_lines.lines(found):
            output.answer(line)
        if not found:
            output.answer("There is no difference.")
    return ExitCode.FOUND_SOMETHING if found else ExitCode.DONE


def migrate(parsed: argparse.Namespace) -> int:
    """Carry the main file to another chart; the new file goes to stdout, or with --write in its place."""
    where = where_of(parsed)
    if not parsed.write:
        files = open_files(where)
        return _told(parsed, files, _carried(parsed, files))
    with files_to_change(where, "config migrate") as files:
        one = _carried(parsed, files)
        files.save(one.file, one.migration.document.data)
    return _told(parsed, files, one)


def _carried(parsed: argparse.Namespace, files: ValuesFiles) -> Carried:
    own = Stop(files.chart.family, files.version)
    source = stop_meant(parsed.source, own.family) if parsed.source else own
    return carried(files, files.main, source, stop_meant(parsed.target, source.family))


def _told(parsed: argparse.Namespace, files: ValuesFiles, one: Carried) -> int:
    """Say what was done, and give the file where it was not written."""
    if parsed.json:
        output.answer(machine.text(one.migration.plain()))
        return ExitCode.DONE
    for line in migration_lines.lines(one.file.name, one.migration):
        output.aside(line)
    if not parsed.write or one.file.path is None:
        output.document(one.migration.document.data)
    elif files.project and one.changed:
        output.aside("The chart in z2jh.yaml is still the old one; z2jh-wizard upgrade changes both at once.")
    return ExitCode.DONE
