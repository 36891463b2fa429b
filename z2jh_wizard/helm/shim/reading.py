"""The commands that look at releases: ``status``, ``history``, ``list`` and ``get``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from z2jh_wizard.helm.shim.flags import Arguments
from z2jh_wizard.helm.shim.output import (
    checked_format,
    go_time,
    long_time,
    write,
    write_data,
    write_table,
)
from z2jh_wizard.helm.shim.sdk import Sdk

_STATES = ("deployed", "failed", "pending", "superseded", "uninstalled", "uninstalling")


def full_release(sdk: Sdk, name: str, revision: int = 0) -> dict[str, Any]:
    """Return a stored release in the shape of Helm's JSON, without its chart and its live objects."""
    found = sdk.call("helm_get", name, revision=revision)
    summary = found["summary"]
    release: dict[str, Any] = {"name": summary["name"], "info": found["info"]}
    if found.get("config"):
        release["config"] = found["config"]
    if summary.get("manifest"):
        release["manifest"] = summary["manifest"]
    if found.get("hooks"):
        release["hooks"] = found["hooks"]
    metadata = sdk.call("helm_get_metadata", name, revision=summary["revision"])
    release |= {"version": summary["revision"], "namespace": summary["namespace"]}
    if method := metadata.get("applyMethod"):
        release["apply_method"] = method
    return release


def status(arguments: Arguments) -> None:
    """``helm status``: print how a release stands."""
    output = checked_format(arguments.text("output"))
    release = full_release(Sdk(arguments), arguments.words[0], arguments.integer("revision"))
    if output == "table":
        write(describe(release))
        return
    write_data(release, output)


def describe(release: dict[str, Any], *, with_notes: bool = True) -> str:
    """Return a release in words, as Helm prints it after work."""
    info = release["info"]
    lines = [
        f"NAME: {release['name']}",
        f"LAST DEPLOYED: {long_time(info.get('last_deployed', ''))}",
        f"NAMESPACE: {release['namespace']}",
        f"STATUS: {info['status']}",
        f"REVISION: {release['version']}",
        f"DESCRIPTION: {info.get('description', '')}",
        *_test_suites(release.get("hooks") or []),
    ]
    return "\n".join(lines) + "\n" + (closing_notes(release) if with_notes else "")


def _test_suites(hooks: list[dict[str, Any]]) -> list[str]:
    """Return how the tests of a release went, nothing about those that have not run."""
    tests = [hook for hook in hooks if "test" in hook["events"]]
    if not tests:
        return ["TEST SUITE: None"]
    runs = [(test["name"], test.get("last_run") or {}) for test in tests]
    return [
        line
        for name, run in runs
        if run.get("started_at")
        for line in (
            f"TEST SUITE:     {name}",
            f"Last Started:   {long_time(run['started_at'])}",
            f"Last Completed: {long_time(run.get('completed_at', ''))}",
            f"Phase:          {run.get('phase', '')}",
        )
    ]


def history(arguments: Arguments) -> None:
    """``helm history``: print a release's revisions, oldest first."""
    output = checked_format(arguments.text("output"))
    sdk = Sdk(arguments)
    name = arguments.words[0]
    summaries = sdk.call("helm_history", name, max=arguments.integer("max"))
    rows = [_history_row(sdk, name, summary) for summary in summaries]
    if output != "table":
        write_data(rows, output)
        return
    head = ("REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION")
    body = (
        (
            str(row["revision"]),
            long_time(row["updated"]),
            row["status"],
            row["chart"],
            row["app_version"],
            row["description"],
        )
        for row in rows
    )
    write_table([head, *body])


def _history_row(sdk: Sdk, name: str, summary: dict[str, Any]) -> dict[str, Any]:
    """Return one revision; its description is only in the whole release."""
    info = sdk.call("helm_get", name, revision=summary["revision"])["info"]
    return {
        "revision": summary["revision"],
        "updated": info.get("last_deployed", ""),
        "status": summary["status"],
        "chart": f"{summary['chart_name']}-{summary['chart_version']}",
        "app_version": summary.get("app_version", ""),
        "description": info.get("description", ""),
    }


def list_releases(arguments: Arguments) -> None:
    """``helm list``: print the releases of a namespace or of all."""
    output = checked_format(arguments.text("output"))
    states = {state: arguments.on(state) for state in _STATES}
    found = Sdk(arguments).call(
        "helm_list",
        all=not any(states.values()),
        all_namespaces=arguments.on("all-namespaces"),
        limit=arguments.integer("max"),
        offset=arguments.integer("offset"),
        filter=arguments.text("filter"),
        selector=arguments.text("selector"),
        by_date=arguments.on("date"),
        sort_reverse=arguments.on("reverse"),
        **states,
    )
    rows = [_list_row(summary) for summary in found or []]
    if arguments.on("short"):
        names = [row["name"] for row in rows]
        write("".join(f"{name}\n" for name in names)) if output == "table" else write_data(names, output)
    elif output == "table":
        head = ("NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION")
        heads = [] if arguments.on("no-headers") else [head]
        write_table([*heads, *(tuple(row.values()) for row in rows)])
    else:
        write_data(rows, output)


def _list_row(summary: dict[str, Any]) -> dict[str, str]:
    return {
        "name": summary["name"],
        "namespace": summary["namespace"],
        "revision": str(summary["revision"]),
        "updated": go_time(summary.get("deployed_at", "")),
        "status": summary["status"],
        "chart": f"{summary['chart_name']}-{summary['chart_version']}",
        "app_version": summary.get("app_version", ""),
    }


def get_values(arguments: Arguments) -> None:
    """``helm get values``: print the settings that the user gave, or all that hold."""
    output = checked_format(arguments.text("output"))
    everything = arguments.on("all")
    values = Sdk(arguments).call(
        "helm_get_values", arguments.words[0], all=everything, revision=arguments.integer("revision")
    )
    if output == "table":
        write("COMPUTED VALUES:\n" if everything else "USER-SUPPLIED VALUES:\n")
    write_data(values, "yaml" if output == "table" else output)


def get_metadata(arguments: Arguments) -> None:
    """``helm get metadata``: print which chart a release has, and from when."""
    output = checked_format(arguments.text("output"))
    metadata = Sdk(arguments).call(
        "helm_get_metadata", arguments.words[0], revision=arguments.integer("revision")
    )
    if output == "table":
        write("".join(f"{_heading(key)}: {_inline(value)}\n" for key, value in metadata.items()))
    else:
        write_data(metadata, output)


def _inline(value: Any) -> str:
    """Return a value on one line, a mapping as ``key=value`` pairs."""
    if isinstance(value, dict):
        return ",".join(f"{key}={entry}" for key, entry in value.items())
    return str(value)


def _heading(key: str) -> str:
    """Return ``appVersion`` as ``APP_VERSION``."""
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in key)


def get_all(arguments: Arguments) -> None:
    """``helm get all``: print all that is stored about a release, in words."""
    import msgspec

    sdk, revision = Sdk(arguments), arguments.integer("revision")
    release = full_release(sdk, arguments.words[0], revision)
    computed = sdk.call("helm_get_values", arguments.words[0], all=True, revision=revision)
    given = msgspec.yaml.encode(release.get("config") or {}).decode()
    write(
        f"{describe(release, with_notes=False)}USER-SUPPLIED VALUES:\n{given}\n"
        f"COMPUTED VALUES:\n{msgspec.yaml.encode(computed).decode()}\n"
        f"HOOKS:\n{hooks(release)}MANIFEST:\n{manifest(release)}\n{closing_notes(release)}"
    )


def get_part(arguments: Arguments, show: Callable[[dict[str, Any]], str]) -> None:
    """``helm get manifest``, ``hooks`` and ``notes``: print a part of a release."""
    release = full_release(Sdk(arguments), arguments.words[0], arguments.integer("revision"))
    write(show(release))


def manifest(release: dict[str, Any]) -> str:
    """Return the objects of a release."""
    return f"{release.get('manifest', '')}\n"


def notes(release: dict[str, Any]) -> str:
    """Return what the chart says to its user, nothing if it says nothing."""
    text = release["info"].get("notes", "")
    return f"NOTES:\n{text}\n" if text else ""


def closing_notes(release: dict[str, Any]) -> str:
    """Return the same as it ends other texts, without an empty line after it."""
    text = notes(release).strip()
    return f"{text}\n" if text else ""


def hooks(release: dict[str, Any]) -> str:
    """Return the hooks of a release."""
    parts = (f"---\n# Source: {hook['path']}\n{hook['manifest']}\n" for hook in release.get("hooks", []))
    return "".join(parts)
