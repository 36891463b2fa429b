"""The cluster autoscaler of a cluster of EKS, as Helm is told it; pure.

EKS has none of its own: without it the bounds of a pool change nothing by themselves.
"""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.eks.desired import PURPOSE, SCALER, SYSTEM, place_of, pools_of
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Chart, Spec
from z2jh_wizard.core.step import Command

CHART = Chart(name=SCALER, version="9.59.0", repository="https://kubernetes.github.io/autoscaler")
"""The chart of the Kubernetes project; this version brings the autoscaler 1.35."""


def wants_one(spec: Spec) -> bool:
    """Tell whether a project wants its students' nodes to come and go by themselves."""
    if spec.provider != "eks":
        return False
    user = pools_of(spec)[USER]
    return (user.maximum or 0) > user.nodes


def values(spec: Spec) -> dict[str, Any]:
    """Return the settings: it finds the pools by the tags that EKS gives them, and runs beside the hub.

    The name of its service account is the one that the role belongs to.
    """
    place = place_of(spec)
    return {
        "autoDiscovery": {"clusterName": place.cluster},
        "awsRegion": place.region,
        "fullnameOverride": SCALER,
        "nodeSelector": {PURPOSE: CORE},
        "podLabels": {OUR_LABEL: spec.project_id},
        "rbac": {"serviceAccount": {"name": SCALER}},
    }


def installing(spec: Spec) -> tuple[Command, ...]:
    """Return the command that installs it."""
    place = place_of(spec)
    settings = (
        f"autoDiscovery.clusterName={place.cluster}",
        f"awsRegion={place.region}",
        f"fullnameOverride={SCALER}",
        f"nodeSelector.{PURPOSE.replace('.', chr(92) + '.')}={CORE}",
        f"podLabels.{OUR_LABEL}={spec.project_id}",
        f"rbac.serviceAccount.name={SCALER}",
    )
    words = ("helm", "upgrade", "--install", SCALER, CHART.name, "--repo", CHART.repository)
    where = ("--version", CHART.version, "--namespace", SYSTEM, "--kubeconfig", "kubeconfig", "--wait")
    return (Command((*words, *where, *(one for pair in settings for one in ("--set-string", pair)))),)


def uninstalling() -> tuple[Command, ...]:
    """Return the command that removes it."""
    where = ("--namespace", SYSTEM, "--kubeconfig", "kubeconfig", "--wait")
    return (Command(("helm", "uninstall", SCALER, *where)),)
