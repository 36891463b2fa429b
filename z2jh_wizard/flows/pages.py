"""The list of questions: TUI screens, line-by-line questions and answers files all read these pages."""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.core import checks
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import CHART_VERSION, HELMFORGE_VERSION
from z2jh_wizard.core.spec import Pool, Provider, Spec
from z2jh_wizard.flows.charts import PRACTICE, chart_from_choice
from z2jh_wizard.flows.cloud_pages import (
    ACCOUNT,
    ACCOUNT_PAGE,
    MACHINE,
    PLACE_PAGE,
    REGION,
    SIGN_IN,
    TOOL,
    TOOL_FIELD,
    cloud_answers,
    planned_cluster,
    with_cloud,
)
from z2jh_wizard.flows.page import Answers, Choice, Field, Page, answered
from z2jh_wizard.project.folder import Project, make_folder, planned_project


def _file(text: str) -> str | None:
    path = Path(text).expanduser()
    if text.strip() and path.exists():
        return None
    missing = f"There is no file {path}; type" if text.strip() else "Type"
    return f"{missing} the path of a chart folder or .tgz file."


def _folder(text: str) -> str | None:
    if not text.strip():
        return f"Type a folder, such as {HUBS}/bio101."
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        return f"{path} is a file; type a folder."
    return None


FOLDER = "folder"

_CHARTS_BY_NAME = ("practice", "file")

HUBS = "~/hubs"
"""Where a new hub's folder is proposed."""

FOLDER_PAGE = Page(
    FOLDER,
    "Folder",
    "A project is one folder for one hub: its settings, its secrets and its records.",
    (
        Field(
            FOLDER,
            "Folder of the project",
            "It is made if it is not there; a colleague can take it over.",
            check=_folder,
        ),
    ),
)

PROVIDER_PAGE = Page(
    "provider",
    "Where",
    "A hub runs on a Kubernetes cluster; choose whose computers it uses.",
    (
        Field(
            "provider",
            "Where shall the hub run?",
            "Practice costs nothing and needs no account: the whole journey runs on this computer.",
            "choice",
            "practice",
            (
                Choice("practice", "Practice on this computer", "free, offline, nothing real is made"),
                Choice(
                    "existing", "A cluster that exists already", "any kubeconfig context, OpenShift included"
                ),
                Choice("gke", "Google Kubernetes Engine", "makes a cluster; costs money by the hour"),
                Choice("aks", "Azure Kubernetes Service", "makes a cluster; costs money by the hour"),
                Choice("eks", "Amazon EKS", "makes a cluster; costs money by the hour"),
                Choice("local", "kind, k3d or minikube", "in Docker on this computer; for trying things out"),
            ),
        ),
        TOOL_FIELD,
        Field(
            "context",
            "Which kubeconfig context?",
            "The name from: kubectl config get-contexts. Empty means the current one.",
            applies=answered("provider", "existing"),
        ),
        Field(
            "kubeconfig",
            "Which kubeconfig file?",
            "Empty means the usual one: $KUBECONFIG or ~/.kube/config.",
            check=lambda text: _file(text) if text else None,
            applies=answered("provider", "existing"),
        ),
    ),
)

HUB_PAGE = Page(
    "hub",
    "The hub",
    "The name is what Helm calls your hub; the namespace is its private area inside the cluster.",
    (
        Field(
            "release",
            "Hub name",
            "Short, such as your course: you type it again to confirm a tear-down.",
            default="jhub",
            check=checks.release_name,
        ),
        Field(
            "namespace",
            "Namespace",
            "Usually the same as the hub name; empty means just that.",
            check=lambda text: checks.namespace(text) if text else None,
        ),
        Field(
            "chart",
            "Chart",
            "The package that Helm installs.",
            "choice",
            PRACTICE,
            (
                Choice(PRACTICE, "Practice chart", "ships with the wizard, for the practice cluster"),
                Choice("z2jh", f"Zero to JupyterHub {CHART_VERSION}", "the Jupyter project's own chart"),
                Choice("helmforge", f"HelmForge {HELMFORGE_VERSION}", "a smaller chart by others"),
                Choice("file", "A chart on this computer", "a folder or .tgz file"),
            ),
        ),
        Field(
            "chart_version",
            "Chart version",
            "Empty means the version this wizard knows best.",
            check=lambda text: checks.version(text) if text else None,
            applies=answered("chart", "z2jh", "helmforge"),
        ),
        Field(
            "chart_path",
            "Path of the chart",
            "A folder with a Chart.yaml, or a .tgz file.",
            check=_file,
            applies=answered("chart", "file"),
        ),
    ),
)

PAGES: tuple[Page, ...] = (PROVIDER_PAGE, ACCOUNT_PAGE, PLACE_PAGE, HUB_PAGE)
"""All that a project is made from, but its folder."""

WHERE_PAGE = Page(
    "where",
    "Where",
    "A hub runs on a Kubernetes cluster, and its project is a folder; both have names.",
    (*PROVIDER_PAGE.fields, HUB_PAGE.fields[0], *FOLDER_PAGE.fields),
)
"""The same questions in short: what has a safe default is left to it."""


OF_PROVIDER = ("chart", SIGN_IN, ACCOUNT, REGION, MACHINE, TOOL)
"""Questions whose answers mean nothing at another provider."""


def default_answers(provider: str = "practice") -> dict[str, str]:
    """Return the safe default of every question for a provider."""
    answers = {field.id: field.default for page in PAGES for field in page.fields}
    return {**answers, "provider": provider, "chart": PRACTICE if provider == "practice" else "z2jh"}


def proposed_folder(release: str) -> str:
    """Return a folder for a new hub that is not there yet: ``~/hubs/NAME``, or with a number behind it."""
    name = release if checks.release_name(release) is None else HUB_PAGE.fields[0].default
    numbered = (f"{HUBS}/{name}{ending}" for ending in ("", *(f"-{at}" for at in range(2, 100))))
    return next((path for path in numbered if not Path(path).expanduser().exists()), f"{HUBS}/{name}")


def problems(answers: Answers) -> dict[str, str]:
    """Return one sentence with the fix for each answer that cannot be used, by field id."""
    found: dict[str, str] = {}
    for page in PAGES:
        for field in page.fields:
            if not field.applies(answers):
                continue
            text = answers.get(field.id, field.default)
            sentence = field.check(text) or field.fits(text, answers)
            if field.choices:
                chosen = next((choice for choice in field.choices if choice.value == text), None)
                if chosen is None:
                    known = [choice.value for choice in field.choices]
                    sentence = f"Choose one of {', '.join(known)}{checks.did_you_mean(text, known)}."
            if sentence:
                found[field.id] = sentence
    return found


def new_project(folder: Path, answers: Answers) -> Project:
    """Make a project from answers; InvalidInput with every sentence when some cannot be used."""
    return make_folder(planned(folder, answers))


def planned(folder: Path, answers: Answers) -> Project:
    """Return the project that answers mean, of which nothing is on the disk yet; InvalidInput as above."""
    wrong = problems(answers)
    if wrong:
        raise InvalidInput(
            "Some answers cannot be used", " ".join(wrong.values()), still_works="Nothing was made."
        )
    return _project(folder, answers)


def drafted(folder: Path, answers: Answers) -> Project:
    """Return the project that answers mean so far, for questions about it while some are not answered yet.

    InvalidInput when even its names cannot be used.
    """
    return _project(folder, {**default_answers(answers.get("provider", "practice")), **answers})


def project_answers_of(spec: Spec) -> dict[str, str]:
    """Return the answers from which a project with this spec is made, its folder left out."""
    chart = spec.chart
    choice = "file" if chart.path else chart.name
    return {
        "provider": spec.provider,
        "context": spec.cluster.context,
        "kubeconfig": spec.cluster.kubeconfig,
        **cloud_answers(spec),
        "release": spec.release,
        "namespace": spec.namespace,
        "chart": choice if choice in _CHARTS_BY_NAME else chart.family,
        "chart_version": "" if chart.path or chart.name in _CHARTS_BY_NAME else chart.version,
        "chart_path": chart.path,
    }


def _project(folder: Path, answers: Answers) -> Project:
    provider: Provider = answers["provider"]  # type: ignore[assignment]  # checked against the choices above
    chart = chart_from_choice(
        answers.get("chart", "z2jh"), answers.get("chart_version", ""), answers.get("chart_path", "")
    )
    planned = planned_project(
        folder,
        provider,
        chart=chart,
        release=answers.get("release") or "jhub",
        namespace=answers.get("namespace", ""),
        cluster=planned_cluster(answers),
        pools={"core": Pool(nodes=1), "user": Pool(nodes=2)} if provider == "practice" else {},
    )
    return Project(planned.folder, with_cloud(planned.spec, answers))
