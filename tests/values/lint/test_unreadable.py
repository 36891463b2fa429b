"""Files that no YAML reader takes: one finding each, the others are linted, nothing explodes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.fixing import fix_unreadable
from z2jh_wizard.values.lint.run import Linted, lint_bytes
from z2jh_wizard.values.lint.unreadable import RULES

MEGABYTE = 1024 * 1024


def linted(data: bytes) -> Linted:
    return lint_bytes([("config.yaml", data, None)], "4.4.0")


def test_other_files_are_linted_and_the_caller_is_told():
    sources = [("a", b"singleuser: {default_url: /lab}\n", None), ("b", b"hub: [\n", None)]
    both = lint_bytes(sources, "4.4.0")
    assert [one.name for one in both.unreadable] == ["b"]
    found = [(one.file, one.rule) for one in both.findings if one.severity is Severity.ERROR]
    assert found == [("b", "unreadable"), ("a", "snake-case")]
    assert lint_bytes(sources[:1], "4.4.0").unreadable == ()


def test_no_rule_speaks_of_a_file_that_was_not_read():
    assert [one.rule for one in linted(b"hub: [\n").findings] == ["unreadable"]


@pytest.mark.parametrize(
    ("data", "rule", "line", "words"),
    [
        (b"hub:\n\tbaseUrl: /\n", "tab-indent", 2, "spaces"),
        (b"hub:\r\n\tbaseUrl: /\r\n", "tab-indent", 2, "spaces"),
        (b"hub:\n  a: b: c\n", "colon-plain", 2, "quotes"),
        (b"hub:\n  a: note:\n", "colon-plain", 2, "quotes"),
        ("hub:\n  title: “a: b”\n".encode(), "colon-plain", 2, "quotes"),
        (b"a: @b\n", "unreadable", 1, "quotes"),
        (b"a: %b\n", "unreadable", 1, "quotes"),
        (b"a: *b\n", "unreadable", 1, "quotes"),
        (b"a: {{ b }}\n", "unreadable", 1, "quotes"),
        (b"a: 'it's'\n", "unreadable", 1, "quote"),
        (b'a: "b\nc: d\n', "unreadable", 3, "Close the quote"),
        (b"a: [1, 2\nb: 3\n", "unreadable", 2, "Close the bracket"),
        (b"a:\n  b: 1\n c: 2\n", "unreadable", 3, "indent"),
        (b"a: 1\nb\n", "unreadable", 3, "colon"),
        (b"a: \0\n", "unreadable", 1, "NUL"),
        (b"a: \xff\n", "unreadable", 1, "UTF-8"),
        (b"a: 1\n---\nb: 1\n", "unreadable", 2, "second document"),
        (b"- a\n", "unreadable", 1, "map of keys"),
    ],
)
def test_a_file_is_one_finding_with_its_line(data, rule, line, words):
    (one,) = linted(data).findings
    assert (one.rule, one.line, one.severity) == (rule, line, Severity.ERROR)
    assert one.fix is not None
    assert words in f"{one.message} {one.fix.sentence}"


@pytest.mark.parametrize(
    ("data", "mended"),
    [
        (b"hub:\n\tdb:\n\t\ttype: other\n", b"hub:\n  db:\n    type: other\n"),
        (b"hub:\r\n\tbaseUrl: /\r\n", b"hub:\r\n  baseUrl: /\r\n"),
        (b"hub:\n    db: {}\n\tbaseUrl: /\n", b"hub:\n    db: {}\n    baseUrl: /\n"),
        (b"a:\n  - b\n\t- c\n", None),
        (b"a:\n  b:\n    c: 1\n\td: 2\n", None),
        (b"hub:\n  a: |\n    x\n    \ty\n\tb: 1\n", None),
        (b"hub:\n  title: it's: a\n", b"hub:\n  title: 'it''s: a'\n"),
        (b"hub:\n  title: a: b # c\n", None),
        (b"hub: db: x\n", None),
    ],
)
def test_lines_are_mended_only_when_the_meaning_is_sure(data, mended):
    found = linted(data).findings
    assert fix_unreadable(data, found) == (data if mended is None else mended)
    if mended is not None:
        assert not linted(mended).unreadable


@given(
    st.lists(st.sampled_from(["a:", "b: 1", "\t", "  ", " ", "\n", "- x", "#", "'", "[", "é"]), max_size=12)
)
def test_every_text_is_read_or_is_one_finding(parts):
    data = "".join(parts).encode()
    result = linted(data)
    about_reading = {rule.id for rule in RULES}
    told = [one for one in result.findings if one.rule in about_reading and one.severity is Severity.ERROR]
    assert len(result.unreadable) == len(told)
    mended = fix_unreadable(data, result.findings) if result.unreadable else data
    if mended != data:
        assert not linted(mended).unreadable


HOSTILE = {
    "aliases": b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)),
    "maps": b"a: &a {x: 1}\n"
    + b"".join(
        b"%c: &%c {%s}\n" % (98 + n, 98 + n, b",".join(b"k%d: *%c" % (k, 97 + n) for k in range(10)))
        for n in range(9)
    ),
    "itself": b"a: &a\n  b: *a\n",
    "50 MB": b"hub:\n" + b"  a: b\n" * (50 * MEGABYTE // 7),
    "brackets": b"a: " + b"[" * 10_000 + b"]" * 10_000,
    "open brackets": b"a: " + b"[" * 10_000,
    "braces": b"a: " + b"{a: " * 10_000 + b"}" * 10_000,
    "question marks": b"? " * 10_000,
    "dashes": b"- " * 10_000,
    "deep": b"\n".join(b" " * n + b"a:" for n in range(2500)),
    "NUL": b"hub:\n  a: \0b\n",
    "documents": b"hub: {}\n---\nhub: {}\n",
    "binary": bytes(range(256)) * 40,
    "UTF-16": "hub: {}\n".encode("utf-16"),
    "tabs": b"hub:\n" + b"\ta: b\n" * (4 * MEGABYTE // 7),
    "colons": b"hub: " + b"x: " * MEGABYTE,
    "keys": b"".join(b"k%d: v\n" % n for n in range(300_000)),
    "quote": b"a: '" + b"x" * (3 * MEGABYTE),
}
READABLE = {
    "digits": b"custom: {a: " + b"1" * (3 * MEGABYTE) + b"}\n",
    "unknown": b"".join(b"k%d: v\n" % n for n in range(20_000)),
    "curly": b"hub:\n" + "".join(f"  k{n}: “v”\n" for n in range(10_000)).encode(),
    "ignores": b"# z2jh-wizard: ignore nothing\n" * 100_000 + b"hub: {}\n",
    "twice": b"hub: {}\n" * 20_000,
}
CHILD = """
import json, sys
from z2jh_wizard.values.lint.run import lint_bytes
data = sys.stdin.buffer.read()
result = lint_bytes([("config.yaml", data, None)], "4.4.0")
json.dump([len(result.unreadable), [(one.line, one.message) for one in result.findings[:3]]], sys.stdout)
"""


def in_child(data: bytes):
    """Lint in a process that may have 300 MB and 20 seconds of a processor."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (300 * MEGABYTE, 300 * MEGABYTE))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=data, capture_output=True, check=False, timeout=120, preexec_fn=limited,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_sentence_with_a_line(name):
    unreadable, found = in_child(HOSTILE[name])
    assert unreadable == 1
    ((line, message),) = found
    assert line >= 1
    assert len(message) < 200


@pytest.mark.parametrize("name", READABLE)
def test_odd_files_that_can_be_read_cost_little(name):
    unreadable, _found = in_child(READABLE[name])
    assert unreadable == 0
