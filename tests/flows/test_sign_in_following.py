"""The callback URL follows the hub's name in a draft, and never what somebody wrote by hand."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.values.sign_in_follows import fill
from z2jh_wizard.values.topics import fields

FIELDS = fields()
GITHUB = """\
hub:
  config:
    JupyterHub: {authenticator_class: github}
"""
HOST = """\
proxy:
  https:
    enabled: true
    hosts: [hub.example.org]
"""
OURS = "    GitHubOAuthenticator: {oauth_callback_url: https://hub.example.org/hub/oauth_callback}\n"
THEIRS = "    GitHubOAuthenticator: {oauth_callback_url: https://by.hand.org/hub/oauth_callback}\n"
URL = "https://hub.example.org/hub/oauth_callback"


@pytest.fixture
def project(tmp_path) -> Project:
    return create_project(tmp_path / "hub", "existing", chart=Chart(version="4.4.0"), release="bio101")


def form_of(project: Project, text: str) -> TopicForm:
    project.config.write_text(text)
    return TopicForm.of(project)


def callback(form: TopicForm, method: str = "github") -> str:
    """Return what the question for the callback shows."""
    question = form.question(FIELDS[f"sign-in.{method}.callback"])
    assert question
    return question.text


def answer(form: TopicForm, **answers: str) -> None:
    for name, text in answers.items():
        assert form.answer(FIELDS[name.replace("__", ".")], text) == ""


def test_naming_the_host_fills_it_in(project):
    form = form_of(project, GITHUB)
    assert callback(form) == ""
    answer(form, https__enabled="on", https__hosts="hub.example.org")
    assert callback(form) == URL
    assert form.is_followed(("hub", "config", "GitHubOAuthenticator", "oauth_callback_url"))
    form.save()
    assert f"oauth_callback_url: {URL}" in project.config.read_text()
    assert not form.is_followed(("hub", "config", "GitHubOAuthenticator", "oauth_callback_url"))


def test_choosing_the_method_fills_it_in_and_choosing_another_takes_it_away(project):
    form = form_of(project, HOST)
    answer(form, **{"sign-in__method": "google"})
    assert callback(form, "google") == URL
    answer(form, **{"sign-in__method": "github"})
    assert (callback(form), callback(form, "google")) == (URL, "")
    answer(form, **{"sign-in__method": ""})
    assert form.now.main.data == form.found.main.data


def test_another_method_with_the_same_address_is_filled_in_too(project):
    form = form_of(project, GITHUB + OURS + HOST)
    answer(form, **{"sign-in__method": "google"})
    assert callback(form, "google") == URL


def test_ours_moves_with_host_and_base_url(project):
    form = form_of(project, GITHUB + OURS + HOST)
    answer(form, https__hosts="new.example.org")
    assert callback(form) == "https://new.example.org/hub/oauth_callback"
    answer(form, **{"hub__base-url": "/bio/"})
    assert callback(form) == "https://new.example.org/bio/hub/oauth_callback"
    form.undo()
    form.undo()
    assert callback(form) == URL
    assert form.now.main.data == form.found.main.data


@pytest.mark.parametrize(
    "elsewhere", ["", "    OAuthenticator: {oauth_callback_url: https://x.org/hub/oauth_callback}\n"]
)
def test_what_was_written_by_hand_stays(project, elsewhere):
    form = form_of(project, GITHUB + (elsewhere or THEIRS) + HOST)
    answer(form, https__hosts="new.example.org")
    assert callback(form) == ("" if elsewhere else "https://by.hand.org/hub/oauth_callback")


def test_ours_moves_in_the_section_for_all_services_too(project):
    shared = f"    OAuthenticator: {{oauth_callback_url: {URL}}}\n"
    form = form_of(project, GITHUB + shared + HOST)
    answer(form, https__hosts="new.example.org")
    assert callback(form) == ""
    path = ("hub", "config", "OAuthenticator", "oauth_callback_url")
    assert form.now.main.document.get(path) == "https://new.example.org/hub/oauth_callback"


def test_what_was_typed_stays_an_empty_answer_too(project):
    form = form_of(project, GITHUB)
    answer(form, https__enabled="on", https__hosts="hub.example.org")
    for typed in ("https://mine.example.org/hub/oauth_callback", ""):
        answer(form, **{"sign-in.github.callback": typed})
        answer(form, https__hosts="other.example.org")
        assert callback(form) == typed
    form.undo()
    form.undo()
    assert callback(form) == "", "undo takes the last answers back, and the first host went before them"


def test_what_a_button_filled_in_moves_along(project):
    form = form_of(project, GITHUB + HOST)
    setting = fill(form.scene)
    assert setting
    form.put("Callback URL", [setting])
    assert callback(form) == URL
    answer(form, https__hosts="new.example.org")
    assert callback(form) == "https://new.example.org/hub/oauth_callback"
    form.undo()
    form.undo()
    assert callback(form) == ""


def test_a_file_that_nobody_answers_about_is_left_alone(project):
    form = form_of(project, GITHUB + HOST)
    answer(form, **{"sign-in__admins": "ada"})
    assert callback(form) == ""


def test_old_charts_keep_it_under_auth(tmp_path):
    project = create_project(tmp_path / "old", "existing", chart=Chart(version="0.9.1"), release="bio101")
    form = form_of(project, "auth: {type: github}\n")
    answer(form, https__hosts="hub.example.org")
    assert form.now.main.document.get(("auth", "github", "callbackUrl")) == URL
