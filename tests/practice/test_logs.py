from __future__ import annotations

from datetime import datetime, timedelta, timezone

from z2jh_wizard.practice import log_texts
from z2jh_wizard.practice.logs import KEPT_LINES, SAVED_LINES, LogBook, LogLine, stamped

START = datetime(2026, 9, 1, 8, 0, tzinfo=timezone.utc)


def texts(lines: list[LogLine] | None) -> list[str]:
    return [line.text for line in lines or []]


def test_runs_follow_each_other():
    book = LogBook()
    assert book.read("uid", "hub") is None
    book.write("uid", "hub", stamped(START, [(0, "first")]))
    assert book.read("uid", "hub", previous=True) is None
    book.start("uid", "hub")
    book.write("uid", "hub", stamped(START, [(1, "second")]))
    assert texts(book.read("uid", "hub")) == ["second"]
    assert texts(book.read("uid", "hub", previous=True)) == ["first"]
    book.start("uid", "hub")
    assert texts(book.read("uid", "hub", previous=True)) == ["second"]
    book.forget("uid")
    assert book.read("uid", "hub") is None


def test_a_log_is_bounded():
    book = LogBook()
    book.write("uid", "hub", (LogLine(START, str(number)) for number in range(3 * KEPT_LINES)))
    lines = book.read("uid", "hub")
    assert lines is not None
    assert len(lines) == KEPT_LINES
    assert lines[-1].text == str(3 * KEPT_LINES - 1)


def test_a_log_survives_as_json():
    book = LogBook()
    book.write("uid", "user-server", stamped(START, [(0, "can be had again")]))
    book.write("uid", "hub", stamped(START, [(0, "start")]))
    book.write("uid", "hub", (LogLine(START + timedelta(seconds=n), str(n)) for n in range(SAVED_LINES + 5)))
    restored = LogBook()
    restored.restore(book.to_json())
    assert restored.read("uid", "user-server") is None
    lines = restored.read("uid", "hub")
    assert lines is not None
    assert len(lines) == SAVED_LINES
    assert lines[-1] == LogLine(START + timedelta(seconds=SAVED_LINES + 4), str(SAVED_LINES + 4))


def test_the_hub_writes_as_jupyterhub_does():
    lines = log_texts.hub_start(
        START, 2.0, "jhub", "jupyterhub.auth.DummyAuthenticator-5.5.0", ["JupyterHub"]
    )
    assert lines[0].text == "Loading /usr/local/etc/jupyterhub/secret/values.yaml"
    assert lines[2].text == "Loading pass-through config section hub.config.JupyterHub"
    first = next(line for line in lines if "Running JupyterHub" in line.text)
    assert first.text.startswith("[I 2026-09-01 08:00:0")
    assert first.text.endswith(" JupyterHub app:3346] Running JupyterHub version 5.5.0")
    assert "JupyterHub is now running" in lines[-1].text
    assert all(START <= line.time < START + timedelta(seconds=2) for line in lines)
    assert [line.time for line in lines] == sorted(line.time for line in lines)


def test_other_programs_have_their_own_formats():
    assert (
        log_texts.proxy_start(START)[1].text
        == "08:00:00.050 [ConfigProxy] info: Proxying http://:::8000 to http://hub:8081"
    )
    assert log_texts.scheduler(START, "v1.30.14")[0].text == (
        "I0901 08:00:00.000000       1 serving.go:386] Generated self-signed cert in-memory"
    )
    assert log_texts.awaiter(START, 1, 2, 3).text == (
        "2026/09/01 08:00:00 1 image puller pods are ready out of the 2 currently scheduled "
        "and 3 desired number scheduled."
    )
    assert "LabApp" in log_texts.user_server(START, 1.0, "ada")[6].text
    assert log_texts.traefik(START, "3.6.12")[0].text.startswith(
        "2026-09-01T08:00:00Z INF Traefik version 3.6.12"
    )
    assert texts(log_texts.plain(START, ["Pulling complete"])) == ["Pulling complete"]
