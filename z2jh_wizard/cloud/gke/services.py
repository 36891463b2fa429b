"""The services that must be switched on in a Google project before it can have a cluster."""

from __future__ import annotations

from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.gke.desired import enabling, place_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.gke.troubles import of_condition
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Finding, Line, Look, Step, Work

NEEDED = ("container.googleapis.com", "compute.googleapis.com")


async def switched_on(google: Google) -> tuple[str, ...]:
    """Return which of the needed services are switched on."""
    names = "&names=".join(f"projects/{google.project}/services/{name}" for name in NEEDED)
    reply = await google.get("serviceusage", f"v1/projects/{google.project}/services:batchGet?names={names}")
    return tuple(
        one["name"].rpartition("/")[2] for one in reply.get("services", ()) if one.get("state") == "ENABLED"
    )


class EnableServices(Step):
    """Switch the services on that a cluster needs; they stay on when the hub goes, which costs nothing."""

    id = "cluster.services"
    title = "Switch Google's services on"
    why = "A new Google project has no Kubernetes Engine until somebody switches it on; that is free."
    usually = 60
    limit = 600

    def __init__(self, spec: Spec, google: Google, clock: Clock) -> None:
        self._spec = spec
        self._google = google
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the command that switches them on."""
        return (enabling(place_of(self._spec), NEEDED),)

    async def look(self) -> Look:
        """Ask which are on."""
        off = [name for name in NEEDED if name not in await switched_on(self._google)]
        if off:
            return Look(Finding.ABSENT, f"not switched on: {', '.join(off)}")
        return Look(Finding.READY, "switched on")

    async def run(self) -> Work:
        """Switch them on, and wait until Google says so everywhere."""
        project = self._google.project
        reply = await self._google.post(
            "serviceusage", f"v1/projects/{project}/services:batchEnable", {"serviceIds": list(NEEDED)}
        )
        yield Line("asked Google to switch them on")
        if not reply.get("done"):
            path = f"v1/{reply['name']}"
            async for state in states(
                lambda: self._google.get("serviceusage", path), lambda one: bool(one.get("done")), self._clock
            ):
                reply = state
        if failed := reply.get("error"):
            reason = next((one["reason"] for one in failed.get("details", ()) if "reason" in one), "")
            raise of_condition(reason, str(failed.get("message", "")), project, {})
        async for on in states(
            lambda: switched_on(self._google), lambda one: len(one) == len(NEEDED), self._clock
        ):
            yield Line(f"{len(on)} of {len(NEEDED)} are on")
