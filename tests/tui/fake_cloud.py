"""A cloud's account in memory, for the pages that sign in and ask what there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from z2jh_wizard.cloud.account import Account, Identity, Location, MachineOffer, SignInWay
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.cloud_questions import Shown

HOSTILE = "[red]x[/foo] \x1b[31m \x07" + "long " * 50

SHELL = SignInWay("cloud-shell", "Cloud Shell", "Open https://shell.example.org, and start it there.")
KEY_FILE = SignInWay(
    "key-file", "The key file of a service account", "In the console.", asks="Path of the key file"
)
TOOL = SignInWay("gcloud", "The sign-in of gcloud", "Where gcloud is, run: gcloud auth login", there=True)
TOKEN = SignInWay("token", "A token for one hour", "Run: print-it - and paste it.", asks="Token", secret=True)
DEVICE = SignInWay("device", "A code to type in a browser", "The wizard shows a code and an address.")
PAGE = SignInWay("sso", "Your institution's start page (SSO)", "It shows a code.", asks="Address of the page")


@dataclass
class FakeCloud:
    """Answers for one account; ``failing`` are raised by the name of the question, ``gate`` holds a code."""

    found: tuple[SignInWay, ...] = (TOOL, SHELL, KEY_FILE, TOKEN, DEVICE)
    billed: tuple[Account, ...] = (
        Account("bio-101", "Biology"),
        Account("chem-202", f"Chemistry {HOSTILE}", "it is off"),
    )
    places: tuple[Location, ...] = (
        Location("europe-west1-b", "Europe"),
        Location("us-central1-a", "United States"),
        Location("us-central1-b", "United States"),
    )
    until: datetime | None = datetime(2099, 1, 1, tzinfo=timezone.utc)
    failing: dict[str, WizardError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    was_cancelled: bool = False

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.failing:
            raise self.failing[what]

    def ways(self) -> tuple[SignInWay, ...]:
        return self.found

    async def identity(self) -> Identity:
        self._ask("identity")
        return Identity("ada@example.edu", f"a file {HOSTILE}", "", self.until)

    async def accounts(self) -> tuple[Account, ...]:
        self._ask("accounts")
        return self.billed

    async def locations(self) -> tuple[Location, ...]:
        self._ask("locations")
        return self.places

    async def machines(self) -> tuple[MachineOffer, ...]:
        self._ask("machines")
        known = machines("gke")
        return (*(MachineOffer(one) for one in known[:-1]), MachineOffer(known[-1], f"none there {HOSTILE}"))

    async def code(self, tell: Callable[[Shown], None]) -> None:
        """Show a code, and wait until the gate is open."""
        tell(Shown("https://login.example.org/device", "ABCD-1234"))
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        self._ask("code")


@dataclass
class FakePage:
    """A start page with one account and two roles."""

    cloud: FakeCloud
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def sign_in(self, tell: Callable[[Shown], None]) -> None:
        await self.cloud.code(tell)

    async def accounts(self) -> tuple[Account, ...]:
        return (Account("111122223333", "Teaching"), Account("444455556666", "Research"))

    async def roles(self, account: str) -> tuple[str, ...]:
        return ("Instructor", "Reader") if account == "111122223333" else ()

    async def take(self, account: str, role: str) -> None:
        self.taken.append((account, role))
