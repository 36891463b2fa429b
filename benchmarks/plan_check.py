"""Lint, then Helm renders the chart: the check before an installation, against raw ``helm template``.

Goal: at most 1.5 times what Helm alone takes, in wall time, with a class's values of some hundred lines.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measure import leave, report

from tests.support.tools import HELM, find
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.charts import practice_chart
from z2jh_wizard.flows.cleaning import redactor_for
from z2jh_wizard.flows.steps.check import CheckConfig
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, create_project

ROUNDS = 9


def raw(helm: Path, project: Project) -> float:
    """Seconds that Helm takes by itself."""
    words = [str(helm), "template", "jhub", str(practice_chart()), "--values", str(project.config)]
    started = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def ours(project: Project) -> float:
    """Seconds of the step's look, nothing remembered from before."""
    step = CheckConfig(project, adapters_for(project, redactor_for(project)).helm)
    await step._helm.tool()  # which Helm there is, is a step of its own
    started = time.perf_counter()
    look = await step.look()
    spent = time.perf_counter() - started
    if look.finding is not Finding.READY:
        raise SystemExit(look.detail)
    return spent


async def main() -> None:
    helm = find(HELM, os.environ)
    os.environ["PATH"] = f"{helm.parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        chart = Chart(name="practice", version="1.0.0", repository="")
        project = create_project(Path(folder) / "hub", "practice", chart=chart)
        config_file.write_first(project)
        with project.config.open("a") as file:
            file.write(
                "\ncustom:\n" + "".join(f"  course{n}: 'what it is {n}'  # kept\n" for n in range(300))
            )
        await ours(project)
        theirs, mine = [], []
        for _ in range(ROUNDS):  # in turns, so that both meet the same load
            theirs.append(raw(helm, project))
            mine.append(await ours(project))
    report("helm template", theirs, "s")
    report("lint and helm template", mine, "s")
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    leave([report("the check against raw Helm", ratios, "times", goal=1.5)])


if __name__ == "__main__":
    asyncio.run(main())
