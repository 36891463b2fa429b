"""The setup flow: from nothing, or from wherever it stands, to a hub that answers."""

from __future__ import annotations

from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.cloud.eks.autoscaler import wants_one
from z2jh_wizard.core.step import Step
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.cloud_pages import CLOUDS
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.steps.autoscaler import InstallAutoscaler
from z2jh_wizard.flows.steps.chart import GetChart
from z2jh_wizard.flows.steps.check import CheckConfig
from z2jh_wizard.flows.steps.claim import ClaimHub
from z2jh_wizard.flows.steps.cluster import ClusterAnswers, FindTiller, NodesReady
from z2jh_wizard.flows.steps.files import MakeSecrets, WriteConfig
from z2jh_wizard.flows.steps.fit import FitCluster
from z2jh_wizard.flows.steps.namespace import MakeNamespace
from z2jh_wizard.flows.steps.place import KeepPlace
from z2jh_wizard.flows.steps.ready import PodsReady, PublicAddress
from z2jh_wizard.flows.steps.release import InstallRelease
from z2jh_wizard.flows.steps.rights import HasRights
from z2jh_wizard.flows.steps.route import MakeRoute
from z2jh_wizard.flows.steps.storage_class import MakeStorageClass
from z2jh_wizard.flows.steps.storage_proof import ProveStorage
from z2jh_wizard.flows.steps.tools import WhichHelm


def setup(world: Adapters) -> Flow:
    """Return the flow that makes a hub; run on a finished one, it upgrades what has changed."""
    project, clock = world.project, world.clock
    provider_steps = world.provider.steps()
    fitting: list[Step] = []
    proof: list[Step] = []
    door: list[Step] = []
    if project.spec.provider == "existing":
        fitting = [FitCluster(project, world.cluster, world.helm), HasRights(project, world.cluster)]
        proof = [ProveStorage(project, world.cluster, clock)]
        door = [MakeRoute(project, world.cluster, clock)]
    steps: list[Step] = [
        WhichHelm(world.helm),
        *([KeepPlace(project, provider_of)] if project.spec.provider in CLOUDS else []),
        *provider_steps,
        ClusterAnswers(project, world.cluster, tuple(step.id for step in provider_steps)),
        ClaimHub(project, world.cluster, world.helm),
        NodesReady(world.cluster, clock),
        FindTiller(world.cluster),
        *([InstallAutoscaler(world)] if wants_one(project.spec) else []),
        MakeNamespace(project, world.cluster, clock),
        WriteConfig(project),
        *fitting,
        MakeSecrets(project, world.redactor),
        MakeStorageClass(project, world.cluster),
        GetChart(project, world.helm),
        CheckConfig(project, world.helm),
        *proof,
        InstallRelease(project, world.helm),
        *door,
        PodsReady(project, world.cluster, clock),
        PublicAddress(project, world.cluster, clock),
    ]
    return Flow("setup", project, steps)
