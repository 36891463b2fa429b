"""What lint says Helm refuses, the real Helm refuses with the real chart; and it takes the good twins."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.values.lint.examples import Example, examples, linted
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint import aborting, chart, structure, unknown_keys
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.mixups import extraconfig_str, image_str

pytestmark = pytest.mark.helm

ABOUT_INSTALLING = {
    rule.id
    for rule in (
        *structure.RULES,
        *chart.RULES,
        *aborting.RULES,
        *unknown_keys.RULES,
        image_str,
        extraconfig_str,
    )
}
NEWEST = [
    example
    for example in examples()
    if example.rule in ABOUT_INSTALLING and not example.chart and example.family == "z2jh"
]

SEED_KEYS = {
    "auth: {type: github}": "auth-old",
    "hub: {extraConfigMap: {a: 1}}": "schema",
    "hub: {extraConfig: 'c.A.b = 1'}": "extraconfig-str",
    "hub: {uid: 1000}": "schema",
    "hub: {imagePullPolicy: Always}": "schema",
    "singleuser: {schedulerStrategy: pack}": "schema",
    "singleuser: {cloudMetadata: {enabled: false}}": "cloudmeta",
    "proxy: {networkPolicy: {enabled: true}}": "schema",
    "storage: {type: none}": "wrong-indent",
    "prePuller: {extraImages: {a: {name: b, policy: Always}}}": "schema",
    "hub: {replicaCount: 1}": "chart-mix",
    "singleuser: {profiles: []}": "chart-mix",
    "hub: {cookieSecret: {existingSecret: a}}": "schema",
    "rbac: {enabled: false}": "rbac-enabled",
    "hub: {fsGid: 0}": "fsgid-old",
    "hub: {extraEnv: {JUPYTER_ENABLE_LAB: 1}}": "hub-env",
    "singleuser: {networkPolicy: {egressAllowRules: {cloudMetadataServer: true}}}": "netpol-both",
}
"""Keys of old guides that chart 4.4.0 refuses or at which it stops."""


@pytest.fixture
def refuses(helm_binary, real_chart, tmp_path):
    """Tell whether Helm refuses the values in a text, as the chart gets them."""

    def refused(text: str, at: tuple[str, ...] | None = None) -> bool:
        values = tmp_path / "values.json"
        values.write_text(json.dumps(Document.read(text.encode(), at).values))
        done = subprocess.run(
            [helm_binary, "template", "x", real_chart, "--values", values],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode != 0

    return refused


@pytest.mark.parametrize("example", NEWEST, ids=lambda one: f"{one.rule}-{one.line}")
def test_an_error_is_refused_and_its_good_twin_is_not(example: Example, refuses):
    found = [one for one in example.found_in(example.bad) if one.rule == example.rule]
    assert found
    if any(one.severity is Severity.ERROR for one in found):
        assert refuses(example.bad, example.at)
    assert not refuses(example.good, example.at)
    if example.fixed is not None:
        assert not refuses(example.fixed, example.at)


SECTIONS = """
    hub custom hub.config hub.db singleuser.cpu singleuser.storage singleuser.lifecycleHooks proxy.https
    proxy.https.letsencrypt proxy.traefik scheduling.corePods httpRoute.gateway hub.extraEnv
    singleuser.nodeSelector hub.lifecycle.preStop rbac
"""


@pytest.mark.parametrize("section", SECTIONS.split())
def test_a_null_is_an_error_where_the_chart_cannot_be_rendered_with_it(section: str, refuses):
    *above, last = section.split(".")
    text = "".join(f"{{{part}: " for part in above) + f"{{{last}: null}}" + "}" * len(above)
    found = [one.severity for one in linted(text) if one.rule == "null-section"]
    assert refuses(text) == (found == [Severity.ERROR])


@pytest.mark.parametrize(("text", "rule"), SEED_KEYS.items())
def test_keys_of_old_guides_are_refused_and_said_once(text: str, rule: str, refuses):
    assert refuses(text)
    errors = [one.rule for one in linted(text) if one.severity is Severity.ERROR]
    assert errors == [rule]
