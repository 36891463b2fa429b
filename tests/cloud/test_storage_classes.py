"""The kinds of disks of each provider."""

from __future__ import annotations

from datetime import date

import pytest

from z2jh_wizard.cloud.storage_classes import DISKS, PRACTICE_DRIVER, Disk, class_name, disk_of, manifest
from z2jh_wizard.core.spec import SCHEMA_VERSION, Spec
from z2jh_wizard.flows.storage_choice import choices
from z2jh_wizard.kube.survey import StorageClass, storage_class
from z2jh_wizard.practice.controllers.claims import PROVISIONER

ID = "0123456789ab"
ALL = [
    pytest.param(provider, disk, id=f"{provider}-{disk.kind}")
    for provider in DISKS
    for disk in DISKS[provider]
]


@pytest.mark.parametrize(("provider", "disk"), ALL)
def test_each_makes_a_class_that_is_known_again(provider: str, disk: Disk) -> None:
    body = manifest(disk, ID)
    found = storage_class(body)
    assert disk_of(found.name, provider, ID) == disk
    assert disk_of(found.name, provider, "ba9876543210") is None
    assert (found.waits, found.expands, found.default) == (True, True, False)
    assert found.labels == {"z2jh-wizard": ID}
    assert dict(found.parameters) == dict(disk.parameters)
    assert body["reclaimPolicy"] == "Delete"
    assert len(disk.about) <= 60


def test_the_drivers_of_each_provider() -> None:
    assert PRACTICE_DRIVER == PROVISIONER
    assert {provider: {disk.driver for disk in disks} for provider, disks in DISKS.items()} == {
        "gke": {"pd.csi.storage.gke.io"},
        "aks": {"disk.csi.azure.com"},
        "eks": {"ebs.csi.aws.com"},
        "practice": {PROVISIONER},
    }
    assert {disk.parameters["type"] for disk in DISKS["gke"]} == {"pd-standard", "pd-balanced", "pd-ssd"}
    assert DISKS["eks"][0].parameters["type"] == "gp3"


def test_what_a_gib_costs_is_said_where_somebody_says_it() -> None:
    known = {one.title: one for one in choices(Spec(SCHEMA_VERSION, ID, "gke"))}
    assert known["Standard"].cost == "about $0.04"
    words = known["Standard"].cost_words(date(2026, 7, 1))
    assert words.startswith("A GiB of a disk of 10 GiB costs about $0.04 a month (prices of March 2025")
    assert known["The cluster's default"].cost == "not known"
    assert known["The cluster's default"].cost_words(date(2026, 7, 1)).endswith("is not known.")
    theirs = (StorageClass("fast", "ebs.csi.aws.com", default=True, parameters={"type": "gp3"}),)
    default, ours, named = choices(Spec(SCHEMA_VERSION, ID, "eks"), theirs)
    assert default.price == ours.price == named.price
    assert default.price.usd == 0.08
    assert {one.cost for one in choices(Spec(SCHEMA_VERSION, ID, "existing"), theirs)} == {"not known"}


def test_what_can_be_chosen() -> None:
    spec = Spec(SCHEMA_VERSION, ID, "gke")
    before = choices(spec)
    assert [one.storage_class for one in before] == [
        "",
        *(class_name(disk.kind, ID) for disk in DISKS["gke"]),
    ]
    theirs = (
        StorageClass(
            "standard-rwo", "pd.csi.storage.gke.io", default=True, parameters={"type": "pd-balanced"}
        ),
        storage_class(manifest(DISKS["gke"][2], ID)),
    )
    after = choices(spec, theirs)
    assert after[0].about == "standard-rwo, by pd.csi.storage.gke.io."
    assert [one.title for one in after] == [
        "The cluster's default",
        "Standard",
        "Balanced",
        "SSD",
        "standard-rwo",
    ]
    assert after[-1].about == "Made by pd.csi.storage.gke.io, type pd-balanced."
    existing = choices(Spec(SCHEMA_VERSION, ID, "existing"), theirs[:1])
    assert [one.made_by_us for one in existing] == [False, False]
