"""Reading: what Helm means, where keys stand, and what is refused."""

import random
import tracemalloc

import pytest

from tests.values.samples import DUPLICATES, NAMES, sample
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.reading import MAX_BYTES, Position, Unreadable, parse


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_read(name):
    parsed = parse(sample(name))
    assert isinstance(parsed.tree, dict)
    assert bool(parsed.duplicates) is (name in DUPLICATES)
    assert parsed.text.encode() == sample(name).removeprefix(b"\xef\xbb\xbf")


def test_words_mean_what_helm_thinks():
    tree = parse(sample("words")).tree
    assert tree["true"] is False
    assert tree["false"] == [False, True, False, None, None, "yEs"]
    assert tree["numbers"] == [1000, 3.1, 31, 3, 1000, 8, "12:30", 0.5, 1, 0]


def test_octal_modes():
    files = parse(sample("octal_modes")).tree["singleuser"]["extraFiles"]
    assert [files[name]["mode"] for name in "abc"] == [420, 493, "0600"]


def test_merge_keys_as_helm_does():
    tree = parse(sample("merge_keys")).tree
    assert tree["user"] == {"cpu": 2, "memory": "2G"}
    assert tree["both"] == {"cpu": 1, "memory": "4G", "disk": "10Gi"}
    assert parse(b"x: &x {a: 1}\nz: {a: 5, <<: *x}\n").tree["z"] == {"a": 1}


def test_keys_are_text():
    assert set(parse(b"1: a\ntrue: b\n1.5: c\n1e6: d\n0x10: e\n.inf: f\n.nan: g\n1e-5: h\n").tree) == {
        "1", "true", "1.5", "1e+06", "16", ".inf", ".nan", "1e-05",
    }  # fmt: skip


def test_tags():
    tree = parse(sample("tags")).tree["hub"]
    assert tree == {"text": "5", "number": 3, "own": "name"}
    assert parse(b"a: !!binary aGk=\nb: !!float 3\nc: !!bool yes\nd: !!null ''\n").tree == {
        "a": "hi", "b": 3.0, "c": True, "d": None,
    }  # fmt: skip


def test_block_scalars():
    tree = parse(sample("block_scalar_keep")).tree
    assert tree == {"a": {"keep": "one\n\n\n", "next": 1}, "last": "x\n\n"}
    assert parse(sample("crlf_block_scalar")).tree["hub"]["extraConfig"] == {"a": "x = 1\ny = 2\n"}


def test_duplicates_are_told_with_their_lines():
    (duplicate,) = parse(sample("duplicate_inner")).duplicates
    assert duplicate.path == ("singleuser", "cpu", "limit")
    assert (duplicate.first, duplicate.again) == (Position(3, 5), Position(5, 5))
    assert parse(sample("duplicate_inner")).tree["singleuser"]["cpu"]["limit"] == 2


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"hub:\n\tdebug: true\n", 2, "tab"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
        (b"\xff\xfea\0:\0", 1, "NUL"),
        (b"a: 1\nb: \0\n", 2, "NUL"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"%YAML 1.1\n---\na: 1\n", 1, "directives"),
        (b"a: 1\nb: *x\n", 2, "anchor"),
        (b"a: &a [*a]\n", 1, "itself"),
        (b"a: 1\nb: c: d\n", 2, "mapping values"),
        (b"- a\n", 1, "map of keys"),
        (b"text\n", 1, "map of keys"),
        (b"a: 1\n~: 2\n", 2, "cannot be a key"),
        (b"a: 1\n[1]: 2\n", 2, "cannot be a key"),
        (b"a: 1\nb: .inf\n", 2, ".inf"),
        (b"a: 1\nb: !!int x\n", 2, "!!int"),
        (b"a: 1\nb: !!binary '@'\n", 2, "!!binary"),
        (b"a: 1\nb: {<<: 5}\n", 2, "<<"),
        (b"a: 1\nb: \x07\n", 2, "control"),
        (b"a: 1\r\n\r\nb: [\r\n", 4, "flow"),
        (b"a: '\n", 2, "quoted"),
    ],
)
def test_refused_with_the_line(data, line, words):
    with pytest.raises(Unreadable) as caught:
        parse(data)
    assert caught.value.position.line == line
    assert words in caught.value.reason
    assert caught.value.code is ExitCode.WRONG_USE
    assert f"Line {line}," in str(caught.value)


def _laughs() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


BOMBS = {
    "laughs": _laughs(),
    "50 MB": b"a: " + b"x" * 50_000_000,
    "too long": b"#" * (MAX_BYTES + 1),
    "deep flow": b"a: " + b"[" * 1_000_000,
    "deep maps": b"a: " + b"{a: " * 1_000_000,
    "deep blocks": b"".join(b" " * n + b"a:\n" for n in range(2000)),
    "dashes": b"- " * 1_000_000,
    "many": b"a:\n" + b"- \n" * 1_300_000,
    "questions": b"? " * 1_000_000,
    "NULs": b"\0" * 1_000_000,
    "noise": random.Random(1).randbytes(1_000_000),
    "documents": b"---\n" * 1_000_000,
    "open quote": b'a: "' + b"x\n" * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_cheaply(name):
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput):
            parse(BOMBS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300 * 2**20


def test_the_largest_file_still_works():
    data = b"a: |\n" + b"  0123456789\n" * ((MAX_BYTES - 5) // 13)
    assert parse(data).tree["a"].startswith("0123456789\n0123456789")


@pytest.mark.parametrize(
    ("name", "path", "line", "column"),
    [
        ("comments_everywhere", ("hub", "db", "type"), 12, 5),
        ("list_of_maps", ("singleuser", "profileList", 1, "display_name"), 7, 7),
        ("list_of_maps", ("singleuser", "profileList", 1), 7, 7),
        ("crlf", ("proxy", "service", "type"), 8, 5),
        ("bom", ("hub",), 1, 1),
        ("anchors", ("singleuser", "image", "tag"), 3, 3),
        ("merge_keys", ("both", "disk"), 3, 3),
        ("non_ascii", ("hub", "templateVars", "straße"), 5, 5),
        ("plain", ("hub", "nothing", "here"), 1, 1),
        ("plain", ("nothing",), 1, 1),
    ],
)
def test_where(name, path, line, column):
    assert Document.read(sample(name)).where(path) == Position(line, column)
