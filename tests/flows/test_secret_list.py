"""The list of all secrets: made, given and missing; giving one, and making one anew."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.hub_secrets import make_missing
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.secret_list import (
    ListedSecret,
    State,
    give_secret,
    rotate_secret,
    secrets_of_project,
    why_not,
)
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project.folder import Project

CANARY = "canary-0123456789abcdef"

KEY = "-----BEGIN PRIVATE KEY-----\nabc\ndef\n-----END PRIVATE KEY-----\n"

CONFIG = f"""\
hub:
  config:
    JupyterHub: {{authenticator_class: google}}
    CryptKeeper: {{keys: [{"ab" * 32}]}}
    LTI11Authenticator: {{consumers: {{one: {CANARY}}}}}
proxy:
  https: {{enabled: true, type: manual, hosts: [hub.example.org], manual: {{cert: x}}}}
singleuser: {{extraEnv: {{MY_TOKEN: {CANARY}}}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    answers = {**default_answers("existing"), "release": "bio101", "context": "campus"}
    made = new_project(tmp_path / "bio101", answers)
    made.config.write_text(CONFIG)
    return made


def by_path(project: Project) -> dict[str, ListedSecret]:
    return {one.dotted: one for one in secrets_of_project(project)}


def test_those_to_be_given_come_first_then_those_to_make_then_the_rest(project: Project):
    states = [one.state for one in secrets_of_project(project)]
    assert states == [*[State.MISSING] * 2, *[State.TO_MAKE] * 2, *[State.SET] * 3]
    found = by_path(project)
    assert found["hub.config.GoogleOAuthenticator.client_secret"].state is State.MISSING
    assert found["proxy.https.manual.key"].state is State.MISSING
    assert found["proxy.secretToken"].state is State.TO_MAKE
    make_missing(files_of(project))
    token = by_path(project)["proxy.secretToken"]
    assert (token.state, token.file, bool(token.line)) == (State.SET, "secrets.yaml", True)
    assert "restart" in token.breaks


def test_a_list_and_a_map_are_one_secret_each(project: Project):
    found = by_path(project)
    assert found["hub.config.CryptKeeper.keys"].text == "ab" * 32
    assert CANARY in found["hub.config.LTI11Authenticator.consumers"].text
    assert found["singleuser.extraEnv.MY_TOKEN"].about == "Somebody wrote it into the file."


def test_whatever_stands_in_secrets_yaml_is_secret(project: Project):
    project.secrets.write_text("course: {room: 7, empty: }\n")
    found = by_path(project)
    assert found["course.room"].text == "7"
    assert "course.empty" not in found


def test_no_value_is_printed_by_accident(project: Project):
    assert CANARY not in repr(secrets_of_project(project))


def test_a_given_key_keeps_its_lines_and_a_backup_is_kept(project: Project):
    make_missing(files_of(project))
    before = project.secrets.read_text()
    key = by_path(project)["proxy.https.manual.key"]
    assert why_not(project, key, KEY) is None
    assert give_secret(project, key, KEY) == "secrets.yaml"
    assert (
        yaml.safe_load(project.secrets.read_text())["proxy"]["https"]["manual"]["key"].strip() == KEY.strip()
    )
    assert by_path(project)["proxy.https.manual.key"].state is State.SET
    assert before in [one.read_text() for one in project.backups.iterdir()]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_no_secret(project: Project, text: str):
    key = by_path(project)["proxy.https.manual.key"]
    assert "empty" in (why_not(project, key, text) or "")


def test_what_the_page_would_refuse_is_refused_here(project: Project):
    consumers = by_path(project)["hub.config.LTI11Authenticator.consumers"]
    sentence = why_not(project, consumers, "canary without a colon")
    assert sentence
    assert "canary" not in sentence
    before = project.config.read_bytes()
    with pytest.raises(InvalidInput):
        give_secret(project, consumers, "canary without a colon")
    assert project.config.read_bytes() == before


def test_a_secret_is_made_anew_with_a_backup(project: Project):
    make_missing(files_of(project))
    before = by_path(project)["proxy.secretToken"]
    assert rotate_secret(project, before) == "secrets.yaml"
    after = by_path(project)["proxy.secretToken"]
    assert after.text != before.text
    assert len(after.text) == 64
    assert any(before.text in one.read_text() for one in project.backups.iterdir())


def test_what_was_never_made_is_not_made_anew(project: Project):
    with pytest.raises(InvalidInput):
        rotate_secret(project, by_path(project)["proxy.secretToken"])
