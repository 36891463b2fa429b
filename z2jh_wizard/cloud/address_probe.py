"""Questions to the network about a hub's address: what a name points to, which ports answer, and how.

Nothing is sent but the questions, and no redirect is followed. Each ends within LIMIT seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any, Final

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.kube.threads import in_thread
from z2jh_wizard.kube.tls import Trust, context_for
from z2jh_wizard.values.address_seen import Answer, Certificate, Knock, Lookup

LIMIT: Final = 5.0
"""Seconds that one question may take in all."""

_PIECE = 200
"""Characters of a text from outside that are kept."""

_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

Resolver = Callable[..., Sequence[Any]]
"""As ``socket.getaddrinfo``."""


class Network:
    """The network as this computer sees it; the ports and whom to trust differ in tests alone."""

    def __init__(
        self,
        *,
        resolver: Resolver = socket.getaddrinfo,
        ports: tuple[int, int] = (80, 443),
        authority: str = "",
        limit: float = LIMIT,
    ) -> None:
        self._resolver = resolver
        self._ports = dict(zip((80, 443), ports, strict=True))
        self._authority = authority
        self._limit = limit

    async def resolve(self, name: str) -> Lookup:
        """Return the addresses of a name; a dot at its end keeps the resolver from adding a domain."""

        def ask() -> Lookup:
            found = self._resolver(f"{name}.", None, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
            addresses = tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
            canonical = next((str(one[3]) for one in found if one[3]), "")
            return Lookup(name, addresses, plain(canonical.rstrip(".").lower(), _PIECE))

        try:
            return await asyncio.wait_for(in_thread(ask), self._limit)
        except socket.gaierror as error:
            return Lookup(name) if error.errno in _NO_SUCH_NAME else Lookup(name, trouble=_why(error))
        except (OSError, UnicodeError, asyncio.TimeoutError) as error:
            return Lookup(name, trouble=_why(error))

    async def knock(self, address: str, port: int) -> Knock:
        """Tell whether a port answers at an address."""
        try:
            await self._with_socket(address, port, lambda _open: None)
        except ConnectionRefusedError:
            return Knock(port, "refused")
        except (TimeoutError, asyncio.TimeoutError):
            return Knock(port, "silent")
        except (OSError, UnicodeError):
            return Knock(port, "unreachable")
        return Knock(port, "open")

    async def certificate(self, address: str, name: str) -> Certificate | str:
        """Return the certificate that is shown for a name at port 443, or why there is none to see."""

        def show(opened: socket.socket) -> bytes:
            assert isinstance(opened, ssl.SSLSocket)
            return opened.getpeercert(binary_form=True) or b""

        complaint = ""
        try:
            try:
                data = await self._with_socket(address, 443, show, name, Trust(self._authority))
            except ssl.SSLCertVerificationError as error:
                complaint = plain(error.verify_message or "it cannot be verified", _PIECE)
                data = await self._with_socket(address, 443, show, name, Trust(anybody=True))
            return _read(data, complaint)
        except (OSError, ValueError, asyncio.TimeoutError) as error:
            return _why(error)

    async def ask(self, address: str, name: str, path: str, *, secure: bool) -> Answer:
        """Return the answer to a GET, without its body; a certificate is judged elsewhere."""

        def get(opened: socket.socket) -> Answer:
            connection = http.client.HTTPConnection(name, timeout=self._limit)
            connection.sock = opened
            connection.request("GET", path, headers={"User-Agent": "z2jh-wizard", "Connection": "close"})
            response = connection.getresponse()
            return Answer(
                response.status,
                plain(response.getheader("Location") or "", 4 * _PIECE),
                plain(response.getheader("X-JupyterHub-Version") or "", 40),
            )

        trust = Trust(anybody=True) if secure else None
        try:
            answer: Answer = await self._with_socket(address, 443 if secure else 80, get, name, trust)
        except (OSError, ValueError, http.client.HTTPException, asyncio.TimeoutError) as error:
            return Answer(trouble=_why(error))
        return answer

    async def _with_socket(
        self,
        address: str,
        port: int,
        use: Callable[[socket.socket], Any],
        name: str = "",
        trust: Trust | None = None,
    ) -> Any:
        """Open a connection in a thread, with TLS where ``trust`` is given, use it and close it.

        A caller that leaves early breaks it off, so that no slow server holds the thread.
        """
        opened: list[socket.socket] = []

        def work() -> Any:
            with socket.create_connection((address, self._ports[port]), timeout=self._limit) as connection:
                opened.append(connection)
                if trust is None:
                    return use(connection)
                context = context_for(trust, "")
                with context.wrap_socket(
                    connection, server_hostname=name, do_handshake_on_connect=False
                ) as secure:
                    opened.append(secure)
                    secure.do_handshake()
                    return use(secure)

        def abort() -> None:
            for one in opened:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

        return await asyncio.wait_for(in_thread(work, abort), self._limit)


def _read(data: bytes, complaint: str) -> Certificate:
    """Return what a certificate says; ValueError for bytes that are none."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(data)
    names: list[str] = []
    try:
        names += found.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names += _texts(found.subject, NameOID.COMMON_NAME)
    issuer = [*_texts(found.issuer, NameOID.ORGANIZATION_NAME), *_texts(found.issuer, NameOID.COMMON_NAME)]
    return Certificate(
        plain(" ".join(issuer) or "an authority without a name", _PIECE),
        tuple(plain(one, _PIECE) for one in names[:20]),
        found.not_valid_after_utc,
        found.issuer == found.subject,
        complaint,
    )


def _texts(name: Any, what: Any) -> list[str]:
    return [str(one.value) for one in name.get_attributes_for_oid(what)]


def _why(error: BaseException) -> str:
    """Return in a few words what went wrong."""
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return f"no answer within {LIMIT:.0f} seconds"
    if isinstance(error, ssl.SSLError):
        return plain(f"no TLS is spoken there ({error.reason or 'broken off'})", _PIECE)
    said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return plain(str(said), _PIECE)
