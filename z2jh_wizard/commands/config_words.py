"""What all config commands have in common: the words that say which files are meant."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.flows.values_files import ValuesFiles, Where
from z2jh_wizard.render import output


def where_of(parsed: argparse.Namespace) -> Where:
    """Return what a person said about the files: a project's, or --file with what goes with it."""
    return Where(Path(parsed.folder), parsed.file, parsed.at, parsed.chart, parsed.chart_version)


def say_if_new(files: ValuesFiles) -> None:
    """Say so when a project's config.yaml is not on the disk yet."""
    if files.main.is_new:
        output.aside(f"{files.main.name} is not written yet; this is how it will begin.")
