"""Making a project, and writing its steps down for a person."""

from __future__ import annotations

import argparse
from pathlib import Path

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render import machine, output
from z2jh_wizard.render import runbook as runbooks


def new(parsed: argparse.Namespace) -> int:
    """Make a project folder from options."""
    from z2jh_wizard.flows.pages import default_answers, new_project

    answers = default_answers(parsed.provider)
    known = ("practice", "z2jh", "helmforge")
    if parsed.chart:
        answers["chart"] = parsed.chart if parsed.chart in known else "file"
        answers["chart_path"] = "" if parsed.chart in known else parsed.chart
    answers.update(
        release=parsed.release,
        namespace=parsed.namespace,
        chart_version=parsed.chart_version,
        context=parsed.context,
        kubeconfig=parsed.kubeconfig,
    )
    project = new_project(Path(parsed.target), answers)
    if parsed.json:
        output.answer(machine.text({"folder": str(project.folder), "project_id": project.spec.project_id}))
    else:
        output.answer(f"Made the project {project.folder} for the hub {project.spec.release}.")
        output.aside(f"Next: z2jh-wizard -C {project.folder} plan")
    return ExitCode.DONE


def runbook(parsed: argparse.Namespace) -> int:
    """Print the runbook of a flow."""
    from z2jh_wizard.flows.sessions import flow_of

    project = open_project(Path(parsed.folder))
    write = runbooks.markdown if parsed.format == "md" else runbooks.shell
    output.answer(write(parsed.flow, project.spec, flow_of(project, parsed.flow).steps))
    return ExitCode.DONE
