"""The keys of each chart generation: what exists, since when, and what a wrong key was meant to be.

The table is ``assets/charts/keys.json``. A row is one setting with all names that it has had; keys below an
open row (a map of the user's own, such as ``hub.extraConfig``) are not listed.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.values.charts import About, Family, Generation, sort_key


class Topic(enum.Enum):
    """A page of related settings."""

    SECRETS = "secrets"
    SIGN_IN = "sign-in"
    IMAGE = "image"
    ENVIRONMENT = "environment"
    RESOURCES = "resources"
    STORAGE = "storage"
    ADDRESS = "address"
    HTTPS = "https"
    INGRESS = "ingress"
    SCHEDULING = "scheduling"
    PRE_PULLING = "pre-pulling"
    CULLING = "culling"
    NETWORK_POLICY = "network-policy"
    CLOUD_METADATA = "cloud-metadata"
    ACCOUNTS = "accounts"
    DATABASE = "database"
    HUB = "hub"
    PROXY = "proxy"
    DEBUG = "debug"
    GENERAL = "general"


class KeyName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A name that a setting of Zero to JupyterHub has, or had: taken from ``since`` until ``removed_in``."""

    path: str
    since: str
    removed_in: str = ""
    """The first version that no longer takes it; empty while the newest still does."""

    def taken_by(self, version: str) -> bool:
        """Return whether a chart of this version takes the name; a pre-release counts as its release."""
        release = sort_key(version)[:3]
        gone = self.removed_in
        return sort_key(self.since)[:3] <= release and (not gone or release < sort_key(gone)[:3])

    def taken_in(self, generation: Generation) -> bool:
        """Return whether any chart of this generation takes the name."""
        if generation.family != "z2jh":
            return False
        later = generation.next
        started = later is None or sort_key(self.since)[:3] < sort_key(later.first)[:3]
        return started and (
            not self.removed_in or sort_key(generation.first)[:3] < sort_key(self.removed_in)[:3]
        )


class KeyRow(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One setting: its names in the order of their age, its HelmForge name, and what is known about it."""

    topic: Topic
    type: str
    """JSON types joined by ``|`` (map, list, string, integer, number, boolean, null), or ``any``."""
    names: tuple[KeyName, ...] = ()
    helmforge: str = ""
    helmforge_type: str = ""
    """The type in HelmForge where that is another one."""
    default: Any = msgspec.UNSET
    """What the chart says itself; UNSET when that is not known, for None is a default too."""
    choices: tuple[str, ...] = ()
    note: str = ""

    def type_in(self, family: Family) -> str:
        """Return the type that a chart wants, written as ``type`` is."""
        return (self.helmforge_type if family == "helmforge" else "") or self.type

    def default_in(self, family: Family) -> Any:
        """Return what a chart says itself; UNSET when not known, as HelmForge's are where both have it."""
        return msgspec.UNSET if family == "helmforge" and self.names else self.default

    def open_in(self, family: Family) -> bool:
        """Return whether everything below this key is the user's own."""
        return not {"map", "list", "any"}.isdisjoint(self.type_in(family).split("|"))

    def paths(self, generation: Generation) -> tuple[str, ...]:
        """Return the names of this setting in a generation, the newest last."""
        if generation.family == "helmforge":
            return (self.helmforge,) if self.helmforge else ()
        return tuple(name.path for name in self.names if name.taken_in(generation))

    def path_at(self, version: str, family: Family = "z2jh") -> str | None:
        """Return the name of this setting in a chart version, the newest of two; None if it has none."""
        if family == "helmforge":
            return self.helmforge or None
        return next((name.path for name in reversed(self.names) if name.taken_by(version)), None)


class KeyTable(msgspec.Struct, frozen=True):
    """All rows, and the index of every name that any chart has, or had."""

    about: About
    rows: tuple[KeyRow, ...]
    z2jh: Mapping[str, tuple[tuple[KeyName, KeyRow], ...]]
    helmforge: Mapping[str, KeyRow]


class _KeysFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: About
    rows: tuple[KeyRow, ...]


@functools.cache
def key_table() -> KeyTable:
    """Return the shipped table of keys, read once."""
    shipped = msgspec.json.decode(asset_path("charts/keys.json").read_bytes(), type=_KeysFile)
    z2jh: dict[str, tuple[tuple[KeyName, KeyRow], ...]] = {}
    for row in shipped.rows:
        for name in row.names:
            z2jh[name.path] = (*z2jh.get(name.path, ()), (name, row))
    helmforge = {row.helmforge: row for row in shipped.rows if row.helmforge}
    return KeyTable(shipped.about, shipped.rows, MappingProxyType(z2jh), MappingProxyType(helmforge))


def known_keys(generation: Generation) -> tuple[KeyRow, ...]:
    """Return the rows that have a name in this generation, sorted by topic."""
    return tuple(row for row in key_table().rows if row.paths(generation))


@functools.lru_cache(maxsize=16)
def paths_at(version: str, family: Family = "z2jh") -> Mapping[str, KeyRow]:
    """Return every key that a chart version takes, with its row; InvalidInput for what is no version."""
    table = key_table()
    if family == "helmforge":
        return table.helmforge
    taken = {row_name.path: row for row in table.rows for row_name in row.names if row_name.taken_by(version)}
    return MappingProxyType(taken)
