"""Which values the practice chart takes and refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
import yaml

from tests.chart.cases import Node, cases, keys
from tests.chart.helm import CHART, Chart, Refused
from tests.chart.samples import REFUSALS, SAMPLES, Refusal, Sample, paths

pytestmark = pytest.mark.helm

OLD = {"hub.fsGid", "rbac.enabled"}
"""Keys that the schema lets through, so that a sentence can say what became of them."""

OF_ONE_SERVICE = "hub.services."
"""Traits of a service: the real chart's schema has them one level too high, and so has this one."""


def merged(defaults: Any, values: Any) -> Any:
    """Values over defaults as Helm merges them: maps key by key, null takes a key away."""
    if not (isinstance(defaults, Mapping) and isinstance(values, Mapping)):
        return values
    both = {
        **defaults,
        **{key: merged(defaults[key], value) if key in defaults else value for key, value in values.items()},
    }
    return {key: value for key, value in both.items() if value is not None}


def test_helm_finds_nothing_to_criticize(chart: Chart):
    report = chart.run("lint", "--strict", chart.path)
    assert "0 chart(s) failed" in report


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_sample_is_taken(chart: Chart, sample: Sample):
    assert chart.verdict(sample.accepted) == ""


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_sample_is_refused_with_its_reason(chart: Chart, refusal: Refusal):
    assert refusal.why in chart.verdict(refusal.values)


def test_samples_use_every_key_of_the_schema(schema: Node):
    written = {path for sample in SAMPLES for path in paths(sample.accepted)}
    unused = []
    for path, _ in keys(schema):
        dotted = ".".join(path)
        if dotted in OLD or dotted.startswith(OF_ONE_SERVICE):
            continue
        if not any(
            len(path) == len(one)
            and all(k in ("any", "Any") or k == w for k, w in zip(path, one, strict=True))
            for one in written
        ):
            unused.append(dotted)
    assert unused == []


def test_every_default_has_a_place_in_the_schema(schema: Node):
    known = {path for path, _ in keys(schema)}
    defaults = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    free = {path for path, node in keys(schema) if node.get("additionalProperties") in (True, None)}
    strange = [
        path
        for path in paths(defaults)
        if path
        and path not in known
        and not any(path[:length] in free for length in range(1, len(path)))
        and (*path[:-1], "any") not in known
    ]
    assert strange == []


def test_generated_values_are_taken_or_refused_by_their_type(schema: Node):
    defaults = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    verdicts = [(case, validator.is_valid(merged(defaults, case.values))) for case in cases(schema)]
    assert len(verdicts) > 1_000
    taken = [str(case) for case, valid in verdicts if valid and case.what.startswith("wrong")]
    refused = [str(case) for case, valid in verdicts if not valid and case.what.startswith("right")]
    assert taken == ["imagePullSecret.create: wrong (3.5)"]  # looked at only when it is true
    assert refused == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"auth": {"type": "github"}}, "chart 0.11 replaced this section by hub.config"),
        ({"singleuser": {"cloudMetadata": {"enabled": True}}}, "with the opposite meaning"),
        ({"rbac": {"enabled": True}}, "since chart 2.0 it is rbac.create"),
        ({"hub": {"fsGid": 1000}}, "hub.podSecurityContext.fsGroup"),
        ({"hub": {"livenessProbe": None}}, "hub.livenessProbe or the section around it is empty"),
    ],
    ids=["auth", "cloudMetadata", "rbac", "fsGid", "empty section"],
)
def test_mistakes_stop_the_installation_with_a_sentence(chart: Chart, values: Node, sentence: str):
    with pytest.raises(Refused, match=sentence):
        chart.render(values, "--skip-schema-validation")


class TestNotes:
    """What an installation tells."""

    def notes(self, chart: Chart, values: Node) -> str:
        text = chart.run("install", "hub", chart.path, "--dry-run=client", "-n", "course", values=values)
        return text.partition("NOTES:")[2]

    def test_say_practice_and_the_way_in(self, chart: Chart):
        notes = self.notes(chart, {})
        assert notes.strip().startswith("PRACTICE")
        assert "kubectl --namespace=course get service proxy-public" in notes
        assert "anybody who finds the address gets in" in notes

    @pytest.mark.parametrize(
        ("sample", "address"),
        [
            ("ingress", "https://hub.example.edu/"),
            ("gateway", "https://hub.example.edu/"),
            ("https-letsencrypt", "https://www.example.edu/"),
            ("hub-settings", "http://EXTERNAL-IP/bio101/"),
            ("everything-off", "service/hub-jupyterhub-proxy-public 8080:http"),
        ],
    )
    def test_name_the_address(self, chart: Chart, sample: str, address: str):
        values = next(each.accepted for each in SAMPLES if each.name == sample)
        assert address in self.notes(chart, values)

    @pytest.mark.parametrize(
        ("values", "warning"),
        [
            ({"proxy": {"secretToken": "<RANDOM_HEX>"}}, "proxy.secretToken is not 64 hex digits"),
            ({"hub": {"cookieSecret": "secret"}}, "hub.cookieSecret is not 64 hex digits"),
            ({"scheduling": {"userPlaceholder": {"replicas": 2}}}, "placeholders will not make room"),
        ],
    )
    def test_warn_of_what_will_disappoint(self, chart: Chart, values: Node, warning: str):
        assert warning in self.notes(chart, values)

    def test_are_silent_when_all_is_well(self, chart: Chart):
        config = {"JupyterHub": {"authenticator_class": "native"}}
        notes = self.notes(chart, {"hub": {"config": config}, "proxy": {"secretToken": "0a" * 32}})
        assert "Please look at" not in notes
