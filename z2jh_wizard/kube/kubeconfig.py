"""Kubeconfig files: which contexts there are, and how to reach and enter the cluster of one.

Read as kubectl reads them: several files in ``$KUBECONFIG``, the first one that names a thing wins, relative
paths count from their own file. The official client's loader is asked only for ``auth-provider`` users: its
import takes as long as a first frame, and its plugin runner can neither fail aloud nor end.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import yaml

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.kube.credentials import (
    Credential,
    Fixed,
    OfficialClient,
    SignIn,
    TokenFile,
    basic,
    bearer,
)
from z2jh_wizard.kube.exec_plugin import ExecPlugin, Plugin
from z2jh_wizard.kube.proxy import proxy_for
from z2jh_wizard.kube.tls import Trust

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes; a kubeconfig with hundreds of clusters stays below one megabyte."""

_PATHS_OF_CLUSTER = ("certificate-authority",)
_PATHS_OF_USER = ("client-certificate", "client-key", "tokenFile")
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, slots=True)
class Context:
    """One line of ``kubectl config get-contexts``, with the server's address."""

    name: str
    cluster: str
    server: str
    user: str
    namespace: str
    current: bool


@dataclass(frozen=True, slots=True)
class Access:
    """All that a request needs to reach one cluster and be let in."""

    server: str
    context: str = ""
    namespace: str = "default"
    credential: Credential = field(default_factory=Fixed, repr=False)
    trust: Trust = field(default_factory=Trust)
    proxy: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Name the cluster for an error message."""
        host = urlsplit(self.server).netloc.rpartition("@")[2]
        return f"the cluster {self.context} ({host})" if self.context else f"the cluster at {host}"


def contexts(path: Path | None = None) -> list[Context]:
    """Return the contexts of a kubeconfig, or of the usual ones; InvalidInput when it cannot be read."""
    document = _read(path)
    current = document.get("current-context")
    found = []
    for name, context in _named(document, "contexts").items():
        cluster = str(context.get("cluster", ""))
        server = str(_named(document, "clusters").get(cluster, {}).get("server", ""))
        namespace = str(context.get("namespace") or "default")
        user = str(context.get("user", ""))
        found.append(Context(plain(name), cluster, plain(server), user, namespace, name == current))
    return found


def load(path: Path | None = None, context: str | None = None) -> Access:
    """Return how to reach and enter the cluster of a context, the current one unless named.

    Without a path ``$KUBECONFIG`` or ``~/.kube/config`` is read. Nothing is run and no socket opened yet.
    InvalidInput for a missing or broken file or an unknown context.
    """
    document = _read(path)
    name, chosen = _choose(document, context)
    cluster = _named(document, "clusters").get(str(chosen.get("cluster", "")))
    if cluster is None or not cluster.get("server"):
        _broken(f"context {plain(name)} names a cluster without a server")
    server = _server(str(cluster["server"]))
    user = _named(document, "users").get(str(chosen.get("user", "")), {})
    trust = Trust(
        authority=_text(cluster, "certificate-authority"),
        anybody=bool(cluster.get("insecure-skip-tls-verify")),
        server_name=str(cluster.get("tls-server-name", "")),
    )
    return Access(
        server=server,
        context=plain(name),
        namespace=str(chosen.get("namespace") or "default"),
        credential=_credential(user, cluster),
        trust=trust,
        proxy=proxy_for(server, str(cluster.get("proxy-url", ""))),
        headers=_impersonation(user),
    )


def _server(text: str) -> str:
    """Check the address of a cluster and return it; the last slash would be one too many."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and text.isascii() and text.isprintable() and " " not in text
    except ValueError:
        good = False
    return text.rstrip("/") if good else _broken(f"{plain(text)} is not the address of a cluster")


def _choose(document: Mapping[str, Any], wanted: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return a context by name, the current one when none is wanted."""
    known = _named(document, "contexts")
    name = wanted or document.get("current-context")
    if not name:
        raise InvalidInput(
            "The kubeconfig has no current context",
            f"It knows: {', '.join(map(plain, known)) or 'none'}.",
            next_step="Name the context to use.",
        )
    if name not in known:
        raise InvalidInput(
            f"There is no context {plain(str(name))}{did_you_mean(str(name), known)}",
            f"The kubeconfig knows: {', '.join(map(plain, known)) or 'none'}.",
            next_step="Use one of these, or fetch the cluster's kubeconfig first.",
        )
    return str(name), known[str(name)]


def _credential(user: Mapping[str, Any], cluster: Mapping[str, Any]) -> Credential:
    """Choose the way to sign in, in the official client's order: provider, token, plugin, password."""
    if user.get("auth-provider"):
        return OfficialClient(user)
    certificate = "\n".join(filter(None, (_text(user, "client-certificate"), _text(user, "client-key"))))
    if user.get("token"):
        return Fixed(SignIn(bearer(str(user["token"])), certificate))
    if user.get("tokenFile"):
        return TokenFile(Path(str(user["tokenFile"])))
    if user.get("exec"):
        return ExecPlugin(_plugin(user["exec"], cluster))
    if user.get("username"):
        return Fixed(SignIn(basic(str(user["username"]), str(user.get("password", ""))), certificate))
    return Fixed(SignIn(certificate=certificate))


def _impersonation(user: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a user who acts as somebody else; more than one group cannot be said so."""
    groups = _list(user, "as-groups")
    if user.get("as-user-extra") or user.get("as-uid") or len(groups) > 1:
        _broken("as-uid, as-user-extra and several as-groups are not supported")
    headers = {"Impersonate-User": str(user["as"])} if user.get("as") else {}
    return headers | ({"Impersonate-Group": str(groups[0])} if groups else {})


def _plugin(settings: object, cluster: Mapping[str, Any]) -> Plugin:
    """Read the ``exec`` of a user; InvalidInput when it lacks its program or version."""
    if not isinstance(settings, dict) or not settings.get("command") or not settings.get("apiVersion"):
        _broken("its exec plugin lacks command or apiVersion")
    if settings.get("interactiveMode") == "Always":
        raise CouldNotLook(
            "Could not sign in to the cluster",
            f"The program {plain(str(settings['command']))} insists on asking questions in a terminal.",
            next_step="Use a kubeconfig whose plugin can sign in without questions.",
        )
    return Plugin(
        argv=(str(settings["command"]), *map(str, _list(settings, "args"))),
        version=str(settings["apiVersion"]),
        environment={
            str(item["name"]): str(item.get("value", ""))
            for item in _list(settings, "env")
            if isinstance(item, dict) and item.get("name")
        },
        hint=str(settings.get("installHint", "")),
        cluster=_cluster_info(cluster) if settings.get("provideClusterInfo") else None,
    )


def _cluster_info(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plugin may know of the cluster, its own extension as ``config``."""
    info = {key: value for key, value in cluster.items() if key not in ("extensions", *_PATHS_OF_CLUSTER)}
    authority = _text(cluster, "certificate-authority")
    if authority:
        info["certificate-authority-data"] = base64.b64encode(authority.encode()).decode()
    for extension in _list(cluster, "extensions"):
        if isinstance(extension, dict) and extension.get("name") == _EXEC_EXTENSION:
            info["config"] = extension.get("extension")
    return info


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key) or []
    return value if isinstance(value, list) else _broken(f"its {key} is not a list")


def _text(holder: Mapping[str, Any], key: str) -> str:
    """Return PEM text that stands in ``KEY-data`` in base64, or in the file that ``KEY`` names."""
    try:
        if holder.get(f"{key}-data"):
            packed = "".join(str(holder[f"{key}-data"]).split())
            return base64.b64decode(packed, validate=True).decode("ascii")
        return Path(str(holder[key])).read_text("ascii") if holder.get(key) else ""
    except OSError as error:
        _broken(f"its {key} {plain(str(holder[key]))} cannot be read: {error.strerror}")
    except ValueError:
        _broken(f"its {key} is not PEM text")


def _read(path: Path | None) -> dict[str, Any]:
    """Read one kubeconfig, or merge the usual ones: the first file that names a thing wins."""
    files = [path] if path else list(_usual_files())
    documents = [_read_file(file) for file in files if path or file.exists()]
    if not documents:
        raise InvalidInput(
            "There is no kubeconfig",
            f"Looked for {', '.join(map(str, files))}.",
            next_step="Fetch the cluster's kubeconfig, or name the file.",
        )
    merged: dict[str, Any] = {}
    for document in documents:
        if document.get("current-context"):
            merged.setdefault("current-context", str(document["current-context"]))
        for part in ("clusters", "contexts", "users"):
            merged.setdefault(part, []).extend(document[part])
    return merged


def _usual_files() -> Iterator[Path]:
    named = [entry for entry in os.environ.get("KUBECONFIG", "").split(os.pathsep) if entry]
    yield from map(_at_home, named or ["~/.kube/config"])


def _at_home(entry: str) -> Path:
    try:
        return Path(entry).expanduser()
    except RuntimeError:
        return Path(entry)  # Nobody knows that home, so there is no such file either.


def _read_file(path: Path) -> dict[str, Any]:
    """Return one file as a mapping with absolute paths; InvalidInput says why it cannot be used."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise InvalidInput("There is no kubeconfig", f"{path} does not exist.") from error
    except OSError as error:
        raise InvalidInput("The kubeconfig cannot be read", f"{path}: {error.strerror}.") from error
    if len(data) > LARGEST_FILE:
        _broken("it is far too large", path)
    try:
        document = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        _broken(f"it is not YAML (line {mark.line + 1})" if mark else "it is not YAML", path)
    if not isinstance(document, dict):
        _broken("it is empty or not a mapping", path)
    for part in ("clusters", "contexts", "users"):
        document[part] = _entries(document.get(part), part, path)
    return document


def _entries(entries: object, part: str, path: Path) -> list[dict[str, Any]]:
    """Return the named entries of one part, their relative paths made absolute."""
    kept: list[dict[str, Any]] = []
    inner = part[:-1]
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not entry.get("name"):
            _broken(f"an entry of {part} has no name", path)
        holder = entry.get(inner) or {}
        if not isinstance(holder, dict):
            _broken(f"the {inner} of {plain(str(entry['name']))} is not a mapping", path)
        kept.append({"name": str(entry["name"]), inner: _absolute(holder, path.absolute().parent)})
    return kept


def _absolute(holder: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a copy whose files count from the kubeconfig's folder, as kubectl does it."""
    copy = dict(holder)
    for key in (*_PATHS_OF_CLUSTER, *_PATHS_OF_USER):
        if isinstance(copy.get(key), str) and copy[key]:
            copy[key] = str(folder / copy[key])
    plugin = copy.get("exec")
    if isinstance(plugin, dict) and "/" in str(plugin.get("command", "")):
        copy["exec"] = plugin | {"command": str(folder / str(plugin["command"]))}
    return copy


def _named(document: Mapping[str, Any], part: str) -> dict[str, dict[str, Any]]:
    """Return the entries of a part by name, the first of a name winning."""
    found: dict[str, dict[str, Any]] = {}
    for entry in document.get(part) or ():
        found.setdefault(entry["name"], entry[part[:-1]])
    return found


def _broken(why: str, path: Path | None = None) -> NoReturn:
    raise InvalidInput(
        "The kubeconfig cannot be used",
        f"{path}: {why}." if path else f"In it, {why}.",
        still_works="Nothing was changed.",
        next_step="Fetch the kubeconfig anew, or correct the file.",
    ) from None
