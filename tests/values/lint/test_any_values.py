"""No rule stumbles over a value of an odd type, at any key, in any chart; and fixes never raise."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.keys import key_table
from z2jh_wizard.values.lint.fixing import fix
from z2jh_wizard.values.lint.run import lint_bytes
from z2jh_wizard.values.traits import classes
from z2jh_wizard.values.trees import put

KEYS = sorted(
    {tuple(key.split(".")[:size]) for key in key_table().z2jh for size in range(1, key.count(".") + 2)}
    | {tuple(key.split(".")) for key in key_table().helmforge}
    | {("hub", "config", one.name, trait.name) for one in classes() for trait in one.traits}
)
NAMES = sorted(
    {part for key in KEYS for part in key} | {"display_name", "kubespawner_override", "ports", "env"}
)
VERSIONS: list[tuple[str, Family]] = [
    ("v0.6", "z2jh"), ("0.9.0", "z2jh"), ("0.11.1", "z2jh"), ("2.0.0", "z2jh"), ("4.4.0", "z2jh"),
    ("1.0.6", "helmforge"),
]  # fmt: skip

ODD = ["1Gi", "a:b", "no", "“x”", "{{ .Values.a }}", "<token>", "{username}", "0644", "", "@", "c.A.b = ("]
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 5000), st.floats(0, 9), st.text("ab0:.-_/ #é“", max_size=5),
    st.sampled_from(ODD),
)  # fmt: skip
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@example([(("singleuser", "storage", "dynamic", "volumeNameTemplate"), [])], ("4.4.0", "z2jh"))
@given(st.lists(st.tuples(st.sampled_from(KEYS), trees), min_size=1, max_size=4), st.sampled_from(VERSIONS))
def test_odd_values_never_stop_lint(settings, chart):
    version, family = chart
    tree: dict[str, object] = {}
    for path, value in settings:
        tree = put(tree, path, value)
    data = json.dumps(tree, ensure_ascii=False).encode()
    linted = lint_bytes([("config.yaml", data, ())], version, family)
    assert not linted.unreadable
    assert all(one.line >= 1 and one.message for one in linted.findings)
    fixed = fix(Document.read(data, ()), linted.findings)
    again = lint_bytes([("config.yaml", fixed.document.data, ())], version, family)
    assert not again.unreadable
