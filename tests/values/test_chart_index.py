"""The versions of a chart in the index of a repository."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.chart_index import newer_than, read_index

INDEX = b"""\
apiVersion: v1
entries:
  jupyterhub:
    - {version: 4.4.1-0.dev.git.7, appVersion: 5.5.1, created: "2026-11-01T00:00:00Z"}
    - {version: 4.10.0, appVersion: 6.0.0, kubeVersion: ">=1.30.0-0", created: 2026-10-05T10:00:00Z}
    - {version: 4.4.0, appVersion: 5.5.0, created: "2026-09-01T00:00:00Z"}
    - {version: v0.6, appVersion: 0.8.1}
    - {version: odd}
    - {version: 4.4.0, appVersion: again}
    - text
generated: "2026-11-01T00:00:00Z"
"""


def test_releases_are_offered_the_newest_first():
    offered = read_index(INDEX, "jupyterhub")
    assert [one.version for one in offered] == ["4.10.0", "4.4.0", "v0.6"]
    assert offered[0].kubernetes == ">=1.30.0-0"
    assert offered[0].released == "2026-10-05"
    assert offered[1].app_version == "5.5.0"


def test_pre_releases_only_when_asked():
    assert "4.4.1-0.dev.git.7" in [one.version for one in read_index(INDEX, "jupyterhub", pre_releases=True)]


def test_newer_than():
    assert [one.version for one in newer_than("4.4.0", read_index(INDEX, "jupyterhub"))] == ["4.10.0"]


@pytest.mark.parametrize("data", [b"", b"<html>", b"[1]", b"entries: 5", b"a: [", b"\xff\xfe\xff"])
def test_what_is_no_index_is_refused(data: bytes):
    with pytest.raises(InvalidInput, match="no Helm repository"):
        read_index(data, "jupyterhub")


def test_a_chart_that_is_not_there_is_said():
    with pytest.raises(InvalidInput, match="has no chart binderhub"):
        read_index(INDEX, "binderhub")


def test_a_value_of_endless_size_is_no_text():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    data = f"{bomb}entries:\n  jupyterhub:\n    - {{version: 1.0.0, appVersion: *a29}}\n".encode()
    assert read_index(data, "jupyterhub")[0].app_version == ""
