"""A key to log in to the nodes of a cluster; there is none unless ``cluster.ssh_key`` asks for it.

Nobody needs one for a hub: what a node does is seen with kubectl. A key that is never made cannot be lost.
"""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.cloud.aks.desired import SSH_KEY
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.kube.threads import in_thread
from z2jh_wizard.project.folder import Project, keep_from_git
from z2jh_wizard.system.files import PUBLIC_FILE, read_text, remove_file, write_atomic

BITS = 3072
"""Azure's nodes take RSA keys for certain; this length is what ssh-keygen makes by itself."""


class SshKey:
    """The two files of a project's key: ``ssh-key``, for its owner alone, and ``ssh-key.pub``."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def private(self) -> Path:
        """Return where the private half is."""
        return self._project.folder / SSH_KEY

    @property
    def public(self) -> Path:
        """Return where the public half is."""
        return self._project.folder / f"{SSH_KEY}.pub"

    @property
    def is_there(self) -> bool:
        """Tell whether both halves are there."""
        return self.private.exists() and self.public.exists()

    @property
    def is_ours(self) -> bool:
        """Tell whether the wizard made it: the public half says for which project."""
        return self.public.exists() and self.text().endswith(f" {self._mark}")

    @property
    def _mark(self) -> str:
        return f"{OUR_LABEL}={self._project.spec.project_id}"

    async def make(self) -> None:
        """Make both halves; git never sees them. Refused where a person's file is in the way."""
        if not self.is_ours and (self.private.exists() or self.public.exists()):
            raise Refused(
                "Half a key is in the way",
                f"{self._project.folder} has only one of {self.private.name} and {self.public.name}, which "
                "this wizard did not make.",
                still_works="The file was not touched, and nothing was made.",
                next_step="Put the other half beside it, or move it away, then run the same again.",
            )
        private, public = await in_thread(_pair)
        keep_from_git(self._project, f"{SSH_KEY}*")
        write_atomic(self.public, public + f" {self._mark}\n".encode(), PUBLIC_FILE)  # first: it says whose
        write_atomic(self.private, private)

    def text(self) -> str:
        """Return the public half in one line; WizardError when it cannot be read."""
        return read_text(self.public, self.public.name).strip()

    def forget(self) -> None:
        """Remove both halves, which open nothing any more; who asks knows that they are ours."""
        for path in (self.private, self.public):
            remove_file(path)


def _pair() -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, BITS)
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    return private, public
