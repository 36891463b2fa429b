"""A receipt is made from what was removed and from the last look, and guesses no price."""

from __future__ import annotations

import json

from z2jh_wizard.cloud.leftovers import Leftover, Scan, not_looked_for
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.core.step import Command, Resource
from z2jh_wizard.flows.receipt import keep_receipt, make_receipt
from z2jh_wizard.project.folder import create_project


def disk(name, month):
    command = Command(("gcloud", "delete", name))
    return Leftover(
        Resource("disk", name), "here", "1 GiB", month, False, "a \x1b[31mclaim", commands=(command,)
    )


def at_google(folder):
    return create_project(folder / "hub", "gke", chart=Chart(), release="bio101")


def test_known_prices_are_added(tmp_path):
    receipt = make_receipt(at_google(tmp_path), [], Scan((disk("a", 1.7), disk("b", 0.1)), ("disks",)))
    assert (receipt.cost_left_month, receipt.cost_known_month) == (1.8, 1.8)
    assert receipt.looked_for == ["disks"]
    assert receipt.complete


def test_one_unknown_price_or_kind_makes_the_sum_unknown(tmp_path):
    project = at_google(tmp_path)
    for unknown in (disk("b", None), not_looked_for("addresses", "no")):
        receipt = make_receipt(project, [], Scan((disk("a", 1.7), unknown)))
        assert (receipt.cost_left_month, receipt.cost_known_month) == (None, 1.7)
    nobody_looked = make_receipt(project, [], None)
    assert (nobody_looked.cost_left_month, nobody_looked.complete) == (None, False)
    nothing = make_receipt(project, [], Scan())
    assert (nothing.cost_left_month, nothing.left) == (0.0, [])


def test_it_is_kept_without_control_characters(tmp_path):
    project = at_google(tmp_path)
    receipt = make_receipt(project, [], Scan((disk("a\x07", 1.0),)))
    keep_receipt(project, receipt, "run")
    kept = json.loads((project.receipts / "run.json").read_text())
    (left,) = kept["left"]
    assert left["name"] == "disk a"
    assert "\x1b" not in left["reason"]
    assert (left["safe"], left["looked"], left["month_usd"]) == (False, True, 1.0)
    assert left["commands"][0].startswith("gcloud delete")
