"""Questions in plain lines: what each sign does, what is written, and that nothing is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.gke import server as google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.support.talk import Script
from z2jh_wizard.cloud.gke import google as gke
from z2jh_wizard.cloud.gke import sign_in as gke_sign_in
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.asking import WIDTH, Asker, Move, meant, present, prompt
from z2jh_wizard.flows.items import Item
from z2jh_wizard.flows.line_by_line import Ended, LineByLine
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project, is_project, open_project
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.fields import Choice, Kind

QUICK, GUIDED, EXPERT = "1", "2", "3"
WRITE, PAGE, SEARCH, LEAVE = "1", "2", "3", "4"
SKIP_QUICK = [">"] * 4
"""Skips what is left of each page of the quick way."""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "hub"


@pytest.fixture
def project(folder):
    made = create_project(folder, "existing", chart=Chart(), release="bio101")
    config_file.write_first(made)
    return made


def talk_about(questionnaire, *lines):
    script = Script(lines)
    ended = LineByLine(questionnaire, script).run()
    assert script.left == []
    return ended, script


def item(kind=Kind.TEXT, text="", **more):
    return Item("x.y", "Title", "Help for it.", kind, text, **more)


def ask(asked, *lines, take=lambda _text: ""):
    """Return what one question makes of these lines: the answers that were taken, and where to go next."""
    taken: list[str] = []
    script = Script(lines)

    def note(text):
        sentence = take(text)
        if not sentence:
            taken.append(text)
        return sentence

    moved = Asker(script).item(asked, note, lambda: [("Title", "What it is."), ("Words", "Hub: a program")])
    return taken, moved, script


# ---- one question ----


@pytest.mark.parametrize(
    ("typed", "moved"), [("", Move.KEEP), ("  ", Move.KEEP), ("<", Move.BACK), (" > ", Move.SKIP)]
)
def test_signs_answer_nothing(typed, moved):
    assert ask(item(), typed)[:2] == ([], moved)


def test_a_line_is_an_answer_and_a_sign_behind_a_backslash_too():
    assert ask(item(), "two words")[0] == ["two words"]
    assert ask(item(), "\\<")[0] == ["<"]
    assert ask(item(), "\\=")[0] == ["="]
    assert ask(item(), "\\d")[0] == ["\\d"]
    assert ask(item(text="x"), "=")[0] == [""], "clears"


def test_a_wrong_answer_gets_its_sentence_and_the_question_comes_again():
    taken, _, script = ask(item(), "no", "yes", take=lambda text: "" if text == "yes" else "Type yes.")
    assert taken == ["yes"]
    assert "! Type yes." in script.heard


def test_a_question_mark_explains_and_asks_again():
    taken, _, script = ask(item(), "?", "a")
    assert taken == ["a"]
    assert "    Hub: a program" in script.heard


def test_several_lines_end_with_a_dot():
    assert ask(item(Kind.PYTHON), "a = 1", "", "  b", ".")[0] == ["a = 1\n\n  b"]
    assert ask(item(Kind.MAP), ".")[0] == [""], "nothing is nothing"
    assert ask(item(Kind.LIST), "")[1] is Move.KEEP


def test_a_secret_is_not_shown_while_it_is_typed_and_never_said():
    taken, _, script = ask(item(Kind.SECRET, "********"), "canary-1")
    assert (taken, script.unseen) == (["canary-1"], ["canary-1"])
    assert "canary" not in script.said
    assert "set, and not shown" in script.said
    key = ["-----BEGIN PRIVATE KEY-----", "abc", "-----END PRIVATE KEY-----", "."]
    assert ask(item(Kind.SECRET), *key)[0] == ["\n".join(key[:-1])]


def test_a_number_stands_for_a_choice_where_a_number_is_no_answer_itself():
    choices = (Choice("a", "The A"), Choice("b", "The B", "when B"))
    asked = item(Kind.CHOICE, "b", choices=choices)
    assert [meant(asked, typed) for typed in ("1", "2", "3", "b", "0")] == ["a", "b", "3", "b", "0"]
    assert present(asked) == "now The B"
    assert meant(item(Kind.WHOLE, choices=choices), "1") == "1"
    assert "  2. The B (b): when B" in ask(asked, "")[2].heard


def test_the_prompt_says_what_is_there_in_words():
    assert prompt(item(text="5")) == "Answer (now 5): "
    assert prompt(item(default="10Gi")) == "Answer (not set: 10Gi): "
    assert prompt(item(Kind.SWITCH)) == "On or off (not set): "
    assert prompt(item(Kind.LIST, "- a\n- b")) == "Answer (as above): "


def test_what_the_form_cannot_change_is_only_said():
    taken, moved, script = ask(item(text="{a: b}", fixed="It is written by hand."))
    assert (taken, moved) == ([], Move.KEEP)
    assert "It is written by hand." in script.said


def test_outside_text_cannot_steer_the_terminal():
    _, _, script = ask(item(text="a\x1b[31mb"), "\x1b[Ac")
    assert "\x1b" not in script.said
    assert ask(item(), "\x1b[Ac")[0] == ["c"]


# ---- the whole way ----


def test_quick_makes_a_project_in_four_pages(folder):
    lines = [QUICK, "existing", "", "", "bio101", ">", "30", ">", "=", ">", ">", WRITE]
    questionnaire = Questionnaire(folder)
    ended, script = talk_about(questionnaire, *lines)
    assert ended is Ended.WRITTEN
    assert questionnaire.project
    assert "Page 4 of 4: Address" in script.heard
    assert questionnaire.project.spec.release == "bio101"
    assert questionnaire.project.spec.workshop.students == 30
    assert "authenticator_class" not in questionnaire.project.config.read_text()
    assert max(map(len, script.heard)) <= WIDTH + 20, "prompts may say a little more"


def test_guided_skips_each_page_with_one_key_and_asks_what_is_wanted(folder):
    questionnaire = Questionnaire(folder)
    pages = len(questionnaire.stages(list_ways()["guided"])) - 3
    script = Script([GUIDED, *[">"] * 3, *[">"] * pages, LEAVE])
    assert LineByLine(questionnaire, script).run() is Ended.LEFT
    assert script.left == []
    assert not folder.exists()
    assert not questionnaire.is_touched


def list_ways():
    from z2jh_wizard.flows.ways import WAYS

    return WAYS


def test_back_goes_to_the_question_and_the_page_before(folder):
    lines = [QUICK, "", "one", "<", "two", "<", "<", "", "three", ">", "<", ">", ">", ">", ">", LEAVE]
    questionnaire = Questionnaire(folder)
    _, script = talk_about(questionnaire, *lines)
    assert questionnaire.project_answers["release"] == "three"
    assert script.said.count("Page 1 of 4") == 2


def test_answers_bring_their_own_questions(project):
    questionnaire = Questionnaire(project.folder, project)
    lines = [QUICK, ">", "google", "my-id", "canary-secret", ">", "on", "hub.example.edu",
             "ada@example.edu", ">", WRITE]  # fmt: skip
    _, script = talk_about(questionnaire, *lines)
    config = Document.read(project.config.read_bytes()).values
    assert config["hub"]["config"]["GoogleOAuthenticator"]["client_id"] == "my-id"
    assert config["proxy"]["https"]["hosts"] == ["hub.example.edu"]
    assert "canary-secret" in project.secrets.read_text()
    assert script.unseen == ["canary-secret"]
    assert "canary" not in script.said
    assert "Who comes in:" in script.said
    assert "https://hub.example.edu/hub/oauth_callback" in script.said, "to be registered"


def test_search_finds_and_edits_any_setting(project):
    questionnaire = Questionnaire(project.folder, project)
    words = "hub.config.KubeSpawner.http_timeout"
    talk_about(
        questionnaire, EXPERT, "zzzzzz", words, "1", "soon", "90", "cull timeout", "1", "2h", "", WRITE
    )
    config = Document.read(project.config.read_bytes())
    assert config.get(("hub", "config", "KubeSpawner", "http_timeout")) == 90
    assert config.get(("cull", "timeout")) == 7200


def test_one_page_can_be_chosen_at_the_end(project):
    questionnaire = Questionnaire(project.folder, project)
    pages = [one.title for one in questionnaire.stages(list_ways()["guided"])]
    culling = str(pages.index("Culling") + 1)
    lines = [QUICK, *[">"] * 3, PAGE, culling, "m", "off", ">", WRITE]
    talk_about(questionnaire, *lines)
    assert Document.read(project.config.read_bytes()).get(("cull", "enabled")) is False


def test_the_end_of_the_input_writes_nothing(folder):
    with pytest.raises(EOFError):
        LineByLine(Questionnaire(folder), Script([QUICK, "existing", "", "", "bio101"])).run()
    assert not is_project(folder)
    assert not folder.exists()


def test_a_folder_that_got_a_project_meanwhile_is_asked_for_again(folder, tmp_path):
    create_project(folder, "practice", chart=Chart())
    questionnaire = Questionnaire(folder)
    other = str(tmp_path / "other")
    _, script = talk_about(questionnaire, QUICK, *[">"] * 4, WRITE, other, WRITE)
    assert "holds a project already" in " ".join(script.said.split())
    assert questionnaire.project
    assert questionnaire.project.folder == tmp_path / "other"


def test_a_chart_on_this_computer_is_asked_for_until_it_is_one(folder, tmp_path):
    chart = tmp_path / "chart"
    chart.mkdir()
    questionnaire = Questionnaire(folder)
    pages = [GUIDED, ">", "existing", ">", "", "", "file", ">", str(chart), ">"]
    script = Script([*pages, str(tmp_path / "nothing")])
    with pytest.raises(EOFError):
        LineByLine(questionnaire, script).run()
    said = " ".join(script.said.split())
    assert "Type the path of a chart folder" in said
    assert "no Chart.yaml" in said or "cannot be opened as a chart" in said
    assert "There is no file" in said
    (chart / "Chart.yaml").write_text("name: mine\nversion: 0.3.0\n")
    assert questionnaire.answer("chart_path", str(chart)) == ""
    assert questionnaire.plan.spec.chart.name == "mine"


TYPED = st.lists(
    st.one_of(
        st.sampled_from(["", "1", "2", "3", "<", ">", "=", "?", ".", "m", "on", "google", "2h", "cull", "4"]),
        st.text(max_size=6),
    ),
    max_size=60,
)


@settings(max_examples=40)
@given(TYPED)
def test_whatever_is_typed_it_asks_on_or_ends(tmp_path_factory, lines):
    made = create_project(tmp_path_factory.mktemp("hubs") / "hub", "existing", chart=Chart())
    config_file.write_first(made)
    before = made.config.read_bytes()
    script = Script(lines)
    try:
        ended = LineByLine(Questionnaire(made.folder, made), script).run()
    except EOFError:
        ended = Ended.LEFT
    if ended is Ended.LEFT:
        assert made.config.read_bytes() == before
    Document.read(made.config.read_bytes())
    assert "\x1b" not in script.said


def test_of_many_choices_only_the_names_are_read_out():
    choices = tuple(Choice(f"v{number}", f"Label {number}", "when") for number in range(12))
    _, _, script = ask(item(Kind.CHOICE, choices=choices), "")
    assert "  12. Label 11" in script.heard
    assert "when to take which" in script.said


# ---- a cloud ----


def test_a_cloud_says_what_there_is_when_asked(folder, monkeypatch):
    with google.serve(Services(World(), "bio"), "emulated-token") as address:
        monkeypatch.setenv(gke.ELSEWHERE, address)
        monkeypatch.setenv(gke_sign_in.TOKEN, "emulated-token")
        where = ["gke", "bio101", str(folder)]
        account = ["?", "", "?", "not one", "bio"]
        place = ["?", "us-central1-b", "?", "e2-standard-4"]
        ended, script = talk_about(
            Questionnaire(None), QUICK, *where, *account, *place, "60", *[">"] * 3, WRITE
        )
    assert ended is Ended.WRITTEN
    said = " ".join(" ".join(script.heard).split())
    assert "Signed in as" in said
    assert "! Type the id of a Google project" in said
    assert "us-central1-b United States" in said
    assert "e2-standard-4 4 cores, 16 GiB" in said
    spec = open_project(folder).spec
    assert (spec.account, spec.region, spec.workshop.students) == ("bio", "us-central1-b", 60)
    assert spec.pools["user"].machine == "e2-standard-4"
    assert "emulated-token" not in said


def test_moving_to_a_cloud_at_the_end_asks_who_pays(folder):
    practice = [QUICK, "practice", "bio101", str(folder), *SKIP_QUICK[1:]]
    where = [PAGE, "2", "gke", ">", "", "bio-101", "us-central1-b", "", LEAVE]
    ended, script = talk_about(Questionnaire(None), *practice, *where)
    assert ended is Ended.LEFT
    said = " ".join(script.heard)
    assert "! Type the id of a Google project" in said
