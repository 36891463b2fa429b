"""Signing in with an address and a code that somebody opens elsewhere; whoever waits may stop waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

from z2jh_wizard.cloud.account import Account
from z2jh_wizard.cloud.aks.sign_in import with_device_code
from z2jh_wizard.cloud.eks.sign_in import StartPage
from z2jh_wizard.core.step import Line, Refusal
from z2jh_wizard.flows.cloud_pages import SIGN_IN
from z2jh_wizard.flows.cloud_questions import CloudQuestions, Shown
from z2jh_wizard.flows.page import Answers
from z2jh_wizard.kube.threads import in_thread

Tell = Callable[[Shown], None]


class _GivenUp(Exception):
    """Nobody waits any more."""


class Waiting:
    """Whether somebody still waits; made for one sign-in, and read in its thread."""

    def __init__(self) -> None:
        self._is_over = threading.Event()

    def end(self) -> None:
        """Stop waiting."""
        self._is_over.set()

    def goes_on(self) -> bool:
        """Tell whether what comes is still wanted."""
        return not self._is_over.is_set()

    def sleep(self, seconds: float) -> None:
        """Sleep between two questions; leaves at once when nobody waits."""
        if self._is_over.wait(seconds):
            raise _GivenUp


def _on_the_loop(tell: Tell, waiting: Waiting) -> Callable[[str, str], None]:
    """Return what tells an address and a code from a thread, as long as somebody waits."""
    loop = asyncio.get_running_loop()

    def shown(url: str, code: str) -> None:
        if waiting.goes_on():
            loop.call_soon_threadsafe(tell, Shown(url, code))

    return shown


async def at_azure(answers: Answers, tell: Tell) -> None:
    """Sign in to Azure with a code; NeedsYou when nobody typed it. Who was cancelled is signed in nowhere."""
    waiting = Waiting()
    shown = _on_the_loop(tell, waiting)
    await in_thread(
        lambda: with_device_code(
            lambda one: shown(one.url, one.code), answers.get(SIGN_IN, ""), waiting.goes_on
        ),
        waiting.end,
    )


class AmazonPage:
    """An institution's start page at AWS: a code first, then its accounts and the roles in them."""

    def __init__(self, address: str, region: str) -> None:
        self._waiting = Waiting()
        self._page = StartPage(address, region, self._waiting.sleep)

    async def sign_in(self, tell: Tell) -> None:
        """Show an address and a code; return once somebody allowed it, NeedsYou if nobody did."""
        shown = _on_the_loop(tell, self._waiting)
        await in_thread(lambda: self._page.sign_in(lambda one: shown(one.url, one.code)), self._waiting.end)

    async def accounts(self) -> tuple[Account, ...]:
        """Return the accounts that the start page lists."""
        return await in_thread(self._page.accounts)

    async def roles(self, account: str) -> tuple[str, ...]:
        """Return the roles that one may take in an account."""
        return await in_thread(lambda: self._page.roles(account))

    async def take(self, account: str, role: str) -> None:
        """Take a role: this program and its children are signed in with it."""
        await in_thread(lambda: self._page.take(account, role))


async def switched_on(cloud: CloudQuestions) -> AsyncIterator[str]:
    """Do what the checks of an account offer to mend services with; give lines on what is done."""
    yield "Looking at what is switched off."
    for check in await cloud.preflight():
        if check.id != "services" or check.fix is None:
            continue
        yield f"{check.fix.title} ..."
        work = check.fix.run()
        if isinstance(work, Refusal):
            continue
        async for event in work:
            if isinstance(event, Line):
                yield event.text
