"""Keep tests away from the developer's own accounts, clusters and network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

OWN_VARIABLES = frozenset({
    "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "HELM", "TILLER_NAMESPACE",
    "BOTO_CONFIG", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES",
    "GIT_DIR", "GIT_WORK_TREE", "PYTHONDONTWRITEBYTECODE",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
})  # fmt: skip
OWN_PREFIXES = (
    "XDG_", "HELM_", "KUBE_", "KUBECTL_", "AWS_", "GOOGLE_", "CLOUDSDK_", "GCE_", "GCLOUD_", "AZURE_", "ARM_",
    "MSI_", "IDENTITY_", "TEXTUAL",
)  # fmt: skip

NO_METADATA_SERVERS = {"AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true"}
"""Cloud SDKs must not ask the machine that runs the tests who it is."""


def personal(variables: Iterable[str]) -> list[str]:
    """Return the environment variables that would lead a program to what the developer owns."""
    return [name for name in variables if name in OWN_VARIABLES or name.startswith(OWN_PREFIXES)]


class OutsideWorld(BaseException):
    """A test tried to leave this computer; no ``except Exception`` may swallow that."""


def refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: raise OutsideWorld when a socket is about to reach anything but loopback."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise OutsideWorld(f"a test tried to reach {address[0]!s}, but tests stay on this computer")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if name and not _is_loopback(name):
            raise OutsideWorld(f"a test tried to look up {name}, but tests stay on this computer")


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
