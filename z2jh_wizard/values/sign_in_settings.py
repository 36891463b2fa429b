"""What the values say about the chosen way to sign in, by trait, whatever the chart calls it.

Charts from 0.11 on have ``hub.config``; older ones and HelmForge have ``auth``, read by the table of keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from z2jh_wizard.values import charts
from z2jh_wizard.values.charts import Family, sort_key
from z2jh_wizard.values.keys import key_table
from z2jh_wizard.values.sign_in import HUB_CONFIG_SINCE, SignInMethod, chosen_method
from z2jh_wizard.values.traits import Effect, old_name
from z2jh_wizard.values.trees import MISSING, look_up

IN_PYTHON: Final = "hub.extraConfig"

_DECIDES = re.compile(
    r"authenticator_class|\ballow|admin_users|admin_groups|blocked_users|hosted_domain|idps\b"
    r"|username_(?:map|pattern|claim)|post_auth_hook|normalize_username|check_"
)
"""What Python says when it has a hand in who may come in."""

_SHARED = frozenset(
    ("admin_users", "allow_all", "allow_existing_users", "allowed_users", "blocked_users", "username_map")
)
"""Traits that are best set for all classes, under ``Authenticator``."""


@dataclass(frozen=True)
class SignInSettings:
    """The chosen method and its settings; ``version`` is the chart whose hub image runs."""

    method: SignInMethod
    version: str
    only_named: bool
    """Whether nobody is let in unless a setting says so."""
    in_python: bool
    """Whether Python in ``hub.extraConfig`` has a hand in who may come in; what it says is not read."""
    found: Mapping[str, tuple[str, Any]]
    """Traits that are set, with the key and the value; null counts as not set."""
    old: bool
    """Whether the chart has ``auth`` and no ``hub.config``."""

    def value(self, trait: str) -> Any:
        """Return what a trait is set to, None when it is not set."""
        return self.found[trait][1] if trait in self.found else None

    def path(self, trait: str) -> str:
        """Return the key that sets a trait, or that would; empty when this chart has none."""
        if trait in self.found:
            return self.found[trait][0]
        if self.old:
            return next(_old_paths(self.method, trait, self.version), "")
        section = "Authenticator" if trait in _SHARED else self.method.section or "Authenticator"
        return f"hub.config.{section}.{trait}"

    def names(self, trait: str) -> tuple[str, ...]:
        """Return a trait that is a list of texts; a single text is a list of one, as JupyterHub takes it."""
        value = self.value(trait)
        items = [value] if isinstance(value, (str, int)) and not isinstance(value, bool) else value
        if not isinstance(items, Collection) or isinstance(items, Mapping):
            return ()
        return tuple(str(item) for item in items if isinstance(item, (str, int)) and item != "")

    def is_on(self, trait: str) -> bool:
        """Return whether a switch is set to on."""
        return self.value(trait) is True

    def at_least(self, version: str) -> bool:
        """Return whether the hub image is that of this chart or a newer one."""
        return sort_key(self.version)[:3] >= sort_key(version)[:3]


def sign_in_settings(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> SignInSettings:
    """Return how the merged values of a chart sign people in; InvalidInput for what is no version."""
    method = chosen_method(values, version, family)
    image = _hub_image(version, family)
    old = family == "helmforge" or sort_key(version)[:3] < sort_key(HUB_CONFIG_SINCE)[:3]
    found = _from_auth(values, method, version, family) if old else _from_hub_config(values, method, version)
    return SignInSettings(
        method=method,
        version=image,
        only_named=method.lets_in_only_named(image),
        in_python=bool(_DECIDES.search(_code(values))),
        found=found,
        old=old,
    )


def _hub_image(version: str, family: Family) -> str:
    """Return the version of Zero to JupyterHub whose hub image a chart runs."""
    if family == "z2jh":
        return version
    release = charts.find(version, family) or charts.newest(family)
    return release.hub_image or charts.newest().version


def _from_hub_config(
    values: Mapping[str, Any], method: SignInMethod, version: str
) -> dict[str, tuple[str, Any]]:
    """Return the traits that are set; the class's own section wins over those of its bases."""
    found: dict[str, tuple[str, Any]] = {}
    for section in _sections(values, method, version):
        body = look_up(values, ("hub", "config", section))
        for trait, value in body.items() if isinstance(body, dict) else ():
            if value is not None:
                found.setdefault(_today(section, str(trait)), (f"hub.config.{section}.{trait}", value))
    admins = look_up(values, ("hub", "config", "JupyterHub", "admin_users"))
    if admins and admins is not MISSING:
        found.setdefault("admin_users", ("hub.config.JupyterHub.admin_users", admins))
    return found


def _sections(values: Mapping[str, Any], method: SignInMethod, version: str) -> tuple[str, ...]:
    """Return the sections that count; for a class that is not known, every section of an authenticator."""
    if method.id != "custom":
        named = method.sections(version)
        return (f"Local{named[0]}", *named) if method.oauth else named
    body = look_up(values, ("hub", "config"))
    own = [str(name) for name in body] if isinstance(body, dict) else []
    return (
        *(name for name in own if name.endswith("Authenticator") and name != "Authenticator"),
        "Authenticator",
    )


def _from_auth(
    values: Mapping[str, Any], method: SignInMethod, version: str, family: Family
) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    sections = {*method.sections(version), *method.sections("4.0.0")}
    for row in key_table().rows:
        newest = row.names[-1].path.split(".") if row.names else []
        if newest[:2] != ["hub", "config"] or len(newest) != 4 or newest[2] not in sections:
            continue
        taken = (
            [row.helmforge]
            if family == "helmforge"
            else [one.path for one in row.names if one.taken_by(version)]
        )
        for path in filter(None, reversed(taken)):
            value = look_up(values, tuple(path.split(".")))
            if value is not MISSING and value is not None:
                found.setdefault(newest[3], (path, value))
    own = look_up(values, ("auth", "custom", "config")) if family == "z2jh" else None
    for trait, value in own.items() if isinstance(own, dict) and method.auth_type == "" else ():
        found.setdefault(_today(method.section, str(trait)), (f"auth.custom.config.{trait}", value))
    return found


def _today(section: str, trait: str) -> str:
    """Return what a trait is called now, where its old name still works."""
    old = old_name(section, trait)
    return old.new if old and old.effect is Effect.WORKS else trait


def _old_paths(method: SignInMethod, trait: str, version: str) -> Iterator[str]:
    for section in method.sections("4.0.0"):
        for _, row in key_table().z2jh.get(f"hub.config.{section}.{trait}", ()):
            if path := row.path_at(version):
                yield path


def _code(values: Mapping[str, Any]) -> str:
    """Return the Python of ``hub.extraConfig`` without lines of comment."""
    found = look_up(values, ("hub", "extraConfig"))
    pieces = found.values() if isinstance(found, dict) else (found,)
    lines = (line for piece in pieces if isinstance(piece, str) for line in piece.splitlines())
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
