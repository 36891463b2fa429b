"""The cluster that a project has claimed a hub on; nothing else reads or writes it in ``z2jh.yaml``."""

from __future__ import annotations

from msgspec.structs import replace

from z2jh_wizard.project.folder import Project, open_project


def claimed(project: Project) -> str:
    """Return the UID of that cluster's kube-system namespace as z2jh.yaml has it now, else nothing."""
    return open_project(project.folder).spec.cluster.uid


def record(project: Project, uid: str) -> None:
    """Write down the cluster before anything is made on it."""
    _change(project, uid=uid)


def forget(project: Project) -> None:
    """Forget it: the hub is gone from it, or the cluster itself is."""
    record(project, "")


def place(project: Project) -> str:
    """Return where at a cloud the cluster was made as z2jh.yaml has it now, else nothing."""
    return open_project(project.folder).spec.cluster.resource


def record_place(project: Project, resource: str) -> None:
    """Write down where a cluster is about to be made; nothing forgets it."""
    _change(project, resource=resource)


def _change(project: Project, **fields: str) -> None:
    current = open_project(project.folder)
    current.with_spec(replace(current.spec, cluster=replace(current.spec.cluster, **fields)))
