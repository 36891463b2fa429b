"""The way through the wizard's pages: which one is taken, what was answered, what is still wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from z2jh_wizard.core.spec import SCHEMA_VERSION, Chart, Spec
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.cloud_pages import cloud_answers
from z2jh_wizard.flows.drafts import read_draft
from z2jh_wizard.flows.page import Page
from z2jh_wizard.flows.pages import (
    FOLDER,
    FOLDER_PAGE,
    OF_PROVIDER,
    default_answers,
    problems,
    proposed_folder,
)
from z2jh_wizard.flows.ways import Stage, Way
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.forms import Scene

_FAMILIES = {"z2jh": "z2jh", "helmforge": "helmforge"}
"""The answer to the question for a chart, by chart family."""


@dataclass(slots=True)
class Journey:
    """The answers so far, the way that is walked and how far one has come on it."""

    answers: dict[str, str]
    way: Way = ways.QUICK
    visited: set[str] = field(default_factory=set)
    made_with: dict[str, str] | None = None
    """What the project was made from; None while there is none."""
    class_size: dict[str, str] = field(default_factory=dict)
    """What was typed on the page of the class size."""
    missing: tuple[str, ...] = ()
    """The checks that found something missing."""
    opened: bool = False
    """Whether the project was there before this journey."""
    untouched: dict[str, str] = field(default_factory=dict)
    """The answers that it began with."""
    proposed: str = ""
    """The folder that was proposed for the hub's name and that nobody typed; empty for none."""

    # ---- beginning ----

    @classmethod
    def begin(cls, folder: str, provider: str, way: Way = ways.QUICK) -> Journey:
        """Return a journey with the safe default of every question; an empty folder gets a proposal."""
        answers = default_answers(provider)
        proposed = "" if folder else proposed_folder(answers["release"])
        answers[FOLDER] = folder or proposed
        return cls(answers, way, untouched=dict(answers), proposed=proposed)

    @classmethod
    def of(cls, project: Project) -> Journey:
        """Return a journey whose answers are those of a project that exists."""
        spec = project.spec
        chart = "file" if spec.chart.path else spec.chart.name
        answers = {
            **default_answers(spec.provider),
            FOLDER: str(project.folder),
            "release": spec.release,
            "namespace": spec.namespace,
            "context": spec.cluster.context,
            "kubeconfig": spec.cluster.kubeconfig,
            **cloud_answers(spec),
            "chart": chart if chart in ("file", "practice") else _FAMILIES[spec.chart.family],
            "chart_version": spec.chart.version,
            "chart_path": spec.chart.path,
        }
        typed = dict(read_draft(project).class_size)
        journey = cls(answers, ways.EXPERT, made_with=dict(answers), class_size=typed, opened=True)
        journey.visited = {stage.id for stage in journey.stages()}
        return journey

    @classmethod
    def from_draft(cls, tree: Mapping[str, Any]) -> Journey | None:
        """Return a journey as ``draft`` wrote it down; None for what cannot be used."""
        try:
            way = ways.WAYS[tree["way"]]
            answers = {**default_answers(), **_texts(tree["answers"])}
            made_with = None if tree["made_with"] is None else _texts(tree["made_with"])
            visited = {str(one) for one in tree["visited"]}
            return cls(answers, way, visited, made_with, _texts(tree["class_size"]))
        except (KeyError, TypeError, ValueError):
            return None

    def draft(self) -> dict[str, Any]:
        """Return what it takes to go on another day; there are no secrets in it."""
        return {
            "way": self.way.id,
            "answers": self.answers,
            "made_with": self.made_with,
            "visited": sorted(self.visited),
            "class_size": self.class_size,
        }

    # ---- answers ----

    def made(self) -> None:
        """Note that the project was made from the answers as they are now."""
        self.made_with = dict(self.answers)

    @property
    def is_anew(self) -> bool:
        """Tell whether this journey has made a project in the folder before."""
        return self.made_with is not None and self.made_with.get(FOLDER) == self.answers.get(FOLDER)

    @property
    def is_begun(self) -> bool:
        """Tell whether anything was answered yet that would be a pity to lose."""
        return self.made_with is not None or self.answers != self.untouched

    @property
    def folder(self) -> Path:
        """The folder as a path."""
        return _path(self.answers)

    @property
    def made_in(self) -> Path:
        """The folder of the project that was made; the same while there is none."""
        return _path(self.made_with or self.answers)

    def answer(self, name: str, value: str) -> None:
        """Take an answer; the chart follows where the hub runs, a proposed folder the name beside it."""
        before = self.answers.get(name)
        self.answers[name] = value
        if name == "provider" and value != before:
            default = default_answers(value)
            self.answers.update({other: default[other] for other in OF_PROVIDER})
        if name == "release" and self.follows_name:
            self.proposed = self.answers[FOLDER] = proposed_folder(value)

    @property
    def follows_name(self) -> bool:
        """Tell whether the folder is still the proposed one, on the way that asks for both on one page."""
        return self.way is ways.QUICK and bool(self.proposed) and self.answers.get(FOLDER) == self.proposed

    def problems(self) -> dict[str, str]:
        """Return one sentence for each answer that cannot be used, in the order of the pages."""
        found = {field.id: field.check(self.answers.get(field.id, "")) for field in FOLDER_PAGE.fields}
        return {**{name: text for name, text in found.items() if text}, **problems(self.answers)}

    def problems_of(self, page: Page) -> dict[str, str]:
        """Return the problems of one page."""
        names = {field.id for field in page.fields}
        return {name: text for name, text in self.problems().items() if name in names}

    def is_current(self) -> bool:
        """Tell whether the project on the disk was made from these answers."""
        return self.made_with == self.answers

    def preview(self) -> str:
        """Return config.yaml as these answers would begin it."""
        answers = self.answers
        family: Literal["z2jh", "helmforge"] = "helmforge" if answers.get("chart") == "helmforge" else "z2jh"
        release = answers.get("release") or "jhub"
        spec = Spec(
            SCHEMA_VERSION,
            "0" * 12,
            "practice",
            release=release,
            namespace=answers.get("namespace") or release,
            chart=Chart(family=family),
        )
        return config_file.first(Project(self.folder, spec))

    # ---- the way; ``scene`` is the chart of the project, where there is one ----

    def stages(self, scene: Scene | None = None) -> tuple[Stage, ...]:
        """Return the pages of the way."""
        scene = scene or ways.scene_of(self.answers)
        return ways.stages(self.way, scene, self.missing, provider=self.provider)

    @property
    def provider(self) -> str:
        """Where the hub is to run."""
        return self.answers.get("provider", "")

    def position(self, stage_id: str, scene: Scene | None = None) -> int | None:
        """Return which page of the way it is, from 0, or which asks some of the same; None for neither."""
        route = self.stages(scene)
        exact = (at for at, stage in enumerate(route) if stage.id == stage_id)
        asks = _asks(stage_id)
        alike = (at for at, stage in enumerate(route) if stage.asks & asks)
        return next(exact, next(alike, None))

    def beside(self, stage_id: str, step: int, scene: Scene | None = None) -> str:
        """Return the page before (-1) or after (+1) one; the first screen before all of them.

        A page that is not on the way leads to the list of settings where the way has one, else to the review.
        """
        route, at = self.stages(scene), self.position(stage_id, scene)
        if at is None:
            return (ways.SETTINGS if self.way is ways.EXPERT else ways.REVIEW).id
        at += step
        return route[at].id if 0 <= at < len(route) else "welcome"

    def stand_in(self, stage_id: str, field_id: str, scene: Scene | None = None) -> str:
        """Return the page of the way that asks some of the same as another one, this field at least."""
        at = self.position(stage_id, scene)
        if at is None:
            return stage_id
        found = self.stages(scene)[at]
        return stage_id if field_id and field_id not in found.asks else found.id

    def turn(self, way: Way, stage_id: str, scene: Scene | None = None) -> str:
        """Go on by another way; return its page that asks the same, else the first that nobody saw."""
        self.way = way
        route, at = self.stages(scene), self.position(stage_id, scene)
        if at is not None:
            return route[at].id
        return next((stage.id for stage in route if not self.saw(stage)), ways.REVIEW.id)

    def saw(self, stage: Stage) -> bool:
        """Tell whether a page was visited, or is about a project that is made by now."""
        return stage.id in self.visited or (stage.questions is not None and self.made_with is not None)

    def where(self, field_id: str) -> str:
        """Return the page that asks a question or setting, one of this way if there is one."""
        every = (
            *self.stages(),
            *ways.stages(ways.GUIDED, ways.scene_of(self.answers), provider=self.provider),
        )
        asking = (stage.id for stage in every if field_id in stage.asks)
        topic, dot, _ = field_id.partition(".")
        return next(asking, f"{ways.TOPIC}{topic}" if dot else ways.SETTINGS.id)


def _path(answers: Mapping[str, str]) -> Path:
    return Path(answers.get(FOLDER, "")).expanduser().absolute()


def _asks(stage_id: str) -> frozenset[str]:
    """Return what a page asks; nothing for one that is on no way, such as what a search found."""
    try:
        return ways.stage(stage_id).asks
    except ValueError:
        return frozenset()


def _texts(tree: Any) -> dict[str, str]:
    """Return a mapping of texts; TypeError for anything else."""
    if not isinstance(tree, dict) or not all(isinstance(one, str) for one in (*tree, *tree.values())):
        raise TypeError("no mapping of texts")
    return dict(tree)
