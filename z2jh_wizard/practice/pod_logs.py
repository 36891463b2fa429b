"""Reading what a container wrote: the newest lines, since a moment, limited, followed.

The refusals are worded as the kubelet words them (validateContainerLogStatus).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from z2jh_wizard.practice import query, status
from z2jh_wizard.practice.backend import Backend
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.clock import rfc3339_micro
from z2jh_wizard.practice.containers import container_status, named_container
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.objects import Object, dig, parse_time

FOLLOW_SECONDS = 1.0
"""How often a followed log is looked at, while somebody follows it."""


@dataclass(frozen=True)
class LogOptions:
    """Which lines a client wants, and how."""

    since: datetime | None
    tail: int | None
    limit_bytes: int | None
    timestamps: bool

    def chosen(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        """Return the lines that are wanted of those that are there."""
        since = self.since
        if since is not None:
            lines = [line for line in lines if line.time >= since]
        return lines if self.tail is None else lines[max(0, len(lines) - self.tail) :]

    def text(self, lines: Sequence[LogLine]) -> bytes:
        """Write lines as the client wants them."""
        if self.timestamps:
            return "".join(f"{_stamp(line.time)} {line.text}\n" for line in lines).encode()
        return "".join(f"{line.text}\n" for line in lines).encode()


def read_options(call: Call) -> LogOptions:
    """Read the query of a log request; ApiError 422 for numbers and combinations that make no sense."""
    causes = []
    numbers: dict[str, int | None] = {}
    for name, least in (("tailLines", 0), ("sinceSeconds", 1), ("limitBytes", 1)):
        numbers[name] = found = query.integer(call.query, name)
        if found is not None and found < least:
            causes.append(status.invalid_value(name, found, f"must be greater than or equal to {least}"))
    since = None
    text = call.query.get("sinceTime", "")
    if text:
        since = parse_time(text)
        if since is None:
            raise status.bad_request(f"unable to decode query parameter sinceTime: {status.go_quote(text)}")
        if numbers["sinceSeconds"] is not None:
            causes.append(
                status.forbidden_value(
                    "sinceTime", "at most one of `sinceTime` or `sinceSeconds` may be specified"
                )
            )
    elif numbers["sinceSeconds"] is not None:
        since = call.store.now() - timedelta(seconds=numbers["sinceSeconds"])
    if causes:
        raise status.invalid("PodLogOptions", "", call.target.name, causes)
    return LogOptions(
        since, numbers["tailLines"], numbers["limitBytes"], query.flag(call.query, "timestamps")
    )


async def get_log(call: Call, backend: Backend) -> web.StreamResponse:
    """Answer with a container's log as plain text, and go on with it while it is followed."""
    pod = call.live()
    options = read_options(call)
    container = named_container(pod, call.query.get("container", ""))
    previous = query.flag(call.query, "previous")
    _check_started(pod, container, previous)
    lines = list(backend.pod_log(pod, container, previous) or ())
    response = web.StreamResponse(headers={"Content-Type": "text/plain; charset=utf-8"})
    if not query.flag(call.query, "follow") or previous:
        text = options.text(options.chosen(lines))
        return web.Response(body=text[: options.limit_bytes], headers=response.headers)
    response.enable_chunked_encoding()
    await response.prepare(call.request)
    follower = _Follower(call, backend, container, options)
    await follower.run(response, pod, lines)
    return response


class _Follower:
    """One client that follows one container's log until the container ends."""

    def __init__(self, call: Call, backend: Backend, container: str, options: LogOptions) -> None:
        self._call = call
        self._backend = backend
        self._container = container
        self._options = options
        self._left = options.limit_bytes

    async def run(self, response: web.StreamResponse, pod: Object, lines: Sequence[LogLine]) -> None:
        """Send the lines that are there, then each new one."""
        uid = pod["metadata"]["uid"]
        run = self._run_of(pod)
        last = lines[-1] if lines else None
        fresh = self._options.chosen(lines)
        while await self._send(response, fresh):
            placed = self._call.store.by_uid(uid)
            if placed is None:
                return
            ended = self._run_of(placed[1]) != run or self._has_ended(placed[1])
            if not ended:
                await asyncio.sleep(FOLLOW_SECONDS)
            lines = list(self._backend.pod_log(placed[1], self._container, False) or ())
            fresh = _after(lines, last)
            last = lines[-1] if lines else last
            if ended:
                await self._send(response, fresh)
                return

    async def _send(self, response: web.StreamResponse, lines: Sequence[LogLine]) -> bool:
        """Send lines; tells whether more may follow."""
        text = self._options.text(lines)
        if self._left is not None:
            text = text[: self._left]
            self._left -= len(text)
        if text:
            await response.write(text)
        return self._left is None or self._left > 0

    def _run_of(self, pod: Object) -> int:
        return int(container_status(pod, self._container).get("restartCount", 0))

    def _has_ended(self, pod: Object) -> bool:
        return "terminated" in (container_status(pod, self._container).get("state") or {})


def _after(lines: Sequence[LogLine], last: LogLine | None) -> Sequence[LogLine]:
    """Return the lines behind one that was sent already; all of them when that one is not there any more."""
    for position in range(len(lines) - 1, -1, -1):
        if lines[position] is last:
            return lines[position + 1 :]
    return lines


def _check_started(pod: Object, container: str, previous: bool) -> None:
    """Refuse to show the log of a container that has none yet; ApiError 400."""
    name = pod["metadata"]["name"]
    if not dig(pod, "spec", "nodeName"):
        raise status.bad_request(f"pod {name} does not have a host assigned")
    found = container_status(pod, container)
    state, ended_before = found.get("state") or {}, dig(found, "lastState", "terminated")
    if previous:
        if not ended_before:
            raise status.bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
        return
    if "running" in state or "terminated" in state or ended_before:
        return
    reason = dig(state, "waiting", "reason", default="ContainerCreating")
    why = {
        "ErrImagePull": "image can't be pulled",
        "ImagePullBackOff": "trying and failing to pull image",
    }.get(reason, reason)
    raise status.bad_request(f'container "{container}" in pod "{name}" is waiting to start: {why}')


def _stamp(moment: datetime) -> str:
    """Write a moment with nanoseconds, as container runtimes do."""
    return rfc3339_micro(moment).replace("Z", "000Z")
