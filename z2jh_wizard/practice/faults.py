"""Faults by name: what can be made to go wrong on purpose, in one sentence each, and what is wrong now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.practice.status import ApiError, unauthorized

IMAGE_NOT_FOUND = "image-not-found"
CRASH_LOOP = "crash-loop"
NO_DEFAULT_STORAGE_CLASS = "no-default-storage-class"
LOAD_BALANCER_PENDING = "load-balancer-pending"
QUOTA_EXCEEDED = "quota-exceeded"
NODE_LOST = "node-lost"
API_GONE = "api-gone"
TOKEN_EXPIRED = "token-expired"  # noqa: S105 - a name of a fault

EXPLANATIONS: Mapping[str, str] = {
    IMAGE_NOT_FOUND: "The registry does not have the image of the hub and of the user servers, so new pods "
    "wait in ImagePullBackOff.",
    CRASH_LOOP: "The hub stops with an error in its configuration each time it starts, so its pod is in "
    "CrashLoopBackOff.",
    NO_DEFAULT_STORAGE_CLASS: "The cluster has no default storage class, so new volume claims stay Pending.",
    LOAD_BALANCER_PENDING: "The cloud gives no address to new load balancers, so the public service stays "
    "<pending>.",
    QUOTA_EXCEEDED: "The namespace of the hub has used up its quota of pods, so nothing new can start there.",
    NODE_LOST: "A node for users has stopped answering, so its pods are stuck until it comes back or is "
    "removed.",
    API_GONE: "The API server of the cluster cuts every connection, as when the network is down.",
    TOKEN_EXPIRED: "The login to the cluster has expired, so every request is answered 401 Unauthorized.",
}
"""Every fault by name, with what is wrong then in one sentence."""


@dataclass(frozen=True)
class Active:
    """A fault that is on; ``target`` names what it hit, such as a node, and is empty when it has none."""

    name: str
    target: str = ""


class UnknownFault(ValueError):
    """There is no fault of that name."""

    def __init__(self, name: str) -> None:
        known = ", ".join(EXPLANATIONS)
        super().__init__(
            f"there is no fault {name!r}{did_you_mean(name, EXPLANATIONS)}; choose one of: {known}"
        )


class Faults:
    """Which faults are on."""

    def __init__(self) -> None:
        self._active: dict[str, Active] = {}

    def active(self, name: str) -> bool:
        """Say whether a fault is on."""
        return name in self._active

    def turn_on(self, name: str, target: str = "") -> None:
        """Turn a fault on; UnknownFault if there is none of that name."""
        if name not in EXPLANATIONS:
            raise UnknownFault(name)
        self._active[name] = Active(name, target)

    def clear(self) -> list[str]:
        """Turn all faults off; return the names of those that were on."""
        names = list(self._active)
        self._active.clear()
        return names

    def target(self, name: str) -> str:
        """Return what a fault that is on has hit, or an empty string."""
        found = self._active.get(name)
        return found.target if found else ""

    @property
    def lost_node(self) -> str:
        """Return the node that is lost, or an empty string."""
        return self.target(NODE_LOST)

    def answer(self) -> ApiError | Literal["drop"] | None:
        """Return how every API request is answered instead of being served: an error, or cut off."""
        if self.active(API_GONE):
            return "drop"
        return unauthorized() if self.active(TOKEN_EXPIRED) else None

    def describe(self) -> list[dict[str, str]]:
        """Return the faults that are on, each with its explanation."""
        return [
            {"fault": each.name, "target": each.target, "explanation": EXPLANATIONS[each.name]}
            for each in self._active.values()
        ]

    def to_json(self) -> dict[str, str]:
        """Return the faults that are on as JSON."""
        return {each.name: each.target for each in self._active.values()}

    def restore(self, body: Mapping[str, str]) -> None:
        """Turn on what ``to_json`` wrote; names that are not known any more are left out."""
        self._active = {name: Active(name, target) for name, target in body.items() if name in EXPLANATIONS}
