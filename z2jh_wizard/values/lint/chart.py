"""Rules about the chart's version: sections that newer charts refuse, and versions that are unsafe."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.values.charts import CHART_TITLES, Exposure, advisories, as_of, safer_release
from z2jh_wizard.values.lint.finding import Fix, Set, Severity, Unset
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.lint.unknown_keys import of_other_chart
from z2jh_wizard.values.paths import Path

_METADATA: Path = ("singleuser", "cloudMetadata")
_MOST_NAMED = 3
"""Holes that are named one by one; charts of some years have a dozen."""


@rule("auth-old", Severity.ERROR, "An auth: section, which charts from 0.11 on refuse", "hub.config")
def auth_old(subject: Subject) -> Iterator[Problem]:
    """Sign-in moved to ``hub.config`` in chart 0.11, which stops at ``auth`` as all later ones do."""
    if subject.family != "z2jh" or not subject.at_least("0.11.0") or not subject.has("auth"):
        return
    if not of_other_chart(subject, ("auth",)):
        yield Problem(
            ("auth",),
            "Charts from 0.11 on refuse a file with auth: in it; sign-in stands below hub.config.",
            Fix("Move it below hub.config; z2jh-wizard config migrate does that."),
        )


@rule(
    "cloudmeta",
    Severity.ERROR,
    "cloudMetadata.enabled, which chart 1.0 turned around",
    "singleuser.cloudMetadata.blockWithIptables",
)
def cloudmeta(subject: Subject) -> Iterator[Problem]:
    """``enabled: true`` allowed access; ``blockWithIptables: true`` forbids it."""
    path, new = (*_METADATA, "enabled"), (*_METADATA, "blockWithIptables")
    if subject.family != "z2jh" or not subject.at_least("1.0.0") or not subject.has(path):
        return
    allowed = subject.get(path)
    known = isinstance(allowed, bool)
    meant = str(not allowed).lower() if known else "true, or false to allow access,"
    yield Problem(
        path,
        "Charts from 1.0 on refuse cloudMetadata.enabled; blockWithIptables says the opposite.",
        Fix(
            f"Write blockWithIptables: {meant} instead.",
            (Set(new, not allowed), Unset(path)) if known and not subject.has(new) else (),
        ),
    )


@rule("advisory", Severity.NOTE, "A chart version with known security holes")
def advisory(subject: Subject) -> Iterator[Problem]:
    """All holes in one problem: a warning when a newer chart mends a grave one."""
    holes = advisories(subject.version, subject.family)
    if not holes:
        return
    mended = [hole for hole in holes if hole.advisory.mended_in and subject.family == "z2jh"]
    grave = any(hole.advisory.severity in {"high", "critical"} for hole in mended)
    yield Problem(
        (),
        holes[0].sentence if len(holes) == 1 else _summary(subject, holes, len(mended)),
        _remedy(subject, holes),
        severity=Severity.WARNING if grave else None,
    )


def _summary(subject: Subject, holes: tuple[Exposure, ...], mended: int) -> str:
    ids = ", ".join(hole.advisory.id for hole in holes[:_MOST_NAMED])
    more = f" and {len(holes) - _MOST_NAMED} more" if len(holes) > _MOST_NAMED else ""
    has = "has" if holes[0].certain else "may have"
    title = f"{CHART_TITLES[subject.family]} {subject.version}"
    newer = f"newer charts mend {'all' if mended == len(holes) else mended} of them"
    if not mended:
        newer = f"no version known on {as_of()} mends them"
    return f"{title} {has} {len(holes)} known security holes ({ids}{more}); {newer}."


def _remedy(subject: Subject, holes: tuple[Exposure, ...]) -> Fix:
    safer = safer_release(subject.version) if subject.family == "z2jh" else None
    if safer is not None:
        return Fix(f"Upgrade to chart {safer.version}, which has the fewest known holes.")
    packages = ", ".join(dict.fromkeys(hole.advisory.mended_by for hole in holes))
    return Fix(f"Look for a newer chart from time to time; a hub image of your own would need {packages}.")


RULES: tuple[Rule, ...] = (auth_old, cloudmeta, advisory)
