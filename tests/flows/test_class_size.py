"""The size of a class: what is typed, which machines take it, what it costs, and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.capacity import GIB, machines
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import Chart, Pool, Spec, Workshop
from z2jh_wizard.flows import class_size as sizes
from z2jh_wizard.flows.class_size import choices, class_size, first_answers, problems, settings, with_pools
from z2jh_wizard.flows.class_size_use import known_values, shown, use
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project, create_project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.document import Document

ANSWERS = {"students": "60", "hours": "10", "memory": "1G", "cpu": "0.1", "disk": "10Gi"}


def answers(**other: str) -> dict[str, str]:
    return {**ANSWERS, **other}


def spec(provider: str = "gke", **more: object) -> Spec:
    return Spec(1, "0" * 12, provider, **more)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "bio101", {**default_answers("practice"), "release": "bio101"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("students", ""), ("students", "0"), ("students", "1.5"), ("students", "many"),
        ("students", "1000000"),
        ("hours", "0"), ("hours", "169"), ("hours", "nan"), ("hours", "x"),
        ("memory", "1"), ("memory", "1Gi"), ("memory", "1M"), ("memory", "-1G"),
        ("cpu", "0"), ("cpu", "-1"), ("cpu", "inf"), ("cpu", "100m"), ("cpu", "nan"),
        ("disk", "10"), ("disk", "-1Gi"), ("disk", "ten"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_has_one_sentence(name: str, text: str) -> None:
    found = problems(answers(**{name: text}))
    assert list(found) == [name]
    assert found[name].endswith(".")
    with pytest.raises(InvalidInput):
        class_size(answers(**{name: text}))


def test_the_defaults_can_be_used() -> None:
    assert problems(first_answers(spec(), {})) == {}
    assert len(sizes.QUESTIONS) <= 5


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in ANSWERS}))
def test_any_text_is_judged(typed: dict[str, str]) -> None:
    if not problems(typed):
        assert class_size(typed).students >= 1


def test_what_the_project_says_already_comes_first() -> None:
    known = spec(workshop=Workshop(students=12))
    values = {sizes.MEMORY_KEPT: "2G", sizes.CPU_KEPT: 0.5, sizes.DISK_SIZE: "odd"}
    found = first_answers(known, values)
    assert found == {"students": "12", "hours": "10", "memory": "2G", "cpu": "0.5", "disk": "10Gi"}


@pytest.mark.parametrize("provider", ["gke", "aks", "eks"])
def test_every_machine_of_a_cloud_is_offered_the_cheapest_first(provider: str) -> None:
    found = choices(provider, class_size(ANSWERS))
    assert {one.machine.name for one in found} == {one.name for one in machines(provider)}
    prices = [one.price.usd * one.fit.nodes for one in found if one.price.usd and one.fit.nodes]
    assert prices == sorted(prices)
    assert all(one.month and one.workshop for one in found if one.fit.nodes)


def test_costs_are_those_of_the_bill_and_unknown_prices_stay_unknown() -> None:
    (one,) = [one for one in choices("eks", class_size(ANSWERS)) if one.machine.name == "m5.xlarge"]
    assert one.month
    assert one.workshop
    nodes = one.fit.nodes * 10 * (365 / 12 / 7) * 0.192
    assert one.month.known == pytest.approx(nodes + 730 * 0.0832 + 60 * 10 * 0.08)
    assert "control plane" in one.month.unknown
    assert one.workshop.known < one.month.known


def test_what_does_not_fit_is_last_and_has_no_bill() -> None:
    found = choices("eks", class_size(answers(memory="40G")))
    assert found[0].fit.nodes > 0
    assert (found[-1].fit.nodes, found[-1].month, found[-1].workshop) == (0, None, None)
    assert found[-1].sentence.startswith("Not one student fits")


def test_the_first_limit_is_said_in_words() -> None:
    (aks,) = [one for one in choices("aks", class_size(ANSWERS)) if one.machine.name == "Standard_D4s_v5"]
    assert aks.sentence == (
        "8 students fit on a node; its disks are used up first. The class needs 8 nodes of Standard_D4s_v5."
    )
    without = choices("aks", class_size(answers(disk="0")))
    assert all(one.fit.binding != "disks" for one in without)


@pytest.mark.parametrize("provider", ["practice", "existing", "local"])
def test_other_providers_have_no_catalogue(provider: str) -> None:
    assert choices(provider, class_size(ANSWERS)) == ()


def test_limits_leave_room_above_what_is_kept() -> None:
    assert settings(class_size(ANSWERS), {}) == {
        "singleuser.memory.guarantee": "1G",
        "singleuser.memory.limit": "2G",
        "singleuser.cpu.guarantee": "0.1",
        "singleuser.cpu.limit": "1",
        "singleuser.storage.capacity": "10Gi",
    }
    kept = settings(class_size(ANSWERS), {sizes.MEMORY_MOST: "8G", sizes.CPU_MOST: "2"})
    assert sizes.MEMORY_MOST not in kept
    assert sizes.CPU_MOST not in kept
    raised = settings(
        class_size(answers(memory="1.5G", cpu="2")), {sizes.MEMORY_MOST: "1G", sizes.CPU_MOST: 1}
    )
    assert (raised[sizes.MEMORY_MOST], raised[sizes.CPU_MOST]) == ("3G", "8")
    assert sizes.DISK_SIZE not in settings(class_size(answers(disk="0")), {})


def test_pools_of_a_cloud() -> None:
    size = class_size(ANSWERS)
    best = choices("gke", size)[0]
    found = with_pools(spec(), size, best)
    assert found.pools == {"core": Pool(1, "e2-standard-2"), "user": Pool(best.fit.nodes, best.machine.name)}
    assert found.workshop.students == 60
    before = spec(pools={"core": Pool(2, "n2-standard-4"), "user": Pool(1, "x", 0, 3), "gpu": Pool(1, "g")})
    after = with_pools(before, size, best)
    assert after.pools["core"] == Pool(2, "n2-standard-4")
    assert after.pools["gpu"] == Pool(1, "g")
    assert after.pools["user"] == Pool(best.fit.nodes, best.machine.name, 0, max(3, best.fit.nodes))


def test_without_a_machine_pools_stay() -> None:
    before = spec("practice", pools={"user": Pool(2)})
    assert with_pools(before, class_size(ANSWERS), None).pools == before.pools


def test_using_a_size_writes_both_files_and_keeps_comments(project: Project) -> None:
    project.config.write_text("# mine\nsingleuser:\n  memory:\n    guarantee: 512M  # small\n")
    assert known_values(project) == {"singleuser.memory.guarantee": "512M"}
    after = use(project, class_size(answers(students="40")))
    text = project.config.read_text()
    assert text.startswith("# mine\n")
    assert "guarantee: 1G  # small" in text
    written = Document.read(project.config.read_bytes()).values["singleuser"]
    assert written == {
        "memory": {"guarantee": "1G", "limit": "2G"},
        "cpu": {"guarantee": 0.1, "limit": 1},
        "storage": {"capacity": "10Gi"},
    }
    assert after.spec.workshop.students == open_project(project.folder).spec.workshop.students == 40
    assert after.spec.pools == project.spec.pools
    assert known_values(after)["singleuser.storage.capacity"] == "10Gi"
    again = project.config.read_bytes()
    use(after, class_size(answers(students="40")))
    assert project.config.read_bytes() == again


def test_undo_takes_both_files_of_a_size_back(tmp_path: Path) -> None:
    project = create_project(tmp_path / "google", "gke", chart=Chart(), release="bio101")
    project.config.write_text("singleuser:\n  memory:\n    guarantee: 512M\n")
    form, before = TopicForm.of(project), open_project(project.folder).spec
    machine = choices("gke", class_size(ANSWERS))[0]
    after = use(project, class_size(answers(students="40")), machine, form)
    assert after.spec.workshop.students == 40
    assert after.spec.pools["user"].machine == machine.machine.name
    assert form.undo() is None
    assert project.config.read_text() == "singleuser:\n  memory:\n    guarantee: 512M\n"
    assert open_project(project.folder).spec == before
    with pytest.raises(Refused, match="nothing to undo"):
        form.undo()


def test_undo_takes_back_a_size_that_changed_the_students_only(project: Project) -> None:
    form = TopicForm.of(project)
    first = use(project, class_size(answers(students="40")), form=form)
    text = project.config.read_bytes()
    use(first, class_size(answers(students="41")), form=form)
    form.undo()
    assert open_project(project.folder).spec == first.spec
    assert project.config.read_bytes() == text, "what an earlier save wrote stays"


def test_undo_refuses_when_the_project_was_changed_since(project: Project) -> None:
    form = TopicForm.of(project)
    after = use(project, class_size(answers(students="40")), form=form)
    text = project.config.read_bytes()
    use(after, class_size(answers(students="50")))
    with pytest.raises(Refused, match="not undone"):
        form.undo()
    assert project.config.read_bytes() == text
    assert open_project(project.folder).spec.workshop.students == 50


def test_what_a_form_cannot_express_is_not_overwritten(project: Project) -> None:
    text = "singleuser:\n  memory:\n    guarantee: [1G]\n"
    project.config.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        use(project, class_size(ANSWERS))
    assert "singleuser.memory.guarantee" in caught.value.problem.title
    assert project.config.read_text() == text


def test_another_writer_refuses(project: Project) -> None:
    with writing(project.state, "a run", SystemClock()), pytest.raises(Refused):
        use(project, class_size(ANSWERS))
    assert not project.config.exists()


def test_disk_of_a_class_in_gib() -> None:
    assert class_size(answers(disk="512Mi")).disk_gib == 0.5
    assert class_size(answers(disk="1Gi")).student.has_disk
    assert class_size(ANSWERS).student.memory_bytes == GIB


def test_what_a_class_would_write_is_marked_and_the_draft_stays(project: Project) -> None:
    project.config.write_text("singleuser:\n  memory:\n    guarantee: 512M   # by hand\n")
    form = TopicForm.of(project)
    said = shown(form, class_size(answers(memory="2G")), 20)
    assert not form.changes
    marked = [f"{line.mark}{line.text}" for line in said.lines]
    assert "-    guarantee: 512M   # by hand" in marked
    assert "+    guarantee: 2G   # by hand" in marked
    assert len(set(said.lines)) == len(said.lines), "each line once"
    assert set(said.lines) <= set(said.around)
    assert (said.name, said.problem) == ("config.yaml", "")


def test_what_a_form_cannot_change_is_said_before_it_is_tried(project: Project) -> None:
    project.config.write_text("singleuser:\n  memory:\n    guarantee: [1G]\n")
    said = shown(TopicForm.of(project), class_size(answers()), 20)
    assert said.problem
    assert said.lines == said.around == ()
