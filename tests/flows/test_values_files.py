"""Which values files there are, which chart they are for, and that a save loses nobody's work."""

from __future__ import annotations

import msgspec
import pytest

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.values_files import Where, chart_meant, files_of, files_to_change, keys_of, open_files
from z2jh_wizard.project import config_file
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.reading import Unreadable


def test_helm_gets_the_secrets_last(project):
    project.config.write_text("proxy:\n  secretToken: old\n  service: {type: ClusterIP}\n")
    project.secrets.write_text("proxy:\n  secretToken: new\n")
    files = files_of(project)
    assert [one.name for one in files.files] == ["config.yaml", "secrets.yaml"]
    assert files.tree == {"proxy": {"secretToken": "new", "service": {"type": "ClusterIP"}}}
    assert files.holder(("proxy", "secretToken")) is files.files[1]
    assert files.holder(("hub",)) is None


def test_a_file_that_is_not_there_yet_is_as_it_will_begin(project):
    files = files_of(project)
    assert files.main.is_new
    assert files.main.data == config_file.first(project).encode()
    assert not project.config.exists()


def test_secrets_belong_in_their_own_file_unless_the_project_says_otherwise(project):
    token = ("proxy", "secretToken")
    assert files_of(project).home(token).name == "secrets.yaml"
    together = project.with_spec(msgspec.structs.replace(project.spec, secrets_in_config=True))
    assert files_of(together).home(token).name == "config.yaml"


@pytest.mark.parametrize(
    ("chart", "version"),
    [
        (Chart(name="practice", version="1.0.0", repository=""), "4.4.0"),
        (Chart(version="0.9.0"), "0.9.0"),
        (Chart(name="mine", version="", repository="", path="/x"), "4.4.0"),
        (Chart(name="practice-hub", version="1.0.0", repository="", path="/x"), "4.4.0"),
        (Chart(name="jupyterhub", version="3.2.1", repository="", path="/x"), "3.2.1"),
        (Chart("helmforge", "oci://x", "1.0.6", ""), "1.0.6"),
    ],
)
def test_the_chart_of_the_project_says_which_keys_there_are(chart, version):
    assert keys_of(chart) == version


def test_a_person_may_look_at_the_files_as_those_of_another_chart(project):
    files = open_files(Where(project.folder, chart="helmforge", version="1.0.5"))
    assert (files.chart.family, files.version) == ("helmforge", "1.0.5")
    with pytest.raises(InvalidInput):
        chart_meant("z2jh", "newest")


def test_a_file_that_somebody_else_wrote_meanwhile_is_left_alone(project):
    config_file.write_first(project)
    with files_to_change(Where(project.folder), "test") as files:
        document = files.main.document.set(("cull", "timeout"), 7200)
        project.config.write_text("theirs: 1\n")
        with pytest.raises(Refused, match="meanwhile"):
            files.save(files.main, document.data)
    assert project.config.read_text() == "theirs: 1\n"
    assert not project.backups.exists()


def test_a_file_that_somebody_else_made_meanwhile_is_left_alone(project):
    files = files_of(project)
    document = files.main.document.set(("cull", "timeout"), 7200)
    project.config.write_text("theirs: 1\n")
    with pytest.raises(Refused):
        files.save(files.main, document.data)
    assert project.config.read_text() == "theirs: 1\n"


def test_a_save_gives_the_files_as_they_are_then(project):
    files = files_of(project)
    after = files.save(files.main, b"cull: {timeout: 1}\n")
    assert after.subject.get("cull.timeout") == 1
    assert not after.main.is_new
    again = after.save(after.main, b"cull: {timeout: 2}\n")
    assert again.save(again.main, again.main.data) is again
    assert project.config.read_bytes() == b"cull: {timeout: 2}\n"
    assert len(list(project.backups.iterdir())) == 1


def test_only_one_writer_at_a_time(project):
    with (
        writing(project.state, "apply", SystemClock()),
        pytest.raises(Refused),
        files_to_change(Where(project.folder), "test"),
    ):
        pytest.fail("the lock was taken twice")


def test_an_unreadable_file_is_named_with_its_line(project):
    project.config.write_text("a: 1\nb: [\n")
    with pytest.raises(Unreadable) as error:
        _ = files_of(project).subject
    assert "config.yaml cannot be read" in str(error.value)
    assert "Line 3" in str(error.value)


def test_stdin_that_never_ends_is_refused(monkeypatch):
    class Endless:
        def read(self, size):
            return b"x" * size

    class Stdin:
        buffer = Endless()

    monkeypatch.setattr("sys.stdin", Stdin())
    with pytest.raises(InvalidInput, match="too large"):
        open_files(Where(file="-"))


def test_a_part_of_a_list_belongs_where_the_list_is(project):
    path = parse_path("singleuser.profileList[0].kubespawner_override.environment.API_TOKEN")
    assert files_of(project).home(path).name == "secrets.yaml"
    project.config.write_text("singleuser: {profileList: [{display_name: A}]}\n")
    assert files_of(project).home(path).name == "config.yaml"
