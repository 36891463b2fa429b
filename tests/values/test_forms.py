"""Topic pages as forms: what is asked, what stands there, what the form leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.values import forms
from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.fields import Level
from z2jh_wizard.values.forms import Question, Scene, questions
from z2jh_wizard.values.forms_lines import Line, hidden_lines, lines_written, preview
from z2jh_wizard.values.forms_sign_in import notes
from z2jh_wizard.values.reading import parse
from z2jh_wizard.values.sign_in import methods
from z2jh_wizard.values.topics import fields, topics

NEWEST = newest().version


def scene(text: str = "", version: str = NEWEST, family="z2jh") -> Scene:
    return Scene(version, family, parse(text.encode()).tree)


def page(name: str):
    return next(one for one in topics() if one.id == name)


def asked(
    name: str, text: str = "", *, more: bool = False, version: str = NEWEST, family="z2jh"
) -> dict[str, Question]:
    return {one.field.id: one for one in questions(page(name), scene(text, version, family), more=more)}


@pytest.mark.parametrize(("version", "family"), [("0.4", "z2jh"), ("0.8.2", "z2jh"), ("3.3.8", "z2jh"),
                                                 (NEWEST, "z2jh"), ("1.0.6", "helmforge")])  # fmt: skip
def test_every_page_is_a_form_of_every_chart(version, family):
    for one in topics():
        for question in questions(one, scene("", version, family), more=True):
            assert question.path
            assert question.field.title[:1].isupper() or not question.field.title[:1].isalpha()
            assert len(question.field.title) <= 40
            assert not question.is_set
            assert question.text == question.wrong == question.fixed == ""


def test_titles_tell_the_questions_of_a_page_apart():
    for one in topics():
        titles = [q.field.title for q in questions(one, scene()) if q.field.level is not Level.RARE]
        assert len(set(titles)) == len(titles), titles


def test_rare_ones_wait_below_more_unless_they_are_set():
    assert "culling.users" not in asked("culling")
    assert "culling.users" in asked("culling", more=True)
    assert "culling.users" in asked("culling", "cull: {users: true}")
    assert forms.hidden_count(page("culling"), scene()) == 4


def test_what_depends_on_an_answer_comes_behind_it():
    assert list(asked("https")) == ["https.enabled"]
    names = list(asked("https", "proxy: {https: {enabled: true}}"))
    assert names == ["https.enabled", "https.type", "https.hosts", "https.email"]
    text = "proxy: {https: {enabled: true, type: manual}}"
    assert {"https.manual-cert", "https.manual-key"} <= asked("https", text).keys()
    assert "https.hosts" not in asked("https", "proxy: {https: {type: letsencrypt}}"), "HTTPS itself is off"


@pytest.mark.parametrize("method", [one for one in methods(NEWEST) if one.class_text(NEWEST)],
                         ids=lambda one: one.id)  # fmt: skip
def test_the_method_decides_what_signing_in_asks(method):
    text = f"hub: {{config: {{JupyterHub: {{authenticator_class: {method.class_text(NEWEST)}}}}}}}"
    found = asked("sign-in", text, more=True)
    first = next(iter(found.values()))
    assert first.field.id == forms.METHOD
    assert first.text == method.class_text(NEWEST)
    assert first.text in {choice.value for choice in first.choices}
    others = {one.field.id.split(".")[1] for one in found.values() if one.field.shown_if}
    assert len(others) <= 2, "the fields of one method only"
    assert "sign-in.allow-all" in found


def test_another_name_of_a_method_is_that_method():
    text = (
        "hub: {config: {JupyterHub: {authenticator_class: oauthenticator.github.LocalGitHubOAuthenticator}}}"
    )
    found = asked("sign-in", text)
    github = [one for one in found[forms.METHOD].choices if one.label == "GitHub"]
    assert [one.value for one in github] == [found[forms.METHOD].text]
    assert "sign-in.github.client-id" in found


def test_a_class_of_ones_own_is_offered_as_it_is():
    text = "hub: {config: {JupyterHub: {authenticator_class: my.own.Class}}}"
    method = asked("sign-in", text)[forms.METHOD]
    assert method.text == method.choices[-1].value == "my.own.Class"
    assert not method.fixed


def test_values_are_shown_as_they_are():
    text = "singleuser: {memory: {limit: 2Gi, guarantee: 1G}, cpu: {limit: [1]}}"
    found = asked("resources", text)
    assert (found["resources.memory-limit"].text, found["resources.memory-limit"].fixed) == ("2Gi", "")
    assert "Write 2G" in found["resources.memory-limit"].wrong
    assert found["resources.memory-guarantee"].text == "1G"
    assert found["resources.cpu-limit"].text == "- 1"
    assert found["resources.cpu-limit"].fixed
    assert not found["resources.cpu-guarantee"].is_set


def test_codes_for_the_terminal_are_shown_in_quotes_and_left_alone():
    found = asked("image", 'singleuser: {image: {tag: "\\e[31mred"}}')["image.tag"]
    assert found.fixed == "There are invisible characters in it."
    assert "\x1b" not in found.text


def test_secrets_are_never_in_a_question():
    text = (
        "hub: {cookieSecret: canary-1, config: {JupyterHub: {authenticator_class: github}, "
        "GitHubOAuthenticator: {client_secret: canary-2}}, db: {url: 'mysql://u:canary-3@h/d'}}"
    )
    for one in topics():
        for question in questions(one, scene(text), more=True):
            assert "canary" not in repr(question)
    assert asked("secrets", text)["secrets.cookie"].text == HIDDEN
    assert asked("hub", text)["hub.config"].fixed == "There are secrets in it."


@pytest.mark.parametrize(
    ("field_id", "words"),
    [
        ("resources.memory-guarantee", "1G"),
        ("resources.memory-limit", "none"),
        ("culling.timeout", "3600 (1 hour)"),
        ("culling.max-age", "0, no limit"),
        ("culling.enabled", "on"),
        ("storage.type", "A disk for each student"),
        ("sign-in.allow-all", "off"),
        ("sign-in.allowed", "nobody"),
        ("secrets.cookie", "the wizard makes one"),
        ("sign-in.github.client-id", ""),
    ],
)
def test_defaults_in_words(field_id, words):
    assert forms.default_words(fields()[field_id], scene()) == words


def test_null_where_the_default_is_null_counts_as_nothing():
    found = asked("storage", "singleuser: {storage: {dynamic: {storageClass: null}}}")
    assert (found["storage.storage-class"].text, found["storage.storage-class"].fixed) == ("", "")


TEXT = """\
# mine
hub:
  cookieSecret: canary-secret
  config:
    JupyterHub:
      authenticator_class: dummy  # for now
proxy:
  https:
    manual:
      key: |
        canary-line-1
        canary-line-2
      cert: open
singleuser:
  extraEnv:
    A: "1"
"""


def marked(lines: tuple[Line, ...]) -> list[str]:
    return [line.mark + line.text for line in lines]


def test_the_lines_of_a_setting_with_the_change():
    before = Document.read(TEXT.encode())
    path = ("hub", "config", "JupyterHub", "authenticator_class")
    assert marked(lines_written(before, before.set(path, "github"), path)) == [
        " hub:",
        "   config:",
        "     JupyterHub:",
        "-      authenticator_class: dummy  # for now",
        "+      authenticator_class: github  # for now",
    ]
    assert marked(lines_written(before, before.unset(path), path))[-1].startswith("-")
    new = ("cull", "timeout")
    assert marked(lines_written(before, before.set(new, 60), new)) == ["+cull:", "+  timeout: 60"]
    assert lines_written(before, before, new) == ()


def test_secrets_in_lines_are_hidden():
    document = Document.read(TEXT.encode())
    shown = "\n".join(hidden_lines(document, range(1, 17)))
    assert "canary" not in shown
    assert "cookieSecret: ********" in shown
    assert "cert: open" in shown
    assert shown.endswith('singleuser:\n  extraEnv:\n    A: "1"')


def test_the_preview_is_a_window_with_all_changes():
    text = "singleuser:\n  extraEnv:\n" + "".join(f"    N{n}: '{n}'\n" for n in range(1000))
    before = Document.read(text.encode())
    path = ("singleuser", "extraEnv", "N500")
    after = before.set(path, "new").set(("cull",), {"enabled": True})
    lines = preview(before, after, path, 20)
    assert len(lines) == 20
    assert "-    N500: '500'" in marked(lines)
    assert "+    N500: 'new'" in marked(lines)
    assert [line.mark for line in preview(before, after, ("cull",), 5)].count("+") == 2


@given(st.lists(st.sampled_from(["a: 1", "b: 2", "c:", "  d: 3", "# x", ""]), max_size=12), st.integers(1, 9))
def test_a_preview_of_anything_has_the_new_text_in_order(lines, height):
    before = Document.read(b"a: 1\n")
    try:
        after = Document.read("\n".join(lines).encode())
    except InvalidInput:
        return
    shown = preview(before, after, None, 100)
    split = after.parsed.text.split("\n")
    assert [one.text for one in shown if one.mark != "-"] == (split[:-1] if split[-1] == "" else split)
    assert len(preview(before, after, None, height)) <= height


@pytest.mark.parametrize(
    ("chosen", "version", "words"),
    [
        ("github}, Authenticator: {allow_all: true}", NEWEST, "Everybody with a GitHub account."),
        ("github}", NEWEST, "Nobody yet"),
        ("github}", "3.3.8", "Nobody yet"),
        ("native}, Authenticator: {admin_users: [ada]}", NEWEST, "Nobody yet"),
        ("github}, GitHubOAuthenticator: {allowed_organizations: [org]}", NEWEST, "in the organization org"),
    ],
)
def test_who_comes_in_and_who_is_an_administrator(chosen, version, words):
    said = notes(scene(f"hub: {{config: {{JupyterHub: {{authenticator_class: {chosen}}}}}", version))
    assert said[0].text.startswith("Who comes in: ")
    assert words in said[0].text
    assert ("ada is an administrator" in said[1].text) is ("ada" in chosen)


def test_the_callback_url_is_computed():
    text = "hub: {config: {JupyterHub: {authenticator_class: github}}}"
    assert "when the HTTPS page has the hub's name" in notes(scene(text))[3].text
    text += "\nproxy: {https: {enabled: true, hosts: [hub.example.org]}}"
    assert "https://hub.example.org/hub/oauth_callback" in [note.copy for note in notes(scene(text))]


def test_a_password_that_the_wizard_makes_counts_as_there():
    said = " ".join(
        one.text for one in notes(scene("hub: {config: {JupyterHub: {authenticator_class: dummy}}}"))
    )
    assert "who knows the one password of the hub" in said
    assert "No password is asked" not in said
