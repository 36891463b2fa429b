"""One AWS account with one region that matters: its services, and which one answers a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.emulators.aws.clusters import Clusters
from tests.emulators.aws.machines import Ec2
from tests.emulators.aws.people import Accounts, Iam, Quotas, SignIn, StartPage, Sts
from tests.emulators.aws.places import AROUND
from tests.emulators.aws.stacks import Stacks
from tests.emulators.aws.things import Balancers, Images, Logs, NewBalancers
from tests.emulators.aws.wire import AwsError
from tests.emulators.world import World

Tree = dict[str, Any]

_ABOUT = (
    "StackName", "clusterName", "name", "nodegroupName", "addonName", "namespace", "serviceAccount",
)  # fmt: skip
"""Parameters that say what a call is about."""

_READS = ("Describe", "List", "Get", "Simulate")


@dataclass
class Cloud:
    """The account; ``off`` are regions that nobody switched on, ``forbidden`` those that its rules deny."""

    world: World
    account: str = "111122223333"
    region: str = "eu-south-1"
    off: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ec2 = Ec2(self)
        self.iam = Iam(self)
        self.quotas = Quotas()
        self.stacks = Stacks(self)
        self.clusters = Clusters(self)
        self.balancers = Balancers()
        self.new_balancers = NewBalancers()
        self.logs = Logs()
        self.images = Images()
        self.start_page = StartPage(self)
        self._services: dict[str, Any] = {
            "account": Accounts(self),
            "cloudformation": self.stacks,
            "ec2": self.ec2,
            "eks": self.clusters,
            "elb": self.balancers,
            "elbv2": self.new_balancers,
            "iam": self.iam,
            "logs": self.logs,
            "resourcegroupstaggingapi": self.images,
            "service-quotas": self.quotas,
            "sso": self.start_page,
            "sso-oidc": SignIn(self.start_page),
            "sts": Sts(self),
        }

    def answer(self, service: str, operation: str, parameters: Tree, region: str) -> Tree:
        """Answer one call; AwsError for a refusal, KeyError for an operation that is not emulated."""
        work = getattr(self._services[service], operation, None)
        if work is None:
            raise KeyError(operation)
        with self.world.lock:
            about = "/".join(str(parameters[name]) for name in _ABOUT if name in parameters)
            changes = not operation.startswith(_READS) and not parameters.get("DryRun")
            self.world.note(operation, about, changes=changes)
            if region in self.off and service not in AROUND:
                raise AwsError("AuthFailure", "AWS was not able to validate the credentials", 401)
            if region in self.forbidden and service not in (*AROUND, "sts"):
                text = f"User: ada is not authorized to perform: {service}:{operation} with an explicit deny"
                raise AwsError("UnauthorizedOperation", text, 403)
            self.tick()
            found: Tree = work(**parameters)
            return found

    def tick(self) -> None:
        """Finish what is due."""
        for owner in (self.stacks, self.clusters):
            now = self.world.clock()
            due = [one for one in owner.pending if one.share(now) >= 1.0]
            owner.pending = [one for one in owner.pending if one not in due]
            for one in due:
                one.finish()
