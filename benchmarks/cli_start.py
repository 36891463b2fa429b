"""How fast commands start: ``--version`` against a bare interpreter, and the credential plugin."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import leave, report

ROUNDS = 15
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(*argv: str) -> float:
    began = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - began


def main() -> None:
    script = str(Path(sys.executable).with_name("z2jh-wizard"))
    with tempfile.TemporaryDirectory() as folder:
        project = str(Path(folder, "p"))
        seconds(script, "new", project, "--provider", "practice")
        token = Path(project, ".z2jh", "practice", "token")
        token.parent.mkdir()
        token.write_text("token")
        cases = {
            "bare": (sys.executable, "-c", "pass"),
            "version": (script, "--version"),
            "kube-token": (script, "-C", project, "kube-token"),
            "config-get": (script, "-C", project, "runbook"),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for argv in cases.values():
            seconds(*argv)
        for _ in range(ROUNDS):
            for name, argv in cases.items():
                times[name].append(seconds(*argv))
    ratio = [one / bare for one, bare in zip(times["version"], times["bare"], strict=True)]
    leave(
        [
            report("python -c pass", times["bare"], "s"),
            report("z2jh-wizard --version against python -c pass", ratio, "ratio", goal=2.0),
            report("z2jh-wizard kube-token", times["kube-token"], "s"),
            report("z2jh-wizard runbook", times["config-get"], "s"),
        ]
    )


if __name__ == "__main__":
    main()
