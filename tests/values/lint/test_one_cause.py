"""One finding a cause, misfits told by what they were meant to be, and tricky negatives."""

from __future__ import annotations

import pytest

from tests.values.lint.examples import linted
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint import aborting, chart, mixups, structure, unknown_keys, unreadable
from z2jh_wizard.values.lint import text as text_rules
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.lint.fixing import fix
from z2jh_wizard.values.lint.run import lint_bytes
from z2jh_wizard.values.lint.subject import subject_of

MINE = {
    rule.id
    for module in (aborting, chart, mixups, structure, text_rules, unknown_keys, unreadable)
    for rule in module.RULES
}


def found(text: str, chart: str = "", **more) -> list[Finding]:
    return [one for one in linted(text, chart, **more) if one.rule in MINE and one.rule != "advisory"]


def said(text: str, chart: str = "", **more) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in found(text, chart, **more)]


def mended(text: str) -> str:
    return fix(Document.read(text.encode()), found(text)).document.data.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hub: {extraConfig: 'a = 1'}", ("extraconfig-str", "hub.extraConfig")),
        ("singleuser: {image: 'a:b'}", ("image-str", "singleuser.image")),
        ("hub: {services: [{name: a}]}", ("list-for-dict", "hub.services")),
        ("hub: {config: {jupyterHub: {a: 1}}}", ("lower-section", "hub.config.jupyterHub")),
        ("auth: {whitelist: {users: [a]}, admin: {users: [b]}}", ("auth-old", "auth")),
        ("singleuser: {cloudMetadata: {enabled: true}}", ("cloudmeta", "singleuser.cloudMetadata.enabled")),
        ("hub: {extraFiles: {a: {mountPath: /a, mode: '0644'}}}", ("octal", "hub.extraFiles.a.mode")),
        ("hub: {serviceAccount: {name: n}}", ("norway", "hub.serviceAccount.name")),
        ("singleusers: {memory: {limits: 1G}, storrage: {}}", ("key-typo", "singleusers")),
    ],
)  # fmt: skip
def test_a_rule_of_its_own_silences_the_general_ones(text, expected):
    assert said(text) == [expected]


def test_a_general_rule_still_speaks_beside_a_lesser_one():
    text = "singleuser: {defaultUrl: [“/lab”]}"
    assert said(text) == [
        ("schema", "singleuser.defaultUrl"),
        ("curly-quotes", "singleuser.defaultUrl[0]"),
    ]


@pytest.mark.parametrize(
    ("text", "chart", "words"),
    [
        ("hub: {imagePullPolicy: Always}", "4.4.0", "hub.image.pullPolicy"),
        ("httpRoute: {enabled: true}", "4.0.0", "needs chart 4."),
        ("hub: {flavour: 1}", "4.4.0", "has no key hub.flavour"),
        ("singleuser: {defaultUrl: 7}", "4.4.0", "is a number here; the chart wants text"),
        ("ingress: {pathType: Any}", "4.4.0", "takes only Prefix, Exact, ImplementationSpecific"),
        ("hub: {flavour: 1}", "1.2.0", "Helm refuses the whole file"),
        ("hub: {flavour: 1}", "0.9.0", "does not read it"),
        ("hub: {flavour: 1}", "99.0.0", "does not read it"),
    ],
)
def test_a_misfit_is_told_in_words(text, chart, words):
    (one,) = found(text, chart)
    assert words in f"{one.message} {one.fix.sentence if one.fix else ''}"


@pytest.mark.parametrize(
    ("chart", "severity"),
    [
        ("0.9.0", Severity.WARNING),
        ("0.11.1", Severity.WARNING),
        ("1.0.0", Severity.ERROR),
        ("4.4.0", Severity.ERROR),
        ("5.0.0", Severity.WARNING),
    ],
)
def test_unknown_keys_are_errors_only_where_helm_is_known_to_refuse_them(chart, severity):
    (one,) = found("hub: {flavour: 1}", chart)
    assert one.severity is severity


def test_the_schema_of_the_chart_itself_has_the_last_word():
    schema = {"type": "object", "additionalProperties": False, "properties": {"course": {"type": "string"}}}
    linted = lint_bytes([("a.yaml", b"course: 7\nhub: {}\n", None)], "99.0.0", "z2jh", schema)
    errors = [(one.rule, one.path, one.line) for one in linted.findings if one.severity is Severity.ERROR]
    assert errors == [("schema", "course", 1), ("schema", "hub", 2)]


def test_charts_between_3_and_4_do_not_get_the_newest_schema():
    assert said("httpRoute: {enabled: true}", "3.3.8") == [("schema", "httpRoute")]
    assert said("hub: {fsGid: 1000}", "1.2.0") == []


def test_a_file_of_the_other_chart_is_said_once():
    text = "auth: {type: dummy}\ngateway: {enabled: true}\nhub: {replicaCount: 1, persistence: {}}\n"
    assert said(text) == [("chart-mix", "auth")]
    assert said(text, "1.0.6", family="helmforge") == []


def test_edits_are_offered_only_when_the_value_fits_its_new_place():
    assert mended("hub: {condig: {A: {b: 1}}}") == "hub: {config: {A: {b: 1}}}"
    (one,) = found("hub: {condig: text}")
    assert one.rule == "key-typo"
    assert one.fix is not None
    assert not one.fix.edits
    (both,) = found("singleuser: {default_url: /a, defaultUrl: /b}")
    assert both.rule == "snake-case"
    assert both.fix is not None
    assert not both.fix.edits


def test_one_value_is_quoted_as_it_is_written():
    assert mended("singleuser: {image: {name: a/b, tag: 3.10}}\n").count("3.10") == 1
    assert mended("hub: {extraEnv: {A: 0x1F}}\n") == 'hub: {extraEnv: {A: "0x1F"}}\n'


def test_a_list_with_comments_is_left_to_a_person():
    assert said(text := "hub:\n  services:\n    - name: a  # ours\n") == [("list-for-dict", "hub.services")]
    assert mended(text) == text


def test_a_secret_of_a_wrong_type_is_never_quoted():
    (one,) = found("proxy: {secretToken: [hunter2hunter2]}")
    assert "hunter2" not in f"{one}"


@pytest.mark.parametrize(
    "text",
    [
        "singleuser: {storage: {type: none}}",
        "hub: {extraEnv: {A: 'yes'}, nodeSelector: }",
        "custom: {any_thing: {at-all: yes}}",
        "global: {foo: 1}",
        "hub: {config: {KubeSpawner: {default_url: /lab, memLimit: 1}}}",
        "singleuser: {profileList: [{display_name: Yes we can, description: 'a: b #c'}]}",
        "singleuser: {extraFiles: {a: {mountPath: /a.sh, mode: 0755, stringData: 'it’s “fine”'}}}",
        "singleuser: {extraAnnotations: {note: 'a {{ b }} c'}}",
        "basehub: {jupyterhub: {hub: {baseUrl: /a/}}, dask-gateway: {any: thing}}",
        "hub: &h {baseUrl: /a/}\ncustom: {copy: *h}",
        "",
        "# only a comment\n",
    ],
)
def test_what_is_fine_is_left_alone(text):
    assert said(text) == []


def test_a_wrapper_is_told_of_only_where_the_chart_itself_is_installed():
    text = "jupyterhub: {hub: {baseUrl: /a/}}"
    assert said(text) == []
    assert said(text, at=()) == [("top-level-nest", "jupyterhub")]
    assert said("daskhub: {jupyterhub: {hub: {baseUrl: /a/}}}", at=()) == [("top-level-nest", "daskhub")]


def test_keys_twice_are_told_with_both_lines_and_their_place_inside_of_a_wrapper():
    text = "jupyterhub:\n  hub:\n    baseUrl: /a/\n    baseUrl: /b/\nother: 1\nother: 2\n"
    assert [(one.rule, one.path, one.line) for one in found(text)] == [
        ("dup-key", "hub.baseUrl", 4),
        ("dup-key", "", 6),
    ]
    assert "line 3" in found(text)[0].message


def test_only_the_first_of_many_unknown_keys_are_searched_for():
    subject = subject_of("\n".join(f"strange{number}: 1" for number in range(100)).encode())
    assert len(subject.unknown) == 100
    assert sum(bool(match.sentence) for _, match in subject.unknown) == 30
    assert len(said("\n".join(f"strange{number}: 1" for number in range(100)))) == 100


@pytest.mark.parametrize(
    ("chart", "severity", "words"),
    [
        ("0.10.3", Severity.WARNING, "newer charts mend"),
        ("3.3.7", Severity.WARNING, "Upgrade to chart 4.4.0"),
        ("4.3.3", Severity.NOTE, "Upgrade to chart 4.4.0"),
        ("4.4.0", Severity.NOTE, "no version known"),
    ],
)
def test_holes_are_said_once_and_warned_of_only_when_a_newer_chart_mends_a_grave_one(chart, severity, words):
    (one,) = [one for one in linted("hub: {}", chart) if one.rule == "advisory"]
    assert one.severity is severity
    assert one.fix is not None
    assert words in f"{one.message} {one.fix.sentence}"
