"""Errors: words for a tired teacher, codes for a script."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.errors import (
    CouldNotLook,
    ExitCode,
    InvalidInput,
    NeedsYou,
    Problem,
    Refused,
    WizardError,
    unexpected,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(WizardError, 1), (InvalidInput, 2), (CouldNotLook, 4), (Refused, 5), (NeedsYou, 6)],
)
def test_each_kind_of_error_has_its_exit_code(kind: type[WizardError], code: int) -> None:
    assert kind("x").problem.code == code


def test_an_error_reads_from_what_happened_to_what_to_do() -> None:
    error = WizardError("No room", "The disk is full.", still_works="Looking.", next_step="Make room.")
    assert str(error).splitlines() == [
        "No room",
        "What happened: The disk is full.",
        "What still works: Looking.",
        "What to do next: Make room.",
    ]


def test_empty_parts_are_left_out() -> None:
    assert Problem("No room", "").lines() == ["No room"]


def test_an_unexpected_error_tells_where_but_not_its_text() -> None:
    try:
        int("canary-secret")
    except ValueError as error:
        problem = unexpected(error, "testing")
    assert problem.happened.startswith("ValueError while testing (test_errors.py line ")
    assert "canary-secret" not in "".join(problem.lines())
    assert problem.code is ExitCode.FAILED


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert unexpected(ValueError("x"), "testing").happened == "ValueError while testing."
