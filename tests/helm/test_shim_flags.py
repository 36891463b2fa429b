"""Reading Helm's command line."""

from fractions import Fraction

import pytest

from z2jh_wizard.helm.shim.flags import Arguments, Flag, HelmFailure, Sort, duration, read
from z2jh_wizard.helm.shim.table import COMMANDS, GLOBAL

FLAGS = (
    Flag("namespace", Sort.TEXT, "n", variable="HELM_NAMESPACE"),
    Flag("install", letter="i"),
    Flag("all-namespaces", letter="A"),
    Flag("values", Sort.MANY_BY_COMMA, "f"),
    Flag("set", Sort.MANY),
    Flag("wait", Sort.OPTIONAL, bare="watcher", default="hookOnly"),
    Flag("timeout", Sort.DURATION),
    Flag("max", Sort.INTEGER, "m", default="256"),
    Flag("qps", Sort.DECIMAL),
    Flag("keyring", Sort.TEXT, missing=True),
)


def parse(*words: str, **environment: str) -> Arguments:
    return read(words, FLAGS, environment)


@pytest.mark.parametrize(
    "words",
    [
        ("--namespace", "jhub", "x"), ("--namespace=jhub", "x"), ("-n", "jhub", "x"), ("-njhub", "x"),
        ("-n=jhub", "x"), ("x", "-n", "jhub"), ("-n", "other", "x", "--namespace", "jhub"),
        ("-iAn", "jhub", "x"),
    ],
)  # fmt: skip
def test_flags_may_stand_anywhere_in_any_spelling(words):
    arguments = parse(*words)
    assert arguments.words == ["x"]
    assert arguments.text("namespace") == "jhub"


def test_switches_take_a_value_only_after_an_equals_sign():
    arguments = parse("--install", "x", "-A=false")
    assert arguments.words == ["x"]
    assert arguments.on("install")
    assert not arguments.on("all-namespaces")
    assert not parse("--install=false").on("install")


def test_an_optional_value_never_swallows_the_next_word():
    assert parse("--wait", "x").words == ["x"]
    assert parse("--wait").text("wait") == "watcher"
    assert parse("--wait=legacy").text("wait") == "legacy"
    assert parse().text("wait") == "hookOnly"


def test_lists_are_kept_in_order():
    arguments = parse("-f", "a.yaml,b.yaml", "--values", '"c,d.yaml"', "--set", "a=1,b=2", "--set=c=3")
    assert arguments.many("values") == ["a.yaml", "b.yaml", "c,d.yaml"]
    assert arguments.many("set") == ["a=1,b=2", "c=3"]
    assert arguments.many("nothing") == []


def test_two_dashes_end_the_flags_and_one_is_a_word():
    assert parse("-", "--", "--namespace", "-n").words == ["-", "--namespace", "-n"]


def test_the_environment_speaks_where_the_command_line_does_not():
    assert parse(HELM_NAMESPACE="env").text("namespace") == "env"
    assert parse("-n", "cli", HELM_NAMESPACE="env").text("namespace") == "cli"


def test_numbers_and_durations():
    arguments = parse("-m", "5", "--timeout", "1m0.5s")
    assert arguments.integer("max") == 5
    assert parse().integer("max") == 256
    assert arguments.integer("qps", 7) == 7
    assert arguments.seconds("timeout", 300) == 61
    assert parse().seconds("timeout", 300) == 300


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--frob"], "unknown flag: --frob"),
        (["-Z"], "unknown shorthand flag: 'Z' in -Z"),
        (["-iZ"], "unknown shorthand flag: 'Z' in -iZ"),
        (["--namespace"], "flag needs an argument: --namespace"),
        (["-n"], "flag needs an argument: 'n' in -n"),
        (["--max", "x"],
         'invalid argument "x" for "-m, --max" flag: strconv.ParseInt: parsing "x": invalid syntax'),
        (["--install=yes"],
         'invalid argument "yes" for "-i, --install" flag: strconv.ParseBool: parsing "yes": invalid syntax'),
        (["--qps", "x"],
         'invalid argument "x" for "--qps" flag: strconv.ParseFloat: parsing "x": invalid syntax'),
        (["--timeout", "300"],
         'invalid argument "300" for "--timeout" flag: time: missing unit in duration "300"'),
        (["--timeout", "3q"],
         'invalid argument "3q" for "--timeout" flag: time: unknown unit "q" in duration "3q"'),
        (["--timeout", "q"], 'invalid argument "q" for "--timeout" flag: time: invalid duration "q"'),
        (["--keyring", "x"], "the bundled Helm has no --keyring; use one from https://helm.sh for it"),
    ],
)  # fmt: skip
def test_errors_are_helms_own(words, error):
    with pytest.raises(HelmFailure) as raised:
        parse(*words)
    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600), ("1h5m30s", 3930), ("0", 0), ("250ms", Fraction(1, 4)), ("1.5h", 5400),
        ("3us", Fraction(3, 10**6)),
    ],
)  # fmt: skip
def test_reads_the_durations_of_go(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("command", COMMANDS.values(), ids=[" ".join(name) for name in COMMANDS])
def test_each_command_has_each_flag_once(command):
    names = [flag.name for flag in (*GLOBAL, *command.flags)]
    letters = [flag.letter for flag in (*GLOBAL, *command.flags) if flag.letter]
    assert len(names) == len(set(names))
    assert len(letters) == len(set(letters))
