"""The protobuf wire format: numbered fields of bytes and integers, without knowledge of any message.

Source: https://protobuf.dev/programming-guides/encoding/. Malformed input raises ``WireError``.
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class WireError(ValueError):
    """The bytes are no protobuf message."""


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield (field number, wire type, value) of a message: integers as unsigned, the rest as bytes."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise WireError(f"illegal tag {number} (wire type {wire_type})")
        if wire_type == VARINT:
            value, position = _varint(data, position)
            yield number, wire_type, value
            continue
        length, position = _length(data, position, wire_type)
        end = position + length
        if end > len(data):
            raise WireError("unexpected EOF")
        yield number, wire_type, data[position:end]
        position = end


def _length(data: bytes, position: int, wire_type: int) -> tuple[int, int]:
    if wire_type == BYTES:
        return _varint(data, position)
    if wire_type in (FIXED32, FIXED64):
        return (4 if wire_type == FIXED32 else 8), position
    raise WireError(f"illegal wireType {wire_type}")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for count in range(_LONGEST_VARINT):
        if position >= len(data):
            raise WireError("unexpected EOF")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
    raise WireError("integer overflow")


def varints(data: bytes) -> Iterator[int]:
    """Yield the unsigned integers of a packed repeated field."""
    position = 0
    while position < len(data):
        value, position = _varint(data, position)
        yield value


def signed(value: int, bits: int) -> int:
    """Read the low ``bits`` of an unsigned integer as two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value
