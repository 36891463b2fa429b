"""Rules for the volumes of a pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.status import Cause, duplicate, forbidden_value, invalid_value, required

_NEEDED = {
    "persistentVolumeClaim": "claimName",
    "secret": "secretName",
    "configMap": "name",
    "hostPath": "path",
    "csi": "driver",
}
"""The field that a source cannot do without."""

_BAD_MODE = "must be a number between 0 and 0777 (octal), both inclusive"


def volumes(listed: list[Object], field: str) -> Iterator[Cause]:
    """Yield what is wrong with a pod's volumes."""
    seen: set[str] = set()
    for place, volume in enumerate(listed):
        at, name = f"{field}[{place}]", volume.get("name", "")
        yield from _source(volume, at)
        if not name:
            yield required(f"{at}.name")
            continue
        yield from wrong(f"{at}.name", name, names.dns_label)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name)


def _source(volume: Object, field: str) -> Iterator[Cause]:
    given = [kind for kind, value in volume.items() if kind != "name" and value is not None]
    for kind in given[1:]:
        yield forbidden_value(f"{field}.{kind}", "may not specify more than 1 volume type")
    for kind in given[:1]:
        source: Any = volume[kind]
        at = f"{field}.{kind}"
        needed = _NEEDED.get(kind)
        if needed and not source.get(needed):
            yield required(f"{at}.{needed}")
        if kind == "hostPath" and ".." in str(source.get("path", "")).split("/"):
            yield invalid_value(f"{at}.path", source["path"], "must not contain '..'")
        mode = source.get("defaultMode")
        if mode is not None and not 0 <= mode <= 0o777:
            yield invalid_value(f"{at}.defaultMode", mode, _BAD_MODE)
