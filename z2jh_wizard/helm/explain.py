"""Explain Helm's errors: what happened, what still works, what to do next."""

from __future__ import annotations

import signal

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.helm.complaints import error_text, schema_complaints, without_wrapper
from z2jh_wizard.helm.known_errors import KNOWN
from z2jh_wizard.helm.known_errors.base import NOTHING_CHANGED, SEE_WHAT_RUNS, KnownError

READING = frozenset({"version", "show", "template", "status", "history", "get", "list", "pull", "lint"})
"""Verbs that change nothing in the cluster."""

LONGEST_TEXT = 1200
"""Characters of Helm's own words in an explanation; the log of the run has all of them."""


def explain(verb: str, exit_code: int, stderr: str) -> WizardError:
    """Return what an ended Helm means, as an error to raise.

    ``verb`` is Helm's first word (upgrade, status, ...); ``stderr`` is redacted by the caller, who knows the
    secrets. An error that nobody foresaw is told in Helm's own words.
    """
    error = without_wrapper(error_text(stderr))
    for known in KNOWN:
        if match := known.pattern.search(error):
            return _known(known, verb, error, {key: value or "" for key, value in match.groupdict().items()})
    if exit_code < 0:
        return _killed(verb, -exit_code)
    if "panic:" in stderr:
        return _crashed(verb, stderr)
    return WizardError(
        f"helm {verb} failed",
        _shorten(error) or f"It ended with exit code {exit_code} and said nothing.",
        still_works=_still_works(verb),
        next_step="Read the log of this run, or ask on https://discourse.jupyter.org with these words.",
    )


def _known(known: KnownError, verb: str, error: str, found: dict[str, str]) -> WizardError:
    found = {key: _shorten(value.strip()) for key, value in found.items()}
    complaints = " ".join(schema_complaints(error)) if "{complaints}" in known.happened else ""
    return known.kind(
        known.title.format_map(found),
        known.happened.format_map({**found, "complaints": complaints or _shorten(error)}),
        still_works=known.still_works or _still_works(verb),
        next_step=known.next_step.format_map(found),
        transient=known.transient,
    )


def _killed(verb: str, number: int) -> WizardError:
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    return WizardError(
        f"helm {verb} was stopped",
        f"It was ended by {name}, before it could say how far it got.",
        still_works=_still_works(verb),
        next_step="Run the same command again: it looks at the release first and mends it where needed.",
        transient=verb in READING,
    )


def _crashed(verb: str, stderr: str) -> WizardError:
    line = next(line for line in stderr.splitlines() if "panic:" in line)
    return WizardError(
        "Helm itself crashed",
        f"helm {verb}: {_shorten(plain(line.strip()))}",
        still_works=_still_works(verb),
        next_step="Use another version of Helm: z2jh-wizard doctor --fix downloads one.",
    )


def _still_works(verb: str) -> str:
    return NOTHING_CHANGED if verb in READING else SEE_WHAT_RUNS


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " ..."
