"""Lint that asks: images that are missing, newer charts, and what cannot be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from z2jh_wizard.cloud.lookups import ImageAnswer, Standing
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.flows.online import online_findings
from z2jh_wizard.flows.values_files import ValuesFiles, Where, open_files
from z2jh_wizard.values.chart_index import Offered
from z2jh_wizard.values.images import parse_image
from z2jh_wizard.values.lint.finding import Finding, Severity

VALUES = """\
singleuser:
  image:
    name: quay.io/uni/course
    tag: "1"
  profileList:
    - display_name: R
      kubespawner_override:
        image: quay.io/uni/r:2
    - display_name: the same
      kubespawner_override:
        image: quay.io/uni/r:2
    - display_name: odd
      kubespawner_override:
        image: "NOT an image"
"""


@pytest.fixture
def files(tmp_path: Path) -> ValuesFiles:
    file = tmp_path / "values.yaml"
    file.write_text(VALUES)
    return open_files(Where(file=str(file), version="4.3.0"))


async def found(files: ValuesFiles, answers: dict[str, Standing], charts=()) -> list[Finding]:
    asked: list[str] = []

    async def image(text: str) -> ImageAnswer:
        parse_image(text)
        asked.append(text)
        return ImageAnswer(answers.get(text, Standing.THERE), "It says so.")

    async def offered(repository: str, chart: str) -> tuple[Offered, ...]:
        if isinstance(charts, Exception):
            raise charts
        return tuple(charts)

    findings = await online_findings(files, image=image, charts=offered)
    assert sorted(asked) == ["quay.io/uni/course:1", "quay.io/uni/r:2"]
    return findings


async def test_a_missing_image_is_an_error_on_its_line(files: ValuesFiles):
    answers = {"quay.io/uni/r:2": Standing.MISSING}
    missing = [one for one in await found(files, answers) if one.rule == "image-missing"]
    assert [(one.severity, one.path) for one in missing] == [
        (Severity.ERROR, "singleuser.profileList[0].kubespawner_override.image")
    ]
    assert missing[0].line == 8
    assert "quay.io/uni/r:2 do not start" in missing[0].message


async def test_an_image_that_is_no_image_is_an_error(files: ValuesFiles):
    odd = [one for one in await found(files, {}) if one.rule == "image-name"]
    assert [(one.severity, one.line) for one in odd] == [(Severity.ERROR, 14)]


async def test_what_a_registry_keeps_to_itself_is_a_note(files: ValuesFiles):
    answers = {"quay.io/uni/course:1": Standing.UNKNOWN}
    notes = [one for one in await found(files, answers) if one.rule == "image-unknown"]
    assert [(one.severity, one.line) for one in notes] == [(Severity.NOTE, 3)]


async def test_a_newer_chart_is_a_note_with_what_to_do(files: ValuesFiles):
    charts = (Offered("4.5.0", "5.6.0", released="2026-12-01"), Offered("4.3.0"), Offered("4.2.0"))
    newer = [one for one in await found(files, {}, charts) if one.rule == "newer-chart"]
    assert [one.message for one in newer] == [
        "Chart 4.5.0 is out (JupyterHub 5.6.0, 2026-12-01); this is 4.3.0."
    ]
    assert newer[0].fix is not None
    assert "--to 4.5.0" in newer[0].fix.sentence


async def test_the_newest_chart_says_nothing(files: ValuesFiles):
    assert not [one for one in await found(files, {}, (Offered("4.3.0"),)) if one.rule == "newer-chart"]


async def test_a_repository_that_cannot_be_asked_is_a_note(files: ValuesFiles):
    charts = CouldNotLook("A look-up failed", "The network is down.")
    notes = [one for one in await found(files, {}, charts) if one.rule == "newer-chart"]
    assert [(one.severity, one.message) for one in notes] == [(Severity.NOTE, "The network is down.")]
