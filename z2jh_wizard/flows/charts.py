"""Where a chart comes from: the practice chart, a known repository, or a file on this computer."""

from __future__ import annotations

import hashlib
import re
import tarfile
from pathlib import Path

import platformdirs

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import (
    CHART_NAME,
    CHART_REPOSITORY,
    CHART_VERSION,
    HELMFORGE_CHART,
    HELMFORGE_VERSION,
)
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.helm.arguments import ChartSource
from z2jh_wizard.project.spec_file import parse_mapping

PRACTICE = "practice"

_LARGEST_CHART_YAML = 1024 * 1024


def chart_from_choice(choice: str, version: str = "", path: str = "") -> Chart:
    """Return the chart for ``practice``, ``z2jh``, ``helmforge``, or a path; InvalidInput for a bad file."""
    if choice == PRACTICE:
        meta = read_chart_yaml(practice_chart())
        return Chart(name=PRACTICE, version=str(meta.get("version", "")), repository="")
    if choice == "z2jh":
        return Chart(name=CHART_NAME, version=version or CHART_VERSION, repository=CHART_REPOSITORY)
    if choice == "helmforge":
        return Chart(
            family="helmforge", name=HELMFORGE_CHART, version=version or HELMFORGE_VERSION, repository=""
        )
    return chart_from_path(Path(path or choice).expanduser())


def chart_from_path(path: Path) -> Chart:
    """Return a chart that lies on this computer; its family is told by its own Chart.yaml."""
    meta = read_chart_yaml(path)
    text = f"{meta.get('home', '')} {meta.get('sources', '')} {meta.get('maintainers', '')}".lower()
    return Chart(
        family="helmforge" if "helmforge" in text else "z2jh",
        name=str(meta.get("name", path.stem)),
        version=str(meta.get("version", "")),
        repository="",
        path=str(path.absolute()),
    )


def practice_chart() -> Path:
    """Return the folder of the chart that ships with the wizard."""
    return asset_path("practice-chart")


def read_chart_yaml(path: Path) -> dict[str, object]:
    """Return the Chart.yaml of a chart folder or .tgz; InvalidInput when there is none."""
    try:
        if path.is_dir():
            return parse_mapping((path / "Chart.yaml").read_text("utf-8"), "Chart.yaml")
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                    stream = archive.extractfile(member)
                    if stream:
                        text = stream.read(_LARGEST_CHART_YAML).decode("utf-8", "replace")
                        return parse_mapping(text, "Chart.yaml")
    except (OSError, tarfile.TarError, EOFError) as error:
        raise InvalidInput("This is not a Helm chart", f"{path}: it cannot be opened as a chart.") from error
    raise InvalidInput("This is not a Helm chart", f"{path} has no Chart.yaml.")


def chart_source(chart: Chart) -> ChartSource:
    """Return how Helm is told a chart: a path, or a name with repository and version."""
    if chart.path:
        return ChartSource(chart.path)
    if chart.name == PRACTICE:
        return ChartSource(str(practice_chart()))
    return ChartSource(chart.name, chart.repository, chart.version)


def cached_chart(source: ChartSource) -> Path:
    """Return where a downloaded chart is kept; charts of one name in two repositories lie apart."""
    which = (source.repository.rstrip("/"), source.chart, source.version)
    key = hashlib.sha256(repr(which).encode()).hexdigest()[:12]
    name = re.sub(r"[^\w.+-]", "_", f"{source.chart.rsplit('/', 1)[-1]}-{source.version}", flags=re.ASCII)
    return platformdirs.user_cache_path("z2jh-wizard") / "charts" / f"{name[:80]}-{key}.tgz"


def local_chart(chart: Chart) -> Path | None:
    """Return where a chart lies on this computer, None when it must be fetched first."""
    if chart.path:
        return Path(chart.path)
    if chart.name == PRACTICE:
        return practice_chart()
    cached = cached_chart(chart_source(chart))
    return cached if cached.exists() else None
