"""One HTTP connection to the API server, and a way for another thread to hang it up."""

from __future__ import annotations

import base64
import contextlib
import http.client
import select
import socket
import ssl
import threading
from urllib.parse import unquote, urlsplit

from z2jh_wizard.kube.kubeconfig import Access


class Connection(http.client.HTTPConnection):
    """A connection to the server of an ``Access``, through its proxy and inside TLS where asked for."""

    def __init__(self, access: Access, tls: ssl.SSLContext | None, limit: float) -> None:
        server = urlsplit(access.server)
        self._tls = tls
        self._server_name = access.trust.server_name or server.hostname or ""
        self.used = False
        host, port = server.hostname or "", server.port or (443 if tls else 80)
        if not access.proxy:
            super().__init__(host, port, timeout=limit)
            return
        proxy = urlsplit(access.proxy)
        super().__init__(proxy.hostname or "", proxy.port or 80, timeout=limit)
        self.set_tunnel(host, port, headers=_proxy_headers(proxy.username, proxy.password))

    def connect(self) -> None:
        """Open the socket, the tunnel and TLS."""
        super().connect()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._server_name)

    def set_limit(self, seconds: float) -> None:
        """Change how long one network operation may take."""
        self.timeout = seconds
        if self.sock:
            self.sock.settimeout(seconds)

    def is_stale(self) -> bool:
        """Tell whether an idle connection can no longer be used: closed, or with bytes nobody asked for."""
        if self.sock is None:
            return True
        try:
            readable, _, _ = select.select([self.sock], [], [], 0)
        except (OSError, ValueError):
            return True
        return bool(readable)

    def hang_up(self) -> None:
        """Make a read that blocks in another thread end now."""
        sock = self.sock
        if sock:
            # Below TLS on purpose: an orderly TLS goodbye would wait for the other side.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class HangUp:
    """Lets one thread end the blocking exchange of another, also before its connection exists."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._event = threading.Event()

    @property
    def happened(self) -> bool:
        """Tell whether somebody hung up."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Pause; True, at once, when somebody hangs up meanwhile."""
        return self._event.wait(seconds)

    def attach(self, connection: Connection | None) -> None:
        """Name the connection in use, None when the exchange is over."""
        with self._lock:
            self._connection = connection
            if self.happened and connection:
                connection.hang_up()

    def now(self) -> None:
        """End the exchange; it raises in its own thread."""
        with self._lock:
            self._event.set()
            if self._connection:
                self._connection.hang_up()


def _proxy_headers(username: str | None, password: str | None) -> dict[str, str]:
    if not username:
        return {}
    pair = f"{unquote(username)}:{unquote(password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
