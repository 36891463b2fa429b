"""Which cluster and whose hub: what a set-up refuses to take over, and what a tear-down leaves alone."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

import pytest

from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.core.engine import look_at
from z2jh_wizard.core.errors import CouldNotLook, ExitCode
from z2jh_wizard.core.events import State
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import Danger, Finding, Line, Refusal, Resource
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.cluster import Namespace
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.setup import setup
from z2jh_wizard.flows.steps.claim import ClaimHub, why_nothing_is_ours
from z2jh_wizard.flows.steps.cluster import ClusterAnswers
from z2jh_wizard.flows.teardown import receipt_of, teardown
from z2jh_wizard.helm.releases import Judgement, Standing
from z2jh_wizard.kube.rows import ClaimRow, PodRow
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.render import receipt as receipts

HERE = "5b1f0c9e-here"
ELSEWHERE = "77e2a1d0-elsewhere"


@dataclass
class SmallCluster:
    """A cluster with one namespace at most; ``deleted`` lists what was deleted on it."""

    uid: str = HERE
    configured: bool = True
    found: Namespace | None = None
    homes: list[ClaimRow] = field(default_factory=list)
    others: list[ClaimRow] = field(default_factory=list)
    servers: list[PodRow] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def is_configured(self):
        return self.configured

    async def answers(self):
        return "v1.36.2"

    async def identity(self):
        return self.uid

    async def namespace(self, name):
        return self.found if self.found and self.found.name == name else None

    async def delete_namespace(self, name, uid):
        self.deleted.append(f"namespace {name}")
        self.found = None

    async def pods(self, namespace, selector=""):
        assert selector == "app=jupyterhub,component=singleuser-server,release=bio101"
        return self.servers

    async def home_claims(self, namespace, release):
        assert release == "bio101"
        return self.homes

    async def claims(self, namespace):
        return [*self.homes, *self.others]

    async def delete_claim(self, namespace, name, uid):
        self.deleted.append(f"disk {name}")
        self.homes = [home for home in self.homes if home.uid != uid]

    async def volumes(self):
        return []

    async def storage_classes(self):
        return ()


@dataclass
class SmallHelm:
    """Helm that knows one release; ``trouble`` is raised by an uninstallation."""

    cluster: SmallCluster
    standing: Standing = Standing.ABSENT
    trouble: Exception | None = None

    async def state(self):
        return Judgement(self.standing, "Revision 1."), {}

    def chart_version(self):
        return "1.0.0"

    async def uninstall(self):
        yield Line("uninstalling")
        if self.trouble:
            raise self.trouble
        self.standing = Standing.ABSENT
        self.cluster.deleted.append("release")


class NoProvider:
    """Somebody else's cluster, which is always reachable."""

    def steps(self):
        return []

    def reach(self):
        return []

    def resize_step(self, pool, nodes):
        raise AssertionError("nothing here resizes")

    def power_step(self, *, running):
        raise AssertionError("nothing here stops")

    async def credential(self):
        return {}

    def scanning(self):
        return ()

    async def scan(self):
        why = "the wizard did not make it"
        return Scan((Leftover(Resource("cluster", "campus"), "", "", None, False, why),))


@pytest.fixture
def cluster():
    return SmallCluster()


@pytest.fixture
def helm(cluster):
    return SmallHelm(cluster)


@pytest.fixture
def claim(project, cluster, helm):
    return ClaimHub(project, cluster, helm)


@pytest.fixture
def world(project, cluster, helm):
    return Adapters(project, NoProvider(), cluster, helm, FakeClock(), Redactor())


@pytest.fixture
def torn_down(project, world):
    """Play a tear-down; return its session and its receipt."""

    async def play():
        session = RunSession(
            project, "teardown", lambda _journal: teardown(world), clock=FakeClock(), redactor=Redactor()
        )
        await session.run()
        return session, receipt_of(session)

    return play


def namespace(project=None, name="bio101"):
    return Namespace(name, "uid-n", {OUR_LABEL: project.spec.project_id} if project else {}, False)


def disk(name):
    return ClaimRow(name=name, namespace="bio101", uid=f"uid-{name}")


async def work(step_work):
    return [happening async for happening in step_work]


# The claim


async def test_a_free_name_is_claimed_and_let_go_of(project, claim):
    assert (await claim.look()).finding is Finding.ABSENT
    await work(claim.run())
    assert open_project(project.folder).spec.cluster.uid == HERE
    assert (await claim.look()).finding is Finding.READY
    happened = await work(claim.undo())
    assert [type(one) for one in happened] == [Line]
    assert open_project(project.folder).spec.cluster.uid == ""
    assert claim.undo_danger is Danger.NONE


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.ABSENT])
async def test_a_hub_that_the_project_never_made_is_refused(claim, cluster, helm, standing):
    cluster.found, helm.standing = namespace(), standing
    look = await look_at(claim)
    assert look.finding is Finding.UNKNOWN
    assert look.problem
    assert look.problem.code is ExitCode.REFUSED
    assert "hub bio101 already in namespace bio101" in look.problem.title
    assert look.problem.still_works
    assert "z2jh.yaml" in look.problem.next_step


async def test_a_namespace_of_others_without_such_a_hub_is_fine(claim, cluster):
    cluster.found = namespace()
    assert (await claim.look()).finding is Finding.ABSENT


async def test_a_hub_in_a_namespace_with_our_label_is_ours_again(project, claim, cluster, helm):
    """An older copy of z2jh.yaml does not know the cluster; the label does know the project."""
    cluster.found, helm.standing = namespace(project), Standing.DEPLOYED
    assert (await claim.look()).finding is Finding.ABSENT
    assert await why_nothing_is_ours(project, cluster) == ""


async def test_a_claimed_hub_is_ready_without_asking_helm(project, claim, cluster, helm):
    cluster_identity.record(project, HERE)
    cluster.found, helm.standing = namespace(), Standing.DEPLOYED
    assert (await claim.look()).finding is Finding.READY


def test_the_claim_comes_right_after_the_cluster_is_known(world):
    ids = [step.id for step in setup(world).steps]
    assert ids[ids.index("cluster.answers") + 1] == "hub.claim"


# The cluster


async def test_asking_the_cluster_records_nothing(project, cluster):
    step = ClusterAnswers(project, cluster, ())
    assert (await step.look()).finding is Finding.READY
    assert open_project(project.folder).spec.cluster.uid == ""
    assert isinstance(step.run(), Refusal)


def test_by_hand_too_another_cluster_stops_the_script(project, cluster):
    """The commands of a runbook, with a kubectl that answers for one cluster."""

    def by_hand(uid):
        known = ClusterAnswers(open_project(project.folder), cluster, ()).commands()[-1].shell()
        script = f"set -eu\nkubectl() {{ printf %s {uid}; }}\n{known}\nprintf ' went on'"
        return subprocess.run(["sh"], input=script, capture_output=True, text=True, check=False).stdout

    assert by_hand(ELSEWHERE) == f"{ELSEWHERE} went on"
    cluster_identity.record(project, HERE)
    assert by_hand(HERE) == f"{HERE}\n went on"
    assert by_hand(ELSEWHERE) == ""


async def test_without_a_cluster_only_a_tear_down_is_content(project, cluster):
    cluster.configured = False
    look = await ClusterAnswers(project, cluster, (), may_be_gone=True).look()
    assert (look.finding, look.detail) == (Finding.READY, "there is no cluster")
    assert await why_nothing_is_ours(project, cluster) == "there is no cluster"


# The tear-down


async def test_on_another_cluster_a_tear_down_is_refused(project, cluster, helm, torn_down):
    cluster_identity.record(project, ELSEWHERE)
    cluster.found, helm.standing = namespace(project), Standing.DEPLOYED
    cluster.homes = [disk("claim-ada")]
    session, receipt = await torn_down()
    assert session.outcome.code is ExitCode.REFUSED
    assert "another cluster" in session.outcome.problem.title
    assert cluster.deleted == []
    assert (receipt.removed, receipt.complete, receipt.cost_left_month) == ([], False, None)


async def test_a_project_that_never_applied_removes_nothing(project, cluster, helm, torn_down):
    cluster.found, helm.standing = namespace(), Standing.DEPLOYED
    cluster.homes, cluster.others = [disk("claim-ada")], [disk("data")]
    session, receipt = await torn_down()
    assert session.outcome.code is ExitCode.DONE
    assert {event.state for event in session.events} == {State.ALREADY}
    assert cluster.deleted == []
    assert {left.name: left.reason for left in receipt.left} == {
        "cluster campus": "the wizard did not make it",
        "namespace bio101": "it was not made by this project",
        "disk bio101/claim-ada": "it belongs to a hub that this project did not make",
        "disk bio101/data": "it does not carry the labels of this hub's students",
    }


async def test_what_the_project_made_is_removed_and_the_claim_last(project, cluster, helm, torn_down):
    cluster_identity.record(project, HERE)
    cluster.found, helm.standing = namespace(project), Standing.DEPLOYED
    cluster.homes = [disk("claim-ada")]
    session, receipt = await torn_down()
    assert session.outcome.code is ExitCode.DONE
    assert cluster.deleted == ["release", "disk claim-ada", "namespace bio101"]
    done = [event.step for event in session.events if event.state is State.DONE]
    assert done[-1] == "remove.hub.claim"
    assert open_project(project.folder).spec.cluster.uid == ""
    assert receipt.complete
    assert len(receipt.removed) == 3
    again, _ = await torn_down()
    assert {event.state for event in again.events} == {State.ALREADY}


async def test_a_tear_down_that_fails_midway_keeps_the_claim_and_guesses_nothing(
    project, cluster, helm, torn_down
):
    cluster_identity.record(project, HERE)
    cluster.found, helm.standing = namespace(project), Standing.DEPLOYED
    helm.trouble = CouldNotLook("The cluster does not answer", "No route to host.")
    session, receipt = await torn_down()
    assert session.outcome.code is ExitCode.COULD_NOT_LOOK
    assert open_project(project.folder).spec.cluster.uid == HERE
    assert not receipt.complete
    assert receipt.left == []
    assert receipt.cost_left_month is None
    said = "\n".join(receipts.lines(receipt))
    assert "nothing was found" not in said
    assert "gone already" not in said
    assert "z2jh-wizard teardown --confirm bio101" in said


def test_letting_go_of_the_name_is_not_shown_as_deleting_data(world):
    dangers = {step.id: step.danger for step in teardown(world).steps}
    assert dangers["remove.hub.claim"] is Danger.NONE
    assert dangers["remove.hub.release"] is Danger.DELETES_DATA
