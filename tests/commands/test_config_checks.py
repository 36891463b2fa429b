"""config lint and validate: places, exit codes, JSON, and the edits of --fix."""

from __future__ import annotations

import pytest

from z2jh_wizard.flows import validation
from z2jh_wizard.project import folder as folders

BAD = b"""\
# my class
singleuser:
  memory:
    limit: 1Gi   # enough
"""
GOOD = BAD.replace(b"1Gi", b"1G")


@pytest.fixture(autouse=True)
def no_charts(monkeypatch, tmp_path):
    """No chart in any cache, and none to be had."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    async def unreachable(chart, source):
        return None

    monkeypatch.setattr(validation, "_downloaded", unreachable)


# --- lint --------------------------------------------------------------------------------------------------


def test_a_finding_is_told_with_its_place_and_what_to_write(config, hub):
    hub.config.write_bytes(BAD)
    said = config("lint")
    assert said.code == 3
    lines = said.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "mem-gi" in line)
    assert lines[at].startswith("config.yaml:4:5 error mem-gi: ")
    assert lines[at + 1] == "    fix: Write 1G, which is the same amount."
    assert lines[-1].startswith("1 error")


def test_the_json_is_the_contract(config, hub):
    hub.config.write_bytes(BAD)
    said = config("lint", "--json")
    assert said.code == 3
    found = next(one for one in said.json if one["rule"] == "mem-gi")
    assert set(found) >= {"rule", "severity", "path", "line", "column", "message", "fix"}
    assert (found["severity"], found["path"], found["line"]) == ("error", "singleuser.memory.limit", 4)
    assert found["fix"] == "Write 1G, which is the same amount."
    assert found["file"] == "config.yaml"


def test_notes_are_no_trouble(config):
    said = config("lint", "--json")
    assert {one["severity"] for one in said.json} <= {"note"}
    assert said.code == 0


def test_both_files_of_a_project_are_linted_together(config, hub):
    hub.secrets.write_bytes(b"proxy:\n  secretToken: CHANGEME\n" + BAD)
    found = {(one["file"], one["rule"]) for one in config("lint", "--json").json}
    assert ("secrets.yaml", "mem-gi") in found


def test_fix_writes_the_safe_edits_with_a_backup_and_lints_again(config, hub):
    hub.config.write_bytes(BAD)
    said = config("lint", "--fix")
    assert hub.config.read_bytes() == GOOD
    assert "fixed config.yaml:4 mem-gi" in said.err
    assert "mem-gi" not in said.out
    assert said.code == 0
    assert [path.read_bytes() for path in hub.backups.iterdir()] == [BAD]
    assert config("lint", "--fix").code == 0
    assert len(list(hub.backups.iterdir())) == 1


def test_a_pipe_is_fixed_on_its_way_through(cli_here):
    said = cli_here("config", "lint", "--fix", "--file", "-", stdin=BAD)
    assert said.out.encode() == GOOD
    assert "mem-gi" in said.err
    assert cli_here("config", "lint", "--fix", "--json", "--file", "-", stdin=BAD).code == 2
    plain = cli_here("config", "lint", "--file", "-", stdin=BAD)
    assert plain.out.startswith("stdin:") or "stdin:4:5 error mem-gi" in plain.out


@pytest.mark.parametrize("data", [b"a: [1\n", b"\xff\xfe\x00", b"a: 1\nb: \0\n"])
def test_a_file_that_cannot_be_read_is_a_finding_and_invalid_input(config, hub, data):
    hub.config.write_bytes(data)
    said = config("lint", "--json")
    assert said.code == 2
    first = said.json[0]
    assert (first["severity"], first["file"]) == ("error", "config.yaml")
    assert first["line"] >= 1
    config("lint", "--fix")
    assert hub.config.read_bytes() == data


def test_tabs_are_mended_where_their_width_does_not_matter(config, hub):
    hub.config.write_bytes(b"cull:\n\ttimeout: 3600\n")
    assert config("lint").code == 2
    config("lint", "--fix")
    assert config("get", "cull.timeout").out == "3600\n"


def test_the_chart_version_decides(cli_here):
    old = b"auth:\n  type: github\n"
    rules = {one["rule"] for one in cli_here("config", "lint", "--json", "--file", "-", stdin=old).json}
    assert "auth-old" in rules
    words = ("config", "lint", "--json", "--file", "-", "--chart-version", "0.8.0")
    assert "auth-old" not in {one["rule"] for one in cli_here(*words, stdin=old).json}


def test_a_chart_of_ones_own_may_take_other_keys(cli_here, tmp_path):
    chart = tmp_path / "mine"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("name: mine\nversion: 4.4.0\n")
    words = ("config", "lint", "--json", "--file", "-")
    data = b"extra: {thing: 1}\n"
    assert "error" in {one["severity"] for one in cli_here(*words, stdin=data).json}
    anything = cli_here(*words, "--chart", str(chart), stdin=data).json
    assert "error" not in {one["severity"] for one in anything}
    schema = '{"properties": {"extra": {"type": "object"}}, "additionalProperties": false}'
    (chart / "values.schema.json").write_text(schema)
    known = cli_here(*words, "--chart", str(chart), stdin=data).json
    assert "error" not in {one["severity"] for one in known}
    wrong = cli_here(*words, "--chart", str(chart), stdin=b"extra: 1\n").json
    assert ("extra", "error") in {(one["path"], one["severity"]) for one in wrong}


# --- validate ----------------------------------------------------------------------------------------------


def test_what_fits_says_with_what_it_was_compared(config):
    said = config("validate")
    assert said.code == 0
    assert said.out == "config.yaml and secrets.yaml fit the chart.\n"
    assert "the schema of practice 1.0.0" in said.err
    assert config("validate", "--json").json == []


def test_what_does_not_fit_is_named_by_path_and_never_quoted(config, hub):
    hub.config.write_text(
        "hub:\n  cookieSecret: 123456789\n  concurrentSpawnLimt: 3\ncull:\n  timeout: soon\n"
        "singleuser:\n  storage:\n    type: dinamic\n"
        "imagePullSecret:\n  create: true\n  password: 123456789\n"
    )
    said = config("validate", "--json")
    assert said.code == 3
    found = {one["path"]: one["message"] for one in said.json}
    assert found["cull.timeout"] == "It must be integer or null."
    assert "did you mean hub.concurrentSpawnLimit?" in found["hub.concurrentSpawnLimt"]
    assert "dynamic" in found["singleuser.storage.type"]
    assert "hub.cookieSecret" in found
    assert "123456789" not in said.out + said.err


def test_null_takes_the_default_away_as_in_helm():
    assert validation.coalesce({"a": 1, "b": {"c": 1, "d": 2}}, {"a": None, "b": {"c": None}, "e": None}) == {
        "b": {"d": 2},
        "e": None,
    }


def test_without_the_chart_the_shipped_schema_or_the_table_of_keys_judge(cli_here):
    typo = b"hub:\n  imge: {}\n"
    new = cli_here("config", "validate", "--file", "-", stdin=typo)
    assert new.code == 3
    assert "the wizard's own schema for Zero to JupyterHub 4" in new.err
    old = cli_here("config", "validate", "--file", "-", "--chart-version", "0.9.0", stdin=typo)
    assert old.code == 3
    assert "the wizard's table of keys for Zero to JupyterHub 0.9.0" in old.err
    assert "did you mean hub.image?" in old.out
    fine = b"auth:\n  type: github\n"
    assert cli_here("config", "validate", "--file", "-", "--chart-version", "0.9.0", stdin=fine).code == 0
    assert cli_here("config", "validate", "--file", "-", stdin=fine).code == 3


def test_a_chart_given_by_its_path_judges_by_its_own_schema(cli_here, tmp_path):
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("name: mine\nversion: 0.3.0\n")
    (chart / "values.yaml").write_text("")
    (chart / "values.schema.json").write_text('{"type": "object", "anyOf": [{"required": ["mine"]}]}')
    words = ("config", "validate", "--file", "-", "--chart", str(chart))
    assert cli_here(*words, stdin=b"mine: 1\n").code == 0
    said = cli_here(*words, stdin=b"other: 1\n")
    assert said.code == 3
    assert said.out == "(top): It does not fit what the chart's schema says (anyOf).\n"
    assert "the schema of mine 0.3.0" in said.err


@pytest.mark.parametrize(
    "schema",
    [
        "[]",
        '"x"',
        '{"properties": []}',
        '{"type": "moon"}',
        '{"patternProperties": {"(": {}}}',
        '{"$ref": "#/definitions/none"}',
        '{"definitions": {"a": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"}',
        '{"$ref": "http://127.0.0.1:9/schema.json"}',
    ],
)
def test_a_schema_that_is_none_gets_one_sentence(cli_here, tmp_path, schema):
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("name: mine\nversion: 0.3.0\n")
    (chart / "values.yaml").write_text("")
    (chart / "values.schema.json").write_text(schema)
    said = cli_here("config", "validate", "--file", "-", "--chart", str(chart), stdin=b"a: 1\n")
    assert said.code == 2
    assert "schema cannot be used" in said.err
    assert "Traceback" not in said.err
    assert cli_here("config", "lint", "--file", "-", "--chart", str(chart), stdin=b"a: 1\n").code in (0, 3)


def test_the_real_chart_judges_by_its_own_schema(cli_here, real_chart):
    words = ("config", "validate", "--file", "-", "--chart", str(real_chart))
    assert cli_here(*words, stdin=b"cull:\n  timeout: 3600\n").code == 0
    assert cli_here(*words, stdin=b"cull:\n  timeout: soon\n").code == 3


def test_validating_needs_no_jsonschema_when_all_is_fine(config):
    import subprocess
    import sys

    code = (
        "import sys; from z2jh_wizard.cli import main; "
        "code = main(['config', 'validate', '--file', sys.argv[1], '--offline']); "
        "sys.exit(code or ('jsonschema' in sys.modules) * 50)"
    )
    where = folders.CONFIG
    assert where == "config.yaml"
    project = config.args[1]
    done = subprocess.run(
        [sys.executable, "-c", code, f"{project}/{where}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
