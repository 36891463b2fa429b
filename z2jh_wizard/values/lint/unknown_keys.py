"""General rules: what the chart does not take, where no rule of its own explains it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import CHART_TITLES, Family, newest
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.look_up import KeyMatch, Kind, taken
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.refusals import refusals
from z2jh_wizard.values.schema import Misfit

_A_SLIP = 0.8
"""How much of two names must agree, of 1, for one to be a slip of the other."""

_CLEARLY = 0.08
"""How much nearer the best name must be than the next one to be surely the one that was meant."""

_TYPE_WORDS = {
    "object": "a map of keys",
    "map": "a map of keys",
    "array": "a list",
    "list": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


@rule("chart-mix", Severity.ERROR, "Keys of the other JupyterHub chart", general=True)
def chart_mix(subject: Subject) -> Iterator[Problem]:
    """Zero to JupyterHub and HelmForge have charts of the same name and few keys in common."""
    mixed = [
        (misfit, match) for misfit, match in subject.unknown if _cause(subject, misfit, match) == "chart-mix"
    ]
    if not mixed:
        return
    first, match = mixed[0]
    here, there = CHART_TITLES[subject.family], CHART_TITLES[_other(subject.family)]
    if len(mixed) == 1:
        message, sentence = match.sentence, f"Take it away, or install the {there} chart."
    else:
        names = ", ".join(format_path(misfit.path) for misfit, _ in mixed[:4])
        more = f" and {len(mixed) - 4} more" if len(mixed) > 4 else ""
        message = f"These are keys of the {there} chart, not of {here}: {names}{more}."
        sentence = f"Say which chart this file is for: it cannot be both {here} and {there}."
    yield Problem(first.path, f"{message} {_result(subject)}", Fix(sentence), severity=_severity(subject))


@rule("snake-case", Severity.ERROR, "snake_case where the chart has camelCase", general=True)
def snake_case(subject: Subject) -> Iterator[Problem]:
    """``default_url`` is a trait of KubeSpawner; the chart's key is ``defaultUrl``."""
    for misfit, match in subject.unknown:
        if _cause(subject, misfit, match) == "snake-case":
            new = _camel(misfit.path)
            yield _unknown(subject, misfit, f"the chart calls it {new[-1]}", _moved(subject, misfit, new))


@rule("key-typo", Severity.ERROR, "Misspelt key", general=True)
def key_typo(subject: Subject) -> Iterator[Problem]:
    """A key that looks much like one that the chart has at the same place."""
    for misfit, match in subject.unknown:
        if _cause(subject, misfit, match) == "key-typo":
            new, *others = [parse_path(text) for text in match.suggestions]
            sure = all(_alike(misfit.path, new) > _alike(misfit.path, other) + _CLEARLY for other in others)
            fix = _moved(subject, misfit, new) if sure else Fix(f"Write {new[-1]}, if that is meant.")
            yield _unknown(subject, misfit, f"is {new[-1]} meant?", fix)


@rule("wrong-indent", Severity.ERROR, "Key at the wrong place", general=True)
def wrong_indent(subject: Subject) -> Iterator[Problem]:
    """A key that the chart has, but a level higher or lower than it stands here."""
    for misfit, match in subject.unknown:
        if _cause(subject, misfit, match) == "wrong-indent":
            meant = _elsewhere(subject, misfit)
            said = " or ".join(map(format_path, meant))
            fix = _moved(subject, misfit, meant[0]) if len(meant) == 1 else Fix(f"Move it to {said}.")
            yield _unknown(subject, misfit, f"it belongs to {said}", fix)


@rule("schema", Severity.ERROR, "What the chart does not take", general=True)
def schema(subject: Subject) -> Iterator[Problem]:
    """All other unknown keys, removed and too new ones, wrong types and wrong words."""
    for misfit, match in subject.unknown:
        if _cause(subject, misfit, match) == "schema":
            message = match.sentence or _no_key(subject, misfit)
            fix = _fix_of(match)
            yield Problem(misfit.path, f"{message} {_result(subject)}", fix, severity=_severity(subject))
    for misfit in subject.misfits:
        if not misfit.unknown:
            yield _unfit(subject, misfit)


def _cause(subject: Subject, misfit: Misfit, match: KeyMatch) -> str:
    """Return the rule that says why a key is unknown."""
    if match.kind is Kind.OTHER_CHART:
        return "chart-mix"
    if match.kind is Kind.REMOVED and of_other_chart(subject, misfit.path):
        return "chart-mix"
    if match.kind is not Kind.UNKNOWN or not match.sentence:
        return "schema"
    if _camel(misfit.path) != misfit.path and taken(_camel(misfit.path), subject.version, subject.family):
        return "snake-case"
    best = parse_path(match.suggestions[0]) if match.suggestions else ()
    if best and best[:-1] == misfit.path[:-1] and _alike(misfit.path, best) >= _A_SLIP:
        return "key-typo"
    return "wrong-indent" if _elsewhere(subject, misfit) else "schema"


def of_other_chart(subject: Subject, path: Path) -> bool:
    """Tell whether a key is one of the other chart, in a file that has keys which only that chart has."""
    other = _other(subject.family)
    mixed = any(match.kind is Kind.OTHER_CHART for _, match in subject.unknown)
    return mixed and taken(path, newest(other).version, other) is not None


def _other(family: Family) -> Family:
    return "helmforge" if family == "z2jh" else "z2jh"


def _camel(path: Path) -> Path:
    name = str(path[-1])
    return (*path[:-1], re.sub("_+([a-z0-9])", lambda match: match[1].upper(), name))


def _alike(one: Path, other: Path) -> float:
    return SequenceMatcher(None, str(one[-1]).lower(), str(other[-1]).lower()).ratio()


def _elsewhere(subject: Subject, misfit: Misfit) -> list[Path]:
    """Return the one or two places above or just below a key's own where the chart takes it as it is."""
    path, name = misfit.path, misfit.path[-1]
    known = _places(subject.version, subject.family)
    above = [(*path[:size], name) for size in range(1, len(path) - 1)]
    below = [one for one in known.get(str(name), ()) if len(one) == len(path) + 1 and one[:-2] == path[:-1]]
    wanted = [one for one in above if one in known.get(str(name), ())] or below
    fitting = [one for one in wanted if _fits(subject, one, misfit.value)]
    return fitting if len(fitting) <= 2 else []


@functools.lru_cache(maxsize=8)
def _places(version: str, family: Family) -> dict[str, tuple[Path, ...]]:
    """Return, by their last name, all keys and sections of a chart version."""
    places: dict[str, set[Path]] = {}
    for key in paths_at(version, family):
        path = tuple(key.split("."))
        for size in range(1, len(path) + 1):
            places.setdefault(path[size - 1], set()).add(path[:size])
    return {name: tuple(sorted(paths)) for name, paths in places.items()}


def _fits(subject: Subject, path: Path, value: object) -> bool:
    """Tell whether the chart takes a value at a path."""
    return not refusals(trees.put({}, path, value), subject.version, subject.family, subject.schema)


def _moved(subject: Subject, misfit: Misfit, new: Path) -> Fix:
    """Return the fix that gives a key another path, with the edit when its value fits there."""
    sentence = f"Write {new[-1]}." if new[:-1] == misfit.path[:-1] else f"Move it to {format_path(new)}."
    sure = _fits(subject, new, misfit.value) and not subject.has(new)
    return Fix(sentence, (Move(misfit.path, new),) if sure else ())


def _no_key(subject: Subject, misfit: Misfit) -> str:
    return f"{CHART_TITLES[subject.family]} {subject.version} has no key {format_path(misfit.path)}."


def _unknown(subject: Subject, misfit: Misfit, meant: str, fix: Fix) -> Problem:
    stop = "" if meant.endswith("?") else "."
    message = f"{_no_key(subject, misfit)[:-1]}; {meant}{stop} {_result(subject)}"
    return Problem(misfit.path, message, fix, severity=_severity(subject))


def _fix_of(match: KeyMatch) -> Fix:
    if match.kind is Kind.REMOVED:
        if match.suggestions:
            return Fix(
                f"Write {match.suggestions[0]} instead; z2jh-wizard config migrate mends a whole file."
            )
        return Fix("Take it away, or let z2jh-wizard config migrate say what became of it.")
    if match.kind is Kind.TOO_NEW:
        return Fix("Take it away, or install a newer chart.")
    if match.suggestions:
        return Fix(
            f"Write {match.suggestions[0]} if that is meant; what your own code reads belongs below custom."
        )
    return Fix("Correct the name, or take it away; what your own code reads belongs below custom.")


def _severity(subject: Subject) -> Severity:
    return Severity.ERROR if subject.refuses else Severity.WARNING


def _result(subject: Subject) -> str:
    return "Helm refuses the whole file." if subject.refuses else "The chart does not read it."


def _unfit(subject: Subject, misfit: Misfit) -> Problem:
    """Return the problem of a value of a wrong type, or that is none of the choices."""
    name, said = format_path(misfit.path), subject.quote(misfit.path, misfit.value)
    if misfit.choices:
        choices = ", ".join(str(choice) or '""' for choice in misfit.choices if choice is not None)
        message, fix = f"{name} is {said}; the chart takes only {choices}.", Fix(f"Write one of {choices}.")
    else:
        wanted = " or ".join(dict.fromkeys(_TYPE_WORDS[word] for word in misfit.wanted if word != "null"))
        message = f"{name} is {_kind(misfit.value)} here; the chart wants {wanted}."
        fix = _retyped(subject, misfit, wanted)
    refused = " Helm refuses the whole file." if subject.refuses else ""
    return Problem(misfit.path, message + refused, fix, severity=_severity(subject))


def _kind(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (str, "text"),
        (list, "a list"),
    )
    return next((word for kind, word in kinds if isinstance(value, kind)), "a map of keys")


def _retyped(subject: Subject, misfit: Misfit, wanted: str) -> Fix:
    """Return the fix for a wrong type, with the edit when the same value can be written in the right one."""
    written = subject.source_of(misfit.path).written_at(misfit.path)
    value, text = misfit.value, written.plain if written else None
    types = set(misfit.wanted)
    if "string" in types and not isinstance(value, (dict, list)):
        return Fix("Put it in quotes.", (Set(misfit.path, text),) if text else ())
    if isinstance(value, str) and "boolean" in types and value in {"true", "false"}:
        return Fix(f"Write {value} without quotes.", (Set(misfit.path, value == "true"),))
    if isinstance(value, str) and {"integer", "number"} & types and re.fullmatch("[1-9][0-9]{0,15}|0", value):
        return Fix(f"Write {value} without quotes.", (Set(misfit.path, int(value)),))
    if isinstance(value, str) and "number" in types and re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", value):
        return Fix(f"Write {value} without quotes.", (Set(misfit.path, float(value)),))
    return Fix(f"Write {wanted}.")


RULES: tuple[Rule, ...] = (chart_mix, snake_case, key_typo, wrong_indent, schema)
