"""The ways through the wizard: which pages each has, in which order.

Screens, line-by-line questions and answers files all walk these lists. A page of questions makes the project
(``flows.pages``), a page of settings writes its values files (``values.topics``), the class size does both.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from z2jh_wizard.core.facts import CHART_VERSION, HELMFORGE_VERSION
from z2jh_wizard.flows.cloud_pages import ACCOUNT_PAGE, CLOUDS, PLACE_PAGE
from z2jh_wizard.flows.page import Answers, Page
from z2jh_wizard.flows.pages import FOLDER_PAGE, PAGES, WHERE_PAGE
from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import TopicPage
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.topics import topic_page, topics

Kind = Literal["questions", "class-size", "settings", "list", "helm", "secrets", "checks", "review"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the wizard, and whom it suits."""

    id: str
    title: str
    about: str


QUICK: Final = Way("quick", "Quick", "four screens, safe defaults otherwise")
GUIDED: Final = Way("guided", "Guided", "every page in the order of the guide")
EXPERT: Final = Way("expert", "Expert", "find any setting by words, and edit it")
WAYS: Final[Mapping[str, Way]] = {way.id: way for way in (QUICK, GUIDED, EXPERT)}


@dataclass(frozen=True, slots=True)
class Stage:
    """One page of a way; it has ``questions``, or ``settings``, or is a screen of its own kind.

    The id of a page of settings is that of its topic behind ``TOPIC``.
    """

    id: str
    title: str
    kind: Kind
    questions: Page | None = None
    settings: TopicPage | None = None

    @property
    def asks(self) -> frozenset[str]:
        """The ids of the questions or settings that it asks."""
        page = self.questions or self.settings
        return frozenset(field.id for field in page.fields) if page else frozenset()


CLASS_SIZE: Final = Stage("class-size", "Class size", "class-size")
SETTINGS: Final = Stage("settings", "Settings", "list")
HELM: Final = Stage("helm", "Helm", "helm")
SECRETS: Final = Stage("secrets", "Secrets", "secrets")
CHECKS: Final = Stage("checks", "Checks", "checks")
REVIEW: Final = Stage("review", "Review", "review")

_CLUSTERS: Final = (*CLOUDS, "existing", "local")
CHECKED: Final[Mapping[str, tuple[str, ...]]] = {QUICK.id: CLOUDS, GUIDED.id: _CLUSTERS, EXPERT.id: _CLUSTERS}
"""The providers whose account or cluster is looked at before the review, by way."""

TOPIC: Final = "topic/"
"""What the id of a page of settings begins with."""

QUICK_ADDRESS: Final = "quick-address"
_QUICK_ADDRESS_FIELDS: Final = ("https.enabled", "https.hosts", "https.email", "address.type")


def project_pages(way: Way, provider: str = "") -> tuple[Page, ...]:
    """Return the pages whose answers make a provider's project, the folder's among them."""
    pages = (WHERE_PAGE, ACCOUNT_PAGE, PLACE_PAGE) if way is QUICK else (FOLDER_PAGE, *PAGES)
    return tuple(page for page in pages if page.is_asked({"provider": provider}))


def setting_pages(way: Way, scene: Scene) -> tuple[TopicPage, ...]:
    """Return the pages of settings that a chart has questions on; Expert finds them in a list instead."""
    if way is EXPERT:
        return ()
    pages = (topic_page(Topic.SIGN_IN), _quick_address()) if way is QUICK else topics()
    return tuple(page for page in pages if has_questions(page, scene))


def has_questions(page: TopicPage, scene: Scene) -> bool:
    """Tell whether a chart has a question of a page."""
    return any(forms.place(field, scene) for field in page.fields)


def setting_page(page_id: str) -> TopicPage:
    """Return a page of settings of any way by its id; ValueError for none."""
    return _quick_address() if page_id == QUICK_ADDRESS else topic_page(Topic(page_id))


def stages(way: Way, scene: Scene, missing: Iterable[str] = (), *, provider: str = "") -> tuple[Stage, ...]:
    """Return all pages of a way from first to last, as a provider needs them.

    ``missing`` are the ids of checks that found something missing: the quick way shows only those.
    """
    asked = [Stage(page.id, page.title, "questions", questions=page) for page in project_pages(way, provider)]
    middle = [
        Stage(f"{TOPIC}{page.id}", page.title, "settings", settings=page)
        for page in setting_pages(way, scene)
    ]
    checks = [one for one in (HELM, SECRETS) if way is not QUICK or one.id in missing]
    if provider in CHECKED[way.id]:
        checks.append(CHECKS)
    return (*asked, *([SETTINGS] if way is EXPERT else [CLASS_SIZE, *middle]), *checks, REVIEW)


def stage(stage_id: str) -> Stage:
    """Return a page of any way by its id; ValueError for none."""
    for page in (WHERE_PAGE, FOLDER_PAGE, *PAGES):
        if page.id == stage_id:
            return Stage(page.id, page.title, "questions", questions=page)
    for one in (CLASS_SIZE, SETTINGS, HELM, SECRETS, CHECKS, REVIEW):
        if one.id == stage_id:
            return one
    page_of_settings = setting_page(stage_id.removeprefix(TOPIC))
    return Stage(stage_id, page_of_settings.title, "settings", settings=page_of_settings)


def scene_of(answers: Answers) -> Scene:
    """Return what settings are asked about while there is no project yet: the chart that was chosen."""
    if answers.get("chart") == "helmforge":
        return Scene(answers.get("chart_version") or HELMFORGE_VERSION, "helmforge", {})
    return Scene(answers.get("chart_version") or CHART_VERSION, "z2jh", {})


@functools.cache
def _quick_address() -> TopicPage:
    """Return the address as the quick way asks for it, made of fields of two topics."""
    both = [field for topic in (Topic.ADDRESS, Topic.HTTPS) for field in topic_page(topic).fields]
    picked = {field.id: field for field in both}
    return TopicPage(
        QUICK_ADDRESS,
        "Address",
        "The name at which students find the hub, and a certificate for it; both can wait.",
        topic_page(Topic.HTTPS).link,
        tuple(picked[name] for name in _QUICK_ADDRESS_FIELDS),
    )
