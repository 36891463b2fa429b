"""Where a mistake is noticed: by Helm before anything is installed, or later; shared by rules."""

from __future__ import annotations

from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.refusals import typed

REFUSED = "Helm refuses the whole file"


def refused_paths(subject: Subject) -> frozenset[Path]:
    """Return where values are for which Helm refuses the file; charts up to 0.11 take any."""
    known = subject.schema is not None or typed(subject.version, subject.family)
    return frozenset(misfit.path for misfit in subject.misfits) if known else frozenset()
