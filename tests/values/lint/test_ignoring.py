"""Comments silence the rules that they name, at their key or in the whole file, and no others."""

from __future__ import annotations

import pytest

from tests.values.lint.examples import linted

TYPO = "singleuser:\n  default_url: /lab{}\n  cmd: a\n  start_timeout: 7\n"


def rules(text: str) -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in linted(text) if one.rule in {"snake-case", "unknown-ignore"}]


def test_at_the_end_of_the_line():
    assert rules(TYPO.format("  # z2jh-wizard: ignore snake-case")) == [("snake-case", 4)]


def test_on_the_line_above_with_other_comments_and_a_reason():
    text = "singleuser:\n  # z2jh-wizard: ignore mem-gi, snake-case -- our own image\n  # reads it\n\n"
    assert rules(text + "  default_url: /lab\n  start_timeout: 7\n") == [("snake-case", 6)]


def test_all_below_a_key():
    text = "singleuser:  # z2jh-wizard: ignore snake-case\n  default_url: /lab\nhub:\n  base_url: /\n"
    assert rules(text) == [("snake-case", 4)]


def test_an_item_of_a_list():
    text = "hub:\n  extraVolumes:\n    - name: “a”{}\n    - name: “b”\n"
    ignored = text.format("  # z2jh-wizard: ignore curly-quotes")
    assert [one.line for one in linted(ignored) if one.rule == "curly-quotes"] == [4]


def test_the_whole_file_from_the_top_only():
    top = "# The hub of 2026\n# z2jh-wizard: ignore-file snake-case\n"
    assert rules(top + TYPO.format("")) == []
    below = TYPO.format("") + "# z2jh-wizard: ignore-file snake-case\n"
    assert rules(below) == [("snake-case", 2), ("snake-case", 4), ("unknown-ignore", 5)]


@pytest.mark.parametrize(
    "comment", ["ignore", "ignore snake_case", "ignroe snake-case", "ignore-file nothing"]
)
def test_a_comment_that_silences_nothing_is_told(comment):
    found = rules(f"# z2jh-wizard: {comment}\n" + TYPO.format(""))
    assert found == [("unknown-ignore", 1), ("snake-case", 3), ("snake-case", 5)]


def test_a_silenced_error_still_explains_its_path():
    text = "hub:\n  extraConfig: a = 1  # z2jh-wizard: ignore extraconfig-str\n"
    assert [one.rule for one in linted(text) if one.rule in {"schema", "extraconfig-str"}] == []


def test_only_the_file_with_the_comment_is_concerned():
    from z2jh_wizard.values.lint.run import lint_bytes

    ignored = TYPO.format("  # z2jh-wizard: ignore snake-case").encode()
    other = b"hub: {base_url: /}\n"
    found = lint_bytes([("a", ignored, None), ("b", other, None)], "4.4.0").findings
    assert [(one.file, one.line) for one in found if one.rule == "snake-case"] == [("a", 4), ("b", 1)]
