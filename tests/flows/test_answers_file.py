"""Answers files: what they may say, what is refused with its line, and that a project gives its own back."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows import answers_file, answers_written
from z2jh_wizard.flows.answers_file import AnswersFile, fill
from z2jh_wizard.flows.questionnaire import Questionnaire, known_ids, ranks
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project
from z2jh_wizard.values import forms
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.fields import Kind
from z2jh_wizard.values.rendering import Style, entry_lines
from z2jh_wizard.values.topics import fields

GOOD = """\
sign-in:
  method: google
  google:
    client-id: 0123.apps
    client-secret: {file: secret.txt}
    domains: [example.edu]
sign-in.allow-all: off
sign-in.admins: [ada, 12345, no]
provider: existing
release: bio101
class-size: {students: 30, memory: 2G}
https: {enabled: yes, hosts: [hub.example.edu], email: a@example.edu}
image.tag: 1.10
culling.timeout: 2h
environment.variables: {A: 1, B: true}
culling.max-age:
values:
  hub.config.KubeSpawner.start_timeout: 300
  singleuser: {extraLabels: {course: bio}}
  hub: {config: {KubeSpawner: {args: [a]}}}
"""


def filled(text: str, folder: Path = Path("/nowhere"), options=MappingProxyType({})):
    """Return a questionnaire with the answers of a text, and what could not be taken."""
    questionnaire = Questionnaire(Path("/nowhere/hub"))
    answers = AnswersFile.read(text.encode(), "answers.yaml", folder)
    return questionnaire, fill(questionnaire, answers, options)


def told(text: str) -> dict[int, str]:
    """Return what cannot be taken, by line."""
    return {one.line: one.sentence for one in filled(f"provider: existing\n{text}")[1]}


def make(folder: Path, text: str, **options: str):
    return answers_file.make(folder, text.encode(), "answers.yaml", folder.parent, options)


def test_answers_are_what_a_person_would_type_nested_or_dotted(tmp_path):
    (tmp_path / "secret.txt").write_text("canary-secret\n")
    project = make(tmp_path / "hub", GOOD)
    config = Document.read(project.config.read_bytes())
    assert config.values["hub"]["config"] == {
        "JupyterHub": {"authenticator_class": "google"},
        "Authenticator": {"allow_all": False, "admin_users": ["ada", "12345", "no"]},
        "GoogleOAuthenticator": {
            "client_id": "0123.apps",
            "hosted_domain": ["example.edu"],
            "oauth_callback_url": "https://hub.example.edu/hub/oauth_callback",
        },
        "KubeSpawner": {"start_timeout": 300, "args": ["a"]},
    }
    assert config.get(("singleuser", "memory")) == {"guarantee": "2G", "limit": "4G"}
    assert config.get(("singleuser", "image", "tag")) == "1.10"
    assert config.get(("singleuser", "extraEnv")) == {"A": "1", "B": "true"}
    assert config.get(("singleuser", "extraLabels")) == {"course": "bio"}
    assert config.get(("cull", "timeout")) == 7200
    assert project.spec.workshop.students == 30
    assert "canary" not in project.config.read_text()
    assert "client_secret: canary-secret\n" in project.secrets.read_text()
    assert project.secrets.stat().st_mode & 0o777 == 0o600


def test_the_example_of_the_manual_makes_a_project(tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "answers.md").read_text()
    example = manual.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "client-secret.txt").write_text("canary-secret")
    project = make(tmp_path / "hub", example)
    assert "http_timeout: 90" in project.config.read_text()
    assert "timeout: 7200" in project.config.read_text()


def test_the_order_of_the_answers_does_not_matter(tmp_path):
    lines = [
        "provider: existing",
        "sign-in.method: github",
        "sign-in.github.client-id: abc",
        "sign-in.admins: [ada]",
        "https.hosts: [hub.example.edu]",
        "https.enabled: on",
        "image.name: quay.io/a/b",
    ]
    one = make(tmp_path / "one", "\n".join(lines))
    two = make(tmp_path / "two", "\n".join(reversed(lines)))
    assert one.config.read_bytes() == two.config.read_bytes()


def test_nothing_answered_is_the_first_config(tmp_path):
    project = make(tmp_path / "hub", "provider: existing\nrelease: bio101\nsign-in:\nvalues:\n")
    assert project.config.read_text() == config_file.first(project)
    assert not project.secrets.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("relase: x", "relase is no question (did you mean release?)."),
        ("sign-in.methd: x", "did you mean sign-in.method?"),
        ("storage: 5", "a group of questions"),
        ("values: 5", "keys of the chart"),
        ("release: Bio 1", "lower-case"),
        ("release: [a]", "Write one value, no list and no map."),
        ("chart_version: latest", "4.4.0"),
        ("sign-in.method: gogle", "did you mean google?"),
        ("sign-in.github.client-id: 3", "only where sign-in.method is github, and that is shared-password"),
        ("https.email: a@b.org", "only where https.enabled is on, and that is off"),
        ("chart_path: /x", "only where chart is file"),
        ("resources.memory-limit: 4Gi", "Write 4G"),
        ("culling.timeout: [1]", "one value"),
        ("culling.timeout: -5", "number of seconds"),
        ("image.pull-secrets: {a: b}", "Write a list."),
        ("environment.variables: [a]", "Write a map, NAME: value."),
        ("class-size.students: many", "whole number"),
        ("class-size.memory: 2Gi", "amount"),
        ("sign-in.shared.password: '********'", "only stands for a secret"),
        ("sign-in.shared.password: {file: none.txt}", "There is no file none.txt"),
        ("storage.helmforge.enabled: on", "is a key of the HelmForge"),
        ("values: {cull.evry: 3}", "did you mean cull.every?"),
        ("values: {'a..b': 3}", "no path of a setting"),
        ("values: {cull: 3}", "group of settings"),
        ("<<: {a: b}", "merge key"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence_with_its_line(text, says):
    found = told(text)
    assert list(found) == [2], found
    assert says in found[2]


def test_all_troubles_come_at_once_and_nothing_is_made(tmp_path):
    text = (
        "provider: practice\nrelase: x\nculling.timeout: soon\nimage.tag: a\nimage: {tag: b}\nvalues: {x: 1}"
    )
    with pytest.raises(InvalidInput) as caught:
        make(tmp_path / "hub", text)
    happened = caught.value.problem.happened.splitlines()
    assert [line.split(":")[0].strip() for line in happened] == [
        "4 answers cannot be taken", "line 2", "line 3", "line 5", "line 6",
    ]  # fmt: skip
    assert not (tmp_path / "hub").exists()


def test_the_same_setting_twice_is_told():
    assert "line 2 too" in told("image.tag: a\nimage.tag: b")[3]
    assert "line 2 says the same as culling.every" in told("culling.every: 60\nvalues: {cull.every: 30}")[3]


@pytest.mark.parametrize("data", [b"a: [1\n", b"\xff\xfe", b"a: \0", b"- a\n", b"x: !!python/object:os {}\n"])
def test_what_is_no_answers_file_is_refused_with_the_line(tmp_path, data):
    with pytest.raises(InvalidInput, match=r"answers\.yaml cannot be"):
        answers_file.make(tmp_path / "hub", data, "answers.yaml", tmp_path)
    assert not (tmp_path / "hub").exists()


def test_a_secret_is_in_no_trouble():
    text = """\
https.manual-key: canary-4711
sign-in.lti.consumers: [canary-4711]
image.registry-password: canary-4711
"""
    found = told(text)
    assert len(found) == 3
    assert "canary" not in str(found)


def test_a_chart_on_this_computer(tmp_path):
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("name: mine\nversion: 0.3.0\n")
    project = make(tmp_path / "hub", f"chart_path: {chart}\nchart: file\nprovider: existing\n")
    assert project.spec.chart.path == str(chart)
    assert answers_written.answers_of(project).answers["chart_path"] == str(chart)
    assert "Type the path" in told("chart: file")[0]
    assert "no file" in told("chart: file\nchart_path: /no/such")[3]


def test_options_win_over_the_file(tmp_path):
    project = make(tmp_path / "hub", "provider: practice\nrelease: a\nchart: practice\n", provider="existing",
                   release="bio", chart="z2jh")  # fmt: skip
    assert (project.spec.provider, project.spec.release, project.spec.chart.name) == (
        "existing", "bio", "jupyterhub",
    )  # fmt: skip


def test_a_folder_with_a_project_is_left_alone(tmp_path):
    project = make(tmp_path / "hub", "provider: practice\n")
    before = project.config.read_bytes()
    with pytest.raises(Refused, match="project already"):
        make(tmp_path / "hub", "provider: practice\nculling.enabled: off\n")
    assert project.config.read_bytes() == before


def test_the_provider_must_be_said(tmp_path):
    with pytest.raises(InvalidInput, match="provider is missing"):
        make(tmp_path / "hub", "release: bio101\n")


# ---- a project gives its answers back ----


def test_written_answers_have_no_secret_and_say_which_are_needed(tmp_path):
    (tmp_path / "secret.txt").write_text("canary-secret")
    project = make(tmp_path / "hub", GOOD)
    project.secrets.write_text(
        project.secrets.read_text() + "proxy: {secretToken: canary-token-1234}\n"
        "singleuser: {extraEnv: {API_TOKEN: canary-api}}\n"
    )
    written = answers_written.answers_of(project)
    assert "canary" not in written.text() + str(written.tree())
    assert written.secrets == ("sign-in.google.client-secret", "environment.variables")
    assert "# sign-in.google.client-secret: {file: PATH}" in written.text()
    assert written.lost == ()
    assert written.values == {
        "hub.config.KubeSpawner.start_timeout": 300,
        "hub.config.KubeSpawner.args": ["a"],
    }


def test_writing_keeps_what_was_there(tmp_path):
    project = make(tmp_path / "hub", "provider: practice\n")
    path = answers_written.write_answers(project)
    assert path.read_text().splitlines()[-2:] == ["provider: practice", "release: jhub"]
    path.write_text("mine")
    answers_written.write_answers(project)
    assert [one.read_text() for one in project.backups.glob("*-answers.yaml")] == ["mine"]


def test_what_is_not_set_any_more_is_said(tmp_path):
    project = make(tmp_path / "one", "provider: existing\nculling: {enabled: null, timeout: ''}\n")
    assert not Document.read(project.config.read_bytes()).get(("cull",))
    again = make(tmp_path / "two", answers_written.answers_of(project).text())
    assert again.config.read_bytes() == project.config.read_bytes()


@pytest.mark.parametrize(
    ("config", "lost"),
    [("singleuser: {nonsense: 1}\n", 1), ("hub: null\nsingleuser: {}\n", 0), ("{}\n", 0)],
)
def test_a_file_by_hand_says_what_it_can(tmp_path, config, lost):
    project = create_project(tmp_path / "hub", "existing", chart=Chart(), release="bio101")
    project.config.write_text(config)
    written = answers_written.answers_of(project)
    assert len([one for one in written.lost if "nonsense" in one]) == lost
    make(tmp_path / "again", written.text())


TEXTS = st.text(
    st.characters(max_codepoint=0x2FF, exclude_categories=["C", "Z"], include_characters=" "), max_size=12
)
NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9.-]{0,8}", fullmatch=True), max_size=3).map(", ".join)
BY_KIND = {
    Kind.SWITCH: st.sampled_from(["on", "off", ""]),
    Kind.WHOLE: st.integers(-5, 10**6).map(str),
    Kind.NUMBER: st.one_of(st.integers(0, 99), st.floats(0, 10).map(lambda one: round(one, 3))).map(str),
    Kind.SECONDS: st.one_of(st.integers(0, 10**6).map(str), st.sampled_from(["2h", "null", "5m"])),
    Kind.PORT: st.integers(1, 65535).map(str),
    Kind.BYTES: st.sampled_from(["512M", "2G", "1.5G", "1073741824", "null"]),
    Kind.QUANTITY: st.sampled_from(["10Gi", "500m", "1", "0.5Gi", "null"]),
    Kind.NAMES: NAMES,
    Kind.HOSTS: st.sampled_from(["hub.example.edu", "a.example.edu, b.example.edu", "[]"]),
    Kind.HOST: st.sampled_from(["hub.example.edu", ""]),
    Kind.EMAIL: st.sampled_from(["ada@example.edu", ""]),
    Kind.URL: st.sampled_from(["https://example.edu/a", ""]),
    Kind.IMAGE: st.sampled_from(["quay.io/a/b", "localhost:5000/x/y"]),
    Kind.PYTHON: st.sampled_from(["c.X.y = 1\n", "x = 'a: b'\n# z\n", "{}"]),
    Kind.COMMAND: st.sampled_from(["start.sh", "a 'b c' d", "[a]", "[]"]),
    Kind.TEXT_MAP: st.sampled_from(["A: 1", "a/b.c: x y\nB: 'on'", "{}", "A: \"\""]),
    Kind.MAP: st.sampled_from(["{}", "a: {b: [1, null, x]}", "n: 0123\ny: 'yes'"]),
    Kind.LIST: st.sampled_from(["[]", "- a: 1\n  b: [x]\n- c", "[1, 'on', {a: ''}]"]),
    Kind.ADDRESS: st.sampled_from(["192.0.2.7", ""]),
    Kind.LONG_TEXT: st.sampled_from(["-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"]),
}  # fmt: skip
GROUPS = ("secrets.cookie", "hub.config", "general.global")
ASKED = [name for name in ranks() if name not in GROUPS and not fields()[name].kind.secret]
METHODS = ["google", "github", "generic-oauth", "ltiauthenticator.lti13.auth.LTI13Authenticator", "dummy", ""]


@st.composite
def given_answers(draw) -> dict[str, str]:
    """Draw answers to some questions, mostly of a few pages, so that those that depend on others meet."""
    found = {}
    chart = draw(st.sampled_from(["z2jh", "z2jh", "helmforge"]))
    if chart == "z2jh":
        found["sign-in.method"] = draw(st.sampled_from(METHODS))
    found |= {name: "on" for name in ("https.enabled", "ingress.enabled") if draw(st.booleans())}
    for name in draw(st.lists(st.sampled_from(ASKED), unique=True, max_size=40)):
        field = fields()[name]
        offered = [choice.value for choice in field.choices]
        found.setdefault(name, draw(st.sampled_from(offered) if offered else BY_KIND.get(field.kind, TEXTS)))
    return {"chart": chart, **found}


@settings(max_examples=40)
@given(given_answers())
def test_a_project_made_from_the_answers_of_another_has_the_same_config(tmp_path_factory, answers):
    folder = tmp_path_factory.mktemp("hubs")
    first = Questionnaire(folder / "one")
    for name, text in {"provider": "existing", "release": "bio101", **answers}.items():
        first.answer(name, text)
    usable = Questionnaire(folder / "one")
    unfit = first.unfit()
    for name, text in {"provider": "existing", "release": "bio101", **answers}.items():
        if name not in unfit:
            usable.answer(name, text)
    project = usable.save()
    written = answers_written.answers_of(project)
    again = make(folder / "two", written.text())
    assert again.config.read_text() == project.config.read_text()
    assert not written.lost
    assert answers_written.answers_of(again) == written


@pytest.mark.parametrize("version", ["0.4.0", "0.7.0", "0.9.1", "0.11.1", "1.2.0", "2.0.0", "3.3.8", "4.1.0"])
def test_older_charts_get_the_same_answers_under_their_own_keys(tmp_path, version):
    text = f"""\
provider: existing
chart: z2jh
chart_version: {version}
class-size: {{students: 12, memory: 2G}}
sign-in: {{method: github, admins: [ada], github: {{client-id: abc, client-secret: canary-1}}}}
culling.timeout: 2h
values: {{singleuser.cpu.limit: 3}}
"""
    project = make(tmp_path / "one", text)
    assert "abc" in project.config.read_text()
    assert ("  type: github\n" in project.config.read_text()) is version.startswith(("0.4", "0.7", "0.9"))
    assert "canary" not in project.config.read_text()
    written = answers_written.answers_of(project)
    assert written.answers["sign-in.github.client-id"] == "abc"
    assert written.answers["chart_version"] == version
    assert written.secrets == ("sign-in.github.client-secret",)
    again = make(tmp_path / "two", written.text())
    assert again.config.read_bytes() == project.config.read_bytes()


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(TEXTS, inner, max_size=2)),
    max_leaves=4,
)
NAMED = st.one_of(
    st.sampled_from([*known_ids(), "sign-in", "values", "storage", "relase", "sign-in.methd"]), TEXTS
)


@settings(max_examples=100)
@given(st.dictionaries(NAMED, ANYTHING, max_size=4))
def test_whatever_stands_in_the_file_is_taken_or_told(tree):
    lines = entry_lines(tree, 0, Style())
    questionnaire, troubles = filled("\n".join(lines) + "\n")
    for one in troubles:
        assert 0 <= one.line <= len(lines)
        assert one.sentence.strip()
        assert "\x1b" not in one.sentence
    if not troubles:
        assert questionnaire.unfit() == {}


def test_every_question_is_known_once():
    assert len(set(known_ids())) == len(known_ids())
    groups = [name for name in known_ids() if any(other.startswith(f"{name}.") for other in known_ids())]
    assert groups == [], "an id that is a question and a group could not be written nested"
    assert set(ranks()) == set(fields())
    for name in GROUPS:
        assert forms.place(fields()[name], Questionnaire(Path("/nowhere")).form.scene)
