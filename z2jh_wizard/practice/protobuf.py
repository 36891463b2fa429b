"""Read request bodies in Kubernetes' protobuf form, which Helm and kubectl send, into JSON objects.

A body is the magic ``k8s\\0`` and a runtime.Unknown message: the kind, then the object's own bytes. The
answer is the JSON that Go's encoder would give for the same object: set pointers keep their zero values,
optional plain values lose them, and the fields of inline structs stand in their parent.
"""

from __future__ import annotations

import base64
import datetime
import functools
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.practice import status, wire
from z2jh_wizard.practice.objects import Object, json_fault, split_api_version
from z2jh_wizard.practice.wire import WireError

MAGIC = b"k8s\0"

_Field = tuple[str, str, str]
_Wire = int | bytes
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def decode(raw: bytes) -> Object:
    """Return the object of an application/vnd.kubernetes.protobuf body; ApiError 400 when it is broken."""
    if not raw.startswith(MAGIC):
        raise status.bad_request(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
        )
    try:
        api_version, kind, content = _envelope(raw[len(MAGIC) :])
        message = _message_type(api_version, kind)
        obj = _Decoder(load()["messages"]).message(message, content)
    except (WireError, UnicodeDecodeError) as error:
        raise status.bad_request(f"the protobuf body cannot be read: {error}") from error
    return {"apiVersion": api_version, "kind": kind} | obj


@functools.cache
def load() -> Mapping[str, Any]:
    """Return the shipped table of messages, read once when first needed."""
    table: Mapping[str, Any] = json.loads(gzip.decompress(asset_path("kubernetes/wire.json.gz").read_bytes()))
    return table


def _envelope(data: bytes) -> tuple[str, str, bytes]:
    """Return apiVersion, kind and the object's bytes of a runtime.Unknown message."""
    parts = _parts(data)
    types = _parts(_bytes(parts.get(1, b"")))
    if parts.get(3) or parts.get(4) not in (None, b"", b"application/vnd.kubernetes.protobuf"):
        raise WireError("the content has an encoding of its own")
    api_version, kind = (_bytes(types.get(number, b"")).decode() for number in (1, 2))
    return api_version, kind, _bytes(parts.get(2, b""))


def _message_type(api_version: str, kind: str) -> str:
    """Return the message of a kind; options (DeleteOptions, ...) are the same in every group."""
    group, version = split_api_version(api_version)
    kinds: Mapping[str, str] = load()["kinds"]
    found = kinds.get(f"{group}/{version}/{kind}")
    if not found and kind.endswith("Options"):
        found = kinds.get(f"meta.k8s.io/v1/{kind}")
    if not found:
        raise status.bad_request(f'no kind "{kind}" is registered for version "{api_version}"')
    return found


class _Decoder:
    """Turns messages into JSON by the table of their fields."""

    def __init__(self, messages: Mapping[str, Mapping[str, _Field]]) -> None:
        self._messages = messages

    def message(self, name: str, data: bytes) -> Object:
        """Return the JSON object of one message."""
        known = self._messages[name]
        obj: Object = {}
        for number, wire_type, value in wire.fields(data):
            if field := known.get(str(number)):
                self._add(obj, field, wire_type, value)
        return obj

    def _add(self, obj: Object, field: _Field, wire_type: int, value: _Wire) -> None:
        name, kind, marks = field
        if kind in _NUMBERS and wire_type not in (wire.VARINT, wire.BYTES):
            raise WireError(f"wrong wireType {wire_type} for field {name}")
        if "m" in marks:
            obj.setdefault(name, {}).update([self._entry(kind, _bytes(value))])
        elif "l" in marks:
            obj.setdefault(name, []).extend(self._items(kind, wire_type, value))
        elif "i" in marks:
            obj.update(self.message(kind, _bytes(value)))
        else:
            decoded = self._value(kind, value)
            if decoded is None or ("z" not in marks and decoded in ("", 0, False)):
                obj.pop(name, None)
            else:
                obj[name] = decoded

    def _entry(self, kind: str, data: bytes) -> tuple[str, Any]:
        parts = _parts(data)
        empty: _Wire = 0 if kind in _NUMBERS else b""
        return _bytes(parts.get(1, b"")).decode(), self._value(kind, parts.get(2, empty))

    def _items(self, kind: str, wire_type: int, value: _Wire) -> list[Any]:
        if kind in _NUMBERS and wire_type == wire.BYTES:
            return [self._value(kind, number) for number in wire.varints(_bytes(value))]
        return [self._value(kind, value)]

    def _value(self, kind: str, value: _Wire) -> Any:
        if kind in _NUMBERS:
            return _number(kind, value)
        data = _bytes(value)
        if plain := _PLAIN.get(kind):
            return plain(data)
        message = self.message(kind, data)
        return message.get(_ITSELF, []) if self._is_list(kind) else message

    def _is_list(self, kind: str) -> bool:
        """Tell whether JSON shows the message as a list: a named Go slice, such as the extras of a review."""
        name, _, marks = self._messages[kind].get("1", ("", "", ""))
        return name == _ITSELF and "l" in marks


def _number(kind: str, value: _Wire) -> int | bool:
    if isinstance(value, bytes):
        raise WireError(f"wrong wireType for a field of type {kind}")
    if kind == "bool":
        return bool(value)
    return wire.signed(value, 32 if kind == "int32" else 64)


def _bytes(value: _Wire) -> bytes:
    if isinstance(value, int):
        raise WireError("wrong wireType: an integer in place of bytes")
    return value


def _parts(data: bytes) -> dict[int, _Wire]:
    """Return the fields of a small message by number; of a repeated one, the last."""
    return {number: value for number, _, value in wire.fields(data)}


def _text(data: bytes) -> str:
    return data.decode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _time(data: bytes) -> str | None:
    moment = _moment(data)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _micro_time(data: bytes) -> str | None:
    moment = _moment(data)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def _moment(data: bytes) -> datetime.datetime | None:
    """Read a Timestamp of seconds and nanoseconds; an empty one is Go's zero time, which means none."""
    if not data:
        return None
    parts = _parts(data)
    seconds, nanos = (wire.signed(_integer(parts.get(number, 0)), 64) for number in (1, 2))
    try:
        moment = _EPOCH + datetime.timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError as error:
        raise WireError("a time is out of range") from error
    if moment.year < 1000:
        raise WireError("a time is out of range")
    return moment


def _integer(value: _Wire) -> int:
    if isinstance(value, bytes):
        raise WireError("wrong wireType: bytes in place of an integer")
    return value


def _quantity(data: bytes) -> str:
    return _bytes(_parts(data).get(1, b"")).decode() or "0"


def _int_or_string(data: bytes) -> int | str:
    parts = _parts(data)
    if _integer(parts.get(1, 0)):
        return _bytes(parts.get(3, b"")).decode()
    return wire.signed(_integer(parts.get(2, 0)), 32)


def _raw_json(data: bytes) -> Any:
    """Read the JSON text inside a RawExtension or FieldsV1; none is null."""
    text = _bytes(_parts(data).get(1, b""))
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError) as error:
        raise WireError("a raw extension holds no JSON") from error
    if fault := json_fault(value):
        raise WireError(fault)
    return value


_ITSELF = ""
_NUMBERS = frozenset({"int32", "int64", "bool"})
_PLAIN: Mapping[str, Callable[[bytes], Any]] = {
    "string": _text,
    "bytes": _base64,
    "time": _time,
    "microtime": _micro_time,
    "quantity": _quantity,
    "int-or-string": _int_or_string,
    "raw": _raw_json,
}
