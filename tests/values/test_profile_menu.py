"""The menu of profiles: what is not known in it stays to the byte, one answer changes one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values import trees
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import GONE, apply
from z2jh_wizard.values.profile_additions import IN_CONFIG, added, additions, menu_path
from z2jh_wizard.values.profile_fields import FIELDS, KEY
from z2jh_wizard.values.profile_form import MenuForm
from z2jh_wizard.values.profile_menu import (
    Menu,
    Place,
    can_move,
    default_of,
    duplicated,
    entry,
    made_default,
    menu_of,
    moved,
    place_of,
    removed,
    rows,
    settings_between,
    title_of,
)
from z2jh_wizard.values.profile_view import everybody, mistakes, student_lines, words

AT = ("singleuser", "profileList")
SCENE = Scene("4.4.0", "z2jh", {})

HAND = """\
# my hub
singleuser:
  profileList:
    # everybody begins here
    - display_name: "Data [red]analysis"   # the course
      default: "True"
      description: pandas
      kubespawner_override:
        image: quay.io/jupyter/scipy-notebook:2026-07-28
        lifecycle_hooks: {postStart: {exec: {command: [sh, -c, "true"]}}}
        mem_limit: 2G   # enough
    - display_name: Big
      profile_options:
        size:
          display_name: Size
          choices:
            b: {display_name: Large, kubespawner_override: {mem_guarantee: 4G, mem_limit: 8G}}
            a: {display_name: Small, kubespawner_override: {mem_limit: 1G}}
          unlisted_choice: {enabled: true, display_name: Other, kubespawner_override: {image: "{value}"}}
      callable_thing: !!str x
    - a text
"""
MENU = Document.read(HAND.encode()).get(AT)


def form(menu=MENU):
    return MenuForm(menu, AT, SCENE)


def written(before, after, text=HAND):
    """The file with what makes one menu the other."""
    return apply(Document.read(text.encode()), settings_between(before, after, AT)).data.decode()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
override = st.dictionaries(
    st.sampled_from(["image", "mem_limit", "mem_guarantee", "cpu_limit", "environment", "tolerations", "x"]),
    json_like,
    max_size=4,
)
named = st.fixed_dictionaries(
    {"display_name": st.text(max_size=8)},
    optional={"kubespawner_override": override | json_like, "default": json_like, "slug": json_like},
)
option = st.fixed_dictionaries(
    {"display_name": st.text(max_size=8)},
    optional={
        "choices": st.dictionaries(st.text(max_size=4), named | json_like, max_size=3) | json_like,
        "unlisted_choice": st.dictionaries(st.sampled_from(["enabled", "display_name", "x"]), json_like),
    },
)
options = st.dictionaries(st.text(max_size=4), option | json_like, max_size=2)
profile = st.builds(
    lambda one, extra, inside: {**one, **extra, **inside},
    named,
    st.dictionaries(st.sampled_from(["description", "y", "z"]), json_like, max_size=2),
    st.fixed_dictionaries({}, optional={"profile_options": options | json_like}),
)
menus = st.lists(profile | json_like, max_size=4)
TEXTS = st.sampled_from(["", "1", "2G", "512M", "a: b", "x", "q/i:t", "k=v:NoSchedule", "on"]) | st.text(
    max_size=8
)


@given(menus)
def test_any_menu_is_shown_and_answering_what_is_there_changes_nothing(menu):
    assert len(student_lines(menu)) >= len(menu)
    mistakes(menu, everybody(SCENE))
    for row in rows(menu):
        assert place_of(menu, row.path) is row.place
        assert words(menu, row.path)
        form(menu).kept(row.path)
        for question in form(menu).questions(row.path):
            answered = form(menu).answered(row.path, question.field.id, question.text)
            assert answered == (menu, row.path)


@given(menus, st.data(), TEXTS)
def test_an_answer_changes_its_own_key_and_nothing_else(menu, data, text):
    places = [(row.path, one) for row in rows(menu) for one in FIELDS[row.place]]
    if not places:
        return
    path, one = data.draw(st.sampled_from(places))
    answer = form(menu).answered(path, one.field.id, text)
    if isinstance(answer, Wrong):
        assert answer.sentence.strip()
        return
    after, new = answer
    before = menu
    if one.field.id == KEY:
        assert trees.same(entry(after, new), entry(menu, path))
        before, after = trees.drop(menu, path), trees.drop(after, new)
    else:
        assert new == path
        for part in range(len(one.path), 0, -1):  # maps that the key alone was in go with it
            inner = (*path, *one.path[:part])
            before = (
                trees.drop(before, inner) if trees.look_up(before, inner) is not trees.MISSING else before
            )
            after = trees.drop(after, inner) if trees.look_up(after, inner) is not trees.MISSING else after
            if trees.same(before, after):
                break
        else:
            raise AssertionError(f"{one.field.id}: {menu} became {answer[0]}")
    assert trees.same(before, after)


@given(menus, menus)
def test_settings_make_one_menu_the_other(one, other):
    document = apply(Document.read(b"a: 1\n"), settings_between(trees.MISSING, one, AT))
    after = apply(document, settings_between(one, other, AT))
    assert trees.same(after.get(AT), other)
    assert settings_between(other, other, AT) == ()


@given(menus, st.data())
def test_moving_copying_removing_and_choosing_keep_all_other_entries(menu, data):
    if not menu:
        return
    path = data.draw(st.sampled_from([row.path for row in rows(menu)]))
    kind = place_of(menu, path)
    assert entry(removed(menu, path), path) is trees.MISSING or len(path) == 1
    if len(path) == 1:
        assert removed(menu, path) == menu[: path[0]] + menu[path[0] + 1 :]
        for by in (-1, 1):
            if can_move(menu, path, by):
                there, new = moved(menu, path, by)
                assert entry(there, new) == menu[path[0]]
                assert moved(there, new, -by) == (menu, path)
    if kind in (Place.PROFILE, Place.CHOICE):
        chosen = made_default(menu, path)
        parent = path[:-2] if kind is Place.CHOICE else ()
        assert default_of(chosen, parent) == path
        copy, new = duplicated(menu, path)
        assert title_of(copy, new) not in {
            title_of(menu, one.path) for one in rows(menu) if one.level == 0 == len(parent)
        }
        assert entry(copy, path) == entry(menu, path)


def test_students_see_what_kubespawner_draws():
    assert student_lines(MENU) == [
        "(*) Data [red]analysis",
        "    pandas",
        "( ) Big",
        "    Size  [ Small v ]",
        "        > Small",
        "        - Large",
        "        - Other...  Other [ ________ ]",
        "?   entry 3: the wizard does not know it",
    ]
    assert student_lines([]) == ["Students choose nothing: their server starts at once."]


def test_an_edited_field_changes_one_line():
    menu, _ = form().answered((0,), "entry.memory-limit", "4G")
    assert written(MENU, menu) == HAND.replace("mem_limit: 2G ", "mem_limit: 4G ")
    menu, _ = form().answered((1, "profile_options", "size", "choices", "b"), "entry.memory-limit", "16G")
    assert written(MENU, menu) == HAND.replace("mem_limit: 8G", "mem_limit: 16G")


def test_what_is_not_known_is_named_and_kept():
    assert form().kept((0,)) == ("kubespawner_override.lifecycle_hooks",)
    assert form().kept((1,)) == ("callable_thing",)
    menu, _ = moved(MENU, (0,), 1)
    text = written(MENU, menu)
    assert text.index("display_name: Big") < text.index("# everybody begins here")
    for line in HAND.splitlines()[2:]:
        assert line in text
    assert written(menu, MENU, text) == HAND


def test_one_default():
    menu = made_default(MENU, (1,))
    assert [row.title for row in rows(menu) if row.chosen and not row.level] == ["Big"]
    assert written(MENU, menu) == HAND.replace('      default: "True"\n', "").replace(
        "      callable_thing: !!str x\n", "      callable_thing: !!str x\n      default: true\n"
    )


def test_removing_a_profile_keeps_the_others_to_the_byte():
    text = written(MENU, removed(MENU, (1,)))
    big = HAND[HAND.index("    - display_name: Big") : HAND.index("    - a text")]
    assert text == HAND.replace(big, "")
    (gone,) = settings_between([{}], trees.MISSING, AT)
    assert gone.value is GONE


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("entry.name", "", "cannot be empty"),
        ("entry.name", "Big", "Another one has this name"),
        ("entry.slug", "big", "Another profile has this short name"),
        ("entry.slug", "No Good", "Use small letters"),
        ("entry.memory-limit", "2Gi", "Write 2G"),
        ("entry.cpu-limit", "500m", "Write 0.5"),
        ("entry.gpus", "-1", "0 or more"),
        ("entry.image", "quay.io/jupyter/scipy-notebook", "Say its tag too"),
        ("entry.image", "Not An Image", "It looks like quay.io"),
        ("entry.tolerations", "gpu=:Never", "is no taint"),
        ("entry.environment", "API_TOKEN: x", "Every student could read API_TOKEN"),
    ],
)
def test_bad_answers_get_a_sentence(field, text, sentence):
    answer = form().answered((0,), field, text)
    assert isinstance(answer, Wrong)
    assert sentence in answer.sentence


def test_a_short_name_that_is_taken_is_refused():
    answer = form().answered((1, "profile_options", "size", "choices", "a"), KEY, "b")
    assert isinstance(answer, Wrong)
    menu, path = form().answered((1, "profile_options", "size", "choices", "a"), KEY, "c")
    assert path[-1] == "c"
    assert entry(menu, path) == entry(MENU, (1, "profile_options", "size", "choices", "a"))


@pytest.mark.parametrize("value", [None, "x", ["y"], 5])
def test_an_override_that_is_no_map_is_never_written_over(value):
    menu = [{"display_name": "A", "kubespawner_override": value}]
    answer = form(menu).answered((0,), "entry.memory-limit", "1G")
    assert answer[0] == (
        menu if value is not None else [{"display_name": "A", "kubespawner_override": {"mem_limit": "1G"}}]
    )


def test_tolerations_are_written_as_taints_and_odd_ones_stay():
    usual = [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "a", "value": "b"},
    ]
    menu = [{"display_name": "A", "kubespawner_override": {"tolerations": usual}}]
    (asked,) = [one for one in form(menu).questions((0,)) if one.field.id == "entry.tolerations"]
    assert asked.text == "nvidia.com/gpu:NoSchedule, a=b"
    after, _ = form(menu).answered((0,), "entry.tolerations", "a=b, c:NoExecute")
    assert after[0]["kubespawner_override"]["tolerations"] == [
        {"key": "a", "value": "b"},
        {"key": "c", "operator": "Exists", "effect": "NoExecute"},
    ]
    odd = [
        {"display_name": "A", "kubespawner_override": {"tolerations": [{"key": "a", "tolerationSeconds": 5}]}}
    ]
    (asked,) = [one for one in form(odd).questions((0,)) if one.field.id == "entry.tolerations"]
    assert asked.fixed


@pytest.mark.parametrize("version", ["0.9.0", "1.2.0", "2.0.0", "4.4.0"])
def test_everything_that_is_offered_can_be_added_without_a_mistake(version):
    scene = Scene(version, "z2jh", {})
    menu: Menu = []
    path: Path = ()
    for _ in range(3):
        for one in additions(menu, path, scene):
            after, new = added(menu, path, one.id)
            assert entry(after, new) is not trees.MISSING
            assert not mistakes(after, everybody(scene)), one
            assert sum(row.chosen for row in rows(after) if not row.level) == 1
            menu, path = after, new if len(new) > len(path) or not path else path
    assert ("profile_options" in str(menu)) is (version >= "2")
    assert ("unlisted_choice" in str(menu)) is (version >= "4")


def test_the_menu_stands_where_the_chart_has_it():
    assert menu_path(SCENE) == AT
    assert (
        menu_path(Scene("4.4.0", "z2jh", {"hub": {"config": {"KubeSpawner": {"profile_list": []}}}}))
        == IN_CONFIG
    )
    assert menu_path(Scene("1.2.0", "helmforge", {})) == ("singleuser", "profiles")
    assert menu_path(Scene("0.6", "z2jh", {})) is None
    assert menu_of({"a": {}}) is None
    assert menu_of(None) == []


@pytest.mark.parametrize(
    ("menu", "sentence"),
    [
        ([{"display_name": "A"}, {"display_name": "A", "slug": "b"}], "the same name"),
        ([{"display_name": "A"}, {"display_name": "B", "slug": "a"}], "the same short name"),
        ([{"display_name": "A", "default": True}, {"display_name": "B", "default": True}], "Choose one"),
        ([{"display_name": " "}], "no name"),
        ([{"display_name": "A", "profile_options": {"x": {"display_name": "X"}}}], "no choice"),
        (
            [{"display_name": "A", "kubespawner_override": {"mem_limit": "512M"}}],
            "It keeps 1G but allows only 512M of memory",
        ),
        (
            [{"display_name": "A", "kubespawner_override": {"cpu_guarantee": 2, "cpu_limit": 1}}],
            "It keeps 2 but allows only 1 of cores",
        ),
    ],
)
def test_mistakes_are_told(menu, sentence):
    (found,) = mistakes(menu, everybody(SCENE))
    assert sentence in found.sentence


def test_names_in_other_letters_are_not_taken_for_one():
    assert not mistakes([{"display_name": "Größe"}, {"display_name": "Grüße"}], everybody(SCENE))


def test_real_files_come_back_to_the_byte(corpus):
    tried = 0
    for path in sorted(corpus.rglob("*.yaml")):
        data = path.read_bytes()
        if b"profileList" not in data:
            continue
        document = Document.read(data)
        menu = menu_of(document.get(AT))
        assert menu, path
        assert not mistakes(menu, everybody(SCENE)), path
        for row in rows(menu):
            for question in form(menu).questions(row.path):
                assert form(menu).answered(row.path, question.field.id, question.text) == (menu, row.path)
        copy, new = duplicated(menu, (0,))
        there = apply(document, settings_between(menu, copy, AT))
        moved_there = apply(there, settings_between(copy, moved(copy, new, -1)[0], AT))
        back = apply(moved_there, settings_between(moved(copy, new, -1)[0], menu, AT))
        assert back.data == data, path
        tried += 1
    assert tried >= 10


OPS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "copy", "default", "edit", "add"]), st.integers(0, 9)),
    max_size=6,
)


@given(OPS)
def test_whatever_is_done_no_line_that_somebody_wrote_is_lost(steps):
    document, menu = Document.read(HAND.encode()), MENU
    for what, number in steps:
        path: Path = (number % len(menu),)
        after = menu
        if what in ("up", "down") and can_move(menu, path, -1 if what == "up" else 1):
            after, _ = moved(menu, path, -1 if what == "up" else 1)
        elif what == "add":
            after, _ = added(menu, (), "profile-small")
        elif place_of(menu, path) is Place.PROFILE:
            if what == "copy":
                after, _ = duplicated(menu, path)
            elif what == "default":
                after = made_default(menu, path)
            elif what == "edit":
                answer = form(menu).answered(path, "entry.cpu-limit", str(number + 1))
                assert not isinstance(answer, Wrong)
                after = answer[0]
        document = apply(document, settings_between(menu, after, AT))
        assert trees.same(document.get(AT), after)
        menu = after
    lines = document.data.decode().splitlines()
    for line in HAND.splitlines():
        assert line in lines or "default:" in line, line
