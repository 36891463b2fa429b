"""Rules about what can be said in two places: ``hub.config`` and a key of the chart; ``hub.config`` wins."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.values import traits
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.traits import TraitRow
from z2jh_wizard.values.trees import same

_NOT_THE_SAME = frozenset(("scheduler_name", "priority_class_name", "debug"))
"""Traits whose chart key switches more than the trait says."""

_JUST_AS_GOOD = frozenset(("cookie_secret", "auth_token"))
"""Traits that are as usual as their chart key."""

_REPLACES = {
    "volumes": "the home folder",
    "volume_mounts": "the home folder",
    "init_containers": "the container that keeps students from the cloud's own credentials",
    "tolerations": "what lets students' servers run on nodes reserved for them",
    "node_affinity_required": "the preference for nodes meant for students",
}
"""Lists of KubeSpawner to which the chart adds something of its own, and what."""

_NOT_READ = {"services": "hub.services", "proxy_auth_token": "proxy.secretToken"}
"""Traits of JupyterHub that charts from 1.0 on take out of hub.config, and the key that says them."""


@rule(
    "config-replaces", Severity.WARNING, "hub.config takes away what the chart adds", "hub.config.KubeSpawner"
)
def config_replaces(subject: Subject) -> Iterator[Problem]:
    """The chart fills these lists first, then a value of hub.config replaces them whole."""
    for path, row in _with_chart_key(subject):
        lost = _REPLACES.get(row.name)
        if row.class_name != "KubeSpawner" or lost is None or not _chart_adds(subject, row.name):
            continue
        yield Problem(
            path,
            f"This replaces the chart's own list, and with it goes {lost}.",
            Fix(f"Write what you add under {row.chart_key} instead."),
        )


def _chart_adds(subject: Subject, trait: str) -> bool:
    if trait in ("volumes", "volume_mounts"):
        return bool(subject.effective("singleuser.storage.type", "dynamic") != "none")
    if trait == "init_containers":
        return subject.effective("singleuser.cloudMetadata.blockWithIptables", True) is True
    if trait == "node_affinity_required":
        return bool(subject.get("scheduling.userPods.nodeAffinity.matchNodePurpose") == "require")
    return True


@rule(
    "config-not-read",
    Severity.WARNING,
    "A part of hub.config that the chart takes out",
    "hub.config.JupyterHub",
)
def config_not_read(subject: Subject) -> Iterator[Problem]:
    """The chart has keys of its own for these and drops what hub.config says."""
    if not hub_config.has_hub_config(subject) or not subject.at_least("1.0.0"):
        return
    for trait, key in _NOT_READ.items():
        path = ("hub", "config", "JupyterHub", trait)
        if subject.has(path):
            yield Problem(
                path, f"The chart does not read {trait} here, only {key}.", Fix(f"Write it under {key}.")
            )


@rule(
    "chart-key-conflict",
    Severity.WARNING,
    "hub.config and the chart's key say different things",
    "hub.config",
)
def chart_key_conflict(subject: Subject) -> Iterator[Problem]:
    """Both are set; the one in hub.config is loaded last and wins without a word."""
    for path, row in _with_chart_key(subject):
        if row.name in _NOT_THE_SAME or not subject.has(row.chart_key):
            continue
        said, meant = subject.get(row.chart_key), subject.get(path)
        if row.name == "image":
            tag = subject.effective("singleuser.image.tag", "")
            said = f"{said}:{tag}" if tag else said
        if said is not None and not same(said, meant):
            yield Problem(
                path,
                f"{row.chart_key} says {subject.quote(parse_path(row.chart_key), said)}, but this one wins.",
                Fix(f"Keep one of them, best {row.chart_key}."),
            )


@rule("chart-key", Severity.NOTE, "The chart has a key of its own for this", "hub.config")
def chart_key(subject: Subject) -> Iterator[Problem]:
    """The chart's key is checked by its schema, and other parts of the chart know of it."""
    for path, row in _with_chart_key(subject):
        replaced = row.name in _REPLACES and _chart_adds(subject, row.name)
        if not replaced and row.name not in _NOT_THE_SAME and not subject.has(row.chart_key):
            yield Problem(path, _preferred(row), Fix(f"Write it as {row.chart_key}."))


def _preferred(row: TraitRow) -> str:
    if row.name == "image":
        return "Nodes get the chart's own image ahead of class, not this one: the first start is slow."
    if row.name == "profile_list":
        return "The chart does not see these profiles, so their images are not pulled ahead of class."
    return f"The chart has a key of its own for {row.name}, and checks what is written there."


def _with_chart_key(subject: Subject) -> Iterator[tuple[Path, TraitRow]]:
    """Yield the settings that a key of this chart version says too."""
    keys = paths_at(subject.version, subject.family)
    for path, name, trait, value in hub_config.settings(subject):
        row = traits.trait(name, trait)
        usual = trait in _JUST_AS_GOOD or trait in _NOT_READ
        if row is not None and row.chart_key in keys and not usual and value is not None:
            yield path, row


RULES: tuple[Rule, ...] = (config_replaces, config_not_read, chart_key_conflict, chart_key)
