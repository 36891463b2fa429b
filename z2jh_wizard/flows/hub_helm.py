"""Helm bound to one hub: its release, namespace, kubeconfig and files."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from z2jh_wizard.core.engine import Clock, Journal
from z2jh_wizard.core.facts import HELM_TIMEOUT_MINUTES
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import Line
from z2jh_wizard.flows.charts import cached_chart, chart_source, local_chart, read_chart_yaml
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.orphans import RecordedChild, recorded_children
from z2jh_wizard.helm import records
from z2jh_wizard.helm.arguments import ChartSource, Target
from z2jh_wizard.helm.client import Helm
from z2jh_wizard.helm.command import HelmTool, find_helm
from z2jh_wizard.helm.releases import PENDING, Judgement, Revision, Status, judge, repair
from z2jh_wizard.helm.repository import check_digest
from z2jh_wizard.project.folder import Project
from z2jh_wizard.project.spec_file import parse_mapping
from z2jh_wizard.system.files import make_private_folder
from z2jh_wizard.system.processes import ProcessIdentity, is_alive

TIMEOUT = timedelta(minutes=HELM_TIMEOUT_MINUTES)

KUBE_VERSION = "1.36.0"
"""A Kubernetes that all known charts take, for rendering without a cluster."""

SLACK = timedelta(seconds=30)
"""How far the cluster's clock and ours may differ when a pending release is matched with its Helm."""


class FetchedChart(NamedTuple):
    """A chart that was downloaded; ``checked`` when its repository publishes the SHA-256 that it has."""

    path: Path
    checked: bool


class HubHelm:
    """What flows ask of Helm; the Helm program is searched once, when it is first needed."""

    def __init__(  # noqa: PLR0917  # the adapters of a project, which are made in one place
        self,
        project: Project,
        cluster: Cluster,
        redactor: Redactor,
        journal: Journal,
        clock: Clock,
        values: Path | None = None,
    ) -> None:
        """Bind Helm to a release; ``values`` is its one file where that is not the hub's own."""
        self._project = project
        self._values = values
        self._cluster = cluster
        self._redactor = redactor
        self._journal = journal
        self._clock = clock
        self._tool: HelmTool | None = None
        self._history: list[Revision] = []

    def beside(self, project: Project, values: Path) -> HubHelm:
        """Return Helm for another release on this cluster, as ``project`` says it, with its own values."""
        return HubHelm(project, self._cluster, self._redactor, self._journal, self._clock, values)

    async def tool(self) -> HelmTool:
        """Return the Helm to use; NeedsYou when there is none."""
        if self._tool is None:
            self._tool = await find_helm()
        return self._tool

    async def state(self) -> tuple[Judgement, Mapping[str, Any]]:
        """Return how the release stands and which values it was given."""
        if records.in_secrets():
            self._history, values = await self._cluster.release_records(
                self._project.spec.namespace, self._project.spec.release
            )
        else:
            helm = await self._helm()
            release = self._project.spec.release
            self._history, given = await asyncio.gather(helm.history(release), helm.get_values(release))
            values = given or {}
        return self._judge(), values

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """The revisions that ``state`` saw last, oldest first; of old ones, little but number and status."""
        return tuple(self._history)

    async def release_unfinished_first(self) -> bool:
        """Mark a first installation whose Helm was killed as failed; False when it is something else.

        Helm does the same when it is interrupted. A failed release can be upgraded, so nothing has to be
        uninstalled, and the hub's disk stays.
        """
        if len(self._history) != 1 or self._history[0].status is not Status.PENDING_INSTALL:
            return False
        if not records.in_secrets():
            return False
        spec = self._project.spec
        await self._cluster.fail_release_record(spec.namespace, spec.release, self._history[0].number)
        return True

    def local_chart(self) -> Path | None:
        """Return where the chart lies on this computer, None when it must be fetched first."""
        return local_chart(self._project.spec.chart)

    def chart_version(self) -> str:
        """Return the version of the chart that the release shall have."""
        where = self.local_chart()
        return str(read_chart_yaml(where).get("version", "")) if where else self._project.spec.chart.version

    async def fetch_chart(self) -> FetchedChart:
        """Download the chart into the cache, where only what is a chart, and the published one, arrives."""
        source = chart_source(self._project.spec.chart)
        cached = cached_chart(source)
        helm = await self._helm()
        folder = make_private_folder(cached.parent)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            packed = await helm.pull(source, Path(scratch))
            read_chart_yaml(packed)
            checked = await check_digest(packed, source)
            return FetchedChart(packed.replace(cached), checked)

    def install(self) -> AsyncGenerator[Line, None]:
        """Install or upgrade the release with the project's files, telling lines."""
        source, files = self._source(), self._values_files()
        release = self._project.spec.release
        return self._watched(lambda helm: helm.upgrade_install(release, source, files))

    async def mend(self) -> AsyncGenerator[Line, None]:
        """Mend a stuck release: roll it back to what worked last, or finish its removal."""
        release = self._project.spec.release
        how = repair(await (await self._helm()).history(release))
        async with aclosing(self._watched(lambda helm: helm.repair(release, how))) as lines:
            async for line in lines:
                yield line

    def roll_back(self, revision: int) -> AsyncGenerator[Line, None]:
        """Go back to an earlier revision, telling lines."""
        return self._watched(lambda helm: helm.rollback(self._project.spec.release, revision))

    def uninstall(self) -> AsyncGenerator[Line, None]:
        """Remove the release."""
        return self._watched(lambda helm: helm.uninstall(self._project.spec.release))

    async def render(self) -> str:
        """Return the manifest that would be applied; WizardError says what is wrong with the values.

        No cluster is asked: the chart is told of a new Kubernetes, as an old Helm believes in an old one.
        """
        helm = await self._helm()
        return await helm.template(
            self._project.spec.release, self._source(), self._values_files(), kube_version=KUBE_VERSION
        )

    async def default_values(self) -> dict[str, Any]:
        """Return the chart's own values, on top of which the project's are laid."""
        return parse_mapping(await (await self._helm()).show_values(self._source()), "values.yaml")

    async def schema(self) -> bytes | None:
        """Return the chart's values.schema.json, None if it ships none."""
        return await (await self._helm()).show_schema(self._source())

    def _source(self) -> ChartSource:
        where = self.local_chart()
        return ChartSource(str(where)) if where else chart_source(self._project.spec.chart)

    def _values_files(self) -> list[Path]:
        if self._values:
            return [self._values]
        return [path for path in (self._project.config, self._project.secrets) if path.exists()]

    async def _helm(self, on_start: Callable[[ProcessIdentity], None] | None = None) -> Helm:
        spec = self._project.spec
        return Helm(
            await self.tool(),
            Target(spec.namespace, self._project.kubeconfig),
            clean=self._redactor.clean,
            on_start=on_start,
        )

    async def _watched(
        self, work: Callable[[Helm], AsyncGenerator[Line, None]]
    ) -> AsyncGenerator[Line, None]:
        """Give out the lines of long work whose child stands in the journal from its start to its end.

        Whoever reads them has to close this generator (``aclosing``), or Helm is not interrupted in time.
        """
        started: list[ProcessIdentity] = []

        def remember(identity: ProcessIdentity) -> None:
            started.append(identity)
            self._journal.record("child", pid=identity.pid, started=identity.started, **self._names())

        helm = await self._helm(remember)
        try:
            async with aclosing(work(helm)) as lines:
                async for line in lines:
                    yield line
        finally:
            for identity in started:
                if not is_alive(identity):
                    self._journal.record("child-end", pid=identity.pid, started=identity.started)

    def _names(self) -> dict[str, str]:
        return {"release": self._project.spec.release, "namespace": self._project.spec.namespace}

    def _judge(self) -> Judgement:
        dead = self._helm_is_dead(self._history[-1]) if self._history else False
        return judge(self._history, now=self._clock.now(), timeout=TIMEOUT, helm_is_dead=dead)

    def _helm_is_dead(self, newest: Revision) -> bool:
        """Tell whether the Helm that made this pending revision is known to us and known to have ended."""
        if newest.status not in PENDING or newest.updated is None:
            return False
        children = [child for child in recorded_children(self._project) if self._is_for_us(child)]
        if not children:
            return False
        last = children[-1]
        began_it = last.began - SLACK <= newest.updated <= last.began + TIMEOUT
        return began_it and not is_alive(last.identity)

    def _is_for_us(self, child: RecordedChild) -> bool:
        return {"release": child.release, "namespace": child.namespace} == self._names()
