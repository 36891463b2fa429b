"""The way between Zero to JupyterHub and the HelmForge chart: its rules, in the order in which they apply.

What both charts can say is moved. What the other one cannot say stays where it is and is left to a person,
so that nothing is lost and the way back finds it. Rules are data (assets/charts/helmforge.json); what they
do is in helmforge_functions.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.helmforge_pairs import pairs
from z2jh_wizard.values.migrate_table import Rule

OLDEST_WAY_BACK = "1.0.0"
"""Older charts do not start on any Kubernetes that HelmForge takes."""


class Translations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of both ways, and the HelmForge keys that stand for other keys than keys.json says."""

    pairs: Mapping[str, tuple[str, ...]]
    to_helmforge: tuple[Rule, ...]
    from_helmforge: tuple[Rule, ...]


@functools.cache
def translations() -> Translations:
    """Return the shipped rules, read once."""
    return msgspec.json.decode(asset_path("charts/helmforge.json").read_bytes(), type=Translations)


def rules_to_helmforge(version: str) -> tuple[Rule, ...]:
    """Return the rules from a version of Zero to JupyterHub to HelmForge, one for each pair of keys too."""
    return tuple(_with_pairs(translations().to_helmforge, version, back=False))


def rules_from_helmforge(version: str) -> tuple[Rule, ...]:
    """Return the rules from HelmForge to a version of Zero to JupyterHub, one for each pair of keys too.

    Raises InvalidInput for what is no version, and for one that is too old.
    """
    if sort_key(version) < sort_key(OLDEST_WAY_BACK):
        raise InvalidInput(
            f"A HelmForge file cannot be carried to Zero to JupyterHub {version}",
            "No Kubernetes runs both charts.",
            next_step=f"Carry it to {OLDEST_WAY_BACK} or newer, best to the newest.",
        )
    return tuple(_with_pairs(translations().from_helmforge, version, back=True))


def _with_pairs(rules: tuple[Rule, ...], version: str, *, back: bool) -> Iterator[Rule]:
    for rule in rules:
        if rule.by != "pairs":
            yield rule
            continue
        for theirs, ours in pairs(version, translations().pairs):
            yield _pair_back(theirs, ours) if back else _pair_to(theirs, ours)


def _pair_to(theirs: str, ours: tuple[str, ...]) -> Rule:
    same = (theirs,) == ours
    note = "HelmForge writes it in another way" if same else f"HelmForge calls it {theirs}"
    return Rule(f"key-{theirs}", "pair_to_helmforge", ours, note, "silent", "assets/charts/keys.json", theirs)


def _pair_back(theirs: str, ours: tuple[str, ...]) -> Rule:
    same = (theirs,) == ours
    names = " and ".join(ours)
    note = f"Zero to JupyterHub {'writes it in another way' if same else f'calls it {names}'}"
    source = "assets/charts/keys.json"
    return Rule(
        f"key-{theirs}", "pair_from_helmforge", (theirs,), note, "error", source, ours[0], also=ours[1:]
    )
