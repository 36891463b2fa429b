"""Commands in pods over a WebSocket, in the protocol that kubectl and the Python client speak.

Protocol: k8s.io/apimachinery, pkg/util/remotecommand/constants.go. The first byte of each message is its
channel; version 5 adds a message that closes one channel, so that a command sees the end of its input.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath

from aiohttp import WSMsgType, web

from z2jh_wizard.practice import media, query, status
from z2jh_wizard.practice.backend import Backend
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.commands import ExecResult
from z2jh_wizard.practice.containers import container_status, named_container
from z2jh_wizard.practice.objects import Object, dig

VERSION_5 = "v5.channel.k8s.io"
VERSION_4 = "v4.channel.k8s.io"

STDIN, STDOUT, STDERR, ERROR = 0, 1, 2, 3
CLOSE = 255

LARGEST_INPUT = 256 * 1024 * 1024
LARGEST_MESSAGE = 32 * 1024
LARGEST_RECEIVED = 4 * 1024 * 1024

_TOO_MUCH = f"the practice cluster takes at most {LARGEST_INPUT // 2**20} MiB of input\n".encode()

_READS_STDIN = frozenset({"cat", "sha256sum", "tar"})
"""Commands that wait for the end of their input; the others run at once, even with a terminal attached."""


async def exec_in_pod(call: Call, backend: Backend) -> web.StreamResponse:
    """Run a command in a pod and stream what it writes; answers HTTP errors before the upgrade."""
    argv = call.request.query.getall("command", [])
    if not argv:
        raise status.bad_request("you must specify at least 1 command for the container")
    pod = call.live()
    container = named_container(pod, call.query.get("container", ""))
    _check_running(pod, container)
    socket = web.WebSocketResponse(protocols=(VERSION_5, VERSION_4), max_msg_size=LARGEST_RECEIVED)
    if not socket.can_prepare(call.request):
        raise status.bad_request("a WebSocket is needed to run a command: Upgrade: websocket")
    await socket.prepare(call.request)
    stdin: bytes | None = b""
    if query.flag(call.query, "stdin") and PurePosixPath(argv[0]).name in _READS_STDIN:
        stdin = await _read_stdin(socket)
    if stdin is None:
        result = ExecResult(stderr=_TOO_MUCH, code=1)
    else:
        result = await asyncio.to_thread(backend.run_in_pod, pod, container, argv, stdin)
    await _send(socket, call, result)
    await socket.close()
    return socket


def _check_running(pod: Object, container: str) -> None:
    name = pod["metadata"]["name"]
    if not dig(pod, "spec", "nodeName"):
        raise status.bad_request(f"pod {name} does not have a host assigned")
    if "running" not in (container_status(pod, container).get("state") or {}):
        raise status.internal(f'unable to upgrade connection: container not found ("{container}")')


async def _read_stdin(socket: web.WebSocketResponse) -> bytes | None:
    """Gather a command's input until the client closes it, or leaves; None when it is too much."""
    gathered = bytearray()
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            data = message.data.encode()
        elif message.type is WSMsgType.BINARY:
            data = message.data
        else:
            break
        if not data:
            continue
        if data[0] == CLOSE and data[1:2] == bytes([STDIN]):
            break
        if data[0] == STDIN:
            gathered += data[1:]
        if len(gathered) > LARGEST_INPUT:
            return None
    return bytes(gathered)


async def _send(socket: web.WebSocketResponse, call: Call, result: ExecResult) -> None:
    """Send what a command wrote, then how it ended."""
    has_terminal = query.flag(call.query, "tty")
    for channel, asked, data in (
        (STDOUT, query.flag(call.query, "stdout"), result.stdout),
        # With a terminal, both outputs are one.
        (STDOUT if has_terminal else STDERR, has_terminal or query.flag(call.query, "stderr"), result.stderr),
    ):
        if asked:
            for start in range(0, len(data), LARGEST_MESSAGE):
                await socket.send_bytes(bytes([channel]) + data[start : start + LARGEST_MESSAGE])
    await socket.send_bytes(bytes([ERROR]) + media.encode(exit_status(result.code)))


def exit_status(code: int) -> Object:
    """Return how the API tells a command's exit code."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }
