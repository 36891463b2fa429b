"""Where a mistake is noticed: by Helm before anything is installed, or later; shared by rules."""

from __future__ import annotations

from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.refusals import typed

REFUSED = "Helm refuses the whole file"


def is_refused(subject: Subject, path: Path) -> bool:
    """Tell whether Helm refuses the file for the value at a path; charts up to 0.11 take any."""
    known = subject.schema is not None or typed(subject.version, subject.family)
    return known and any(misfit.path == path for misfit in subject.misfits)
