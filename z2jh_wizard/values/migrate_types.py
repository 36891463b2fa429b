"""Migration rules about types and unknown keys: the chart refuses both from version 1.0.0 on."""

from __future__ import annotations

import re
from collections.abc import Callable

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.values.migrate_table import read_rules
from z2jh_wizard.values.migrate_work import Work, source_text
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.schema import Misfit, misfits, read_schema

_WORDS = {"true": True, "false": False}


def typed_tags(work: Work) -> None:
    """Write numeric image tags as text."""
    _convert(work, lambda path: path[-1] == "tag")


def typed_annotations(work: Work) -> None:
    """Write numbers and booleans under annotations and labels as text."""
    _convert(
        work, lambda path: any(str(part).lower().endswith(("annotations", "labels")) for part in path[:-1])
    )


def typed_values(work: Work) -> None:
    """Write numbers given as text as numbers, and text given as a number as text."""
    _convert(work, bool)


def _convert(work: Work, concerned: Callable[[Path], bool]) -> None:
    for misfit in list(misfits(work.document.values, read_schema())):
        if not misfit.wanted or not concerned(misfit.path):
            continue
        value = _converted(work, misfit)
        if value is None:
            continue
        try:
            work.replace(misfit.path, value)
        except Refused as refused:
            work.ask(misfit.path, f"This must be {_or(misfit.wanted)}, but {refused.problem.title}.")


def _converted(work: Work, misfit: Misfit) -> object | None:
    """Return the same value in a type that the chart takes, None where that would be a guess."""
    value, wanted = misfit.value, misfit.wanted
    if isinstance(value, bool):
        return str(value).lower() if "string" in wanted else None
    if isinstance(value, int | float):
        return source_text(work.document, misfit.path) if "string" in wanted else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"-?[0-9]+", text) and {"integer", "number"} & set(wanted):
        return int(text)
    if re.fullmatch(r"-?[0-9]*\.[0-9]+", text) and "number" in wanted:
        return float(text)
    return _WORDS.get(text.lower()) if "boolean" in wanted else None


def unknown_keys(work: Work) -> None:
    """List what today's chart would refuse and no other rule has spoken of."""
    for misfit in misfits(work.document.values, read_schema()):
        if not any(item.path and misfit.path[: len(item.path)] == item.path for item in work.asked):
            work.ask(misfit.path, _refusal(misfit, _former_names(work, misfit.path)))


def _former_names(work: Work, path: Path) -> list[str]:
    """Say what became of an unknown key, or of those in it, which an older chart still knew."""
    told = []
    for rule in read_rules():
        for old in (old for pattern in rule.old if pattern != "*" for old in work.matches(pattern)):
            if old[: len(path)] == path:
                now = f"{format_path(old)} is {rule.new} since chart {rule.since}: {rule.note}."
                told.append(rule.note if rule.by == "ask" or not rule.new else now)
    return list(dict.fromkeys(told))


def _refusal(misfit: Misfit, former: list[str]) -> str:
    if misfit.choices:
        return f"The chart takes only {_or(tuple(_word(choice) for choice in misfit.choices))} here."
    if misfit.wanted:
        return f"The chart wants {_or(misfit.wanted)} here."
    unknown = f"The chart does not know {format_path(misfit.path)} and refuses the whole file because of it"
    if former:
        return f"{unknown}. {' '.join(former)}"
    return f"{unknown}: correct its name, move it to custom if your own code reads it, or delete it."


def _word(choice: object) -> str:
    return "null" if choice is None else str(choice) or '""'


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(words)


FUNCTIONS = (typed_tags, typed_annotations, typed_values, unknown_keys)
