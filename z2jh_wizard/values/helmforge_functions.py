"""What the rules between the two charts do, by the name that their rows give."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.helmforge import translations
from z2jh_wizard.values.helmforge_code import CLASS_LINE
from z2jh_wizard.values.helmforge_leftovers import Side, cannot
from z2jh_wizard.values.helmforge_pairs import Unsayable, shape_of
from z2jh_wizard.values.helmforge_sign_in import FUNCTIONS as ABOUT_CODE
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate_comments import without_inner_comments
from z2jh_wizard.values.migrate_functions import ask
from z2jh_wizard.values.migrate_work import Work, literal
from z2jh_wizard.values.paths import Path, format_path

_PUBLIC_SERVICES = ("LoadBalancer", "NodePort")


def always(work: Work) -> None:
    """Say something about the whole file."""
    work.ask(())


def pair_to_helmforge(work: Work) -> None:
    """Move a setting to its HelmForge key; several of Zero to JupyterHub may become one."""
    present = [path for path in map(literal, work.rule.old) if work.document.has(path)]
    if not present:
        return
    first, value = present[0], work.document.get(present[0])
    try:
        converted = shape_of(work.rule.new).to(value)
    except Unsayable as reason:
        if str(reason):
            work.ask(first, f"{reason} Say {format_path(first)} in another way, then delete it.")
        return
    for other in present[1:]:
        if trees.same(work.document.get(other), value):
            work.absorb(other, work.new)
        else:
            said = f"HelmForge has one {work.rule.new} where {format_path(other)} says something else"
            work.ask(other, f"{said} than {format_path(first)}: decide which, then delete it.")
    if converted is None:
        work.drop(first)
        return
    _carry(work, first, converted)
    if len(present) < len(work.rule.old):
        work.ask(work.new, f"HelmForge uses it for all of {', '.join(work.rule.old)}.", Severity.NOTE)


def pair_from_helmforge(work: Work) -> None:
    """Move a HelmForge key to its names in Zero to JupyterHub."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    try:
        converted = shape_of(work.rule.old[0]).back(work.document.get(path))
    except Unsayable as reason:
        if str(reason):
            work.ask(path, f"{reason} Say {format_path(path)} in another way, then delete it.")
        return
    for other in map(literal, work.rule.also):
        if not work.document.has(other):
            work.add(other, converted)
    _carry(work, path, converted)


def _carry(work: Work, path: Path, converted: Any) -> None:
    changed = not trees.same(work.document.get(path), converted)
    if changed:
        work.document = without_inner_comments(work.document, path)
    if path == work.new:
        if changed:
            work.replace(path, converted)
    elif changed:
        work.move_as(path, work.new, converted)
    else:
        work.move(path, work.new)


def hosts_to_helmforge(work: Work) -> None:
    """Write host names as maps, with the one path that all of them have in Zero to JupyterHub."""
    names = work.get("ingress.hosts") or ([""] if work.get("ingress.enabled") else [])
    if not names:
        return
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        work.ask(work.new, "Hosts are a list of names here: mend ingress.hosts first.")
        return
    path = f"{_base(work)}/{work.get('ingress.pathSuffix') or ''}"
    rule = {"path": path, "pathType": work.get("ingress.pathType") or "Prefix"}
    work.document = without_inner_comments(work.document, work.new)
    hosts = [{"host": name, "paths": [dict(rule)]} for name in names]
    if work.document.has(work.new):
        work.replace(work.new, hosts)
    else:
        work.add(work.new, hosts)
    for part in ("ingress.pathSuffix", "ingress.pathType"):
        if work.document.has(literal(part)):
            work.absorb(literal(part), work.new)


def hosts_from_helmforge(work: Work) -> None:
    """Write hosts as names where all of them have one path, below the hub's own."""
    hosts = work.get("ingress.hosts")
    if hosts is None:
        return
    base = _base(work)
    try:
        names = [host.get("host", "") for host in hosts]
        (rule,) = {(path["path"], path.get("pathType", "Prefix")) for host in hosts for path in host["paths"]}
        alike = all(len(host["paths"]) == 1 and set(host) <= {"host", "paths"} for host in hosts)
    except (AttributeError, KeyError, TypeError, ValueError):
        work.ask(work.new, work.rule.ask)
        return
    path, kind = rule
    work.document = without_inner_comments(work.document, work.new)
    if not alike or not isinstance(path, str) or not path.startswith(f"{base}/"):
        work.ask(work.new, work.rule.ask)
        return
    if names == [""]:
        work.drop(work.new)
    else:
        work.replace(work.new, names)
    if kind != "Prefix":
        work.add(literal("ingress.pathType"), kind)
    if path != f"{base}/":
        work.add(literal("ingress.pathSuffix"), path.removeprefix(f"{base}/"))


def _base(work: Work) -> str:
    return str(work.get("hub.baseUrl") or "/").rstrip("/")


def say_default(work: Work) -> None:
    """Write out what the old chart does by itself and the new one does not."""
    if not work.document.has(work.new) and not any(map(work.matches, work.rule.unless)):
        work.add(work.new, work.rule.values["value"])


def drop_word(work: Work) -> None:
    """Remove a key that says what the new chart does anyway."""
    path = literal(work.rule.old[0])
    if work.document.has(path) and trees.same(work.document.get(path), work.rule.values["value"]):
        work.drop(path)


def extra_egress(work: Work) -> None:
    """Put the second list of egress rules behind the first."""
    more, first = work.get(work.rule.old[0]), work.get(work.rule.new)
    if not isinstance(more, list) or not isinstance(first, list | None):
        return
    if first is None:
        work.move(literal(work.rule.old[0]), work.new)
    else:
        work.replace(work.new, [*first, *more])
        work.absorb(literal(work.rule.old[0]), work.new)


def metadata_open(work: Work) -> None:
    """Ask for a block of the cloud's metadata server, unless network policies keep user servers from it."""
    if work.get("networkPolicy.enabled") is not True and not work.matches(work.rule.old[0]):
        work.ask(literal("networkPolicy.enabled"))


def public_dummy(work: Work) -> None:
    """Mirror HelmForge's guard against a public hub that anybody may enter."""
    open_to_all = not work.get("auth.dummyPassword") and not work.get("auth.allowInsecureDummy")
    if _is_public(work) and work.get("auth.type", "dummy") == "dummy" and open_to_all:
        work.ask(literal(work.rule.old[0]))


def public_custom(work: Work) -> None:
    """Mirror HelmForge's guard against a public hub without a class to sign in with."""
    named = CLASS_LINE.search(str(work.get("hub.extraConfig") or ""))
    if _is_public(work) and work.get("auth.type", "dummy") != "dummy" and not named:
        work.ask(literal(work.rule.old[0]))


def public_metrics(work: Work) -> None:
    """Mirror HelmForge's guard against metrics that anybody may read."""
    private = work.get("metrics.authenticatePrometheus", True)
    if _is_public(work) and not private and not work.get("metrics.allowPublicUnauthenticatedPrometheus"):
        work.ask(literal(work.rule.old[0]))


def _is_public(work: Work) -> bool:
    return bool(
        work.get("ingress.enabled")
        or work.get("gateway.enabled")
        or work.get("service.type") in _PUBLIC_SERVICES
    )


FUNCTIONS: Mapping[str, Callable[[Work], None]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            ask,
            always,
            pair_to_helmforge,
            pair_from_helmforge,
            hosts_to_helmforge,
            hosts_from_helmforge,
            say_default,
            drop_word,
            extra_egress,
            metadata_open,
            public_dummy,
            public_custom,
            public_metrics,
            *ABOUT_CODE,
        )
    }
)


def functions_to_helmforge() -> Mapping[str, Callable[[Work], None]]:
    """Return what the rules to HelmForge do."""
    side = Side("helmforge", newest("helmforge").version, translations().to_helmforge)
    return {**FUNCTIONS, "cannot": functools.partial(cannot, side=side)}


def functions_from_helmforge(version: str) -> Mapping[str, Callable[[Work], None]]:
    """Return what the rules to a version of Zero to JupyterHub do."""
    side = Side("z2jh", version, translations().from_helmforge)
    return {**FUNCTIONS, "cannot": functools.partial(cannot, side=side)}
