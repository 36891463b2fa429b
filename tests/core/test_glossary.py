"""The glossary: words found by any of their names, and the terms that occur in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core import glossary
from z2jh_wizard.core.glossary import find, readings, terms, terms_in


def words_in(text):
    return [one.term for one in terms_in(text)]


def test_every_term_is_explained_in_short_and_links_to_more():
    names = [name.lower() for one in terms() for name in (one.term, *one.aliases)]
    assert len(names) == len(set(names))
    for one in terms():
        assert 30 < len(one.meaning) < 220
        assert one.meaning.endswith(".")
        assert one.meaning[0].isupper()
        assert one.link.startswith("https://") or one.term == "practice cluster"


def test_the_words_of_the_guide_are_there():
    guide = (
        "admin user, authenticator, culler, docker image, environment variables, persistent storage, "
        "repo2docker, container, pod, deployment, service, namespace, persistent volume claim, chart, "
        "release, proxy pod, hub pod, Kubernetes, Helm, JupyterHub, process"
    )
    assert [word for word in guide.split(", ") if find(word) is None] == []


@pytest.mark.parametrize(
    ("word", "term"),
    [("PVC", "persistent volume claim"), ("pods", "pod"), ("Helm  Release", "release"),
     ("RBAC", "role-based access control"),
     ("config.yaml", "values"), ("KUBESPAWNER", "spawner"), ("idle culler", "culler")],
)  # fmt: skip
def test_a_word_is_found_by_all_its_names(word, term):
    found = find(word)
    assert found is not None
    assert found.term == term


def test_an_unknown_word_is_none():
    assert find("flux capacitor") is None
    assert find("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Each student's pod runs on a node; pods need memory.", ["pod", "node"]),
        ("The node pool grows.", ["node pool"]),
        ("A tripod and anodes are no terms.", []),
        ("Write it into config.yaml.", ["values"]),
        ("singleuser.storage.capacity", []),
        ("Register it at https://example.org/hub/oauth_callback", []),
        ("The project is in /home/ada/hub", []),
        ("the persistent\nvolume claim", ["persistent volume claim"]),
        ("", []),
    ],
)
def test_terms_in_a_text(text, expected):
    assert words_in(text) == expected


def test_readings_begin_with_the_guide():
    assert readings()[0].link == "https://z2jh.jupyter.org/en/stable/"
    assert all(one.about.endswith(".") and one.link.startswith("https://") for one in readings())


@given(st.text(max_size=300))
def test_any_text_can_be_searched(text):
    assert all(one in glossary.terms() for one in terms_in(text))


@given(st.sampled_from(terms()))
def test_every_name_is_found_in_a_sentence(term):
    for name in (term.term, *term.aliases):
        assert find(name) is term
        assert term in terms_in(f"Here is {name}, in a sentence.")


def test_each_term_is_marked_once_a_page():
    texts = ["A pod runs on a node.", "Pods need memory; the node pool grows.", "", "Helm, and a pod."]
    found = [
        [(text[place.start : place.end], place.term.term) for place in places]
        for text, places in zip(texts, glossary.first_places(texts), strict=True)
    ]
    assert found == [[("pod", "pod"), ("node", "node")], [("node pool", "node pool")], [], [("Helm", "Helm")]]
    assert glossary.first_places(["Helm"], but=terms_in("helm")) == [[]]


def test_readings_of_a_page():
    own = glossary.Reading("Mine", "https://example.org/", "Mine.")
    (helm,) = terms_in("Helm")
    listed = glossary.reading_list([own, own], [helm])
    assert [one.title for one in listed[:2]] == ["Mine", helm.term]
    assert len({one.link for one in listed}) == len(listed)
    assert glossary.reading_list((), [helm])[0] == readings()[0]


def test_screens_have_readings():
    assert [one.title for one in glossary.about_screen("teardown")] == ["Uninstall JupyterHub"]
    assert glossary.about_screen("nowhere") == ()


def test_matching_names_come_before_meanings():
    names = [one.term for one in glossary.matching("node pool")]
    assert names[0] == "node pool"
    assert glossary.matching("") == terms()
    assert glossary.matching("qqqq") == ()
