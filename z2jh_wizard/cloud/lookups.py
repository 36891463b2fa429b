"""What public services say when asked: sign-in providers, image registries, chart repositories.

Nothing is sent but the question, no credentials; each question ends within LIMIT seconds. Facts: OpenID
Connect Discovery 1.0; the OCI distribution specification 1.1 with the token scheme of the Docker registry.
"""

from __future__ import annotations

import enum
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.kube.threads import in_thread
from z2jh_wizard.values import chart_index, oidc
from z2jh_wizard.values.images import Image, parse_image

LIMIT = 20.0
"""Seconds that one question may take in all."""

_CHUNK = 64 * 1024
_LARGEST_TOKEN = 64 * 1024
_MANIFESTS = ", ".join((
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
))  # fmt: skip


class Standing(enum.Enum):
    """What a registry says about an image."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """It could not be asked, or keeps the image from strangers: students' nodes may still get it."""


class ImageAnswer(msgspec.Struct, frozen=True):
    """Whether an image is in its registry, and a sentence on what was said."""

    standing: Standing
    sentence: str


class _Answer(msgspec.Struct, frozen=True):
    status: int
    headers: Message
    body: bytes


async def openid_endpoints(issuer: str) -> oidc.Endpoints:
    """Return a provider's endpoints; InvalidInput if it is unfit, CouldNotLook if it cannot be asked."""
    url = oidc.discovery_url(issuer)
    return oidc.read_configuration(await document(url, oidc.LARGEST), issuer)


async def offered_charts(repository: str, chart: str) -> tuple[chart_index.Offered, ...]:
    """Return the releases of a chart in a repository, the newest first; raises as above."""
    url = f"{repository.rstrip('/')}/index.yaml"
    data = await document(url, chart_index.LARGEST)
    return await in_thread(lambda: chart_index.read_index(data, chart))


async def image_answer(text: str) -> ImageAnswer:
    """Ask an image's registry for it as a stranger would; InvalidInput for what is no image."""
    image = parse_image(text)
    try:
        status = await in_thread(lambda: _manifest_status(image, time.monotonic() + LIMIT))
    except CouldNotLook as error:
        return ImageAnswer(Standing.UNKNOWN, error.problem.happened)
    if status == HTTPStatus.OK:
        return ImageAnswer(Standing.THERE, f"{image.registry} has it.")
    if status == HTTPStatus.NOT_FOUND:
        return ImageAnswer(Standing.MISSING, f"{image.registry} has no such image.")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ImageAnswer(Standing.UNKNOWN, f"{image.registry} does not tell strangers whether it has it.")
    return ImageAnswer(Standing.UNKNOWN, f"{image.registry} answers with HTTP {status}.")


async def document(url: str, largest: int) -> bytes:
    """Return what an address answers, of ``largest`` bytes at most; CouldNotLook if it does not."""
    answer = await in_thread(lambda: _ask(url, {}, largest, time.monotonic() + LIMIT))
    if answer.status != HTTPStatus.OK:
        raise _not_asked(url, f"it answers with HTTP {answer.status}")
    return answer.body


def _manifest_status(image: Image, until: float) -> int:
    """Return the HTTP status of an image's manifest, with the token that the registry gives to everybody."""
    scheme = "http" if _is_here(image.registry.partition(":")[0]) else "https"
    url = f"{scheme}://{image.registry}/v2/{image.repository}/manifests/{image.reference}"
    headers = {"Accept": _MANIFESTS}
    answer = _ask(url, headers, 0, until, method="HEAD")
    challenge = answer.headers.get("WWW-Authenticate", "")
    if answer.status != HTTPStatus.UNAUTHORIZED or not challenge.lower().startswith("bearer "):
        return answer.status
    token = _token(challenge, image, until)
    if not token:
        return answer.status
    return _ask(url, {**headers, "Authorization": f"Bearer {token}"}, 0, until, method="HEAD").status


def _token(challenge: str, image: Image, until: float) -> str:
    """Return the token that a registry's token service gives to strangers, empty when it gives none."""
    said = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge[len("bearer ") :]))
    query = {"scope": f"repository:{image.repository}:pull"}
    if "service" in said:
        query["service"] = said["service"]
    answer = _ask(f"{said.get('realm', '')}?{urlencode(query)}", {}, _LARGEST_TOKEN, until)
    try:
        given: Any = msgspec.json.decode(answer.body) if answer.status == HTTPStatus.OK else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    token = (given.get("token") or given.get("access_token")) if isinstance(given, dict) else None
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def _ask(url: str, headers: Mapping[str, str], largest: int, until: float, method: str = "GET") -> _Answer:
    """Return an answer of any status, its body up to ``largest`` bytes; CouldNotLook if none comes."""
    _check_address(url)
    request = urllib.request.Request(url, headers=dict(headers), method=method)  # noqa: S310  # checked just above
    try:
        with _opener().open(request, timeout=max(0.1, until - time.monotonic())) as response:
            return _Answer(response.status, response.headers, _body(response, url, largest, until))
    except urllib.error.HTTPError as error:
        with error:
            return _Answer(error.code, error.headers, b"")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _not_asked(url, _why_no_answer(error)) from error


_NO_ANSWER: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the network knows no computer of this name"),
    (ssl.SSLCertVerificationError, "its certificate is not one that this computer trusts"),
    (ssl.SSLError, "it does not speak HTTPS there"),
    (ConnectionRefusedError, "nothing answers there"),
    (TimeoutError, f"it does not answer within {LIMIT:.0f} seconds"),
    (ConnectionError, "it closed the connection without an answer"),
    (http.client.IncompleteRead, "its answer ends too early"),
    (http.client.HTTPException, "what answers there is no web server"),
)
"""What to say of each way to get no answer, the narrower kinds first."""


def _why_no_answer(error: BaseException) -> str:
    """Say why a server could not be asked; urllib wraps what happened in an error of its own."""
    cause = getattr(error, "reason", None)
    cause = cause if isinstance(cause, BaseException) else error
    words = next((words for kind, words in _NO_ANSWER if isinstance(cause, kind)), "")
    if isinstance(cause, ssl.SSLCertVerificationError):
        words = f"{words} ({cause.verify_message})" if cause.verify_message else words
    return plain(words or str(getattr(cause, "strerror", None) or cause), 200)


def _body(response: Any, url: str, largest: int, until: float) -> bytes:
    gathered = bytearray()
    while largest and (chunk := response.read(_CHUNK)):
        gathered += chunk
        if len(gathered) > largest:
            raise _not_asked(url, f"it sends more than {largest:,} bytes")
        if time.monotonic() > until:
            raise _not_asked(url, f"it takes longer than {LIMIT:.0f} seconds")
    if largest and response.length:  # what the server promised and did not send
        raise http.client.IncompleteRead(bytes(gathered), response.length)
    return bytes(gathered)


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows to https addresses only, and takes no token along to another host."""

    def redirect_request(  # noqa: PLR0917  # as urllib calls it
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Check where it leads before going there."""
        _check_address(newurl)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            request.remove_header("Authorization")
        return request


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_CheckedRedirects)


def _check_address(url: str) -> None:
    """Allow https, and http on this computer only."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host))):
        raise _not_asked(url, "it is no https address")


def _is_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _not_asked(url: str, why: str) -> CouldNotLook:
    shown = plain(url.partition("?")[0], 200)
    return CouldNotLook(
        "A look-up in the network failed",
        f"{shown} cannot be used: {why}.",
        still_works="Everything that needs no look-up.",
        next_step="Check the address and the network, then try again.",
        transient=True,
    )
