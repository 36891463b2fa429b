"""The transport against servers that behave and that do not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading

import msgspec
import pytest

from tests.kube.samples import listing, pod
from tests.kube.server import Answer, Asked, ScriptedServer, as_json, failure
from tests.support.waiting import wait_until, wait_until_async
from z2jh_wizard.core.errors import CouldNotLook, ExitCode, WizardError
from z2jh_wizard.kube import blocking as blocking_module
from z2jh_wizard.kube import errors
from z2jh_wizard.kube.blocking import BlockingTransport, Request
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.credentials import Fixed, SignIn, bearer
from z2jh_wizard.kube.kinds import PODS
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.listing import Listing
from z2jh_wizard.kube.reading import list_rows
from z2jh_wizard.kube.transport import KubeTransport


class Renewing:
    """A credential whose token changes each time it is forgotten."""

    def __init__(self) -> None:
        self.number = 1

    def sign_in(self) -> SignIn:
        return SignIn(bearer(f"token-{self.number}"))

    def forget(self) -> None:
        self.number += 1


async def test_a_path_is_read_with_its_parameters_and_the_sign_in(server: ScriptedServer) -> None:
    server.script = lambda asked: Answer(b"pods")
    access = Access(
        f"{server.url}/k8s/clusters/c-1", credential=Fixed(SignIn(bearer("abc"))), headers={"X-One": "1"}
    )
    transport = KubeTransport(access)
    assert await transport.get("/api/v1/pods", {"labelSelector": "a=b,c"}) == b"pods"
    asked = server.asked[0]
    assert (asked.path, asked.params) == ("/k8s/clusters/c-1/api/v1/pods", {"labelSelector": "a=b,c"})
    assert asked.headers["authorization"] == "Bearer abc"
    assert asked.headers["x-one"] == "1"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["accept-encoding"] == "identity"


async def test_a_connection_is_kept_for_the_next_request(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: as_json({})
    for _ in range(5):
        await transport.get("/version")
    assert (len(server.asked), server.connections) == (5, 1)


async def test_writes_send_json_and_say_what_it_is(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: as_json({"ok": True}, 201)
    await transport.post("/a", {"x": 1}, {"dryRun": "All"})
    await transport.put("/b", {"y": [1]})
    await transport.patch("/c", [{"op": "remove", "path": "/x"}], kind="application/json-patch+json")
    await transport.patch("/c", {"z": None})
    await transport.delete("/d", {"preconditions": {"uid": "u"}})
    await transport.delete("/e")
    assert [(a.method, a.path) for a in server.asked] == [
        ("POST", "/a"), ("PUT", "/b"), ("PATCH", "/c"), ("PATCH", "/c"), ("DELETE", "/d"), ("DELETE", "/e"),
    ]  # fmt: skip
    assert [a.headers.get("content-type") for a in server.asked] == [
        "application/json", "application/json", "application/json-patch+json",
        "application/merge-patch+json", "application/json", None,
    ]  # fmt: skip
    assert server.asked[3].json == {"z": None}
    assert server.asked[5].body == b""


async def test_a_refused_credential_is_renewed_once(server: ScriptedServer) -> None:
    server.script = lambda asked: (
        as_json({}) if asked.headers["authorization"] == "Bearer token-2" else failure(401, "Unauthorized")
    )
    transport = KubeTransport(Access(server.url, credential=Renewing()))
    assert await transport.get("/version") == b"{}"
    assert len(server.asked) == 2


async def test_a_credential_that_stays_refused_is_told_and_not_tried_for_ever(server: ScriptedServer) -> None:
    server.script = lambda asked: failure(401, "Unauthorized")
    credential = Renewing()
    with pytest.raises(errors.Unauthorized) as caught:
        await KubeTransport(Access(server.url, credential=credential)).get("/version")
    assert len(server.asked) == 2
    assert "token-" not in str(caught.value)
    assert caught.value.problem.code == ExitCode.COULD_NOT_LOOK


@pytest.mark.parametrize(
    ("code", "reason", "message", "kind"),
    [
        (400, "BadRequest", "no", errors.Rejected),
        (403, "Forbidden", 'pods is forbidden: User "anna" cannot list', errors.Forbidden),
        (403, "Forbidden", "pods x is forbidden: exceeded quota: small, requested: pods=1", errors.OverQuota),
        (404, "NotFound", 'pods "x" not found', errors.NotFound),
        (409, "Conflict", "the object has been modified", errors.Conflict),
        (409, "AlreadyExists", 'namespaces "x" already exists', errors.AlreadyExists),
        (410, "Expired", "too old", errors.Expired),
        (422, "Invalid", "spec.replicas: Invalid value", errors.Rejected),
        (500, "InternalError", "etcd", errors.Busy),
        (503, "ServiceUnavailable", "starting", errors.Busy),
    ],
)
async def test_each_refusal_has_its_kind_and_the_servers_words(
    server: ScriptedServer,
    transport: KubeTransport,
    code: int,
    reason: str,
    message: str,
    kind: type[WizardError],
) -> None:
    server.script = lambda asked: failure(code, reason, message)
    with pytest.raises(kind) as caught:
        await transport.get("/x")
    assert type(caught.value) is kind
    assert message in str(caught.value)
    assert "GET /x" in str(caught.value)


async def test_a_login_page_is_no_answer(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(b"", 302, {"Location": "https://login.example.org"})
    with pytest.raises(errors.Rejected, match="302"):
        await transport.get("/x")


def test_hanging_up_cuts_the_pause_of_a_busy_cluster_short(
    server: ScriptedServer, blocking: BlockingTransport
) -> None:
    server.script = lambda asked: failure(429, "TooManyRequests")
    hang_up = HangUp()
    threading.Timer(0.1, hang_up.now).start()
    with pytest.raises(errors.PutOff):
        blocking.exchange(Request("GET", "/x"), hang_up=hang_up)
    assert len(server.asked) == 1


async def test_an_html_page_of_a_gateway_becomes_a_short_plain_sentence(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: Answer(b"<html>\x1b[31m Bad Gateway </html>" + b"x" * 9000, 502)
    with pytest.raises(errors.Busy) as caught:
        await transport.get("/x")
    assert "\x1b" not in str(caught.value)
    assert "Bad Gateway" in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert caught.value.transient


async def test_secrets_in_a_servers_message_are_hidden(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: failure(422, "Invalid", 'Invalid value: "client_secret: hunter2hunter2"')
    with pytest.raises(errors.Rejected) as caught:
        await transport.get("/x")
    assert "hunter2" not in str(caught.value)


async def test_a_write_that_fails_inside_the_cluster_is_unclear(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: failure(500, "InternalError")
    with pytest.raises(errors.Unclear) as caught:
        await transport.post("/x", {})
    assert caught.value.transient
    assert not isinstance(caught.value, CouldNotLook)


async def test_a_write_whose_answer_is_lost_is_unclear_and_not_repeated(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: Answer(b"{", end="reset")
    with pytest.raises(errors.Unclear):
        await transport.post("/x", {})
    assert len(server.asked) == 1


async def test_a_busy_cluster_is_asked_again_after_a_pause(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking_module, "BUSY_PAUSES", (0.001, 0.001))
    answers = iter([failure(429, "TooManyRequests"), failure(429, "TooManyRequests"), as_json({"a": 1})])
    server.script = lambda asked: next(answers)
    assert await transport.post("/x", {}) == b'{"a": 1}'
    server.script = lambda asked: failure(429, "TooManyRequests")
    with pytest.raises(errors.PutOff):
        await transport.get("/x")


@pytest.mark.parametrize("end", ["reset", "early"])
async def test_an_answer_that_breaks_off_is_never_taken_for_whole(
    server: ScriptedServer, transport: KubeTransport, end: str
) -> None:
    server.script = lambda asked: Answer(b'{"items": [', end=end)  # type: ignore[arg-type]
    with pytest.raises(errors.Unreachable, match="broke before the answer was complete"):
        await transport.get("/x")


@pytest.mark.parametrize("end", ["reset", "early"])
async def test_a_chunked_answer_that_breaks_off_is_never_taken_for_whole(
    server: ScriptedServer, transport: KubeTransport, end: str
) -> None:
    server.script = lambda asked: Answer(lines=[b'{"items": [', b"1,"], end=end)  # type: ignore[arg-type]
    with pytest.raises(errors.Unreachable):
        await transport.get("/x")


async def test_a_kept_connection_that_died_is_replaced(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: Answer(b"{}", headers={})
    await transport.get("/x")
    (_, connection), *_ = transport.blocking._idle
    connection.hang_up()
    assert await transport.get("/x") == b"{}"
    assert server.connections == 2


async def test_a_read_on_a_connection_that_dies_in_use_is_made_again(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    answers = iter([as_json({}), Answer(end="hang"), as_json({"again": 1})])
    server.script = lambda asked: next(answers)
    await transport.get("/x")
    task = asyncio.ensure_future(transport.get("/x"))
    await wait_until_async(lambda: len(server.asked) == 2)
    server.released.set()
    assert await task == b'{"again": 1}'


async def test_packed_answers_are_unpacked(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b"x" * 100_000
    packed = gzip.compress(body)
    monkeypatch.setattr(transport.blocking, "_encoding", "gzip")
    server.script = lambda asked: Answer(packed, headers={"Content-Encoding": "gzip"})
    assert await transport.get("/x") == body
    server.script = lambda asked: Answer(
        lines=[packed[:50], packed[50:]], headers={"Content-Encoding": "gzip"}
    )
    assert await transport.get("/x") == body
    assert server.asked[0].headers["accept-encoding"] == "gzip"
    assert server.connections == 1


@pytest.mark.parametrize("packed", [gzip.compress(b"x" * 5000)[:30], b"no gzip at all"], ids=["cut", "none"])
async def test_a_damaged_packed_answer_is_told(
    server: ScriptedServer, transport: KubeTransport, packed: bytes
) -> None:
    server.script = lambda asked: Answer(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.Unreachable):
        await transport.get("/x")


async def test_answers_without_end_are_cut(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking_module, "LARGEST_BODY", 1000)
    server.script = lambda asked: Answer(b"x" * 2000)
    with pytest.raises(CouldNotLook, match="far too large"):
        await transport.get("/x")
    server.script = lambda asked: Answer(lines=[b"x" * 600] * 4)
    with pytest.raises(CouldNotLook, match="far too large"):
        await transport.get("/x")
    bomb = gzip.compress(b"\0" * 1_000_000)
    server.script = lambda asked: Answer(lines=[bomb[:500]], headers={"Content-Encoding": "gzip"})
    with pytest.raises(CouldNotLook):
        await transport.get("/x")


async def test_nothing_listening_is_told_in_words(closed_port: str) -> None:
    with pytest.raises(errors.Unreachable, match="connection refused") as caught:
        await KubeTransport(Access(closed_port, context="class")).get("/version")
    assert "class" in caught.value.problem.title
    assert caught.value.transient


async def test_a_name_that_does_not_exist_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(errors.Unreachable, match="DNS") as caught:
        await KubeTransport(Access("https://gone.example.org")).get("/version")
    assert "gone.example.org" in caught.value.problem.title


async def test_a_black_hole_ends_by_the_limit(black_hole: str) -> None:
    with pytest.raises(errors.Unreachable, match="time limit"):
        await KubeTransport(Access(black_hole)).get("/version", limit=0.2)


async def test_the_loop_goes_on_while_a_server_is_silent(black_hole: str) -> None:
    task = asyncio.ensure_future(KubeTransport(Access(black_hole)).get("/version", limit=5))
    turns = 0
    for _ in range(100):
        await asyncio.sleep(0)
        turns += 1
    assert not task.done()
    assert turns == 100
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_request_ends_its_thread(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(end="hang")
    before = set(threading.enumerate())
    task = asyncio.ensure_future(transport.get("/x"))
    await wait_until_async(lambda: server.asked)
    worker = next(t for t in set(threading.enumerate()) - before if t.name == "kube")
    assert worker.daemon
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until_async(lambda: not worker.is_alive())


def test_hanging_up_before_the_connection_exists_counts(
    server: ScriptedServer, blocking: BlockingTransport
) -> None:
    server.script = lambda asked: as_json({})
    blocking.exchange(Request("GET", "/x"))
    hang_up = HangUp()
    hang_up.now()
    with pytest.raises(errors.Unreachable):
        blocking.exchange(Request("GET", "/x"), hang_up=hang_up)


def test_a_stream_gives_lines_whatever_the_chunks(
    server: ScriptedServer, blocking: BlockingTransport
) -> None:
    server.script = lambda asked: Answer(lines=[b"one\ntw", b"o", b"\nthree\n\nlast"])
    assert list(blocking.stream("/x", {})) == [b"one", b"two", b"three", b"", b"last"]
    server.script = lambda asked: as_json({})
    blocking.exchange(Request("GET", "/y"))
    assert server.connections == 1, "a stream that ended well gives its connection back"


def test_a_silent_stream_counts_as_broken(server: ScriptedServer, blocking: BlockingTransport) -> None:
    server.script = lambda asked: Answer(lines=[b"one\n"], end="hang")
    lines = iter(blocking.stream("/x", {}, silence=0.2))
    assert next(lines) == b"one"
    with pytest.raises(errors.Unreachable, match="time limit"):
        next(lines)


def test_a_stream_can_be_closed_from_another_thread(
    server: ScriptedServer, blocking: BlockingTransport
) -> None:
    server.script = lambda asked: Answer(lines=[b"one\n"], end="hang")
    stream = blocking.stream("/x", {})
    got: list[bytes] = []

    def read_each() -> None:
        try:
            for line in stream:
                got.append(line)
        except errors.Unreachable:
            got.append(b"broken off")

    thread = threading.Thread(target=read_each, daemon=True)
    thread.start()
    wait_until(lambda: got)
    stream.close()
    wait_until(lambda: not thread.is_alive())
    assert got == [b"one", b"broken off"]


def test_an_endless_line_is_not_kept(
    server: ScriptedServer, blocking: BlockingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking_module, "LARGEST_LINE", 1000)
    server.script = lambda asked: Answer(lines=[b"x" * 600] * 10)
    with pytest.raises(errors.Unreachable):
        list(blocking.stream("/x", {}))


@pytest.mark.parametrize("end", ["", "early"])
def test_a_refused_stream_says_why(server: ScriptedServer, blocking: BlockingTransport, end: str) -> None:
    answer = failure(403, "Forbidden", "not you")
    server.script = lambda asked: Answer(answer.body, 403, answer.headers, end=end)  # type: ignore[arg-type]
    with pytest.raises(errors.Forbidden):
        blocking.stream("/x", {})


async def test_several_requests_as_one_piece_of_work(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: Answer(asked.path.encode())
    work = lambda blocking, hang_up: [  # noqa: E731
        blocking.exchange(Request("GET", path), hang_up=hang_up).body for path in ("/a", "/b")
    ]
    assert await transport.call(work) == [b"/a", b"/b"]


async def test_pages_follow_each_other_and_restart_when_their_position_expires(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    pods = [pod(f"p{number}") for number in range(4)]

    def script(asked: Asked) -> Answer:
        if asked.params.get("continue") == "next":
            return failure(410, "Expired", "The provided continue parameter is too old")
        if "limit" in asked.params:
            return as_json(listing(pods[:2], rest="next"))
        return as_json(listing(pods))

    server.script = script
    seen = [
        (page.first, [item.metadata.name for item in page.items])
        async for page in transport.list_pages("/api/v1/pods", PODS.page_decoder, {"labelSelector": "a"})
    ]
    assert seen == [(True, ["p0", "p1"]), (True, ["p0", "p1", "p2", "p3"])]
    assert [asked.params.get("limit") for asked in server.asked] == ["500", "500", None]
    assert {asked.params["labelSelector"] for asked in server.asked} == {"a"}


async def test_a_list_that_is_expired_from_the_start_is_told(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    decoder = msgspec.json.Decoder(Listing[dict[str, str]])
    server.script = lambda asked: failure(410, "Expired")
    with pytest.raises(errors.Expired):
        async for _ in transport.list_pages("/api/v1/pods", decoder):
            pass


async def test_an_answer_that_is_not_kubernetes_is_told(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    server.script = lambda asked: Answer(b"<html>please log in to the campus network</html>")
    with pytest.raises(CouldNotLook, match="not the JSON"):
        await list_rows(transport, PODS)
