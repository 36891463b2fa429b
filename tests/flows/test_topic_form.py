"""The draft of the values files: answers, what is left alone, undo, saving beside other writers."""

import pytest

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.topic_form import TopicForm, fields_of, sentence, topic_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.presets import GONE, Setting, setting
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.topics import fields, topics

FIELDS = fields()
HAND = """\
# my hub
hub:
  config:
    JupyterHub:
      authenticator_class: shared-password   # as the dean wants
singleuser:
  extraEnv: {A: 1}
  memory: {limit: 2Gi}
"""


@pytest.fixture
def project(tmp_path):
    return create_project(tmp_path / "hub", "existing", chart=Chart(version="4.4.0"), release="bio101")


@pytest.fixture
def written(project):
    project.config.write_text(HAND)
    return project


def ask(form: TopicForm, field_id: str) -> Question:
    question = form.question(FIELDS[field_id])
    assert question
    return question


def answer(form, **answers):
    return {
        name: form.answer(FIELDS[name.replace("__", ".").replace("_", "-")], text)
        for name, text in answers.items()
    }


def test_before_the_project_has_files_the_first_config_is_the_base(project):
    form = TopicForm.of(project)
    assert ask(form, "resources.memory-limit").text == "1G"
    assert answer(form, resources__memory_limit="2G") == {"resources__memory_limit": ""}
    assert not project.config.exists()
    assert form.save() == ("config.yaml",)
    assert project.config.read_text() == config_file.first(project).replace("limit: 1G", "limit: 2G")
    assert project.config.stat().st_mode & 0o777 == 0o600
    assert not project.secrets.exists()
    assert form.save() == (), "nothing is left to write"


def test_typing_and_erasing_leaves_the_file_as_it_was(written):
    form = TopicForm.of(written)
    field = FIELDS["environment.start-page"]
    for text in ("/", "/l", "/lab", ""):
        form.answer(field, text)
    assert form.now.main.data == HAND.encode()
    assert not form.changes


def test_an_answer_changes_its_line_and_nothing_else(written):
    form = TopicForm.of(written)
    answer(form, sign_in__method="github")
    assert form.now.main.data.decode() == HAND.replace("shared-password  ", "github  ")
    name, lines = form.written(ask(form, "sign-in.method"))
    assert name == "config.yaml"
    assert [line.text.strip() for line in lines if line.mark == "+"] == [
        "authenticator_class: github   # as the dean wants"
    ]
    assert any(line.mark == "+" for line in form.preview(ask(form, "sign-in.method"), 10))


def test_what_the_form_cannot_express_is_never_written_over(written):
    form = TopicForm.of(written)
    assert ask(form, "environment.variables").fixed
    assert answer(form, environment__variables="B: 2") == {"environment__variables": ""}
    assert form.now.main.data == HAND.encode()


def test_a_wrong_answer_is_kept_as_typed_and_not_written(written):
    form = TopicForm.of(written)
    assert "Write 4G" in answer(form, resources__memory_limit="4Gi")["resources__memory_limit"]
    question = ask(form, "resources.memory-limit")
    assert (question.text, "Write 4G" in question.wrong) == ("4Gi", True)
    assert form.problems.keys() == {"resources.memory-limit"}
    answer(form, culling__timeout="2h")
    assert form.save() == ("config.yaml",)
    assert "4Gi" not in written.config.read_text()
    assert "timeout: 7200" in written.config.read_text()
    assert ask(form, "resources.memory-limit").text == "4Gi", "still there to be mended"


def test_empty_is_unset_and_the_default_may_be_said(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="", culling__timeout="3600")
    assert not form.now.main.document.has(("singleuser", "memory", "limit"))
    assert form.now.main.document.get(("cull", "timeout")) == 3600


def test_a_map_that_the_first_config_made_goes_with_its_last_setting_and_comment(project):
    form = TopicForm.of(project)
    assert form.answer(ask(form, "sign-in.method").field, "") == ""
    text = form.now.main.data.decode()
    assert "JupyterHub" not in text.replace("JupyterHub ", "")
    assert "How students sign in" not in text
    assert "  config:\n    Authenticator:\n" in text


def test_a_comment_of_a_person_keeps_its_map(project):
    project.config.write_text(
        "hub:\n  config:\n    JupyterHub:\n      # asked by the dean\n      authenticator_class: github\n"
    )
    form = TopicForm.of(project)
    assert form.answer(ask(form, "sign-in.method").field, "") == ""
    assert "# asked by the dean" in form.now.main.data.decode()


def test_secrets_go_to_their_own_file(written):
    form = TopicForm.of(written)
    answer(form, sign_in__method="github", sign_in__github__client_secret="canary-secret")
    question = ask(form, "sign-in.github.client-secret")
    name, lines = form.written(question)
    assert name == "secrets.yaml"
    assert "canary" not in repr(lines)
    assert set(form.save()) == {"config.yaml", "secrets.yaml"}
    assert "canary" not in written.config.read_text()
    assert "client_secret: canary-secret" in written.secrets.read_text()
    assert written.secrets.stat().st_mode & 0o777 == 0o600
    assert "canary" not in repr(ask(form, "sign-in.github.client-secret"))


def test_a_secret_left_as_it_is_shown_is_not_touched(written):
    written.secrets.write_text("hub:\n  cookieSecret: canary\n")
    form = TopicForm.of(written)
    question = ask(form, "secrets.cookie")
    assert answer(form, secrets__cookie=question.text) == {"secrets__cookie": ""}
    assert not form.changes
    answer(form, secrets__cookie="")
    form.save()
    assert "canary" not in written.secrets.read_text()


def test_undo_takes_back_answers_then_the_save(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="4G", culling__timeout="60")
    last = form.undo()
    assert last
    assert last.id == "culling.timeout"
    assert "cull" not in form.now.main.data.decode()
    form.save()
    assert "limit: 4G" in written.config.read_text()
    assert form.undo() is None
    assert written.config.read_text() == HAND
    assert len(list(written.backups.iterdir())) == 2, "one for the save, one for taking it back"
    with pytest.raises(Refused):
        form.undo()


def test_settings_put_together_are_one_thing_to_undo(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="3G")
    form.put("Large", [setting("singleuser.memory.limit", "4G"), setting("singleuser.cpu.limit", 2)])
    assert ask(form, "resources.memory-limit").text == "4G", "not what was typed before"
    assert ask(form, "resources.cpu-limit").text == "2"
    answer(form, resources__cpu_limit="1")
    assert form.now.main.document.get(("singleuser", "cpu", "limit"), None) == 1
    assert [one.title for one in form.changes][1] == "Large"
    for taken, memory in (("CPU limit", "4G"), ("Large", "3G")):
        undone = form.undo()
        assert undone
        assert (undone.title, ask(form, "resources.memory-limit").text) == (taken, memory)
    assert form.undo()
    assert form.now.main.data == HAND.encode()


def test_settings_put_together_replace_a_wrong_answer_and_can_take_out(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="much")
    form.put("None", [Setting(("singleuser", "memory"), GONE)])
    assert not form.problems
    assert ask(form, "resources.memory-limit").text == ""
    assert form.save() == ("config.yaml",)
    assert b"memory" not in written.config.read_bytes()


def test_settings_that_the_chart_does_not_take_change_nothing(written):
    form = TopicForm.of(written)
    with pytest.raises(InvalidInput):
        form.put("Wrong", [setting("singleuser.cpu.limit", 2), setting("singleuser.nothing", 2)])
    assert form.now.main.data == HAND.encode()
    assert not form.answers


def test_settings_put_together_lie_over_a_change_by_hand(written):
    form = TopicForm.of(written)
    form.put("Large", [setting("singleuser.cpu.limit", 2)])
    written.config.write_text(HAND.replace("2Gi", "5Gi"))
    assert form.refresh()
    assert b"cpu" in form.now.main.data
    assert b"5Gi" in form.now.main.data


def test_undo_of_a_save_keeps_what_others_wrote_since(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="4G")
    form.save()
    written.config.write_text("hub: {}\n")
    with pytest.raises(Refused):
        form.undo()
    assert written.config.read_text() == "hub: {}\n"


def test_a_change_by_hand_meanwhile_is_kept_and_answers_lie_over_it(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="4G")
    written.config.write_text(HAND + "debug:\n  enabled: true\n")
    assert form.refresh()
    assert not form.refresh()
    form.save()
    assert written.config.read_text() == HAND.replace("2Gi", "4G") + "debug:\n  enabled: true\n"


def test_saving_sees_a_change_by_hand_too(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="4G")
    written.config.write_text(HAND + "debug:\n  enabled: true\n")
    form.save()
    assert written.config.read_text() == HAND.replace("2Gi", "4G") + "debug:\n  enabled: true\n"


def test_another_writer_is_waited_for(written):
    form = TopicForm.of(written)
    answer(form, resources__memory_limit="4G")
    with writing(written.state, "upgrade", SystemClock()), pytest.raises(Refused):
        form.save()
    assert written.config.read_text() == HAND
    assert form.changes, "nothing that was answered is lost"


def test_broken_files_are_said_so(written):
    written.config.write_text("hub: [")
    with pytest.raises(Unreadable, match=r"config\.yaml"):
        TopicForm.of(written)


def test_places_that_cannot_be_edited_are_a_sentence(written):
    written.config.write_text("base: &x {limit: 1G}\nsingleuser:\n  memory: *x\n")
    form = TopicForm.of(written)
    problem = answer(form, resources__memory_limit="2G")["resources__memory_limit"]
    assert "&x" in problem or "*x" in problem
    assert form.now.main.data == written.config.read_bytes()


def test_findings_stand_at_their_fields(written):
    form = TopicForm.of(written)
    found = form.findings()
    (finding,) = [one for one in found["resources.memory-limit"] if one.rule == "mem-gi"]
    assert "Write 2G" in sentence(finding)
    answer(form, resources__memory_limit="2G")
    assert "resources.memory-limit" not in form.findings()


def test_a_finding_without_a_path_goes_to_the_fields_of_its_rule():
    assert "resources.memory-limit" in fields_of(Finding("mem-gi", Severity.ERROR, "", 1, 1, "x"))
    assert fields_of(Finding("no-such-rule", Severity.NOTE, "", 1, 1, "x")) == ()
    inside = Finding("x", Severity.NOTE, "singleuser.profileList[0].slug", 1, 1, "x")
    assert fields_of(inside) == ("environment.profiles",)


def test_every_field_has_its_page():
    assert all(topic_of(name).id == field.topic for name, field in FIELDS.items())


def test_pages_count_what_is_set(written):
    form = TopicForm.of(written)
    counts = {page.id: form.count_set(page) for page in topics()}
    assert (counts["resources"], counts["sign-in"], counts["culling"]) == (1, 1, 0)


def test_helmforge_has_forms_too(tmp_path):
    chart = Chart(family="helmforge", version="1.0.6")
    project = create_project(tmp_path / "hub", "existing", chart=chart, release="bio101")
    form = TopicForm.of(open_project(project.folder))
    answer(form, storage__helmforge__enabled="off", resources__memory_limit="2G")
    form.save()
    assert "enabled: false" in project.config.read_text()
