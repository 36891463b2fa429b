"""Azure as a provider, against its emulator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cloud.contract import CloudCase, CloudContract, ended, problem_of, sweep, went_well
from tests.emulators.aks.manager import SUBSCRIPTION, ArmError, Manager
from tests.emulators.aks.server import TOKEN, serve, sign_in_ended
from tests.emulators.world import World
from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.account import Verdict
from z2jh_wizard.cloud.aks.account import may
from z2jh_wizard.cloud.aks.azure import ELSEWHERE, Azure
from z2jh_wizard.cloud.aks.provider import AksProvider
from z2jh_wizard.cloud.aks.sign_in import TOKEN as TOKEN_VARIABLE
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.events import State
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.project.folder import Project, create_project

POOLS = {"core": Pool(1, "Standard_D2s_v5"), "user": Pool(2, "Standard_D4s_v5", maximum=5)}
RESOURCES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
CLUSTERS = "Microsoft.ContainerService/managedClusters"


class AzureCase(CloudCase):
    setting_up = ("getProvider", "createGroup", "createCluster", "listCredentials")
    resizing, removing = "putPool", "deleteCluster"
    sent, given = (TOKEN,), ("emulated-user",)

    def __init__(self, manager: Manager, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.manager = manager
        self.world = manager.world
        self.clock = clock
        self._monkeypatch = monkeypatch

    def project(self, folder: Path) -> Project:
        made = create_project(folder / "hub", "aks", chart=Chart(), release="bio101", pools=POOLS)
        spec = msgspec.structs.replace(made.spec, account=SUBSCRIPTION, region="eastus")
        return Project(made.folder, spec)

    def provider(self, project: Project) -> AksProvider:
        return AksProvider(project, self.clock)

    def cluster(self) -> dict[str, Any]:
        self.manager.tick()
        return next(one for one in self.manager.resources.values() if one["type"] == CLUSTERS)

    def nodes(self, pool: str) -> int:
        pools = self.cluster()["properties"]["agentPoolProfiles"]
        return int(next(one["count"] for one in pools if one["name"] == pool))

    def bounds(self, pool: str) -> tuple[int, int]:
        pools = self.cluster()["properties"]["agentPoolProfiles"]
        scaling = next(one for one in pools if one["name"] == pool)
        assert scaling["enableAutoScaling"]
        return scaling["minCount"], scaling["maxCount"]

    def clusters(self) -> int:
        self.manager.tick()
        return sum(one["type"] == CLUSTERS for one in self.manager.resources.values())

    def fail_quota(self) -> None:
        text = "Insufficient vcpu quota requested 22, remaining 4 for family standardDSv5Family for region x."
        self.world.fail_once("createCluster", ArmError(400, "ErrCode_InsufficientVCPUQuota", text))

    def fail_permission(self) -> None:
        text = (
            "The client 'ada' does not have authorization to perform action 'Microsoft.X/write' over scope."
        )
        self.world.fail_once("createCluster", ArmError(403, "AuthorizationFailed", text))

    def switch_off(self) -> None:
        self.manager.registered.clear()

    def end_sign_in(self) -> None:
        self._monkeypatch.setenv(TOKEN_VARIABLE, "ended")

    def renew_sign_in(self) -> None:
        self._monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)

    def ended(self) -> Exception:
        return sign_in_ended()

    def unheard(self, text: str) -> Exception:
        return ArmError(400, "UnheardOf", text)

    def leave_behind(self) -> int:
        nodes = "MC_z2jh-bio101_bio101_eastus"
        for name, group, tags in (
            ("pvc-1", nodes, {"kubernetes.io-created-for-pvc-name": "claim-ada"}),
            ("pvc-2", "other", {"kubernetes.io-created-for-pvc-name": "claim-ada"}),
            ("boot", "other", {}),
        ):
            path = f"{RESOURCES}/{group}/providers/Microsoft.Compute/disks/{name}"
            self.manager.resources[path.lower()] = {
                "id": path, "name": name, "type": "Microsoft.Compute/disks", "location": "eastus",
                "tags": tags, "sku": {"name": "StandardSSD_LRS"},
                "properties": {"diskSizeGB": 10},
            }  # fmt: skip
        path = f"{RESOURCES}/{nodes}/providers/Microsoft.Network/publicIPAddresses/kubernetes-1"
        self.manager.resources[path.lower()] = {
            "id": path, "name": "kubernetes-1", "type": "Microsoft.Network/publicIPAddresses",
            "location": "eastus", "tags": {}, "sku": {"name": "Standard"}, "properties": {},
        }  # fmt: skip
        return 2


class azure:
    """A running emulator with the wizard pointed at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        clock = FakeClock()
        manager = Manager(World(latency=5.0, clock=clock.seconds))
        self._case = AzureCase(manager, clock, monkeypatch)
        self._serving = serve(manager)

    def __enter__(self) -> AzureCase:
        self._monkeypatch.setenv(ELSEWHERE, self._serving.__enter__())
        self._monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
        return self._case

    def __exit__(self, *error: object) -> None:
        self._serving.__exit__(None, None, None)


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureCase]:
    with azure(monkeypatch) as made:
        yield made


class TestContract(CloudContract):
    pass


async def test_a_machine_that_is_sold_out(case, tmp_path):
    """Azure finds out in the middle; the same request again finishes the cluster."""
    project = case.project(tmp_path)
    case.manager.failures.append(("AllocationFailed", "The VM allocation failed due to no capacity."))
    problem = problem_of(await case.set_up(project))
    assert problem.title == "Azure has no free machines there now"
    assert "Standard_D4s_v5" in problem.happened
    assert went_well(await case.set_up(project))
    assert (case.clusters(), case.nodes("user")) == (1, 2)


async def test_a_stopped_cluster_is_started(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.cluster()["properties"]["powerState"] = {"code": "Stopped"}
    events = await case.set_up(project)
    assert ended(events)["cluster.create"] is State.DONE
    assert case.cluster()["properties"]["powerState"] == {"code": "Running"}


async def test_a_group_with_things_of_others_is_kept(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    path = f"{RESOURCES}/z2jh-bio101/providers/Microsoft.Compute/disks/thesis"
    case.manager.resources[path.lower()] = {
        "id": path, "name": "thesis", "type": "Microsoft.Compute/disks", "properties": {},
    }  # fmt: skip
    events = await case.tear_down(project)
    assert case.clusters() == 0
    assert path.lower() in case.manager.resources
    assert any("kept, for others put things into it: thesis" in event.text for event in events)


async def test_a_lost_pool_is_made_again(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    del case.cluster()["properties"]["agentPoolProfiles"][1]
    assert went_well(await case.set_up(project))
    assert case.nodes("user") == 2


async def test_resizing_keeps_labels_and_taints(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    await case.play([case.provider(project).resize_step("user", 4)])
    pool = case.cluster()["properties"]["agentPoolProfiles"][-1]
    assert pool["nodeTaints"] == ["hub.jupyter.org_dedicated=user:NoSchedule"]
    assert pool["maxPods"] == 110
    events = await case.play([case.provider(project).resize_step("core", 0)])
    assert "hub itself runs" in problem_of(events).happened
    with pytest.raises(InvalidInput):
        await case.provider(project).resize_step("extra", 1).look()


async def test_sizes_that_a_subscription_may_not_have(case, tmp_path):
    project = case.project(tmp_path)
    case.manager.restricted.add("Standard_D4s_v5")
    case.manager.quotas["standardDSv5Family"] = (8, 4)
    case.manager.not_actions.append("Microsoft.Resources/subscriptions/resourceGroups/*")
    checks = {one.id: one for one in await case.provider(project).account().preflight(project.spec)}
    assert {name for name, one in checks.items() if one.verdict is Verdict.FAIL} == {
        "machines", "permissions", "quota.standardDSv5Family",
    }  # fmt: skip
    assert "resourceGroups/write" in checks["permissions"].sentence
    assert "4 are left" in checks["quota.standardDSv5Family"].sentence


def test_roles_add_up():
    reader = {"actions": ["*/read"], "notActions": []}
    almost = {"actions": ["*"], "notActions": ["Microsoft.Compute/*"]}
    assert may("Microsoft.Compute/disks/read", [reader, almost])
    assert not may("Microsoft.Compute/disks/write", [reader, almost])
    assert may("Microsoft.Network/x/write", [reader, almost])


async def test_requests_that_azure_does_not_know_are_told(case):
    with pytest.raises(Exception, match="does not know"):
        await Azure(SUBSCRIPTION).get(f"/subscriptions/{SUBSCRIPTION}/nothing")
    properties = {"agentPoolProfiles": [], "colour": "red", "nodeResourceGroup": "n"}
    await Azure(SUBSCRIPTION).put(f"{RESOURCES}/g", {"location": "eastus"})
    await Azure(SUBSCRIPTION).put(
        f"{RESOURCES}/g/providers/{CLUSTERS}/c",
        {"location": "eastus", "properties": properties},
    )
    assert "ManagedCluster has no field properties.colour" in case.world.complaints


@pytest.mark.parametrize("address", ["http://example.edu", "https://127.0.0.1:1", "file:///etc/passwd"])
async def test_only_an_emulator_on_this_computer_can_stand_in(case, monkeypatch, address):
    monkeypatch.setenv(ELSEWHERE, address)
    with pytest.raises(InvalidInput):
        await Azure(SUBSCRIPTION).get("/subscriptions")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("at_the_end", "least"), [(False, 20), (True, 15)], ids=["set-up", "end"])
async def test_a_crash_at_any_request(monkeypatch, tmp_path, at_the_end, least, after):
    count = await sweep(lambda: azure(monkeypatch), tmp_path, at_the_end=at_the_end, after=after)
    assert count >= least, "there are more requests"
