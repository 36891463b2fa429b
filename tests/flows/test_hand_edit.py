"""Editing by hand and earlier texts: backups, what would come back, and secrets that stay hidden."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.flows.earlier import earlier_texts, take_back, what_comes_back, words
from z2jh_wizard.flows.hand_edit import HandEdit, refuse_beside_a_run
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.topics import fields

CANARY = "canary-1f2e3d4c5b"
ONE = "# mine\nsingleuser:\n  memory:\n    limit: 1G\n"
TWO = f"# mine\nproxy:\n  secretToken: {CANARY}\nsingleuser:\n  memory:\n    limit: 2G\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = new_project(tmp_path / "hub", default_answers("practice"))
    made.config.write_text(ONE)
    return made


def names(project: Project) -> list[str]:
    return sorted(path.name for path in project.backups.glob("*"))


def test_an_edit_that_changes_nothing_leaves_no_backup(project: Project) -> None:
    edit = HandEdit.begin(project, "config.yaml")
    assert names(project) == ["0001-config.yaml"]
    assert not edit.end()
    assert names(project) == []


def test_an_edit_keeps_the_text_before(project: Project) -> None:
    edit = HandEdit.begin(project, "config.yaml")
    project.config.unlink()
    project.config.write_text(TWO)
    project.config.chmod(0o644)
    assert edit.problem() is None
    assert edit.end()
    assert (project.backups / "0001-config.yaml").read_text() == ONE
    assert stat.S_IMODE(project.config.stat().st_mode) == 0o600


def test_a_first_config_yaml_is_written_to_be_edited(project: Project) -> None:
    project.config.unlink()
    assert not HandEdit.begin(project, "config.yaml").end()
    assert "Settings of the hub" in project.config.read_text()


def test_broken_yaml_is_told_with_its_line_and_taken_back(project: Project) -> None:
    edit = HandEdit.begin(project, "config.yaml")
    project.config.write_text("a: 1\nb: [1\n")
    problem = edit.problem()
    assert problem is not None
    assert "config.yaml" in problem.problem.title
    assert problem.position.line == 3
    edit.take_back()
    assert project.config.read_text() == ONE
    assert (project.backups / "0002-config.yaml").read_text() == "a: 1\nb: [1\n"


def test_nobody_edits_beside_another_writer(project: Project) -> None:
    with writing(project.state, "a run", SystemClock()), pytest.raises(Refused):
        HandEdit.begin(project, "config.yaml")
    assert names(project) == []
    refuse_beside_a_run(False, project.config)
    with pytest.raises(Refused, match="A run is at work"):
        refuse_beside_a_run(True, project.config)


def test_earlier_texts_come_back_and_the_present_one_is_kept(project: Project) -> None:
    assert earlier_texts(project) == ()
    for value in ("2G", "3G"):
        form = TopicForm.of(project)
        form.answer(fields()["resources.memory-limit"], value)
        form.save()
    (project.backups / "0009-z2jh.yaml").write_text("x: 1")
    found = earlier_texts(project)
    assert [(one.number, one.change) for one in found] == [(n, "1 line came, 1 line went") for n in (2, 1)]
    lines = what_comes_back(project, found[1])
    assert [(one.mark, one.text.strip()) for one in lines if one.mark != " "] == [
        ("-", "limit: 3G"), ("+", "limit: 1G")
    ]  # fmt: skip
    assert words(lines) == "1 line comes back, 1 line goes"
    take_back(project, found[1])
    assert project.config.read_text() == ONE
    assert [one.number for one in earlier_texts(project)] == [10, 2, 1]
    assert "3G" in earlier_texts(project)[0].data.decode()


def test_a_secret_in_an_earlier_text_is_not_shown(project: Project) -> None:
    project.backups.mkdir(parents=True, exist_ok=True)
    (project.backups / "0001-config.yaml").write_text(TWO)
    (found,) = earlier_texts(project)
    lines = what_comes_back(project, found)
    assert CANARY not in repr(lines)
    assert any("secretToken: ********" in one.text for one in lines)
    assert CANARY not in repr(found)


def test_a_text_that_is_broken_or_the_same(project: Project) -> None:
    project.backups.mkdir(parents=True, exist_ok=True)
    (project.backups / "0001-config.yaml").write_text("a: [")
    (project.backups / "0002-config.yaml").write_text(ONE)
    same, broken = earlier_texts(project)
    assert what_comes_back(project, same) == ()
    assert words(()) == "the same text as now"
    for call in (what_comes_back, take_back):
        with pytest.raises(Unreadable):
            call(project, broken)
    assert project.config.read_text() == ONE
    broken.path.unlink()
    with pytest.raises(InvalidInput):
        take_back(project, broken)


def test_a_broken_config_yaml_can_be_taken_back_all_the_same(project: Project) -> None:
    project.backups.mkdir(parents=True, exist_ok=True)
    (project.backups / "0001-config.yaml").write_text(ONE)
    project.config.write_text("a: [")
    (found,) = earlier_texts(project)
    with pytest.raises(Unreadable, match=r"config\.yaml"):
        what_comes_back(project, found)
    take_back(project, found)
    assert project.config.read_text() == ONE
