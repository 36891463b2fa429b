"""Helm's operations on one target: quick questions as coroutines, long work as streams of lines."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.facts import HELM_TIMEOUT_MINUTES
from z2jh_wizard.core.step import Line
from z2jh_wizard.helm import arguments
from z2jh_wizard.helm.arguments import ChartSource, Target
from z2jh_wizard.helm.chart_files import SCHEMA, read_chart_file
from z2jh_wizard.helm.command import HelmTool
from z2jh_wizard.helm.explain import explain
from z2jh_wizard.helm.flags import ALL_STATES
from z2jh_wizard.helm.progress import ProgressReader
from z2jh_wizard.helm.releases import (
    Release,
    Repair,
    Revision,
    RollBack,
    read_history,
    read_list,
    read_status,
)
from z2jh_wizard.system.children import Captured, Exited, Output, Started, capture, stream

QUESTION_LIMIT = 30.0
"""Seconds for a question to the cluster; Helm itself waits for ever for one that never answers."""

FETCH_LIMIT = 180.0
"""Seconds for what may download a chart."""

HELM_TIMEOUT = HELM_TIMEOUT_MINUTES * 60
LAST_LINES = 400
"""Lines of stderr kept to explain a failure; the log gets all of them."""

_NOT_FOUND = "release: not found"
_Item = TypeVar("_Item")


def _leave(text: str) -> str:
    return text


def _ignore(_text: str) -> None:
    """Keep no log."""


@dataclass(frozen=True, slots=True)
class Helm:
    """One Helm aimed at one cluster and namespace.

    ``clean`` hides secrets in whatever Helm says, before anything else sees it; ``log`` gets every line of
    it; ``on_start`` learns which process does long work, so that it can be found again after a crash.
    What Helm prints on stdout while it works holds the settings with their secrets and is never passed on.
    """

    tool: HelmTool
    target: Target = field(default_factory=Target)
    clean: Callable[[str], str] = _leave
    log: Callable[[str], None] = _ignore
    on_start: Started | None = None

    async def version(self) -> str:
        """Return what this Helm says its version is."""
        return (await self._ask("version", "--short", where=())).strip()

    async def show_values(self, source: ChartSource) -> str:
        """Return the chart's default values, with its comments."""
        return await self._ask("show", "values", *source.words(), where=(), limit=FETCH_LIMIT)

    async def show_chart(self, source: ChartSource) -> str:
        """Return the chart's Chart.yaml."""
        return await self._ask("show", "chart", *source.words(), where=(), limit=FETCH_LIMIT)

    async def show_schema(self, source: ChartSource) -> bytes | None:
        """Return the chart's values.schema.json, None if it ships none; Helm cannot show it by itself."""
        if not source.repository and await asyncio.to_thread(os.path.exists, source.chart):
            return await asyncio.to_thread(read_chart_file, Path(source.chart), SCHEMA)
        with tempfile.TemporaryDirectory(prefix="z2jh-wizard-chart-") as folder:
            packed = await self.pull(source, Path(folder))
            return await asyncio.to_thread(read_chart_file, packed, SCHEMA)

    async def pull(self, source: ChartSource, folder: Path) -> Path:
        """Download the packaged chart into a folder and return its path."""
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=folder) as empty:
            await self._ask("pull", *source.words(), "--destination", empty, where=(), limit=FETCH_LIMIT)
            return await asyncio.to_thread(_take_out, Path(empty), folder)

    async def template(
        self,
        release: str,
        source: ChartSource,
        values: Sequence[Path] = (),
        *,
        show_only: Sequence[str] = (),
        kube_version: str = "",
    ) -> str:
        """Return the manifest that an installation would apply, rendered without the cluster.

        ``kube_version``: the Kubernetes that the chart shall believe in, else the one Helm was built for.
        """
        only = [word for name in show_only for word in ("--show-only", name)]
        only += ["--kube-version", kube_version] if kube_version else []
        words = (release, *source.words(), *arguments.value_files(values), *only)
        return await self._ask(
            "template", *words, where=Target(self.target.namespace).words(), limit=FETCH_LIMIT
        )

    async def status(self, release: str) -> Release | None:
        """Return how a release stands, None if there is none."""
        history = await self.history(release)
        answer = await self._look("status", release, "--output", "json") if history else None
        return None if answer is None else self._decode("status", lambda: read_status(answer, history))

    async def history(self, release: str) -> list[Revision]:
        """Return a release's revisions, oldest first; none if there is no such release."""
        answer = await self._look("history", release, "--output", "json")
        return [] if answer is None else self._decode("history", lambda: read_history(answer))

    async def get_values(self, release: str, *, revision: int | None = None) -> dict[str, Any] | None:
        """Return the settings that the user gave a release (secrets included), None if there is none."""
        of = () if revision is None else ("--revision", str(revision))
        answer = await self._look("get", "values", release, *of, "--output", "json")
        if answer is None:
            return None
        return self._decode("get", lambda: msgspec.json.decode(answer, type=dict[str, Any] | None)) or {}

    async def list_releases(self, *, all_namespaces: bool = False) -> list[Release]:
        """Return the releases in every state, in this namespace or in all."""
        everywhere = ("--all-namespaces",) if all_namespaces else ()
        states = ALL_STATES.for_version(self.tool.version)
        answer = await self._look("list", *states, *everywhere, "--output", "json")
        return self._decode("list", lambda: read_list(answer or b"[]"))

    def upgrade_install(
        self,
        release: str,
        source: ChartSource,
        values: Sequence[Path],
        *,
        timeout: int = HELM_TIMEOUT,
        force_conflicts: bool = False,
        roll_back_on_failure: bool = False,
        description: str = "",
        limit: float | None = None,
    ) -> AsyncGenerator[Line, None]:
        """Install or upgrade a release and wait until it runs, telling lines.

        ``timeout`` are Helm's seconds for each wait (hooks and the hub wait one after the other); ``limit``
        are ours for everything, after which Helm is interrupted, so that a cluster that went silent cannot
        hold it for ever.
        """
        words = arguments.upgrade_install(
            release,
            source,
            values,
            self.tool.version,
            timeout_seconds=timeout,
            force_conflicts=force_conflicts,
            roll_back_on_failure=roll_back_on_failure,
            description=description,
        )
        return self._work(words, limit or _patience(timeout))

    def rollback(
        self,
        release: str,
        revision: int,
        *,
        timeout: int = HELM_TIMEOUT,
        force_conflicts: bool = False,
        limit: float | None = None,
    ) -> AsyncGenerator[Line, None]:
        """Go back to a revision and wait until it runs, telling lines."""
        words = arguments.roll_back(
            release, revision, self.tool.version, timeout_seconds=timeout, force_conflicts=force_conflicts
        )
        return self._work(words, limit or _patience(timeout))

    async def uninstall(
        self, release: str, *, timeout: int = HELM_TIMEOUT, limit: float | None = None
    ) -> AsyncGenerator[Line, None]:
        """Remove a release with its history and wait until its objects are gone; fine if there is none."""
        words = arguments.uninstall(release, timeout_seconds=timeout)
        try:
            async with aclosing(self._work(words, limit or _patience(timeout), tell_stdout=True)) as lines:
                async for line in lines:
                    yield line
        except WizardError:
            if await self.history(release):
                raise
            yield Line(f"There is no release {release}.")

    def repair(self, release: str, how: Repair, *, timeout: int = HELM_TIMEOUT) -> AsyncGenerator[Line, None]:
        """Mend a stuck release in the way that ``releases.repair`` chose."""
        if isinstance(how, RollBack):
            return self.rollback(release, how.revision, timeout=timeout)
        return self.uninstall(release, timeout=timeout)

    def test(self, release: str, *, timeout: int = HELM_TIMEOUT) -> AsyncGenerator[Line, None]:
        """Run the chart's own tests of an installed release."""
        words = ("test", release, "--timeout", f"{timeout}s")
        return self._work(words, _patience(timeout), tell_stdout=True)

    async def _work(
        self, words: Sequence[str], limit: float, *, tell_stdout: bool = False
    ) -> AsyncGenerator[Line, None]:
        """Run a long operation; WizardError when it fails, or does not end within ``limit`` seconds.

        Closing the generator interrupts Helm and waits for its end; every generator around this one has to
        be closed by its user as well, for Python does not do that by itself in good time.
        """
        child = self.tool.command.child(*words, *self.target.words(), "--debug")
        reader = ProgressReader(deleting=words[0] == "uninstall")
        last: deque[str] = deque(maxlen=LAST_LINES)
        deadline = asyncio.get_running_loop().time() + limit
        async with aclosing(stream(child, self.on_start)) as outputs:
            while True:
                try:
                    output = await _next(outputs, deadline)
                except asyncio.TimeoutError:
                    raise _silent(words[0], limit) from None
                if isinstance(output, Exited):
                    break
                if told := self._take(output, reader, last, tell_stdout):
                    yield Line(told)
        if output.code:
            raise explain(words[0], output.code, "\n".join(last))

    def _take(
        self, output: Output, reader: ProgressReader, last: deque[str], tell_stdout: bool
    ) -> str | None:
        """Log one line of Helm and return what to tell about it."""
        if output.stream == "stdout":
            return self.clean(output.text).strip() if tell_stdout else None
        text = self.clean(output.text)
        self.log(text)
        last.append(text)
        return reader.read(text)

    async def _ask(
        self, *words: str, where: tuple[str, ...] | None = None, limit: float = QUESTION_LIMIT
    ) -> str:
        """Return what a question prints; WizardError when it fails or takes longer than ``limit`` seconds."""
        said = await self._capture(words, where, limit)
        if said.code:
            raise explain(words[0], said.code, self.clean(said.stderr))
        return said.stdout.decode("utf-8", "replace")

    async def _look(self, *words: str) -> bytes | None:
        """Return the answer about a release, None if Helm says that there is none."""
        said = await self._capture(words, None, QUESTION_LIMIT)
        if said.code and _NOT_FOUND in said.stderr:
            return None
        if said.code:
            raise explain(words[0], said.code, self.clean(said.stderr))
        return said.stdout

    async def _capture(self, words: tuple[str, ...], where: tuple[str, ...] | None, limit: float) -> Captured:
        child = self.tool.command.child(*words, *(self.target.words() if where is None else where))
        try:
            said = await asyncio.wait_for(capture(child, 2 * limit), limit)
        except asyncio.TimeoutError:
            raise _silent(words[0], limit) from None
        for line in said.stderr.splitlines():
            self.log(self.clean(line))
        return said

    def _decode(self, verb: str, read: Callable[[], _Item]) -> _Item:
        """Return a decoded answer; its text stays out of the error, as it may hold secrets."""
        try:
            return read()
        except (msgspec.MsgspecError, ValueError):
            raise CouldNotLook(
                f"helm {verb} gave no answer that can be read",
                f"Something else than Helm's JSON came from {self.tool.where}.",
                next_step="Run: z2jh-wizard doctor",
            ) from None


def _take_out(pulled: Path, folder: Path) -> Path:
    """Move the one packaged chart that was pulled into a folder of its own to where it is wanted."""
    packed = next(pulled.glob("*.tgz"), None)
    if packed is None:
        raise WizardError(
            "The chart was not downloaded",
            "helm pull ended well but left no file.",
            next_step="Use a chart in a file (.tgz).",
        )
    return packed.replace(folder / packed.name)


def _patience(timeout: int) -> float:
    """Return how long an operation may take: one wait for hooks, one for the hub, and a margin."""
    return 2.0 * timeout + 60


async def _next(outputs: AsyncIterator[Output | Exited], deadline: float) -> Output | Exited:
    """Return the next thing that a child says; TimeoutError when it comes after the deadline."""
    left = deadline - asyncio.get_running_loop().time()
    return await asyncio.wait_for(outputs.__anext__(), left)


def _silent(verb: str, limit: float) -> CouldNotLook:
    return CouldNotLook(
        f"helm {verb} did not come to an end",
        f"It was interrupted after {limit:.0f} seconds; most likely the cluster stopped answering.",
        still_works="A hub that runs goes on running.",
        next_step="Check the network and the cluster, then run the same command again.",
        transient=True,
    )
