"""One Helm as a command, and finding one: on PATH, downloaded by us, or the bundled SDK."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import z2jh_wizard
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.facts import HELM_INSTALLING, HELM_OLDEST
from z2jh_wizard.helm.download import downloaded_helm
from z2jh_wizard.helm.flags import FIRST_WITHOUT_TILLER, Version, parse_version, version_text
from z2jh_wizard.system.children import Child, capture

VERSION_LIMIT = 20.0
"""Seconds for ``helm version``; the first start after a download is slow on some computers."""

SDK_PACKAGE = "helm_python"

_SOURCE = str(Path(z2jh_wizard.__file__).resolve().parent.parent)
_LAUNCH_SHIM = f"""\
import sys
sys.path = [place for place in sys.path if place]
sys.path[:0] = [] if {_SOURCE!r} in sys.path else [{_SOURCE!r}]
from z2jh_wizard.helm.shim.__main__ import start
start()
"""
"""``python -m z2jh_wizard.helm.shim`` without its flaws as a child of ours: -m would import from the folder
that the user stands in, and a PYTHONPATH for a checkout would reach the login programs that Helm starts."""

HOW_TO_GET_HELM = (
    "Get Helm in one of three ways: z2jh-wizard doctor --fix, or pip install helm-python-sdk in the "
    f"wizard's environment, or the instructions on {HELM_INSTALLING}."
)


@dataclass(frozen=True, slots=True)
class HelmCommand:
    """How to start one Helm: ``argv0`` and ``prefix`` come before the arguments.

    ``executable`` is the program itself where it differs from ``argv0``. Helm signs the objects that it
    applies with the name of its argv[0], so that must end in ``helm`` whatever program runs; otherwise two
    Helms cannot upgrade each other's releases.
    """

    argv0: str
    prefix: tuple[str, ...] = ()
    executable: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def child(self, *arguments: str, cwd: Path | None = None) -> Child:
        """Return the process that runs Helm with these arguments."""
        return Child(
            (self.argv0, *self.prefix, *arguments),
            environment=self.environment,
            executable=self.executable,
            cwd=cwd,
        )


@dataclass(frozen=True, slots=True)
class HelmTool:
    """A Helm that was found: its command, its version and where it came from."""

    command: HelmCommand
    version: Version
    source: Literal["path", "download", "sdk"]
    where: str

    def describe(self) -> str:
        """Return one sentence for the screen."""
        origin = {
            "path": "found on your PATH",
            "download": "downloaded and verified by the wizard",
            "sdk": "bundled with the Python package helm-python-sdk",
        }[self.source]
        return f"Helm {version_text(self.version)}, {origin} ({self.where})."


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for Helm gave: the tool if any, and one sentence for each Helm that was passed over."""

    tool: HelmTool | None
    passed_over: tuple[str, ...] = ()
    helm2: str = ""


def shim_command() -> HelmCommand:
    """Return the command of the bundled Helm; its argv[0] says helm, and no such file needs to exist."""
    return HelmCommand(
        argv0=str(Path(sys.prefix, "bin", "helm")), prefix=("-c", _LAUNCH_SHIM), executable=sys.executable
    )


def sdk_is_installed() -> bool:
    """Tell whether the SDK can be found, without the 67 MiB of importing it."""
    return importlib.util.find_spec(SDK_PACKAGE) is not None


async def search_helm(*, path: str | None = None, data_folder: Path | None = None) -> Search:
    """Look for a usable Helm in the order PATH, our download, SDK, and say what was passed over.

    ``path`` replaces the PATH of the environment, ``data_folder`` the wizard's own data folder.
    """
    passed_over: list[str] = []
    helm2 = ""
    if found := shutil.which("helm", path=path):
        version = await _version_of(HelmCommand(found), passed_over)
        if version and version >= HELM_OLDEST:
            return Search(HelmTool(HelmCommand(found), version, "path", found))
        if version:
            passed_over.append(_too_old(version, found))
            helm2 = found if version < FIRST_WITHOUT_TILLER else ""
    tool = await _ours(data_folder, passed_over) or await _bundled(passed_over)
    return Search(tool, tuple(passed_over), helm2)


async def find_helm(*, path: str | None = None, data_folder: Path | None = None) -> HelmTool:
    """Return the Helm to use; NeedsYou, with the ways to get one, when there is none."""
    search = await search_helm(path=path, data_folder=data_folder)
    if search.tool:
        return search.tool
    happened = " ".join(search.passed_over) or "There is no helm on your PATH, and none of our own."
    raise NeedsYou(
        "Helm is missing",
        happened,
        still_works="Editing, checking and planning work without Helm.",
        next_step=HOW_TO_GET_HELM,
    )


async def _ours(data_folder: Path | None, passed_over: list[str]) -> HelmTool | None:
    path = downloaded_helm(data_folder)
    if path is None:
        return None
    command = HelmCommand(str(path))
    version = await _version_of(command, passed_over)
    return HelmTool(command, version, "download", str(path)) if version else None


async def _bundled(passed_over: list[str]) -> HelmTool | None:
    if not sdk_is_installed():
        return None
    version = await _version_of(shim_command(), passed_over)
    return HelmTool(shim_command(), version, "sdk", SDK_PACKAGE) if version else None


async def _version_of(command: HelmCommand, passed_over: list[str]) -> Version | None:
    """Ask a Helm for its version without letting it near a cluster; note a sentence when it has none.

    Helm 2 would otherwise look for its Tiller; it prints its own version before it fails to find one.
    """
    offline = HelmCommand(
        command.argv0, command.prefix, command.executable, {**command.environment, "KUBECONFIG": os.devnull}
    )
    try:
        said = await capture(offline.child("version", "--short"), VERSION_LIMIT)
    except WizardError as error:
        passed_over.append(f"{command.argv0} is of no use: {error.problem.happened}")
        return None
    version = parse_version(said.stdout.decode("utf-8", "replace"))
    if version is None:
        passed_over.append(f"{command.argv0} is of no use: it does not tell its version.")
    return version


def _too_old(version: Version, where: str) -> str:
    if version < FIRST_WITHOUT_TILLER:
        return (
            f"{where} is Helm {version_text(version)}, which needs Tiller in the cluster and has had no "
            "security fixes since 2020; it is left for clusters that still have a Tiller."
        )
    return f"{where} is Helm {version_text(version)}; the wizard needs {version_text(HELM_OLDEST)} or newer."
