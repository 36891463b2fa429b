"""Download one pinned release of Helm into our own data folder, and use it only if its checksum is right."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import platform
import sys
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

import platformdirs

from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.facts import HELM_INSTALLING
from z2jh_wizard.helm.flags import Version, version_text
from z2jh_wizard.system.files import make_private_folder, write_atomic

BASE_URL = "https://get.helm.sh"
"""Where the Helm project publishes its releases."""

PINNED: Version = (4, 2, 3)

SHA256: Mapping[str, str] = MappingProxyType({
    "darwin-amd64": "ff3ac86755a45f3422473bc1200776aac0fe04c5766abe6ca66699f7b564b23b",
    "darwin-arm64": "048ecf5ad3160f83d918f9fe945238d2132b079640f7b106175331c25f242c64",
    "linux-386": "31d57972d36e60388e173327fffcf9d58f272349dfa9ed3e1914f3cd88fe7283",
    "linux-amd64": "e9b88b4ee95b18c706839c28d3a0220e5bc470e9cd9262410c90793c45ff8b7c",
    "linux-arm": "ba00678361ca7a03ec42ca1ea459543e1d8eab2a7d5429a5eda71dc9741c8a9b",
    "linux-arm64": "21abd9354d39b2cd79a8d76be6912cd137a983cbf997193503fb8a6a6e2f2785",
    "linux-loong64": "232f82d787d530a621b2006965ed2b99644b4391bbc6261e9787f95700fc44f7",
    "linux-ppc64le": "43fc5a4b20839c3669a0748498bd2613b095e288425bf5678c6ba664eb4a0e70",
    "linux-riscv64": "09ff0772730678c652b9ac4a2b32cd20f4e62a2b040403bcacd4ad845d3d3e9c",
    "linux-s390x": "17932091e19d352585b540a482fca9b953d32a8ad7afec72bf9cbbcd96b094cb",
})  # fmt: skip
"""SHA-256 of each archive, from the release notes of Helm 4.2.3.

They stand in this file, so a changed archive is refused even when the download site or the way to it is
in other hands. Source: https://github.com/helm/helm/releases/tag/v4.2.3
"""

LARGEST_ARCHIVE = 64 * 1024 * 1024
LARGEST_BINARY = 256 * 1024 * 1024
"""Bytes; the archive of Helm 4 has about 20 MiB and the program in it about 65."""

QUIET_LIMIT = 60.0
"""Seconds in which the site must send something."""

EXECUTABLE = 0o755

_MACHINES: Mapping[str, str] = MappingProxyType({
    "x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "arm",
    "armv6l": "arm", "i386": "386", "i686": "386", "loongarch64": "loong64", "ppc64le": "ppc64le",
    "riscv64": "riscv64", "s390x": "s390x",
})  # fmt: skip


def this_platform() -> str:
    """Return what Helm calls this computer, such as linux-amd64; NeedsYou if it has no build for it."""
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    machine = _MACHINES.get(platform.machine().lower())
    if not system or f"{system}-{machine}" not in SHA256:
        raise NeedsYou(
            "There is no Helm to download for this computer",
            f"The Helm project publishes none for {sys.platform} on {platform.machine()}.",
            next_step=f"Install Helm as {HELM_INSTALLING} says.",
        )
    return f"{system}-{machine}"


def downloads_folder(data_folder: Path | None = None) -> Path:
    """Return where downloaded tools lie: ours alone, so the user's own Helm is never touched."""
    return (data_folder or platformdirs.user_data_path("z2jh-wizard")) / "tools"


def helm_path(data_folder: Path | None = None, version: Version = PINNED) -> Path:
    """Return where a downloaded Helm lies; its name must be helm, the folder says the version."""
    return downloads_folder(data_folder) / f"helm-{version_text(version)}" / "helm"


def downloaded_helm(data_folder: Path | None = None) -> Path | None:
    """Return the downloaded Helm if there is one that can run."""
    path = helm_path(data_folder)
    return path if path.is_file() and os.access(path, os.X_OK) else None


def archive_url(target: str, base_url: str = BASE_URL) -> str:
    """Return where the archive for a platform lies."""
    return f"{base_url.rstrip('/')}/helm-v{version_text(PINNED)}-{target}.tar.gz"


async def download_helm(
    *,
    data_folder: Path | None = None,
    base_url: str = BASE_URL,
    checksums: Mapping[str, str] = SHA256,
    target: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Download, verify and unpack Helm, and return its path; WizardError if any of that fails.

    ``progress`` gets the bytes so far and in all (0 when unknown), from another thread. A mirror is given by
    ``base_url``: its archive has to have the same checksum.
    """
    target = target or this_platform()
    url = archive_url(target, base_url)
    archive = await asyncio.to_thread(_fetch, url, progress or _no_progress)
    found = hashlib.sha256(archive).hexdigest()
    if found != checksums[target]:
        raise WizardError(
            "The downloaded Helm is not the published one",
            f"{url} has the SHA-256 {found}, but {checksums[target]} is expected. It was thrown away.",
            still_works="Nothing was installed.",
            next_step="Try again on another network; if it stays, install Helm yourself from https://helm.sh.",
            transient=True,
        )
    binary = await asyncio.to_thread(_unpack, archive, target)
    path = helm_path(data_folder)
    make_private_folder(path.parent)
    await asyncio.to_thread(write_atomic, path, binary, EXECUTABLE)
    return path


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def _fetch(url: str, progress: Callable[[int, int], None]) -> bytes:
    """Return the body of an address, at most LARGEST_ARCHIVE long and as long as announced."""
    _refuse_plain_http(url)
    gathered = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=QUIET_LIMIT) as response:  # noqa: S310  # checked just above
            total = int(response.headers.get("Content-Length") or 0)
            while chunk := response.read(256 * 1024):
                gathered += chunk
                if len(gathered) > LARGEST_ARCHIVE:
                    raise _failed(url, f"It is larger than {LARGEST_ARCHIVE // 2**20} MiB.")
                progress(len(gathered), total)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise _failed(url, f"{getattr(error, 'reason', None) or error}.") from error
    if total and len(gathered) != total:
        raise _failed(url, f"Only {len(gathered)} of {total} bytes came.")
    return bytes(gathered)


def _refuse_plain_http(url: str) -> None:
    """Allow https, and http only on this computer, where tests and local mirrors are."""
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not here:
        raise WizardError("Helm is downloaded over https only", f"{url} is not an https address.")


def _unpack(archive: bytes, target: str) -> bytes:
    """Return the program out of a release archive; nothing else in it is looked at or written anywhere."""
    wanted = PurePosixPath(target, "helm")
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
            for member in opened:
                if PurePosixPath(member.name) != wanted:
                    continue
                if not member.isfile() or not 0 < member.size <= LARGEST_BINARY:
                    raise _odd_archive(f"{wanted} in it is no ordinary file of a sensible size.")
                stream = opened.extractfile(member)
                return stream.read() if stream else b""
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise _odd_archive(f"It cannot be unpacked: {error}.") from error
    raise _odd_archive(f"There is no {wanted} in it.")


def _failed(url: str, why: str) -> WizardError:
    return WizardError(
        "Helm could not be downloaded",
        f"{url}: {why}",
        still_works="Nothing was installed.",
        next_step="Check the network and run: z2jh-wizard doctor --fix",
        transient=True,
    )


def _odd_archive(why: str) -> WizardError:
    return WizardError(
        "The downloaded archive is not a release of Helm",
        why,
        still_works="Nothing was installed.",
        next_step=f"Install Helm as {HELM_INSTALLING} says.",
    )
