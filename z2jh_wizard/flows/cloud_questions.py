"""What screens ask a cloud while its questions are answered; every answer is looked up anew, nothing is kept.

A pasted token, or what a code in a browser brought, is kept in the environment of this program and its
children, never in a file and never among the answers.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol

import msgspec

from z2jh_wizard.cloud.account import (
    Account,
    Check,
    CloudAccount,
    Identity,
    Location,
    MachineOffer,
    SignInWay,
)
from z2jh_wizard.cloud.base import ClusterProvider, provider_of
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.flows import pages
from z2jh_wizard.flows.cloud_choices import PREFIXES
from z2jh_wizard.flows.cloud_pages import ACCOUNT, CLOUDS, MACHINE, REGION, SIGN_IN
from z2jh_wizard.flows.page import Answers
from z2jh_wizard.project.folder import Project

BY_CODE = ("device", "sso")
"""Ways to sign in that show an address and a code, and wait until a person typed it there."""


class Shown(msgspec.Struct, frozen=True):
    """What a person opens on any computer or phone, and the code to type or to compare there."""

    url: str
    code: str


class _HasAccount(ClusterProvider, Protocol):
    def account(self) -> CloudAccount:
        """Return what can be asked about the account."""


class CloudQuestions:
    """Asks the cloud that some answers name; InvalidInput for a provider that is no cloud.

    All but ``ways`` ask the network, and raise a WizardError in words when they cannot: CouldNotLook,
    NeedsYou for who is not signed in, CloudTrouble with a ``fix`` for what a button can do about it.
    """

    def __init__(self, answers: Answers, project: Project | None = None) -> None:
        if answers.get("provider") not in CLOUDS:
            raise InvalidInput("This is no cloud", f"{answers.get('provider')} has no account to ask.")
        self._project = project or pages.drafted(Path(answers.get(pages.FOLDER) or "."), answers)

    @property
    def _account(self) -> CloudAccount:
        provider: _HasAccount = provider_of(self._project)  # type: ignore[assignment]  # every cloud has one
        return provider.account()

    def ways(self) -> tuple[SignInWay, ...]:
        """Return the ways to sign in, those that were found on this computer first."""
        return self._account.ways_to_sign_in()

    async def identity(self) -> Identity:
        """Return who is signed in; NeedsYou when nobody is."""
        return await self._account.identity()

    async def accounts(self) -> tuple[Account, ...]:
        """Return what can be billed; nothing where the account may not list it."""
        return await self._account.accounts()

    async def locations(self) -> tuple[Location, ...]:
        """Return where clusters can run, for the account that was chosen."""
        return await self._account.locations()

    async def machines(self) -> tuple[MachineOffer, ...]:
        """Return the machine types of the catalogue at the place that was chosen."""
        return await self._account.machines(self._project.spec.region)

    async def preflight(self) -> tuple[Check, ...]:
        """Look at all that could stop the cluster from being made; a fix is a step that mends it."""
        return await self._account.preflight(self._project.spec)


def named(way: SignInWay, text: str) -> dict[str, str]:
    """Return the answers that a way to sign in amounts to; InvalidInput for what cannot be used.

    What is secret goes into the environment instead. What a code is needed for is not done here.
    """
    text = text.strip()
    if way.asks and not text:
        raise InvalidInput(f"{way.title} needs something", f"Type this: {way.asks}.")
    if way.secret:
        from z2jh_wizard.cloud.gke.sign_in import TOKEN

        os.environ[TOKEN] = text
        return {SIGN_IN: ""}
    prefix = PREFIXES.get(way.id, "")
    return {SIGN_IN: f"{prefix}{text}" if prefix else ""}


def forget_others(way: SignInWay) -> None:
    """Take what other ways brought out of the environment, so that the chosen one is used."""
    from z2jh_wizard.cloud.aks import sign_in as azure
    from z2jh_wizard.cloud.eks import sign_in as amazon
    from z2jh_wizard.cloud.gke import sign_in as google

    kept = {"token": google.TOKEN, "device": azure.TOKEN, "sso": amazon.KEYS}.get(way.id)
    for name in (google.TOKEN, azure.TOKEN, amazon.KEYS):
        if name != kept:
            os.environ.pop(name, None)


def explained(field: str, answers: Answers) -> list[tuple[str, str]]:
    """Return what the cloud has to say about one of its questions, as titles with texts; blocks.

    What it cannot be asked now is said in words.
    """
    if answers.get("provider") not in CLOUDS or field not in (SIGN_IN, ACCOUNT, REGION, MACHINE):
        return []
    questions = CloudQuestions(answers)
    if field == SIGN_IN:
        return [(f"{way.title}{' (found here)' if way.there else ''}", way.how) for way in questions.ways()]
    try:
        return [asyncio.run(_listed(field, questions))]
    except WizardError as error:
        return [("What there is could not be asked", "\n".join(error.problem.lines()))]


async def _listed(field: str, questions: CloudQuestions) -> tuple[str, str]:
    if field == ACCOUNT:
        who = await questions.identity()
        found = [f"{one.id}  {one.name}  {one.note}".rstrip() for one in await questions.accounts()]
        listed = "\n".join(found) or "It may list none; type the id."
        return f"Signed in as {who.who}, by {who.source}", listed
    if field == REGION:
        return "Places", "\n".join(f"{one.id}  {one.near}".rstrip() for one in await questions.locations())
    return "Machines there", "\n".join(map(_machine_line, await questions.machines()))


def _machine_line(offer: MachineOffer) -> str:
    machine = offer.machine
    return f"{machine.name}  {machine.cpus} cores, {machine.memory_gib:g} GiB  {offer.why_not}".rstrip()
