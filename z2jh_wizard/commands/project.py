"""Making a project, and writing its steps down for a person."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.flows.hub_secrets import drafted
from z2jh_wizard.flows.linting import lint_files
from z2jh_wizard.flows.values_files import PIPE, files_of
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.render import findings as found_lines
from z2jh_wizard.render import machine, output
from z2jh_wizard.render import runbook as runbooks
from z2jh_wizard.system.files import read_bytes, read_stream
from z2jh_wizard.values.lint.finding import Severity


def new(parsed: argparse.Namespace) -> int:
    """Make a project folder from options, from an answers file, or from both: options win."""
    from z2jh_wizard.flows.pages import default_answers, new_project

    if parsed.answers:
        project = _answered(parsed)
    elif parsed.provider:
        answers = {**default_answers(parsed.provider), **_options(parsed)}
        project = new_project(Path(parsed.target), answers)
    else:
        raise InvalidInput(
            "It was not said where the hub shall run",
            "There is no --provider, and no --answers file that says it.",
            next_step="Add --provider practice, existing for a cluster you have, gke, aks, eks or local.",
        )
    if parsed.json:
        output.answer(machine.text({"folder": str(project.folder), "project_id": project.spec.project_id}))
    else:
        output.answer(f"Made the project {project.folder} for the hub {project.spec.release}.")
        output.aside(f"Next: z2jh-wizard -C {project.folder} plan")
    return ExitCode.DONE


def _options(parsed: argparse.Namespace) -> dict[str, str]:
    """Return what the options say, by the ids of the questions."""
    known = ("practice", "z2jh", "helmforge")
    said = {
        "provider": parsed.provider,
        "context": parsed.context,
        "kubeconfig": parsed.kubeconfig,
        "sign_in": parsed.sign_in,
        "account": parsed.account,
        "region": parsed.region,
        "machine": parsed.machine,
        "tool": parsed.tool,
        "release": parsed.release,
        "namespace": parsed.namespace,
        "chart": parsed.chart if parsed.chart in known else "file" if parsed.chart else "",
        "chart_version": parsed.chart_version,
        "chart_path": "" if parsed.chart in known else parsed.chart,
    }
    return {name: text for name, text in said.items() if text}


def _answered(parsed: argparse.Namespace) -> Project:
    """Make a project from an answers file, and say what lint thinks of it."""
    from z2jh_wizard.flows import answers_file

    if parsed.answers == PIPE:
        name, folder = "stdin", Path()
        data = read_stream(sys.stdin.buffer, name)
    else:
        path = Path(parsed.answers).expanduser()
        name, folder = str(path), path.absolute().parent
        data = read_bytes(path, name)
    project = answers_file.make(Path(parsed.target), data, name, folder, _options(parsed))
    found = lint_files(drafted(files_of(project))).findings  # missing secrets will be made
    for line in found_lines.lines(one for one in found if one.severity is not Severity.NOTE):
        output.aside(line)
    return project


def answers(parsed: argparse.Namespace) -> int:
    """Print the answers from which the same hub can be made, or write them into the project's folder."""
    from z2jh_wizard.flows import answers_written

    project = open_project(Path(parsed.folder))
    found = answers_written.answers_of(project)
    if parsed.json:
        output.answer(machine.text(found.tree()))
    elif parsed.write:
        output.answer(f"Wrote {answers_written.write_answers(project)}.")
    else:
        output.answer(found.text().rstrip("\n"))
    if found.secrets:
        output.aside(f"Secrets are left out, to be given again: {', '.join(found.secrets)}.")
    for one in found.lost:
        output.aside(f"Left out, for no answers file can say it: {one}.")
    return ExitCode.DONE


def runbook(parsed: argparse.Namespace) -> int:
    """Print the runbook of a flow."""
    from z2jh_wizard.flows.sessions import flow_of

    project = open_project(Path(parsed.folder))
    write = runbooks.markdown if parsed.format == "md" else runbooks.shell
    output.answer(write(parsed.flow, project.spec, flow_of(project, parsed.flow).steps))
    return ExitCode.DONE
