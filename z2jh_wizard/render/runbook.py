"""The runbook: the same steps for a person, as Markdown or as a shell script."""

from __future__ import annotations

from collections.abc import Sequence

from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import By, Step


def markdown(name: str, spec: Spec, steps: Sequence[Step]) -> str:
    """Return the flow as a Markdown document with one section a step."""
    lines = [
        f"# {name.capitalize()} of the hub {spec.release}",
        "",
        f"Provider {spec.provider}, namespace {spec.namespace}.",
        "Type these commands in the project folder, in this order.",
        "",
    ]
    for number, step in enumerate(steps, 1):
        lines += [f"## {number}. {step.title}", "", step.why, ""]
        if step.by is By.YOU:
            lines += [f"You do this by hand. {step.how}".strip(), ""]
        for command in step.commands():
            lines += [f"{command.about}:", ""] if command.about else []
            lines += ["```sh", command.shell(), "```", ""]
        if not step.commands() and step.by is By.WIZARD:
            lines += ["Nothing to type.", ""]
    return "\n".join(lines)


def shell(name: str, spec: Spec, steps: Sequence[Step]) -> str:
    """Return the flow as a POSIX shell script that stops at the first failure."""
    lines = [
        "#!/bin/sh",
        f"# {name.capitalize()} of the hub {spec.release}; run it in the project folder.",
        "set -eu",
    ]
    for number, step in enumerate(steps, 1):
        lines += ["", f"# {number}. {step.title}", *_comment(step.why)]
        if step.by is By.YOU:
            lines += [*_comment(f"By hand: {step.how}"), "printf 'Done by hand? Press Enter. '; read -r _"]
        for command in step.commands():
            lines += [*_comment(command.about), command.shell()]
    return "\n".join([*lines, ""])


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.splitlines() if line.strip()]
