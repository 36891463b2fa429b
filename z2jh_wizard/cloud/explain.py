"""What a cloud's error means for a teacher: one table by code, with what to do next and which button helps.

Codes and reasons decide, never an exception's class or its English text: the SDKs file the same trouble under
several classes, and texts change. The table is ``assets/cloud-errors.json``.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import CouldNotLook, NeedsYou, Refused, WizardError
from z2jh_wizard.core.redaction import Redactor, plain

Cloud: TypeAlias = Literal["gke", "aks", "eks"]

Fix: TypeAlias = Literal[
    "",
    "check-again",
    "default-version",
    "delete-leftovers",
    "enable-service",
    "other-name",
    "other-zone",
    "register",
    "sign-in",
    "smaller-machine",
    "wait",
]
"""What a button can do about a trouble."""

_NAMES = {"gke": "Google", "aks": "Azure", "eks": "AWS"}

_UNSAID = {
    "account": "this account",
    "detail": "The cloud gave no details.",
    "have": "fewer",
    "location": "this location",
    "lock": "on it",
    "machine": "machine of this type",
    "metric": "A quota",
    "need": "more",
    "operation": "it will end by itself",
    "permission": "what was asked for",
    "policy": "in force there",
    "service": "The service",
    "target": "What was asked for",
    "version": "The version",
    "zone": "this zone",
    "zones": "others",
}
"""What stands for a detail that the cloud did not tell."""

_SIGN_INS = (
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "Z2JH_AZURE_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "Z2JH_AWS_KEYS",
)
"""Variables of what signs in, which clouds may repeat in their errors; the last one is JSON with several."""

LONGEST = 300
"""Characters of a cloud's own words that are shown."""


class CloudTrouble(WizardError):
    """A cloud's error in words; ``saying`` is the row of the table, None for a code that nobody foresaw."""

    saying: Saying | None = None
    reason: str = ""
    """The cloud's own code."""
    details: Mapping[str, str] = MappingProxyType({})
    """What the cloud told in fields of its own, for what the wizard can do about it itself."""
    retry_after: float | None = None
    """Seconds that the cloud wants to be left alone; None when it did not say."""

    @property
    def fix(self) -> Fix:
        """What a button can do about it."""
        return self.saying.fix if self.saying else ""


class CloudNeedsYou(CloudTrouble, NeedsYou):
    """A person has to do something about it first."""


class CloudRefused(CloudTrouble, Refused):
    """It is not ours, or the name is taken."""


class CloudSilent(CloudTrouble, CouldNotLook):
    """Nothing is known: the code is none that the table has, or the cloud was not reached."""


class Saying(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One row: which codes of which cloud, and what is said."""

    cloud: Cloud
    codes: tuple[str, ...]
    title: str
    happened: str
    next_step: str
    still_works: str = "What was made before is kept."
    has: tuple[str, ...] = ()
    """Words of which one must be in the cloud's text, where one code means several things."""
    fix: Fix = ""
    kind: Literal["failed", "needs-you", "refused"] = "failed"
    transient: bool = False


class _About(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    what: str
    source: str
    date: str


class _Table(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: _About
    errors: tuple[Saying, ...]


@functools.cache
def sayings() -> tuple[Saying, ...]:
    """Return the whole table."""
    return msgspec.json.decode(asset_path("cloud-errors.json").read_bytes(), type=_Table).errors


def saying_for(cloud: Cloud, code: str, text: str = "") -> Saying | None:
    """Return the first row for a code whose words, if it has any, are in the text; else None."""
    low = text.lower()
    return next(
        (
            one
            for one in sayings()
            if one.cloud == cloud
            and code in one.codes
            and (not one.has or any(word.lower() in low for word in one.has))
        ),
        None,
    )


def trouble(
    cloud: Cloud,
    code: str,
    text: str = "",
    details: Mapping[str, str] | None = None,
    retry_after: float | None = None,
) -> CloudTrouble:
    """Return the error to raise for a cloud's error.

    ``details`` are what the cloud told in fields of its own, such as ``permission`` or ``zone``. The cloud's
    text is shown only for a code that the table does not have, cut to ``LONGEST`` characters. What signs in
    is taken out of all of it.
    """
    found = saying_for(cloud, code, text)
    redactor = _redactor()
    told = {name: plain(redactor.clean(value), LONGEST) for name, value in (details or {}).items() if value}
    if found is None:
        error: CloudTrouble = CloudSilent(
            f"{_NAMES[cloud]} answered with an error",
            f"{code or 'No code'}: {plain(redactor.clean(text), LONGEST) or 'it gave no details.'}",
            still_works="What was made before is kept.",
            next_step="Run the same command again; it looks first and carries on. Report what comes back.",
        )
    else:
        words = {**_UNSAID, "code": code, **told}
        made = {"failed": CloudTrouble, "needs-you": CloudNeedsYou, "refused": CloudRefused}[found.kind]
        error = made(
            found.title,
            found.happened.format_map(words),
            still_works=found.still_works,
            next_step=found.next_step.format_map(words),
            transient=found.transient,
        )
    error.saying, error.reason, error.details, error.retry_after = found, code, told, retry_after
    return error


def _redactor() -> Redactor:
    held = [os.environ.get(name, "") for name in _SIGN_INS]
    return Redactor([*held, *re.findall(r':\s*"([^"]+)"', held[-1])])
