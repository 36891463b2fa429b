"""Which HTTP proxy leads to a cluster, by the rules that kubectl and Helm follow."""

from __future__ import annotations

import ipaddress
import urllib.request
from urllib.parse import urlsplit

from z2jh_wizard.core.errors import InvalidInput


def is_loopback(host: str) -> bool:
    """Tell whether a host is this computer itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(server: str, wish: str = "") -> str:
    """Return the proxy's URL for a server, or nothing; ``wish`` is the kubeconfig's ``proxy-url``.

    Plain HTTP is for this computer only (``kubectl proxy``), so no proxy leads there.
    Without a wish the environment decides (HTTPS_PROXY, NO_PROXY), but never for loopback, as in Go's
    ``http.ProxyFromEnvironment``. InvalidInput for a proxy that is not HTTP.
    """
    parts = urlsplit(server)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return ""
    chosen = wish
    if not wish and not is_loopback(host) and not urllib.request.proxy_bypass(parts.netloc):
        chosen = urllib.request.getproxies().get(parts.scheme, "")
    if chosen and "://" not in chosen:
        chosen = f"http://{chosen}"
    if chosen and not _is_usable(chosen):
        # Not shown: a proxy's address may hold a password.
        raise InvalidInput(
            "The proxy cannot be used",
            "The wizard speaks to HTTP proxies, such as http://proxy.example.org:3128, and to no other kind.",
            next_step="Set HTTPS_PROXY, or the kubeconfig's proxy-url, to an http:// address.",
        )
    return chosen


def _is_usable(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        return parts.scheme == "http" and bool(parts.hostname) and parts.port != 0 and proxy.isprintable()
    except ValueError:
        return False
