"""The credential plugin of the project's kubeconfig."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.project.kubeconfig_file import EXEC_API
from z2jh_wizard.render import machine, output


def kube_token(parsed: argparse.Namespace) -> int:
    """Print an ExecCredential (client.authentication.k8s.io/v1) for kubectl, helm and the wizard itself."""
    status = asyncio.run(provider_of(open_project(Path(parsed.folder))).credential())
    output.answer(machine.line({"apiVersion": EXEC_API, "kind": "ExecCredential", "status": status}))
    return ExitCode.DONE
