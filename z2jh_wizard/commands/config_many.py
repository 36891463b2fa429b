"""Several settings at once: a preset, or the people of a class list."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.commands.config_words import where_of
from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.flows.settings import Edited, change, refuse_duplicates
from z2jh_wizard.flows.sign_in_following import scene_of
from z2jh_wizard.flows.values_files import ValuesFiles, open_files
from z2jh_wizard.render import machine, output
from z2jh_wizard.system.files import read_bytes
from z2jh_wizard.values import presets
from z2jh_wizard.values.class_list import hub_names
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.presets import Preset
from z2jh_wizard.values.roster import Roster, Skipped, admit, read_roster

PRESETS: dict[str, tuple[Preset, ...]] = {one.id: one.presets for one in presets.GROUPS}
"""The presets by what they are about; together they are named ``culling-lecture``."""


def preset(parsed: argparse.Namespace) -> int:
    """List the presets that the chart takes, or write one."""
    if not parsed.preset:
        return _list(open_files(where_of(parsed)), as_json=parsed.json)

    def write(files: ValuesFiles) -> Edited:
        chosen = _find(files, parsed.preset)
        refuse_duplicates(files.main)
        return Edited(files.main, presets.apply(files.main.document, chosen.settings), files)

    edited = change(where_of(parsed), "config preset", write)
    written = [format_path(one.path) for one in _find(edited.files, parsed.preset).settings]
    return _say(edited, f"{parsed.preset}: {', '.join(written)}", {"paths": written}, as_json=parsed.json)


def roster(parsed: argparse.Namespace) -> int:
    """Let the people of a class list sign in, those that are allowed already too."""
    path = Path(parsed.roster).expanduser()
    found = read_roster(read_bytes(path, path.name), parsed.column)
    if not found.names:
        raise InvalidInput(
            f"{path.name} has no user name that can be used",
            "; ".join(map(_skipped, found.unusable[:3])) or "Its lines are empty.",
            still_works="Nothing was changed.",
            next_step=f"Name the column: --column NAME, one of {', '.join(found.columns)}"
            if found.columns
            else "",
        )

    def write(files: ValuesFiles) -> Edited:
        refuse_duplicates(files.main)
        names = hub_names(scene_of(files), found.names).values()
        document = admit(files.main.document, names, files.version, files.chart.family)
        return Edited(files.main, document, files)

    edited = change(where_of(parsed), "config roster", write)
    for one in (*found.duplicates, *found.unusable):
        output.aside(plain(_skipped(one)))
    column = f" of the column {found.column}" if found.column else ""
    said = f"{_people(len(found.names))}{column} may sign in"
    return _say(edited, said, _tree(found), as_json=parsed.json)


def _list(files: ValuesFiles, *, as_json: bool) -> int:
    offered = {
        f"{group}-{one.id}": one
        for group, several in PRESETS.items()
        for one in several
        if one.offered(files.version, files.chart.family)
    }
    if as_json:
        output.answer(
            machine.text(
                [
                    {
                        "name": name,
                        "title": one.title,
                        "when": one.when,
                        "paths": [format_path(setting.path) for setting in one.settings],
                        "chosen": one.chosen(files.main.document),
                    }
                    for name, one in offered.items()
                ]
            )
        )
    for name, one in offered.items() if not as_json else ():
        mark = "*" if one.chosen(files.main.document) else " "
        output.answer(f"{mark} {name:<22} {one.title}: {one.when}")
    return ExitCode.DONE


def _find(files: ValuesFiles, name: str) -> Preset:
    known = {f"{group}-{one.id}": one for group, several in PRESETS.items() for one in several}
    found = known.get(name)
    if found is None:
        raise InvalidInput(
            f"There is no preset {name!r}{did_you_mean(name, known)}",
            f"There are: {', '.join(known)}.",
            still_works="Nothing was changed.",
        )
    if not found.offered(files.version, files.chart.family):
        raise InvalidInput(
            f"Chart {files.version} does not take all of {name}",
            f"It writes {', '.join(format_path(one.path) for one in found.settings)}.",
            still_works="Nothing was changed.",
        )
    return found


def _say(edited: Edited, said: str, tree: dict[str, object], *, as_json: bool) -> int:
    pipe = edited.file.path is None
    if as_json:
        output.answer(machine.text({**tree, "file": edited.file.name, "changed": edited.changed}))
    elif pipe:
        output.document(edited.document.data)
    else:
        output.answer(plain(said if edited.changed else f"{said}; nothing had to be changed"))
    if edited.changed and edited.files.project:
        output.aside("The hub has it after: z2jh-wizard apply")
    return ExitCode.DONE


def _tree(found: Roster) -> dict[str, object]:
    return {
        "names": found.names,
        "column": found.column,
        "duplicates": found.duplicates,
        "unusable": found.unusable,
    }


def _skipped(one: Skipped) -> str:
    return f"line {one.line}, {one.text!r}: {one.reason}"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
