"""The cluster that a project has claimed a hub on; nothing else reads or writes it in ``z2jh.yaml``."""

from __future__ import annotations

import msgspec

from z2jh_wizard.project.folder import Project, open_project


def claimed(project: Project) -> str:
    """Return the UID of that cluster's kube-system namespace as z2jh.yaml has it now, else nothing."""
    return open_project(project.folder).spec.cluster.uid


def record(project: Project, uid: str) -> None:
    """Write down the cluster before anything is made on it."""
    current = open_project(project.folder)
    cluster = msgspec.structs.replace(current.spec.cluster, uid=uid)
    current.with_spec(msgspec.structs.replace(current.spec, cluster=cluster))


def forget(project: Project) -> None:
    """Forget it: the hub is gone from it, or the cluster itself is."""
    record(project, "")
