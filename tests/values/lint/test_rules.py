"""Every rule: found in its bad file on the right line, silent on the good twin, mended by its fix."""

from __future__ import annotations

import pytest

from tests.values.lint.examples import Example, examples
from z2jh_wizard.values.lint.registry import RULES

EXAMPLES = examples()
by_rule = pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.rule}-{one.line}")


@by_rule
def test_bad_file_is_found_on_its_line(example: Example):
    found = example.found_in(example.bad)
    assert (example.rule, example.line) in {(one.rule, one.line) for one in found}


@by_rule
def test_good_twin_is_silent(example: Example):
    assert not [one for one in example.found_in(example.good) if one.rule == example.rule]


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.fixed is not None],
    ids=lambda one: f"{one.rule}-{one.line}",
)
def test_fix_gives_the_mended_file(example: Example):
    assert example.mended() == example.fixed
    assert not [one for one in example.found_in(example.fixed) if one.rule == example.rule]


def test_every_rule_has_an_example():
    assert {one.id for one in RULES} == {one.rule for one in EXAMPLES}


def test_no_two_rules_share_an_id():
    assert len({one.id for one in RULES}) == len(RULES)


def test_no_key_is_edited_in_an_example_that_says_nothing_of_a_fix():
    """A rule whose finding offers edits must show in an example what they give."""
    edits = {
        finding.rule
        for example in EXAMPLES
        for finding in example.found_in(example.bad)
        if finding.rule == example.rule and finding.fix and finding.fix.edits
    }
    assert edits <= {example.rule for example in EXAMPLES if example.fixed is not None}
