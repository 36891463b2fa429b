"""Editing: one key changes and everything else stays to the byte."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.samples import DUPLICATES, NAMES, sample
from z2jh_wizard.core.errors import ExitCode, InvalidInput, Refused
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.nodes import Mapping, Node
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.places import EditRefused
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.trees import same

IN_BRACES = {"flow_many_lines"}
EDITABLE = [name for name in NAMES if name not in DUPLICATES]


def read(data: bytes | str) -> Document:
    return Document.read(data.encode() if isinstance(data, str) else data, ())


def written_maps(document: Document):
    """Every path of a map that is not empty and no alias: where a key can be added."""
    found: list[Path] = []
    todo: list[tuple[Path, Node | None]] = [((), document.parsed.composed.root)]
    while todo:
        path, node = todo.pop()
        if isinstance(node, Mapping):
            if node.entries or node.flow:
                found.append(path)
            todo += [((*path, entry.name), entry.value) for entry in node.entries if entry.name is not None]
    return found


def line_changes(before: Document, after: Document) -> tuple[list[str], list[str]]:
    """The lines that went and those that came, their line breaks included."""
    old, new = (each.data.decode().splitlines(keepends=True) for each in (before, after))
    if old and new and not old[-1].endswith("\n"):  # its line break is not counted, wherever it stands
        old[-1] += "\n"
        new[-1] += "" if new[-1].endswith("\n") else "\n"
    diff = list(difflib.ndiff(old, new)) if len(old) < 200 else list(difflib.unified_diff(old, new, n=0))[2:]
    return [x for x in diff if x[0] == "-"], [x for x in diff if x[0] == "+"]


@pytest.mark.parametrize("name", EDITABLE)
def test_a_new_key_comes_and_goes_without_a_trace(name):
    document = read(sample(name))
    refused = 0
    paths = [("z new",), ("new", "y", "x"), *[(*path, "z new") for path in written_maps(document)]]
    for path in paths:
        for value in ("text", 5, None, {"a": [1, {"b": "c"}], "d": {}}, "several\nlines\n", [], [["x"]]):
            try:
                edited = document.set(path, value)
            except EditRefused:
                refused += 1
                continue
            assert same(edited.get(path), value)
            assert edited.unset(path).data == document.data
    if name not in {"anchors", "merge_keys", "complex_key"}:
        assert refused == 0


TEXTS = [
    "yes", "0644", "1e3", "a: b", "- x", "# c", "a #b", "x\ny\n", "x\n\n", " x", "~", "{", "@",
    "é", "'", "null",
]  # fmt: skip

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=12)
    | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(EDITABLE), st.data(), values)
def test_any_value_is_written_so_that_it_reads_back(name, data, value):
    document = read(sample(name))
    path = (
        *data.draw(st.sampled_from([(), *written_maps(document)])),
        data.draw(st.text(min_size=1, max_size=6)),
    )
    if document.has(path):
        return
    try:
        edited = document.set(path, value)
    except EditRefused:
        assert name in {"anchors", "merge_keys", "complex_key"}
        return
    assert same(edited.get(path), value)
    gone, _ = line_changes(document, edited)
    assert not gone or name in IN_BRACES or "{" in gone[0]
    assert edited.unset(path).data == document.data


LINES = [
    "a: 5 # five", "b: 'q' # q", 'c: "d" # d', "d: |- # text\n  x\n  y",
    "e:\n  # in e\n  f: 1", "g:   # below\n  text",
    "h:\n- 1\n- k: 2", "i: {x: 1}", "j: some\n  words", "k: >\n  folded\n", "l:",
    "m: &unused 5", "s: !!str 5", "o: ~",
    "p:\n    - q", "r: [1, # one\n  2]",
]  # fmt: skip


@given(
    st.permutations(LINES),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "outer:\n", "outer:\n  inner:\n"]),
    st.sampled_from(["", "\n", "\n\n# end\n"]),
    st.booleans(),
    st.data(),
    values,
)
def test_setting_a_key_changes_its_own_lines_only(lines, line_end, outer, end, comments, data, value):
    indent = "  " * outer.count("\n")
    between = f"\n{indent}# about the next\n" if comments else "\n"
    body = between.join(lines)
    text = outer + "\n".join(indent + line if line else line for line in body.split("\n")) + end
    document = read(text.replace("\n", line_end))
    path = (*["outer", "inner"][: outer.count("\n")], data.draw(st.sampled_from(lines))[0])
    try:
        edited = document.set(path, value)
    except EditRefused:
        # the one text that cannot be kept: the last one, without a line end below
        assert end == ""
        return
    assert same(edited.get(path), value)
    key_line = document.where(path).line - 1
    old = document.data.decode().split("\n")
    new = edited.data.decode().split("\n")
    names = [document.where((*path[:-1], line[0])).line - 1 for line in lines]
    next_line = min((line for line in names if line > key_line), default=len(old))
    assert new[:key_line] == old[:key_line]
    rest = old[next_line:]
    assert not rest or new[-len(rest) :] == rest
    if value not in ({}, []) and document.get(path) != value:
        assert edited.set(path, document.get(path)).tree == document.tree


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a: 5 # five\n", ("a",), 6, "a: 6 # five\n"),
        ("a:   5\n", ("a",), 6, "a:   6\n"),
        ("a: 'x' # q\n", ("a",), "it's", "a: 'it''s' # q\n"),
        ("a: x # q\n", ("a",), {"b": 1}, "a: # q\n  b: 1\n"),
        ("a: x\n", ("a",), "t\nu\n", "a: |\n  t\n  u\n"),
        ("a: x", ("a",), "t\nu\n", 'a: "t\\nu\\n"'),
        ("a: |- # c\n  x\nb: 1\n", ("a",), "w", "a: w # c\nb: 1\n"),
        ("a: |- # c\n  x\nb: 1\n", ("a",), "y\nz", "a: |- # c\n  y\n  z\nb: 1\n"),
        ("a: |- # c\n  x\nb: 1\n", ("a",), [1], "a: # c\n  - 1\nb: 1\n"),
        ("a: &x !!str |2-\n    x\nb: 1\n", ("a",), 5, "a: 5\nb: 1\n"),
        ("a:\n  # in\n  b: 1\n", ("a",), {"c": 2}, "a:\n  # in\n  c: 2\n"),
        ("a: &x\n  b: 1\n", ("a",), 5, "a: 5\n"),
        ("a:\n  b: 1\n", ("a",), None, "a: null\n"),
        ("a:\n- 1\n- 2\n", ("a",), [3], "a:\n- 3\n"),
        ("a: # c\n", ("a", "b"), 1, "a: # c\n  b: 1\n"),
        ("a: {}\n", ("a", "b", "c"), 1, "a: {b: {c: 1}}\n"),
        ("a: &x { # {\n}\n", ("a", "b"), 1, "a: &x {b: 1 # {\n}\n"),
        ("a: {b: 1}\n", ("a",), {"c": "x, y"}, 'a: {c: "x, y"}\n'),
        ("a: {b}\n", ("a", "b"), 1, "a: {b: 1}\n"),
        ("a: [1, 2]\n", ("a", 1), {"b": None}, "a: [1, {b: null}]\n"),
        ("a: [1]\n", ("a", 1), 2, "a: [1, 2]\n"),
        ("a: []\n", ("a", 0), 2, "a: [2]\n"),
        ("a:\n- 1 # one\n", ("a", 0), 2, "a:\n- 2 # one\n"),
        ("a:\n- x: 1\n  y: 2\n", ("a", 0), {"z": 3, "w": 4}, "a:\n- z: 3\n  w: 4\n"),
        ("a:\n- x: 1\n  y: 2\n", ("a", 0), "s", "a:\n- s\n"),
        ("a:\n- x: 1\n", ("a", 1, "x"), 2, "a:\n- x: 1\n- x: 2\n"),
        ("a:\n-\n- 2\n", ("a", 0), 1, "a:\n- 1\n- 2\n"),
        ("a: &l # c\n  - 1\n", ("a", 1), 2, "a: &l # c\n  - 1\n  - 2\n"),
        ("a:\n    b: 1\n", ("a", "c", "d"), 1, "a:\n    b: 1\n    c:\n        d: 1\n"),
        ("a:\n- 1\n", ("b",), [1], "a:\n- 1\nb:\n- 1\n"),
        ("x: &x 1\na: *x\n", ("a",), 2, "x: &x 1\na: 2\n"),
        ("a: 1\n", ("b",), ["", [], {}, [[1]], "x\ny\n"],
         'a: 1\nb:\n  - ""\n  - []\n  - {}\n  - - - 1\n  - |\n    x\n    y\n'),
        ("a: 1\n", ("yes",), "no", 'a: 1\n"yes": "no"\n'),
        ("a: 1\n", ("b",), "tab\tand\x07 \u2028", 'a: 1\nb: "tab\\tand\\x07 \\u2028"\n'),
        ("a: 1\n", ("b",), 1e22, "a: 1\nb: 1.0e+22\n"),
        ("a:\n  x\n", ("a",), "w", "a:\n  w\n"),
        ("a: # c\n  x\n", ("a",), {"b": 1}, "a: # c\n  b: 1\n"),
    ],
)  # fmt: skip
def test_set(text, path, value, expected):
    edited = read(text).set(path, value)
    assert edited.data.decode() == expected
    assert same(edited.get(path), value)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: 1\nb: 2\n", ("a",), "b: 2\n"),
        ("a: 1\r\nb: 2\r\n", ("a",), "b: 2\r\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("a: 1\n", ("nothing", "here"), "a: 1\n"),
        ("a:\n  b:\n    c: 1\nd: 1\n", ("a", "b", "c"), "d: 1\n"),
        ("a:\n  # why\n  b: 1\n", ("a", "b"), "a: {}\n  # why\n"),
        ("a:\n- 1\n- 2\n", ("a", 0), "a:\n- 2\n"),
        ("a:\n- 1\nb: 1\n", ("a", 0), "a: []\nb: 1\n"),
        ("a:\n- x: 1\n  y: 2\n", ("a", 0, "x"), "a:\n- y: 2\n"),
        ("a:\n- x: 1\n", ("a", 0, "x"), "a:\n- {}\n"),
        ("a: {b: 1, c: 2, d: 3}\n", ("a", "b"), "a: {c: 2, d: 3}\n"),
        ("a: {b: 1, c: 2, d: 3}\n", ("a", "c"), "a: {b: 1, d: 3}\n"),
        ("a: {b: 1, c: 2,}\n", ("a", "c"), "a: {b: 1,}\n"),
        ("a: {b: {c: 1}}\n", ("a", "b", "c"), "a: {}\n"),
        ("a: [1, 2]\n", ("a", 0), "a: [2]\n"),
        ("a: [1]\n", ("a", 0), "a: []\n"),
        ("x: &x 1\na: *x\n", ("a",), "x: &x 1\n"),
    ],
)
def test_unset(text, path, expected):
    assert read(text).unset(path).data.decode() == expected


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("a: 1\nb: 2\n", ("a",), ("c",), "b: 2\nc: 1\n"),
        ("x: 1\n# about a\n# more\na: 0x1F # why\nb: 2\n", ("a",), ("c", "d"),
         "x: 1\nb: 2\nc:\n  # about a\n  # more\n  d: 0x1F # why\n"),
        ("# the file\na: 1\nb: 2\n", ("a",), ("c",), "# the file\nb: 2\nc: 1\n"),
        ("a:\n  b: |\n    x\n\n    y\n  c: 1\n", ("a", "b"), ("d",), "a:\n  c: 1\nd: |\n  x\n\n  y\n"),
        ("a:\n  b:\n    # in\n    c: 'q'\nh: {}\n", ("a", "b"), ("h", "b"), 'h: {b: {c: q}}\n'),
        ("a: {b: 'q'}\n", ("a", "b"), ("c",), "a: {}\nc: q\n"),
        ("a: 1\r\n# about b\r\nb: 2\r\n", ("b",), ("c", "d"), "a: 1\r\nc:\r\n  # about b\r\n  d: 2\r\n"),
    ],
)  # fmt: skip
def test_move(text, old, new, expected):
    moved = read(text).move(old, new)
    assert moved.data.decode() == expected
    assert moved.get(new) == read(text).get(old)
    assert not moved.has(old)


@pytest.mark.parametrize(
    ("text", "edit", "reason"),
    [
        ("a: 1\na: 2\nb: 1\n", lambda d: d.set(("b",), 2), "line 1 and again in line 2"),
        ("x: &x {a: 1}\nv: *x\n", lambda d: d.set(("v", "a"), 2), "shared with others"),
        ("x: &x {a: 1}\ny: *x\n", lambda d: d.set(("x", "a"), 2), "line 2 uses too"),
        ("x: &x {a: 1}\ny: *x\n", lambda d: d.unset(("x",)), "line 2 uses too"),
        ("x: &x 1\ny: *x\n", lambda d: d.set(("x",), 2), "line 2 uses too"),
        ("x: &x {a: 1}\nv:\n  <<: *x\n", lambda d: d.unset(("v", "a")), "<<"),
        ("x: &x {a: {b: 1}}\nv:\n  <<: *x\n", lambda d: d.set(("v", "a", "c"), 1), "other settings"),
        ("x:\n  y: &y 1\nz: *y\n", lambda d: d.set(("x",), 1), "break"),
        ("x: &y 2\nw:\n  y: &y 1\nz: *y\n", lambda d: d.unset(("w",)), "other settings"),
        ("? a\n: 1\nb: 1\n", lambda d: d.set(("a",), 2), "Keys with ?"),
        ("a: 1\n", lambda d: d.set(("a", "b"), 2), "single value"),
        ("a: [1]\n", lambda d: d.set(("a", "b"), 2), "a list"),
        ("a: [1]\n", lambda d: d.set(("a", 3), 2), "1 items"),
        ("a: {b: 1}\n", lambda d: d.set(("a", 0), 2), "a map"),
        ("a:\n", lambda d: d.set(("a", 0), 2), "no list yet"),
        ("a: 1\n", lambda d: d.set(("b", 1), 2), "[0]"),
        ("a: 1\n", lambda d: d.set((), 2), "whole file"),
        ("a: 1\n", lambda d: d.unset(()), "whole file"),
        ("~\n", lambda d: d.set(("a",), 2), "null"),
        ("a: |\n  x", lambda d: d.set(("b",), 2), "other settings"),
        ("a:\n- x: 1 # x\n  # about y\n  y: 1\n", lambda d: d.unset(("a", 0, "x")), "comment below"),
        ("a: 1\nb: 2\n", lambda d: d.move(("c",), ("d",)), "not in the file"),
        ("a: 1\nb: 2\n", lambda d: d.move(("a",), ("b",)), "set already"),
        ("a: {c: 1}\n", lambda d: d.move(("a",), ("a", "b")), "inside of a"),
        ("a: 1\n", lambda d: d.set(("b",), 2**70 + 1), "not mean"),
    ],
)  # fmt: skip
def test_doubtful_edits_are_refused_with_the_reason(text, edit, reason):
    document = read(text)
    with pytest.raises(EditRefused) as caught:
        edit(document)
    assert reason in caught.value.reason
    assert isinstance(caught.value, Refused)
    assert caught.value.code is ExitCode.WRONG_USE
    assert document.data == text.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}, "\ud800"])
def test_what_no_values_file_can_hold(value):
    with pytest.raises(InvalidInput, match=r"hold|text") as caught:
        read("a: 1\n").set(("b",), value)
    assert caught.value.code is ExitCode.WRONG_USE


def test_the_same_value_changes_nothing():
    document = read("a: 0x10\nb: {c: [1, 2]}\n")
    assert document.set(("a",), 16) is document
    assert document.set(("b",), {"c": [1, 2]}) is document
    assert document.set(("a",), True) is not document


@pytest.mark.parametrize(
    ("name", "wrapper"),
    [
        ("plain", ()),
        ("wrapped", ("jupyterhub",)),
        ("wrapped_twice", ("basehub", "jupyterhub")),
        ("empty", ()),
    ],
)
def test_wrappers_are_found_and_kept(name, wrapper):
    document = Document.read(sample(name))
    assert document.wrapper == wrapper
    edited = document.set(("hub", "added"), 1)
    assert edited.wrapper == wrapper
    assert edited.values["hub"]["added"] == 1
    assert edited.unset(("hub", "added")).data == document.data


def test_a_wrapper_that_is_given():
    document = Document.read(b"my:\n  chart:\n    hub: {}\n", ("my", "chart"))
    assert document.get(("hub",)) == {}
    assert document.get(("proxy",), "absent") == "absent"
    assert document.set(("proxy", "a"), 1).tree == {"my": {"chart": {"hub": {}, "proxy": {"a": 1}}}}
    assert Document.read(b"a: 1\n", ("my",)).values == {}


def test_corpus(corpus):
    """Every real file is read; a key that is new in it comes and goes."""
    files = sorted(corpus.rglob("*.yaml"))
    refused = []
    for file in files:
        document = Document.read(file.read_bytes())
        inner = next(
            (key for key, value in document.values.items() if isinstance(value, dict) and value), None
        )
        for path in [("z2jhNew",), ("z2jhNew", "a", "b"), *([(inner, "z2jhNew", "c")] if inner else [])]:
            try:
                assert document.set(path, {"k": ["v", 1]}).unset(path).data == document.data, (file, path)
            except EditRefused as error:
                refused.append((file, path, error.reason))
    assert files
    print(f"{len(files)} files read, {len(refused)} edits refused:", *refused, sep="\n")
    for file, _, _ in refused:
        parsed = Document.read(file.read_bytes()).parsed
        assert parsed.duplicates or parsed.composed.aliases, file


def test_unreadable_is_said_at_once():
    with pytest.raises(Unreadable):
        Document.read(b"a: [\n")


LISTED = b"""\
menu:
  # the small one
  - name: "A"   # quoted
    set:
      memory: 1G
      # cpu: 2

  # the large one
  - name: B
    text: >
      two
      lines
  - {name: C}
after: 1
"""


def test_items_that_change_places_keep_their_text_and_comments():
    document = read(LISTED)
    a, b, c = document.get(("menu",))
    edited = document.set(("menu",), [c, a, {"name": "new"}, b])
    assert edited.data.decode() == (
        'menu:\n  - {name: C}\n  # the small one\n  - name: "A"   # quoted\n    set:\n      memory: 1G\n'
        "      # cpu: 2\n  - name: new\n\n  # the large one\n  - name: B\n    text: >\n"
        "      two\n      lines\nafter: 1\n"
    )


def test_an_item_that_is_left_out_takes_its_comment_along():
    document = read(LISTED)
    edited = document.set(("menu",), document.get(("menu",))[::2])
    text = LISTED.decode()
    gone = text[text.index("\n  # the large") : text.index("  - {")]
    assert edited.data.decode() == text.replace(gone, "")


def test_a_list_without_line_end_keeps_its_items():
    assert read(b"a:\n- x # c\n- 'y'").set(("a",), ["y", "x"]).data == b"a:\n- 'y'\n- x # c"
    windows = read(b"a:\r\n- x # c\r\n- 'y'\r\n")
    assert windows.set(("a",), ["y", "x"]).data == b"a:\r\n- 'y'\r\n- x # c\r\n"


@given(st.permutations(range(3)), st.booleans())
def test_changed_places_can_be_changed_back(order, with_new):
    document = read(LISTED)
    items = document.get(("menu",))
    moved = document.set(("menu",), [items[at] for at in order] + [{"n": 1}] * with_new)
    back = moved.set(("menu",), items)
    assert same(back.tree, document.tree)
    for comment in (b"# the small one", b"# quoted", b"# cpu: 2", b"# the large one"):
        assert back.data.count(comment) == 1


@pytest.mark.parametrize("text", ["a: [x, 'y'] # c\nb: 1\n", "a:\n  [x,\n   'y']\n", "a: {b: [x, 'y']}\n"])
def test_a_list_in_brackets_is_written_again(text):
    document = read(text)
    path = ("a", "b") if "{" in text else ("a",)
    edited = document.set(path, ["y", "new", "x"])
    assert edited.get(path) == ["y", "new", "x"]
    assert document.set(path, ["x"]).get(path) == ["x"]


def lists_in(tree, path=()):
    """Every path of a list with something in it."""
    if isinstance(tree, list) and tree:
        yield path
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield from lists_in(child, (*path, key))


@pytest.mark.parametrize("name", EDITABLE)
def test_every_list_of_every_sample_can_change_its_order_or_says_why_not(name):
    document = read(sample(name))
    for path in lists_in(document.tree):
        items = document.get(path)
        for wanted in ([*items[::-1], "new"], items[1:], [*items, *items]):
            try:
                edited = document.set(path, wanted)
            except EditRefused:
                continue
            assert same(edited.get(path), wanted)
