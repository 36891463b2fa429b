"""What a cloud account is asked before a cluster is made: who is it, where, which machines, is it allowed.

Plain answers and one protocol, the same for every cloud, so that screens, ``doctor`` and plans need not know
which cloud they talk about.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Protocol

import msgspec

from z2jh_wizard.core.capacity import Machine
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Step


class SignInWay(msgspec.Struct, frozen=True):
    """A way to sign in to a cloud: where it takes its credentials from, and how a person gets them."""

    id: str
    title: str
    how: str
    """What to do on the cloud's own pages, in one or two sentences."""
    asks: str = ""
    """What is to be typed or pasted, such as the path of a key file; empty for nothing."""
    secret: bool = False
    """Whether what is typed must be hidden and is kept in memory only."""
    there: bool = False
    """Whether credentials of this kind were found on this computer."""


class Identity(msgspec.Struct, frozen=True):
    """Who is signed in, by which credentials, and until when where that is known."""

    who: str
    source: str
    account: str = ""
    until: datetime | None = None


class Account(msgspec.Struct, frozen=True):
    """What is billed: a Google project, an Azure subscription, an AWS account."""

    id: str
    name: str
    note: str = ""
    """Why it cannot be used, or what to know; empty for nothing."""


class Location(msgspec.Struct, frozen=True):
    """A place where clusters run: a zone of Google, a region of the others; ``near`` says where on earth."""

    id: str
    near: str = ""
    zones: tuple[str, ...] = ()


class MachineOffer(msgspec.Struct, frozen=True):
    """A machine type in a location; ``why_not`` says why it cannot be had there now, empty when it can."""

    machine: Machine
    why_not: str = ""


class KubernetesVersion(msgspec.Struct, frozen=True):
    """A version of Kubernetes that a cloud offers for new clusters."""

    version: str
    is_default: bool = False
    note: str = ""


class Verdict(str, enum.Enum):
    """What a check before the work found; ``UNKNOWN`` is no failure: the account may not be asked that."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Check(msgspec.Struct, frozen=True):
    """One thing looked at before anything is made, with the step that mends it where there is one."""

    id: str
    title: str
    verdict: Verdict
    sentence: str
    fix: Step | None = None


class NodePool(msgspec.Struct, frozen=True):
    """A group of alike nodes as the cloud has it; ``maximum`` is 0 where nothing scales it."""

    name: str
    machine: str
    nodes: int
    minimum: int = 0
    maximum: int = 0
    status: str = ""


class CloudCluster(msgspec.Struct, frozen=True):
    """A cluster as its cloud has it; ``project_id`` is the value of our label, empty for a foreign one."""

    name: str
    location: str
    status: str
    version: str = ""
    endpoint: str = ""
    project_id: str = ""
    pools: tuple[NodePool, ...] = ()
    busy: str = ""
    """What the cloud does with it right now, in its own words; empty for nothing."""


class CloudAccount(Protocol):
    """What every cloud can be asked; a question without an answer raises a WizardError in words."""

    def ways_to_sign_in(self) -> tuple[SignInWay, ...]:
        """Return the ways to sign in, those that were found on this computer first; asks no network."""

    async def identity(self) -> Identity:
        """Return who is signed in; NeedsYou with the ways when nobody is."""

    async def accounts(self) -> tuple[Account, ...]:
        """Return what can be billed."""

    async def locations(self) -> tuple[Location, ...]:
        """Return where clusters can run, for the account of the project."""

    async def machines(self, location: str) -> tuple[MachineOffer, ...]:
        """Return the machine types of the catalogue that a location has, the cheapest first."""

    async def versions(self, location: str) -> tuple[KubernetesVersion, ...]:
        """Return the versions of Kubernetes for new clusters, the newest first."""

    async def preflight(self, spec: Spec) -> tuple[Check, ...]:
        """Look at permissions, services, billing, quotas and machines for what a spec wants."""

    async def clusters(self) -> tuple[CloudCluster, ...]:
        """Return the clusters of the account, ours and others."""
