"""Plain lines, JSON, runbook and receipt."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timezone

import msgspec

from tests.core.steps import Thing
from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.events import Event, Kind, State
from z2jh_wizard.core.receipt import Left, Receipt
from z2jh_wizard.core.report import NodeReport, PodReport, ProblemReport, ReleaseReport, StatusReport
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import By, Command, Danger, Finding, Look, Secret
from z2jh_wizard.render import machine, plain, receipt, runbook

WHEN = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
SPEC = Spec(
    schema_version=1, project_id="0123456789ab", provider="existing", release="bio101", namespace="bio101"
)


class Typed(Thing):
    def commands(self):
        return (
            Command(("echo", "it's", Secret("TOKEN")), "Say it"),
            Command(("cat",), stdin="two\nlines"),
            Command(script="x=1; echo $x"),
        )


def event(state, text="", kind=Kind.STATE, **more):
    return Event(WHEN, "typed", state, text, kind, **more)


def test_run_lines_show_the_commands_once_above_the_work():
    lines = plain.RunLines([Typed(set(), "typed")])
    first = lines.lines(event(State.RUNNING))
    assert "  $ echo 'it'\"'\"'s' \"$TOKEN\"" in first
    assert first[-1] == "> Make typed"
    assert lines.lines(event(State.RUNNING, "hello", Kind.LINE)) == ["    hello"]
    assert lines.lines(event(State.RUNNING, "pods", Kind.PROGRESS, done=1, total=2)) == ["    1 of 2 pods"]
    problem = Problem("Broken", "It broke.", next_step="Mend it.")
    assert lines.lines(event(State.FAILED, "Broken", problem=problem)) == [
        "! failed   Make typed: Broken",
        "    Broken",
        "    What happened: It broke.",
        "    What to do next: Mend it.",
    ]


def test_a_plan_marks_danger_and_who_does_it():
    step = Typed(set(), "typed")
    step.danger = Danger.COSTS_MONEY
    step.by = By.YOU
    lines = plain.plan_lines([Planned(step, Look(Finding.ABSENT, "not there"))])
    assert lines[0] == "absent   Make typed [costs money, you do this] (not there)"
    assert machine.plan([Planned(step, Look(Finding.ABSENT))])[0] == {
        "id": "typed",
        "title": "Make typed",
        "finding": "absent",
        "danger": "costs-money",
        "by": "you",
        "commands": [command.shell() for command in step.commands()],
        "detail": "",
        "usually": step.usually,
    }


def test_events_are_json_lines_with_the_promised_fields():
    tree = json.loads(machine.line(machine.event(event(State.FAILED, "x", problem=Problem("t", "h")))))
    assert tree["time"] == "2026-03-02T08:00:00Z"
    assert (tree["step"], tree["state"], tree["text"]) == ("typed", "failed", "x")
    assert tree["problem"]["code"] == 1


def test_the_shell_runbook_is_a_script_that_runs(tmp_path):
    text = runbook.shell("setup", SPEC, [Typed(set(), "typed")])
    done = subprocess.run(
        ["sh"], input=text.encode(), env={"TOKEN": "t"}, capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == "it's t\ntwo\nlines\n1\n"


def test_the_markdown_runbook_has_a_section_for_each_step():
    text = runbook.markdown("setup", SPEC, [Typed(set(), "typed"), Thing(set(), "other")])
    assert "## 1. Make typed" in text
    assert "Say it:" in text
    assert "## 2. Make other" in text
    assert "Nothing to type." in text


def test_a_receipt_says_what_is_left_and_never_guesses_a_cost():
    left = [Left("namespace lab", "it was not made by this project")]
    some = Receipt("2026-03-02T08:00:00Z", "bio101", False, ["release bio101"], left, None, True)
    text = "\n".join(receipt.lines(some))
    assert "unknown" in text
    assert "namespace lab: it was not made" in text
    none = msgspec.structs.replace(some, practice=True, left=[], cost_left_month=0.0)
    assert "practice never costs" in "\n".join(receipt.lines(none))
    assert receipt.verdict(some).startswith("! 1 thing is left of bio101. Cost: unknown")
    assert receipt.verdict(none) == "+ Nothing is left of bio101. Cost: none."
    assert "before it looked" in receipt.verdict(msgspec.structs.replace(none, complete=False))


def test_a_receipt_names_prices_commands_and_what_nobody_looked_for():
    """Without a price nothing is counted, and what the wizard will not delete has its command."""
    disk = Left("disk pvc-1", "the files of claim-ada", "us-central1-b", "10 GiB", 1.7, True, ["gcloud a"])
    bob = Left("disk pvc-2", "of some cluster", "us-central1-b", "20 GiB", None, False, ["gcloud b"])
    group = Left("resource group x", "look into it", "eastus", "a folder", 0.0, False, [])
    unseen = Left("addresses not looked for", "This account may not do this", looked=False)
    some = Receipt("", "bio101", False, [], [disk, bob, group, unseen], None, True, ["disks", "groups"], 1.7)
    assert receipt.lines(some) == [
        "Receipt for bio101",
        "  removed   nothing: it was gone already",
        "  looked    for disks, groups",
        "  left      disk pvc-1 (10 GiB in us-central1-b, about $1.70 a month): the files of claim-ada",
        "  left      disk pvc-2 (20 GiB in us-central1-b, price not known): of some cluster",
        "              by hand: gcloud b",
        "  left      resource group x (a folder in eastus, costs nothing): look into it",
        "  delete    1 of them: z2jh-wizard teardown --confirm bio101 --leftovers",
        "  unknown   addresses not looked for: This account may not do this",
        "  cost      at least 1.70 USD a month for what is left; "
        "prices not known: disk pvc-2, addresses not looked for",
    ]
    assert receipt.verdict(some).startswith(
        "! 3 things are left of bio101, but 1 kind could not be looked for."
    )
    blind = msgspec.structs.replace(some, left=[unseen, unseen], cost_known_month=0.0)
    assert receipt.verdict(blind).startswith("! Nothing was found of bio101, but 2 kinds could not")
    priced = msgspec.structs.replace(some, left=[disk], cost_left_month=1.7)
    assert receipt.lines(priced)[-1] == "  cost      about 1.70 USD a month for what is left"


def test_a_receipt_of_a_tear_down_that_never_looked_says_how_to_look():
    cut_short = Receipt("2026-03-02T08:00:00Z", "bio101", False, [], [], None, False)
    assert receipt.lines(cut_short) == [
        "Receipt for bio101, 2026-03-02T08:00:00Z",
        "  removed   nothing",
        "  left      not known: the tear-down ended before it looked for what is left",
        "  left      look by tearing down again: z2jh-wizard teardown --confirm bio101",
        "  cost      not known before it was looked",
    ]
    practice = msgspec.structs.replace(cut_short, practice=True)
    assert receipt.lines(practice)[-1] == "  cost      none: practice never costs anything"
    complete = msgspec.structs.replace(cut_short, complete=True, cost_left_month=0.0)
    assert receipt.lines(complete)[1:3] == [
        "  removed   nothing: it was gone already",
        "  left      nothing was found",
    ]


def test_a_status_in_words_holds_everything_and_no_escape_codes():
    report = StatusReport(
        provider="practice",
        cluster="Kubernetes v1.36.2",
        nodes=[NodeReport("n1", True, "user", "practice-4", "v1.36.2")],
        release=ReleaseReport("bio101", "bio101", "deployed", 3, "hub-1.0.0"),
        pods=[PodReport("hub-1", "hub", "Running\x1b[31m", True, 0, "n1")],
        url="http://203.0.113.7",
        students=2,
        problems=[ProblemReport("pod hub-1", "it waits", "look again")],
    )
    lines = plain.status_lines(report)
    text = "\n".join(lines)
    assert "\x1b" not in text
    for part in (
        "PRACTICE",
        "1 of 1 ready",
        "revision 3",
        "http://203.0.113.7",
        "2 with a server",
        "it waits",
    ):
        assert part in text
    assert set(json.loads(machine.text(report))) >= {
        "provider",
        "cluster",
        "nodes",
        "release",
        "pods",
        "url",
        "problems",
    }
