"""Plain lines for terminals, pipes and logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.events import FINAL, SYMBOLS, Event, Kind, State
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.core.report import StatusReport
from z2jh_wizard.core.step import By, Danger, Step

DANGER_WORDS = {Danger.NONE: "", Danger.COSTS_MONEY: "costs money", Danger.DELETES_DATA: "deletes data"}


class RunLines:
    """Turns the events of a run into lines; each step's commands stand above its work."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = {step.id: step for step in steps}
        self._shown: set[str] = set()

    def lines(self, event: Event) -> list[str]:
        """Return the lines for one event, often none."""
        step = self._steps.get(event.step)
        title = step.title if step else ""
        said = self._commands(step) if step and event.step not in self._shown else []
        self._shown.add(event.step)
        if event.kind is Kind.PROGRESS:
            return [*said, f"    {event.done} of {event.total} {event.text}".rstrip()]
        if event.kind is Kind.MADE:
            return [*said, f"    made {event.text}"]
        if event.kind is Kind.GONE:
            return [*said, f"    removed {event.text}"]
        if event.kind is Kind.LINE:
            return [*said, f"    {event.text}"]
        if event.state is State.RUNNING:
            return [*said, f"{SYMBOLS[event.state]} {title}" + (f" ({event.text})" if event.text else "")]
        tail = f": {event.text}" if event.text else ""
        result = [*said, f"{SYMBOLS[event.state]} {event.state.value:<8} {title}{tail}"]
        if event.problem and event.state in FINAL:
            result += [f"    {line}" for line in event.problem.lines()]
        return result

    @staticmethod
    def _commands(step: Step) -> list[str]:
        lines = ["", f"# {step.title}"]
        for command in step.commands():
            lines += [f"  $ {line}" for line in command.shell().splitlines()]
        return lines


def plan_lines(planned: Iterable[Planned]) -> list[str]:
    """Return a plan: each step with its finding and, unless it is ready, what would be typed."""
    lines: list[str] = []
    for entry in planned:
        step, look = entry.step, entry.look
        marks = [
            word for word in (DANGER_WORDS[step.danger], "you do this" if step.by is By.YOU else "") if word
        ]
        mark = f" [{', '.join(marks)}]" if marks else ""
        detail = f" ({look.detail})" if look.detail else ""
        lines.append(f"{look.finding.value:<8} {step.title}{mark}{detail}")
        if look.finding.value != "ready":
            for command in step.commands():
                lines += [f"           $ {line}" for line in command.shell().splitlines()]
    return lines


def status_lines(report: StatusReport) -> list[str]:
    """Return a status for people."""
    release = report.release
    ready = sum(node.ready for node in report.nodes)
    lines = facts(
        {
            "provider": "PRACTICE (nothing here is real)"
            if report.provider == "practice"
            else report.provider,
            "cluster": report.cluster or "none yet",
            "nodes": f"{ready} of {len(report.nodes)} ready",
            "hub": f"{release.name} in {release.namespace}: {release.state}"
            + (f", revision {release.revision}, {release.chart}" if release.revision else ""),
            "address": report.url or "none yet",
            "students": f"{report.students} with a server",
        }
    )
    if report.pods:
        rows = [(pod.name, pod.status, str(pod.restarts), pod.node) for pod in report.pods]
        lines += ["", *table(("name", "status", "restarts", "node"), rows)]
    for problem in report.problems:
        lines += ["", f"! {problem.summary}", f"  What to do next: {problem.next}"]
    return [plain(line) for line in lines]


def practice_reply(reply: Mapping[str, Any]) -> str:
    """Return what the practice cluster answered to an instructor, by what stands in the answer."""
    if "wanted" in reply:
        return f"{reply['wanted']} students are wanted; {reply['present']} are here or on their way."
    if "faults" in reply:
        faults = [f"{one['fault']}: {one['explanation']}" for one in reply["faults"]]
        return "\n".join(faults) or "All faults are cleared."
    return str(reply["text"])


def diagnosis_lines(summary: str, evidence: str, cause: str, next_step: str) -> list[str]:
    """Return one diagnosis for people; the summary names what it is about."""
    parts = (("evidence", evidence), ("cause", cause), ("next", next_step))
    return [plain(f"! {summary}"), *(plain(f"    {name}: {text}") for name, text in parts if text)]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return aligned columns, headings in capitals as kubectl prints them."""
    grid = [[heading.upper() for heading in headings], *[list(map(str, row)) for row in rows]]
    widths = [max(len(row[column]) for row in grid) for column in range(len(headings))]
    return [
        "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in grid
    ]


def facts(pairs: Mapping[str, str]) -> list[str]:
    """Return names and values, one a line, aligned."""
    width = max(map(len, pairs), default=0)
    return [f"{name + ':':<{width + 1}} {value}" for name, value in pairs.items()]
