"""Whether a region of AWS is switched on for an account, and switching it on; most are from the start."""

from __future__ import annotations

from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.eks import desired
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Finding, Line, Look, Step, Work

OFF = "not-opted-in"


UNKNOWN_HERE = ("AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException")
"""What a region that is off answers: that it knows nobody."""


async def is_on(aws: Aws) -> bool:
    """Tell whether the region can be used.

    It is asked itself first: rules of an organisation often forbid to ask any other one.
    """
    try:
        await aws.ask("ec2", "describe_regions", aws.region, RegionNames=[aws.region])
    except CloudTrouble as error:
        if error.reason not in UNKNOWN_HERE:
            raise
    else:
        return True
    reply = await aws.ask(
        "ec2", "describe_regions", aws.region, region=aws.home, AllRegions=True, RegionNames=[aws.region]
    )
    return all(one.get("OptInStatus") != OFF for one in reply["Regions"])


class EnableRegion(Step):
    """Switch a region on for the account, which is free; it stays on."""

    id = "cluster.services"
    title = "Switch the region on"
    why = "Newer regions of Amazon are off until somebody wants them; that is free."
    usually = 300
    limit = 3600

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the command that switches it on."""
        return desired.enabling(self._aws.region)

    async def look(self) -> Look:
        """Ask whether it is on."""
        if await is_on(self._aws):
            return Look(Finding.READY, "switched on")
        return Look(Finding.ABSENT, f"{self._aws.region} is switched off in this account")

    async def run(self) -> Work:
        """Switch it on and wait; Amazon takes minutes, and now and then an hour."""
        await self._aws.ask(
            "account", "enable_region", self._aws.region, region=self._aws.home, RegionName=self._aws.region
        )
        async for on in states(lambda: is_on(self._aws), lambda one: one, self._clock):
            yield Line("it is on" if on else "asked Amazon to switch it on")
