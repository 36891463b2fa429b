"""The table of resources and the catalogue that custom kinds join."""

from z2jh_wizard.practice import resources
from z2jh_wizard.practice.resources import DEPLOYMENTS, PODS, RESOURCES, Catalogue, Resource


def widget(version: str) -> Resource:
    return Resource("example.org", version, "widgets", "Widget", True)


def test_names_and_kinds_are_unique():
    assert len({each.key for each in RESOURCES}) == len(RESOURCES)
    assert len({(each.group, each.kind) for each in RESOURCES}) == len(RESOURCES)


def test_lookups_find_built_in_resources():
    assert resources.find("apps", "deployments") is DEPLOYMENTS
    assert resources.by_kind("", "Pod") is PODS
    assert resources.find("apps", "pods") is None
    assert resources.by_kind("apps", "Pod") is None


def test_a_resource_knows_its_spellings():
    assert (PODS.group_version, DEPLOYMENTS.group_version) == ("v1", "apps/v1")
    assert (PODS.qualified, DEPLOYMENTS.qualified) == ("pods", "deployments.apps")
    assert DEPLOYMENTS.singular == "deployment"


def test_every_kind_that_counts_generations_has_a_spec_to_count():
    assert all(each.has_generation for each in RESOURCES if "scale" in each.subresources)


def test_a_catalogue_takes_in_versions_and_forgets_them():
    catalogue = Catalogue()
    catalogue.add(widget("v1"))
    catalogue.add(widget("v1beta1"))
    assert catalogue.find("example.org", "widgets") == widget("v1")
    assert catalogue.find("example.org", "widgets", "v1beta1") == widget("v1beta1")
    assert catalogue.by_kind("example.org", "Widget") == widget("v1")
    assert list(catalogue.group_versions()["example.org"]) == ["v1", "v1beta1"]
    catalogue.remove(("example.org", "widgets"))
    assert catalogue.find("example.org", "widgets") is None
    assert catalogue.by_kind("example.org", "Widget") is None
    catalogue.remove(("example.org", "widgets"))
    assert set(catalogue) == set(RESOURCES)
