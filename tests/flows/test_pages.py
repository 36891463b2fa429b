"""The questions: defaults that work, sentences for what does not, and the project they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows import pages


def test_the_defaults_make_a_practice_project(tmp_path):
    project = pages.new_project(tmp_path / "p", pages.default_answers())
    assert project.spec.provider == "practice"
    assert project.spec.chart.name == "practice"
    assert project.spec.chart.version
    assert project.spec.pools["user"].nodes == 2


def test_a_folder_that_is_not_there_is_proposed():
    assert pages.proposed_folder("bio101") == "~/hubs/bio101"
    (Path.home() / "hubs" / "bio101").mkdir(parents=True)
    assert pages.proposed_folder("bio101") == "~/hubs/bio101-2"
    assert pages.proposed_folder("") == pages.proposed_folder("../x") == "~/hubs/jhub"


def test_an_existing_cluster_gets_the_real_chart(tmp_path):
    answers = {**pages.default_answers("existing"), "context": "campus"}
    project = pages.new_project(tmp_path / "p", answers)
    assert (project.spec.chart.name, project.spec.chart.version) == ("jupyterhub", "4.4.0")
    assert project.spec.cluster.context == "campus"


@pytest.mark.parametrize(
    ("answer", "value", "says"),
    [
        ("provider", "practise", "did you mean practice"),
        ("release", "Bio 101", "lower-case"),
        ("namespace", "kube-system", "belong to Kubernetes"),
        ("chart", "jupyterhub", "Choose one of"),
        ("chart_version", "latest", "4.4.0"),
    ],
)
def test_each_bad_answer_gets_a_sentence_and_makes_nothing(tmp_path, answer, value, says):
    answers = {**pages.default_answers(), "chart": "z2jh", answer: value}
    assert says in pages.problems(answers)[answer]
    with pytest.raises(InvalidInput):
        pages.new_project(tmp_path / "p", answers)
    assert not (tmp_path / "p").exists()


def test_questions_that_do_not_apply_are_not_checked():
    assert pages.problems({**pages.default_answers(), "chart_version": "latest"}) == {}


def test_a_chart_folder_is_taken_and_a_missing_one_refused(tmp_path):
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text(
        "name: mine\nversion: 0.3.0\nsources: [https://github.com/helmforgedev/x]\n"
    )
    answers = {**pages.default_answers(), "chart": "file", "chart_path": str(chart)}
    project = pages.new_project(tmp_path / "p", answers)
    assert (project.spec.chart.name, project.spec.chart.family) == ("mine", "helmforge")
    missing = {**answers, "chart_path": str(tmp_path / "nothing")}
    assert "no file" in pages.problems(missing)["chart_path"]


@pytest.mark.parametrize("content", [b"", b"not a chart", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_no_chart_is_refused(tmp_path, content):
    path = tmp_path / "chart.tgz"
    path.write_bytes(content)
    answers = {**pages.default_answers(), "chart": "file", "chart_path": str(path)}
    with pytest.raises(InvalidInput, match="not a Helm chart"):
        pages.new_project(tmp_path / "p", answers)


AT = {
    "gke": {"account": "bio-101", "region": "us-central1-b", "machine": "e2-standard-4"},
    "aks": {"account": "6f1d4c50-2d4a-4b2e-9a43-0c1f7b0f7a11", "region": "westeurope"},
    "eks": {"account": "123456789012", "region": "eu-central-1", "sign_in": "profile:course"},
}
"""What the pages of a cloud may say."""


@pytest.mark.parametrize("provider", AT)
def test_a_cloud_is_told_who_pays_and_where(tmp_path, provider):
    answers = {**pages.default_answers(provider), **AT[provider]}
    spec = pages.new_project(tmp_path / "p", answers).spec
    assert (spec.provider, spec.account, spec.region) == (
        provider,
        AT[provider]["account"],
        AT[provider]["region"],
    )
    assert spec.cluster.sign_in == AT[provider].get("sign_in", "")
    assert {name: pool.machine for name, pool in spec.pools.items()} == (
        {"user": "e2-standard-4"} if provider == "gke" else {}
    )
    again = pages.project_answers_of(spec)
    assert {name: again[name] for name in AT[provider]} == AT[provider]
    assert pages.problems(again) == {}


@pytest.mark.parametrize("provider", AT)
@pytest.mark.parametrize(
    ("answer", "value"),
    [("account", ""), ("account", "bio 101"), ("region", ""), ("region", "[red]"), ("machine", "big"),
     ("sign_in", "secret-token")],
)  # fmt: skip
def test_a_cloud_is_not_told_nonsense(provider, answer, value):
    answers = {**pages.default_answers(provider), **AT[provider], answer: value}
    assert pages.problems(answers)[answer].startswith("Type ")


def test_a_path_means_the_same_from_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("key.json", "campus.yaml"):
        (tmp_path / name).write_text("{}")
    there = {**pages.default_answers("existing"), "kubeconfig": "campus.yaml"}
    assert pages.planned(tmp_path, there).spec.cluster.kubeconfig == str(tmp_path / "campus.yaml")
    cloud = {**pages.default_answers("gke"), **AT["gke"], "sign_in": "file:key.json"}
    assert pages.planned(tmp_path, cloud).spec.cluster.sign_in == f"file:{tmp_path / 'key.json'}"


def test_a_key_file_must_be_there(tmp_path):
    answers = {**pages.default_answers("gke"), **AT["gke"], "sign_in": f"file:{tmp_path / 'key.json'}"}
    assert "There is no file" in pages.problems(answers)["sign_in"]
    (tmp_path / "key.json").write_text("{}")
    assert pages.problems(answers) == {}


def test_a_cluster_on_this_computer_names_its_tool(tmp_path):
    answers = {**pages.default_answers("local"), "tool": "k3d"}
    spec = pages.new_project(tmp_path / "p", answers).spec
    assert spec.account == "k3d"
    assert pages.project_answers_of(spec)["tool"] == "k3d"
    assert "kind" in pages.problems({**answers, "tool": "docker"})["tool"]
