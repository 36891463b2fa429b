"""config get, set and unset: on a project, on a file and on a pipe."""

from __future__ import annotations

import stat

import pytest

from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing

CANARY = "c4na9-s3cr3t-value"

HAND_EDITED = b"""\
# Mine: do not touch!
cull:   {enabled: true,   timeout: 3600}   # an hour
hub:
    config:
        Authenticator:
            admin_users: ["ann",
                'bob']   # teachers
custom: &mine
    note: "kept"
"""


def backups(hub):
    return sorted(path.name for path in hub.backups.iterdir()) if hub.backups.exists() else []


# --- get ---------------------------------------------------------------------------------------------------


def test_a_value_a_group_and_all_are_shown(config):
    assert config("get", "cull.timeout").out == "3600\n"
    assert config("get", "cull").out == "enabled: true\ntimeout: 3600\n"
    assert config("get", "--json").json["cull"] == {"enabled": True, "timeout": 3600}


def test_what_is_not_set_says_the_default(config):
    said = config("get", "hub.concurrentSpawnLimit")
    assert (said.code, said.out) == (2, "")
    assert "default is in force: 64" in said.err


def test_an_unknown_key_is_not_only_not_set(config):
    assert "did you mean cull.timeout?" in config("get", "cull.timout").err


def test_a_project_without_its_file_shows_how_it_will_begin(config, hub):
    hub.config.unlink()
    said = config("get", "cull.timeout")
    assert said.out == "3600\n"
    assert "not written yet" in said.err
    assert not hub.config.exists()


def test_secrets_are_named_and_never_shown(config, hub):
    hub.secrets.write_text(
        f"proxy:\n  secretToken: {CANARY}\nsingleuser:\n  extraEnv:\n    PLAIN: {CANARY}\n"
    )
    hub.config.write_text(
        f"hub:\n  cookieSecret: {CANARY}\n  services:\n    x: {{apiToken: {CANARY}, url: http://x}}\n"
    )
    for words in (
        ("get",),
        ("get", "--json"),
        ("get", "proxy"),
        ("get", "proxy.secretToken"),
        ("get", "singleuser.extraEnv.PLAIN", "--json"),
        ("get", "hub.cookieSecret"),
        ("get", "hub"),
    ):
        said = config(*words)
        assert said.code == 0
        assert CANARY not in said.out + said.err
        assert "********" in said.out
    assert "secrets.yaml, line 2" in config("get", "proxy.secretToken").err
    assert config("get", "hub.services.x.url").out == "http://x\n"


# --- set ---------------------------------------------------------------------------------------------------


def test_setting_keeps_every_other_byte_and_makes_a_backup(config, hub):
    before = hub.config.read_bytes()
    said = config("set", "cull.timeout", "7200")
    assert said.code == 0
    assert "z2jh-wizard apply" in said.err
    assert hub.config.read_bytes() == before.replace(b"timeout: 3600", b"timeout: 7200")
    assert stat.S_IMODE(hub.config.stat().st_mode) == 0o600
    assert [path.read_bytes() for path in hub.backups.iterdir()] == [before]


def test_a_file_edited_by_hand_is_edited_too_and_keeps_its_comments(config, hub):
    hub.config.write_bytes(HAND_EDITED)
    assert config("set", "cull.timeout", "7200").code == 0
    assert hub.config.read_bytes() == HAND_EDITED.replace(b"timeout: 3600", b"timeout: 7200")
    assert config("set", "hub.config.Authenticator.allow_all", "true").code == 0
    expected = HAND_EDITED.replace(b"timeout: 3600", b"timeout: 7200").replace(
        b"# teachers\n", b"# teachers\n            allow_all: true\n"
    )
    assert hub.config.read_bytes() == expected


def test_nothing_is_written_when_nothing_changes(config, hub):
    before = hub.config.stat()
    said = config("set", "cull.timeout", "3600", "--json")
    assert said.json == {"path": "cull.timeout", "value": 3600, "file": "config.yaml", "changed": False}
    assert backups(hub) == []
    after = hub.config.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_values_are_yaml_and_may_come_from_stdin(config):
    assert config("set", "hub.config.Authenticator.admin_users", "[ann, bob]").code == 0
    assert config("get", "hub.config.Authenticator.admin_users", "--json").json == ["ann", "bob"]
    profiles = b"- display_name: Small\n  default: true\n- display_name: 'Large: GPU'\n"
    assert config("set", "singleuser.profileList", "-", stdin=profiles).code == 0
    assert config("get", "singleuser.profileList[1].display_name").out == "'Large: GPU'\n"
    assert config("set", "singleuser.profileList[1].display_name", "Large").code == 0
    assert config("get", "singleuser.profileList[1]").out == "display_name: Large\n"


def test_the_first_setting_writes_the_first_file(config, hub):
    first = hub.config.read_bytes()
    hub.config.unlink()
    assert config("set", "cull.timeout", "7200").code == 0
    assert hub.config.read_bytes() == first.replace(b"3600", b"7200")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("cull.timout", "1", "did you mean cull.timeout?"),
        ("singleuser.memory", "{limit: 1G, garantee: 1G}", "singleuser.memory.guarantee"),
        ("cull", "1", "group of settings"),
        ("cull.timeout.x", "1", "no keys"),
        ("", "1", "no path"),
        ("a..b", "1", "no path"),
        ("auth.type", "github", "do not take auth"),
        ("cull.timeout", "a: b", "no YAML"),
        ("cull.timeout", "[1", "no YAML"),
    ],
)
def test_what_cannot_be_set_says_why_and_changes_nothing(config, hub, path, value, says):
    before = hub.config.read_bytes()
    said = config("set", path, value)
    assert said.code == 2
    assert says in said.err
    assert said.out == ""
    assert hub.config.read_bytes() == before
    assert backups(hub) == []


def test_force_sets_a_key_that_only_ones_own_code_reads(config):
    assert config("set", "mine.setting", "1").code == 2
    assert config("set", "mine.setting", "1", "--force").code == 0
    assert config("get", "mine.setting").out == "1\n"


def test_lint_speaks_of_what_was_just_set(config):
    said = config("set", "singleuser.memory.limit", "1Gi")
    assert said.code == 0
    assert "mem-gi" in said.err
    assert "mem-gi" not in config("set", "cull.timeout", "7200").err


@pytest.mark.parametrize("path", ["proxy.secretToken", "hub.config.GitHubOAuthenticator.client_secret"])
def test_a_secret_is_not_taken_from_the_command_line(config, hub, path):
    before = hub.config.read_bytes()
    said = config("set", path, CANARY)
    assert said.code == 2
    assert f"config set {path} -" in said.err
    assert CANARY not in said.out + said.err
    assert hub.config.read_bytes() == before
    assert not hub.secrets.exists()


def test_a_secret_inside_of_a_map_is_not_taken_from_the_command_line_either(config, hub):
    before = hub.config.read_bytes()
    said = config("set", "hub.services", f"{{grader: {{url: http://x, apiToken: {CANARY}}}}}")
    assert said.code == 2
    assert "hub.services.grader.apiToken is a secret" in said.err
    assert CANARY not in said.out + said.err
    assert hub.config.read_bytes() == before
    assert config("set", "imagePullSecret", "{create: true, password: ''}").code == 0


def test_a_map_with_a_secret_in_it_goes_to_the_file_of_secrets(config, hub):
    before = hub.config.read_bytes()
    value = f"grader:\n  url: http://x\n  apiToken: {CANARY}\n"
    said = config("set", "hub.services", "-", stdin=value.encode())
    assert said.code == 0
    assert CANARY not in said.out + said.err
    assert CANARY in hub.secrets.read_text()
    assert hub.config.read_bytes() == before


@pytest.mark.parametrize("secret", [CANARY, "0123", "null", "[not: a list", "a: b # c", "{}"])
def test_a_secret_from_stdin_goes_to_its_own_file_as_it_is(config, hub, secret):
    import yaml

    path = "hub.config.GitHubOAuthenticator.client_secret"
    before = hub.config.read_bytes()
    said = config("set", path, "-", stdin=f"{secret}\n".encode())
    assert said.code == 0
    assert secret not in said.out + said.err
    assert hub.config.read_bytes() == before
    assert stat.S_IMODE(hub.secrets.stat().st_mode) == 0o600
    kept = yaml.safe_load(hub.secrets.read_text())
    assert kept["hub"]["config"]["GitHubOAuthenticator"] == {"client_secret": secret}


def test_a_secret_that_is_a_list_is_read_as_one(config, hub):
    import yaml

    assert config("set", "hub.config.CryptKeeper.keys", "-", stdin=b"- aaaa\n- bbbb\n").code == 0
    assert yaml.safe_load(hub.secrets.read_text())["hub"]["config"]["CryptKeeper"]["keys"] == ["aaaa", "bbbb"]


def test_an_older_secret_in_the_other_file_is_pointed_out(config, hub):
    hub.config.write_text(f"proxy:\n  secretToken: {CANARY}\n")
    said = config("set", "proxy.secretToken", "-", stdin=b"another-secret")
    assert "config.yaml also has a value for it, in line 2" in said.err
    assert CANARY not in said.err


def test_an_open_setting_in_the_file_of_secrets_is_changed_where_it_is(config, hub):
    hub.secrets.write_text("cull:\n  timeout: 60\n")
    assert config("set", "cull.timeout", "7200", "--json").json["file"] == "secrets.yaml"
    assert hub.secrets.read_text() == "cull:\n  timeout: 7200\n"


def test_nothing_on_stdin_is_no_value(config, hub):
    assert config("set", "proxy.secretToken", "-", stdin=b"\n").code == 2
    assert not hub.secrets.exists()


def test_a_key_that_stands_twice_is_refused(config, hub):
    twice = b"cull:\n  timeout: 1\ncull:\n  timeout: 2\n"
    hub.config.write_bytes(twice)
    for words in (("set", "cull.timeout", "3"), ("unset", "cull.timeout")):
        said = config(*words)
        assert said.code == 2
        assert "line 1 and again in line 3" in said.err
    assert hub.config.read_bytes() == twice


def test_another_writer_is_not_disturbed(config, hub):
    with writing(hub.state, "apply", SystemClock()):
        said = config("set", "cull.timeout", "7200")
        assert config("get", "cull.timeout").code == 0
    assert said.code == 5
    assert "Somebody else is at work" in said.err


# --- unset -------------------------------------------------------------------------------------------------


def test_unsetting_brings_the_default_back(config, hub):
    before = hub.config.read_bytes()
    assert config("unset", "cull.timeout").code == 0
    assert hub.config.read_bytes() == before.replace(b"  timeout: 3600\n", b"")
    assert "default is in force: 3600" in config("get", "cull.timeout").err
    assert len(backups(hub)) == 1


def test_unsetting_what_is_not_set_is_nothing_to_do(config, hub):
    said = config("unset", "hub.db.type", "--json")
    assert (said.code, said.json["changed"]) == (0, False)
    assert backups(hub) == []


def test_unsetting_a_group_leaves_its_secrets(config, hub):
    hub.secrets.write_text("hub:\n  cookieSecret: abcdefgh\n")
    said = config("unset", "hub")
    assert said.code == 0
    assert "they stay" in said.err
    assert hub.secrets.read_text() == "hub:\n  cookieSecret: abcdefgh\n"
    assert "hub:" not in hub.config.read_text()
    assert config("unset", "hub.cookieSecret").code == 0
    assert "cookieSecret" not in hub.secrets.read_text()


# --- files and pipes ---------------------------------------------------------------------------------------


def test_a_free_file_keeps_its_mode_and_a_link_stays_one(cli_here, tmp_path):
    real = tmp_path / "elsewhere" / "values.yaml"
    real.parent.mkdir()
    real.write_bytes(HAND_EDITED)
    real.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(real)
    assert cli_here("config", "set", "cull.timeout", "7200", "--file", str(link)).code == 0
    assert link.is_symlink()
    assert real.read_bytes() == HAND_EDITED.replace(b"timeout: 3600", b"timeout: 7200")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "link.yaml"]
    assert [path.name for path in real.parent.iterdir()] == ["values.yaml"]


def test_a_pipe_is_read_and_the_result_is_written(cli_here):
    said = cli_here("config", "set", "cull.timeout", "7200", "--file", "-", stdin=HAND_EDITED)
    assert said.out.encode() == HAND_EDITED.replace(b"timeout: 3600", b"timeout: 7200")
    assert (
        cli_here("config", "unset", "no.such", "--file", "-", stdin=HAND_EDITED).out.encode() == HAND_EDITED
    )
    assert cli_here("config", "get", "cull.timeout", "--file", "-", stdin=HAND_EDITED).out == "3600\n"
    both = cli_here("config", "set", "cull.timeout", "-", "--file", "-", stdin=b"7200")
    assert both.code == 2
    as_json = cli_here("config", "set", "cull.timeout", "1", "--file", "-", "--json", stdin=b"cull: {}\n")
    assert as_json.json["values"] == "cull: {timeout: 1}\n"


def test_windows_line_ends_and_a_byte_order_mark_stay(cli_here):
    data = b"\xef\xbb\xbfcull:\r\n  timeout: 1\r\n"
    said = cli_here("config", "set", "cull.timeout", "2", "--file", "-", stdin=data)
    assert said.out.encode() == data.replace(b"1", b"2")


def test_a_wrapper_is_found_or_named(cli_here):
    data = b"basehub:\n  jupyterhub:\n    cull:\n      timeout: 1\n"
    assert cli_here("config", "get", "cull.timeout", "--file", "-", stdin=data).out == "1\n"
    other = b"mine:\n  inner:\n    cull:\n      timeout: 1\n"
    said = cli_here("config", "set", "cull.timeout", "2", "--file", "-", "--at", "mine.inner", stdin=other)
    assert said.out.encode() == other.replace(b"1", b"2")


def test_the_chart_decides_which_keys_there_are(cli_here):
    words = ("config", "set", "auth.type", "github", "--file", "-")
    assert cli_here(*words).code == 2
    assert cli_here(*words, "--chart-version", "0.8.0").out == "auth:\n  type: github\n"
    assert cli_here("config", "set", "auth.type", "dummy", "--file", "-", "--chart", "helmforge").code == 0
    assert cli_here(*words, "--chart-version", "newest").code == 2
    assert cli_here(*words, "--chart", "moon").code == 2


def test_a_file_that_is_not_there_and_a_folder_are_refused(cli_here, tmp_path):
    for name in ("nothing.yaml", str(tmp_path)):
        said = cli_here("config", "set", "cull.timeout", "1", "--file", name)
        assert said.code == 2
        assert name in said.err


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (BOMB.encode(), "Line"),
        (b"a: [1\n", "Line 2"),
        (b"a: 1\n\tb: 2\n", "Line 2"),
        (b"\xff\xfe\x00", "Line 1"),
        (b"a: 1\nb: \0\n", "Line 2"),
        (b"a: " + b"[" * 5000, "Line 1"),
        (b"- 1\n", "Line 1"),
    ],
    ids=["bomb", "open", "tab", "utf16", "nul", "deep", "list"],
)
@pytest.mark.parametrize(
    "words",
    [("get",), ("set", "cull.timeout", "1"), ("unset", "cull"), ("validate", "--offline")],
    ids=" ".join,
)
def test_a_hostile_or_broken_file_gets_one_sentence_with_its_line(config, hub, data, line, words):
    hub.config.write_bytes(data)
    said = config(*words)
    assert said.code == 2
    assert "config.yaml cannot be read" in said.err
    assert line in said.err
    assert len(said.err.splitlines()) <= 4
    assert "Traceback" not in said.err
    assert hub.config.read_bytes() == data
    assert backups(hub) == []
