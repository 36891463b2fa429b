"""What is said before a cluster is made when a place or an account has not enough: what would do instead."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud.amazon import REGION, AmazonCase, amazon
from tests.cloud.contract import CloudCase, went_well
from tests.cloud.test_aks import AzureCase, azure
from tests.cloud.test_gke import GoogleCase, google
from z2jh_wizard.cloud.account import MachineOffer, Verdict
from z2jh_wizard.cloud.explain import CloudNeedsYou
from z2jh_wizard.cloud.gke.account import ROLES
from z2jh_wizard.cloud.preflight import NOTHING, Room
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import By

CLOUDS: dict[str, Any] = {"gke": google, "aks": azure, "eks": amazon}


@pytest.fixture
def gke(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleCase]:
    with google(monkeypatch) as made:
        yield made


@pytest.fixture
def aks(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureCase]:
    with azure(monkeypatch) as made:
        yield made


@pytest.fixture
def eks(monkeypatch: pytest.MonkeyPatch) -> Iterator[AmazonCase]:
    with amazon(monkeypatch) as made:
        yield made


@pytest.fixture(params=sorted(CLOUDS))
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudCase]:
    with CLOUDS[request.param](monkeypatch) as made:
        yield made


async def failing(case: CloudCase, folder: Any) -> dict[str, str]:
    """Return the sentences of the checks that fail."""
    project = case.project(folder)
    found = await case.provider(project).account().preflight(project.spec)
    return {one.id: one.sentence for one in found if one.verdict is Verdict.FAIL}


async def test_what_the_wizard_can_mend_it_mends(case, tmp_path):
    project = case.project(tmp_path)
    case.switch_off()
    found = await case.provider(project).account().preflight(project.spec)
    wrong = [one for one in found if one.verdict is Verdict.FAIL and one.fix]
    assert [one.id for one in wrong] == ["services"]
    assert wrong[0].fix.by is By.WIZARD
    assert went_well(await case.play([wrong[0].fix]))
    assert not await failing(case, tmp_path / "again")


async def test_an_ended_sign_in_is_said_once(case, tmp_path):
    project = case.project(tmp_path)
    case.end_sign_in()
    with pytest.raises(CloudNeedsYou) as caught:
        await case.provider(project).account().preflight(project.spec)
    assert caught.value.fix == "sign-in"
    assert caught.value.problem.next_step


async def test_credentials_of_another_account_stop_the_look(eks, tmp_path):
    project = eks.project(tmp_path)
    eks.cloud.account = "999988887777"
    with pytest.raises(NeedsYou, match="another AWS account"):
        await eks.provider(project).account().preflight(project.spec)


async def test_google_names_machines_and_zones_instead(gke, tmp_path):
    gke.services.without["us-central1-b"] = {"e2-standard-4"}
    said = await failing(gke, tmp_path / "a")
    assert list(said) == ["machines"]
    assert "us-central1-b has no e2-standard-4. There is " in said["machines"]
    assert "e2-highmem-2 (2 processors, 16 GiB)" in said["machines"]
    assert "In the same region, us-central1-a has all." in said["machines"]
    gke.services.without["us-central1-a"] = {"e2-standard-2"}
    assert "In the same region" not in (await failing(gke, tmp_path / "b"))["machines"]


async def test_google_names_what_the_quota_is_enough_for(gke, tmp_path):
    gke.services.quotas["CPUS"] = (16, 0)
    said = (await failing(gke, tmp_path / "a"))["quota.CPUS"]
    assert "22 are needed at most, 16 are left in us-central1" in said
    assert "e2-highmem-2 (2 processors, 16 GiB)" in said
    assert "e2-standard-8" not in said
    assert "or with at most 3 nodes of e2-standard-4." in said
    gke.services.quotas.update({"CPUS": (2, 0), "N2_CPUS": (0, 0)})
    assert NOTHING in (await failing(gke, tmp_path / "b"))["quota.CPUS"]


async def test_another_machine_is_no_help_where_disks_are_short(gke, tmp_path):
    gke.services.quotas["SSD_TOTAL_GB"] = (200, 0)
    said = (await failing(gke, tmp_path))["quota.SSD_TOTAL_GB"]
    assert "It is enough with at most 3 nodes of e2-standard-4." in said


async def test_azure_names_machines_with_quota(aks, tmp_path):
    aks.manager.restricted.add("Standard_D4s_v5")
    said = (await failing(aks, tmp_path / "a"))["machines"]
    assert "Standard_D4s_v5: not offered to this subscription in eastus." in said
    assert "Standard_E2s_v5 (2 processors, 16 GiB)" in said
    aks.manager.restricted.clear()
    aks.manager.quotas["standardDSv5Family"] = (12, 0)
    said = (await failing(aks, tmp_path / "b"))["quota.standardDSv5Family"]
    assert "28 cores of the family standardDSv5Family are needed at most, 12 are left" in said
    assert "Standard_E2s_v5" in said
    assert "one Standard_D4s_v5" in said


async def test_amazon_names_machines_of_the_zone_with_quota(eks, tmp_path):
    eks.cloud.ec2.offers["m5.large"] = set()
    eks.cloud.quotas.limits["L-1216C47A"] = 16
    said = (await failing(eks, tmp_path / "a"))["machines"]
    assert f"{REGION}a has no m5.large. There is t3.large (2 processors, 8 GiB)" in said
    assert "m5.xlarge" not in said, "five of them would be more than the quota"
    eks.cloud.ec2.offers["m5.large"] = {f"{REGION}a"}
    eks.cloud.quotas.limits["L-1216C47A"] = 8
    said = (await failing(eks, tmp_path / "b"))["quota.vcpu"]
    assert "16 processors are needed at most, 8 are left. It is enough with one m5.large." in said
    assert "Service Quotas" in said


async def test_who_may_not_make_the_charts_roles_is_told_who_can_help(gke, tmp_path):
    gke.services.lacking.add("container.clusterRoles.escalate")
    project = gke.project(tmp_path)
    found = {one.id: one for one in await gke.provider(project).account().preflight(project.spec)}
    assert found["permissions"].verdict is Verdict.OK
    told = found["permissions.roles"]
    assert told.verdict is Verdict.WARN
    assert "container.clusterRoles.escalate" in told.sentence
    assert "--clusterrole=cluster-admin" in told.sentence
    gke.services.lacking.update(ROLES, ["container.clusters.create"])
    assert list(await failing(gke, tmp_path / "b")) == ["permissions"]


def test_a_place_that_has_nothing_at_all():
    spec = Spec(1, "0123456789ab", "gke", "bio", "bio")
    pools = {"core": Pool(1, "e2-standard-2"), "user": Pool(1, "e2-standard-4")}
    offers = [MachineOffer(one, "sold out") for one in machines("gke")]
    room = Room(spec, pools, offers, lambda _spec: {"CPUS": 6.0}, {})
    assert set(room.gone()) == {"e2-standard-2", "e2-standard-4"}
    assert room.instead_of("e2-standard-4") == room.that_fits() == NOTHING
    assert list(room.quotas()) == []
