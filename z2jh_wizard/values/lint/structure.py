"""Rules about the shape of a file: sections that are empty, lists, too deep, or of the wrong name."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from z2jh_wizard.values.document import WRAPPERS
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity, Unset
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.look_up import Kind, taken
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.traits import suggest_classes

_SURVIVE_NULL = (
    "hub.deploymentStrategy",
    "hub.lifecycle",
    "httpRoute.gateway",
    "proxy.deploymentStrategy",
    "proxy.https.",
    "proxy.secretSync",
    "proxy.traefik.hsts",
    "proxy.traefik.image",
    "proxy.traefik.networkPolicy",
    "singleuser.lifecycleHooks",
    "singleuser.storage",
)
"""How the names of sections begin that may be null: chart 4.4.0 still renders then, as Helm 4.3.1 showed."""

_NEED_A_MAP = frozenset(
    {
        "custom",
        "global",
        "hub.config",
        "hub.lifecycle.postStart",
        "hub.lifecycle.preStop",
        "hub.livenessProbe",
        "hub.readinessProbe",
        "hub.service.annotations",
        "proxy.chp.livenessProbe",
        "proxy.chp.readinessProbe",
        "scheduling.userScheduler.plugins",
        "singleuser.lifecycleHooks.postStart",
        "singleuser.lifecycleHooks.preStop",
    }
)
"""Maps of the user's own that chart 4.4.0 cannot do without, shown in the same way."""


@rule("top-level-nest", Severity.ERROR, "Values inside jupyterhub: for the chart itself")
def top_level_nest(subject: Subject) -> Iterator[Problem]:
    """Only a chart that contains the JupyterHub chart takes its values below a name."""
    if subject.family != "z2jh":
        return
    for wrapper in WRAPPERS:
        inner = subject.get(wrapper)
        if not isinstance(inner, dict) or not any(taken((key,), subject.version) for key in inner):
            continue
        edits = tuple(Move((*wrapper, key), (key,)) for key in inner)
        sure = not any(subject.has((key,)) for key in inner) and set(subject.values) == {wrapper[0]}
        yield Problem(
            wrapper[:1],
            f"The chart has no key {wrapper[0]}, so nothing below it is used.",
            Fix(
                f"Take {format_path(wrapper)}: away and let what is below it begin at the left edge.",
                edits if sure else (),
            ),
        )
        return


@rule(
    "lower-section", Severity.ERROR, "A section of hub.config that begins with a small letter", "hub.config"
)
def lower_section(subject: Subject) -> Iterator[Problem]:
    """Sections are classes of JupyterHub: the chart refuses names that begin with a small letter."""
    if subject.family != "z2jh" or not subject.at_least("0.11.0"):
        return
    severity = None if subject.at_least("1.0.0") else Severity.WARNING
    for path, _value in subject.find("hub.config.*"):
        name = str(path[-1])
        if name[:1].isupper():
            continue
        beside = taken(("hub", name), subject.version)
        match = next((one for one in suggest_classes(name) if one.lower() == name.lower()), None)
        if beside is not None:
            meant = ("hub", name)
            fix = Fix(f"Move it out of config: it is hub.{name}.", (Move(path, meant),))
        elif match:
            fix = Fix(f"Write {match}.", (Move(path, ("hub", "config", match)),))
        else:
            near = next(iter(suggest_classes(name)), "")
            fix = Fix(f"Write the name of a class, such as {near or 'JupyterHub'}.")
        message = (
            f"hub.config has classes of JupyterHub, whose names begin with a capital letter; {name} is none."
        )
        yield Problem(path, message, fix, severity=severity)


@rule("list-for-dict", Severity.ERROR, "A list where names are wanted", "hub.services", "hub.loadRoles")
def list_for_dict(subject: Subject) -> Iterator[Problem]:
    """Services and roles stand below names of their own, so that several files can add to them."""
    if subject.family != "z2jh" or not subject.at_least("1.0.0"):
        return
    for key in ("hub.services", "hub.loadRoles"):
        items = subject.get(key)
        if not isinstance(items, list):
            continue
        names = [item.get("name") for item in items if isinstance(item, dict)]
        sure = len(set(names)) == len(items) and all(isinstance(name, str) and name for name in names)
        path = parse_path(key)
        written = subject.source_of(path).written_at(path)
        sure = sure and written is not None and "#" not in subject.source_of(path).lines_of(written)
        named = {item["name"]: item for item in items} if sure else {}
        yield Problem(
            path,
            f"{key} is a list here; the chart wants a map of names and refuses the whole file.",
            Fix("Write each item below its name, without the dash.", (Set(path, named),) if named else ()),
        )


@rule("null-section", Severity.ERROR, "A section with nothing in it")
def null_section(subject: Subject) -> Iterator[Problem]:
    """To Helm an empty section is null, which removes all defaults of the chart below it."""
    if subject.family != "z2jh":
        return
    for path, value in subject.walk():
        if value is not None or not all(isinstance(part, str) for part in path):
            continue
        name = format_path(path)
        needed = name in _NEED_A_MAP
        survives = not needed and name.startswith(_SURVIVE_NULL)
        if not (needed or _is_section(subject, path)) or (survives and not _has_defaults(subject, name)):
            continue
        result = "what they do is off" if survives else "the chart cannot be rendered"
        yield Problem(
            path,
            f"{name} has nothing in it, which removes the chart's defaults below it: {result}.",
            Fix(f"Delete the line, or write {path[-1]}: {{}} to change nothing.", (Unset(path),)),
            severity=Severity.WARNING if survives or not subject.at_least("1.0.0") else None,
        )


def _is_section(subject: Subject, path: Path) -> bool:
    match = taken(path, subject.version)
    return match is not None and match.kind is Kind.SECTION


def _has_defaults(subject: Subject, name: str) -> bool:
    """Tell whether the chart says something below a section."""
    return any(
        row.default not in (msgspec.UNSET, None, {}, [])
        for key, row in paths_at(subject.version).items()
        if key.startswith(f"{name}.")
    )


RULES: tuple[Rule, ...] = (top_level_nest, lower_section, list_for_dict, null_section)
