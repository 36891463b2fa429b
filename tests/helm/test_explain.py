"""Helm's errors explained; the texts are Helm's own, from 3.9 to 4.3 and the bundled 4.2.3."""

import signal
from pathlib import Path

import pytest
import yaml

from z2jh_wizard.core.errors import CouldNotLook, ExitCode, InvalidInput, NeedsYou, WizardError
from z2jh_wizard.helm.complaints import error_text, schema_complaints, without_wrapper
from z2jh_wizard.helm.explain import LONGEST_TEXT, explain
from z2jh_wizard.helm.known_errors import KNOWN

RECORDED = yaml.safe_load(Path(__file__).with_name("recorded_errors.yaml").read_text())
KINDS = {kind.__name__: kind for kind in (CouldNotLook, InvalidInput, NeedsYou, WizardError)}


@pytest.mark.parametrize("recorded", RECORDED, ids=[str(number) for number in range(len(RECORDED))])
def test_explains_what_helm_says(recorded):
    error = explain("upgrade", 1, recorded["stderr"])
    assert error.problem.title == recorded["title"]
    assert recorded["happened"] in error.problem.happened
    assert type(error) is KINDS[recorded["kind"]]
    assert error.problem.still_works
    assert error.problem.next_step
    assert "{" not in f"{error.problem.title}{error.problem.next_step}"


def test_every_known_error_is_proved_by_a_text_of_helm():
    met = set()
    for recorded in RECORDED:
        error = without_wrapper(error_text(recorded["stderr"]))
        met.add(next(number for number, known in enumerate(KNOWN) if known.pattern.search(error)))
    assert [KNOWN[number].title for number in range(len(KNOWN)) if number not in met] == []


def test_schema_complaints_become_sentences():
    assert schema_complaints(RECORDED[0]["stderr"]) == [
        "cull.timeout is a string, but has to be null or integer.",
        "frob, nib is no setting of the chart under hub.",
        "auth is no setting of the chart.",
    ]
    assert schema_complaints(RECORDED[1]["stderr"]) == [
        "cull.timeout is a string, but has to be integer.",
        "auth is no setting of the chart.",
        'hub.db.type: hub.db.type must be one of the following: "sqlite-pvc", "sqlite-memory".',
    ]


def test_what_nobody_foresaw_is_told_in_helms_words():
    error = explain("upgrade", 1, "level=DEBUG msg=x\nError: UPGRADE FAILED: the moon is full\n")
    assert error.problem.title == "helm upgrade failed"
    assert error.problem.happened == "the moon is full"
    assert error.problem.code is ExitCode.FAILED
    assert "runs on" in error.problem.still_works


def test_a_question_that_failed_changed_nothing():
    assert explain("history", 1, "Error: the moon is full").problem.still_works == "Nothing was changed."


def test_silence_is_told_as_such():
    assert "exit code 7 and said nothing" in explain("upgrade", 7, "").problem.happened


def test_a_signal_is_named():
    error = explain("upgrade", -signal.SIGKILL, "level=DEBUG msg=waiting\n")
    assert error.problem.title == "helm upgrade was stopped"
    assert "SIGKILL" in error.problem.happened
    assert not error.transient
    assert "signal 250" in explain("status", -250, "").problem.happened


def test_a_crash_of_helm_is_not_the_teachers_fault():
    stderr = "panic: runtime error: invalid memory address\n\ngoroutine 35 [running]:\nmain.main()\n"
    error = explain("upgrade", 2, stderr)
    assert error.problem.title == "Helm itself crashed"
    assert "invalid memory address" in error.problem.happened


def test_the_error_is_found_among_log_lines():
    stderr = (
        "WARNING: Kubernetes configuration file is group-readable.\n"
        'level=WARN msg="upgrade failed" name=x error="Error: fake"\n'
        "Error: UPGRADE FAILED: resource Deployment/x not ready\ncontext deadline exceeded\n"
        "helm.go:86: 2026-11-21 09:35:50 +0000 UTC [debug] resource\nhelm.sh/helm/v3/pkg/action.init\n"
    )
    assert error_text(stderr) == (
        "UPGRADE FAILED: resource Deployment/x not ready\ncontext deadline exceeded"
    )


def test_without_an_error_line_the_last_line_that_is_no_log_counts():
    assert error_text("first\nlast words\nlevel=DEBUG msg=x\n\n") == "last words"
    assert error_text("level=DEBUG msg=x\n") == ""


def test_wrappers_come_off_one_by_one():
    error = (
        "UPGRADE FAILED: release bio101 failed, and has been rolled back due to atomic being set: timed out"
    )
    assert without_wrapper(error) == "timed out"


def test_long_errors_are_cut_and_codes_of_the_terminal_removed():
    error = explain("upgrade", 1, "Error: \x1b[31m" + "x" * 9000)
    assert len(error.problem.happened) <= LONGEST_TEXT + 4
    assert "\x1b" not in error.problem.happened


def test_braces_in_helms_words_do_no_harm():
    error = explain("upgrade", 1, "Error: execution error at (a.yaml:1:2): {0} {__class__} {")
    assert "{0} {__class__} {" in error.problem.happened
