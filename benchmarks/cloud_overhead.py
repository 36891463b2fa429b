"""What the wizard adds to a cloud's own time: a cluster made, resized and torn down at each emulator.

The emulators take as long as the clouds do, on a clock that leaps over pauses: what the wizard works and asks
takes the time that it takes, a pause between two looks counts for as long as it would last. A cloud's own
time is that of a bare script which knows all: each change is one request, and the next one comes when the
cloud has done it. Helm is measured by ``install_overhead.py``.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measure import leave, report

ROUNDS = 5

GOAL = 10.0
"""Percent that the wizard may add."""

REQUEST = 0.2
"""Seconds that a cloud takes to answer one request."""

MINUTE = 60.0

WORK = {
    "gke": {
        "batchEnableServices": 0.5, "CreateCluster": 5, "SetNodePoolAutoscaling": 0.5, "SetNodePoolSize": 1,
        "DeleteCluster": 3,
    },
    "aks": {"register": 1, "createCluster": 4, "putPool": 2, "deleteCluster": 5, "deleteGroup": 0.5},
    "eks": {
        "EnableRegion": 5, "CreateStack": 2, "CreateCluster": 8, "CreateNodegroup": 2, "CreateAddon": 1,
        "UpdateNodegroupConfig": 1, "DeleteNodegroup": 4, "DeleteCluster": 6, "DeleteStack": 2,
    },
}  # fmt: skip
"""Minutes that each work takes: the least that people tell of, for then what the wizard adds weighs most."""


class Leaping:
    """Real time and the pauses that were asked for, which are over at once."""

    def __init__(self) -> None:
        self.leapt = 0.0

    def seconds(self) -> float:
        return time.monotonic() + self.leapt

    def now(self) -> Any:
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self.seconds(), timezone.utc)

    def advance(self, seconds: float) -> None:
        self.leapt += seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)


class Own:
    """A cloud's own time: requests that change something, and when it worked."""

    def __init__(self, world: Any, clock: Leaping, minutes: dict[str, float]) -> None:
        self._changes = 0
        self._requests = 0
        self._spans: list[tuple[float, float]] = []
        note, begun = world.note, world.begun

        def noting(name: str, target: str, *, changes: bool) -> None:
            clock.advance(REQUEST)
            self._requests += 1
            self._changes += changes
            world.latency = minutes.get(name, 0.0) * MINUTE
            note(name, target, changes=changes)

        def beginning(finish: Callable[[], None], latency: float | None = None) -> Any:
            pending = begun(finish, latency)
            self._spans.append((pending.began, pending.due))
            return pending

        world.note, world.begun = noting, beginning

    @property
    def requests(self) -> int:
        return self._requests

    def seconds(self) -> float:
        """Return how long it worked, what it did at the same time once, and its answers to changes."""
        total, until = 0.0, 0.0
        for began, due in sorted(self._spans):
            total += max(0.0, due - max(began, until))
            until = max(until, due)
        return total + REQUEST * self._changes


def started(cloud: str) -> Any:
    """Return the emulator of a cloud, not yet begun, with the wizard pointed at it."""
    import pytest

    patch = pytest.MonkeyPatch()
    if cloud == "gke":
        from tests.cloud.test_gke import google

        return google(patch)
    if cloud == "aks":
        from tests.cloud.test_aks import azure

        return azure(patch)
    from tests.cloud.amazon import amazon

    return amazon(patch)


async def journey(cloud: str) -> dict[str, tuple[float, float, int]]:
    """Play a journey; return for each part the wizard's seconds, the cloud's own, and how many requests."""
    from tests.cloud.contract import went_well

    with started(cloud) as case, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        clock = case.clock = Leaping()
        case.world.clock = clock.seconds
        if cloud != "eks":
            case.switch_off()
        project = case.project(Path(folder))
        parts = {
            "apply": lambda: case.set_up(project),
            "resize": lambda: case.play([case.provider(project).resize_step("user", 4)]),
            "teardown": lambda: case.tear_down(project),
        }
        times = {}
        for name, part in parts.items():
            with mock.patch.multiple(case.world, note=case.world.note, begun=case.world.begun):
                own = Own(case.world, clock, WORK[cloud])
                began = clock.seconds()
                if not went_well(await part()):
                    raise SystemExit(f"{cloud}: {name} failed")
                times[name] = (clock.seconds() - began, own.seconds(), own.requests)
        if case.clusters() or case.world.complaints:
            raise SystemExit(f"{cloud}: {case.world.complaints or 'the cluster is still there'}")
        return times


def in_a_process_of_its_own(cloud: str) -> dict[str, tuple[float, float, int]]:
    """Play a journey in a program of its own."""
    import json

    argv = [sys.executable, __file__, cloud]
    done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True)
    return {name: tuple(values) for name, values in json.loads(done.stdout).items()}


def main() -> None:
    import json

    if sys.argv[1:]:
        print(json.dumps(asyncio.run(journey(sys.argv[1]))))
        return
    met = []
    for cloud in WORK:
        rounds = [in_a_process_of_its_own(cloud) for _ in range(ROUNDS)]
        for part in rounds[0]:
            values = [100 * (one[part][0] / one[part][1] - 1) for one in rounds]
            report(f"{cloud} {part}: over the cloud's own time", values, "%", requests=rounds[0][part][2])
        sums = [[sum(part[at] for part in one.values()) for at in (0, 1)] for one in rounds]
        values = [100 * (total / own - 1) for total, own in sums]
        case = f"{cloud} journey: over the cloud's own time"
        met.append(report(case, values, "%", goal=GOAL, own_seconds=round(sums[0][1])))
    leave(met)


if __name__ == "__main__":
    main()
