"""Asking clouds for their prices: what is asked, what is taken, and what stays unknown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud.price_lists import AwsList, AzureList, GoogleList, aws_product, azure_item, google_sku
from tests.emulators.aws.wire import AwsError
from tests.emulators.serving import Reply, Request, serve
from z2jh_wizard.cloud.aks import azure
from z2jh_wizard.cloud.aks.prices import AzurePrices
from z2jh_wizard.cloud.eks import endpoint
from z2jh_wizard.cloud.eks.prices import AwsPrices
from z2jh_wizard.cloud.gke import google, sign_in
from z2jh_wizard.cloud.gke.prices import GooglePrices
from z2jh_wizard.cloud.prices import price_source, priced_region
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.prices import CONTROL_PLANE, Key

DAY = "2026-11-21"
MACHINE: Key = ("machine", "Standard_D4s_v5")
DISK: Key = ("disk", "StandardSSD")


# ---- Azure ----


def azure_disk(size: str, usd: float, **more: object) -> dict[str, object]:
    known: dict[str, object] = {
        "productName": "Standard SSD Managed Disks",
        "meterName": f"{size} LRS Disk",
        "skuName": f"{size} LRS",
        "serviceName": "Storage",
        "serviceFamily": "Storage",
        "unitOfMeasure": "1/Month",
        "armSkuName": "",
        "retailPrice": usd,
    }
    return azure_item(**{**known, **more})


@pytest.fixture
def azures(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureList]:
    prices = AzureList([
        azure_item(),
        azure_item(skuName="D4s v5 Spot", meterName="D4s v5 Spot", retailPrice=0.04),
        azure_item(skuName="D4s v5 Low Priority", meterName="D4s v5 Low Priority", retailPrice=0.05),
        azure_item(productName="Virtual Machines Dsv5 Series Windows", retailPrice=0.4),
        azure_item(productName="Dsv5 Series Cloud Services", retailPrice=0.3),
        azure_item(type="Reservation", unitOfMeasure="1 Hour", retailPrice=1000.0),
        azure_item(armRegionName="eastus", retailPrice=0.1),
        azure_disk("E1", 0.3), azure_disk("E3", 1.2), azure_disk("E10", 9.6), azure_disk("E999", 1.0),
        azure_disk("E2", 0.002, meterName="E2 LRS Disk Operations", unitOfMeasure="10K"),
        azure_disk("E2", 0.9, meterName="E2 ZRS Disk"),
    ])  # fmt: skip
    with serve(prices.answer) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        yield prices
    assert prices.complaints == []


async def test_azure_says_linux_on_demand_and_disks_by_size(azures: AzureList) -> None:
    azures.page = 1
    found = await AzurePrices("westeurope").found(DAY)
    assert set(found) == {MACHINE, DISK}
    price = found[MACHINE]
    assert (price.usd, price.as_of, price.region) == (0.192, DAY, "westeurope")
    assert price.source == "Azure Retail Prices API"
    assert found[DISK].steps == ((4.0, 0.3), (16.0, 1.2), (128.0, 9.6))
    assert found[DISK].of_disk(10).usd == pytest.approx(0.12)
    assert all("priceType eq 'Consumption'" in one for one in azures.asked)


async def test_azure_two_prices_are_none(azures: AzureList) -> None:
    azures.items.append(azure_item(retailPrice=0.2))
    assert MACHINE not in await AzurePrices("westeurope").found(DAY)


@pytest.mark.parametrize(
    "change", [{"currencyCode": "EUR"}, {"unitOfMeasure": "1 Month"}, {"retailPrice": 0.0}]
)
async def test_azure_only_dollars_by_the_hour_are_taken(azures: AzureList, change: dict[str, object]) -> None:
    azures.items = [azure_item(**change)]
    assert await AzurePrices("westeurope").found(DAY) == {}


async def test_azure_pages_of_another_server_are_not_followed(azures: AzureList) -> None:
    def elsewhere(request: Request) -> Reply:
        pytest.fail(f"asked for {request.path}")

    with serve(elsewhere) as other:
        genuine = azures.answer

        def leading_away(request: Request) -> Reply:
            reply = genuine(request)
            return Reply(
                reply.status, reply.data.replace(b": null", f': "{other}/x"'.encode()), reply.headers
            )

        with serve(leading_away) as address, pytest.MonkeyPatch.context() as patch:
            patch.setenv(azure.ELSEWHERE, address)
            assert MACHINE in await AzurePrices("westeurope").found(DAY)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"Items": [{}]}', b'{"Items": null}'])
async def test_azure_what_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    with serve(lambda _: Reply(200, data)) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        with pytest.raises(CouldNotLook, match="prices cannot be read"):
            await AzurePrices("westeurope").found(DAY)


async def test_azure_without_a_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda _: Reply(503)) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        with pytest.raises(CouldNotLook, match="HTTP 503"):
            await AzurePrices("westeurope").found(DAY)


# ---- Amazon ----

LINUX = {
    "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used",
}  # fmt: skip


def ec2(name: str, usd: str, **more: str) -> dict[str, object]:
    return aws_product(
        "AmazonEC2",
        usd,
        "Hrs",
        **{"instanceType": name, "usagetype": f"EUS1-BoxUsage:{name}", **LINUX, **more},
    )


def ebs(kind: str, usd: str, unit: str = "GB-Mo") -> dict[str, object]:
    return aws_product(
        "AmazonEC2", usd, unit, productFamily="Storage", usagetype=f"EUS1-EBS:VolumeUsage.{kind}"
    )


@pytest.fixture
def amazons(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsList]:
    products = [
        *(ec2(one.name, f"{0.01 * one.cpus:.10f}") for one in machines("eks")),
        ec2("m5.large", "9.0", operatingSystem="Windows"),
        ec2("m5.large", "9.0", tenancy="Dedicated"),
        ec2("m5.large", "0.0000000000"),
        aws_product("AmazonEC2", "7.0", "Hrs", "us-east-1", instanceType="m5.large", **LINUX),
        ebs("gp3", "0.0924000000"),
        ebs("gp2", "0.1155000000"),
        aws_product("AmazonEC2", "0.005", "IOPS-Mo", productFamily="System Operation",
                    usagetype="EUS1-EBS:VolumeP-IOPS.gp3"),
        aws_product("AmazonEKS", "0.1000000000", "Hours", usagetype="EUS1-AmazonEKS-Hours:perCluster"),
        aws_product("AmazonEKS", "0.5000000000", "Hours", usagetype="EUS1-AmazonEKS-Hours:extendedSupport"),
    ]  # fmt: skip
    prices = AwsList(products)
    with serve(prices.answer) as address:
        monkeypatch.setenv(endpoint.ELSEWHERE, address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEMULATED00000000")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulated")
        yield prices
    assert prices.complaints == []


async def test_amazon_says_machines_disks_and_the_control_plane(amazons: AwsList) -> None:
    found = await AwsPrices("eu-south-1").found(DAY)
    for one in machines("eks"):
        assert found["machine", one.name].usd == pytest.approx(0.01 * one.cpus)
    assert found["disk", "gp3"].usd == 0.0924
    assert found["disk", "gp2"].usd == 0.1155
    assert found[CONTROL_PLANE].usd == 0.1
    assert {one.region for one in found.values()} == {"eu-south-1"}
    assert all(one["regionCode"] == "eu-south-1" for one in amazons.filters)
    assert ("hour", "load balancer and addresses") not in found


async def test_amazon_two_prices_are_none_and_another_region_has_none(amazons: AwsList) -> None:
    amazons.products.append(ec2("m5.large", "0.5"))
    amazons.products.append(ebs("gp3", "0.5"))
    found = await AwsPrices("eu-south-1").found(DAY)
    assert ("machine", "m5.large") not in found
    assert ("disk", "gp3") not in found
    assert await AwsPrices("eu-south-9").found(DAY) == {}


async def test_amazon_says_which_permission_is_missing(amazons: AwsList) -> None:
    amazons.fail = AwsError(
        "AccessDeniedException",
        "User: arn:aws:iam::111122223333:user/eva is not authorized to perform: pricing:GetProducts",
        400,
    )
    with pytest.raises(WizardError, match="pricing:GetProducts"):
        await AwsPrices("eu-south-1").found(DAY)


async def test_amazon_what_cannot_be_read_is_said(amazons: AwsList) -> None:
    amazons.products = [{"product": {"productFamily": "Storage", "attributes": {"regionCode": "eu-south-1"}},
                         "serviceCode": "AmazonEC2", "terms": {"OnDemand": []}}]  # fmt: skip
    with pytest.raises(CouldNotLook, match="prices cannot be read"):
        await AwsPrices("eu-south-1").found(DAY)


# ---- Google ----


@pytest.fixture
def googles(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleList]:
    cores = {"E2": 0.024, "N1 Predefined": 0.035, "N2": 0.034}
    ram = {"E2": 0.0032, "N1 Predefined": 0.0047, "N2": 0.0046}
    skus = [
        *(google_sku(f"{name} Instance Core running in Belgium", "h", usd) for name, usd in cores.items()),
        *(google_sku(f"{name} Instance Ram running in Rome", "GiBy.h", rate) for name, rate in ram.items()),
        google_sku("Spot Preemptible E2 Instance Core running in Belgium", "h", 0.001, usage="Preemptible"),
        google_sku("E2 Instance Core running in Belgium", "h", 0.002, usage="Preemptible"),
        google_sku("E2 Custom Instance Core running in Belgium", "h", 0.9),
        google_sku("Commitment v1: E2 Cpu in Belgium for 1 Year", "h", 0.01, usage="Commit1Yr"),
        google_sku("E2 Instance Core running in Iowa", "h", 0.5, regions=["us-central1"]),
        google_sku("Balanced PD Capacity in Belgium", "GiBy.mo", 0.11),
        google_sku("Regional Balanced PD Capacity in Belgium", "GiBy.mo", 0.22),
        google_sku("Storage PD Capacity in Belgium", "GiBy.mo", 0.0, 0.044),
        google_sku("SSD backed PD Capacity in Belgium", "GiBy.d", 0.187),
    ]  # fmt: skip
    prices = GoogleList(skus)
    with serve(prices.answer) as address:
        monkeypatch.setenv(google.ELSEWHERE, address)
        monkeypatch.setenv(sign_in.TOKEN, "ya29.emulated")
        yield prices
    assert prices.complaints == []


async def test_google_adds_cores_and_memory(googles: GoogleList) -> None:
    found = await GooglePrices("europe-west1").found(DAY)
    assert googles.pages > 1
    assert found["machine", "e2-standard-4"].usd == pytest.approx(4 * 0.024 + 16 * 0.0032)
    assert found["machine", "n1-standard-2"].usd == pytest.approx(2 * 0.035 + 7.5 * 0.0047)
    assert found["machine", "n2-highmem-4"].usd == pytest.approx(4 * 0.034 + 32 * 0.0046)
    assert ("machine", "n2d-standard-4") not in found, "its family is not said"
    assert found["disk", "pd-balanced"].usd == pytest.approx(0.11)
    assert found["disk", "pd-standard"].usd == pytest.approx(0.044), "the first GiB are free, the others not"
    assert ("disk", "pd-ssd") not in found, "by the day is another unit"
    assert {(one.as_of, one.region) for one in found.values()} == {(DAY, "europe-west1")}


async def test_google_half_a_price_is_none(googles: GoogleList) -> None:
    googles.skus = [one for one in googles.skus if "E2 Instance Ram" not in one["description"]]
    assert not [name for _, name in await GooglePrices("europe-west1").found(DAY) if name.startswith("e2-")]


async def test_google_says_that_its_service_is_switched_off(googles: GoogleList) -> None:
    googles.status = 403
    googles.error = {
        "error": {
            "code": 403,
            "message": "Cloud Billing API has not been used in project 1 before or it is disabled.",
            "status": "PERMISSION_DENIED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "SERVICE_DISABLED",
                    "domain": "googleapis.com",
                    "metadata": {"service": "cloudbilling.googleapis.com", "consumer": "projects/1"},
                }
            ],
        }
    }
    with pytest.raises(WizardError, match="switched on"):
        await GooglePrices("europe-west1").found(DAY)


async def test_google_what_cannot_be_read_is_said(googles: GoogleList) -> None:
    googles.skus = [{"description": 1}]
    with pytest.raises(CouldNotLook, match="prices cannot be read"):
        await GooglePrices("europe-west1").found(DAY)


# ---- all ----


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ("europe-west1-b", "europe-west1"),
        ("us-east1", "us-east1"),
        ("us-east-1", "us-east-1"),
        ("eastus2", "eastus2"),
    ],
)
def test_a_zone_has_the_prices_of_its_region(place: str, region: str) -> None:
    assert priced_region(place) == region


def test_each_cloud_says_who_answers() -> None:
    names = {price_source(cloud, "r").name for cloud in ("gke", "aks", "eks")}
    assert len(names) == 3
