"""Container images of the practice cluster: how large they are, how long a pull takes, what ids they get."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_MEGABYTE = 1_000_000
_PULL_START = 0.2
_BYTES_PER_SECOND = 400 * _MEGABYTE

_SIZES = (
    ("k8s-hub", 372),
    ("k8s-singleuser-sample", 486),
    ("k8s-network-tools", 7),
    ("k8s-image-awaiter", 5),
    ("k8s-secret-sync", 52),
    ("configurable-http-proxy", 61),
    ("kube-scheduler", 23),
    ("kube-proxy", 29),
    ("coredns", 21),
    ("pause", 1),
    ("traefik", 53),
    ("minimal-notebook", 560),
    ("scipy-notebook", 1380),
    ("datascience-notebook", 1720),
    ("tensorflow-notebook", 2180),
    ("pytorch-notebook", 2350),
    ("notebook", 640),
    ("jupyter", 900),
    ("hub", 372),
)
"""Parts of image names and compressed sizes in MB, the first match wins; rough figures of public images."""
_OTHER_SIZE = 120

_REFERENCE = re.compile(
    r"(?:(?:[A-Za-z0-9][A-Za-z0-9.-]*)(?::\d+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)


@dataclass(frozen=True)
class Image:
    """One image by its reference, as a pod spec names it."""

    reference: str

    @property
    def valid(self) -> bool:
        """Say whether the reference can be read at all."""
        return _REFERENCE.fullmatch(self.reference) is not None

    @property
    def repository(self) -> str:
        """Return the reference without tag and digest."""
        name = self.reference.split("@", 1)[0]
        head, slash, last = name.rpartition("/")
        return head + slash + last.split(":", 1)[0]

    @property
    def full(self) -> str:
        """Return the reference with registry and tag spelled out, as containerd lists it."""
        name = self.reference
        last = name.rpartition("/")[2]
        if ":" not in last and "@" not in name:
            name += ":latest"
        first = name.split("/", 1)[0]
        if "/" not in name:
            return f"docker.io/library/{name}"
        if "." not in first and ":" not in first and first != "localhost":
            return f"docker.io/{name}"
        return name

    @property
    def size(self) -> int:
        """Return the size in bytes."""
        last = self.repository.rpartition("/")[2]
        megabytes = next((size for part, size in _SIZES if part in last), _OTHER_SIZE)
        wobble = int(self._digest[:4], 16)
        return megabytes * _MEGABYTE + wobble * 7

    @property
    def pull_seconds(self) -> float:
        """Return how long the first pull on a node takes."""
        return _PULL_START + self.size / _BYTES_PER_SECOND

    @property
    def identity(self) -> str:
        """Return the image id: repository and digest."""
        repository = Image(self.full).repository
        return f"{repository}@sha256:{self._digest}"

    @property
    def always_pulled(self) -> bool:
        """Say whether an unset pull policy means Always: no tag, or the tag latest."""
        return self.full.split("@", 1)[0].endswith(":latest") and "@" not in self.reference

    @property
    def _digest(self) -> str:
        return hashlib.sha256(self.full.encode()).hexdigest()


def not_found(reference: str) -> str:
    """Return containerd's words for an image that its registry does not have."""
    full = Image(reference).full
    return (
        f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": {full}: not found'
    )


def container_id(pod_uid: str, container: str, restarts: int) -> str:
    """Return the id of one run of a container."""
    seed = f"{pod_uid}/{container}/{restarts}"
    return "containerd://" + hashlib.sha256(seed.encode()).hexdigest()
