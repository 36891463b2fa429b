"""The user's values from files and from ``--set`` and its kin, merged in Helm's order."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure

LARGEST_EXACT = 1_000_000
"""From here on templates print a decimal number with an exponent."""

_LIST_INDEX = re.compile(r"\[\d+\]")


def merge_values(arguments: Arguments) -> dict[str, Any]:
    """Return the values of all flags; HelmFailure in Helm's words when one cannot be read."""
    import helm_python

    merged: dict[str, Any] = {}
    for name in arguments.many("values"):
        merged = overlay(merged, _from_file(name))
    # The order is Helm's, whatever the order on the command line.
    parsers: tuple[tuple[str, Callable[[str], dict[str, Any]]], ...] = (
        ("set-json", helm_python.parse_set_json),
        ("set", helm_python.parse_set_string),
        ("set-string", helm_python.parse_set_string_values),
        ("set-file", helm_python.parse_set_file),
        ("set-literal", helm_python.parse_set_literal),
    )
    for flag, parse in parsers:
        for expression in arguments.many(flag):
            _refuse_list_index(flag, expression)
            try:
                parsed = parse(expression)
            except helm_python.HelmError as error:
                raise HelmFailure(f"failed parsing --{flag} data: {error}") from error
            _refuse_large_numbers(flag, parsed)
            merged = overlay(merged, parsed)
    return merged


def _from_file(name: str) -> dict[str, Any]:
    import helm_python

    try:
        text = sys.stdin.read() if name == "-" else _read(name)
        return helm_python.values_from_yaml(text) or {}
    except helm_python.HelmValuesError as error:
        raise HelmFailure(f"failed to parse {name}: cannot unmarshal yaml document: {error}") from error
    except UnicodeDecodeError as error:
        raise HelmFailure(f"failed to parse {name}: it is not UTF-8 text") from error


def _read(name: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]*://", name):
        raise HelmFailure(f"the bundled Helm reads values from files only, not from {name.partition(':')[0]}")
    try:
        return Path(name).read_text("utf-8")
    except OSError as error:
        raise HelmFailure(f"open {name}: {(error.strerror or str(error)).lower()}") from error


def _refuse_list_index(flag: str, expression: str) -> None:
    """Refuse ``a[0]=x``: the SDK parses it apart from the list that it should change."""
    keys = re.sub(r"=(?:\\.|[^,\\])*", "=", expression)
    if flag != "set-literal" and _LIST_INDEX.search(keys):
        raise HelmFailure(f"the bundled Helm cannot --{flag} an entry of a list; put the list into a file")


def _refuse_large_numbers(flag: str, parsed: Any) -> None:
    """Refuse numbers that templates would print as 1e+06: unlike Helm, the SDK takes them as decimals."""
    if isinstance(parsed, dict | list):
        for value in parsed.values() if isinstance(parsed, dict) else parsed:
            _refuse_large_numbers(flag, value)
    elif isinstance(parsed, int) and abs(parsed) >= LARGEST_EXACT:
        raise HelmFailure(f"the bundled Helm cannot --{flag} {parsed} exactly; use --set-string or a file")


def overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``top`` laid over it: maps are merged, all else is replaced."""
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = overlay(below, value)
        else:
            merged[key] = value
    return merged
