"""The practice chart against the published one: the same values are taken, the same objects are made."""

from __future__ import annotations

import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from tests.chart.cases import Case, Node, cases, keys
from tests.chart.helm import Chart, Object, Objects, pod_of
from tests.chart.samples import REFUSALS, SAMPLES

pytestmark = pytest.mark.helm

OF_THIS_CHART = {"chart", "helm.sh/chart"}
KNOWN_MISTAKES = {
    "https-letsencrypt": ({("PodDisruptionBudget", "proxy")}, {("PodDisruptionBudget", "autohttps")}),
}
"""Where the published 4.4.0 makes an object under another name, which would clash with its neighbour's."""


@pytest.fixture(scope="module")
def real(helm_binary: Path, real_chart: Path) -> Chart:
    """The published chart."""
    return Chart(helm_binary, real_chart)


def test_samples_are_taken_and_make_the_same_objects(chart: Chart, real: Chart):
    for sample in SAMPLES:
        ours, theirs = chart.render(sample.accepted), real.render(sample.accepted)
        only_theirs, only_ours = KNOWN_MISTAKES.get(sample.name, (set(), set()))
        assert set(theirs) - set(ours) == only_theirs, sample
        assert set(ours) - set(theirs) == only_ours, sample
        for key in set(ours) & set(theirs):
            assert outline(ours, key) == outline(theirs, key), (sample, key)


def outline(objects: Objects, key: tuple[str, str]) -> Object:
    """What tools look at: labels, selectors, ports, images, volumes; not the chart's own name and texts."""
    made = objects[key]
    labels = {k: v for k, v in made["metadata"]["labels"].items() if k not in OF_THIS_CHART}
    spec = made.get("spec", {})
    seen: Object = {"labels": labels, "selector": spec.get("selector"), "ports": spec.get("ports")}
    if "template" in spec:
        pod = pod_of(made)
        seen["pod labels"] = pod["metadata"]["labels"]
        for kind in ("initContainers", "containers"):
            seen[kind] = [
                {
                    "image": each["image"],
                    "resources": each.get("resources") or {},
                    "mounts": sorted(mount["mountPath"] for mount in each.get("volumeMounts", [])),
                }
                for each in pod["spec"].get(kind, [])
            ]
        for field in ("serviceAccountName", "priorityClassName", "schedulerName", "tolerations", "affinity"):
            seen[field] = pod["spec"].get(field)
    return seen


def test_samples_are_refused(real: Chart):
    assert [str(refusal) for refusal in REFUSALS if not real.verdict(refusal.values)] == []


def test_the_schemas_know_the_same_keys(real_chart: Path, schema: Node):
    with tarfile.open(real_chart) as archive:
        file = archive.extractfile("jupyterhub/values.schema.json")
        assert file is not None
        theirs = json.load(file)
    assert {path for path, _ in keys(schema)} == {path for path, _ in keys(theirs)}


def disagreements(chart: Chart, real: Chart, tried: list[Case]) -> list[str]:
    """Those values that only one of the two charts takes."""

    def verdicts(case: Case) -> tuple[bool, bool]:
        return bool(chart.verdict(case.values)), bool(real.verdict(case.values))

    with ThreadPoolExecutor(2) as pool:
        found = zip(tried, pool.map(verdicts, tried), strict=True)
        return [str(case) for case, (ours, theirs) in found if ours != theirs]


def test_a_share_of_the_generated_values_is_judged_alike(chart: Chart, real: Chart, schema: Node):
    share = list(islice(cases(schema), 0, None, 9))
    assert len(share) > 150
    assert disagreements(chart, real, share) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_all_generated_values_are_judged_alike(chart: Chart, real: Chart, schema: Node):
    assert disagreements(chart, real, list(cases(schema))) == []
