"""Lists and watches of pods: our CPU against ``kubectl get pods`` and the official client, interleaved.

``python benchmarks/kube_lists.py [--pods N ...] [--rounds N]``. Ratios are of CPU time in the same round;
kubectl's figure has its start and printing in it (about 60 ms), Python's have no import in them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import leave, report

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
EVENTS = 20_000
OFFICIAL_EVENTS = 2_000
SLOW_CLIENT_ROUNDS = 2
"""The official client takes seconds for what the others do in a tenth; its figure needs no more rounds."""


def kubectl() -> str | None:
    """The developer's kubectl, the pinned one of the tests, or none."""
    from tests.support import tools

    try:
        return str(tools.find(tools.KUBECTL, os.environ))
    except tools.ToolsMissing:
        return shutil.which("kubectl")


@contextlib.contextmanager
def server(pods: int, events: int) -> Iterator[str]:
    argv = [sys.executable, str(HERE / "_kube_server.py"), str(pods), str(events)]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as child:
        assert child.stdin
        assert child.stdout
        try:
            yield child.stdout.readline().strip()
        finally:
            child.stdin.close()


def client(name: str, url: str, count: int) -> dict[str, float]:
    argv = [sys.executable, str(HERE / "_kube_client.py"), name, url, str(count)]
    environment = ENVIRONMENT | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(argv, check=True, capture_output=True, text=True, env=environment)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def kubectl_cpu(program: str, url: str, cache: str) -> float:
    """CPU seconds of one ``kubectl get pods``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    argv = [program, "--server", url, "--cache-dir", cache, "--namespace", "jhub", "get", "pods"]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def lists(pods: int, rounds: int) -> list[bool]:
    program = kubectl()
    ours: list[dict[str, float]] = []
    theirs: list[float] = []
    official: list[float] = []
    with server(pods, 0) as url, tempfile.TemporaryDirectory() as cache:
        client("ours-list", url, pods)
        for number in range(rounds):
            ours.append(client("ours-list", url, pods))
            if program:
                theirs.append(kubectl_cpu(program, url, cache))
            if number < SLOW_CLIENT_ROUNDS:
                official.append(client("official-list", url, pods)["cpu"])
    cpu = [one["cpu"] for one in ours]
    results = [
        report("list pods", cpu, "s CPU", pods=pods),
        report("list pods, wall", [one["wall"] for one in ours], "s", pods=pods),
        report(
            "list pods, added memory",
            [one["mib"] for one in ours],
            "MiB",
            goal=25 if pods <= 5000 else 70,
            pods=pods,
        ),
        report("official client, list pods", official, "s CPU", pods=pods),
    ]
    if theirs:
        ratio = [mine / other for mine, other in zip(cpu, theirs, strict=True)]
        results.append(report("kubectl get pods", theirs, "s CPU", pods=pods))
        results.append(
            report("list pods against kubectl get pods", ratio, "ratio of CPU", goal=0.1, pods=pods)
        )
    else:
        print("no kubectl here: set Z2JH_KUBECTL; ratio left out", file=sys.stderr)
    return results


def watches(rounds: int) -> list[bool]:
    ours: list[dict[str, float]] = []
    official: list[float] = []
    with server(0, EVENTS) as url:
        for number in range(rounds):
            ours.append(client("ours-watch", url, EVENTS))
            if number < SLOW_CLIENT_ROUNDS:
                official.append(client("official-watch", url, OFFICIAL_EVENTS)["cpu"] / OFFICIAL_EVENTS)
    share = [one["cpu"] / EVENTS * 1000 for one in ours]
    slowest = [one["wall"] / EVENTS * 20_000 for one in ours]
    return [
        report("live store, 1,000 full events a second", share, "of a core", goal=0.05),
        report("live store, time for 20,000 events", slowest, "s"),
        report("live store, added memory", [one["mib"] for one in ours], "MiB", events=EVENTS),
        report("official watch, 1,000 full events a second", [one * 1000 for one in official], "of a core"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pods", type=int, nargs="+", default=[5000])
    parser.add_argument("--rounds", type=int, default=5)
    wish = parser.parse_args()
    results = [met for pods in wish.pods for met in lists(pods, wish.rounds)]
    leave([*results, *watches(wish.rounds)])


if __name__ == "__main__":
    main()
