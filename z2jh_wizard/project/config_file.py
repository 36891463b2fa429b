"""``config.yaml``: written once from a template, then changed only while it is still as we wrote it.

A hand-edited file is the user's: it is read, used and never rewritten here.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.facts import GUIDE
from z2jh_wizard.project.folder import Project
from z2jh_wizard.project.spec_file import parse_mapping
from z2jh_wizard.system.files import back_up, make_private_folder, read_text, write_atomic

_HEAD = """\
# Settings of the hub {release}. This file is yours: edit it, keep it, share it.
# It works without the wizard too:
#   helm upgrade --install {release} CHART --namespace {namespace} --values config.yaml --values secrets.yaml
"""

_RESOURCES = """\
singleuser:
  # What each student is promised, and the most they can use.
  memory:
    guarantee: 512M
    limit: 1G
  cpu:
    guarantee: 0.1
    limit: 1
  storage:
{storage}    # Each student keeps a disk of this size between sessions.
    capacity: 1Gi
"""

_Z2JH = """\
# Every setting: {guide}resources/reference.html

hub:
  config:
    JupyterHub:
      # One password for the whole class; it is in secrets.yaml.
      authenticator_class: shared-password
    Authenticator:
      # Everybody who knows the password may sign in, under any user name.
      allow_all: true

{resources}
cull:
  # Stop servers that nobody used for an hour (in seconds).
  enabled: true
  timeout: 3600
"""

_HELMFORGE = """\
auth:
  # One password for the whole class; it is in secrets.yaml.
  type: dummy

# The chart offers no public address unless asked.
service:
  type: LoadBalancer

{resources}"""

_TEMPLATES = {
    "z2jh": _HEAD + _Z2JH.replace("{resources}", _RESOURCES.replace("{storage}", "")),
    "helmforge": _HEAD
    + _HELMFORGE.replace(
        "{resources}",
        _RESOURCES.replace("{storage}", "    # Off in this chart unless said.\n    enabled: true\n"),
    ),
}

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def write_first(project: Project) -> None:
    """Write config.yaml from the template of its chart family unless there is one already."""
    if not project.config.exists():
        _write(project, first(project).encode())


def first(project: Project) -> str:
    """Return the text of a first config.yaml for this project."""
    spec = project.spec
    return _TEMPLATES[spec.chart.family].format(release=spec.release, namespace=spec.namespace, guide=GUIDE)


def script(project: Project) -> str:
    """Return a shell command that writes that text unless there is a file."""
    return f"[ -e config.yaml ] || cat > config.yaml <<'END'\n{first(project)}END"


def values(project: Project) -> dict[str, Any]:
    """Return the values of config.yaml; InvalidInput when it is broken or missing."""
    return parse_mapping(read_text(project.config, project.config.name), project.config.name)


def is_ours(project: Project) -> bool:
    """Tell whether config.yaml is byte for byte as the wizard wrote it last."""
    try:
        return _mark(project).read_text() == _digest(project.config.read_bytes())
    except FileNotFoundError:
        return False


def get_value(tree: Mapping[str, Any], dotted: str) -> object:
    """Return the value at a dotted path; InvalidInput when nothing is set there."""
    node: object = tree
    for key in split_path(dotted):
        if not isinstance(node, Mapping) or key not in node:
            raise InvalidInput(f"{dotted} is not set", "The chart's default is in force.")
        node = node[key]
    return node


def set_value(project: Project, dotted: str, typed: str) -> object:
    """Set one scalar, typed as YAML means it, with a backup; return it.

    Refused when the file was edited by hand: the comments and order in it are not ours to touch.
    """
    from ruamel.yaml import YAML

    value = scalar(typed)
    keys = split_path(dotted)
    if not is_ours(project):
        raise Refused(
            "config.yaml was edited by hand",
            "The wizard changes this file only while it is as the wizard wrote it.",
            still_works="Your file is used as it is by plan, apply and upgrade.",
            next_step=f"Change {dotted} in {project.config} with an editor, then run: z2jh-wizard apply",
        )
    handler = YAML()
    handler.preserve_quotes = True
    tree = handler.load(project.config.read_text("utf-8"))
    node = tree
    for depth, key in enumerate(keys[:-1]):
        if key not in node or node[key] is None:
            node[key] = {}
        node = node[key]
        if not isinstance(node, dict):
            path = ".".join(keys[: depth + 1])
            raise InvalidInput(f"{dotted} cannot be set", f"{path} holds a value, not a group of settings.")
    if isinstance(node.get(keys[-1]), (dict, list)):
        raise InvalidInput(
            f"{dotted} cannot be set", "It is a group of settings; set one of those inside it."
        )
    node[keys[-1]] = value
    stream = io.StringIO()
    handler.dump(tree, stream)
    back_up(project.config, project.backups)
    _write(project, stream.getvalue().encode())
    return value


def scalar(typed: str) -> object:
    """Return what a typed word means in YAML; InvalidInput for lists, maps and broken quotes."""
    try:
        value = yaml.safe_load(typed)
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInput(
            "This value cannot be read", "Check its quotes; a text with a colon needs them."
        ) from error
    if isinstance(value, (dict, list)):
        raise InvalidInput(
            "Only single values can be set here", "Lists and groups are edited in config.yaml."
        )
    return value if isinstance(value, (str, int, float, bool, type(None))) else typed


def split_path(dotted: str) -> list[str]:
    """Split ``singleuser.memory.limit``; a dot inside a key is written as ``\\.``."""
    keys = [key.replace("\\.", ".") for key in re.split(r"(?<!\\)\.", dotted)]
    if not all(_KEY.fullmatch(key) for key in keys):
        raise InvalidInput(
            "This is not a setting's path", f"{dotted!r}: write it like singleuser.memory.limit"
        )
    return keys


def merge(*trees: Mapping[str, Any]) -> dict[str, Any]:
    """Merge values files as Helm does: maps are merged, all else is replaced by the later file."""
    result: dict[str, Any] = {}
    for tree in trees:
        for key, value in tree.items():
            before = result.get(key)
            both = isinstance(before, Mapping) and isinstance(value, Mapping)
            result[key] = merge(before, value) if both else value  # type: ignore[arg-type]
    return result


def same_values(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Compare two value trees as Helm stores them (JSON: no difference between 1 and 1.0, nor of order)."""
    # Compared as JSON text, since to Python True is equal to 1.
    return _encode(one) == _encode(other)


def _encode(tree: object) -> bytes:
    return msgspec.json.encode(_normal(tree), order="deterministic")


def _normal(tree: object) -> object:
    if isinstance(tree, Mapping):
        return {str(key): _normal(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_normal(value) for value in tree]
    if isinstance(tree, bool) or tree is None or isinstance(tree, str):
        return tree
    if isinstance(tree, (int, float)):
        return float(tree)
    return str(tree)


def _mark(project: Project) -> Path:
    return project.state / "config.sha256"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(project: Project, data: bytes) -> None:
    """Write the mark first: a kill in between makes the file count as the user's, never the reverse."""
    make_private_folder(project.state)
    write_atomic(_mark(project), _digest(data).encode())
    write_atomic(project.config, data)
