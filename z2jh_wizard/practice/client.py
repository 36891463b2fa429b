"""The practice cluster of a project, seen from outside: start it, find it, stop it, play with it."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import z2jh_wizard
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, WizardError
from z2jh_wizard.practice.server_info import CA_FILE, ServerInfo, read_info
from z2jh_wizard.practice.token import TOKEN_FILE, token
from z2jh_wizard.system.children import start_detached
from z2jh_wizard.system.files import make_private_folder
from z2jh_wizard.system.processes import ProcessIdentity, is_alive, signal_process

LOG_FILE = "server.log"
NAME = "practice"

START_SECONDS = 30.0
STOP_SECONDS = 15.0
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1
_LOG_TAIL = 1_500

Server = ServerInfo


async def start(
    state_dir: Path, *, speed: float | None = None, nodes: int | None = None, python: str = sys.executable
) -> Server:
    """Return the practice cluster of a state folder, started if it does not run; WizardError if it cannot."""
    found = await find(state_dir)
    if found:
        return found
    options = [f"--speed={speed}"] if speed is not None else []
    options += [f"--nodes={nodes}"] if nodes is not None else []
    _launch(state_dir, [python, "-m", "z2jh_wizard.practice"], options)
    clock = asyncio.get_running_loop().time
    end = clock() + START_SECONDS
    while clock() < end:
        await asyncio.sleep(POLL_SECONDS)
        found = await find(state_dir)
        if found:
            return found
    log_path = state_dir / LOG_FILE
    raise WizardError(
        "The practice cluster did not start",
        f"It did not answer within {START_SECONDS:.0f} seconds. The end of its log:\n{_tail(log_path)}",
        still_works="Nothing outside this computer was touched.",
        next_step=f"Read {log_path}, then run: z2jh-wizard practice start",
    )


def _launch(state_dir: Path, program: list[str], options: list[str]) -> None:
    """Start the background process, from the same source as this one, wherever that is."""
    state_dir = state_dir.absolute()
    make_private_folder(state_dir)
    source = str(Path(z2jh_wizard.__file__).resolve().parent.parent)
    path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    start_detached(
        [*program, "--state", str(state_dir), *options],
        cwd=Path(state_dir.anchor),
        log_path=state_dir / LOG_FILE,
        environment={"PYTHONPATH": path},
    )


async def find(state_dir: Path) -> Server | None:
    """Return the practice cluster of a state folder if exactly that one runs and answers, else None."""
    info = read_info(state_dir)
    if info is None or not is_alive(ProcessIdentity(info.pid, info.started)):
        return None
    try:
        await _request(info, "GET", "requests?limit=0")
    except WizardError:
        return None
    return info


async def stop(state_dir: Path) -> None:
    """End the practice cluster of a state folder, with all of its state saved; nothing to do if none runs."""
    info = read_info(state_dir)
    if info is None:
        return
    process = ProcessIdentity(info.pid, info.started)
    clock = asyncio.get_running_loop().time
    for number, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        signal_process(process, number)
        end = clock() + patience
        while clock() < end:
            if not is_alive(process):
                return
            await asyncio.sleep(POLL_SECONDS)
    raise WizardError("The practice cluster did not stop", f"Process {info.pid} is still there.")


async def control(state_dir: Path, action: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Play with the practice cluster: students, faults, pools, speed; CouldNotLook if it does not run.

    InvalidInput, in one sentence, for what it cannot do.
    """
    info = read_info(state_dir)
    if info is None or not is_alive(ProcessIdentity(info.pid, info.started)):
        raise CouldNotLook(
            "The practice cluster is not running",
            f"No process serves {state_dir}.",
            next_step="Run: z2jh-wizard practice start",
        )
    return await _request(info, "POST", action, body or {})


async def requests(state_dir: Path, limit: int = 100) -> list[dict[str, Any]]:
    """Return the newest API requests, the newest last; empty when the cluster does not run."""
    info = await find(state_dir)
    if info is None:
        return []
    answer = await _request(info, "GET", f"requests?limit={limit}")
    entries: list[dict[str, Any]] = answer["requests"]
    return entries


def credentials(state_dir: Path) -> dict[str, Any]:
    """Return the ExecCredential that a kubeconfig's exec plugin prints."""
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token(state_dir)},
    }


def kubeconfig(
    state_dir: Path, server_url: str, *, name: str = NAME, user: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a kubeconfig for the practice cluster; without ``user`` it names the file with the token."""
    authority = base64.b64encode((state_dir / CA_FILE).read_bytes()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": server_url, "certificate-authority-data": authority}}
        ],
        "users": [
            {"name": name, "user": dict(user or {"tokenFile": str((state_dir / TOKEN_FILE).absolute())})}
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }


async def _request(
    info: Server, method: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Ask the control API; CouldNotLook when nobody answers, InvalidInput when the answer is a refusal."""
    import aiohttp

    try:
        headers = {"Authorization": f"Bearer {info.token()}"}
        context = ssl.create_default_context(cafile=info.ca_file)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        url = f"{info.url}/practice/v1/{path}"
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.request(method, url, json=body, headers=headers, ssl=context) as response,
        ):
            answer: dict[str, Any] = await response.json()
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
        raise CouldNotLook(
            "The practice cluster does not answer",
            f"{info.url}: {type(error).__name__}.",
            still_works="Its state is on disk.",
            next_step="Run: z2jh-wizard practice start",
        ) from error
    if response.status >= 400:
        raise InvalidInput("The practice cluster cannot do that", str(answer.get("message", "")))
    return answer


def _tail(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")[-_LOG_TAIL:].strip() or "(empty)"
    except OSError:
        return "(none)"
