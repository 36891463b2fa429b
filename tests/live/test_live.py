"""The smallest cluster of a real cloud, made, resized and torn down: ``pytest tests/live --live gke``.

The account and the place are said by Z2JH_LIVE_ACCOUNT and Z2JH_LIVE_REGION; who is signed in is found as the
wizard finds it. It takes up to an hour and costs about what an hour of the two machines costs.
"""

from __future__ import annotations

import pytest

from tests.conftest import OUTSIDE
from tests.journeys.clouds import RELEASE, cloud_project
from tests.journeys.conftest import Wizard
from tests.journeys.there_and_back import there_and_back
from z2jh_wizard.core.spec import Chart, Pool, Provider

SMALLEST: dict[Provider, tuple[str, str]] = {
    "gke": ("e2-standard-2", "e2-standard-2"),
    "aks": ("Standard_D2s_v5", "Standard_D2s_v5"),
    "eks": ("t3.large", "t3.large"),
}
"""Machines for the hub and for students."""

HOUR = 3600.0


@pytest.mark.timeout(2 * HOUR)
@pytest.mark.parametrize("provider", SMALLEST)
def test_a_real_cluster(provider, request, tmp_path, capsys):
    if request.config.getoption("live") != provider:
        pytest.skip(f"only with --live {provider}: it makes a real cluster, which costs money")
    account, region = (OUTSIDE.get(f"Z2JH_LIVE_{name}", "") for name in ("ACCOUNT", "REGION"))
    if not account or not region:
        pytest.fail("Z2JH_LIVE_ACCOUNT and Z2JH_LIVE_REGION say who pays and where", pytrace=False)
    core, user = SMALLEST[provider]
    folder, pools = tmp_path / "hub", {"core": Pool(1, core), "user": Pool(1, user, maximum=2)}
    chart = Chart(path=OUTSIDE.get("Z2JH_CHART", ""))
    cloud_project(folder, provider, pools, account=account, region=region, chart=chart)
    reached = []
    for stage in there_and_back(Wizard(folder, OUTSIDE, patience=HOUR), RELEASE, 0):
        reached.append(stage.name)
        with capsys.disabled():
            print(f"\n{provider}: {stage.name}\n{stage.told or ''}")
    assert reached[-1] == "removed"
