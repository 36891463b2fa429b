"""Heavy packages are imported when first needed: a small command must start at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = [
    "textual",
    "rich",
    "kubernetes",
    "boto3",
    "botocore",
    "google",
    "azure",
    "ruamel",
    "aiohttp",
    "textual_serve",
    "cryptography",
]

PROBE = """
import contextlib, io, json, sys
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
    exec(sys.argv[1])
loaded = {name.partition(".")[0] for name in sys.modules} | {name for name in sys.modules if "." in name}
print(json.dumps({"said": said.getvalue(), "loaded": sorted(loaded)}))
"""


def loaded_by(code: str, folder: Path) -> tuple[str, set[str]]:
    """Run code in a fresh interpreter; return what it said and all modules that were loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer = json.loads(done.stdout)
    return answer["said"], set(answer["loaded"])


def run(*words: str) -> str:
    return f"import sys; from z2jh_wizard.cli import main; sys.exit(main({list(words)!r}))"


def test_the_probe_sees_what_is_loaded(tmp_path: Path) -> None:
    assert "yaml" in loaded_by("import yaml", tmp_path)[1]


@pytest.mark.parametrize(
    "code",
    ["import z2jh_wizard", "import z2jh_wizard.cli", run("--version"), run("--help")],
    ids=["package", "cli", "--version", "--help"],
)
def test_starting_loads_nothing_heavy(code: str, tmp_path: Path) -> None:
    _, loaded = loaded_by(code, tmp_path)
    assert "z2jh_wizard" in loaded
    assert loaded & set(HEAVY) == set()


def test_the_version_is_told(tmp_path: Path) -> None:
    from z2jh_wizard import __version__

    assert loaded_by(run("--version"), tmp_path)[0] == f"z2jh-wizard {__version__}\n"


@pytest.mark.parametrize("package", ["core", "system"])
def test_the_lowest_layers_load_nothing_heavy(package: str, tmp_path: Path) -> None:
    names = sorted(path.stem for path in (ROOT / "z2jh_wizard" / package).glob("*.py"))
    imports = "\n".join(f"import z2jh_wizard.{package}.{name}" for name in names if name != "__init__")
    _, loaded = loaded_by(imports, tmp_path)
    assert f"z2jh_wizard.{package}" in loaded
    assert loaded & {*HEAVY, "yaml", "jsonschema"} == set()
    if package == "core":
        assert loaded & {"psutil", "filelock"} == set()


@pytest.mark.parametrize(
    "words",
    [
        ["config", "get"],
        ["config", "set", "cull.timeout", "1"],
        ["config", "unset", "cull.timeout"],
        ["config", "lint"],
        ["config", "lint", "--fix"],
        ["config", "validate"],
        ["config", "migrate", "--from", "0.8.0", "--to", "4.4.0"],
        ["config", "diff", "--with", "bio101/secrets.yaml"],
        ["config", "search", "memory"],
        ["answers"],
        ["--plain"],
        ["kube-token"],
        ["plan"],
        ["status"],
        ["runbook", "--format", "md"],
    ],
    ids=" ".join,
)
def test_headless_commands_load_no_screens_and_no_cloud(words: list[str], tmp_path: Path) -> None:
    project = str(tmp_path / "bio101")
    loaded_by(run("new", project, "--provider", "practice"), tmp_path)
    (tmp_path / "bio101" / "secrets.yaml").touch()
    _, loaded = loaded_by(run("-C", project, *words), tmp_path)
    assert "z2jh_wizard.commands" in loaded
    assert loaded & (set(HEAVY) - {"ruamel"}) == set()
