"""What a cluster left, by commands: listed with its price, and deleted only when that was asked for too."""

from __future__ import annotations

import json

import pytest

from tests.cloud.test_aks import azure
from tests.cloud.test_gke import google
from tests.emulators.aks.manager import ArmError
from z2jh_wizard.cli import main
from z2jh_wizard.project import spec_file


@pytest.fixture(params=[google, azure], ids=["gke", "aks"])
def left_at(request, monkeypatch, tmp_path):
    """Return a cloud where a cluster left things behind, its project, and how many can be deleted."""
    with request.param(monkeypatch) as case:
        project = case.project(tmp_path)
        (project.folder / "z2jh.yaml").write_bytes(spec_file.dump(project.spec))
        yield case, project, case.leave_behind()


def torn_down(project, capsys, *more, expect=0):
    assert main(["-C", str(project.folder), "teardown", "--confirm", "bio101", "--json", *more]) == expect
    return json.loads(capsys.readouterr().out)


def changes(case):
    return [one for one in case.world.calls if one.changes]


def test_they_are_listed_then_deleted_then_gone(left_at, capsys):
    case, project, count = left_at
    listed = torn_down(project, capsys)
    assert {"removed", "left", "cost_left_month"} <= set(listed)
    assert (listed["removed"], listed["complete"], changes(case)) == ([], True, [])
    safe = [one for one in listed["left"] if one["safe"]]
    assert len(safe) == count
    assert all(one["commands"] and one["size"] for one in listed["left"])
    assert any("disks" in kind for kind in listed["looked_for"])
    assert listed["cost_left_month"] is None, "of one thing at least nobody knows the price"

    deleted = torn_down(project, capsys, "--leftovers")
    assert sorted(deleted["removed"]) == sorted(one["name"] for one in safe)
    assert not [one for one in deleted["left"] if one["safe"]]
    assert len(changes(case)) == count
    again = torn_down(project, capsys, "--leftovers")
    assert (again["removed"], again["left"]) == ([], deleted["left"])
    assert len(changes(case)) == count
    kept = sorted(project.receipts.iterdir())
    assert len(kept) == 3
    assert not case.world.complaints


def test_in_words_there_is_the_price_and_the_command(left_at, capsys):
    _, project, count = left_at
    assert main(["-C", str(project.folder), "teardown", "--confirm", "bio101"]) == 0
    said = capsys.readouterr().out
    assert "Delete what is left" not in said
    assert f"delete    {count} of them: z2jh-wizard teardown --confirm bio101 --leftovers" in said
    assert "by hand: " in said
    assert "price not known" in said


def test_a_wrong_name_deletes_nothing(left_at, capsys):
    case, project, _ = left_at
    argv = ["-C", str(project.folder), "teardown", "--confirm", "bio", "--leftovers"]
    assert main(argv) == 5
    assert changes(case) == []
    assert "not confirmed" in capsys.readouterr().err


@pytest.mark.parametrize("left_at", [azure], indirect=True)
def test_one_that_cannot_be_deleted_is_in_the_receipt(left_at, capsys):
    case, project, count = left_at
    case.world.fail_once("deleteResource", ArmError(409, "ScopeLocked", "The scope is locked."))
    receipt = torn_down(project, capsys, "--leftovers", expect=6)
    assert receipt["complete"]
    assert sum(one["safe"] for one in receipt["left"]) == 1
    assert len(receipt["removed"]) == count - 1, "the others went"
