"""The existing provider: any kubeconfig context; the wizard uses the cluster and never changes it."""

from __future__ import annotations

import asyncio
import base64
import re
import shlex
from pathlib import Path
from typing import Any

from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.power import no_power
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.kube import kubeconfig as kubeconfigs
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.project import kubeconfig_file
from z2jh_wizard.project.folder import Project


class ExistingProvider:
    """A cluster that somebody else made."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def steps(self) -> list[Step]:
        """Return the step that writes a kubeconfig for just this context."""
        return [UseContext(self._project)]

    def reach(self) -> list[Step]:
        """Return the same step: the cluster is there whatever became of the file."""
        return self.steps()

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Refuse: nodes of a cluster that the wizard did not make are not its business."""
        raise Refused(
            "This cluster is not ours to resize",
            f"The wizard did not make it, so it will not give the pool {pool} {nodes} nodes.",
            still_works="Nothing was changed.",
            next_step="Resize it with the tool or the web page that made it.",
        )

    def power_step(self, *, running: bool) -> Step:
        """Refuse: the cluster is not ours."""
        instead = "Use the tool or the web page that made it."
        raise no_power("The wizard did not make it.", running=running, instead=instead)

    async def credential(self) -> dict[str, Any]:
        """Return a credential of the context's own user; InvalidInput for what a plugin cannot pass on."""
        return await credential_of(_access(self._project))

    def scanning(self) -> tuple[Command, ...]:
        """Return none: there is nothing beside the cluster."""
        return ()

    async def scan(self) -> Scan:
        """Return the cluster itself: it stays."""
        name = self._project.spec.cluster.context or "current context"
        why = "the wizard did not make it"
        return Scan((Leftover(Resource("cluster", name), "", "", None, False, why),))


class UseContext(Step):
    """Write the project's own kubeconfig for one context of the user's."""

    id = "cluster.context"
    title = "Use the cluster you already have"
    why = "The project gets a kubeconfig of its own; yours is read and never changed."
    usually = 1

    def __init__(self, project: Project) -> None:
        self._project = project

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that copy one context out of a kubeconfig."""
        known = self._project.spec.cluster
        options = (("kubeconfig", known.kubeconfig), ("context", known.context))
        chosen = "".join(f" --{name} {shlex.quote(value)}" for name, value in options if value)
        return (
            Command(
                script=f"(umask 077; kubectl config view --minify --flatten{chosen} > kubeconfig)",
                about="Copy this one context, with its credentials",
            ),
        )

    async def look(self) -> Look:
        """Compare the kubeconfig in the project with what the context says."""
        expected = self._expected()
        resource = (Resource("file", "kubeconfig"),)
        if not self._project.kubeconfig.exists():
            return Look(Finding.ABSENT, "no kubeconfig in the project yet")
        if self._project.kubeconfig.read_bytes() != expected:
            return Look(Finding.DRIFTED, "the context points elsewhere now", resource)
        return Look(Finding.READY, self._project.spec.cluster.context or "the current context", resource)

    async def run(self) -> Work:
        """Write it."""
        fresh = not self._project.kubeconfig.exists()
        kubeconfig_file.write_bytes(self._project.kubeconfig, self._expected())
        if fresh:
            yield Made(Resource("file", "kubeconfig"))
        yield Line(f"kubeconfig for {self._project.spec.cluster.context or 'the current context'}")

    def _expected(self) -> bytes:
        access = _access(self._project)
        return kubeconfig_file.encode(
            kubeconfig_file.build(self._project, access.context, cluster_entry(access))
        )


def transport_of(project: Project) -> KubeTransport:
    """Return a way to the cluster by the user's own context, before the project has a kubeconfig."""
    return KubeTransport(_access(project))


def cluster_entry(access: kubeconfigs.Access) -> dict[str, object]:
    """Return how a cluster is reached, as the ``cluster`` entry of another kubeconfig."""
    cluster: dict[str, object] = {"server": access.server}
    if access.trust.authority:
        cluster["certificate-authority-data"] = base64.b64encode(access.trust.authority.encode()).decode()
    if access.trust.anybody:
        cluster["insecure-skip-tls-verify"] = True
    if access.trust.server_name:
        cluster["tls-server-name"] = access.trust.server_name
    if access.proxy:
        cluster["proxy-url"] = access.proxy
    return cluster


async def credential_of(access: kubeconfigs.Access) -> dict[str, Any]:
    """Return the credential of a context's user as a plugin passes it on; InvalidInput where none can."""
    present = await asyncio.to_thread(access.credential.sign_in)
    scheme, _, token = present.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic" or "Impersonate-User" in present.headers:
        raise InvalidInput(
            "This context cannot be used by a credential plugin",
            "It signs in with a user name and password, or acts as somebody else.",
            next_step="Use a context with a token, a client certificate or a credential plugin.",
        )
    status = {"token": token} if token else {}
    if present.certificate:
        certificates, keys = _split_pem(present.certificate)
        status |= {"clientCertificateData": certificates, "clientKeyData": keys}
    return status


def _access(project: Project) -> kubeconfigs.Access:
    named = project.spec.cluster.kubeconfig
    return kubeconfigs.load(Path(named).expanduser() if named else None, project.spec.cluster.context or None)


def _split_pem(text: str) -> tuple[str, str]:
    """Return the certificates and the keys of a text that holds both."""
    blocks = list(re.finditer(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----\n?", text, re.S))
    certificates = "".join(block.group() for block in blocks if "CERTIFICATE" in block[1])
    return certificates, "".join(block.group() for block in blocks if "PRIVATE KEY" in block[1])
