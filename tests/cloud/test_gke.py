"""Google as a provider, against its emulator."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import grpc
import msgspec
import pytest
from google.cloud.container_v1 import types as t
from google.rpc import code_pb2

from tests.cloud.contract import (
    CloudCase,
    CloudContract,
    crash_and_carry_on,
    problem_of,
    sweep,
    went_well,
)
from tests.cloud.crashes import crash_at
from tests.emulators.gke import rpc
from tests.emulators.gke.errors import ApiError, lacks_permission, no_quota, sign_in_ended
from tests.emulators.gke.server import TOKEN, serve
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.account import Verdict
from z2jh_wizard.cloud.gke import google as by_rest
from z2jh_wizard.cloud.gke.google import ELSEWHERE, Google
from z2jh_wizard.cloud.gke.provider import GkeProvider
from z2jh_wizard.cloud.gke.sign_in import TOKEN as TOKEN_VARIABLE
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.core.step import Finding
from z2jh_wizard.project.folder import Project, create_project

POOLS = {"core": Pool(1, "e2-standard-2"), "user": Pool(2, "e2-standard-4", maximum=5)}


class GoogleCase(CloudCase):
    setting_up = ("batchGetServices", "CreateCluster", "ListOperations")
    resizing, removing = "SetNodePoolAutoscaling", "DeleteCluster"
    sent = (TOKEN,)

    def __init__(self, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services = services
        self.world = services.world
        self.clock = clock
        self._monkeypatch = monkeypatch

    def project(self, folder: Path) -> Project:
        made = create_project(folder / "hub", "gke", chart=Chart(), release="bio101", pools=POOLS)
        self.project_id = made.spec.project_id
        spec = msgspec.structs.replace(made.spec, account="bio", region="us-central1-b")
        return Project(made.folder, spec)

    def provider(self, project: Project) -> GkeProvider:
        return GkeProvider(project, self.clock)

    def nodes(self, pool: str) -> int:
        clusters = self.services.clusters
        clusters.tick()
        return next(size for name, size in clusters.sizes.items() if name.endswith(f"/nodePools/{pool}"))

    def bounds(self, pool: str) -> tuple[int, int]:
        (cluster,) = self.services.clusters.clusters.values()
        scaling = next(one.autoscaling for one in cluster.node_pools if one.name == pool)
        assert scaling.enabled
        return scaling.total_min_node_count, scaling.total_max_node_count

    def clusters(self) -> int:
        return len(self.services.clusters.clusters)

    def fail_quota(self) -> None:
        self.world.fail_once("CreateCluster", no_quota("CPUS", 22, 10))

    def fail_permission(self) -> None:
        self.world.fail_once("CreateCluster", lacks_permission("container.clusters.create", "bio"))

    def switch_off(self) -> None:
        self.services.on.clear()

    def end_sign_in(self) -> None:
        self._monkeypatch.setenv(TOKEN_VARIABLE, "ya29.ended")

    def renew_sign_in(self) -> None:
        self._monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)

    def ended(self) -> Exception:
        return sign_in_ended()

    def unheard(self, text: str) -> Exception:
        return ApiError(code_pb2.INVALID_ARGUMENT, text, "UNHEARD_OF")

    def leave_behind(self) -> int:
        zone = "https://www.googleapis.com/compute/v1/projects/bio/zones/us-central1-b"
        region = "https://www.googleapis.com/compute/v1/projects/bio/regions/us-central1"
        ada = '{"kubernetes.io/created-for/pvc/name":"claim-ada"}'
        kind = f"{zone}/diskTypes/pd-ssd"
        named = {"goog-k8s-cluster-name": "bio101"}
        of_ours = {**named, "z2jh-wizard": self.project_id}
        self.services.disks += [
            {"name": "pvc-1", "id": "11", "zone": zone, "sizeGb": "10", "type": kind, "description": ada,
             "labels": of_ours},
            {"name": "pvc-2", "id": "12", "zone": zone, "sizeGb": "10", "type": kind, "description": ada,
             "labels": named},
            {"name": "pvc-3", "id": "13", "zone": zone, "sizeGb": "10", "type": kind, "labels": of_ours,
             "users": ["a machine"]},
            {"name": "boot", "id": "14", "zone": zone, "sizeGb": "50", "type": kind},
        ]  # fmt: skip
        self.services.rules.append(
            {"name": f"a{'0' * 31}", "id": "21", "region": region, "IPAddress": "192.0.2.7",
             "description": '{"kubernetes.io/service-name":"bio101/proxy-public"}'}
        )  # fmt: skip
        self.services.addresses.append(
            {"name": "hub", "id": "31", "region": region, "address": "192.0.2.8", "status": "RESERVED",
             "labels": {"z2jh-wizard-cluster": "bio101", "z2jh-wizard": self.project_id}}
        )  # fmt: skip
        self.services.snapshots += [
            {"name": "before-exam", "id": "41", "diskSizeGb": "10", "labels": of_ours},
            {"name": "theirs", "id": "42", "diskSizeGb": "10"},
        ]
        return 3


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleCase]:
    with google(monkeypatch) as made:
        yield made


class google:
    """A running emulator with the wizard pointed at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        clock = FakeClock()
        services = Services(World(latency=5.0, clock=clock.seconds), "bio")
        self._case = GoogleCase(services, clock, monkeypatch)
        self._serving = serve(services)

    def __enter__(self) -> GoogleCase:
        self._monkeypatch.setenv(ELSEWHERE, self._serving.__enter__())
        self._monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
        return self._case

    def __exit__(self, *error: object) -> None:
        self._serving.__exit__(None, None, None)


class TestContract(CloudContract):
    pass


@contextmanager
def google_by_rpc(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleCase]:
    """The same with Google's client of clusters on gRPC, whose errors are of other classes."""
    with google(monkeypatch) as made, rpc.serve(made.services) as address, ExitStack() as channels:

        def by_rpc(credentials: Any) -> Any:
            return channels.enter_context(closing(rpc.transport(address, credentials)))

        monkeypatch.setattr(by_rest, "transport", by_rpc)
        yield made


class TestContractByRpc(CloudContract):
    @pytest.fixture
    def case(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleCase]:
        with google_by_rpc(monkeypatch) as made:
            yield made


def test_fields_and_methods_that_google_does_not_have_are_told_by_rpc(case):
    with rpc.serve(case.services) as address, grpc.insecure_channel(address) as channel:

        def ask(method: str, request: bytes, token: str = TOKEN) -> grpc.StatusCode:
            asked = channel.unary_unary(rpc.SERVICE + method)
            with pytest.raises(grpc.RpcError) as error:
                asked(request, metadata=[("authorization", f"Bearer {token}")], timeout=20)
            return error.value.code()

        assert ask("GetCluster", b"", token="another") is grpc.StatusCode.UNAUTHENTICATED
        assert not case.world.complaints
        assert ask("GetColour", b"") is grpc.StatusCode.UNIMPLEMENTED
        case.switch_off()
        unknown = b"\xf8\x3f\x01"  # the field 1023 is 1
        request = t.CreateClusterRequest.pb()()
        request.ParseFromString(unknown)
        assert ask("CreateCluster", request.SerializeToString()) is grpc.StatusCode.PERMISSION_DENIED
        request.Clear()
        request.cluster.node_pools.add().config.ParseFromString(unknown)
        assert ask("CreateCluster", request.SerializeToString()) is grpc.StatusCode.PERMISSION_DENIED
        request.Clear()
        request.cluster.node_pools.add().config.labels["a"] = "b"
        assert ask("CreateCluster", request.SerializeToString()) is grpc.StatusCode.PERMISSION_DENIED
    assert [one.rpartition(" ")[2] for one in case.world.complaints] == [
        "/google.container.v1.ClusterManager/GetColour", "1023", "1023",
    ]  # fmt: skip


async def test_nodes_of_a_region_stand_in_one_zone(case, tmp_path):
    """As students' disks do; in three zones there would be three times as many nodes as were asked for."""
    made = case.project(tmp_path)
    project = Project(made.folder, msgspec.structs.replace(made.spec, region="us-central1"))
    assert went_well(await case.set_up(project))
    (cluster,) = case.services.clusters.clusters.values()
    assert list(cluster.locations) == ["us-central1-b"]
    assert case.nodes("user") == 2
    assert went_well(await case.play([case.provider(project).resize_step("user", 4)]))
    assert case.nodes("user") == 4
    checks = await case.provider(project).account().preflight(project.spec)
    assert {one.verdict for one in checks} == {Verdict.OK}
    words = [one.shell() for step in case.provider(project).steps() for one in step.commands()]
    assert any("--region us-central1" in one and "--node-locations us-central1-b" in one for one in words)
    assert not case.world.complaints


async def test_a_machine_that_is_sold_out(case, tmp_path):
    """Google finds out in the middle; the broken cluster is deleted and made anew at the next run."""
    project = case.project(tmp_path)
    case.services.clusters.failures.append(("GCE_STOCKOUT", "no e2-standard-4"))
    problem = problem_of(await case.set_up(project))
    assert problem.title == "Google has no free machines there now"
    assert "e2-standard-4" in problem.happened
    assert went_well(await case.set_up(project))
    assert (case.clusters(), case.nodes("user")) == (1, 2)


async def test_busy_is_waited_for(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.world.fail_once(
        "SetNodePoolSize",
        ApiError(code_pb2.FAILED_PRECONDITION, "Cluster is running incompatible operation operation-1-a."),
    )
    events = await case.play([case.provider(project).resize_step("user", 1)])
    assert went_well(events), problem_of(events)


async def test_a_lost_pool_is_made_again(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    cluster = next(iter(case.services.clusters.clusters.values()))
    del cluster.node_pools[1]
    assert went_well(await case.set_up(project))
    assert [pool.name for pool in cluster.node_pools] == ["core", "user"]


async def test_the_core_pool_keeps_a_node(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    events = await case.play([case.provider(project).resize_step("core", 0)])
    assert "hub itself runs" in problem_of(events).happened
    with pytest.raises(InvalidInput):
        await case.provider(project).resize_step("extra", 1).look()


async def test_a_pool_without_bounds_would_be_changed_back(case, tmp_path):
    """Why the bounds are set first: Google undoes what is above the least number when nobody needs it."""
    project = case.project(tmp_path)
    await case.set_up(project)
    name = "projects/bio/locations/us-central1-b/clusters/bio101/nodePools/user"
    await Google("bio").clusters("set_node_pool_size", {"name": name, "node_count": 4})
    case.clock.advance(case.world.latency)
    assert case.nodes("user") == 4
    case.clock.advance(3600)
    assert case.nodes("user") == 0


async def test_requests_that_google_does_not_know_are_told(case):
    for method, request in (("get_cluster", {"name": "bio"}),):
        with pytest.raises(ValueError, match="name"):
            await Google("bio").clusters(method, request)
    with pytest.raises(Exception, match="does not know"):
        await Google("bio").get("compute", "compute/v1/projects/bio/nothing")
    assert case.world.complaints


@pytest.mark.parametrize("address", ["http://example.edu", "https://127.0.0.1:1", "file:///etc/passwd"])
async def test_only_an_emulator_on_this_computer_can_stand_in(case, monkeypatch, address):
    monkeypatch.setenv(ELSEWHERE, address)
    with pytest.raises(InvalidInput):
        await Google("bio").get("compute", "compute/v1/projects/bio/zones")


async def test_kubeconfig_is_forgotten_with_its_cluster(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.services.clusters.clusters.clear()
    assert (await case.provider(project).reach()[0].look()).finding is Finding.ABSENT
    assert went_well(await case.play(case.provider(project).reach()))
    assert not project.kubeconfig.exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("at_the_end", "least"), [(False, 20), (True, 15)], ids=["set-up", "end"])
@pytest.mark.parametrize("start", [google, google_by_rpc], ids=["rest", "rpc"])
async def test_a_crash_at_any_request(monkeypatch, tmp_path, start, at_the_end, least, after):
    count = await sweep(lambda: start(monkeypatch), tmp_path, at_the_end=at_the_end, after=after)
    assert count >= least, "there are more requests"


@pytest.mark.parametrize(("start", "call"), [(google, "/clusters"), (google_by_rpc, "/CreateCluster")])
async def test_a_crash_at_the_call_that_makes_the_cluster(start, call, tmp_path):
    with pytest.MonkeyPatch.context() as patch, start(patch) as case, crash_at(0, after=False) as sent:
        await case.set_up(case.project(tmp_path / "all"))
    number = 1 + next(at for at, one in enumerate(sent) if one.startswith("POST") and one.endswith(call))
    for after in (False, True):
        with pytest.MonkeyPatch.context() as patch, start(patch) as case:
            assert await crash_and_carry_on(case, tmp_path / str(after), number, after=after)
