"""What a look round a cluster means for a hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.cluster_checks import Wants, checks, rights_wanted, takes, unreachable
from z2jh_wizard.cloud.cluster_features import POLICY_ENGINES, Sure, Trace, load_balancer, policy_engine
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.step import Finding
from z2jh_wizard.kube.probes import Right
from z2jh_wizard.kube.survey import Binding, Machine, PublicService, StorageClass, Survey

GOOD = Survey(
    "v1.36.2",
    frozenset({"apps", "cilium.io"}),
    nodes=(Machine("gce://p/z/n", "v1.36.2-gke.1"),),
    classes=(StorageClass("standard", "pd.csi.storage.gke.io", default=True, waits=True),),
    services=(),
    daemons=(),
    admins=(Binding("cluster-admin", ("Group system:masters",)),),
    tillers=(),
    namespace_there=True,
)
BLIND = Survey("v1.36.2", frozenset({"apps"}), missing=None)
WANTS = Wants("bio101", "Zero to JupyterHub 4.4.0", ">=1.28.0-0")


@dataclass
class World:
    """A cluster that is looked at again and again."""

    seen: Survey = GOOD

    async def look(self) -> tuple[Check, ...]:
        return checks(self.seen, WANTS, self.look)

    def checks(self, wants: Wants = WANTS) -> dict[str, Check]:
        return {one.id: one for one in checks(self.seen, wants, self.look)}


def said(seen: Survey, wants: Wants = WANTS) -> dict[str, Check]:
    return World(seen).checks(wants)


def with_(seen: Survey = GOOD, **changes: Any) -> Survey:
    return msgspec.structs.replace(seen, **changes)


def test_a_good_cluster_passes_every_check() -> None:
    found = said(GOOD)
    assert {one.verdict for one in found.values()} == {Verdict.OK}
    assert list(found) == [
        "cluster.reach",
        "cluster.version",
        "cluster.rights",
        "cluster.storage",
        "cluster.balancer",
        "cluster.policies",
    ]


def test_an_account_that_sees_little_is_no_failure() -> None:
    found = said(BLIND)
    assert {key for key, one in found.items() if one.verdict is Verdict.UNKNOWN} == {
        "cluster.rights",
        "cluster.storage",
        "cluster.balancer",
        "cluster.policies",
    }
    assert not any(one.verdict is Verdict.FAIL for one in found.values())


async def test_a_cluster_that_does_not_answer_is_one_check() -> None:
    world = World()
    problem = Problem("It does not answer", "No route.", next_step="Check your VPN.")
    (only,) = unreachable(problem, world.look)
    assert (only.verdict, only.sentence) == (Verdict.FAIL, "It does not answer. No route.")
    assert only.fix
    assert only.fix.how == "Check your VPN."
    assert (await only.fix.look()).finding is Finding.READY


@pytest.mark.parametrize(
    ("wanted", "version", "expected"),
    [
        (">=1.28.0-0", "v1.28.0", True),
        (">=1.28.0-0", "v1.28.3-gke.100", True),
        (">=1.28.0-0", "v1.27.16-eks-abc", False),
        (">=1.28", "v1.36.2+k3s1", True),
        (">= 1.23.0-0, < 1.30.0", "v1.29.9", True),
        (">=1.23.0 <1.30.0", "v1.30.0", False),
        ("~1.28", "v1.28.1", None),
        (">=1.28 || >=1.30", "v1.29.0", None),
        ("", "v1.28.1", None),
        (">=1.28", "unknown", None),
    ],
)
def test_the_versions_that_a_chart_takes(wanted: str, version: str, expected: bool | None) -> None:
    assert takes(wanted, version) is expected
    verdict = {True: Verdict.OK, False: Verdict.FAIL, None: Verdict.UNKNOWN}[expected]
    wants = msgspec.structs.replace(WANTS, kubernetes=wanted)
    assert said(with_(version=version), wants)["cluster.version"].verdict is verdict


def test_rights_are_asked_for_what_is_done() -> None:
    rights = rights_wanted(WANTS)
    assert Right("create", "secrets", namespace="bio101") in rights
    assert not any(right.resource == "clusterroles" for right in rights)
    more = rights_wanted(Wants("bio101", cluster_roles=True, priorities=True, makes_class=True))
    everywhere = {right.resource for right in more if not right.namespace}
    assert everywhere == {
        "clusterroles",
        "clusterrolebindings",
        "priorityclasses",
        "storageclasses",
        "namespaces",
    }


async def test_missing_rights_are_asked_of_an_administrator() -> None:
    missing = tuple(rights_wanted(WANTS)[:5])
    world = World(with_(missing=missing))
    check = world.checks()["cluster.rights"]
    assert check.verdict is Verdict.FAIL
    assert "list secrets in bio101" in check.sentence
    assert "and 2 more" in check.sentence
    assert check.fix
    assert "--clusterrole=admin --user=YOU --namespace bio101" in check.fix.commands()[0].shell()
    assert (await check.fix.look()).finding is Finding.ABSENT
    world.seen = GOOD
    assert (await check.fix.look()).finding is Finding.READY


def test_a_namespace_that_nobody_made() -> None:
    none = (Right("create", "namespaces"),)
    assert "cluster.namespace" not in said(with_(missing=none))
    check = said(with_(missing=none, namespace_there=False))["cluster.namespace"]
    assert check.verdict is Verdict.FAIL
    assert check.fix
    assert check.fix.commands()[0].shell() == "kubectl create namespace bio101"
    assert said(with_(namespace_there=False))["cluster.rights"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("classes", "wants", "verdict", "words"),
    [
        ((), {}, Verdict.FAIL, "Nothing there makes disks"),
        ((StorageClass("slow", "x"),), {}, Verdict.FAIL, "Name one in config.yaml: slow"),
        ((StorageClass("slow", "x"),), {"storage_class": "slow"}, Verdict.OK, "config.yaml names"),
        ((StorageClass("slow", "x"),), {"storage_class": "fast"}, Verdict.FAIL, "There are: slow"),
        ((), {"storage_class": "fast", "makes_class": True}, Verdict.OK, "The set-up makes it"),
    ],
)
def test_disks(
    classes: tuple[StorageClass, ...], wants: dict[str, Any], verdict: Verdict, words: str
) -> None:
    check = said(with_(classes=classes), msgspec.structs.replace(WANTS, **wants))["cluster.storage"]
    assert (check.verdict, words in check.sentence) == (verdict, True)
    assert "cluster.storage" not in said(GOOD, msgspec.structs.replace(WANTS, disks=False))


WAITING = PublicService("web", "shop", "LoadBalancer")
SERVED = PublicService("web", "shop", "LoadBalancer", has_address=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"services": (WAITING, SERVED)}, Sure.PROVED),
        ({}, Sure.LIKELY),
        ({"services": (WAITING,)}, Sure.NO),
        ({"nodes": (Machine("kind://docker/a/b", "v1.36.2"),)}, Sure.NO),
        ({"nodes": (Machine("k3s://a", "v1.36.2+k3s1"),)}, Sure.DOUBTFUL),
        ({"nodes": (Machine("", "v1.36.2"),)}, Sure.UNKNOWN),
        ({"nodes": (Machine("", "v1.36.2"),), "groups": frozenset({"metallb.io"})}, Sure.DOUBTFUL),
        ({"nodes": None, "services": None}, Sure.UNKNOWN),
    ],
)
def test_load_balancers(changes: dict[str, Any], expected: Sure) -> None:
    seen = with_(**changes)
    sure, why = load_balancer(seen)
    assert sure is expected
    assert why
    check = said(seen)["cluster.balancer"]
    assert (check.verdict is Verdict.OK) is (expected in (Sure.PROVED, Sure.LIKELY))
    assert ("Ingress" in check.sentence) is (check.verdict is not Verdict.OK)


@pytest.mark.parametrize("engine", POLICY_ENGINES, ids=lambda engine: engine.title)
def test_each_engine_is_known_by_each_of_its_traces(engine: Trace) -> None:
    bare = with_(groups=frozenset({"apps"}), nodes=(), daemons=())
    traces = [with_(bare, groups=frozenset({group})) for group in engine.groups]
    traces += [with_(bare, daemons=(name,)) for name in engine.daemons]
    if word := engine.kubelet:
        traces.append(with_(bare, nodes=(Machine("", f"v1.36.2{word}1"),)))
    assert traces
    assert [policy_engine(seen) for seen in traces] == [engine] * len(traces)
    expected = Verdict.WARN if engine.doubt else Verdict.OK
    assert {said(seen)["cluster.policies"].verdict for seen in traces} == {expected}


def test_a_cluster_that_enforces_nothing_says_what_that_means() -> None:
    check = said(with_(groups=frozenset({"apps"})))["cluster.policies"]
    assert check.verdict is Verdict.WARN
    assert "students' servers may reach" in check.sentence
    assert "cluster.policies" not in said(GOOD, msgspec.structs.replace(WANTS, policies=False))


def test_openshift() -> None:
    seen = with_(groups=frozenset({"security.openshift.io", "route.openshift.io"}))
    assert said(seen)["cluster.openshift"].verdict is Verdict.OK
    wants = msgspec.structs.replace(WANTS, fitted=False)
    assert said(seen, wants)["cluster.openshift"].verdict is Verdict.WARN
    assert "cluster.openshift" not in said(GOOD, wants)


async def test_what_old_guides_left_behind() -> None:
    container = {"name": "tiller", "image": "gcr.io/kubernetes-helm/tiller:v2.16.9"}
    deployment = {
        "metadata": {"name": "tiller-deploy", "namespace": "kube-system"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    world = World(
        with_(
            tillers=(deployment,),
            admins=(Binding("permissive-binding", ("User admin", "Group system:serviceaccounts")),),
            services=(PublicService("kubernetes-dashboard", "dash", "NodePort", is_dashboard=True),),
        )
    )
    found = world.checks()
    old = [found[key] for key in ("cluster.tiller", "cluster.admins", "cluster.dashboard")]
    assert [one.verdict for one in old] == [Verdict.WARN] * 3
    assert all(one.fix for one in old)
    assert [(await one.fix.look()).finding for one in old if one.fix] == [Finding.ABSENT] * 3
    assert found["cluster.admins"].fix
    command = found["cluster.admins"].fix.commands()[0]
    assert command.shell() == "kubectl delete clusterrolebinding permissive-binding"
    world.seen = GOOD
    assert [(await one.fix.look()).finding for one in old if one.fix] == [Finding.READY] * 3


def test_every_sentence_is_one() -> None:
    for seen in (GOOD, BLIND, with_(classes=(), services=(WAITING,), nodes=None)):
        for check in said(seen).values():
            assert check.sentence.endswith(".")
            assert check.sentence[0].isupper() or check.sentence[0] == "v"


def test_google_looks_after_the_nodes_of_autopilot() -> None:
    nodes = tuple(Machine(f"gce://p/z/gk3-bio-pool-{number}", "v1.36.2-gke.1") for number in (1, 2))
    privileged = msgspec.structs.replace(WANTS, privileged=True)
    seen = with_(nodes=nodes)
    told = said(seen, privileged)["cluster.autopilot"]
    assert told.verdict is Verdict.WARN
    assert "singleuser.cloudMetadata.blockWithIptables to false" in told.sentence
    assert said(seen)["cluster.autopilot"].verdict is Verdict.OK
    for others in ((), None, GOOD.nodes, (Machine("aws:///a/gk3-x", "v1"),), (*nodes, *(GOOD.nodes or ()))):
        assert "cluster.autopilot" not in said(with_(nodes=others), privileged)
