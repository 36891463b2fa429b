"""Helm's own records, read without Helm."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.helm import records
from z2jh_wizard.helm.releases import Status

RECORD = {
    "name": "bio101",
    "version": 3,
    "info": {
        "status": "deployed",
        "last_deployed": "2026-03-02T08:00:00.123456789+01:00",
        "description": "Upgrade complete",
    },
    "chart": {"metadata": {"name": "jupyterhub", "version": "4.4.0", "appVersion": "5.5.0"}, "templates": []},
    "config": {"cull": {"timeout": 7200}},
}


def packed(tree):
    """Encode as Helm does: gzip and base64; the Secret adds its own base64."""
    inner = base64.b64encode(gzip.compress(json.dumps(tree).encode()))
    return base64.b64encode(inner).decode()


def test_a_record_tells_revision_chart_and_values():
    stored = records.read(packed(RECORD))
    assert (stored.revision.number, stored.revision.status) == (3, Status.DEPLOYED)
    assert (stored.revision.chart, stored.revision.chart_version) == ("jupyterhub", "4.4.0")
    assert stored.revision.updated == datetime(2026, 3, 2, 7, 0, 0, 123456, tzinfo=timezone.utc)
    assert stored.values == {"cull": {"timeout": 7200}}


def test_a_record_without_values_has_none():
    assert records.read(packed({**RECORD, "config": None})).values == {}


def test_values_stay_out_of_the_printed_form():
    stored = records.read(packed({**RECORD, "config": {"password": "hunter22"}}))
    assert "hunter22" not in repr(stored)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: packed(list(raw)))))
def test_anything_else_is_told_in_words(data):
    with pytest.raises(CouldNotLook) as error:
        records.read(data)
    assert error.value.__cause__ is None


def test_the_labels_alone_give_an_outline():
    outline = records.outline(
        {"name": "bio101", "owner": "helm", "status": "pending-install", "version": "1"}
    )
    assert (outline.number, outline.status) == (1, Status.PENDING_INSTALL)
    assert records.outline({}).status is Status.UNKNOWN
    assert records.secret_name("bio101", 1) == "sh.helm.release.v1.bio101.v1"


@pytest.mark.parametrize(
    ("driver", "yes"), [("", True), ("secret", True), ("configmap", False), ("sql", False)]
)
def test_another_storage_is_left_to_helm(monkeypatch, driver, yes):
    monkeypatch.setenv("HELM_DRIVER", driver)
    assert records.in_secrets() is yes


def test_a_record_marked_as_failed_keeps_everything_else():
    change = records.as_failed(packed(RECORD), "Helm was killed")
    assert change["metadata"]["labels"] == {"status": "failed"}
    stored = records.read(change["data"]["release"])
    assert (stored.revision.status, stored.revision.description) == (Status.FAILED, "Helm was killed")
    assert (stored.revision.number, stored.revision.chart_version) == (3, "4.4.0")
    assert stored.values == RECORD["config"]
