"""The address of a hub as far as its values say it, in both charts and before chart 0.10."""

import pytest

from z2jh_wizard.values.address import public_address


def test_old_charts_have_https_on_as_soon_as_a_host_is_named():
    values = {"proxy": {"https": {"hosts": ["a.edu"]}}}
    assert public_address(values, "0.9.0").secure is True
    assert public_address(values, "0.10.0").secure is False
    off = {"proxy": {"https": {"hosts": ["a.edu"], "enabled": False}}}
    assert public_address(off, "0.9.0").secure is False


def test_letsencrypt_without_hosts_makes_no_https():
    assert public_address({"proxy": {"https": {"enabled": True}}}, "4.4.0").secure is False
    manual = {"proxy": {"https": {"enabled": True, "type": "manual"}}}
    assert public_address(manual, "4.4.0").secure is True


def test_an_ingress_without_tls_leaves_it_open_who_answers_https():
    found = public_address({"ingress": {"enabled": True, "hosts": ["a.edu"]}}, "4.4.0")
    assert found.secure is None
    assert found.url() == "https://a.edu/"
    assert found.published


def test_the_default_service_is_reachable_in_one_chart_only():
    assert public_address({}, "4.4.0").reachable
    assert not public_address({}, "1.0.6", "helmforge").reachable
    assert not public_address({"proxy": {"service": {"type": "ClusterIP"}}}, "4.4.0").reachable
    assert public_address({"service": {"type": "NodePort"}}, "1.0.6", "helmforge").reachable


def test_helmforge_names_hosts_in_maps():
    values = {
        "ingress": {
            "enabled": True,
            "hosts": [{"host": "a.edu"}, {"paths": []}],
            "tls": [{"hosts": ["a.edu"]}],
        },
        "gateway": {"enabled": True, "hostnames": ["b.edu", "a.edu"]},
        "hub": {"baseUrl": "bio"},
    }
    found = public_address(values, "1.0.6", "helmforge")
    assert found.hosts == ("a.edu", "b.edu")
    assert found.secure is True
    assert found.url("hub/home") == "https://a.edu/bio/hub/home"


@pytest.mark.parametrize("odd", ["a.edu", {"a": "b"}, [1, {"host": "x"}, ""], None])
def test_hosts_of_the_wrong_type_are_no_hosts(odd):
    values = {"proxy": {"https": {"enabled": True, "hosts": odd}}, "ingress": {"enabled": True, "hosts": odd}}
    assert public_address(values, "4.4.0").hosts == ()
    assert public_address({"ingress": {"enabled": True, "hosts": odd}}, "1.0.6", "helmforge").hosts in {
        (),
        ("x",),
    }
