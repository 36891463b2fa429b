"""The ways through the wizard: which pages, in which order, and that no question is asked in two words."""

from __future__ import annotations

import pytest

from z2jh_wizard.core.spec import PROVIDERS
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.pages import FOLDER_PAGE, PAGES, WHERE_PAGE, default_answers
from z2jh_wizard.values import forms
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.topics import fields

SCENE = ways.scene_of(default_answers())


def ids(way: ways.Way, **more: object) -> list[str]:
    return [stage.id for stage in ways.stages(way, SCENE, **more)]  # type: ignore[arg-type]


def test_quick_has_four_screens_before_the_review():
    assert ids(ways.QUICK) == ["where", "class-size", "topic/sign-in", "topic/quick-address", "review"]


def test_quick_shows_a_check_only_when_something_is_missing():
    assert ids(ways.QUICK, missing=("helm",))[-2:] == ["helm", "review"]
    assert ids(ways.GUIDED)[-3:] == ids(ways.EXPERT)[-3:] == ["helm", "secrets", "review"]


def test_what_can_be_looked_at_is_looked_at_before_the_review():
    def last(way, provider):
        return ids(way, provider=provider)[-2]

    others = {"practice": "secrets", "existing": "checks", "local": "checks"}
    assert all(last(way, cloud) == "checks" for way in ways.WAYS.values() for cloud in ("gke", "aks", "eks"))
    assert {one: last(ways.GUIDED, one) for one in others} == others
    assert {one: last(ways.EXPERT, one) for one in others} == others
    assert all(last(ways.QUICK, one) == "topic/quick-address" for one in others)


def test_guided_has_every_topic_in_the_order_of_the_guide():
    assert ids(ways.GUIDED)[:4] == ["folder", "provider", "hub", "class-size"]
    assert ids(ways.GUIDED)[4:-3] == [f"topic/{topic.value}" for topic in Topic]


@pytest.mark.parametrize("way", ways.WAYS.values(), ids=lambda way: way.id)
@pytest.mark.parametrize("chart", ["practice", "z2jh", "helmforge"])
def test_every_page_is_there_once_and_asks_something(way, chart):
    scene = ways.scene_of({**default_answers(), "chart": chart})
    found = ways.stages(way, scene)
    assert len({stage.id for stage in found}) == len(found)
    for stage in found:
        assert bool(stage.asks) is (stage.kind in ("questions", "settings"))
        if stage.settings:
            assert stage.settings == ways.setting_page(stage.settings.id)


@pytest.mark.parametrize("way", ways.WAYS.values(), ids=ways.WAYS)
def test_only_a_cloud_is_asked_who_pays_and_where(way):
    asked = {
        provider: {stage.id for stage in ways.stages(way, SCENE, provider=provider)} & {"account", "place"}
        for provider in PROVIDERS
    }
    assert asked.pop("gke") == asked.pop("aks") == asked.pop("eks") == {"account", "place"}
    assert not any(asked.values())


def test_the_quick_pages_are_made_of_the_same_questions():
    asked = {field for page in (FOLDER_PAGE, *PAGES) for field in page.fields}
    assert set(WHERE_PAGE.fields) < asked
    assert set(ways.setting_page(ways.QUICK_ADDRESS).fields) < set(fields().values())


def test_quick_asks_at_most_five_questions_at_once():
    for provider in PROVIDERS:
        for page in ways.project_pages(ways.QUICK, provider):
            assert sum(one.applies({"provider": provider}) for one in page.fields) <= 5
    address = ways.setting_page(ways.QUICK_ADDRESS)
    on = forms.Scene("4.4.0", "z2jh", {"proxy": {"https": {"enabled": True}}})
    assert [one.field.id for one in forms.questions(address, SCENE)] == ["https.enabled", "address.type"]
    assert {"https.hosts", "https.email"} < {one.field.id for one in forms.questions(address, on)}
    assert len(forms.questions(address, on, more=True)) <= 5


def test_a_page_that_is_none():
    with pytest.raises(ValueError, match="nonsense"):
        ways.setting_page("nonsense")
