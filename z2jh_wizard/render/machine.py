"""JSON for other programs: the field names are part of the command-line contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.events import Event, Kind, rfc3339


def text(tree: object) -> str:
    """Return a JSON document over several lines."""
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode()


def line(tree: object) -> str:
    """Return a JSON document on one line."""
    return msgspec.json.encode(tree).decode()


def event(one: Event) -> dict[str, Any]:
    """Return an event as ``{time, step, state, text}``, with more where there is more."""
    tree: dict[str, Any] = {
        "time": rfc3339(one.time),
        "step": one.step,
        "state": one.state.value,
        "text": one.text,
        "kind": one.kind.value,
    }
    if one.kind is Kind.PROGRESS:
        tree.update(done=one.done, total=one.total)
    if one.problem:
        tree["problem"] = problem(one.problem)
    return tree


def problem(one: Problem) -> dict[str, Any]:
    """Return a problem with its exit code."""
    return {
        "title": one.title,
        "happened": one.happened,
        "still_works": one.still_works,
        "next": one.next_step,
        "code": int(one.code),
    }


def plan(planned: Iterable[Planned]) -> list[dict[str, Any]]:
    """Return a plan as a list of ``{id, title, finding, danger, by, commands}``."""
    return [
        {
            "id": entry.step.id,
            "title": entry.step.title,
            "finding": entry.look.finding.value,
            "danger": entry.step.danger.value,
            "by": entry.step.by.value,
            "commands": [command.shell() for command in entry.step.commands()],
            "detail": entry.look.detail,
            "usually": entry.step.usually,
        }
        for entry in planned
    ]
