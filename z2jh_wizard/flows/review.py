"""What is to be mended, given or known before a hub is started: each with the place that settles it."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.core.errors import Refused, WizardError
from z2jh_wizard.flows.hub_secrets import drafted, lacking
from z2jh_wizard.flows.topic_form import TopicForm, fields_of, topic_of
from z2jh_wizard.flows.values_files import ValuesFiles, files_of
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values import forms, trees
from z2jh_wizard.values.address import public_address
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.forms_lines import hidden_lines
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.sign_in import callback_url
from z2jh_wizard.values.sign_in_settings import SignInSettings, sign_in_settings
from z2jh_wizard.values.topics import field_for, fields

AROUND = 3
"""Lines shown above and below the one that a finding is about."""

SETTINGS, SEARCH, SECRETS, CLASS_SIZE = "settings", "search", "secrets", "class-size"
CHECKS = "checks"
"""Screens that settle what no page of settings asks."""

_CLOUDS = ("gke", "eks", "aks")


class Grade(enum.Enum):
    """How grave a point is; the words stand on the screen."""

    STOPS = "! stops"
    MISSING = "? missing"
    WARNING = "! warning"
    NOTE = "i note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Grade).index(self)


_GRADES = {Severity.ERROR: Grade.STOPS, Severity.WARNING: Grade.WARNING, Severity.NOTE: Grade.NOTE}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to mend, to give or to know; ``where`` and ``field`` lead to it, as screens are named.

    Without ``where`` a person mends it in the file, at ``file`` and ``line``.
    """

    grade: Grade
    text: str
    fix: str = ""
    """What to do about it, one sentence."""
    where: str = ""
    field: str = ""
    words: str = ""
    """What to search for where it is the search that leads to it."""
    file: str = ""
    line: int = 0
    finding: Finding | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the wizard can mend it by itself, without guessing."""
        return bool(self.finding and self.finding.fix and self.finding.fix.edits)

    @property
    def place(self) -> str:
        """Where it is settled, in few words."""
        kind, _, topic = self.where.partition("/")
        if kind == "topic":
            return topic_of(self.field).title if self.field else topic
        if self.file and not self.where:
            return f"{self.file}:{self.line}"
        return {"": "the file", SEARCH: "search"}.get(kind, kind.replace("-", " "))


def points_of(
    project: Project | None,
    form: TopicForm | None,
    wrong_answers: Iterable[tuple[str, str, str]] = (),
    checks: Iterable[Check] = (),
) -> tuple[Point, ...]:
    """Return all points, the gravest first.

    ``wrong_answers`` are those of the project's own pages: screen, question and sentence. ``form`` is the
    draft of the settings; what it has not saved is not looked at by lint, for Start does not know it.
    ``checks`` are what was seen of the account or the cluster; nothing is asked again.
    """
    found = [Point(Grade.STOPS, text, where=where, field=name) for where, name, text in wrong_answers]
    if form:
        found += _of_draft(form)
    if project:
        found += _of_files(project)
    found += _of_checks(checks)
    return tuple(sorted(found, key=lambda one: one.grade.rank))


def excerpt(project: Project, point: Point) -> list[str]:
    """Return the lines of the file around a point, secrets hidden and the line itself marked.

    Only the file's name and line for a file that cannot be read: what is secret in it is not known.
    """
    head = f"{point.file}, line {point.line}"
    try:
        document = next(one for one in files_of(project).files if one.name == point.file).document
    except (StopIteration, WizardError):
        return [head]
    count = document.parsed.text.count("\n") + 1
    numbers = range(max(1, point.line - AROUND), min(count, point.line + AROUND) + 1)
    numbers = range(numbers.start, min(numbers.stop, count + (not document.parsed.text.endswith("\n"))))
    shown = zip(numbers, hidden_lines(document, numbers), strict=True)
    return [head, "", *(f"{'>' if at == point.line else ' '} {at:>4}  {text}" for at, text in shown)]


# ---- the draft of the settings ----


def _of_draft(form: TopicForm) -> Iterator[Point]:
    for name, sentence in form.problems.items():
        field = fields().get(name)
        title = f"{field.title}: " if field else ""
        where = f"topic/{field.topic}" if field else SETTINGS
        yield Point(Grade.STOPS, f"{title}{sentence}", where=where, field=name if field else "")
    if form.changes:
        count = len(form.changes)
        text = "1 answer of the settings is" if count == 1 else f"{count} answers of the settings are"
        yield Point(
            Grade.WARNING,
            f"{text} not saved: Start does not know about it.",
            "Open the settings; Next there saves.",
            SETTINGS,
        )


# ---- what was looked at ----


def _of_checks(checks: Iterable[Check]) -> Iterator[Point]:
    grades = {Verdict.FAIL: Grade.MISSING, Verdict.WARN: Grade.WARNING}
    for one in checks:
        if grade := grades.get(one.verdict):
            yield Point(grade, f"{one.title}: {one.sentence}", "The checks say what mends it.", CHECKS)


# ---- the files ----


def _of_files(project: Project) -> Iterator[Point]:
    from z2jh_wizard.flows.linting import lint_files

    files = files_of(project)
    try:
        made = lacking(files)
        files = drafted(files)
        scene = Scene(files.version, files.chart.family, files.subject.values)
    except WizardError:  # a file that cannot be read, which lint explains
        yield from (_of_finding(one, None) for one in lint_files(files).findings)
        return
    findings = lint_files(files).findings
    yield from (_of_finding(one, scene) for one in findings)
    yield from _missing(files, project, {one.rule for one in findings})
    if made:
        count = "1 secret is" if len(made) == 1 else f"{len(made)} secrets are"
        text = f'{count} not made yet: the step "Make the secrets" makes what the hub needs.'
        yield Point(Grade.NOTE, text, "There is nothing to do.", SECRETS)


def _of_finding(finding: Finding, scene: Scene | None) -> Point:
    fix = finding.fix.sentence if finding.fix else ""
    point = Point(
        _GRADES[finding.severity], finding.message, fix, file=finding.file, line=finding.line, finding=finding
    )
    if scene is None:
        return point
    for field_id in fields_of(finding):
        field = fields()[field_id]
        if forms.place(field, scene):
            return replace(point, where=f"topic/{field.topic}", field=field_id)
    path = parse_path(finding.path) if finding.path else ()
    if path and look_up(path, scene.version, scene.family).fine:
        return replace(point, where=SEARCH, words=finding.path)
    return point


def _missing(files: ValuesFiles, project: Project, rules: Collection[str]) -> Iterator[Point]:
    """Give what lint cannot tell from the files alone: what the teacher has still to get from elsewhere."""
    values, version, family = files.subject.values, files.version, files.chart.family
    chosen = sign_in_settings(values, version, family)
    elsewhere = _given_elsewhere(values)
    for need in chosen.method.needs if family == "z2jh" else ():
        names = need.split("|")
        if any(chosen.value(name) or name.upper() in elsewhere or name in elsewhere for name in names):
            continue
        if "generic-nourls" not in rules or not _told_by_lint(need):
            yield _needed(chosen, names[0])
    if chosen.method.callback and not callback_url(values, version, family, chosen.method):
        yield Point(
            Grade.MISSING,
            f"The hub has no name yet, so the callback URL for {chosen.method.title} is not known.",
            "Give the hub a name, then register the callback URL.",
            *_page_of("proxy.https.hosts", files),
        )
    address = public_address(values, version, family)
    plain = address.secure is False and not any(rule.startswith("https-") for rule in rules)
    if plain and project.spec.provider != "practice":
        yield Point(
            Grade.WARNING,
            "The hub answers plain http: passwords and sign-ins can be read on the way.",
            "Switch HTTPS on and give the hub's name.",
            *_page_of("proxy.https.enabled", files),
        )
    if project.spec.provider in _CLOUDS and not any(pool.machine for pool in project.spec.pools.values()):
        text = "No machine type is chosen, so neither room nor cost is known."
        yield Point(Grade.MISSING, text, "Choose one for the size of your class.", CLASS_SIZE)


def _told_by_lint(need: str) -> bool:
    """Tell whether lint's own rule speaks of a need; it leaves out what often stands in a file apart."""
    return need not in ("client_id", "client_secret", "user_password", "consumers", "secret_key")


def _needed(chosen: SignInSettings, trait: str) -> Point:
    path = chosen.path(trait)
    field = field_for(path) if path else None
    return Point(
        Grade.MISSING,
        f"{chosen.method.title} needs {field.title if field else trait}: without it nobody can sign in.",
        f"You get it where you register the hub: {chosen.method.register}" if chosen.method.register else "",
        f"topic/{field.topic}" if field else SEARCH,
        field.id if field else "",
        "" if field else path or trait,
    )


def _given_elsewhere(values: Mapping[str, object]) -> str:
    """Return the text in which a setting may hide that the files do not say as a key."""
    parts = (trees.look_up(values, ("hub", name)) for name in ("extraConfig", "extraEnv"))
    return " ".join(str(part) for part in parts if part is not trees.MISSING)


def _page_of(key: str, files: ValuesFiles) -> tuple[str, str, str]:
    """Return the page and field that ask a key; the search for it where this chart does not have it."""
    field = field_for(key)
    scene = Scene(files.version, files.chart.family, files.subject.values)
    if field and forms.place(field, scene):
        return f"topic/{field.topic}", field.id, ""
    return SEARCH, "", "https"


def config_lines(project: Project) -> list[str]:
    """Return config.yaml as it is, secrets hidden; Unreadable for a broken file."""
    main = files_of(project).main
    document = main.document
    count = document.parsed.text.rstrip("\n").count("\n") + 1
    return hidden_lines(document, range(1, count + 1))


def mend_point(project: Project, point: Point) -> tuple[ValuesFiles, ValuesFiles]:
    """Write the sure fix of one point, with a backup; return the files before and after.

    Refused when the finding is gone, or when its edits no longer fit the file.
    """
    from z2jh_wizard.flows.linting import mend

    with writing(project.state, "fix a setting", SystemClock()):
        before = files_of(project)
        mended = mend(before, lambda one: _is_same(one, point.finding))
    if not mended.done:
        reasons = " ".join(reason for _, reason in mended.refused)
        raise Refused(
            "This was not fixed",
            reasons or "The file has changed: the mistake is gone, or stands elsewhere now.",
            still_works="Nothing was written.",
            next_step="Look again, or mend it in the file.",
        )
    return before, mended.files


def _is_same(one: Finding, other: Finding | None) -> bool:
    return other is not None and (one.rule, one.path, one.file, one.line) == (
        other.rule,
        other.path,
        other.file,
        other.line,
    )
