"""The commands of Helm that the shim knows, with their flags, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from z2jh_wizard.helm.shim.flags import Flag, Sort

WATCHER = "watcher"
HOOKS_ONLY = "hookOnly"
DEFAULT_TIMEOUT = 300
"""Seconds, as Helm's own."""


def _text(name: str, letter: str = "", default: str = "", variable: str = "") -> Flag:
    return Flag(name, Sort.TEXT, letter, default=default, variable=variable)


def _missing(*names: str, sort: Sort = Sort.TEXT) -> tuple[Flag, ...]:
    return tuple(Flag(name, sort, missing=True) for name in names)


GLOBAL = (
    _text("namespace", "n", variable="HELM_NAMESPACE"),
    _text("kubeconfig"),
    _text("kube-context", variable="HELM_KUBECONTEXT"),
    _text("kube-token", variable="HELM_KUBETOKEN"),
    _text("kube-apiserver", variable="HELM_KUBEAPISERVER"),
    _text("kube-ca-file", variable="HELM_KUBECAFILE"),
    _text("kube-tls-server-name", variable="HELM_KUBETLS_SERVER_NAME"),
    Flag("kube-insecure-skip-tls-verify", variable="HELM_KUBEINSECURE_SKIP_TLS_VERIFY"),
    _text("kube-as-user", variable="HELM_KUBEASUSER"),
    Flag("kube-as-group", Sort.MANY, variable="HELM_KUBEASGROUPS"),
    Flag("burst-limit", Sort.INTEGER, variable="HELM_BURST_LIMIT"),
    Flag("qps", Sort.DECIMAL, variable="HELM_QPS"),
    Flag("debug", variable="HELM_DEBUG"),
    Flag("help", letter="h"),
    # The shim prints no colours at all.
    _text("color"),
    _text("colour"),
    *_missing("registry-config", "repository-cache", "repository-config", "content-cache"),
)

_OUTPUT = (_text("output", "o", default="table"),)

_FROM_REPOSITORY = (
    _text("repo"),
    _text("version"),
    Flag("plain-http"),
    Flag("devel"),
    Flag("insecure-skip-tls-verify"),
    *_missing("ca-file", "cert-file", "key-file", "keyring", "username", "password"),
    *_missing("pass-credentials", "verify", sort=Sort.SWITCH),
)

_VALUES = (
    Flag("values", Sort.MANY_BY_COMMA, "f"),
    Flag("set", Sort.MANY),
    Flag("set-string", Sort.MANY),
    Flag("set-json", Sort.MANY),
    Flag("set-file", Sort.MANY),
    Flag("set-literal", Sort.MANY),
    Flag("skip-schema-validation"),
)

_WAIT = (
    Flag("wait", Sort.OPTIONAL, bare=WATCHER, default=HOOKS_ONLY),
    Flag("wait-for-jobs"),
    Flag("timeout", Sort.DURATION),
)

_APPLY = (
    *_FROM_REPOSITORY,
    *_VALUES,
    *_WAIT,
    *_OUTPUT,
    Flag("dry-run", Sort.OPTIONAL, bare="client"),
    Flag("create-namespace"),
    Flag("dependency-update"),
    _text("description"),
    Flag("disable-openapi-validation"),
    Flag("enable-dns"),
    Flag("force-conflicts"),
    Flag("force-replace"),
    Flag("hide-notes"),
    Flag("hide-secret"),
    Flag("labels", Sort.MANY_BY_COMMA, "l"),
    Flag("no-hooks"),
    Flag("render-subchart-notes"),
    Flag("rollback-on-failure"),
    Flag("skip-crds"),
    Flag("take-ownership"),
    *_missing("post-renderer", "post-renderer-args"),
)

_INSTALL = (
    *_APPLY,
    Flag("replace"),
    Flag("server-side", bare="true"),
    *_missing("name-template"),
    Flag("generate-name", letter="g", missing=True),
)

_UPGRADE = (
    *_APPLY,
    Flag("install", letter="i"),
    Flag("reset-values"),
    Flag("reuse-values"),
    Flag("reset-then-reuse-values"),
    Flag("cleanup-on-fail"),
    Flag("history-max", Sort.INTEGER, default="10", variable="HELM_MAX_HISTORY"),
    _text("server-side"),
)

_TEMPLATE = (
    *_FROM_REPOSITORY,
    *_VALUES,
    _text("kube-version"),
    Flag("api-versions", Sort.MANY_BY_COMMA, "a"),
    Flag("show-only", Sort.MANY, "s"),
    Flag("include-crds"),
    Flag("skip-crds"),
    Flag("no-hooks"),
    Flag("skip-tests"),
    Flag("dependency-update"),
    Flag("dry-run", Sort.OPTIONAL, bare="client", default="client"),
    Flag("validate"),
    *_missing("output-dir", "post-renderer", "post-renderer-args", "name-template"),
    *_missing("is-upgrade", "release-name", sort=Sort.SWITCH),
    Flag("generate-name", letter="g", missing=True),
)

_ROLLBACK = (
    *_WAIT,
    Flag("cleanup-on-fail"),
    Flag("dry-run", Sort.OPTIONAL, bare="client"),
    Flag("force-conflicts"),
    Flag("force-replace"),
    Flag("history-max", Sort.INTEGER, default="10", variable="HELM_MAX_HISTORY"),
    Flag("no-hooks"),
    _text("server-side"),
    *_missing("description"),
)

_UNINSTALL = (
    *_WAIT,
    _text("cascade", default="background"),
    _text("description"),
    Flag("dry-run"),
    Flag("ignore-not-found"),
    Flag("keep-history"),
    Flag("no-hooks"),
)

_LIST = (
    *_OUTPUT,
    Flag("all-namespaces", letter="A"),
    Flag("date", letter="d"),
    Flag("deployed"),
    Flag("failed"),
    _text("filter", "f"),
    Flag("max", Sort.INTEGER, "m", default="256"),
    Flag("no-headers"),
    Flag("offset", Sort.INTEGER),
    Flag("pending"),
    Flag("reverse", letter="r"),
    _text("selector", "l"),
    Flag("short", letter="q"),
    Flag("superseded"),
    Flag("uninstalled"),
    Flag("uninstalling"),
    *_missing("time-format"),
)

_REVISION = (Flag("revision", Sort.INTEGER),)

_LINT = (
    *_VALUES,
    _text("kube-version"),
    Flag("quiet"),
    Flag("strict"),
    Flag("with-subcharts"),
)

_PULL = (
    *_FROM_REPOSITORY,
    _text("destination", "d", default="."),
    Flag("untar"),
    _text("untardir", default="."),
    *_missing("prov", sort=Sort.SWITCH),
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: the words after its name as its usage line has them, how many there may be, its flags."""

    usage: str = ""
    least: int = 1
    most: int | None = 1
    flags: tuple[Flag, ...] = ()


_SHOW = Command("[CHART]", flags=_FROM_REPOSITORY)

COMMANDS: Mapping[tuple[str, ...], Command] = MappingProxyType({
    ("version",): Command(least=0, most=0, flags=(Flag("short"), _text("template"))),
    ("install",): Command("[NAME] [CHART]", 2, 2, _INSTALL),
    ("upgrade",): Command("[RELEASE] [CHART]", 2, 2, _UPGRADE),
    ("rollback",): Command("<RELEASE> [REVISION]", 1, 2, _ROLLBACK),
    ("uninstall",): Command("RELEASE_NAME [...]", 1, None, _UNINSTALL),
    ("test",): Command(
        "[RELEASE]", flags=(Flag("timeout", Sort.DURATION), Flag("logs"), Flag("filter", Sort.MANY_BY_COMMA))
    ),
    ("list",): Command(least=0, most=0, flags=_LIST),
    ("status",): Command("RELEASE_NAME", flags=(*_OUTPUT, *_REVISION)),
    ("history",): Command("RELEASE_NAME", flags=(*_OUTPUT, Flag("max", Sort.INTEGER, default="256"))),
    ("get", "values"): Command("RELEASE_NAME", flags=(*_OUTPUT, *_REVISION, Flag("all", letter="a"))),
    ("get", "manifest"): Command("RELEASE_NAME", flags=_REVISION),
    ("get", "notes"): Command("RELEASE_NAME", flags=_REVISION),
    ("get", "hooks"): Command("RELEASE_NAME", flags=_REVISION),
    ("get", "metadata"): Command("RELEASE_NAME", flags=(*_OUTPUT, *_REVISION)),
    ("get", "all"): Command("RELEASE_NAME", flags=(*_REVISION, *_missing("template"))),
    ("show", "values"): Command("[CHART]", flags=(*_FROM_REPOSITORY, *_missing("jsonpath"))),
    ("show", "chart"): _SHOW,
    ("show", "readme"): _SHOW,
    ("show", "crds"): _SHOW,
    ("show", "all"): _SHOW,
    ("template",): Command("[NAME] [CHART]", 1, 2, _TEMPLATE),
    ("lint",): Command("PATH", 0, None, _LINT),
    ("pull",): Command("[chart URL | repo/chartname] [...]", 1, None, _PULL),
})  # fmt: skip

ALIASES: Mapping[str, str] = MappingProxyType({
    "ls": "list", "hist": "history", "del": "uninstall", "delete": "uninstall", "un": "uninstall",
    "fetch": "pull", "inspect": "show",
})  # fmt: skip

ONLY_IN_HELM = frozenset({
    "completion", "create", "dependency", "env", "package", "plugin", "push", "registry", "repo", "search",
    "verify",
})  # fmt: skip
"""Commands that Helm has and the shim has not."""
