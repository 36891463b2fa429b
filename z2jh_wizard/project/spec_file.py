"""Reading and writing ``z2jh.yaml``."""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
import yaml

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import SCHEMA_VERSION, Spec

_COMMENT = """\
# What this hub is meant to be. Read and changed by z2jh-wizard; no secrets belong here.
# The hub's own settings are in config.yaml.
"""

_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<field>[^`]*)`(?: - at `\$(?P<where>[^`]*)`)?")


def load(text: str) -> Spec:
    """Read a spec; InvalidInput with the line or the field, Refused for one of a newer wizard."""
    tree = parse_mapping(text, "z2jh.yaml")
    version = tree.get("schema_version")
    if isinstance(version, int) and not isinstance(version, bool) and version > SCHEMA_VERSION:
        raise Refused(
            "This project was made by a newer wizard",
            f"Its z2jh.yaml has schema {version}; this wizard knows {SCHEMA_VERSION}.",
            still_works="Nothing was changed.",
            next_step="Update the wizard: pip install --upgrade z2jh-wizard",
        )
    try:
        spec = msgspec.convert(tree, Spec)
    except msgspec.ValidationError as error:
        raise InvalidInput("z2jh.yaml cannot be used", _explain(str(error))) from error
    problems = spec.problems()
    if problems:
        raise InvalidInput("z2jh.yaml cannot be used", " ".join(problems))
    return spec


def dump(spec: Spec, before: str = "") -> bytes:
    """Write a spec, its own defaults left out; comments and order of the text ``before`` are kept."""
    from ruamel.yaml import YAML

    wanted = {key: value for key, value in msgspec.to_builtins(spec).items() if value != {}}
    wanted.update(release=spec.release, namespace=spec.namespace)
    handler = YAML()
    handler.preserve_quotes = True
    handler.width = 4096
    tree = handler.load(before) if before else handler.map()
    _carry(tree, wanted)
    stream = io.StringIO()
    handler.dump(tree, stream)
    text = stream.getvalue() if before else _COMMENT + stream.getvalue()
    # What is read must be what was meant; what ruamel and PyYAML understand differently is written anew.
    if before and _reads_otherwise(text, wanted):
        return dump(spec)
    return text.encode()


def _carry(tree: Any, wanted: dict[str, Any]) -> None:
    """Bring a tree to what is wanted, touching only what differs."""
    for key in [key for key in tree if key not in wanted]:
        del tree[key]
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(tree.get(key), dict):
            _carry(tree[key], value)
        elif key not in tree or not _same(tree[key], value):
            tree[_quoted(key)] = _quoted(value)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _quoted(value: Any) -> Any:
    """Put quotes around the texts that YAML 1.1, by which we read, takes for something else: ``on``."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and _means_otherwise(value):
        return DoubleQuotedScalarString(value)
    return value


def _means_otherwise(text: str) -> bool:
    try:
        return bool(yaml.safe_load(text) != text)
    except (yaml.YAMLError, ValueError):
        return True


def _reads_otherwise(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return parse_mapping(text, "z2jh.yaml") != wanted
    except InvalidInput:
        return True


def parse_mapping(text: str, what: str) -> dict[str, Any]:
    """Parse YAML that must be one mapping; InvalidInput with the line, also for aliases that explode."""
    refuse_bombs(text, what)
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(
            f"{what} is not valid YAML",
            f"Line {line}: {error.problem or error.context}.",
            next_step="Mend that line.",
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{what} is not valid YAML", "It cannot be read as YAML.") from error
    if len(documents) > 1:
        raise InvalidInput(
            f"{what} holds several documents", "Only one is expected; a line with --- divides them."
        )
    tree = documents[0] if documents else None
    if tree is None:
        return {}
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise InvalidInput(
            f"{what} has the wrong shape", "It must be a list of names and values (a mapping)."
        )
    return tree


def refuse_bombs(text: str, what: str) -> None:
    """Refuse text whose aliases or nesting are made to exhaust a reader (at most 100 aliases, 100 levels)."""
    aliases = len(re.findall(r"(?:^|[\s\[{,:-])\*[A-Za-z0-9_-]+", text))
    deepest = depth = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    if aliases > 100 or deepest > 100:
        raise InvalidInput(
            f"{what} was not read", "It has more aliases or nesting than a settings file needs."
        )


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader that refuses a key given twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (str, int)) and key in seen:
            raise yaml.MarkedYAMLError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        if isinstance(key, (str, int)):
            seen.add(key)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _explain(message: str) -> str:
    match = _UNKNOWN_FIELD.search(message)
    if not match:
        return f"{message.replace('`$.', '`')}."
    known = {field for struct in _structs(Spec) for field in struct.__struct_fields__}
    where = (match["where"] or "").lstrip(".")
    place = f" under {where}" if where else ""
    return f"Unknown key {match['field']!r}{place}{did_you_mean(match['field'], known)}."


def _structs(struct: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    from z2jh_wizard.core.spec import Chart, ClusterSpec, Pool, Workshop

    return [struct, Chart, ClusterSpec, Pool, Workshop]
