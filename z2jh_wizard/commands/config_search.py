"""config search: find settings by words, and see which of them the files set."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from z2jh_wizard.commands.config_words import where_of
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.flows.values_files import ValuesFiles, chart_meant, keys_of, open_files
from z2jh_wizard.project.folder import is_project
from z2jh_wizard.render import machine, output
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.search import Hit
from z2jh_wizard.values.search import search as look

SHOWN = 20
"""Settings that people are shown; programs get all."""


def search(parsed: argparse.Namespace) -> int:
    """Show the settings that fit the words, the best first; anywhere, also outside of a project."""
    files = open_files(where_of(parsed)) if parsed.file or is_project(Path(parsed.folder)) else None
    chart = files.chart if files else chart_meant(parsed.chart or "z2jh", parsed.chart_version)
    hits = look(parsed.words, files.version if files else keys_of(chart), chart.family)
    if parsed.json:
        listed = [{**msgspec.to_builtins(hit), **_place(hit, files)} for hit in hits]
        output.answer(machine.text(listed))
        return ExitCode.DONE
    for hit in hits[:SHOWN]:
        for line in _lines(hit, files):
            output.answer(line)
    if len(hits) > SHOWN:
        output.aside(f"{len(hits) - SHOWN} more; add a word to find fewer.")
    if not hits:
        output.aside("No setting fits these words; try fewer, or other ones.")
    return ExitCode.DONE


def _place(hit: Hit, files: ValuesFiles | None) -> dict[str, str | int]:
    """Return where a setting is set, as file and line; an empty name and 0 where it is not."""
    for text in filter(None, (hit.also, hit.path)) if files and hit.available else ():
        path = parse_path(text)
        holder = files.holder(path) if files else None
        if holder:
            return {"file": holder.name, "line": holder.document.where(path).line}
    return {"file": "", "line": 0}


def _lines(hit: Hit, files: ValuesFiles | None) -> list[str]:
    place = _place(hit, files)
    mark = f"  (set in {place['file']}:{place['line']})" if place["line"] else ""
    said = [f"{hit.path}{mark}", f"    {hit.help}"]
    if hit.default is not msgspec.UNSET:
        said.append(f"    default: {machine.line(hit.default)}")
    if hit.choices:
        said.append(f"    one of: {', '.join(choice.value for choice in hit.choices)}")
    if hit.also:
        said.append(f"    the same, and stronger: {hit.also}")
    if hit.python:
        said += ["    in hub.extraConfig:", *(f"      {line}" for line in hit.python.splitlines())]
    if hit.note:
        said.append(f"    {hit.note}")
    return said
