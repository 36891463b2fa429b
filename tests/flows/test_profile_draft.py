"""The menu of profiles in the draft: one thing to undo each, secrets and hand-written parts in place."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.drafts import Draft, read_draft, write_draft
from z2jh_wizard.flows.profile_draft import NO_LIST, ProfileDraft, is_about
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import create_project
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.run import lint
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.profile_additions import added, additions
from z2jh_wizard.values.profile_menu import made_default, moved, removed

HAND = """\
singleuser:
  # chosen by students
  profileList:
    - display_name: A   # first
      kubespawner_override: {environment: {API_TOKEN: canary-token}, odd: [1]}
    # second
    - display_name: B
"""


@pytest.fixture
def form(project):
    project.config.write_text(HAND)
    return TopicForm.of(project)


def answered(draft, path, field, text):
    answer = draft.form(draft.menu).answered(path, field, text)
    assert not isinstance(answer, Wrong)
    return answer[0]


def text(form):
    return form.now.main.document.data.decode()


def test_each_change_is_one_thing_to_undo_and_back_to_the_byte(form):
    ProfileDraft(form).put("Add", added(ProfileDraft(form).menu, (), "profile-large")[0])
    ProfileDraft(form).put("Up", moved(ProfileDraft(form).menu, (2,), -2)[0])
    ProfileDraft(form).put("Default", made_default(ProfileDraft(form).menu, (1,)))
    ProfileDraft(form).put("Gone", removed(ProfileDraft(form).menu, (2,)))
    now = text(form)
    assert [one["display_name"] for one in ProfileDraft(form).menu] == ["Large", "A"]
    assert (
        "- display_name: A   # first\n      kubespawner_override: {environment: {API_TOKEN: canary-token}"
        in now
    )
    assert "# second" not in now
    assert form.now.files[-1].data == form.found.files[-1].data, "the list with a token stays in its file"
    for _ in range(4):
        form.undo()
    assert text(form) == HAND


def test_an_empty_menu_is_taken_out_and_written_again(form):
    ProfileDraft(form).put("Gone", [])
    assert "profileList" not in text(form)
    draft = ProfileDraft(form)
    assert draft.menu == []
    draft.put("Add", added([], (), "profile-gpu")[0])
    assert 'nvidia.com/gpu: "1"' in text(form)
    assert "default: true" in text(form)


def test_the_lines_show_what_changes_and_no_secret(form):
    draft = ProfileDraft(form)
    menu = answered(draft, (0,), "entry.description", "new words")
    name, lines = draft.written(menu, (0,))
    assert name == "config.yaml"
    assert [one.text.strip() for one in lines if one.mark == "+"] == ["description: new words"]
    assert "canary" not in str(lines)
    assert text(form) == HAND
    assert any(one.mark == "+" for one in draft.preview(menu, (0,), 10))


def test_what_is_no_list_is_shown_and_never_changed(project):
    project.config.write_text("singleuser: {profileList: {a: {display_name: A}}}\n")
    draft = ProfileDraft(TopicForm.of(project))
    assert draft.note == NO_LIST
    with pytest.raises(Refused):
        draft.put("Add", [{"display_name": "B"}])


def test_python_that_overrules_is_named(project):
    project.config.write_text("hub: {extraConfig: {a: 'c.KubeSpawner.profile_list = menu'}}\n")
    assert "Python in hub.extraConfig" in ProfileDraft(TopicForm.of(project)).note


def test_the_hubs_own_place_is_edited_where_it_is_used(project):
    project.config.write_text("hub: {config: {KubeSpawner: {profile_list: [{display_name: A}]}}}\n")
    draft = ProfileDraft(TopicForm.of(project))
    assert "wins over" in draft.note
    draft.put("Copy", [*draft.menu, {"display_name": "B"}])
    assert "singleuser" not in draft._file.document.data.decode()


def test_amounts_that_do_not_fit_are_wrong_where_they_are_answered(form):
    draft = ProfileDraft(form)
    _, _, wrong = draft.answered((1,), {"entry.name": "C", "entry.memory-guarantee": "4G"})
    assert wrong == {}
    menu, path, wrong = draft.answered((1,), {"entry.memory-guarantee": "4G", "entry.memory-limit": "2G"})
    assert list(wrong) == ["entry.memory-limit"]
    assert "It keeps 4G but allows only 2G of memory" in wrong["entry.memory-limit"]
    assert is_about("entry.memory-guarantee", wrong)
    assert not is_about("entry.cpu-limit", wrong)
    draft.put("Edit", menu)
    assert draft.answered(path, {"entry.name": "C"})[2] == {}, "what was there before holds nobody back"


def test_a_menu_that_was_changed_by_hand_meanwhile_is_not_written_over(form, project):
    draft = ProfileDraft(form)
    menu = answered(draft, (1,), "entry.memory-limit", "4G")
    draft.put("Edit", menu)
    project.config.write_text(HAND.replace("    # second", "    - display_name: New\n    # second"))
    assert form.refresh()
    assert "mem_limit" not in text(form)
    assert "changed in the file" in " ".join(form.problems.values())


@pytest.mark.parametrize(
    ("family", "version", "key"),
    [("helmforge", "1.0.6", "profiles"), ("z2jh", "4.4.0", "profileList"), ("z2jh", "0.9.0", "profileList")],
)
def test_everything_that_is_offered_goes_into_a_project_of_any_chart(tmp_path, family, version, key):
    chart = Chart(family=family, version=version)
    form = TopicForm.of(create_project(tmp_path / "hub", "existing", chart=chart, release="bio101"))
    path: Path = ()
    for _ in range(2):
        for one in additions(ProfileDraft(form).menu, path, form.scene):
            menu, new = added(ProfileDraft(form).menu, path, one.id)
            ProfileDraft(form).put(one.title, menu)
            path = new if len(new) > len(path) or not path else path
    draft = ProfileDraft(form)
    assert len(draft.menu) > 8
    assert form.now.main.document.get(("singleuser", key)) == draft.menu
    about = [one for one in lint(form.now.subject) if one.path and f"singleuser.{key}" in one.path]
    assert not [one for one in about if one.severity is Severity.ERROR]


def test_what_holds_a_secret_is_not_kept_for_another_day(form, project):
    ProfileDraft(form).put("Up", moved(ProfileDraft(form).menu, (1,), -1)[0])
    write_draft(project, Draft.of(form.answers, {}))
    assert read_draft(project).lost == ("Up",)
    assert "canary" not in (project.state / "draft.json").read_text()
