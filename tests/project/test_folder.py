"""The project folder: making one, opening one, and what it refuses."""

from __future__ import annotations

import stat

import msgspec
import pytest

from z2jh_wizard.core.errors import ExitCode, InvalidInput, Refused
from z2jh_wizard.core.spec import Chart, ClusterSpec, Pool
from z2jh_wizard.project.folder import create_project, is_project, open_project

CHART = Chart(name="practice", version="1.0.0", repository="")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def make(folder, **options):
    return create_project(folder, options.pop("provider", "practice"), chart=CHART, **options)


def test_a_new_project_can_be_opened_again_with_the_same_spec(tmp_path):
    made = make(tmp_path / "bio101", release="bio101", pools={"user": Pool(nodes=2)})
    again = open_project(tmp_path / "bio101")
    assert again.spec == made.spec
    assert again.spec.namespace == "bio101"
    assert len(again.spec.project_id) == 12


def test_the_state_folder_is_private_and_git_ignores_what_is_secret(tmp_path):
    project = make(tmp_path)
    assert mode(project.state) == 0o700
    ignored = (tmp_path / ".gitignore").read_text().splitlines()
    assert {"secrets.yaml", "kubeconfig", ".z2jh/"} <= set(ignored)


def test_an_existing_gitignore_is_left_alone(tmp_path):
    (tmp_path / ".gitignore").write_text("mine\n")
    make(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_a_second_project_in_the_same_folder_is_refused_and_nothing_changes(tmp_path):
    make(tmp_path)
    before = (tmp_path / "z2jh.yaml").read_bytes()
    with pytest.raises(Refused) as refused:
        make(tmp_path, release="other")
    assert refused.value.problem.code is ExitCode.REFUSED
    assert (tmp_path / "z2jh.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["Bio101", "-x", "a" * 54, "x_y", "", "../etc", "a b", "ünï", "x\x1b[31m"])
def test_a_hostile_hub_name_makes_nothing(tmp_path, name):
    with pytest.raises(InvalidInput):
        create_project(tmp_path / "p", "practice", chart=CHART, release=name, namespace="jhub")
    assert not is_project(tmp_path / "p")


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path):
    with pytest.raises(InvalidInput) as error:
        open_project(tmp_path)
    assert "z2jh-wizard new" in error.value.problem.next_step


def test_a_changed_spec_is_backed_up(tmp_path):
    project = make(tmp_path)
    cluster = ClusterSpec(uid="123")
    changed = project.with_spec(msgspec.structs.replace(project.spec, cluster=cluster))
    assert open_project(tmp_path).spec.cluster == changed.spec.cluster == cluster
    assert [path.name for path in project.backups.iterdir()] == ["0001-z2jh.yaml"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("provider", "existing"), ("release", "other"), ("namespace", "other"), ("region", "x")],
)
def test_what_cannot_change_is_refused_with_the_reason(tmp_path, field, value):
    project = make(tmp_path)
    with pytest.raises(Refused) as refused:
        project.with_spec(msgspec.structs.replace(project.spec, **{field: value}))
    assert field in refused.value.problem.happened
    assert open_project(tmp_path).spec == project.spec
