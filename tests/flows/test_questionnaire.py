"""All questions in one list: which are asked of a new hub and of one that exists, and what saving writes."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows import pages
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.flows.ways import EXPERT, GUIDED, QUICK
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.presets import GONE


@pytest.fixture
def new(tmp_path):
    return Questionnaire(tmp_path / "hub")


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path / "bio101", "existing", chart=Chart(), release="bio101")
    config_file.write_first(made)
    return made


@pytest.fixture
def old(project):
    return Questionnaire(project.folder, project)


def ids(questionnaire, way):
    return [one.id for one in questionnaire.stages(way)]


def test_a_new_hub_is_asked_about_its_project_first_and_one_that_exists_is_not(new, old):
    assert ids(new, QUICK) == ["where", "class-size", "topic/sign-in", "topic/quick-address"]
    assert ids(old, QUICK) == ["class-size", "topic/sign-in", "topic/quick-address"]
    assert ids(new, GUIDED)[:4] == ["folder", "provider", "hub", "class-size"]
    assert ids(new, EXPERT) == ["folder", "provider", "hub"]
    assert ids(old, EXPERT) == []


def test_the_chart_follows_the_provider_until_it_was_chosen(new):
    assert new.project_answers["chart"] == "practice"
    assert new.answer("provider", "existing") == ""
    assert new.project_answers["chart"] == "z2jh"
    assert new.answer("chart", "helmforge") == ""
    assert new.form.scene.family == "helmforge"


def test_settings_move_to_another_chart_where_it_has_them(new):
    new.answer("provider", "existing")
    new.answer("image.name", "quay.io/a/b")
    new.answer("culling.timeout", "2h")
    new.answer("chart", "helmforge")
    assert new.unfit().keys() == {"culling.timeout"}
    config = Document.read(new.save().config.read_bytes())
    assert config.get(("singleuser", "image", "name")) == "quay.io/a/b"
    assert not config.has(("cull",))


def test_what_cannot_be_used_changes_nothing(new):
    new.answer("release", "bio101")
    for name, text in (
        ("release", "Bio 1"),
        ("folder", ""),
        ("class-size.students", "0"),
        ("culling.timeout", "soon"),
        ("sign-in.method", "gogle"),
        ("chart_path", "/no/such"),
    ):
        new.answer("chart", "file") if name == "chart_path" else None
        assert new.answer(name, text), name
    new.forget("chart")
    assert new.project_answers["release"] == "bio101"
    assert new.form.changes == ()
    with pytest.raises(KeyError):
        new.answer("no.such", "x")


def test_a_key_of_the_chart_is_set_and_taken_out(old):
    path = ("hub", "config", "KubeSpawner", "http_timeout")
    assert old.put(path, 90) == ""
    assert old.put(("hub", "config", "JupyterHub", "authenticator_class"), GONE) == ""
    assert "did you mean" in old.put(("cull", "evry"), 3)
    assert old.values == {path: 90, ("hub", "config", "JupyterHub", "authenticator_class"): GONE}
    config = Document.read(old.save().config.read_bytes())
    assert config.get(path) == 90
    assert not config.has(("hub", "config", "JupyterHub", "authenticator_class"))


def test_saving_an_existing_project_writes_its_files_with_backups(old, project):
    old.answer("class-size.students", "45")
    old.answer("class-size.memory", "2G")
    old.answer("resources.memory-limit", "8G")
    assert old.is_touched
    saved = old.save()
    assert not old.is_touched
    assert open_project(project.folder).spec.workshop.students == saved.spec.workshop.students == 45
    memory = Document.read(project.config.read_bytes()).get(("singleuser", "memory"))
    assert memory == {"guarantee": "2G", "limit": "8G"}
    assert [one.name for one in project.backups.iterdir() if "config" in one.name]


def test_edits_by_somebody_else_are_kept(old, project):
    old.answer("culling.timeout", "2h")
    project.config.write_text(project.config.read_text() + "debug:\n  enabled: true\n")
    old.save()
    config = Document.read(project.config.read_bytes())
    assert (config.get(("cull", "timeout")), config.get(("debug", "enabled"))) == (7200, True)


def test_what_a_form_cannot_express_is_left_alone(old, project):
    project.config.write_text("singleuser: {extraEnv: {A: {b: c}}, memory: {guarantee: [1]}}\n")
    before = project.config.read_bytes()
    assert "in the file" in old.answer("environment.variables", "A: 1")
    assert "was not set" in old.answer("class-size.memory", "1G")
    old.save()
    assert project.config.read_bytes() == before


def test_another_writer_is_not_disturbed(old, project):
    old.answer("culling.timeout", "2h")
    before = project.config.read_bytes()
    with writing(project.state, "a test", SystemClock()), pytest.raises(Refused):
        old.save()
    assert project.config.read_bytes() == before
    assert old.is_touched, "the answers are still there"


@pytest.mark.parametrize(
    "given",
    [
        {"provider": "practice", "release": "a"},
        {"provider": "existing", "chart": "helmforge", "context": "x", "namespace": "n"},
        {"provider": "existing", "chart": "z2jh", "chart_version": "3.3.8"},
    ],
)
def test_the_answers_of_a_project_are_those_that_it_was_made_from(new, given):
    for name, text in given.items():
        assert new.answer(name, text) == ""
    found = pages.project_answers_of(new.save().spec)
    assert {name: found[name] for name in given} == given
