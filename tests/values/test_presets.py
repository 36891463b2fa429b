"""Presets, images, course files and profiles: applied to files, and taken by the chart's schema."""

import json
import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.test_keys import schema_of
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.course_files import course_files, present_files, problems
from z2jh_wizard.values.course_images import COURSE_IMAGES, course_image, has_gitpuller, present_image
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.images import parse_image
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.lint.run import lint
from z2jh_wizard.values.lint.subject import subject_of
from z2jh_wizard.values.look_up import Kind, look_up
from z2jh_wizard.values.presets import (
    CULLING,
    EGRESS,
    GROUPS,
    KERNEL_FILE,
    SIZES,
    apply,
    group_of,
    only_networks,
)
from z2jh_wizard.values.profiles import (
    OVERRIDES,
    PLACES,
    Option,
    Profile,
    image_option,
    override_of,
    profile_list,
    size_option,
)
from z2jh_wizard.values.schema import misfits, read_schema
from z2jh_wizard.values.topics import topic_page

FILE = b"""\
# my course
singleuser:
  memory: {limit: 3G}  # more than usual
  extraFiles:
    mine.txt:
      mountPath: /srv/mine.txt
      stringData: hello
cull:
  users: false
"""
MENU = profile_list(
    [
        Profile("Course", "course", "What we use", options=(size_option(),)),
        Profile("Own image", "own", options=(image_option(COURSE_IMAGES[:2], free=True),)),
    ]
)
FILES = course_files("https://github.com/data-8/materials-fa17.git", "master", "materials")
EVERYTHING = {
    **{f"{preset.id}": preset.settings for preset in (*CULLING, *SIZES, *EGRESS)},
    "networks": only_networks(["192.0.2.0/24"], (3128,)),
    "image": COURSE_IMAGES[0].settings,
    "files": FILES.settings,
    "menu": MENU,
}


@pytest.mark.parametrize("data", [FILE, b"", b"jupyterhub:\n  hub: {}\n"], ids=["mine", "empty", "wrapped"])
@pytest.mark.parametrize("settings", EVERYTHING.values(), ids=EVERYTHING)
def test_what_a_preset_writes_fits_the_chart_and_keeps_the_rest(settings, data):
    edited = apply(Document.read(data), settings)
    assert list(misfits(edited.values, read_schema())) == []
    assert apply(edited, settings).data == edited.data
    if data == FILE:
        assert b"# my course" in edited.data
        assert edited.get(("singleuser", "extraFiles", "mine.txt", "stringData")) == "hello"
        assert edited.get(("cull", "users")) is False


@pytest.mark.parametrize("settings", EVERYTHING.values(), ids=EVERYTHING)
def test_what_a_preset_writes_fits_the_published_chart(settings, real_chart):
    edited = apply(Document.read(FILE), settings)
    assert list(misfits(edited.values, json.loads(schema_of(real_chart)))) == []


@pytest.mark.parametrize("settings", EVERYTHING.values(), ids=EVERYTHING)
def test_lint_has_nothing_against_a_preset(settings):
    image = next(image for image in COURSE_IMAGES if image.gitpuller)
    before = apply(Document.read(FILE), image.settings)
    after = apply(before, settings)
    known = {(one.rule, one.path) for one in lint(subject_of(before.data))}
    assert {(one.rule, one.path) for one in lint(subject_of(after.data))} <= known


@pytest.mark.parametrize("family", [CULLING, SIZES, EGRESS], ids=["culling", "sizes", "egress"])
def test_of_each_kind_exactly_the_chosen_one_is_recognised(family):
    document = Document.read(FILE)
    assert not any(preset.chosen(document) for preset in family)
    for preset in (*family, *reversed(family)):
        document = apply(document, preset.settings)
        assert [one.id for one in family if one.chosen(document)] == [preset.id]


def test_presets_are_offered_where_the_chart_takes_them():
    assert all(preset.offered("4.4.0") for preset in (*CULLING, *SIZES, *EGRESS))
    assert all(preset.offered("v0.6") for preset in SIZES)
    assert [preset.id for preset in CULLING if preset.offered("0.11.0")] == ["exam"]
    assert not any(preset.offered("1.2.0") for preset in EGRESS)
    assert not any(preset.offered("1.0.6", "helmforge") for preset in (*CULLING, *EGRESS))
    assert all(preset.offered("1.0.6", "helmforge") for preset in SIZES)


def test_an_exam_stops_nothing():
    lecture = apply(Document.read(FILE), CULLING[0].settings)
    manager = lecture.get((*KERNEL_FILE, "data", "MappingKernelManager"))
    assert manager["cull_connected"] is True
    assert manager["cull_idle_timeout"] < lecture.get(("cull", "timeout"))
    exam = apply(lecture, next(one for one in CULLING if one.id == "exam").settings)
    assert exam.get(("cull", "enabled")) is False
    assert not exam.has(KERNEL_FILE)


def test_sizes_grow_and_guarantee_no_more_than_they_allow():
    amount = {"M": 2**20, "G": 2**30}
    before = (0, 0.0)
    for size in SIZES:
        values = override_of(size.settings)
        low, high = (
            int(values[name][:-1]) * amount[values[name][-1]] for name in ("mem_guarantee", "mem_limit")
        )
        assert before < (low, values["cpu_guarantee"])
        assert low <= high
        assert values["cpu_guarantee"] <= values["cpu_limit"]
        before = (low, values["cpu_guarantee"])


@pytest.mark.parametrize("preset", EGRESS, ids=lambda preset: preset.id)
def test_no_egress_preset_opens_private_addresses(preset):
    document = apply(Document.read(b""), preset.settings)
    policy = document.get(("singleuser", "networkPolicy"))
    assert policy["enabled"] is True
    assert policy["egressAllowRules"]["privateIPs"] is False
    assert policy["egressAllowRules"]["cloudMetadataServer"] is False
    for rule in policy["egress"]:
        assert {port["protocol"] for port in rule["ports"]} == {"TCP"}
        for target in rule["to"]:
            assert "169.254.169.254/32" in target["ipBlock"]["except"]


def test_networks_are_checked():
    (*_, egress) = only_networks(["192.0.2.7", " 198.51.100.0/24 "])
    assert [one["ipBlock"]["cidr"] for one in egress.value[0]["to"]] == ["192.0.2.7/32", "198.51.100.0/24"]
    for wrong in ("pypi.org", "192.0.2.7/24", ""):
        with pytest.raises(InvalidInput, match="is no network"):
            only_networks([wrong])
    with pytest.raises(InvalidInput, match="No network"):
        only_networks([])


@pytest.mark.parametrize("image", COURSE_IMAGES, ids=lambda image: image.name)
def test_course_images_are_pinned(image):
    assert parse_image(image.text).reference == image.tag
    assert re.fullmatch(r"20\d\d[.-]\d\d[.-]\d\d|\d+\.\d+\.\d+", image.tag)
    assert image.when.endswith(".")
    assert course_image(image.name) is image


def test_an_unknown_image_is_none():
    assert course_image("quay.io/jupyter/no-notebook") is None


def test_a_pull_that_fails_lets_the_server_start(tmp_path):
    command = FILES.settings[0].value["exec"]["command"]
    assert (
        subprocess.run(command, env={"PATH": ""}, cwd=tmp_path, executable="/bin/sh", check=False).returncode
        == 0
    )


def test_a_pull_gets_repository_branch_and_folder_as_they_are(tmp_path):
    fake = tmp_path / "gitpuller"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o700)
    files = course_files("https://example.org/a$(reboot)/course", "main", "my course")
    command = files.settings[0].value["exec"]["command"]
    done = subprocess.run(
        command, env={"PATH": str(tmp_path)}, executable="/bin/sh", capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["https://example.org/a$(reboot)/course", "main", "my course"]


def test_a_link_fetches_and_opens():
    query = parse_qs(urlsplit(FILES.link("https://hub.example.org/", "week 1.ipynb")).query)
    assert query == {
        "repo": [FILES.repository],
        "branch": ["master"],
        "urlpath": ["lab/tree/materials-fa17/week%201.ipynb"],
    }
    assert "/hub/user-redirect/git-pull?" in FILES.link("https://hub.example.org")


@pytest.mark.parametrize(
    ("repository", "branch", "folder", "title"),
    [
        ("git@github.com:a/b", "main", "", "no address"),
        ("https://github.com/", "main", "", "no address"),
        ("https://[red]/a/b", "main", "", "no address"),
        ("https://me:pass@github.com/a/b", "main", "", "password"),
        ("https://github.com/a/{username}", "main", "", "no address"),
        ("https://github.com/a/b", "--upload-pack=x", "", "no name of a branch"),
        ("https://github.com/a/b", "main", "../../etc", "cannot be the folder"),
        ("https://github.com/a/b", "main", "/etc", "cannot be the folder"),
        ("https://github.com/a/b", "main", "-x", "cannot be the folder"),
    ],
)
def test_odd_repositories_are_refused(repository, branch, folder, title):
    with pytest.raises(InvalidInput, match=title):
        course_files(repository, branch, folder)


def test_the_folder_is_named_as_the_repository():
    assert course_files("https://github.com/a/course.git").folder == "course"


def test_a_menu_has_one_default_and_what_kubespawner_reads():
    (menu,) = MENU
    assert [entry.get("default", False) for entry in menu.value] == [True, False]
    assert menu.value[0]["description"] == "What we use"
    size = menu.value[0]["profile_options"]["size"]
    assert [choice.get("default", False) for choice in size["choices"].values()] == [True, False, False]
    assert size["choices"]["3-large"]["kubespawner_override"]["mem_limit"] == "8G"
    other = menu.value[1]["profile_options"]["image"]["unlisted_choice"]
    assert other["kubespawner_override"] == {"image": "{value}"}
    assert re.match(other["validation_regex"], "org/course:2026-07-28")
    assert not re.match(other["validation_regex"], "org/course")
    json.dumps(menu.value)


def test_an_entry_may_change_image_and_size():
    (menu,) = profile_list(
        [
            Profile("A", "a", image=COURSE_IMAGES[0], override=override_of(SIZES[0].settings)),
            Profile("B", "b", default=True),
        ]
    )
    assert menu.value[0]["kubespawner_override"]["image"] == COURSE_IMAGES[0].text
    assert menu.value[0]["kubespawner_override"]["mem_limit"] == "1G"
    assert [entry.get("default", False) for entry in menu.value] == [False, True]


def test_each_chart_has_its_place_for_the_menu():
    for family, place in PLACES.items():
        (menu,) = profile_list([Profile("A", "a")], family)
        assert menu.path == tuple(place.split("."))
        assert look_up(menu.path, newest(family).version, family).kind is Kind.KEY


def test_what_an_entry_changes_are_traits_with_that_chart_key():
    for key, name in OVERRIDES.items():
        row = traits.trait("KubeSpawner", name)
        assert row
        assert row.chart_key == key


@pytest.mark.parametrize(
    ("profiles", "title"),
    [
        ([], "no entry"),
        ([Profile("A", "A b")], "short name"),
        ([Profile("A", "a"), Profile("B", "a")], "Two entries"),
        ([Profile("A", "a", default=True), Profile("B", "b", default=True)], "Several"),
        ([Profile("A", "a", options=(Option("size", "Size", ()),))], "no choice"),
    ],
)
def test_menus_that_would_fail_are_refused(profiles, title):
    with pytest.raises(InvalidInput, match=title):
        profile_list(profiles)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_accepted_holds_no_template_and_no_way_out(repository, branch, folder):
    try:
        files = course_files(f"https://example.org/{repository}", branch, folder)
    except InvalidInput:
        return
    for text in (files.repository, files.branch, files.folder):
        assert not set("{}'\"\n") & set(text)
    assert ".." not in files.folder
    assert not files.folder.startswith("/")


def test_what_was_written_by_hand_is_named_before_a_preset_replaces_it():
    group = group_of("culling")
    assert group
    lecture, _, exam = group.presets
    by_hand = Document.read(b"singleuser: {extraFiles: {jupyter_server_config.json: {mountPath: /x}}}")
    assert group.by_hand(by_hand, lecture) == (KERNEL_FILE,)
    assert group.by_hand(by_hand, exam) == (KERNEL_FILE,)
    assert group.by_hand(apply(Document.read(b"cull: {timeout: 5}"), lecture.settings), exam) == ()
    assert group.chosen(apply(by_hand, exam.settings)) is exam


def test_each_group_has_a_page_and_presets_that_some_chart_takes():
    for group in GROUPS:
        assert topic_page(Topic(group.topic)).fields
        assert group.offered("4.4.0") == group.presets
        assert all(one.when.endswith(".") for one in group.presets)


def test_networks_are_asked_for_and_checked():
    asked = next(one.asked for one in GROUPS if one.asked)
    assert asked.settings_of("192.0.2.0/24, 198.51.100.7") == only_networks(["192.0.2.0/24", "198.51.100.7"])
    assert "is no network" in asked.why_not("example.org")
    assert asked.why_not("192.0.2.7/32") == ""
    assert asked.why_not(" ")


def test_the_image_of_all_students_and_whether_it_fetches_files():
    assert present_image({}) == ("", "")
    assert present_image({"singleuser": {"image": {"name": "a/b", "tag": 1.5}}}) == ("a/b", "1.5")
    assert has_gitpuller({}, "pangeo/pangeo-notebook") is True
    assert has_gitpuller({"singleuser": {"image": {"name": COURSE_IMAGES[0].name}}}) is False
    assert has_gitpuller({"singleuser": {"image": {"name": "org/own"}}}) is None
    assert len({image.title for image in COURSE_IMAGES}) == len(COURSE_IMAGES)


@given(st.sampled_from(["main", "week-1"]), st.sampled_from(["", "course", "a b/c"]))
def test_a_hook_of_ours_is_read_again_and_others_are_not(branch, folder):
    files = course_files("https://github.com/org/course", branch, folder)
    hook = files.settings[0].value
    assert present_files(hook) == files
    assert present_files({"exec": {"command": [*hook["exec"]["command"], "more"]}}) is None
    assert present_files({**hook, "other": 1}) is None
    assert present_files({"exec": {"command": ["sh", "-c", "echo"]}}) is None


def test_answers_about_course_files_get_a_sentence_each():
    assert problems({}) == {
        "repository": "Write the address of the repository, such as https://github.com/org/course."
    }
    found = problems({"repository": "git@x:y", "branch": "--x", "folder": "../y"})
    assert set(found) == {"repository", "branch", "folder"}
    assert problems({"repository": "https://github.com/org/course"}) == {}
