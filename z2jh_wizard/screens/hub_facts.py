"""The state of a hub as lines of text: numbers from the live store, the rest from the last look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from z2jh_wizard.core.redaction import plain

if TYPE_CHECKING:
    from z2jh_wizard.core.report import ProblemReport, StatusReport
    from z2jh_wizard.kube.live import LiveStore

STUDENT = "singleuser-server"
"""The component of a student's server, as KubeSpawner labels it."""

PROBLEM_LIMIT = 400
"""Characters of one problem; F2 on the pod and diagnose have the rest."""


def problem_line(one: ProblemReport) -> str:
    """Return a problem as one line with what to do next."""
    about = one.summary if one.object in one.summary else f"{one.object}: {one.summary}"
    return plain(f"! {about.rstrip('.')}. Next: {one.next}", PROBLEM_LIMIT)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many nodes and pods there are and are ready, and how many students have a server."""

    nodes_ready: int
    nodes: int
    pods_ready: int
    pods: int
    students: int

    @classmethod
    def of_store(cls, store: LiveStore) -> Counts | None:
        """Count what a live store shows; None while it has not seen both pods and nodes."""
        from z2jh_wizard.kube.kinds import NODES, PODS

        pods, nodes = store.pane(PODS), store.pane(NODES)
        if pods.seen is None or nodes.seen is None:
            return None
        return cls(
            sum(node.ready for node in nodes.rows.values()),
            len(nodes.rows),
            sum(pod.is_ready for pod in pods.rows.values()),
            len(pods.rows),
            sum(pod.component == STUDENT for pod in pods.rows.values()),
        )

    @classmethod
    def of_report(cls, report: StatusReport) -> Counts:
        """Count what a report lists."""
        return cls(
            sum(node.ready for node in report.nodes),
            len(report.nodes),
            sum(pod.ready for pod in report.pods),
            len(report.pods),
            report.students,
        )


def facts(report: StatusReport, counts: Counts, stale: str) -> str:
    """Return address, release, nodes, pods, students and cluster as lines; ``stale`` comes first."""
    release = report.release
    if release.state == "absent":
        hub = "not installed yet: Set up shows the plan first"
    else:
        revision = f"revision {release.revision}" if release.revision else ""
        why = f": {release.why}" if release.why and release.state != "deployed" else ""
        hub = ", ".join(filter(None, (release.state, revision, release.chart))) + why
    nodes = f"{counts.nodes_ready} of {counts.nodes} ready" if counts.nodes else "none yet"
    pods = f"{counts.pods_ready} of {counts.pods} ready"
    lines = [
        f"Address   {report.url or 'none yet'}",
        f"Release   {hub}",
        f"Nodes     {nodes:<16} Pods  {pods:<18} Students  {counts.students}",
    ]
    if report.cluster:
        lines.append(f"Cluster   {report.cluster}")
    return "\n".join([stale, *lines] if stale else lines)
