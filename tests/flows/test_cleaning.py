"""Cleaning texts for a screen that stays open while the project's secrets change."""

from __future__ import annotations

import os

import yaml

from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.flows.cleaning import ProjectCleaner

FIRST, SECOND = "canary-5b1f0c9e7d", "canary-00aa11bb22"


def write(project, text):
    """Write secrets.yaml with a time of its own, however coarse the clock of the file system is."""
    before = project.secrets.stat().st_mtime_ns if project.secrets.exists() else 0
    project.secrets.write_text(text)
    os.utime(project.secrets, ns=(before + 10**9, before + 10**9))


def test_secrets_made_later_are_hidden_too(project):
    clean = ProjectCleaner(project).text
    assert clean(FIRST) == FIRST
    write(project, yaml.safe_dump({"token": FIRST}))
    assert clean(f"a {FIRST} b {SECOND}") == f"a {HIDDEN} b {SECOND}"
    write(project, yaml.safe_dump({"token": SECOND}))
    assert clean(SECOND) == HIDDEN


def test_a_broken_file_leaves_what_was_known(project):
    write(project, yaml.safe_dump({"token": FIRST}))
    clean = ProjectCleaner(project).text
    assert clean(FIRST) == HIDDEN
    write(project, "token: [1\n")
    assert clean(FIRST) == HIDDEN
