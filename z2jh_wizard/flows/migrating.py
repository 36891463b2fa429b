"""Carry values files to another chart version: for a look, into the file, or with the project's chart."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from z2jh_wizard.core.errors import InvalidInput, NeedsYou
from z2jh_wizard.flows.charts import PRACTICE
from z2jh_wizard.flows.values_files import ValuesFile, ValuesFiles, files_of
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.charts import Family, newest, sort_key
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_report import Manual, Migration
from z2jh_wizard.values.paths import parse_path

SHOWN = 3
"""How many open questions an error says; the command ``config migrate`` says all."""


class Stop(NamedTuple):
    """A chart and its version: where a file comes from, or goes to."""

    family: Family
    version: str


class Carried(msgspec.Struct, frozen=True):
    """One file and what its migration made of it."""

    file: ValuesFile
    migration: Migration

    @property
    def changed(self) -> bool:
        """Whether the file becomes another one."""
        return self.migration.document.data != self.file.data


class Upgrade(msgspec.Struct, frozen=True):
    """A project's way to another version of its chart: what becomes of its files."""

    project: Project
    files: ValuesFiles
    target: Stop
    carried: tuple[Carried, ...]

    @property
    def moves(self) -> bool:
        """Whether the chart version changes at all."""
        return self.target.version != self.project.spec.chart.version

    def problem(self) -> NeedsYou | None:
        """Return what a person must decide before the hub can be upgraded, None for nothing."""
        left = [item for one in self.carried for item in one.migration.at_least(Severity.ERROR)]
        if not left:
            return None
        first = " ".join(f"{number}. {item.message}" for number, item in enumerate(left[:SHOWN], 1))
        return NeedsYou(
            "Some settings have to be decided before the upgrade",
            first,
            still_works="Nothing was changed, and the hub runs as it is.",
            next_step=f"All that is open: z2jh-wizard config migrate --to {self.target.version}. Change "
            "config.yaml and upgrade again; when nothing is left to change: "
            f"z2jh-wizard upgrade --chart-version {self.target.version} --yes",
        )


def stop_meant(text: str, family: Family = "z2jh") -> Stop:
    """Return what ``4.4.0``, ``z2jh@4.4.0``, ``helmforge`` or ``helmforge@1.0.6`` means; or InvalidInput."""
    name, _, version = text.rpartition("@")
    families: tuple[Family, ...] = ("z2jh", "helmforge")
    if not name and version in families:
        name, version = version, ""
    meant = next((one for one in families if one == name), None if name else family)
    if meant is None:
        raise InvalidInput(
            f"There is no chart {name!r}", "Write z2jh@4.4.0, helmforge@1.0.6, or a version alone."
        )
    if name and not version:
        version = newest(meant).version
    sort_key(version)
    return Stop(meant, version)


def carried(files: ValuesFiles, file: ValuesFile, source: Stop, target: Stop) -> Carried:
    """Carry one file from a chart version to another; InvalidInput for a way back.

    What a rule finds unset in one file may be set in the other: nothing is asked about that, and nothing is
    added to a file of secrets.
    """
    found = migrate(
        file.document,
        source.version,
        target.version,
        from_family=source.family,
        to_family=target.family,
    )
    main = file is files.main
    others = [one.document for one in files.files if one is not file]

    def concerns_it(item: Manual) -> bool:
        path = parse_path(item.path) if item.path else ()
        if file.document.has(path):
            return main or bool(path)
        return main and not any(one.has(path) for one in others)

    document = found.document
    for change in () if main else found.changes:
        document = document if change.old else document.unset(parse_path(change.new))
    return Carried(
        file,
        Migration(
            tuple(change for change in found.changes if main or change.old),
            tuple(item for item in found.manual if concerns_it(item)),
            document,
        ),
    )


def upgrade_of(project: Project, version: str = "") -> Upgrade:
    """Return what upgrading a project's chart changes, to the newest known version unless told.

    InvalidInput for a chart that is a file (its version is its own), for no version, and for an older one.
    """
    chart = project.spec.chart
    own = chart.path or chart.name == PRACTICE
    if own and version:
        raise InvalidInput(
            "This chart has one version",
            f"The project uses {chart.path or 'the practice chart'}, whose version is {chart.version}.",
            next_step="Leave --chart-version out, or name another chart in z2jh.yaml.",
        )
    files = files_of(project)
    here = Stop(chart.family, chart.version)
    target = here if own else stop_meant(version, chart.family) if version else _newest(here)
    if own or target == here:
        return Upgrade(project, files, target, ())
    there = [one for one in files.files if not one.is_new]
    return Upgrade(project, files, target, tuple(carried(files, one, here, target) for one in there))


def _newest(here: Stop) -> Stop:
    """Return the newest known version, or where we are when that is newer still."""
    known = newest(here.family).version
    return Stop(here.family, known) if sort_key(known) > sort_key(here.version) else here


def write(upgrade: Upgrade) -> Project:
    """Save the files and the chart version, each with a backup; return the project as it is then."""
    project = upgrade.project
    with writing(project.state, "upgrade", SystemClock()):
        files = upgrade.files
        for one in upgrade.carried:
            files = files.save(one.file, one.migration.document.data)
        chart = msgspec.structs.replace(project.spec.chart, version=upgrade.target.version)
        spec = msgspec.structs.replace(open_project(project.folder).spec, chart=chart)
        return project.with_spec(spec)


def changed_chart(project: Project, version: str) -> Project:
    """Carry a project to another chart version and return it; NeedsYou when a person must decide first."""
    upgrade = upgrade_of(project, version)
    problem = upgrade.problem()
    if problem:
        raise problem
    return write(upgrade)
