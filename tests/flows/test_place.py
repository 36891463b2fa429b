"""Where a cluster was made is kept: no second one elsewhere, and no tear-down that looks elsewhere."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from z2jh_wizard.core.engine import look_at
from z2jh_wizard.core.errors import CouldNotLook, Refused
from z2jh_wizard.core.step import Finding, Look, Refusal, Step
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.steps.place import KeepPlace, SamePlace
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import SPEC, open_project

HERE, ELSEWHERE = "us-central1-b", "europe-west1-b"


class Made(Step):
    """Something that costs money, where it is."""

    id = "cluster.create"
    title = "Make the cluster"
    undoable = True

    def __init__(self, finding):
        self._finding = finding

    async def look(self):
        if self._finding is Finding.UNKNOWN:
            raise CouldNotLook("Nobody is signed in", "")
        return Look(self._finding, "")

    def commands(self):
        return ()

    def run(self):
        return Refusal("nothing is made here")


class Clouds:
    """What is at each place."""

    def __init__(self, **found):
        self.found = found

    def __call__(self, project):
        steps = [Made(self.found.get(project.spec.region.replace("-", "_"), Finding.ABSENT))]
        return type("Provider", (), {"steps": lambda _self: steps})()


@pytest.fixture
def project(tmp_path):
    answers = {**default_answers("gke"), "account": "example.com:bio", "region": HERE, "release": "bio101"}
    return new_project(tmp_path / "hub", answers)


def moved(project):
    """Return the project after somebody wrote another region into z2jh.yaml."""
    spec = replace(open_project(project.folder).spec, region=ELSEWHERE)
    (project.folder / SPEC).write_bytes(spec_file.dump(spec))
    return open_project(project.folder)


async def noted(project, clouds):
    async for _ in KeepPlace(project, clouds).run():
        pass


async def test_the_place_is_noted_once(project):
    clouds = Clouds()
    assert (await KeepPlace(project, clouds).look()).finding is Finding.ABSENT
    await noted(project, clouds)
    assert open_project(project.folder).spec.cluster.resource == "example.com:bio/us-central1-b/bio101"
    assert (await KeepPlace(project, clouds).look()).finding is Finding.READY


@pytest.mark.parametrize("step", [KeepPlace, SamePlace])
async def test_another_place_is_refused_while_something_is_at_the_first(project, step):
    clouds = Clouds(us_central1_b=Finding.DRIFTED)
    await noted(project, clouds)
    with pytest.raises(Refused) as refused:
        await step(moved(project), clouds).look()
    assert "Make the cluster" in refused.value.problem.happened
    assert HERE in refused.value.problem.happened
    assert ELSEWHERE in refused.value.problem.happened


async def test_a_place_where_nothing_is_can_be_left(project):
    await noted(project, Clouds())
    other = moved(project)
    assert (await KeepPlace(other, Clouds()).look()).finding is Finding.DRIFTED
    assert (await SamePlace(other, Clouds()).look()).finding is Finding.READY
    await noted(other, Clouds())
    assert open_project(project.folder).spec.cluster.resource.split("/")[1] == ELSEWHERE


async def test_what_cannot_be_looked_at_is_not_taken_for_gone(project):
    await noted(project, Clouds())
    look = await look_at(KeepPlace(moved(project), Clouds(us_central1_b=Finding.UNKNOWN)))
    assert look.finding is Finding.UNKNOWN


async def test_after_a_tear_down_it_is_forgotten(project):
    clouds = Clouds()
    await noted(project, clouds)
    step = KeepPlace(project, clouds)
    assert (await step.look_back()).finding is Finding.READY
    async for _ in step.undo():
        pass
    assert open_project(project.folder).spec.cluster.resource == ""
    assert (await step.look_back()).finding is Finding.ABSENT
