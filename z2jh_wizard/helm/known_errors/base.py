"""What one known error is, and the phrases that several share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from z2jh_wizard.core.errors import WizardError

NOTHING_CHANGED = "Nothing was changed."
SEE_WHAT_RUNS = "A hub that ran before runs on as it was; what is new may be there in part."
OLD_HUB_RUNS = "A hub that ran before runs on as it was."
THEN_AGAIN = "Then run the same command again."
DIAGNOSE = "Run: z2jh-wizard diagnose. It finds out why; often an image is being pulled or a node is missing."


@dataclass(frozen=True, slots=True)
class KnownError:
    """An error by a pattern on Helm's words; the pattern's named groups may stand in braces in every text.

    ``{complaints}`` in ``happened`` is replaced by the complaints of a values schema, one sentence each.
    """

    pattern: re.Pattern[str]
    title: str
    happened: str
    next_step: str
    still_works: str = ""
    transient: bool = False
    kind: type[WizardError] = WizardError


def known(
    pattern: str,
    title: str,
    happened: str,
    next_step: str,
    still_works: str = "",
    *,
    transient: bool = False,
    kind: type[WizardError] = WizardError,
) -> KnownError:
    """Return a known error; the pattern ignores case, and its dot takes line ends."""
    compiled = re.compile(pattern, re.I | re.S)
    return KnownError(compiled, title, happened, next_step, still_works, transient, kind)
