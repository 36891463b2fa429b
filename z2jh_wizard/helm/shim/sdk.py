"""The Helm SDK bound to a cluster; options go to its C interface, which takes more than its wrapper does."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure
from z2jh_wizard.helm.shim.output import write_log

if TYPE_CHECKING:
    from helm_python import Chart, Config, HelmContext

_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARN", "ERROR": "ERROR"}


class _ToStderr(logging.Handler):
    """Prints the SDK's records as Helm's log lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        write_log(_LEVELS.get(record.levelname, "INFO"), record.getMessage())


class Sdk:
    """One connection: the cluster and namespace that the flags name."""

    def __init__(self, arguments: Arguments) -> None:
        import helm_python

        self.namespace = arguments.text("namespace") or default_namespace(arguments)
        _log_to_stderr(debug=arguments.on("debug"))
        groups = [name for word in arguments.many("kube-as-group") for name in word.split(",")]
        self._config: Config = helm_python.Config(
            kubeconfig_path=arguments.text("kubeconfig") or None,
            kube_context=arguments.text("kube-context") or None,
            kube_token=arguments.text("kube-token") or None,
            kube_apiserver=arguments.text("kube-apiserver") or None,
            kube_ca_file=arguments.text("kube-ca-file") or None,
            kube_tls_server_name=arguments.text("kube-tls-server-name") or None,
            kube_insecure_skip_tls_verify=arguments.on("kube-insecure-skip-tls-verify"),
            kube_as_user=arguments.text("kube-as-user") or None,
            kube_as_groups=groups or None,
            burst_limit=arguments.integer("burst-limit") or None,
            qps=float(arguments.text("qps") or 0) or None,
            namespace=self.namespace,
            storage_driver=os.environ.get("HELM_DRIVER") or None,
        )

    def call(self, function: str, *parts: object, **options: object) -> Any:
        """Call a function that takes names and options, and return its answer."""
        from helm_python import _native

        answer = _native.call_string(function, self._config._raw(), *parts, _json(options))
        return json.loads(answer)

    def roll_back(self, name: str, **options: object) -> None:
        """Roll a release back; the one function that answers nothing."""
        from helm_python import _native

        _native.call_status("helm_rollback", self._config._raw(), name, _json(options))

    def apply(
        self,
        function: str,
        name: str,
        chart: Chart,
        values: Mapping[str, Any],
        context: HelmContext | None = None,
        **options: object,
    ) -> dict[str, Any]:
        """Install or upgrade a release and return its summary; ``context`` can cancel it."""
        from helm_python import _native

        token = context._raw() if context else _native.HANDLE(0)
        answer = _native.call_string(
            function,
            self._config._raw(),
            token,
            chart._raw(),
            None,
            name,
            json.dumps(values),
            _json(options),
        )
        summary: dict[str, Any] = json.loads(answer)
        return summary

    def render(
        self, chart: Chart, values: Mapping[str, Any], name: str, *, on_server: bool
    ) -> dict[str, str]:
        """Return each template's text, hooks and notes included."""
        if on_server:
            return self._config.render(chart, dict(values), name=name, namespace=self.namespace)
        return chart.render(dict(values), name=name, namespace=self.namespace)


def chart_schema(chart: Chart) -> str:
    """Return the text of a chart's values schema, nothing if it has none."""
    from helm_python import _native

    text = _native.call_string("helm_chart_schema", chart._raw())
    return "" if text == "null" else text


def _json(options: Mapping[str, object]) -> str | None:
    """Return the options that say something; the interface refuses what it does not know."""
    said = {key: value for key, value in options.items() if value not in (None, "", [], {})}
    return json.dumps(said) if said else None


def _log_to_stderr(*, debug: bool) -> None:
    """Let the SDK's records out, before any connection is made: later ones only would obey."""
    import helm_python

    logger = logging.getLogger("z2jh_wizard.helm.shim")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.handlers = [_ToStderr()]
    helm_python.enable_logging(logging.DEBUG if debug else logging.WARNING, logger)


def silence() -> None:
    """Stop the SDK's records, so that none comes while Python is being taken down."""
    import helm_python

    helm_python.disable_logging()


def default_namespace(arguments: Arguments) -> str:
    """Return the namespace of the kubeconfig's context, or ``default``, when no flag names one."""
    contexts: dict[str, str] = {}
    current = arguments.text("kube-context")
    for path in _kubeconfigs(arguments):
        config = _read_kubeconfig(path)
        current = current or str(config.get("current-context") or "")
        for entry in config.get("contexts") or []:
            namespace = (entry.get("context") or {}).get("namespace") or ""
            contexts.setdefault(str(entry.get("name")), str(namespace))
    return contexts.get(current) or "default"


def _kubeconfigs(arguments: Arguments) -> list[Path]:
    if given := arguments.text("kubeconfig"):
        return [Path(given)]
    if listed := os.environ.get("KUBECONFIG"):
        return [Path(part) for part in listed.split(os.pathsep) if part]
    return [Path.home() / ".kube" / "config"]


def _read_kubeconfig(path: Path) -> dict[str, Any]:
    """Return a kubeconfig, empty when there is none; the SDK complains about a broken one by itself."""
    import helm_python

    try:
        return helm_python.values_from_yaml(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, helm_python.HelmValuesError):
        return {}


def missing_sdk() -> HelmFailure:
    """Return what to say when the SDK is not there."""
    return HelmFailure(
        "the bundled Helm is not installed; pip install helm-python-sdk, or see https://helm.sh"
    )
