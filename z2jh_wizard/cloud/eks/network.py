"""The stack that holds a cluster's network and roles: made, and deleted with what holds it back."""

from __future__ import annotations

from typing import Any

import msgspec

from z2jh_wizard.cloud.eks import cluster, desired, holding, zones
from z2jh_wizard.cloud.eks import template as stack
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.troubles import NOT_THERE, of_stack
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import MakeOwned, Thing
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Made, Resource, Work

FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")

TRIES = 3
"""How often a stack is deleted while things that Kubernetes left behind hold it back."""


class Stack(Thing, frozen=True):
    """A stack as it is; ``outputs`` are what it says of what it made."""

    outputs: dict[str, str] = msgspec.field(default_factory=dict)
    resource_id: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether CloudFormation does nothing with it."""
        return not self.status.endswith("_IN_PROGRESS")

    @property
    def words(self) -> str:
        """Say how far it is."""
        return self.status.lower().replace("_", " ")

    @property
    def subnets(self) -> dict[str, str]:
        """Return the subnets by zone, that of the students first."""
        names = self.outputs.get(stack.ZONE_NAMES, "").split(",")
        return dict(zip(names, self.outputs.get(stack.SUBNETS, "").split(","), strict=False))


GONE = Stack("")
"""There is no such stack."""


async def look_at(aws: Aws, place: desired.Place) -> Stack:
    """Return the stack as it is; GONE when there is none."""
    try:
        reply = await aws.ask("cloudformation", "describe_stacks", place.stack, StackName=place.stack)
    except CloudTrouble as error:
        if error.reason == NOT_THERE:
            return GONE
        raise
    found = reply["Stacks"][0]
    return Stack(
        found["StackStatus"],
        tag_of(found.get("Tags"), OUR_LABEL),
        {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs") or ()},
        found["StackId"],
    )


def tag_of(tags: Any, key: str) -> str:
    """Return the value of a tag in AWS's list of them, empty when there is none."""
    return next((str(one["Value"]) for one in tags or () if one["Key"] == key), "")


class MakeNetwork(MakeOwned[Stack]):
    """Make the network and the roles of the cluster, in one stack."""

    id = "cluster.network"
    title = "Make network and roles"
    undo_title = "Delete network and roles"
    why = "A cluster at Amazon stands in a network of its own, and its parts act by roles; both are free."
    usually = 120
    limit = 1800
    kind = "stack"
    needs = ("cluster.services",)

    def __init__(self, spec: Spec, aws: Aws, clock: Clock) -> None:
        super().__init__(spec, clock)
        self._place = desired.place_of(spec)
        self._aws = aws

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that make it."""
        return desired.networking(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the commands that delete it."""
        return desired.unnetworking(self._spec)

    async def run(self) -> Work:
        """Make it, or wait for one that is being made; one that was not finished is made anew."""
        async for happening in self._until_idle():
            yield happening
        state = await self._state()
        if state != GONE and state.status not in FINISHED:
            await self._refuse_under_a_cluster(state)
            yield Line("Amazon could not finish it; it is deleted and made anew.")
            async for happening in self._delete():
                yield happening
            state = GONE
        if state == GONE:
            usable = await zones.usable(self._aws, self._spec)
            await self._aws.ask(
                "cloudformation",
                "create_stack",
                self._place.stack,
                StackName=self._place.stack,
                TemplateBody=stack.template(usable),
                Capabilities=["CAPABILITY_IAM"],
                Tags=desired.tag_list(self._spec),
            )
            yield Made(self._resource())
        async for happening in self._until_idle():
            yield happening
        state = await self._state()
        if state.status not in FINISHED:
            raise of_stack(state.status, await self._reason(state), self._place.account)

    def _judged(self, state: Stack) -> tuple[Finding, str]:
        if state.status in FINISHED:
            return Finding.READY, f"there, in {' and '.join(state.subnets)}"
        return Finding.DRIFTED, state.words

    async def _delete(self) -> Work:
        """Delete it, with what Kubernetes left in its network."""
        async for happening in self._until_idle():
            yield happening
        for _ in range(TRIES):
            state = await self._state()
            if state == GONE:
                break
            if vpc := state.outputs.get(stack.VPC):
                async for happening in holding.remove(self._aws, vpc, self._place.cluster):
                    yield happening
            await self._aws.ask(
                "cloudformation", "delete_stack", self._place.stack, StackName=state.resource_id
            )
            async for happening in self._until_idle():
                yield happening
        state = await self._state()
        if state != GONE:
            raise of_stack(state.status, await self._reason(state), self._place.account)
        yield Gone(self._resource())

    async def _refuse_under_a_cluster(self, state: Stack) -> None:
        """Keep a network in which a cluster lives, however it came to be unfinished."""
        if await cluster.look_at(self._aws, self._place) != cluster.GONE:
            raise NeedsYou(
                "The cluster's network is in an unfinished state",
                f"The stack {self._place.stack} is {state.words}: {await self._reason(state)}.",
                still_works="The cluster in it is left as it is.",
                next_step="Continue its roll-back in CloudFormation's console, or tear down.",
            )

    async def _reason(self, state: Stack) -> str:
        """Return what went wrong first in the last attempt, in CloudFormation's words."""
        if state == GONE:
            return "it was deleted meanwhile"
        events = await self._aws.listed(
            "cloudformation", "describe_stack_events", "StackEvents", StackName=state.resource_id
        )
        wrong = [
            str(one.get("ResourceStatusReason", ""))
            for one in events
            if one["ResourceStatus"].endswith("_FAILED")
            and one["ResourceType"] != "AWS::CloudFormation::Stack"
        ]
        return next((one for one in reversed(wrong) if one and "cancelled" not in one), "it gives no reason")

    async def _state(self) -> Stack:
        return await look_at(self._aws, self._place)

    def _resource(self) -> Resource:
        return Resource("stack", f"{self._place.region}/{self._place.stack}")


async def network_of(aws: Aws, place: desired.Place) -> Stack:
    """Return the finished stack of a cluster; WizardError when it is not there."""
    found = await look_at(aws, place)
    if found.status not in FINISHED:
        raise WizardError("The cluster has no network yet", f"The stack {place.stack} is not finished.")
    return found


async def vpcs_of(aws: Aws, project_id: str) -> tuple[str, ...]:
    """Return the networks that carry a project's tag."""
    found = await aws.listed(
        "ec2", "describe_vpcs", "Vpcs", Filters=[{"Name": f"tag:{OUR_LABEL}", "Values": [project_id]}]
    )
    return tuple(one["VpcId"] for one in found)
