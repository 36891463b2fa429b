"""Rules for claims, volumes and storage classes."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.objects import Object, dig
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.values import one_of
from z2jh_wizard.practice.status import Cause, forbidden_value, invalid_value, not_supported, required

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_ONE_POD = "ReadWriteOncePod"
_VOLUME_MODES = ("Block", "Filesystem")
NOT_SOURCES = {
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
}
"""What stands beside the source in a volume's specification."""


def claim(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a claim."""
    spec = obj.get("spec") or {}
    modes = spec.get("accessModes") or []
    if not modes:
        yield required("spec.accessModes", "at least 1 access mode is required")
    yield from _access_modes(modes)
    amount = dig(spec, "resources", "requests", "storage")
    if amount is None:
        yield required("spec.resources[storage]")
    elif quantities.parse(amount) <= 0:
        yield invalid_value(
            "spec.resources[storage]", quantities.canonical(amount), "must be greater than zero"
        )
    if spec.get("storageClassName"):
        yield from wrong("spec.storageClassName", spec["storageClassName"], names.dns_subdomain)
    yield from one_of(spec.get("volumeMode"), "spec.volumeMode", _VOLUME_MODES)


def _access_modes(modes: list[str]) -> Iterator[Cause]:
    for mode in modes:
        yield from one_of(mode, "spec.accessModes", _MODES)
    if _ONE_POD in modes and len(modes) > 1:
        yield forbidden_value("spec.accessModes", "may not use ReadWriteOncePod with other access modes")


def volume(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a volume."""
    spec = obj.get("spec") or {}
    modes, capacity = spec.get("accessModes") or [], spec.get("capacity")
    if not modes:
        yield required("spec.accessModes")
    yield from _access_modes(modes)
    if not capacity:
        yield required("spec.capacity")
    if not capacity or set(capacity) != {"storage"}:
        yield not_supported("spec.capacity", capacity, ("storage",))
    elif quantities.parse(capacity["storage"]) <= 0:
        shown = quantities.canonical(capacity["storage"])
        yield invalid_value("spec.capacity[storage]", shown, "must be greater than zero")
    policies = ("Delete", "Recycle", "Retain")
    yield from one_of(
        spec.get("persistentVolumeReclaimPolicy"), "spec.persistentVolumeReclaimPolicy", policies
    )
    sources = [name for name, value in spec.items() if name not in NOT_SOURCES and value is not None]
    if not sources:
        yield required("spec", "must specify a volume type")
    for name in sources[1:]:
        yield forbidden_value(f"spec.{name}", "may not specify more than 1 volume type")
    yield from one_of(spec.get("volumeMode"), "spec.volumeMode", _VOLUME_MODES)


def storage_class(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a storage class."""
    provisioner = obj.get("provisioner")
    if provisioner:
        yield from wrong("provisioner", provisioner.lower(), names.qualified_name)
    else:
        yield required("provisioner")
    yield from one_of(obj.get("reclaimPolicy"), "reclaimPolicy", ("Delete", "Retain"))
    bindings = ("Immediate", "WaitForFirstConsumer")
    yield from one_of(obj.get("volumeBindingMode"), "volumeBindingMode", bindings)
