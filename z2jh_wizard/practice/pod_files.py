"""The files that a container of the practice cluster sees: its disks, and scratch folders of its pod."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.command_files import Container
from z2jh_wizard.practice.meta import containers_of, init_containers_of, uid_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import PERSISTENT_VOLUME_CLAIMS
from z2jh_wizard.practice.volumes import ContainerFiles, Mount, folder_in

_SCRATCH = "/tmp"  # noqa: S108 - a path inside a pretended container
_FOLDER_MODE = 0o700
_WORKING_FOLDERS = {"hub": "/srv/jupyterhub", "notebook": "/home/jovyan"}


def scratch_root(state_folder: Path) -> Path:
    """Return the folder that holds what pods keep for themselves, by their uids."""
    return state_folder / "pods"


def forget_pod(state_folder: Path, uid: str) -> None:
    """Delete what a pod kept for itself."""
    folder = scratch_root(state_folder) / uid
    if uid and folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


def container_of(cluster: Cluster, state_folder: Path, pod: Object, name: str) -> Container:
    """Return where a command in a container runs; secrets and config maps are not among its files."""
    spec = next(c for c in [*containers_of(pod), *init_containers_of(pod)] if c["name"] == name)
    mounts = [Mount(PurePosixPath(_SCRATCH), _scratch(state_folder, pod, "tmp"))]
    for mount in spec.get("volumeMounts") or []:
        folder = _volume_folder(cluster, state_folder, pod, mount["name"])
        if folder is None:
            continue
        folder = folder_in(folder, mount.get("subPath") or "")
        path = PurePosixPath(mount["mountPath"].rstrip("/") or "/")
        mounts.append(Mount(path, folder, bool(mount.get("readOnly"))))
    working = spec.get("workingDir") or _WORKING_FOLDERS.get(name, "/")
    return Container(ContainerFiles(mounts), _environment(pod, spec), pod["metadata"]["name"], working)


def _volume_folder(cluster: Cluster, state_folder: Path, pod: Object, name: str) -> Path | None:
    volume: Object = next((v for v in pod["spec"].get("volumes") or [] if v["name"] == name), {})
    if "emptyDir" in volume:
        return _scratch(state_folder, pod, f"volume-{name}")
    claim_name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
    if not claim_name:
        return None
    claim = cluster.store.get(PERSISTENT_VOLUME_CLAIMS, pod["metadata"]["namespace"], claim_name)
    if claim is None or not claim["spec"].get("volumeName"):
        return None
    return cluster.volumes.ensure(claim["spec"]["volumeName"])


def _scratch(state_folder: Path, pod: Object, name: str) -> Path:
    folder = scratch_root(state_folder) / uid_of(pod) / name
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    return folder


def _environment(pod: Object, spec: Object) -> dict[str, str]:
    """Return the variables whose values are written in the pod; those from secrets are left out."""
    home = "/home/jovyan"
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOSTNAME": pod["metadata"]["name"], "HOME": home}
    plain = {v["name"]: str(v["value"]) for v in spec.get("env") or [] if v.get("value") is not None}
    return base | plain
