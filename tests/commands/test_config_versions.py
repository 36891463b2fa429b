"""config migrate, diff and search."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.flows import comparing

OLD = b"""\
# my hub
auth:
  type: github
  github:
    clientId: abc   # from github
  whitelist:
    users: [ann, bob]
"""
CANARY = "c4na9-s3cr3t-value"


# --- migrate -----------------------------------------------------------------------------------------------


def test_the_new_file_goes_to_stdout_and_the_reasons_to_stderr(cli_here, tmp_path):
    path = tmp_path / "values.yaml"
    path.write_bytes(OLD)
    said = cli_here("config", "migrate", "--file", str(path), "--from", "0.8.0", "--to", "4.4.0")
    assert said.code == 0
    assert "client_id: abc   # from github" in said.out
    assert said.out.startswith("# my hub\n")
    assert f"{path}:5 auth.github.clientId -> hub.config.GitHubOAuthenticator.client_id" in said.err
    assert "for you to decide" in said.err
    assert path.read_bytes() == OLD
    written = cli_here(
        "config", "migrate", "--file", str(path), "--from", "0.8.0", "--to", "4.4.0", "--write"
    )
    assert written.out == ""
    assert path.read_text() == said.out


def test_the_json_is_the_contract(cli_here):
    words = ("config", "migrate", "--file", "-", "--from", "0.8.0", "--to", "4.4.0", "--json")
    tree = cli_here(*words, stdin=OLD).json
    assert set(tree) >= {"changes", "manual", "values"}
    assert tree["values"].startswith("# my hub\n")
    assert tree["manual"][0]["message"]


def test_a_file_goes_to_the_other_chart_and_back(cli_here):
    data = b"# mine\nsingleuser:\n  storage:\n    capacity: 2Gi   # each\n"
    there = cli_here("config", "migrate", "--file", "-", "--to", "helmforge", stdin=data)
    assert there.code == 0
    assert there.out.startswith("# mine\n")
    assert "2Gi   # each" in there.out
    assert there.out.encode() != data
    back = cli_here(
        "config", "migrate", "--file", "-", "--chart", "helmforge", "--to", "z2jh", stdin=there.out.encode()
    )
    assert "capacity: 2Gi   # each" in back.out


def test_a_file_that_fits_already_comes_out_as_it_is(cli_here):
    data = b"cull:\n  timeout: 1\n"
    assert cli_here("config", "migrate", "--file", "-", "--to", "4.4.0", stdin=data).out.encode() == data


@pytest.mark.parametrize("target", ["0.8.0", "newest", "moon@1.0.0", "z2jh@x", ""])
def test_no_way_leads_back_or_nowhere(cli_here, target):
    said = cli_here("config", "migrate", "--file", "-", "--from", "4.4.0", "--to", target, stdin=OLD)
    assert said.code == 2
    assert said.out == ""


def test_a_project_starts_from_its_own_version_and_gets_a_backup(config, hub):
    before = hub.config.read_bytes()
    said = config("migrate", "--to", "4.4.0", "--write")
    assert said.code == 0
    assert hub.config.read_bytes() == before
    hub.config.write_bytes(OLD)
    assert config("migrate", "--from", "0.8.0", "--to", "4.4.0", "--write").code == 0
    assert [path.read_bytes() for path in hub.backups.iterdir()] == [OLD]


# --- diff --------------------------------------------------------------------------------------------------


@pytest.fixture
def release(monkeypatch):
    """Say what Helm's record of the release holds."""

    def holds(tree):
        async def values(project):
            if isinstance(tree, Exception):
                raise tree
            return tree

        monkeypatch.setattr(comparing, "release_values", values)

    return holds


def test_the_same_is_no_difference(config, hub, release):
    hub.config.write_text("cull:\n  timeout: 3600\n")
    release({"cull": {"timeout": 3600.0}})
    said = config("diff")
    assert (said.code, said.out) == (0, "There is no difference.\n")


def test_what_differs_is_told_by_path_with_secrets_hidden(config, hub, release):
    hub.config.write_text("cull:\n  timeout: 7200\n  users: true\n")
    hub.secrets.write_text(f"proxy:\n  secretToken: {CANARY}\ncustom:\n  word: {CANARY}\n")
    release(
        {
            "cull": {"timeout": 3600, "every": 60},
            "proxy": {"secretToken": "the-old-one"},
            "custom": {"word": "x"},
        }
    )
    said = config("diff")
    assert said.code == 3
    assert said.out.splitlines() == [
        "~ cull.timeout: 3600 -> 7200",
        "- cull.every: 60",
        "+ cull.users: true",
        "~ proxy.secretToken: (a secret, changed)",
        "~ custom.word: (a secret, changed)",
    ]
    as_json = config("diff", "--json")
    assert {"path": "cull.timeout", "change": "changed", "before": 3600, "after": 7200, "secret": False} in (
        as_json.json
    )
    for text in (said.out, said.err, as_json.out, as_json.err):
        assert CANARY not in text
        assert "the-old-one" not in text


def test_a_hub_that_is_not_installed_and_one_that_does_not_answer(config, release):
    release(None)
    said = config("diff")
    assert said.code == 3
    assert "not installed yet" in said.err
    release(CouldNotLook("The cluster does not answer"))
    assert config("diff").code == 4


def test_two_files_are_compared_each_inside_of_its_wrapper(cli_here, tmp_path):
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text("cull:\n  timeout: 1\n")
    other.write_text("jupyterhub:\n  cull:\n    timeout: 2\n")
    said = cli_here("config", "diff", "--file", str(one), "--with", str(other))
    assert (said.code, said.out) == (3, "~ cull.timeout: 1 -> 2\n")
    assert cli_here("config", "diff", "--file", str(one), "--with", str(one)).code == 0
    assert cli_here("config", "diff", "--file", str(one)).code == 2


# --- search ------------------------------------------------------------------------------------------------


def test_settings_are_found_by_words_and_those_that_are_set_are_marked(config, hub):
    said = config("search", "cull", "timeout")
    assert said.code == 0
    assert f"cull.timeout  (set in config.yaml:{_line(hub, 'timeout:')})" in said.out
    found = config("search", "cull", "--json").json
    first = next(one for one in found if one["path"] == "cull.timeout")
    assert (first["file"], first["line"]) == ("config.yaml", _line(hub, "timeout:"))
    assert next(one for one in found if one["path"] == "cull.every")["line"] == 0


def _line(hub, word):
    lines = hub.config.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)


def test_search_works_outside_of_a_project_and_for_an_older_chart(cli_here):
    assert "singleuser.memory.limit" in cli_here("config", "search", "memory", "limit").out
    old = cli_here("config", "search", "whitelist", "--chart-version", "0.8.0").out
    assert "auth.whitelist.users" in old
    nothing = cli_here("config", "search", "xyzzyx")
    assert (nothing.code, nothing.out) == (0, "")
