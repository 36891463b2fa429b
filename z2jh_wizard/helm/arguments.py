"""The words after ``helm``, pure: the same for what runs and for what is shown to be typed instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from z2jh_wizard.helm.flags import FORCE_CONFLICTS, ROLL_BACK_ON_FAILURE, Version

HISTORY_MAX = 20
"""Revisions that Helm keeps of a release; each is one Secret."""


@dataclass(frozen=True, slots=True)
class ChartSource:
    """Where a chart comes from: a path, an ``oci://`` address, or a name in a repository by address."""

    chart: str
    repository: str = ""
    version: str = ""

    def words(self) -> tuple[str, ...]:
        """Return the chart and what says where and which."""
        return (self.chart, *_pair("--repo", self.repository), *_pair("--version", self.version))


@dataclass(frozen=True, slots=True)
class Target:
    """The cluster and namespace that Helm works in; empty parts are left to Helm's own defaults."""

    namespace: str = ""
    kubeconfig: Path | None = None
    context: str = ""

    def words(self) -> tuple[str, ...]:
        """Return the flags that name them."""
        return (
            *_pair("--namespace", self.namespace),
            *_pair("--kubeconfig", str(self.kubeconfig or "")),
            *_pair("--kube-context", self.context),
        )


def upgrade_install(
    release: str,
    source: ChartSource,
    values: Sequence[Path],
    version: Version,
    *,
    timeout_seconds: int,
    force_conflicts: bool = False,
    roll_back_on_failure: bool = False,
    description: str = "",
) -> tuple[str, ...]:
    """Return how to install or upgrade a release so that exactly these values files hold.

    Without ``--reset-values`` Helm silently keeps the settings of the last upgrade when no file is given.
    """
    return (
        "upgrade", "--install", "--cleanup-on-fail", release, *source.words(), "--reset-values",
        *value_files(values),
        "--wait", "--timeout", f"{timeout_seconds}s", "--history-max", str(HISTORY_MAX),
        *(FORCE_CONFLICTS.for_version(version) if force_conflicts else ()),
        *(ROLL_BACK_ON_FAILURE.for_version(version) if roll_back_on_failure else ()),
        *_pair("--description", description),
    )  # fmt: skip


def roll_back(
    release: str, revision: int, version: Version, *, timeout_seconds: int, force_conflicts: bool = False
) -> tuple[str, ...]:
    """Return how to go back to a revision."""
    return (
        "rollback", release, str(revision), "--cleanup-on-fail", "--wait", "--timeout", f"{timeout_seconds}s",
        "--history-max", str(HISTORY_MAX),
        *(FORCE_CONFLICTS.for_version(version) if force_conflicts else ()),
    )  # fmt: skip


def uninstall(release: str, *, timeout_seconds: int) -> tuple[str, ...]:
    """Return how to remove a release and its history, waiting until its objects are gone."""
    return ("uninstall", release, "--wait", "--timeout", f"{timeout_seconds}s")


def value_files(values: Sequence[Path]) -> tuple[str, ...]:
    """Return the values files as flags, a later one winning over an earlier one."""
    return tuple(word for path in values for word in ("--values", str(path)))


def _pair(flag: str, value: str) -> tuple[str, ...]:
    return (flag, value) if value else ()
