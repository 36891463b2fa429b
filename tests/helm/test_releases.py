"""Reading and judging releases."""

from datetime import datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.helm.releases import (
    PENDING,
    Revision,
    RollBack,
    Standing,
    Status,
    Uninstall,
    current_revision,
    earlier_revision,
    judge,
    parse_time,
    read_history,
    read_list,
    read_status,
    repair,
    split_chart,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
TIMEOUT = timedelta(minutes=10)

HISTORY = b"""[
{"revision":3,"updated":"2026-11-21T09:35:57.073327659Z","status":"deployed","chart":"tiny-0.1.0",
 "app_version":"9.9","rollback_revision":1,"description":"Rollback to 1"},
{"revision":1,"updated":"2026-11-21T09:35:50.471013982Z","status":"superseded","chart":"tiny-0.1.0",
 "app_version":"9.9","description":"Install complete"},
{"revision":2,"updated":"2026-11-21T09:35:51.913172378Z","status":"failed","chart":"tiny-0.1.0",
 "app_version":"9.9","description":"Upgrade \\"x\\" failed: context deadline exceeded"}]"""

LIST = b"""[{"name":"t1","namespace":"ns1","revision":"2","updated":"2026-11-21 09:34:17.97923619 +0100 CET",
"status":"failed","chart":"jupyterhub-v0.6","app_version":""}]"""

STATUS = b"""{"name":"t1","info":{"first_deployed":"2026-11-21T09:33:32.8572714Z",
"last_deployed":"2026-11-21T09:34:16.877060133Z","deleted":"","description":"Upgrade complete",
"status":"deployed","notes":"Say bye.\\n","resources":{"v1/ConfigMap":[]}},"manifest":"---\\n",
"config":{"password":"hunter2"},"version":3,"namespace":"ns1","apply_method":"ssa"}"""


def revisions(*statuses: str, age: timedelta = timedelta(minutes=1)) -> list[Revision]:
    return [
        Revision(number, Status(status), updated=NOW - age) for number, status in enumerate(statuses, start=1)
    ]


def test_history_is_read_oldest_first():
    history = read_history(HISTORY)
    assert [(one.number, one.status.value) for one in history] == [
        (1, "superseded"), (2, "failed"), (3, "deployed"),
    ]  # fmt: skip
    assert history[0].chart == "tiny"
    assert history[0].chart_version == "0.1.0"
    assert history[0].app_version == "9.9"
    assert history[0].updated == datetime(2026, 11, 21, 9, 35, 50, 471013, tzinfo=timezone.utc)
    assert "deadline" in history[1].description


def test_list_is_read_with_the_times_and_versions_of_old_helms():
    (release,) = read_list(LIST)
    assert (release.name, release.namespace, release.latest.number) == ("t1", "ns1", 2)
    assert release.latest.chart_version == "v0.6"
    assert release.latest.updated == datetime(2026, 11, 21, 8, 34, 17, 979236, tzinfo=timezone.utc)


def test_status_takes_the_charts_version_from_the_history():
    release = read_status(STATUS, read_history(HISTORY))
    assert release.notes == "Say bye.\n"
    assert release.latest.chart_version == "0.1.0"
    assert release.latest.description == "Upgrade complete"
    assert "hunter2" not in repr(release)


def test_status_without_a_matching_history_says_what_it_can():
    release = read_status(STATUS, [])
    assert release.latest.number == 3
    assert release.latest.chart_version == ""


def test_a_status_of_a_later_helm_is_unknown():
    (revision,) = read_history(b'[{"revision": 1, "status": "sleeping"}]')
    assert revision.status is Status.UNKNOWN
    assert revision.updated is None


@pytest.mark.parametrize("answer", [b"", b"null", b"{}", b"Error: oops", b'[{"revision": "x"}]'])
def test_what_is_no_history_is_an_error(answer):
    with pytest.raises(msgspec.MsgspecError):
        read_history(answer)


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("jupyterhub-4.4.0", "jupyterhub", "4.4.0"),
        ("jupyterhub-v0.6", "jupyterhub", "v0.6"),
        ("jupyterhub-0.11.1-n123.h1234", "jupyterhub", "0.11.1-n123.h1234"),
        ("nginx-ingress-1.2.3", "nginx-ingress", "1.2.3"),
        ("hub-2-1.0.0", "hub-2", "1.0.0"),
        ("hub", "hub", ""),
        ("", "", ""),
    ],
)
def test_splits_chart_and_version(text, name, version):
    assert split_chart(text) == (name, version)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T09:34:17.802850117Z", datetime(2026, 11, 21, 9, 34, 17, 802850, tzinfo=timezone.utc)),
        ("2026-11-21 09:34:17 +0000 UTC", datetime(2026, 11, 21, 9, 34, 17, tzinfo=timezone.utc)),
        ("2026-11-21T09:34:17-05:30", datetime(2026, 11, 21, 15, 4, 17, tzinfo=timezone.utc)),
        ("2026-11-21 09:34:17.5 +0530 IST", datetime(2026, 11, 21, 4, 4, 17, 500000, tzinfo=timezone.utc)),
        ("", None),
        ("soon", None),
    ],
)
def test_reads_the_times_of_every_helm(text, moment):
    assert parse_time(text) == moment


@pytest.mark.parametrize("status", sorted(PENDING))
def test_a_young_pending_release_may_be_at_work(status):
    judgement = judge(revisions("deployed", status), now=NOW, timeout=TIMEOUT)
    assert judgement.standing is Standing.WORKING
    assert "another 9 minutes" in judgement.why
    assert judgement.current
    assert judgement.current.number == 1


@pytest.mark.parametrize("status", sorted(PENDING))
def test_it_is_stuck_when_its_helm_is_dead_or_too_old(status):
    young = judge(revisions(status), now=NOW, timeout=TIMEOUT, helm_is_dead=True)
    old = judge(revisions(status, age=timedelta(minutes=10)), now=NOW, timeout=TIMEOUT)
    assert young.standing is old.standing is Standing.STUCK
    assert "its Helm has ended" in young.why
    assert "longer than 10 minutes ago" in old.why


def test_a_pending_release_of_unknown_age_is_stuck():
    judgement = judge([Revision(1, Status.PENDING_INSTALL)], now=NOW, timeout=TIMEOUT)
    assert judgement.standing is Standing.STUCK


@pytest.mark.parametrize(
    ("statuses", "standing", "current"),
    [
        ((), Standing.ABSENT, None),
        (("deployed",), Standing.DEPLOYED, 1),
        (("superseded", "deployed"), Standing.DEPLOYED, 2),
        (("failed",), Standing.FAILED, None),
        (("superseded", "deployed", "failed", "superseded", "failed"), Standing.FAILED, 2),
        (("deployed", "uninstalled"), Standing.ABSENT, None),
        (("superseded", "uninstalling"), Standing.STUCK, None),
        (("superseded", "unknown"), Standing.FAILED, None),
    ],
)
def test_standings(statuses, standing, current):
    judgement = judge(revisions(*statuses), now=NOW, timeout=TIMEOUT)
    assert judgement.standing is standing
    assert (judgement.current.number if judgement.current else None) == current
    assert judgement.why.endswith(".")


def test_a_failure_says_helms_reason():
    failed = Revision(1, Status.FAILED, updated=NOW, description="context deadline exceeded")
    assert "context deadline exceeded" in judge([failed], now=NOW, timeout=TIMEOUT).why


@pytest.mark.parametrize(
    ("statuses", "how"),
    [
        (("pending-install",), Uninstall()),
        (("failed", "pending-install"), Uninstall()),
        (("deployed", "pending-upgrade"), RollBack(1)),
        (("superseded", "deployed", "failed", "superseded", "failed"), RollBack(2)),
        (("superseded", "superseded", "pending-upgrade"), RollBack(2)),
        (("superseded", "uninstalling"), Uninstall()),
    ],
)
def test_repairs(statuses, how):
    assert repair(revisions(*statuses)) == how


def test_a_superseded_revision_that_never_finished_is_not_gone_back_to():
    history = [
        Revision(1, Status.SUPERSEDED, description="Install complete"),
        Revision(2, Status.SUPERSEDED, description='Upgrade "x" failed: timed out'),
        Revision(3, Status.FAILED, description="Rollback failed"),
    ]
    assert repair(history) == RollBack(1)


@given(st.lists(st.sampled_from(list(Status)), min_size=1, max_size=8))
def test_what_serves_users_is_never_uninstalled(statuses):
    history = [Revision(number, status) for number, status in enumerate(statuses, start=1)]
    current = current_revision(history)
    if current and statuses[-1] is not Status.UNINSTALLING:
        assert repair(history) == RollBack(current.number)


@pytest.mark.parametrize(
    ("statuses", "number"),
    [
        ("deployed", None),
        ("superseded deployed", 1),
        ("superseded superseded deployed", 2),
        ("superseded failed deployed", 1),
        ("deployed failed", 1),
        ("superseded deployed failed", 2),
        ("superseded deployed pending-upgrade", 2),
        ("failed", None),
        ("", None),
    ],
)
def test_one_goes_back_to_what_worked_before_the_last_change(statuses, number):
    history = [Revision(at, Status(word)) for at, word in enumerate(statuses.split(), 1)]
    found = earlier_revision(history)
    assert (found.number if found else None) == number
