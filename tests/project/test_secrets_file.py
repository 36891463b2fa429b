"""secrets.yaml: made once, private, never overwritten."""

from __future__ import annotations

import stat
import subprocess

import pytest
import yaml

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import HIDDEN, Redactor
from z2jh_wizard.project import secrets_file


def test_generated_secrets_are_private_long_and_different(tmp_path):
    path = tmp_path / "secrets.yaml"
    made = secrets_file.generate(path)
    assert [one.path for one in made] == [one.path for one in secrets_file.GENERATED["z2jh"]]
    tree = secrets_file.read(path)
    token, cookie = tree["proxy"]["secretToken"], tree["hub"]["cookieSecret"]
    assert len(bytes.fromhex(token)) == len(bytes.fromhex(cookie)) == 32
    assert token != cookie
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets_file.missing(path) == []


def test_what_is_there_is_kept_and_only_the_rest_is_made(tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text("# mine\nproxy:\n  secretToken: keep\nother: 1\n")
    secrets_file.generate(path)
    text = path.read_text()
    assert text.startswith("# mine\n")
    assert secrets_file.read(path)["proxy"]["secretToken"] == "keep"
    assert secrets_file.read(path)["other"] == 1
    before = path.read_bytes()
    assert secrets_file.generate(path) == []
    assert path.read_bytes() == before


def test_a_broken_file_is_never_replaced(tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text("a: [\n")
    with pytest.raises(InvalidInput):
        secrets_file.generate(path)
    assert path.read_text() == "a: [\n"


def test_the_redactor_learns_every_secret(tmp_path):
    path = tmp_path / "secrets.yaml"
    secrets_file.generate(path)
    redactor = Redactor()
    secrets_file.teach(redactor, secrets_file.read(path))
    token = secrets_file.read(path)["proxy"]["secretToken"]
    assert redactor.clean(f"x {token} y") == f"x {HIDDEN} y"


@pytest.mark.parametrize("family", ["z2jh", "helmforge"])
def test_the_script_for_people_makes_a_complete_private_file(tmp_path, family):
    script = secrets_file.script(family)
    subprocess.run(["sh", "-euc", script], cwd=tmp_path, check=True)
    path = tmp_path / "secrets.yaml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets_file.missing(path, family) == []
    before = path.read_bytes()
    subprocess.run(["sh", "-euc", script], cwd=tmp_path, check=True)
    assert path.read_bytes() == before
    assert yaml.safe_load(before)
