"""Who may come in: a token that works once, the cookie that it is traded for, and the names we answer to."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from z2jh_wizard.core.errors import InvalidInput

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Gate:
    """Decides for one server on one port; it keeps the only copies of the token and of the cookie's value."""

    def __init__(self, port: int, public_url: str = "") -> None:
        self._public = public_origin(public_url) if public_url else ""
        self._local = {_authority(name, port, "http") for name in LOOPBACK}
        self._origin = self._public or f"http://{_authority(LOOPBACK[0], port, 'http')}"
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie: str | None = None
        # Cookies do not tell ports apart, so two wizards on one computer need two names.
        self.cookie_name = f"z2jh-wizard-{port}"
        self.cookie_is_secure = self._public.startswith("https:")

    @property
    def origin(self) -> str:
        """Where people reach the server: scheme, host and port."""
        return self._origin

    @property
    def connect_sources(self) -> list[str]:
        """The websocket origins that a page may open, as CSP writes them; it cannot write IPv6 addresses."""
        public = [self._public.replace("http", "ws", 1)] if self._public else []
        return [f"ws://{host}" for host in sorted(self._local) if "[" not in host] + public

    def address(self) -> str:
        """Return the address to open first, with the token in it; it works once."""
        return f"{self._origin}/?token={self._token}"

    def trade(self, token: str) -> str | None:
        """Return the cookie's value for the right token, which is then used up; None for any other."""
        if self._token is None or not _same(self._token, token):
            return None
        self._token, self._cookie = None, secrets.token_urlsafe(32)
        return self._cookie

    def knows(self, cookie: str | None) -> bool:
        """Tell whether a request's cookie is the one that was given out."""
        return self._cookie is not None and cookie is not None and _same(self._cookie, cookie)

    def answers_to(self, hosts: Sequence[str]) -> bool:
        """Tell whether a request's Host headers are one, with a name that is ours.

        Without this, a page of a foreign name that is made to resolve to this computer could read answers.
        """
        return len(hosts) == 1 and hosts[0].lower() in {*self._local, urlsplit(self._public).netloc} - {""}

    def is_own_page(self, hosts: Sequence[str], origins: Sequence[str]) -> bool:
        """Tell whether a request comes from a page of this server, by its Host and Origin headers.

        Behind a preview such as Cloud Shell's, Host is loopback while Origin is the public name.
        """
        if not self.answers_to(hosts) or len(origins) != 1:
            return False
        host = hosts[0].lower()
        ours = {self._public} | ({f"http://{host}"} if host in self._local else set())
        return origins[0] in ours - {""}


def public_origin(url: str) -> str:
    """Return scheme, host and port of the address that a proxy has for us; InvalidInput if it is none."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _no_address(url) from None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in _DEFAULT_PORTS or not _HOST_NAME.fullmatch(host) or not bare:
        raise _no_address(url)
    return f"{parts.scheme}://{_authority(host, port or _DEFAULT_PORTS[parts.scheme], parts.scheme)}"


def _authority(host: str, port: int, scheme: str) -> str:
    """Return host and port as browsers write them: the scheme's own port is left out."""
    return host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))


def _no_address(url: str) -> InvalidInput:
    return InvalidInput(
        "The public address cannot be used",
        f"--public-url {url!r} is not scheme, name and port of a web address.",
        still_works="Nothing was started.",
        next_step="Give it as the browser shows it, up to the name: --public-url https://hub.example.org",
    )
