"""An image of a repository: names, references, commands, and what to know before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import image_builder as builder
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.image_builder import Answers, Plan
from z2jh_wizard.values.image_registries import REGISTRIES, examples, login, registry_of
from z2jh_wizard.values.presets import apply

COMMIT = "0123456789abcdef0123456789abcdef01234567"
URL = "https://github.com/you/course"
PLAN = Plan(URL, COMMIT, "quay.io/you/course", COMMIT[:12])


@pytest.mark.parametrize(
    "text",
    [
        URL,
        "https://git.example.edu:8443/~ada/course.git",
        "ssh://git@github.com/you/course.git",
        "git@github.com:you/course.git",
        ".",
        "/home/ada/my course",
        "~/course",
    ],
)
def test_repositories(text: str) -> None:
    assert not builder.why_no_repository(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-oProxyCommand=x",
        "--upload-pack=x",
        "ext::sh -c touch% /tmp/x",
        "http://github.com/you/course",
        "file:///etc",
        "https://",
        "https://-x/",
        "ssh://-oProxyCommand=x/y",
        "https://[oops/x",
        "https://github.com/you/a b",
        "a\nb",
        "x" * 501,
    ],
)
def test_what_is_no_repository(text: str) -> None:
    assert builder.why_no_repository(text)


@pytest.mark.parametrize(
    "text",
    ["https://ada:hunter22@github.com/x/y", "https://ghp_token@github.com/x/y", "ssh://git:pw@host/x"],
)
def test_no_password_gets_into_a_command(text: str) -> None:
    said = builder.why_no_repository(text)
    assert "password" in said
    assert "hunter22" not in said
    assert "ghp_token" not in said


@pytest.mark.parametrize("text", ["", "main", "v1.2.3", "feature/x-1", COMMIT, "2026_fall"])
def test_references(text: str) -> None:
    assert not builder.why_no_ref(text)


@pytest.mark.parametrize("text", ["-x", "a..b", "a b", "a//b", "x@{1}", "refs/", ".x", "a\n", "*", "x" * 201])
def test_what_is_no_reference(text: str) -> None:
    assert builder.why_no_ref(text)


@pytest.mark.parametrize("text", [*examples("gke"), *examples("aks"), *examples("eks"), "localhost:5000/x"])
def test_names_of_images(text: str) -> None:
    assert not builder.why_no_name(text)


@pytest.mark.parametrize(
    "text",
    ["", "course", "quay.io/You/course", "quay.io/you/course:1", "-x/y", "gcr.io/p/x", "a/b c", "[red]/x"],
)
def test_what_is_no_name(text: str) -> None:
    assert builder.why_no_name(text)


@pytest.mark.parametrize(("text", "fine"), [("", True), ("2026-fall", True), ("latest", False), ("-x", False),
                                            ("a b", False), ("x" * 129, False)])  # fmt: skip
def test_tags(text: str, fine: bool) -> None:
    assert (not builder.why_no_tag(text)) == fine


@given(st.text(max_size=60))
def test_what_passes_the_checks_is_never_an_option(text: str) -> None:
    for check in (builder.why_no_repository, builder.why_no_ref, builder.why_no_name, builder.why_no_tag):
        if not check(text):
            assert not text.startswith("-")
            assert text.isprintable()


def test_the_build_names_commit_and_place() -> None:
    assert builder.build_command(PLAN) == (
        "jupyter-repo2docker", "--Repo2Docker.platform=linux/amd64", "--no-run",
        "--user-name", "jovyan", "--user-id", "1000",
        "--image-name", f"quay.io/you/course:{COMMIT[:12]}", "--label", f"z2jh-wizard.plan={PLAN.digest}",
        "--target-repo-dir", "/srv/repo", "--ref", COMMIT, URL,
    )  # fmt: skip
    folder = Plan("/home/ada/course", "", "quay.io/you/course", "2026-fall", "home")
    assert builder.build_command(folder)[-3:] == (
        "--image-name",
        "quay.io/you/course:2026-fall",
        "/home/ada/course",
    )


def test_a_plan_is_told_by_all_that_changes_the_image() -> None:
    others = [
        Plan("https://github.com/you/other", COMMIT, PLAN.image, PLAN.tag),
        Plan(URL, COMMIT[::-1], PLAN.image, PLAN.tag),
        Plan(URL, COMMIT, PLAN.image, PLAN.tag, "home"),
    ]
    assert len({one.digest for one in (PLAN, *others)}) == 4
    assert Plan(URL, COMMIT, "ghcr.io/you/x", "2026").digest == PLAN.digest
    assert not Plan("/home/ada/course", "", PLAN.image, "x").digest


@pytest.mark.parametrize("tag", ["123456789012", "1e10", "0x12", "2026-01-01", "1_000", COMMIT[:12]])
def test_a_commit_that_looks_like_a_number_stays_text(tag: str) -> None:
    after = apply(Document.read(b"hub: {}\n"), builder.image_settings("quay.io/you/course", tag))
    assert Document.read(after.data).get(("singleuser", "image", "tag")) == tag


def test_by_hand_asks_for_the_commit_only_where_it_is_not_known() -> None:
    known = [one.shell() for one in builder.by_hand(PLAN)]
    assert [line.split()[0] for line in known] == ["pip", "jupyter-repo2docker", "docker", "docker"]
    unknown = [one.shell() for one in builder.by_hand(Answers(URL, "main", PLAN.image).sketch, "main")]
    assert unknown[1] == f"git ls-remote {URL} main"
    assert f"--ref COMMIT {URL}" in unknown[2]
    assert f"--image-name {PLAN.image}:COMMIT " in unknown[2]
    assert "--label" not in unknown[2]


def test_what_is_known_before_the_repository_is_asked() -> None:
    assert Answers(URL, COMMIT, PLAN.image).sketch == PLAN
    assert Answers(URL, "main", PLAN.image, "2026-fall").sketch.text == f"{PLAN.image}:2026-fall"
    folder = Answers("/home/ada/course", "", PLAN.image, "2026-fall").sketch
    assert "--ref" not in builder.build_command(folder)
    assert set(Answers().problems()) == {"repository", "image"}
    assert not Answers(URL, "main", PLAN.image, "2026-fall").problems()


@pytest.mark.parametrize(
    ("image", "registry", "words"),
    [
        (
            "europe-west3-docker.pkg.dev/p/r/x",
            "artifact-registry",
            "configure-docker europe-west3-docker.pkg.dev",
        ),
        ("mine.azurecr.io/x", "acr", "az acr login --name mine"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/x", "ecr", "--region eu-west-1 | docker login"),
        ("quay.io/you/x", "quay", "--password-stdin quay.io"),
        ("ghcr.io/you/x", "ghcr", "--password-stdin ghcr.io"),
        ("you/x", "docker-hub", "--password-stdin docker.io"),
        ("registry.example.edu:5000/x", "other", "--password-stdin registry.example.edu:5000"),
    ],
)
def test_signing_in_is_said_for_each_registry(image: str, registry: str, words: str) -> None:
    assert registry_of(image).id == registry
    assert words in " ; ".join(one.shell() for one in login(image))


def test_examples_of_registries_are_of_them() -> None:
    for one in REGISTRIES:
        assert not one.example or registry_of(one.example) is one
    with pytest.raises(InvalidInput):
        registry_of("No Image")


@pytest.mark.parametrize(
    ("storage", "hidden"),
    [
        ({}, True),
        ({"type": "none"}, False),
        ({"homeMountPath": "/home/jovyan/"}, True),
        ({"homeMountPath": "/home"}, True),
        ({"homeMountPath": "/home/jovyan/work"}, False),
        ({"homeMountPath": "/home/jov"}, False),
    ],
)
def test_what_a_student_s_volume_hides(storage: dict[str, str], hidden: bool) -> None:
    values = {"singleuser": {"storage": storage}}
    assert builder.hidden_home(values) == hidden
    said = "\n".join(builder.notes(values, "5.5.0", "home"))
    assert ("hides the repository's files" in said) == hidden
    assert "runs the repository's code" in said
    assert "REPO_DIR" in "\n".join(builder.notes(values, "5.5.0", "apart"))


@pytest.mark.parametrize(
    ("said", "hub", "wrong"),
    [
        ("5.2.1", "5.5.0", False),
        ("jupyterhub 4.1.6", "5.5.0", True),
        ("nonsense", "5.5.0", False),
        ("5.2.1", "", False),
        ("15.0", "5.5.0", True),
    ],
)
def test_the_first_numbers_of_jupyterhub_must_agree(said: str, hub: str, wrong: bool) -> None:
    assert bool(builder.version_warning(said, hub)) == wrong


def test_the_hub_of_a_chart() -> None:
    assert builder.hub_version("4.4.0", "z2jh") == "5.5.0"
    assert builder.hub_version("99.0.0", "z2jh") == ""
