"""What waits in ``.z2jh/draft.json``: everything typed but secrets, whatever state the file is in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.flows.drafts import NAME, Draft, read_draft, write_draft
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.topic_entries import Answer, Put
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.presets import GONE, setting
from z2jh_wizard.values.search import field_of, search
from z2jh_wizard.values.topics import fields


@pytest.fixture
def project(tmp_path) -> Project:
    return new_project(tmp_path / "bio101", default_answers())


def test_wrong_and_right_answers_come_back(project):
    form = TopicForm.of(project)
    form.answer(fields()["resources.memory-limit"], "4Gi")
    form.answer(fields()["culling.timeout"], "7200")
    form.put("Preset", (setting("cull.enabled", False), setting("cull.every", GONE)))
    write_draft(project, Draft.of(form.answers, {"students": "many"}))
    found = read_draft(project)
    again = TopicForm.of(project)
    again.again(found.entries)
    assert again.problems == form.problems
    assert [one.title for one in again.answers] == [one.title for one in form.answers]
    assert again.now.main.data == form.now.main.data
    assert found.class_size == {"students": "many"}
    assert (project.state / NAME).stat().st_mode & 0o077 == 0


def test_secrets_are_named_and_never_written(project):
    form = TopicForm.of(project)
    form.answer(fields()["sign-in.github.client-secret"], "canary-1")
    form.put("Sign-in", (setting("hub.config.GitHubOAuthenticator.client_secret", "canary-2"),))
    form.put("Extra", (setting("hub.extraEnv", {"DB_PASSWORD": "canary-3"}),))
    write_draft(project, Draft.of(form.answers, {}))
    assert "canary" not in (project.state / NAME).read_text()
    assert read_draft(project).lost == ("Client secret", "Sign-in", "Extra")


def test_a_setting_that_a_search_found_comes_back(project):
    form = TopicForm.of(project)
    hit = search(["KubeSpawner.http_timeout"])[0]
    field = field_of(hit)
    assert form.answer(field, "soon")
    write_draft(project, Draft.of(form.answers, {}))
    (answer,) = read_draft(project).entries
    assert isinstance(answer, Answer)
    assert (answer.field, answer.text) == (field, "soon")


def test_nothing_waits_without_a_file_and_an_empty_draft_is_none(project):
    assert read_draft(project) == Draft()
    write_draft(project, Draft(class_size={"students": "30"}))
    write_draft(project, Draft())
    assert not (project.state / NAME).exists()


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
def test_a_broken_draft_is_an_empty_one(tmp_path_factory, text):
    project = Project(tmp_path_factory.mktemp("p"), None)  # type: ignore[arg-type]  # only the folder is asked
    project.state.mkdir()
    (project.state / NAME).write_text(text, "utf-8", "replace")
    assert read_draft(project) == Draft()


@pytest.mark.parametrize(
    "tree",
    [
        {"entries": [{"field": 3, "text": "x"}], "class_size": {}, "lost": []},
        {"entries": [{"title": "x"}], "class_size": {}, "lost": []},
        {"entries": [3], "class_size": {}, "lost": []},
        {"entries": [], "class_size": {"students": 30}, "lost": []},
        {"entries": []},
        [],
    ],
)
def test_a_draft_of_another_shape_is_an_empty_one(project, tree):
    (project.state / NAME).write_text(json.dumps(tree))
    assert read_draft(project) == Draft()


def test_settings_keep_their_types(project):
    put = Put(
        "All", (setting("a.b", 1), setting("a.c", None), setting("a.d", [True, "x"]), setting("e", GONE)), 0
    )
    write_draft(project, Draft((put,)))
    assert read_draft(project).entries == (put,)
