"""Builds an image of a repository with repo2docker, tries it, and pushes it to its registry."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from z2jh_wizard.cloud.local.provider import DockerRuns
from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.image_plan import ask, last_line
from z2jh_wizard.flows.image_troubles import build_failed, push_failed
from z2jh_wizard.system.children import Child, Exited, capture, stream
from z2jh_wizard.system.docker import no_docker
from z2jh_wizard.values import image_builder
from z2jh_wizard.values.image_builder import PLAN_LABEL, Plan
from z2jh_wizard.values.image_registries import login

BUILD_LIMIT = 3 * 3600.0
PUSH_LIMIT = 2 * 3600.0

_NO_IMAGE = re.compile(r"no such (?:image|object)|image not known", re.I)
"""What Docker, old and new, and Podman in its place say of an image that is not there."""

_TAIL = 40
"""Last lines of a command that are looked at when it fails."""


def image_build(world: Adapters, plan: Plan) -> Flow:
    """Return the flow that ends with the image in its registry."""
    steps = [DockerAnswers(), BuildImage(plan), TryImage(plan, _hub(world)), PushImage(plan)]
    return Flow("image", world.project, steps)


def _hub(world: Adapters) -> str:
    chart = world.project.spec.chart
    return image_builder.hub_version(chart.version, chart.family)


class DockerAnswers(DockerRuns):
    """Look whether Docker runs, for a build."""

    id = "image.docker"
    title = "Docker answers"
    why = "Docker builds the image, in containers on this computer."


class BuildImage(Step):
    """Build the image, unless the very same was built before."""

    id = "image.build"
    title = "Build the image"
    why = "repo2docker reads what the repository asks for and installs it; the first time takes long."
    usually = 600
    limit = BUILD_LIMIT
    attempts = 1
    needs = ("image.docker",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._built = False

    def commands(self) -> tuple[Command, ...]:
        """Return the command that builds it."""
        return (Command(image_builder.build_command(self._plan)),)

    async def look(self) -> Look:
        """Compare the label of the image that is there with the plan."""
        labels = await _labels(self._plan.text)
        if labels is None:
            return Look(Finding.ABSENT, f"there is no image {self._plan.text} on this computer")
        resource = (Resource("image", self._plan.text),)
        if self._built or (self._plan.digest and labels.get(PLAN_LABEL) == self._plan.digest):
            return Look(Finding.READY, self._plan.text, resource)
        return Look(Finding.DRIFTED, "an image of this name is there, made of something else", resource)

    async def run(self) -> Work:
        """Build it, with every line of the log."""
        tail: deque[str] = deque(maxlen=_TAIL)
        code = 0
        async with aclosing(_lines(image_builder.build_command(self._plan), tail)) as lines:
            async for line in lines:
                if isinstance(line, Exited):
                    code = line.code
                else:
                    yield line
        if code != 0:
            raise build_failed(code, tail)
        self._built = True
        yield Made(Resource("image", self._plan.text))


class TryImage(Step):
    """Ask the image which JupyterHub it has."""

    id = "image.jupyterhub"
    title = "Find JupyterHub in the image"
    why = "A student's server can only talk to the hub when JupyterHub is in the image."
    usually = 5
    limit = 120
    attempts = 1
    needs = ("image.build",)

    def __init__(self, plan: Plan, hub: str) -> None:
        self._plan = plan
        self._hub = hub
        self._found = ""

    def commands(self) -> tuple[Command, ...]:
        """Return the command that asks it."""
        return (Command(image_builder.version_command(self._plan)),)

    async def look(self) -> Look:
        """Tell what was found; an image is asked once a run."""
        if not self._found:
            return Look(Finding.ABSENT, "not asked yet")
        warning = image_builder.version_warning(self._found, self._hub)
        return Look(Finding.READY, f"! {warning}" if warning else f"JupyterHub {self._found}")

    async def run(self) -> Work:
        """Start it once, without a network, and let it say its version."""
        yield Line("asking the image for its JupyterHub")
        said = await capture(Child(image_builder.version_command(self._plan)), 90)
        text = last_line(said.stdout.decode("utf-8", "replace")).strip()[:80]
        if said.code != 0:
            major = self._hub.partition(".")[0] or "5"
            raise WizardError(
                "There is no JupyterHub in the image",
                last_line(said.stderr)[:300],
                still_works="The image is built and kept on this computer; nothing was pushed.",
                next_step=f"Let its Dockerfile do this: pip install jupyterhub=={major}.*  Then build again.",
            )
        self._found = text
        if warning := image_builder.version_warning(text, self._hub):
            yield Line(f"! {warning}")


class PushImage(Step):
    """Put the image into its registry, from which the nodes of the cluster fetch it."""

    id = "image.push"
    title = "Push the image"
    why = "The nodes of the cluster fetch the image from the registry when students arrive."
    usually = 180
    limit = PUSH_LIMIT
    attempts = 2
    needs = ("image.build",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pushed = ""

    def commands(self) -> tuple[Command, ...]:
        """Return how to sign in and push."""
        return (*login(self._plan.image), Command(image_builder.push_command(self._plan)))

    async def look(self) -> Look:
        """Compare what the registry has with the image here."""
        resource = (Resource("pushed image", self._plan.text),)
        if self._pushed:
            return Look(Finding.READY, self._pushed, resource)
        here = await ask("docker", "image", "inspect", "--format", "{{.Id}}", self._plan.text)
        image_id = here.stdout.decode("ascii", "replace").strip()
        there = await ask("docker", "manifest", "inspect", "--verbose", self._plan.text)
        if there.code != 0:
            return Look(Finding.ABSENT, "the registry shows no image of this name and tag")
        if here.code == 0 and image_id and f'"{image_id}"'.encode() in there.stdout:
            return Look(Finding.READY, "the registry has it already", resource)
        return Look(Finding.DRIFTED, "the registry has another image of this tag: replaced", resource)

    async def run(self) -> Work:
        """Push it; the digest that the registry answers with is the proof."""
        tail: deque[str] = deque(maxlen=_TAIL)
        code = 0
        async with aclosing(_lines(image_builder.push_command(self._plan), tail)) as lines:
            async for line in lines:
                if isinstance(line, Exited):
                    code = line.code
                else:
                    yield line
        if code != 0:
            raise push_failed(self._plan, code, tail)
        self._pushed = next((line.strip() for line in reversed(tail) if "digest: sha256:" in line), "")
        if self._pushed:
            yield Made(Resource("pushed image", self._plan.text))


async def _lines(argv: Sequence[str], tail: deque[str]) -> AsyncGenerator[Line | Exited, None]:
    """Give out the lines of a command as they come, its last ones into ``tail``, then how it ended."""
    async with aclosing(stream(Child(tuple(argv)))) as outputs:
        async for one in outputs:
            if isinstance(one, Exited):
                yield one
            else:
                tail.append(one.text)
                yield Line(one.text)


async def _labels(image: str) -> dict[str, str] | None:
    """Return the labels of an image on this computer, None when there is none; CouldNotLook otherwise."""
    said = await ask("docker", "image", "inspect", "--format", "{{json .Config.Labels}}", image)
    if said.code != 0:
        if _NO_IMAGE.search(said.stderr):
            return None
        raise no_docker(said.stderr)
    try:
        labels = json.loads(said.stdout)
    except ValueError:
        raise CouldNotLook("Docker answered something unreadable", f"About the image {image}.") from None
    return {str(key): str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}
