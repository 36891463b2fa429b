"""What is to be mended before a hub is started, where each point leads, and the sure fixes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.core.errors import Problem, Refused
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.core.spec import Pool, Workshop
from z2jh_wizard.flows.comparing import hub_changes
from z2jh_wizard.flows.costs import NOTHING, costs_of, node_sentence
from z2jh_wizard.flows.hub_secrets import make_missing
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.review import Grade, Point, config_lines, excerpt, mend_point, points_of
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.topics import fields

CANARY = "canary-0123456789abcdef"

MISTAKES = f"""\
hub:
  config:
    JupyterHub:
      authenticator_class: google
    GoogleOAuthenticator:
      client_secret: {CANARY}
proxy:
  https:
    enabled: true
    hosts: []
singleuser:
  memory:
    limit: 2Gi
  imge: x
"""


def made(folder: Path, provider: str = "existing", **answers: str) -> Project:
    given = {**default_answers(provider), "release": "bio101", "context": "campus", **answers}
    return new_project(folder / "bio101", given)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return made(tmp_path)


def said(points: tuple[Point, ...], words: str) -> Point:
    (found,) = [one for one in points if words in one.text]
    return found


def test_a_fresh_practice_project_holds_nothing_back(tmp_path: Path):
    points = points_of(made(tmp_path, "practice"), None)
    assert {one.grade for one in points} == {Grade.NOTE}
    assert said(points, "not made yet").where == "secrets"


@pytest.mark.parametrize("chart", ["helmforge", "z2jh"])
def test_secrets_that_the_wizard_will_make_are_no_mistake(tmp_path: Path, chart: str):
    points = points_of(made(tmp_path, chart=chart), None)
    assert not [one for one in points if one.grade is Grade.STOPS]


def test_the_gravest_comes_first_and_each_leads_to_where_it_is_settled(project: Project):
    project.config.write_text(MISTAKES)
    points = points_of(project, None, [("hub", "release", "Use lower-case letters.")])
    assert [one.grade.rank for one in points] == sorted(one.grade.rank for one in points)
    assert (points[0].text, points[0].where, points[0].field) == ("Use lower-case letters.", "hub", "release")
    memory = said(points, "2Gi")
    assert (memory.where, memory.field) == ("topic/resources", "resources.memory-limit")
    assert memory.place == "Memory, CPU and GPU"
    typo = said(points, "singleuser.imge")
    assert (typo.where, typo.place) == ("", "config.yaml:14")
    client = said(points, "Client ID")
    assert (client.grade, client.field) == (Grade.MISSING, "sign-in.google.client-id")
    assert "console.cloud.google.com" in client.fix
    assert said(points, "callback URL for Google").where == "topic/https"
    assert not [one for one in points if "Client secret" in one.text]
    assert CANARY not in repr(points)


def test_a_known_key_that_no_page_asks_leads_to_the_search(project: Project):
    project.config.write_text("proxy:\n  chp:\n    resources:\n      limits: 7\n")
    found = [one for one in points_of(project, None) if one.finding and one.where == "search"]
    assert all(one.words == one.finding.path for one in found if one.finding)


def test_plain_http_is_said_once_and_never_of_practice(tmp_path: Path, project: Project):
    assert said(points_of(project, None), "plain http").where == "topic/https"
    project.config.write_text("proxy:\n  https:\n    enabled: true\n")
    assert said(points_of(project, None), "plain http").finding
    assert not [one for one in points_of(made(tmp_path / "p", "practice"), None) if "http:" in one.text]


def test_what_python_or_the_environment_gives_is_not_missing(project: Project):
    project.config.write_text(
        "hub:\n  config: {JupyterHub: {authenticator_class: github}}\n"
        "  extraEnv: {OAUTH_CLIENT_ID: a}\n  extraConfig: {a: c.GitHubOAuthenticator.client_secret = f()}\n"
    )
    assert not [one for one in points_of(project, None) if "without it nobody" in one.text]


def test_answers_that_are_wrong_or_not_saved_are_said(project: Project):
    form = TopicForm.of(project)
    form.answer(fields()["resources.memory-limit"], "lots")
    form.answer(fields()["resources.memory-guarantee"], "256M")
    points = points_of(project, form)
    wrong = said(points, "Memory limit: ")
    assert (wrong.grade, wrong.where, wrong.field) == (
        Grade.STOPS,
        "topic/resources",
        "resources.memory-limit",
    )
    assert said(points, "1 answer of the settings is not saved").where == "settings"


def test_a_broken_file_is_one_point_that_only_the_file_settles(project: Project):
    project.config.write_text("a: [\n")
    (point,) = [one for one in points_of(project, None) if one.grade is not Grade.NOTE]
    assert (point.grade, point.where, point.file) == (Grade.STOPS, "", "config.yaml")
    assert excerpt(project, point) == [f"config.yaml, line {point.line}"]
    with pytest.raises(Unreadable):
        config_lines(project)


def test_a_cloud_without_a_machine_leads_to_the_class_size(project: Project):
    gke = Project(project.folder, msgspec.structs.replace(project.spec, provider="gke"))
    assert said(points_of(gke, None), "machine type").where == "class-size"
    sized = Project(
        project.folder, msgspec.structs.replace(gke.spec, pools={"user": Pool(machine="e2-standard-4")})
    )
    assert not [one for one in points_of(sized, None) if "machine type" in one.text]


class TestFixing:
    def test_one_sure_fix_is_written_and_taken_back(self, project: Project):
        project.config.write_text(MISTAKES)
        before = project.config.read_bytes()
        form = TopicForm.of(project)
        point = said(points_of(project, None), "2Gi")
        assert point.is_sure
        form.note_save(*mend_point(project, point))
        assert "limit: 2G\n" in project.config.read_text()
        assert "imge: x" in project.config.read_text()
        assert form.undo() is None
        assert project.config.read_bytes() == before

    def test_what_is_gone_is_not_fixed(self, project: Project):
        project.config.write_text(MISTAKES)
        point = said(points_of(project, None), "2Gi")
        project.config.write_text("# other\n")
        with pytest.raises(Refused):
            mend_point(project, point)
        assert project.config.read_text() == "# other\n"

    def test_without_a_sure_fix_there_is_none(self):
        assert not Point(Grade.STOPS, "x").is_sure


def test_what_the_checks_found_leads_back_to_them(project: Project):
    found = [
        Check("quota.CPUS", "Quota CPUS", Verdict.FAIL, "22 are needed."),
        Check("cluster.policies", "Policies", Verdict.WARN, "Nothing enforces them."),
        Check("cluster.balancer", "Load balancer", Verdict.UNKNOWN, "Not recognised."),
        Check("cluster.reach", "Cluster", Verdict.OK, "It answers."),
    ]
    points = [one for one in points_of(project, None, checks=found) if one.where == "checks"]
    assert [(one.grade, one.text) for one in points] == [
        (Grade.MISSING, "Quota CPUS: 22 are needed."),
        (Grade.WARNING, "Policies: Nothing enforces them."),
    ]
    assert points[0].place == "checks"


def test_lines_of_the_file_are_shown_without_secrets(project: Project):
    project.config.write_text(MISTAKES)
    assert config_lines(project)[5] == f"      client_secret: {HIDDEN}"
    assert len(config_lines(project)) == len(MISTAKES.splitlines())
    lines = excerpt(project, Point(Grade.STOPS, "x", file="config.yaml", line=5))
    assert f"     6        client_secret: {HIDDEN}" in lines
    assert ">    5      GoogleOAuthenticator:" in lines


@given(line=st.integers(0, 20), end=st.sampled_from(["", "\n"]))
def test_an_excerpt_never_leaves_the_file(tmp_path_factory: pytest.TempPathFactory, line: int, end: str):
    project = made(tmp_path_factory.mktemp("p"))
    project.config.write_text(f"a: 1\n# two\nc: 3{end}")
    lines = excerpt(project, Point(Grade.STOPS, "x", file="config.yaml", line=line))[2:]
    numbers = [int(one[1:].split()[0]) for one in lines]
    assert numbers == [at for at in (1, 2, 3) if abs(at - line) <= 3]


class TestChanges:
    def test_against_the_running_hub(self, project: Project):
        given = {"singleuser": {"memory": {"limit": "9G"}}}
        changes = hub_changes(files_of(project), given)
        assert changes.sentence.startswith("Start changes")
        assert ("singleuser.memory.limit", "9G", "1G") in [
            (one.path, one.before, one.after) for one in changes.changed
        ]
        same = hub_changes(files_of(project), files_of(project).tree)
        assert same.sentence.startswith("= ")
        assert same.changed == ()

    def test_before_there_is_a_hub_what_a_person_chose(self, project: Project):
        assert hub_changes(files_of(project), None).changed == ()
        make_missing(files_of(project))
        project.config.write_text(config_file.first(project).replace("limit: 1G", "limit: 3G"))
        changed = hub_changes(files_of(project), None).changed
        assert {one.path: one.after for one in changed if not one.secret} == {"singleuser.memory.limit": "3G"}
        assert {one.path for one in changed if one.secret} >= {"hub.cookieSecret"}
        assert not [one for one in changed if one.secret and (one.before or one.after)]

    def test_an_unknown_hub_is_not_an_absent_one(self, project: Project):
        problem = Problem("The cluster does not answer", "No route.")
        changes = hub_changes(files_of(project), None, problem)
        assert changes.sentence.startswith("! What the hub runs with is not known.")
        assert changes.problem is problem


class TestCosts:
    def with_spec(self, project: Project, **changes: object) -> Project:
        return Project(project.folder, msgspec.structs.replace(project.spec, **changes))

    def test_practice_costs_nothing_and_a_cluster_of_ones_own_is_not_guessed(
        self, tmp_path: Path, project: Project
    ):
        assert costs_of(made(tmp_path / "p", "practice")).sentence == NOTHING
        existing = costs_of(project)
        assert "$" not in existing.sentence
        assert existing.lines

    def test_a_chosen_machine_is_billed_with_what_is_not_known(self, project: Project):
        pools = {"user": Pool(machine="e2-standard-4")}
        costs = costs_of(self.with_spec(project, provider="gke", pools=pools))
        assert costs.sentence.startswith("$ at least $")
        assert "for a workshop of 2 days" in costs.sentence
        assert "(! prices of March 2025 in us-central1, " in costs.sentence
        assert "are old" in " ".join(costs.lines[-2:])
        assert "30 students (a guess) on 2 x e2-standard-4" in costs.lines[0]
        assert any(line.endswith("not known") for line in costs.lines)
        assert max(map(len, (*costs.lines, ""))) <= 78
        told = self.with_spec(project, provider="gke", pools=pools, workshop=Workshop(students=40))
        assert "40 students on" in costs_of(told).lines[0]

    @pytest.mark.parametrize(
        ("pools", "word"),
        [({}, "no machine type"), ({"user": Pool(machine="huge")}, "no machine huge")],
    )
    def test_what_is_not_known_says_why(self, project: Project, pools: dict[str, Pool], word: str):
        costs = costs_of(self.with_spec(project, provider="gke", pools=pools))
        assert costs.sentence.startswith("! Not known")
        assert word in costs.sentence

    def test_a_broken_file_leaves_the_cost_unknown(self, project: Project):
        project.config.write_text("a: [\n")
        costs = costs_of(
            self.with_spec(project, provider="gke", pools={"user": Pool(machine="e2-standard-4")})
        )
        assert costs.sentence.startswith("! Not known")

    @pytest.mark.parametrize(
        ("provider", "machine", "word"),
        [
            ("existing", "", None),
            ("gke", "e2-standard-4", "$ Each e2-standard-4 costs about $0.13 an hour"),
            ("gke", "", "how much is not known"),
            ("aks", "huge", "how much is not known"),
        ],
    )
    def test_another_node_has_its_price(
        self, project: Project, provider: str, machine: str, word: str | None
    ):
        there = self.with_spec(project, provider=provider, pools={"user": Pool(machine=machine)})
        sentence = node_sentence(there, "user")
        assert word in sentence if word else sentence == ""
