"""Pulling images onto nodes: once for each node, with the waits and the words of a kubelet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh_wizard.practice.faults import IMAGE_NOT_FOUND
from z2jh_wizard.practice.images import Image, not_found
from z2jh_wizard.practice.meta import ObjectKey, component_of, is_terminating, key_of, status_of, uid_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.pod_status import waiting
from z2jh_wizard.practice.resources import NODES

if TYPE_CHECKING:
    from z2jh_wizard.practice.kubelet import Kubelet

LISTED_IMAGES = 50
"""A kubelet lists at most so many images in the status of its node."""

_CHECK_SECONDS = 0.3
_FAIL_SECONDS = 0.4
_FIRST_BACKOFF = 10
_LONGEST_BACKOFF = 300


class ImagePuller:
    """Which images are on which node, which are on their way, and which pulls have failed."""

    def __init__(self, kubelet: Kubelet) -> None:
        self._kubelet = kubelet
        self._under_way: dict[tuple[str, str], ObjectKey] = {}
        self._failures: dict[tuple[str, str], int] = {}

    def problem(self, pod: Object, node: Object, container: Object, status: Object) -> Object | None:
        """Return the waiting state of a container whose image is not there yet, or None when it is."""
        image = Image(container["image"])
        if not image.valid:
            return self._invalid(pod, image)
        if self._is_missing(pod, image):
            return self._fail(pod, container, image, status)
        self._failures.pop((uid_of(pod), container["name"]), None)
        policy = container.get("imagePullPolicy") or ("Always" if image.always_pulled else "IfNotPresent")
        present = image.full in listed_images(node)
        if present and policy != "Always":
            there = "already present on machine and can be accessed by the pod"
            text = f'Container image "{image.reference}" {there}'
            self._kubelet.event(pod, "Pulled", text)
            return None
        if policy == "Never":
            text = f'Container image "{image.reference}" is not present with pull policy of Never'
            self._kubelet.event(pod, "ErrImageNeverPull", text, warning=True)
            return waiting("ErrImageNeverPull", text)
        return self._pull(pod, node, container, image, present=present)

    def _pull(
        self, pod: Object, node: Object, container: Object, image: Image, *, present: bool
    ) -> Object | None:
        """Wait for a pull of this pod or of another one on the same node."""
        key, name = key_of(pod), node["metadata"]["name"]
        creating = waiting("ContainerCreating")
        holder = self._under_way.setdefault((name, image.full), key)
        if holder != key:
            return creating
        what = f"pull {container['name']} {status_of(pod).get('startTime', '')}"
        seconds = _CHECK_SECONDS if present else image.pull_seconds
        if not self._kubelet.has_begun(key, what):
            self._kubelet.event(pod, "Pulling", f'Pulling image "{image.reference}"')
        if not self._kubelet.passed(key, what, seconds):
            return creating
        del self._under_way[name, image.full]
        took = go_duration(seconds)
        text = (
            f'Successfully pulled image "{image.reference}" in {took} ({took} including waiting). '
            f"Image size: {image.size} bytes."
        )
        self._kubelet.event(pod, "Pulled", text)
        self._list(name, image)
        return None

    def _list(self, node_name: str, image: Image) -> None:
        """Add an image to the status of its node, the newest first."""
        node = self._kubelet.store.get(NODES, "", node_name)
        if node is None or image.full in listed_images(node):
            return
        entry = {"names": [image.identity, image.full], "sizeBytes": image.size}

        def add(obj: Object) -> None:
            images = [entry, *(obj["status"].get("images") or [])]
            obj["status"]["images"] = images[:LISTED_IMAGES]

        self._kubelet.store.change(NODES, node, add)

    # Failures

    def _is_missing(self, pod: Object, image: Image) -> bool:
        """Say whether the fault hits this image: the one of the hub or of a user's server."""
        if not self._kubelet.cluster.faults.active(IMAGE_NOT_FOUND):
            return False
        last = image.repository.rpartition("/")[2]
        ours = component_of(pod) in ("hub", "singleuser-server") and "network-tools" not in last
        return ours or "singleuser" in last

    def _fail(self, pod: Object, container: Object, image: Image, status: Object) -> Object:
        """Play a pull that fails: an error, then a back-off that grows, then the next try."""
        key = key_of(pod)
        known = (uid_of(pod), container["name"])
        tries = self._failures.get(known, 0)
        reason = status["state"].get("waiting", {}).get("reason")
        quoted, why = f'"{image.reference}"', not_found(image.reference)
        if reason == "ErrImagePull" and self._kubelet.passed(key, f"error {container['name']} {tries}", 1.0):
            self._kubelet.event(pod, "BackOff", f"Back-off pulling image {quoted}")
            self._kubelet.event(pod, "Failed", "Error: ImagePullBackOff", warning=True)
            self._retry_is_due(key, container, tries)
            return waiting("ImagePullBackOff", f"Back-off pulling image {quoted}: ErrImagePull: {why}")
        if reason == "ErrImagePull":
            return dict(status["state"])
        if reason == "ImagePullBackOff" and not self._retry_is_due(key, container, tries):
            return dict(status["state"])
        what = f"try {container['name']} {tries}"
        if not self._kubelet.has_begun(key, what):
            self._kubelet.event(pod, "Pulling", f"Pulling image {quoted}")
        if not self._kubelet.passed(key, what, _FAIL_SECONDS):
            return dict(status["state"])
        self._failures[known] = tries + 1
        self._kubelet.event(pod, "Failed", f"Failed to pull image {quoted}: {why}", warning=True)
        self._kubelet.event(pod, "Failed", "Error: ErrImagePull", warning=True)
        self._kubelet.passed(key, f"error {container['name']} {tries + 1}", 1.0)
        return waiting("ErrImagePull", why)

    def _retry_is_due(self, key: ObjectKey, container: Object, tries: int) -> bool:
        seconds = min(_FIRST_BACKOFF * 2 ** max(0, tries - 1), _LONGEST_BACKOFF)
        return self._kubelet.passed(key, f"retry {container['name']} {tries}", seconds)

    def _invalid(self, pod: Object, image: Image) -> Object:
        text = (
            f'Failed to apply default image tag "{image.reference}": couldn\'t parse image name '
            f'"{image.reference}": invalid reference format'
        )
        self._kubelet.event(pod, "InspectFailed", text, warning=True)
        self._kubelet.event(pod, "Failed", "Error: InvalidImageName", warning=True)
        return waiting("InvalidImageName", text)

    def forgive(self) -> None:
        """Forget failures and pulls under way, as when a fault is cleared; pods ask again."""
        self._failures.clear()
        self._under_way.clear()

    def forget_pod(self, uid: str) -> None:
        """Forget the failures of a pod that is gone."""
        for known in [known for known in self._failures if known[0] == uid]:
            del self._failures[known]

    def forget(self, key: ObjectKey) -> list[ObjectKey]:
        """Forget the pulls of a pod that is gone; return the pods that may have waited for them."""
        gone = [each for each, holder in self._under_way.items() if holder == key]
        woken: list[ObjectKey] = []
        for node, image in gone:
            del self._under_way[node, image]
            for pod in self._kubelet.cluster.index.pods_on(node):
                if status_of(pod).get("phase") == "Pending" and not is_terminating(pod):
                    woken.append(key_of(pod))
        return woken


def listed_images(node: Object) -> set[str]:
    """Return the names of the images that a node has."""
    return {name for image in status_of(node).get("images") or [] for name in image["names"]}


def go_duration(seconds: float) -> str:
    """Write a duration as Go does: 312ms, 1.234s."""
    return f"{round(seconds * 1000)}ms" if seconds < 1 else f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
