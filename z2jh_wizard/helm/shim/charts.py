"""Charts: finding and fetching them, ``show``, ``template``, ``lint`` and ``pull``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure
from z2jh_wizard.helm.shim.output import write
from z2jh_wizard.helm.shim.sdk import Sdk
from z2jh_wizard.helm.shim.values import merge_values

if TYPE_CHECKING:
    from helm_python import Chart

_DOCUMENT = re.compile(r"^---[ \t]*\n", re.M)
_INSTALL_ORDER = (
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
    "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass",
    "PersistentVolume", "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList",
    "ClusterRoleBinding", "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList",
    "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
    "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
)  # fmt: skip
"""The kinds in the order in which Helm installs them, and prints hooks; others come last."""

_SEVERITY = {0: "UNKNOWN", 1: "INFO", 2: "WARNING", 3: "ERROR"}


@contextmanager
def opened_chart(reference: str, arguments: Arguments) -> Iterator[Chart]:
    """Load a chart from a path, a repository or a registry; one that is fetched is forgotten afterwards."""
    import helm_python

    if not _is_remote(reference, arguments):
        _require_path(reference)
        with helm_python.Chart.load(reference) as chart:
            yield chart
        return
    with tempfile.TemporaryDirectory(prefix="z2jh-wizard-helm-") as folder:
        _pull(reference, arguments, folder)
        with helm_python.Chart.load(next(Path(folder).glob("*.tgz"))) as chart:
            yield chart


def _is_remote(reference: str, arguments: Arguments) -> bool:
    return bool(arguments.text("repo")) or reference.startswith("oci://")


def _require_path(reference: str) -> None:
    """Fail in Helm's words for what is no path; names of added repositories are beyond the SDK."""
    if Path(reference).exists():
        return
    if reference.startswith((".", "/")):
        raise HelmFailure(f'path "{reference}" not found')
    repository, slash, _ = reference.partition("/")
    if slash:
        raise HelmFailure(f"repo {repository} not found")
    raise HelmFailure(f"non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}")


def _pull(reference: str, arguments: Arguments, folder: str, **options: Any) -> None:
    import helm_python

    helm_python.pull(
        reference,
        destination=folder,
        version=arguments.text("version") or None,
        repo_url=arguments.text("repo") or None,
        plain_http=arguments.on("plain-http"),
        insecure_skip_tls_verify=arguments.on("insecure-skip-tls-verify"),
        **options,
    )


def pull(arguments: Arguments) -> None:
    """``helm pull``: download charts, and unpack them if asked to."""
    folder = Path(arguments.text("destination"))
    for reference in arguments.words:
        if arguments.on("untar"):
            _pull(
                reference,
                arguments,
                str(folder),
                untar=True,
                untar_dir=str(folder / arguments.text("untardir")),
            )
        else:
            _pull(reference, arguments, str(folder))


def show(part: str, arguments: Arguments) -> None:
    """``helm show``: print a part of a chart."""
    import helm_python

    reference = arguments.words[0]
    if not _is_remote(reference, arguments):
        _require_path(reference)
    text = helm_python.show(
        reference,
        output_format=part,
        devel=arguments.on("devel"),
        version=arguments.text("version") or None,
        repo_url=arguments.text("repo") or None,
        plain_http=arguments.on("plain-http"),
    )
    write(text)


def lint(arguments: Arguments) -> None:
    """``helm lint``: print what is odd about charts; HelmFailure if one is wrong."""
    import helm_python

    failed = 0
    paths = arguments.words or ["."]
    for path in paths:
        report = helm_python.lint(
            path,
            merge_values(arguments),
            strict=arguments.on("strict"),
            namespace=arguments.text("namespace") or None,
            with_subcharts=arguments.on("with-subcharts"),
            quiet=arguments.on("quiet"),
            skip_schema_validation=arguments.on("skip-schema-validation"),
            kube_version=arguments.text("kube-version") or None,
        )
        write(f"==> Linting {path}\n")
        messages = report["messages"] or []
        write("".join(f"Error {error}\n" for error in report["errors"] or [] if not messages))
        for message in messages:
            severity = _SEVERITY.get(message["severity"], "UNKNOWN")
            write(f"[{severity}] {message['path']}: {message['error']}\n")
        failed += bool(report["errors"])
        write("\n")
    summary = f"{len(paths)} chart(s) linted, {failed} chart(s) failed"
    if failed:
        raise HelmFailure(summary)
    write(f"{summary}\n")


def template(arguments: Arguments) -> None:
    """``helm template``: print what an installation would apply."""
    name = arguments.words[0] if len(arguments.words) == 2 else "release-name"
    on_server = arguments.on("validate") or arguments.text("dry-run") == "server"
    with opened_chart(arguments.words[-1], arguments) as chart:
        sdk = Sdk(arguments)
        values = merge_values(arguments)
        summary = sdk.apply(
            "helm_install",
            name,
            chart,
            values,
            dry_run="server" if on_server else "client",
            replace=True,
            kube_version=arguments.text("kube-version"),
            api_versions=arguments.many("api-versions"),
            skip_schema_validation=arguments.on("skip-schema-validation"),
            dependency_update=arguments.on("dependency-update"),
        )
        manifest = summary["manifest"].strip() + "\n"
        if arguments.on("include-crds") and not arguments.on("skip-crds"):
            crds = (f"---\n# Source: {crd['filename']}\n{crd['data']}\n" for crd in chart.crds)
            manifest = "".join(crds) + manifest
        if not arguments.on("no-hooks"):
            manifest += "".join(
                f"---\n# Source: {hook['path']}\n{hook['manifest']}\n"
                for hook in rendered_hooks(sdk.render(chart, values, name, on_server=on_server))
                if not (arguments.on("skip-tests") and "test" in hook["events"])
            )
        write(_only(manifest, arguments.many("show-only"), chart.name))


def rendered_hooks(templates: dict[str, str]) -> list[dict[str, Any]]:
    """Return the documents that are hooks, in Helm's order; a dry run of the SDK leaves them out."""
    found = []
    for path, text in sorted(templates.items()):
        for document in _DOCUMENT.split(text):
            kind, events = _kind_and_events(document)
            if events:
                rank = _INSTALL_ORDER.index(kind) if kind in _INSTALL_ORDER else len(_INSTALL_ORDER)
                hook = {"path": path, "manifest": document.lstrip("\n"), "events": events}
                found.append((rank, hook))
    return [hook for _, hook in sorted(found, key=lambda ranked: ranked[0])]


def _kind_and_events(document: str) -> tuple[str, list[str]]:
    """Return an object's kind and the events that it hooks on, both empty for what is no object."""
    import helm_python

    try:
        item = helm_python.values_from_yaml(document) or {}
    except helm_python.HelmValuesError:
        return "", []
    annotations = (item.get("metadata") or {}).get("annotations") or {}
    events = str(annotations.get("helm.sh/hook", "")).split(",")
    return str(item.get("kind", "")), [event.strip() for event in events if event.strip()]


def _only(manifest: str, wanted: list[str], chart: str) -> str:
    """Keep the documents of the templates asked for, in the order asked for."""
    if not wanted:
        return manifest
    documents = [document for document in _DOCUMENT.split(manifest) if document.strip()]
    kept = []
    for name in wanted:
        source = f"# Source: {chart}/{name}\n"
        found = [document for document in documents if document.startswith(source)]
        if not found:
            raise HelmFailure(f"could not find template {name} in chart")
        kept += found
    return "".join(f"---\n{document}\n" for document in kept)
