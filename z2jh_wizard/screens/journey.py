"""The way through the wizard's pages: which come in which order, what was answered, what is still wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from z2jh_wizard.core.spec import SCHEMA_VERSION, Chart, Spec
from z2jh_wizard.flows.pages import FOLDER, FOLDER_PAGE, PAGES, Page, default_answers, problems
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project

Kind = Literal["page", "settings", "helm", "secrets", "review"]

_FAMILIES = {"z2jh": "z2jh", "helmforge": "helmforge"}
"""The answer to the question for a chart, by chart family."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One page of the wizard: questions, or something to look at."""

    id: str
    title: str
    kind: Kind
    page: Page | None = None


STAGES: tuple[Stage, ...] = (
    *(Stage(page.id, page.title, "page", page) for page in (FOLDER_PAGE, *PAGES)),
    Stage("settings", "Settings", "settings"),
    Stage("helm", "Helm", "helm"),
    Stage("secrets", "Secrets", "secrets"),
    Stage("review", "Review", "review"),
)

LAST_QUESTIONS = [stage.id for stage in STAGES if stage.kind == "page"][-1]
"""The page after which the project is made."""


@dataclass(slots=True)
class Journey:
    """The answers so far and how far one has come; ``made_with`` is what the project was made from."""

    answers: dict[str, str]
    visited: set[str] = field(default_factory=set)
    made_with: dict[str, str] | None = None

    def made(self) -> None:
        """Note that the project was made from the answers as they are now."""
        self.made_with = dict(self.answers)

    @property
    def is_anew(self) -> bool:
        """Tell whether this journey has made a project in the folder before."""
        return self.made_with is not None and self.made_with.get(FOLDER) == self.answers.get(FOLDER)

    @classmethod
    def begin(cls, folder: str, provider: str) -> Journey:
        """Return a journey with the safe default of every question."""
        return cls({**default_answers(provider), FOLDER: folder})

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
            "chart": chart if chart in ("file", "practice") else _FAMILIES[spec.chart.family],
            "chart_version": spec.chart.version,
            "chart_path": spec.chart.path,
        }
        return cls(answers, {stage.id for stage in STAGES}, dict(answers))

    @property
    def folder(self) -> Path:
        """The folder as a path."""
        return Path(self.answers.get(FOLDER, "")).expanduser().absolute()

    def answer(self, name: str, value: str) -> None:
        """Take an answer; choosing where the hub runs moves the chart to what fits there."""
        before = self.answers.get("provider")
        self.answers[name] = value
        if name == "provider" and value != before:
            self.answers["chart"] = default_answers(value)["chart"]

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


def stage_of(field_id: str) -> Stage:
    """Return the page that asks a question; KeyError for none."""
    for stage in STAGES:
        if stage.page and any(one.id == field_id for one in stage.page.fields):
            return stage
    raise KeyError(field_id)


def position(stage_id: str) -> int:
    """Return which page it is, from 0; ValueError for none."""
    return [stage.id for stage in STAGES].index(stage_id)
