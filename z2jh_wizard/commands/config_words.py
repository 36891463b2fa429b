"""What all config commands have in common: the words that say which files are meant."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.flows.values_files import Where


def where_of(parsed: argparse.Namespace) -> Where:
    """Return what a person said about the files: a project's, or --file with what goes with it."""
    return Where(Path(parsed.folder), parsed.file, parsed.at, parsed.chart, parsed.chart_version)
