"""The table of cloud errors: complete sentences, the right row, the cloud's own text only as plain text."""

import json
import re
import string

import pytest

from z2jh_wizard.cloud.explain import CloudNeedsYou, CloudRefused, CloudSilent, CloudTrouble, sayings, trouble
from z2jh_wizard.core.errors import ExitCode

NEEDS_YOU = ExitCode.NEEDS_YOU


def test_every_row_reads_well_with_and_without_details():
    assert len(sayings()) >= 40
    for one in sayings():
        for code in one.codes:
            told = trouble(one.cloud, code, " ".join(one.has))
            assert told.saying is one or set(told.saying.codes if told.saying else ()) & {code}
            text = str(told)
            assert not re.search(r"[{}]", text), text
            for line in (told.problem.happened, told.problem.next_step):
                assert line[0].isupper() or line[0].isdigit() or line.startswith(code), line
                assert line.rstrip()[-1] in ".)", line


def test_no_row_is_hidden_by_one_before_it():
    for one in sayings():
        assert any(
            found.saying is one
            for code in one.codes
            for word in (one.has or ("",))
            if (found := trouble(one.cloud, code, word))
        ), one.title


@pytest.mark.parametrize(
    ("cloud", "code", "text", "details", "said", "fix", "exit_code"),
    [
        ("gke", "SERVICE_DISABLED", "", {"service": "container.googleapis.com", "account": "bio"},
         "container.googleapis.com is not switched on in the project bio", "enable-service", NEEDS_YOU),
        ("gke", "ALREADY_EXISTS", "", {"target": "The cluster bio101"},
         "The cluster bio101 exists", "other-name", ExitCode.REFUSED),
        ("aks", "OperationNotAllowed", "exceeding approved standardDSv5Family Cores quota", {"have": "0"},
         "0 are left", "smaller-machine", NEEDS_YOU),
        ("aks", "OperationNotAllowed", "another operation is in progress", {},
         "Another operation is at work", "wait", ExitCode.FAILED),
        ("eks", "AccessDenied", "with an explicit deny in a service control policy", {},
         "rule of the organisation", "check-again", NEEDS_YOU),
        ("eks", "AccessDenied", "not authorized", {"permission": "eks:CreateCluster"},
         "eks:CreateCluster", "check-again", NEEDS_YOU),
    ],
)  # fmt: skip
def test_codes_with_several_meanings(cloud, code, text, details, said, fix, exit_code):
    found = trouble(cloud, code, text, details)
    assert said in str(found)
    assert (found.fix, found.code, found.reason) == (fix, exit_code, code)


def test_an_unknown_code_shows_the_clouds_own_words_as_plain_text():
    found = trouble("gke", "NEW_TROUBLE", "[red]much\x1b[31m " + "x " * 400)
    assert isinstance(found, CloudSilent)
    assert found.saying is None
    assert "NEW_TROUBLE: [red]much x" in found.problem.happened
    assert "\x1b" not in found.problem.happened
    assert len(found.problem.happened) < 350


def test_details_of_a_cloud_are_data():
    found = trouble("gke", "SERVICE_DISABLED", "", {"service": "{account}{0.__class__}"})
    assert "{account}{0.__class__} is not switched on" in found.problem.happened
    assert isinstance(found, CloudNeedsYou)
    assert isinstance(found, CloudTrouble)
    assert not isinstance(found, CloudRefused)


def test_every_placeholder_has_words_of_its_own():
    from z2jh_wizard.cloud.explain import _UNSAID

    used = {
        name
        for one in sayings()
        for text in (one.happened, one.next_step)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }
    assert used - {"code"} == set(_UNSAID), used ^ set(_UNSAID)


def test_keys_of_a_start_page_are_taken_out_of_what_a_cloud_says(monkeypatch):
    keys = {"access_key": "ASIAEXAMPLE", "secret_key": "wJalrXUtnFEMI", "token": "IQoJb3JpZ2lu", "until": 1.5}
    monkeypatch.setenv("Z2JH_AWS_KEYS", json.dumps(keys))
    said = "The string to sign was: ASIAEXAMPLE/2026 x-amz-security-token:IQoJb3JpZ2lu wJalrXUtnFEMI"
    for code in ("UnheardOf", "CREATE_FAILED"):
        error = trouble("eks", code, said, {"detail": said})
        told = f"{error.problem} {error.details}"
        assert "The string to sign" in told
        assert not [one for one in keys.values() if isinstance(one, str) and one in told]
