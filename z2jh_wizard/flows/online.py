"""What lint can only know by asking: are the images in their registries, is a newer chart out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from z2jh_wizard.cloud import lookups
from z2jh_wizard.cloud.lookups import ImageAnswer, Standing
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.values.chart_index import Offered, newer_than
from z2jh_wizard.values.images import ImageUse, images_in
from z2jh_wizard.values.lint.finding import Finding, Fix, Severity
from z2jh_wizard.values.paths import Path, format_path

AT_ONCE = 6
"""Registries are asked for so many images at a time."""

AskImage = Callable[[str], Awaitable[ImageAnswer]]
AskCharts = Callable[[str, str], Awaitable[tuple[Offered, ...]]]


async def online_findings(
    files: ValuesFiles,
    *,
    image: AskImage = lookups.image_answer,
    charts: AskCharts = lookups.offered_charts,
) -> list[Finding]:
    """Return what registries and the chart's repository say; what cannot be asked is only a note."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(use: ImageUse) -> Finding | None:
        async with slots:
            return await _image(files, use, image)

    uses: dict[str, ImageUse] = {}
    for use in images_in(files.subject.values):
        uses.setdefault(use.text, use)
    answers = await asyncio.gather(_newer(files, charts), *map(ask, uses.values()))
    return [finding for finding in answers if finding]


async def _image(files: ValuesFiles, use: ImageUse, ask: AskImage) -> Finding | None:
    try:
        answer = await ask(use.text)
    except InvalidInput as error:
        said = f"{error.problem.title}: no node can pull it."
        return _finding(files, "image-name", Severity.ERROR, use.path, said)
    if answer.standing is Standing.THERE:
        return None
    if answer.standing is Standing.MISSING:
        return _finding(
            files,
            "image-missing",
            Severity.ERROR,
            use.path,
            f"{answer.sentence} Servers with {use.text} do not start.",
            fix=Fix("Correct the name or the tag, or push the image first."),
        )
    return _finding(files, "image-unknown", Severity.NOTE, use.path, f"{use.text}: {answer.sentence}")


async def _newer(files: ValuesFiles, ask: AskCharts) -> Finding | None:
    chart = files.chart
    if not chart.repository or chart.path:
        return None
    try:
        newer = newer_than(files.version, await ask(chart.repository, chart.name))
    except (CouldNotLook, InvalidInput) as error:
        return _finding(files, "newer-chart", Severity.NOTE, (), error.problem.happened)
    if not newer:
        return None
    newest = newer[0]
    about = ", ".join(
        filter(None, (newest.app_version and f"JupyterHub {newest.app_version}", newest.released))
    )
    said = f"Chart {newest.version} is out{f' ({about})' if about else ''}; this is {files.version}."
    fix = Fix(f"See what changes: z2jh-wizard config migrate --to {newest.version}")
    return _finding(files, "newer-chart", Severity.NOTE, (), said, fix=fix)


def _finding(
    files: ValuesFiles, rule: str, severity: Severity, path: Path, message: str, *, fix: Fix | None = None
) -> Finding:
    place = files.subject.place(path)
    return Finding(
        rule,
        severity,
        format_path(path),
        place.position.line,
        place.position.column,
        message,
        fix,
        place.file,
    )
