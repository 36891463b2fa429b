"""Search over fields, traits and keys of older charts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import chart_versions
from z2jh_wizard.values.fields import Kind
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.search import search


def paths(text, version="4.4.0", family="z2jh"):
    """The paths that a search finds, the best first."""
    return [hit.path for hit in search(text.split(), version, family)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("memory limit", "singleuser.memory.limit"),
        ("ram", "singleuser.memory.limit"),
        ("mem_limit", "singleuser.memory.limit"),
        ("https email", "proxy.https.letsencrypt.contactEmail"),
        ("CULL every", "cull.every"),
        ("idle timeout", "cull.timeout"),
        ("storageclass", "singleuser.storage.dynamic.storageClass"),
        ("login github", "hub.config.GitHubOAuthenticator.client_id"),
        ("whitelist users", "hub.config.Authenticator.allowed_users"),
        ("nvidia", "singleuser.extraResource.limits"),
        ("delete pvc", "hub.config.KubeSpawner.delete_pvc"),
        ("pull policy", "singleuser.image.pullPolicy"),
        ("poll jitter", "hub.config.KubeSpawner.poll_jitter"),
        ("singleuser.storage.capacity", "singleuser.storage.capacity"),
    ],
)
def test_the_best_fit_comes_first(words, first):
    assert paths(words)[0] == first


def test_a_setting_has_its_name_of_the_version():
    assert paths("admin users", "0.9.0")[0] == "auth.admin.users"
    assert paths("profile list", "1.0.6", "helmforge")[0] == "singleuser.profiles"
    assert "statsd.host" in paths("statsd", "v0.4")
    assert "statsd.host" not in paths("statsd")


def test_what_a_version_does_not_take_comes_last_and_says_what_does():
    hits = search(["route"], "3.0.0")
    late = next(hit for hit in hits if hit.path == "httpRoute.enabled")
    assert not late.available
    assert late.note == "It needs chart 4.3.0 or newer."
    assert [hit.available for hit in hits] == sorted((hit.available for hit in hits), reverse=True)
    other = next(
        hit for hit in search(["cull", "timeout"], "1.0.6", "helmforge") if hit.path == "cull.timeout"
    )
    assert (other.available, other.note) == (False, "Only the Zero to JupyterHub chart has it.")


def test_traits_that_came_later_are_not_offered_before():
    (late,) = (hit for hit in search(["slug", "scheme"], "3.3.8") if "slug_scheme" in hit.path)
    assert (late.available, late.note) == (False, "It needs chart 4.0.0 or newer.")
    assert "hub.config.KubeSpawner.remember_pvc_name" in paths("remember pvc name", "4.0.0")
    assert not search(["remember_pvc_name"], "3.3.8")


def test_a_hit_tells_what_the_setting_is():
    hit = search(["pull", "policy"], "4.4.0")[0]
    assert hit.kind is Kind.CHOICE
    assert {choice.value for choice in hit.choices} == {"IfNotPresent", "Always", "Never"}
    assert hit.link.startswith("https://")
    memory = search(["memory", "guarantee"], "4.4.0")[0]
    assert (memory.default, memory.topic, memory.kind) == ("1G", "resources", Kind.BYTES)
    assert memory.also == "hub.config.KubeSpawner.mem_guarantee"
    assert "1Gi passes Helm" in memory.note
    assert search(["dummy", "password"], "4.4.0")[0].default is msgspec.UNSET


def test_what_takes_a_function_is_written_as_python():
    (hit,) = search(["modify_pod_hook"], "4.4.0")
    assert (hit.path, hit.kind, hit.topic) == ("hub.extraConfig", Kind.PYTHON, "KubeSpawner")
    assert hit.python.endswith("c.KubeSpawner.modify_pod_hook = mark")
    assert search(["poll", "jitter"], "0.9.0")[0].path == "hub.extraConfig"


def test_most_words_do_when_all_do_not():
    assert "singleuser.memory.guarantee" in paths("how much memory")
    assert paths("qqqq wwww") == []
    assert paths("") == []


def test_no_version_is_refused():
    with pytest.raises(InvalidInput):
        search(["memory"], "newest")


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(["memory", "hub", "users"]), max_size=4),
    st.sampled_from([version.version for version in chart_versions()]),
)
def test_every_hit_that_a_version_takes_is_a_key_or_a_trait_of_it(words, version):
    known = paths_at(version)
    for hit in search(words, version):
        assert hit.help
        if hit.available:
            assert hit.path in known or hit.path.startswith("hub.config.")


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("culler", "cull.enabled"),
        ("memroy limit", "singleuser.memory.limit"),
    ],
)
def test_longer_forms_and_slips_find_the_setting(words: str, path: str):
    assert path in [hit.path for hit in search(words.split())]
