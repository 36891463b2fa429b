"""Reports and receipts: their JSON is a contract."""

from __future__ import annotations

import msgspec

from z2jh_wizard.core.receipt import Left, Receipt
from z2jh_wizard.core.report import Check, ProblemReport, ReleaseReport, StatusReport


def test_a_status_as_json() -> None:
    report = StatusReport(
        provider="practice",
        cluster="practice",
        nodes=[],
        release=ReleaseReport("jhub", "jhub", "deployed"),
        pods=[],
        url="",
        students=0,
        problems=[ProblemReport("pod hub", "not ready", "wait")],
    )
    tree = msgspec.json.decode(msgspec.json.encode(report))
    assert list(tree)[:7] == ["provider", "cluster", "nodes", "release", "pods", "url", "students"]
    assert tree["problems"] == [{"object": "pod hub", "summary": "not ready", "next": "wait"}]


def test_a_receipt_as_json() -> None:
    receipt = Receipt(
        "2026-03-02T08:00:00Z", "jhub", True, ["release jhub"], [Left("disk", "not ours")], None, True
    )
    tree = msgspec.json.decode(msgspec.json.encode(receipt))
    assert tree["removed"] == ["release jhub"]
    (left,) = tree["left"]
    assert list(left)[:2] == ["name", "reason"]
    assert (left["safe"], left["month_usd"], left["looked"]) == (False, None, True)
    assert tree["cost_left_month"] is None
    assert tree["complete"] is True


def test_a_check_as_json() -> None:
    assert msgspec.to_builtins(Check("helm", True, "4.3.1"))["ok"] is True
