"""The secrets of a project: made once, kept apart, never replaced unless asked, and known to the redactor."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import msgspec
import pytest
import yaml

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import HIDDEN, Redactor
from z2jh_wizard.flows import hub_secrets
from z2jh_wizard.flows.charts import chart_from_choice
from z2jh_wizard.flows.cleaning import redactor_for
from z2jh_wizard.flows.hub_secrets import find_secret, lacking, make_missing, replace_secret, secrets_of
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, create_project

FAMILIES = ("z2jh", "helmforge")


def a_project(folder: Path, family: str = "z2jh") -> Project:
    project = create_project(folder / "bio101", "practice", chart=chart_from_choice(family))
    config_file.write_first(project)
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def written(project: Project) -> dict[str, dict[str, str]]:
    tree: dict[str, dict[str, str]] = yaml.safe_load(project.secrets.read_text())
    return tree


def test_missing_secrets_are_private_long_and_different(project: Project):
    _, made = make_missing(files_of(project))
    assert [one.dotted for one in made] == [
        "proxy.secretToken",
        "hub.cookieSecret",
        "hub.config.SharedPasswordAuthenticator.user_password",
    ]
    token, cookie = written(project)["proxy"]["secretToken"], written(project)["hub"]["cookieSecret"]
    assert len(bytes.fromhex(token)) == len(bytes.fromhex(cookie)) == 32
    assert token != cookie
    assert stat.S_IMODE(project.secrets.stat().st_mode) == 0o600
    assert project.secrets.read_text().startswith("# Secrets of this hub")
    assert lacking(files_of(project)) == ()


def test_what_is_there_is_kept_and_only_the_rest_is_made(project: Project):
    project.secrets.write_text("# mine\nproxy:\n  secretToken: keep # why\nother: 1\n")
    make_missing(files_of(project))
    assert project.secrets.read_text().startswith("# mine\nproxy:\n  secretToken: keep # why\nother: 1\n")
    before = project.secrets.read_bytes()
    make_missing(files_of(project))
    assert project.secrets.read_bytes() == before


def test_a_broken_file_is_never_replaced(project: Project):
    project.secrets.write_text("a: [\n")
    with pytest.raises(InvalidInput):
        make_missing(files_of(project))
    assert project.secrets.read_text() == "a: [\n"


def test_secrets_go_into_config_yaml_when_the_project_says_so(project: Project):
    inside = project.with_spec(msgspec.structs.replace(project.spec, secrets_in_config=True))
    before = inside.config.read_text()
    make_missing(files_of(inside))
    assert not inside.secrets.exists()
    values = yaml.safe_load(inside.config.read_text())
    assert re.fullmatch("[0-9a-f]{64}", values["proxy"]["secretToken"])
    assert all(line in inside.config.read_text().splitlines() for line in before.splitlines())
    assert {one.file for one in secrets_of(files_of(inside))} == {"config.yaml"}


def test_rotation_changes_one_secret_and_keeps_a_backup(project: Project):
    make_missing(files_of(project))
    before, old = project.secrets.read_bytes(), written(project)
    _, secret = replace_secret(files_of(project), "cookie-secret")
    assert secret.wanted.dotted == "hub.cookieSecret"
    assert written(project)["hub"]["cookieSecret"] != old["hub"]["cookieSecret"]
    assert written(project)["proxy"] == old["proxy"]
    kept = [path.read_bytes() for path in project.backups.rglob("*secrets.yaml*")]
    assert before in kept


def test_a_secret_of_the_users_own_file_is_rotated_there(project: Project):
    with project.config.open("a") as file:
        file.write("\nproxy:\n  secretToken: old-and-in-the-open # mine\n")
    replace_secret(files_of(project), "proxy.secretToken")
    assert re.search(r"secretToken: \S{64,66} # mine", project.config.read_text())


def test_names_that_are_none_and_secrets_not_made_yet_are_told(project: Project):
    with pytest.raises(InvalidInput, match="did you mean cookie-secret"):
        find_secret(files_of(project), "cookie-secre")
    with pytest.raises(InvalidInput, match="no proxy-token yet"):
        replace_secret(files_of(project), "proxy-token")


def test_a_repr_shows_no_value(project: Project):
    make_missing(files_of(project))
    token = written(project)["proxy"]["secretToken"]
    assert token not in repr(secrets_of(files_of(project)))


def test_the_redactor_knows_the_secrets_of_both_files(project: Project):
    make_missing(files_of(project))
    project.secrets.write_text(project.secrets.read_text() + "pin: 12345678\n")
    with project.config.open("a") as file:
        file.write("\ncustom:\n  apiToken: typed-by-hand-42\n  greeting: good-morning\n")
    redactor = redactor_for(project)
    token = written(project)["proxy"]["secretToken"]
    assert redactor.clean(f"{token} typed-by-hand-42 12345678 good-morning") == (
        f"{HIDDEN} {HIDDEN} {HIDDEN} good-morning"
    )


def test_a_broken_config_does_not_hide_what_secrets_yaml_teaches(project: Project):
    make_missing(files_of(project))
    project.config.write_text("a: [\n")
    token = written(project)["proxy"]["secretToken"]
    assert redactor_for(project).clean(token) == HIDDEN


def test_a_broken_secrets_file_is_told(project: Project):
    project.secrets.write_text("a: [\n")
    with pytest.raises(InvalidInput):
        hub_secrets.teach(Redactor(), files_of(project))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_script_for_people_makes_a_complete_private_file(tmp_path: Path, family: str):
    project = a_project(tmp_path, family)
    for _ in range(2):  # the second run leaves the file alone
        subprocess.run(["/bin/sh", "-ec", hub_secrets.script(project)], cwd=project.folder, check=True)
        assert lacking(files_of(project)) == ()
    assert stat.S_IMODE(project.secrets.stat().st_mode) == 0o600


def test_the_script_quotes_what_could_be_read_as_a_number(project: Project, tmp_path: Path):
    fake = tmp_path / "bin" / "openssl"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 1234567890123456\n")
    fake.chmod(0o755)
    environment = {"PATH": f"{fake.parent}:/usr/bin:/bin"}
    subprocess.run(
        ["/bin/sh", "-ec", hub_secrets.script(project)], cwd=project.folder, check=True, env=environment
    )
    assert written(project)["proxy"]["secretToken"] == "1234567890123456"
