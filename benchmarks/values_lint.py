"""All rules over a values file of 3,000 lines, and what the whole command costs beside a bare interpreter.

Goals: at most 300 ms of CPU for the rules with reading the file, and for the command's process as a whole.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import leave, report
from values_validate import values_file

from z2jh_wizard.values.lint.run import lint_bytes

ROUNDS = 7


def rules(data: bytes) -> float:
    """Seconds of CPU of reading and linting once."""
    started = time.process_time()
    lint_bytes([("config.yaml", data, None)], "4.4.0")
    return time.process_time() - started


def child(words: list[str]) -> float:
    """Seconds of CPU of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    data = values_file()
    rules(data)  # the tables are read once a process; the command below pays for that
    lines = data.count(b"\n")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.yaml"
        file.write_bytes(data)
        command = [sys.executable, "-m", "z2jh_wizard", "config", "lint", "--file", str(file)]
        commands, bare = [], []
        for _ in range(ROUNDS):  # in turns, so that both meet the same load
            commands.append(child(command))
            bare.append(child([sys.executable, "-c", "pass"]))
    leave(
        [
            report(
                "reading and linting", [rules(data) for _ in range(ROUNDS)], "s CPU", goal=0.3, lines=lines
            ),
            report("the command config lint, whole process", commands, "s CPU", goal=0.3, lines=lines),
            report("python -c pass", bare, "s CPU"),
        ]
    )


if __name__ == "__main__":
    main()
