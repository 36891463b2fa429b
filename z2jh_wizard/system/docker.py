"""Whether Docker, or Podman in its place, runs on this computer."""

from __future__ import annotations

import re
import shutil

from z2jh_wizard.core.errors import CouldNotLook, NeedsYou
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.system.children import Child, capture

LIMIT = 30.0

_NO_RIGHT = re.compile(r"permission denied.*docker", re.I)


async def docker_version() -> str:
    """Return the version of the daemon; NeedsYou without a docker, CouldNotLook when it does not answer."""
    if shutil.which("docker") is None:
        raise NeedsYou(
            "There is no Docker on this computer",
            "A cluster on this computer runs in containers, and no docker is on your PATH.",
            still_works="The practice cluster needs no Docker.",
            next_step="Install Docker (https://docs.docker.com/get-docker/), start it, then check again.",
        )
    said = await capture(Child(("docker", "version", "--format", "{{.Server.Version}}")), LIMIT)
    if said.code != 0:
        raise no_docker(said.stderr)
    return said.stdout.decode("utf-8", "replace").strip()[:40]


def no_docker(said: str) -> CouldNotLook:
    """Return why Docker does not answer, by what its command says."""
    if _NO_RIGHT.search(said):
        title, happened = "You may not use Docker here", "Docker does not let your account in."
        next_step = "Join the group docker, sign in anew, and try again; or use Docker in rootless mode."
    else:
        last = (said.strip().splitlines() or ["it gave no reason"])[-1]
        title, happened = (
            "Docker does not run",
            f"The docker command is there, its daemon does not answer: {plain(last, 200)}",
        )
        next_step = "Start Docker (Docker Desktop, or: sudo systemctl start docker), then try again."
    return CouldNotLook(title, happened, still_works="Nothing was started.", next_step=next_step)
