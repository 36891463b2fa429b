"""Bodies in protobuf, as Kubernetes' own clients write them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.practice import samples
from z2jh_wizard.practice import protobuf, wire
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.wire import WireError

SAMPLES = samples.load("protobuf")


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["kind"])
def test_every_kind_reads_as_kubernetes_writes_it(sample: dict[str, Any]):
    decoded = protobuf.decode(base64.b64decode(sample["protobuf"]))
    assert without_nulls(decoded) == without_nulls(sample["json"])


# ------------------------------------------------------------------ writing by hand


def varint(number: int) -> bytes:
    number &= 2**64 - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def body(api_version: str, kind: str, content: bytes) -> bytes:
    return protobuf.MAGIC + chunk(1, chunk(1, api_version) + chunk(2, kind)) + chunk(2, content)


def test_a_pointer_to_zero_stays_and_an_empty_plain_value_goes():
    scale_to_none = chunk(2, number(1, 0) + number(5, 0))
    decoded = protobuf.decode(body("apps/v1", "Deployment", scale_to_none))
    assert decoded["spec"] == {"replicas": 0}


def test_helms_release_secret():
    content = chunk(
        1, chunk(1, "sh.helm.release.v1.jhub.v1") + chunk(11, chunk(1, "owner") + chunk(2, "helm"))
    )
    content += chunk(2, chunk(1, "release") + chunk(2, b"\x00\xff")) + chunk(3, "helm.sh/release.v1")
    assert protobuf.decode(body("v1", "Secret", content)) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "sh.helm.release.v1.jhub.v1", "labels": {"owner": "helm"}},
        "data": {"release": "AP8="},
        "type": "helm.sh/release.v1",
    }


def test_delete_options_of_any_group():
    decoded = protobuf.decode(body("policy/v1", "DeleteOptions", number(1, 30) + chunk(4, "Background")))
    assert decoded["gracePeriodSeconds"] == 30
    assert decoded["propagationPolicy"] == "Background"


def test_negative_and_packed_numbers():
    security = chunk(14, number(5, -1) + chunk(4, varint(7) + varint(8)) + number(4, 9))
    decoded = protobuf.decode(body("v1", "Pod", chunk(2, security)))
    assert decoded["spec"]["securityContext"] == {"fsGroup": -1, "supplementalGroups": [7, 8, 9]}


def test_unknown_fields_are_skipped():
    content = chunk(99, "x") + varint(98 << 3 | 1) + bytes(8) + varint(97 << 3 | 5) + bytes(4)
    assert protobuf.decode(body("v1", "ConfigMap", content)) == {"apiVersion": "v1", "kind": "ConfigMap"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        protobuf.MAGIC,
        protobuf.MAGIC + b"\x0a",
        protobuf.MAGIC + b"\xff" * 12,
        body("v1", "Nothing", b""),
        body("v1", "Pod", b"\x0a\xff\xff\xff\xff\x0f"),
        body("v1", "Pod", number(1, 5)),
        body("v1", "Pod", b"\x0b"),
        body("v1", "Pod", b"\x07"),
        body("v1", "Pod", b"\x00\x00"),
        body("v1", "Pod", chunk(2, chunk(4, "thirty"))),
        body("v1", "Pod", chunk(2, varint(4 << 3 | 1) + bytes(8))),
        body("v1", "ConfigMap", chunk(1, chunk(1, b"\xff\xfe"))),
        body("v1", "ConfigMap", chunk(1, chunk(8, number(1, 2**62)))),
        body("v1", "ConfigMap", chunk(1, chunk(8, number(1, -(10**14))))),
        body("v1", "ConfigMap", chunk(1, chunk(8, number(1, -60_000_000_000)))),
        body("v1", "ConfigMap", chunk(1, chunk(8, chunk(1, "x")))),
        body("v1", "ConfigMap", chunk(1, chunk(17, chunk(7, chunk(1, "{"))))),
        body("v1", "ConfigMap", b"") + chunk(3, "gzip"),
    ],
)
def test_broken_bodies_are_refused(raw: bytes):
    with pytest.raises(ApiError) as caught:
        protobuf.decode(raw)
    assert caught.value.code == 400


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes):
    assert code_of(protobuf.MAGIC + data) in (200, 400)
    assert code_of(body("apps/v1", "Deployment", data)) in (200, 400)


def code_of(raw: bytes) -> int:
    """Return 200 for a body that can be read and written as JSON, else the error's code."""
    try:
        json.dumps(protobuf.decode(raw))
    except ApiError as error:
        return error.code
    return 200


@given(st.sampled_from(SAMPLES), st.data())
def test_no_damage_breaks_the_reader(sample: dict[str, Any], data: st.DataObject):
    raw = bytearray(base64.b64decode(sample["protobuf"]))
    cut = data.draw(st.integers(4, len(raw)))
    place = data.draw(st.integers(4, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    assert code_of(bytes(raw[:cut])) in (200, 400)


def test_the_wire_format():
    data = number(1, 300) + chunk(2, "x") + varint(3 << 3 | 5) + b"1234"
    assert list(wire.fields(data)) == [
        (1, wire.VARINT, 300),
        (2, wire.BYTES, b"x"),
        (3, wire.FIXED32, b"1234"),
    ]
    assert list(wire.varints(varint(1) + varint(2**40))) == [1, 2**40]
    assert wire.signed(2**64 - 5, 64) == -5
    assert wire.signed(2**64 - 5, 32) == -5
    assert wire.signed(2**31 - 1, 32) == 2**31 - 1
    with pytest.raises(WireError, match="unexpected EOF"):
        list(wire.varints(b"\x80"))
