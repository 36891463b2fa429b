"""Requests as threads make them: kept connections, one new sign-in after a 401, gzip, errors in words."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from z2jh_wizard import __version__
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.kube import errors
from z2jh_wizard.kube.connection import Connection, HangUp
from z2jh_wizard.kube.credentials import SignIn
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.proxy import is_loopback
from z2jh_wizard.kube.tls import context_for

JSON = "application/json"
LIMIT = 30.0
"""Seconds that one network operation may take, at most."""

BUSY_PAUSES = (1.0, 2.0)
"""Seconds before each further try of a request that the cluster put off."""

IDLE_LIFE = 60.0
"""Seconds an unused connection is kept; gateways forget quiet ones after some minutes."""

MOST_IDLE = 8
LARGEST_BODY = 128 * 1024 * 1024
"""Bytes; a page of 500 large pods has about 10 MiB."""

LARGEST_LINE = 16 * 1024 * 1024
"""Bytes; an object has at most 1.5 MiB in etcd."""

_CHUNK = 256 * 1024
_BROKEN = (OSError, http.client.HTTPException, EOFError, UnicodeError, zlib.error)

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``path`` starts with a slash and counts from the server's address."""

    method: str
    path: str
    params: Params = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = JSON
    accept: str = JSON

    @property
    def changes(self) -> bool:
        """Tell whether it may change something."""
        return self.method not in ("GET", "HEAD")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer."""

    code: int
    body: bytes
    headers: http.client.HTTPMessage


class BlockingTransport:
    """Makes requests to one cluster from any thread; every failure is a WizardError in words."""

    def __init__(self, access: Access) -> None:
        self.access = access
        server = urlsplit(access.server)
        self._prefix = server.path.rstrip("/")
        self._secure = server.scheme == "https"
        # Compressing costs more than it saves where nothing travels.
        self._encoding = "identity" if is_loopback(server.hostname or "") else "gzip"
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Connection]] = []
        self._tls_lock = threading.Lock()
        self._tls: tuple[str, ssl.SSLContext] | None = None

    def exchange(self, request: Request, limit: float = LIMIT, hang_up: HangUp | None = None) -> Reply:
        """Make a request and read its whole answer; ``limit`` seconds for each network operation.

        A cluster that puts the request off (HTTP 429) has done nothing yet, so it is asked again.
        """
        hang_up = hang_up or HangUp()
        for pause in BUSY_PAUSES:
            try:
                return self._exchange_once(request, limit, hang_up)
            except errors.PutOff:
                if hang_up.wait(pause):
                    raise
        return self._exchange_once(request, limit, hang_up)

    def _exchange_once(self, request: Request, limit: float, hang_up: HangUp) -> Reply:
        connection, response = self._open(request, limit, hang_up)
        try:
            body = _whole_body(response)
        except _BROKEN as error:
            connection.close()
            raise self._translated(error, request, sent=True) from error
        except BaseException:
            connection.close()
            raise
        finally:
            hang_up.attach(None)
        self._give_back(connection, response)
        if not _is_fine(response):
            raise self._refused(response.status, body, request)
        return Reply(response.status, body, response.headers)

    def stream(
        self, path: str, params: Params, silence: float = LIMIT, hang_up: HangUp | None = None
    ) -> Stream:
        """Open an endless answer (a watch, a log) that counts as broken after ``silence`` seconds."""
        request = Request("GET", path, params, accept="*/*" if path.endswith("/log") else JSON)
        hang_up = hang_up or HangUp()
        connection, response = self._open(request, silence, hang_up)
        if not _is_fine(response):
            try:
                body = _whole_body(response)
            except _BROKEN:
                body = b""
            connection.close()
            raise self._refused(response.status, body, request)
        return Stream(self, request, connection, response, hang_up)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _open(
        self, request: Request, limit: float, hang_up: HangUp
    ) -> tuple[Connection, http.client.HTTPResponse]:
        """Send a request and read the head of its answer; after a 401 once more with a new sign-in."""
        credential = self.access.credential
        connection, response = self._send(request, credential.sign_in(), limit, hang_up)
        if response.status != 401:
            return connection, response
        connection.close()
        credential.forget()
        return self._send(request, credential.sign_in(), limit, hang_up)

    def _send(
        self, request: Request, sign_in: SignIn, limit: float, hang_up: HangUp
    ) -> tuple[Connection, http.client.HTTPResponse]:
        """Send a request, on a fresh connection if a kept one turns out to be dead."""
        connection = self._take(sign_in, limit)
        hang_up.attach(connection)
        sent = False
        try:
            if connection.sock is None:
                connection.connect()
                # Whoever hung up meanwhile found no socket to close.
                hang_up.attach(connection)
            sent = True
            connection.request(
                request.method, self._target(request), request.body, self._headers(request, sign_in)
            )
            return connection, connection.getresponse()
        except _BROKEN as error:
            hang_up.attach(None)
            connection.close()
            if connection.used and not request.changes and not hang_up.happened:
                self.close()
                return self._send(request, sign_in, limit, hang_up)
            raise self._translated(error, request, sent=sent) from error

    def _target(self, request: Request) -> str:
        query = f"?{urlencode(request.params)}" if request.params else ""
        return f"{self._prefix}{request.path}{query}"

    def _headers(self, request: Request, sign_in: SignIn) -> dict[str, str]:
        headers = {
            "Accept": request.accept,
            "Accept-Encoding": self._encoding,
            "User-Agent": f"z2jh-wizard/{__version__}",
            **self.access.headers,
            **sign_in.headers,
        }
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        return headers

    def _take(self, sign_in: SignIn, limit: float) -> Connection:
        """Return a kept connection that still lives, or a new one."""
        tls = self._tls_for(sign_in)
        while True:
            with self._lock:
                since, connection = self._idle.pop() if self._idle else (0.0, None)
            if connection is None:
                return Connection(self.access, tls, limit)
            if time.monotonic() - since < IDLE_LIFE and not connection.is_stale():
                connection.set_limit(limit)
                return connection
            connection.close()

    def _tls_for(self, sign_in: SignIn) -> ssl.SSLContext | None:
        """Return the TLS context for a sign-in; another client certificate means other connections."""
        if not self._secure:
            return None
        with self._tls_lock:
            if self._tls is None or self._tls[0] != sign_in.certificate:
                self._tls = sign_in.certificate, context_for(self.access.trust, sign_in.certificate)
                self.close()
            return self._tls[1]

    def _give_back(self, connection: Connection, response: http.client.HTTPResponse) -> None:
        """Keep a connection whose answer was read to its end."""
        connection.used = True
        if not response.will_close and connection.sock is not None:
            with self._lock:
                if len(self._idle) < MOST_IDLE:
                    self._idle.append((time.monotonic(), connection))
                    return
        connection.close()

    def _refused(self, code: int, body: bytes, request: Request) -> Exception:
        return errors.from_status(code, body, str(request), self.access.where, changes=request.changes)

    def _translated(self, error: Exception, request: Request, *, sent: bool) -> Exception:
        changes = sent and request.changes
        return errors.from_exception(error, str(request), self.access.where, changes=changes)


class Stream:
    """The lines of an endless answer: iterate in one thread, ``close()`` from any."""

    def __init__(
        self,
        transport: BlockingTransport,
        request: Request,
        connection: Connection,
        response: http.client.HTTPResponse,
        hang_up: HangUp,
    ) -> None:
        self._transport = transport
        self._request = request
        self._connection = connection
        self._response = response
        self._hang_up = hang_up

    def __iter__(self) -> Iterator[bytes]:
        """Give out the lines without their ends; Unreachable when the connection breaks or falls silent."""
        rest = b""
        try:
            while chunk := self._response.read1(_CHUNK):
                if b"\n" not in chunk:
                    rest = _joined(rest, chunk)
                    continue
                head, *lines = chunk.split(b"\n")
                yield rest + head
                rest = lines.pop()
                yield from lines
        except _BROKEN as error:
            raise self._transport._translated(error, self._request, sent=True) from error
        finally:
            self._finish()
        if rest:
            yield rest

    def close(self) -> None:
        """End the stream; its thread stops at once."""
        self._hang_up.now()

    def _finish(self) -> None:
        self._hang_up.attach(None)
        if self._response.isclosed() and not self._hang_up.happened:
            self._transport._give_back(self._connection, self._response)
        else:
            self._connection.close()


def _is_fine(response: http.client.HTTPResponse) -> bool:
    """Tell whether an answer is one; a redirect leads to a login page, not to an API server."""
    return 200 <= response.status < 300


def _joined(rest: bytes, chunk: bytes) -> bytes:
    if len(rest) + len(chunk) > LARGEST_LINE:
        raise http.client.LineTooLong("line of a stream")
    return rest + chunk


def _whole_body(response: http.client.HTTPResponse) -> bytes:
    """Read a body to its end and unpack it, never more than fits."""
    if (response.length or 0) > LARGEST_BODY:
        raise _too_large()
    raw = response.read() if response.length is not None else _gather(response)
    if response.headers.get("Content-Encoding") != "gzip" or not raw:
        return raw
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = unpack.decompress(raw, LARGEST_BODY)
    if unpack.unconsumed_tail:
        raise _too_large()
    if not unpack.eof:
        raise EOFError("the packed answer ended early")
    return body


def _gather(response: http.client.HTTPResponse) -> bytes:
    """Read a body whose length is not known beforehand."""
    gathered = bytearray()
    while chunk := response.read1(_CHUNK):
        gathered += chunk
        if len(gathered) > LARGEST_BODY:
            raise _too_large()
    return bytes(gathered)


def _too_large() -> CouldNotLook:
    return CouldNotLook(
        "The cluster's answer is far too large",
        f"More than {LARGEST_BODY // 2**20} MiB came back.",
        still_works=errors.UNTOUCHED,
        next_step="Check that the kubeconfig's server is a Kubernetes API server.",
    )
