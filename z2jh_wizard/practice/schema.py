"""What the API knows of each kind's fields: types, defaults, and how lists and maps are merged.

The facts come from the table that tools/make_kubernetes_tables.py makes of Kubernetes' own OpenAPI documents
and Go types. Custom kinds have no schema: their maps are merged key by key and their lists are replaced
whole, as structured-merge-diff does for kinds that it knows nothing about.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

from z2jh_wizard.core.assets import asset_path

_Raw = Mapping[str, Any]


class Schema:
    """The schema of one value: a kind, one of its fields, a list's item or a map's value.

    ``type`` is one of ``object`` (named fields), ``map``, ``list``, ``string``, ``bytes``, ``integer``,
    ``number``, ``boolean``, ``quantity``, ``int-or-string``, ``time`` and ``any``.
    """

    __slots__ = ("_raw", "_types", "_use")

    def __init__(self, use: _Raw, types: Mapping[str, _Raw]) -> None:
        self._use = use
        self._types = types
        self._raw: _Raw = types[use["ref"]] if "ref" in use else use

    @property
    def type(self) -> str:
        """Return the word for the value's JSON type."""
        found: str = self._raw.get("type", "any")
        return found

    @property
    def format(self) -> str:
        """Return the number format, ``int32`` or ``int64``, or nothing."""
        found: str = self._raw.get("format", "")
        return found

    @property
    def name(self) -> str:
        """Return the Go type of an object, such as ``io.k8s.api.core.v1.Container``; nothing for the rest."""
        found: str = self._use.get("ref", "")
        return found

    @property
    def known(self) -> bool:
        """Tell whether the fields of an object are known, so that other fields are unknown ones."""
        return self.type == "object"

    def field(self, name: str) -> Schema:
        """Return the schema of a field or map value; ``UNKNOWN`` when nothing is known of it."""
        fields: Mapping[str, _Raw] = self._raw.get("fields", {})
        if name in fields:
            return Schema(fields[name], self._types)
        return self.items if self.type == "map" else UNKNOWN

    def has_field(self, name: str) -> bool:
        """Tell whether an object has a field of that name."""
        return name in self._raw.get("fields", {})

    def fields(self) -> Iterator[tuple[str, Schema]]:
        """Yield the fields of an object."""
        for name, use in self._raw.get("fields", {}).items():
            yield name, Schema(use, self._types)

    @property
    def items(self) -> Schema:
        """Return the schema of a list's items or a map's values."""
        return Schema(self._raw["items"], self._types) if "items" in self._raw else UNKNOWN

    @property
    def required(self) -> tuple[str, ...]:
        """Return the names of the fields that must be there."""
        return tuple(self._raw.get("required", ()))

    @property
    def default(self) -> Any:
        """Return the value that the server fills in, or None."""
        return self._use.get("default")

    def defaulted(self) -> Iterator[tuple[str, Schema]]:
        """Yield the fields of an object that the server fills in."""
        for name in self._raw.get("defaulted", ()):
            yield name, Schema(self._raw["fields"][name], self._types)

    @property
    def omitted_when_empty(self) -> bool:
        """Tell whether a plain value, list or map is left out of JSON when it is empty."""
        return bool(self._use.get("omit"))

    @property
    def enum(self) -> tuple[str, ...]:
        """Return the values that are allowed, sorted; none when all are."""
        return tuple(self._use.get("enum", ()))

    @property
    def list_type(self) -> str:
        """Return how server-side apply sees a list: ``atomic``, ``set`` or ``map``."""
        found: str = self._use.get("list", "atomic")
        return found

    @property
    def list_keys(self) -> tuple[str, ...]:
        """Return the fields that tell the items of a ``map`` list apart."""
        return tuple(self._use.get("keys", ()))

    @property
    def atomic(self) -> bool:
        """Tell whether server-side apply sees the whole value as one field."""
        if self.type == "list":
            return self.list_type == "atomic"
        return self._use.get("map") == "atomic" or self._raw.get("map") == "atomic"

    @property
    def patch_strategy(self) -> str:
        """Return how a strategic merge patch treats the value: ``merge``, ``replace`` or nothing said."""
        found: str = self._use.get("strategy", "")
        return found

    @property
    def patch_merge_key(self) -> str:
        """Return the field by which a strategic merge patch matches list items, or nothing."""
        found: str = self._use.get("merge", "")
        return found


UNKNOWN = Schema({}, {})
_CUSTOM: _Raw = {
    "type": "map",
    "fields": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"ref": "meta.v1.ObjectMeta"},
    },
}


class Schemas:
    """The schemas of all built-in kinds."""

    def __init__(self, table: _Raw) -> None:
        self._types: Mapping[str, _Raw] = table["types"]
        self._kinds: Mapping[str, str] = table["kinds"]

    def find(self, group: str, version: str, kind: str) -> Schema:
        """Return the schema of a kind; of a custom one, only the metadata is known."""
        name = self._kinds.get(f"{group}/{version}/{kind}")
        return Schema({"ref": name} if name else _CUSTOM, self._types)

    def of(self, obj: Mapping[str, Any]) -> Schema:
        """Return the schema of an object by its apiVersion and kind."""
        group, _, version = str(obj.get("apiVersion", "")).rpartition("/")
        return self.find(group, version, str(obj.get("kind", "")))


@functools.cache
def load() -> Schemas:
    """Return the shipped schemas, read once when first needed."""
    return Schemas(json.loads(gzip.decompress(asset_path("kubernetes/schemas.json.gz").read_bytes())))
