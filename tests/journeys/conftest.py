"""The program as a person runs it: child processes on a practice cluster of their own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CREATES = {"create", "patch", "apply", "POST", "PATCH"}


class Wizard:
    """Runs the command line in one project folder; ``helm`` on PATH or not, as given."""

    def __init__(self, folder: Path, environment: dict[str, str], patience: float = 170.0) -> None:
        self.folder = folder
        self.environment = environment
        self.patience = patience
        """Seconds that one command may take."""

    def start(self, *words: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "z2jh_wizard", "-C", str(self.folder), *words],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def run(self, *words: str, expect: int | None = 0, stdin: str = "") -> subprocess.CompletedProcess[str]:
        process = self.start(*words, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL)
        try:
            out, err = process.communicate(stdin or None, timeout=self.patience)
        except BaseException:
            process.kill()
            process.wait()
            raise
        done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        if expect is not None:
            assert done.returncode == expect, f"{words}: {done.returncode}\n{out}\n{err}"
        return done

    def json(self, *words: str, expect: int | None = 0) -> Any:
        return json.loads(self.run(*words, "--json", expect=expect).stdout)

    def events(self, *words: str, expect: int | None = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, "--json", expect=expect).stdout.splitlines()]

    @property
    def state(self) -> Path:
        return self.folder / ".z2jh" / "practice"

    def requests(self) -> list[dict[str, Any]]:
        lines = (self.state / "requests.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def created(self) -> Counter[tuple[str, str]]:
        """Count how often each thing was created, by its collection and name."""
        return Counter(
            (entry["path"].split("?")[0].removesuffix("/" + entry["name"]), entry["name"])
            for entry in self.requests()
            if entry["code"] == 201 and entry.get("uid")
        )


@pytest.fixture
def home() -> Iterator[Path]:
    """A short-named home: the paths of sockets and logs stay readable."""
    with tempfile.TemporaryDirectory(prefix="zw-") as folder:
        yield Path(folder)


@pytest.fixture
def wizard_of(home, helm_binary):
    """Make a wizard on a fresh practice project; its cluster is ended afterwards."""
    made: list[Wizard] = []

    def make(*, helm: bool = True, speed: float = 0.1, start: bool = True) -> Wizard:
        path = [str(helm_binary.parent)] if helm else []
        environment = {
            **os.environ,
            "HOME": str(home),
            "PATH": os.pathsep.join([*path, "/usr/bin", "/bin"]),
            "KUBECACHEDIR": str(home / "kubecache"),
        }
        wizard = Wizard(home / f"project{len(made)}", environment)
        made.append(wizard)
        subprocess.run(
            [sys.executable, "-m", "z2jh_wizard", "new", str(wizard.folder), "--provider", "practice"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if start:
            wizard.run("practice", "start", "--speed", str(speed))
        return wizard

    yield make
    for wizard in made:
        with contextlib.suppress(AssertionError):
            wizard.run("practice", "stop", expect=None)
