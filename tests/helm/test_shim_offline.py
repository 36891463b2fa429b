"""The bundled Helm where it needs no cluster: values, output, charts, and the way it is called."""

import io
import json

import pytest
import yaml

from tests.support.repository import ChartRepository
from z2jh_wizard.helm.shim.__main__ import find_command, main
from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure
from z2jh_wizard.helm.shim.output import go_time, long_time, to_json, write_log, write_table
from z2jh_wizard.helm.shim.sdk import default_namespace
from z2jh_wizard.helm.shim.values import merge_values, overlay

needs_sdk = pytest.mark.usefixtures("sdk")


def run(capsys, *words: str) -> tuple[int, str, str]:
    code = main([str(word) for word in words], {})
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def repository(chart, tmp_path):
    """A chart repository on loopback with the tiny chart in it; the address of the repository."""
    served = ChartRepository(tmp_path / "served")
    served.add(chart)
    with served.running():
        yield served.url


@pytest.fixture
def packed(repository, tmp_path):
    """The package in that repository."""
    return tmp_path / "served" / "tiny-0.1.0.tgz"


class TestCalling:
    @pytest.mark.parametrize(
        ("words", "name", "rest"),
        [
            (["list"], ("list",), []),
            (["ls", "-A"], ("list",), ["-A"]),
            (["-n", "list", "list", "-q"], ("list",), ["-n", "list", "-q"]),
            (["--kube-context=x", "get", "-n", "y", "values", "hub"], ("get", "values"),
             ["--kube-context=x", "-n", "y", "hub"]),
            (["--debug", "status", "status"], ("status",), ["--debug", "status"]),
            (["del", "x"], ("uninstall",), ["x"]),
        ],
    )  # fmt: skip
    def test_finds_the_command_among_flags(self, words, name, rest):
        found = find_command(words)
        assert found
        assert (found[0], found[2]) == (name, rest)

    @pytest.mark.parametrize("words", [[], ["--help"], ["get"], ["show", "--debug"]])
    def test_without_a_command_it_lists_what_there_is(self, capsys, words):
        code, out, _ = run(capsys, *words)
        assert code == 0
        assert "helm upgrade [RELEASE] [CHART]" in out

    def test_help_of_a_command_names_its_flags(self, capsys):
        code, out, _ = run(capsys, "rollback", "--help")
        assert code == 0
        assert "helm rollback <RELEASE> [REVISION] [flags]" in out
        assert "--cleanup-on-fail" in out
        assert "--description" not in out

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (["frob"], "unknown command \"frob\" for \"helm\"\nRun 'helm --help' for usage."),
            (["get", "frob"], 'unknown command "get" for "helm"'),
            (["repo", "add"], "the bundled Helm has no command repo"),
            (["list", "x"], '"helm list" accepts no arguments\n\nUsage:  helm list [flags]'),
            (["status"], '"helm status" requires 1 argument\n\nUsage:  helm status RELEASE_NAME [flags]'),
            (["upgrade", "x"], '"helm upgrade" requires 2 arguments'),
            (["rollback"], '"helm rollback" requires at least 1 argument'),
            (["upgrade", "x", "y", "--post-renderer", "z"], "the bundled Helm has no --post-renderer"),
            (["rollback", "x", "--description", "z"], "the bundled Helm has no --description"),
        ],
    )  # fmt: skip
    def test_wrong_calls_fail_as_helm_does(self, capsys, words, error):
        code, out, err = run(capsys, *words)
        assert (code, out) == (1, "")
        assert err.startswith(f"Error: {error}")

    def test_without_the_sdk_it_says_how_to_get_it(self, capsys, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "helm_python", None)
        code, _, err = run(capsys, "version")
        assert code == 1
        assert "pip install helm-python-sdk" in err

    @needs_sdk
    @pytest.mark.parametrize(
        ("words", "out"),
        [
            (["version", "--short"], "v4.2.3\n"),
            (["version", "--template", "{{.Version}}"], "v4.2.3"),
            (
                ["version"],
                'version.BuildInfo{Version:"v4.2.3", GitCommit:"", GitTreeState:"", GoVersion:""}\n',
            ),
        ],
    )
    def test_tells_its_version(self, capsys, words, out):
        assert run(capsys, *words)[:2] == (0, out)


@needs_sdk
class TestValues:
    def test_files_then_each_kind_of_set_in_helms_order(self, tmp_path):
        one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
        one.write_text("hub: {a: 1, b: {c: 1, d: 2}}\nlist: [1, 2]\n")
        two.write_text("hub: {b: {d: 3}, e: null}\nlist: [3]\n")
        arguments = Arguments(given={
            "set": ["hub.a=5,x={p,q}", "hub.z=1"],
            "values": [str(one), str(two)],
            "set-string": ["hub.z=007"],
            "set-json": ['j={"k":[1]}', "hub.a=4"],
            "set-literal": ["l=a,b=c"],
        })  # fmt: skip
        assert merge_values(arguments) == {
            "hub": {"a": 5, "b": {"c": 1, "d": 3}, "e": None, "z": "007"},
            "list": [3], "x": ["p", "q"], "j": {"k": [1]}, "l": "a,b=c",
        }  # fmt: skip

    def test_a_file_may_come_as_a_value_or_on_stdin(self, tmp_path, monkeypatch):
        path = tmp_path / "text"
        path.write_text("hello\n")
        monkeypatch.setattr("sys.stdin", io.StringIO("a: 1\n"))
        arguments = Arguments(given={"values": ["-"], "set-file": [f"f={path}"]})
        assert merge_values(arguments) == {"a": 1, "f": "hello\n"}

    def test_an_empty_file_gives_nothing(self, tmp_path):
        path = tmp_path / "empty.yaml"
        path.write_text("# nothing\n")
        assert merge_values(Arguments(given={"values": [str(path)]})) == {}

    @pytest.mark.parametrize(
        ("flag", "word", "error"),
        [
            ("set", "a", 'failed parsing --set data: key "a" has no value'),
            ("set", "a[0]=x", "cannot --set an entry of a list"),
            ("set", "n=1000000", "cannot --set 1000000 exactly"),
            ("set-json", "n={", "failed parsing --set-json data"),
            ("set-json", 'n={"a":[-2000000]}', "cannot --set-json -2000000 exactly"),
            ("values", "https://example.org/v.yaml", "from files only, not from https"),
            ("values", "/nowhere/v.yaml", "open /nowhere/v.yaml: no such file or directory"),
        ],
    )
    def test_what_cannot_be_read_is_an_error(self, flag, word, error):
        with pytest.raises(HelmFailure) as raised:
            merge_values(Arguments(given={flag: [word]}))
        assert error in str(raised.value)

    def test_brackets_in_a_value_are_no_index(self):
        assert merge_values(Arguments(given={"set-string": ["a=x[0]y"]})) == {"a": "x[0]y"}

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            (
                b"a: b\n  c: d\n",
                "cannot unmarshal yaml document: error converting YAML to JSON: yaml: ",
            ),
            (b"a: \xff\n", "not UTF-8"),
        ],
    )
    def test_a_broken_file_is_named(self, tmp_path, text, error):
        path = tmp_path / "bad.yaml"
        path.write_bytes(text)
        with pytest.raises(HelmFailure) as raised:
            merge_values(Arguments(given={"values": [str(path)]}))
        assert str(raised.value).startswith(f"failed to parse {path}: ")
        assert error in str(raised.value)


def test_laying_values_over_others_changes_neither():
    base, top = {"a": {"b": 1}, "l": [1]}, {"a": {"c": 2}, "l": [2]}
    assert overlay(base, top) == {"a": {"b": 1, "c": 2}, "l": [2]}
    assert (base, top) == ({"a": {"b": 1}, "l": [1]}, {"a": {"c": 2}, "l": [2]})


@needs_sdk
class TestCharts:
    def test_shows_values_with_their_comments(self, capsys, chart):
        code, out, _ = run(capsys, "show", "values", chart)
        assert code == 0
        assert out.startswith("# what to say\nmsg: hello\n")

    def test_shows_the_chart_and_all(self, capsys, chart):
        assert yaml.safe_load(run(capsys, "show", "chart", chart)[1])["name"] == "tiny"
        assert "# what to say" in run(capsys, "show", "all", chart)[1]

    def test_renders_objects_and_then_hooks_in_order_of_kind(self, capsys, chart):
        code, out, _ = run(capsys, "template", "x", chart, "-n", "ns", "--set", "msg=yo")
        assert code == 0
        kinds = [document["kind"] for document in yaml.safe_load_all(out) if document]
        assert kinds == ["ConfigMap", "Deployment", "ServiceAccount", "Job"]
        assert "x-cm" in out
        assert 'msg: "yo"' in out

    def test_renders_without_hooks_and_only_what_is_asked_for(self, capsys, chart):
        assert "hook" not in run(capsys, "template", chart, "--no-hooks")[1]
        out = run(capsys, "template", chart, "-s", "templates/hook.yaml", "--show-only", "templates/cm.yaml")[
            1
        ]
        assert [document["kind"] for document in yaml.safe_load_all(out) if document] == ["Job", "ConfigMap"]
        code, _, err = run(capsys, "template", chart, "-s", "templates/none.yaml")
        assert (code, err) == (1, "Error: could not find template templates/none.yaml in chart\n")

    def test_tests_and_definitions_are_rendered_as_asked(self, capsys, chart):
        (chart / "crds").mkdir()
        (chart / "crds" / "crd.yaml").write_text("kind: CustomResourceDefinition\n")
        assert "release-name-test" in run(capsys, "template", chart, "--set", "test=true")[1]
        out = run(capsys, "template", chart, "--set", "test=true", "--skip-tests", "--include-crds")[1]
        assert "release-name-test" not in out
        assert out.startswith("---\n# Source: tiny/crds/crd.yaml\nkind: CustomResourceDefinition")

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (["--set", "replicas=x"], "- at '/replicas': got string, want null or integer"),
            (["--set", "oops=1"], "- at '': additional properties 'oops' not allowed"),
            (["--set", "fail=not today"], "execution error at (tiny/templates/deploy.yaml:1:25): not today"),
            (["--kube-version", "1.10.0"], "chart requires kubeVersion: >=1.20.0-0 which is incompatible"),
        ],
    )  # fmt: skip
    def test_settings_that_do_not_fit_are_refused(self, capsys, chart, words, error):
        code, out, err = run(capsys, "template", "x", chart, *words)
        assert (code, out) == (1, "")
        assert error in err

    @pytest.mark.parametrize(
        ("reference", "error"),
        [
            ("./none", 'path "./none" not found'),
            ("repo/chart", "repo repo not found"),
            ("chart", "non-absolute URLs should be in form of repo_name/path_to_chart, got: chart"),
        ],
    )
    def test_a_chart_that_is_nowhere_is_told_in_helms_words(self, capsys, reference, error):
        assert run(capsys, "template", "x", reference) == (1, "", f"Error: {error}\n")
        assert run(capsys, "show", "values", reference)[0] == 1

    def test_lints_a_chart(self, capsys, chart):
        code, out, _ = run(capsys, "lint", chart)
        assert code == 0
        assert f"==> Linting {chart}\n[INFO] Chart.yaml: icon is recommended\n" in out
        assert out.endswith("1 chart(s) linted, 0 chart(s) failed\n")

    def test_a_broken_chart_fails_the_lint(self, capsys, chart, tmp_path):
        (chart / "Chart.yaml").write_text("name: tiny\n")
        code, out, err = run(capsys, "lint", chart)
        assert code == 1
        assert "[ERROR] Chart.yaml" in out
        assert err == "Error: 1 chart(s) linted, 1 chart(s) failed\n"

    def test_pulls_from_a_repository(self, capsys, repository, packed, tmp_path):
        code, _, err = run(capsys, "pull", "tiny", "--repo", repository, "--version", "0.1.0", "-d", tmp_path)
        assert (code, err) == (0, "")
        assert (tmp_path / "tiny-0.1.0.tgz").read_bytes() == packed.read_bytes()

    def test_pulls_and_unpacks(self, capsys, repository, tmp_path):
        words = ("pull", "tiny", "--repo", repository, "--untar", "-d", tmp_path, "--untardir", "here")
        assert run(capsys, *words)[0] == 0
        assert list(tmp_path.rglob("here/tiny/Chart.yaml"))

    def test_renders_and_shows_from_a_repository(self, capsys, repository):
        assert "x-cm" in run(capsys, "template", "x", "tiny", "--repo", repository)[1]
        assert "msg: hello" in run(capsys, "show", "values", "tiny", "--repo", repository)[1]

    def test_a_repository_that_is_away_is_told_in_helms_words(self, capsys):
        code, _, err = run(capsys, "template", "x", "tiny", "--repo", "http://127.0.0.1:9/x")
        assert code == 1
        assert 'looks like "http://127.0.0.1:9/x" is not a valid chart repository' in err


class TestOutput:
    @pytest.mark.parametrize(
        ("record", "line"),
        [
            (
                "waiting for resource namespace=jhub name=hub kind=Deployment expectedStatus=Current",
                'level=DEBUG msg="waiting for resource" namespace=jhub name=hub kind=Deployment '
                "expectedStatus=Current",
            ),
            (
                "Created resource via patch namespace=a name=b gvk=apps/v1, Kind=Deployment",
                'level=DEBUG msg="Created resource via patch" namespace=a name=b '
                'gvk="apps/v1, Kind=Deployment"',
            ),
            (
                'ignoring delete failure name=x error=jobs.batch "x" not found key=y\nsecond',
                'level=DEBUG msg="ignoring delete failure" name=x '
                'error="jobs.batch \\"x\\" not found key=y\\nsecond"',
            ),
            ("done", "level=DEBUG msg=done"),
        ],
    )
    def test_log_lines_are_spelled_as_helms(self, capsys, record, line):
        write_log("DEBUG", record)
        assert capsys.readouterr().err == f"{line}\n"

    def test_json_is_spelled_as_gos(self):
        assert to_json({"a": ["<&>", 1, None, "ü"]}) == '{"a":["\\u003c\\u0026\\u003e",1,null,"ü"]}'
        assert json.loads(to_json({"a": "<&>"})) == {"a": "<&>"}

    def test_tables_are_aligned(self, capsys):
        write_table([("NAME", "X"), ("longer name", "y")])
        assert capsys.readouterr().out == "NAME       \tX\nlonger name\ty\n"

    def test_times_are_spelled_as_helms(self):
        assert long_time("2026-11-01T09:35:57.073Z") == "Sun Nov  1 09:35:57 2026"
        assert go_time("2026-11-01T09:35:57Z") == "2026-11-01 09:35:57 +0000 UTC"
        assert long_time("never") == go_time("never") == "never"


@needs_sdk
class TestNamespace:
    @pytest.fixture
    def kubeconfig(self, tmp_path):
        path = tmp_path / "kubeconfig"
        path.write_text(yaml.safe_dump({
            "current-context": "one",
            "contexts": [
                {"name": "one", "context": {"cluster": "c", "namespace": "first"}},
                {"name": "two", "context": {"cluster": "c"}},
            ],
        }))  # fmt: skip
        return path

    def test_the_contexts_namespace_holds_where_no_flag_names_one(self, kubeconfig):
        assert default_namespace(Arguments(given={"kubeconfig": [str(kubeconfig)]})) == "first"
        given = {"kubeconfig": [str(kubeconfig)], "kube-context": ["two"]}
        assert default_namespace(Arguments(given=given)) == "default"

    def test_the_first_of_several_files_wins(self, kubeconfig, tmp_path, monkeypatch):
        other = tmp_path / "other"
        other.write_text("current-context: two\ncontexts: [{name: two, context: {namespace: second}}]\n")
        monkeypatch.setenv("KUBECONFIG", f"{other}:{kubeconfig}:/nowhere")
        assert default_namespace(Arguments()) == "second"

    def test_without_a_kubeconfig_it_is_default(self):
        assert default_namespace(Arguments()) == "default"
