"""The commands that change releases: ``install``, ``upgrade``, ``rollback``, ``uninstall`` and ``test``."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from z2jh_wizard.helm.shim.charts import opened_chart, rendered_hooks
from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure
from z2jh_wizard.helm.shim.output import checked_format, write, write_data
from z2jh_wizard.helm.shim.reading import closing_notes, describe, full_release, hooks, manifest
from z2jh_wizard.helm.shim.sdk import Sdk, chart_schema
from z2jh_wizard.helm.shim.table import DEFAULT_TIMEOUT, HOOKS_ONLY, WATCHER
from z2jh_wizard.helm.shim.values import merge_values

if TYPE_CHECKING:
    from helm_python import Chart, HelmContext

_WAITS = {"true": WATCHER, "false": HOOKS_ONLY, WATCHER: WATCHER, HOOKS_ONLY: HOOKS_ONLY, "legacy": "legacy"}
_DRY_RUNS = {"": "", "none": "", "false": "", "client": "client", "true": "client", "server": "server"}


@dataclass(frozen=True, slots=True)
class _Change:
    """One installation or upgrade: what is to be applied where, and what stood on the command line."""

    sdk: Sdk
    name: str
    chart: Chart
    values: dict[str, Any]
    arguments: Arguments
    context: HelmContext

    def apply(self, function: str, **options: object) -> dict[str, Any]:
        """Do it, with these options besides those that installing and upgrading share."""
        shared = _shared_options(self.arguments)
        return self.sdk.apply(function, self.name, self.chart, self.values, self.context, **shared, **options)


def install(arguments: Arguments, context: HelmContext) -> None:
    """``helm install``: make a new release."""
    import helm_python

    name, reference = arguments.words
    with opened_chart(reference, arguments) as chart:
        change = _Change(Sdk(arguments), name, chart, merge_values(arguments), arguments, context)
        try:
            _install(change, replace=arguments.on("replace"))
        except helm_python.HelmError as error:
            raise HelmFailure(f"INSTALLATION FAILED: {error}") from error


def upgrade(arguments: Arguments, context: HelmContext) -> None:
    """``helm upgrade``: change a release, or make it if ``--install`` is there and it is not."""
    import helm_python

    name, reference = arguments.words
    sdk = Sdk(arguments)
    standing = _standing(sdk, name) if arguments.on("install") else "deployed"
    to_install = standing in ("absent", "uninstalled")
    if to_install and arguments.text("output") == "table":
        write(f'Release "{name}" does not exist. Installing it now.\n')
    with opened_chart(reference, arguments) as chart:
        change = _Change(sdk, name, chart, merge_values(arguments), arguments, context)
        if to_install:
            _install(change, replace=standing == "uninstalled")
            return
        try:
            _upgrade(change)
        except helm_python.HelmError as error:
            raise HelmFailure(f"UPGRADE FAILED: {error}") from error


def _standing(sdk: Sdk, name: str) -> str:
    """Return the newest revision's status, ``absent`` if there is none."""
    import helm_python

    try:
        revisions = sdk.call("helm_history", name)
    except helm_python.HelmNotFoundError:
        return "absent"
    return str(revisions[-1]["status"]) if revisions else "absent"


def _install(change: _Change, *, replace: bool) -> None:
    arguments = change.arguments
    summary = change.apply(
        "helm_install",
        create_namespace=arguments.on("create-namespace"),
        replace=replace,
        server_side_apply={"true": True, "false": False}.get(arguments.text("server-side")),
    )
    _tell(change, summary)


def _upgrade(change: _Change) -> None:
    arguments = change.arguments
    summary = change.apply(
        "helm_upgrade",
        server_side_apply=arguments.text("server-side"),
        max_history=arguments.integer("history-max"),
        reset_values=arguments.on("reset-values"),
        reuse_values=arguments.on("reuse-values"),
        reset_then_reuse_values=arguments.on("reset-then-reuse-values"),
        cleanup_on_fail=arguments.on("cleanup-on-fail"),
    )
    if arguments.text("output") == "table":
        write(f'Release "{change.name}" has been upgraded. Happy Helming!\n')
    _tell(change, summary)


def _shared_options(arguments: Arguments) -> dict[str, object]:
    """Return the options that installing and upgrading share."""
    return {
        "timeout_seconds": arguments.seconds("timeout", DEFAULT_TIMEOUT),
        "wait": _wait(arguments, roll_back=arguments.on("rollback-on-failure")),
        "wait_for_jobs": arguments.on("wait-for-jobs"),
        "dry_run": _dry_run(arguments),
        "rollback_on_failure": arguments.on("rollback-on-failure"),
        "description": arguments.text("description"),
        "labels": _labels(arguments.many("labels")),
        "disable_hooks": arguments.on("no-hooks"),
        "disable_openapi_validation": arguments.on("disable-openapi-validation"),
        "dependency_update": arguments.on("dependency-update"),
        "enable_dns": arguments.on("enable-dns"),
        "force_conflicts": arguments.on("force-conflicts"),
        "force_replace": arguments.on("force-replace"),
        "hide_notes": arguments.on("hide-notes"),
        "hide_secret": arguments.on("hide-secret"),
        "skip_crds": arguments.on("skip-crds"),
        "skip_schema_validation": arguments.on("skip-schema-validation"),
        "sub_notes": arguments.on("render-subchart-notes"),
        "take_ownership": arguments.on("take-ownership"),
    }


def _wait(arguments: Arguments, *, roll_back: bool = False) -> str:
    """Return how to wait; rolling back on failure needs to know of failures, so it waits."""
    given = arguments.text("wait")
    if given not in _WAITS:
        raise HelmFailure(
            f'invalid argument "{given}" for "--wait" flag: invalid wait input "{given}". '
            "Valid inputs are watcher, hookOnly, and legacy"
        )
    return WATCHER if roll_back and given == HOOKS_ONLY else _WAITS[given]


def _dry_run(arguments: Arguments) -> str:
    given = arguments.text("dry-run")
    if given not in _DRY_RUNS:
        raise HelmFailure(f'invalid dry-run value ({given}). Must be "none", "server", or "client"')
    return _DRY_RUNS[given]


def _labels(words: list[str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in words)
    return {key: value for key, _, value in pairs}


def _tell(change: _Change, summary: dict[str, Any]) -> None:
    """Print what came out, as Helm does."""
    output = checked_format(change.arguments.text("output"))
    dry_run = _dry_run(change.arguments)
    if dry_run:
        release = _planned(change, summary, on_server=dry_run == "server")
    else:
        release = full_release(change.sdk, summary["name"], summary["revision"])
    if output != "table":
        info = {"name": release.pop("name"), "info": release.pop("info")}
        write_data({**info, "chart": _chart_data(change.chart), **release}, output)
        return
    if change.arguments.on("hide-notes"):
        release["info"].pop("notes", None)
    write(describe(release, with_notes=False))
    if dry_run:
        write(f"HOOKS:\n{hooks(release)}MANIFEST:\n{manifest(release)}")
        write("\n" if release["info"].get("notes") else "")
    write(closing_notes(release))


def _planned(change: _Change, summary: dict[str, Any], *, on_server: bool) -> dict[str, Any]:
    """Return a release that was only tried out, from its summary and its rendered hooks."""
    templates = change.sdk.render(change.chart, change.values, change.name, on_server=on_server)
    planned = {
        "name": summary["name"],
        "info": {
            "last_deployed": summary.get("deployed_at", ""),
            "description": "Dry run complete",
            "status": summary["status"],
            "notes": summary.get("notes", ""),
        },
        "config": change.values,
        "manifest": summary.get("manifest", ""),
        "hooks": rendered_hooks(templates),
        "version": summary["revision"],
        "namespace": summary["namespace"],
    }
    return {key: value for key, value in planned.items() if value}


def _chart_data(chart: Chart) -> dict[str, Any]:
    """Return a chart as Helm's JSON has it, without the times of its files."""
    schema = chart_schema(chart)
    return {
        "metadata": chart.metadata,
        "lock": None,
        "templates": [_file(entry) for entry in chart.templates],
        "values": chart.values,
        "schema": _encoded(schema) if schema else None,
        "files": [_file(entry) for entry in chart.files] or None,
    }


def _file(entry: dict[str, str]) -> dict[str, str]:
    return {"name": entry["name"], "data": _encoded(entry["data"])}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def rollback(arguments: Arguments) -> None:
    """``helm rollback``: go back to a revision, or to the one before."""
    revision = 0
    if len(arguments.words) == 2:
        try:
            revision = int(arguments.words[1])
        except ValueError:
            raise HelmFailure(
                "could not convert revision to a number: "
                f'strconv.Atoi: parsing "{arguments.words[1]}": invalid syntax'
            ) from None
    Sdk(arguments).roll_back(
        arguments.words[0],
        version=revision,
        timeout_seconds=arguments.seconds("timeout", DEFAULT_TIMEOUT),
        wait=_wait(arguments),
        wait_for_jobs=arguments.on("wait-for-jobs"),
        dry_run=_dry_run(arguments),
        disable_hooks=arguments.on("no-hooks"),
        force_conflicts=arguments.on("force-conflicts"),
        force_replace=arguments.on("force-replace"),
        server_side_apply=arguments.text("server-side"),
        cleanup_on_fail=arguments.on("cleanup-on-fail"),
        max_history=arguments.integer("history-max"),
    )
    write("Rollback was a success! Happy Helming!\n")


def uninstall(arguments: Arguments) -> None:
    """``helm uninstall``: remove releases."""
    sdk = Sdk(arguments)
    for name in arguments.words:
        answer = sdk.call(
            "helm_uninstall",
            name,
            keep_history=arguments.on("keep-history"),
            timeout_seconds=arguments.seconds("timeout", DEFAULT_TIMEOUT),
            dry_run=arguments.on("dry-run"),
            ignore_not_found=arguments.on("ignore-not-found"),
            wait=_wait(arguments),
            description=arguments.text("description"),
            disable_hooks=arguments.on("no-hooks"),
            deletion_propagation=arguments.text("cascade"),
        )
        if answer.get("info"):
            write(f"{answer['info']}\n")
        write(f'release "{name}" uninstalled\n')


def test(arguments: Arguments) -> None:
    """``helm test``: run the tests of a release and say how it stands."""
    chosen = [word.partition("=") for word in arguments.many("filter")]
    sdk = Sdk(arguments)
    answer = sdk.call(
        "helm_test_run",
        arguments.words[0],
        timeout_seconds=arguments.seconds("timeout", DEFAULT_TIMEOUT),
        logs=arguments.on("logs"),
        include_names=[name for key, _, name in chosen if key == "name"],
        exclude_names=[name for key, _, name in chosen if key == "!name"],
    )
    write(describe(full_release(sdk, arguments.words[0]), with_notes=False))
    write(f"\n{answer.get('logs') or ''}" if arguments.on("logs") else "")
