"""Other answers for a project that is made: what was set comes along, what was run stands."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.remaking import made_again
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import is_project, open_project

ANSWERS = {**default_answers(), "release": "second"}


@pytest.fixture
def before(tmp_path):
    made = new_project(tmp_path / "one", {**ANSWERS, "release": "first"})
    made = made.with_spec(replace(made.spec, workshop=replace(made.spec.workshop, students=70)))
    made.config.write_text("cull: {}  # by hand\n")
    made.secrets.write_text("canary: 1\n")
    return made


def test_the_same_folder_gets_the_new_answers(before):
    made = made_again(before.folder, ANSWERS, before.folder)
    assert (made.spec.release, made.spec.workshop.students) == ("second", 70)
    assert open_project(before.folder).spec == made.spec
    assert made.config.read_text() == "cull: {}  # by hand\n"


def test_another_folder_gets_the_settings_too(before, tmp_path):
    made = made_again(tmp_path / "two", ANSWERS, before.folder)
    assert (made.spec.release, made.spec.workshop.students) == ("second", 70)
    assert made.config.read_text() == before.config.read_text()
    assert made.secrets.read_text() == before.secrets.read_text()
    assert made.secrets.stat().st_mode & 0o077 == 0
    assert open_project(before.folder).spec == before.spec, "the first one is as it was"


def test_another_provider_has_other_pools(before):
    made = made_again(before.folder, {**ANSWERS, "provider": "existing", "chart": "z2jh"}, before.folder)
    assert made.spec.pools == {}
    assert made.spec.workshop.students == 70


def test_what_was_run_stands(before):
    before.journal.write_text("{}\n")
    with pytest.raises(Refused, match="at work already"):
        made_again(before.folder, ANSWERS, before.folder)
    assert open_project(before.folder).spec == before.spec


def test_what_was_mended_alone_binds_nothing(before):
    lines = ['{"run": "1", "what": "run-start", "flow": "mend"}', '{"run": "1", "what": "run-end"}']
    before.journal.parent.mkdir(exist_ok=True)
    before.journal.write_text("\n".join([*lines, ""]))
    assert made_again(before.folder, ANSWERS, before.folder).spec.release == "second"
    lines.append('{"run": "2", "what": "run-start", "flow": "setup"}')
    before.journal.write_text("\n".join([*lines, ""]))
    with pytest.raises(Refused, match="at work already"):
        made_again(before.folder, ANSWERS, before.folder)


def test_answers_that_cannot_be_used_touch_nothing(before):
    with pytest.raises(InvalidInput):
        made_again(before.folder, {**ANSWERS, "release": "Not Good"}, before.folder)
    assert open_project(before.folder).spec == before.spec


def test_a_project_that_is_gone_is_made(tmp_path):
    made_again(tmp_path / "two", ANSWERS, tmp_path / "one")
    assert is_project(tmp_path / "two")


# ---- a place at a cloud ----

CLOUD = {
    **default_answers("gke"),
    "release": "bio101",
    "account": "bio-101",
    "region": "us-central1-b",
    "machine": "e2-standard-4",
}


@pytest.fixture
def at_cloud(tmp_path):
    made = new_project(tmp_path / "one", CLOUD)
    made.journal.write_text("{}\n")
    return made


def test_a_place_without_machines_is_left_for_another(at_cloud):
    moved = {**CLOUD, "region": "europe-west1-b", "machine": "e2-standard-8"}
    made = made_again(at_cloud.folder, moved, at_cloud.folder)
    assert (made.spec.region, made.spec.pools["user"].machine) == ("europe-west1-b", "e2-standard-8")
    assert made.spec.project_id == at_cloud.spec.project_id, "what was made carries it"
    assert len(list(made.backups.iterdir())) == 1


@pytest.mark.parametrize("other", [{"release": "chem1"}, {"provider": "existing"}])
def test_only_the_place_can_be_another_one(at_cloud, other):
    with pytest.raises(Refused):
        made_again(at_cloud.folder, {**CLOUD, "region": "europe-west1-b", **other}, at_cloud.folder)


def test_a_hub_stays_where_it_is(at_cloud):
    cluster_identity.record(at_cloud, "some-uid")
    with pytest.raises(Refused):
        made_again(at_cloud.folder, {**CLOUD, "region": "europe-west1-b"}, at_cloud.folder)
