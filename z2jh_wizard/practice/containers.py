"""Which container of a pod a client means, and what state it is in."""

from __future__ import annotations

from z2jh_wizard.practice import status
from z2jh_wizard.practice.objects import Object, dig

_STATUS_FIELDS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")


def named_container(pod: Object, name: str) -> str:
    """Return the container that is named, or the only one; ApiError 400 when that is not clear."""
    spec, pod_name = pod["spec"], pod["metadata"]["name"]
    regular = [each["name"] for each in spec.get("containers") or ()]
    initial = [each["name"] for each in spec.get("initContainers") or ()]
    ephemeral = [each["name"] for each in spec.get("ephemeralContainers") or ()]
    if name:
        if name in (*regular, *initial, *ephemeral):
            return name
        raise status.bad_request(f"container {name} is not valid for pod {pod_name}")
    if len(regular) == 1:
        return str(regular[0])
    choices = f"choose one of: [{' '.join(regular)}]"
    if initial:
        choices += f" or one of the init containers: [{' '.join(initial)}]"
    raise status.bad_request(f"a container name must be specified for pod {pod_name}, {choices}")


def container_status(pod: Object, name: str) -> Object:
    """Return what a pod's status says of one container; empty when it says nothing."""
    for field in _STATUS_FIELDS:
        for found in dig(pod, "status", field, default=[]):
            if found.get("name") == name:
                status_of_one: Object = found
                return status_of_one
    return {}
