"""The paths that a values schema names."""

from typing import Any


def schema_paths(schema: dict[str, Any]) -> list[str]:
    """Return every dotted path that a schema names, through its definitions and conditions too."""
    found: list[str] = []
    _collect(schema, schema, "", found)
    return found


def _collect(node: dict[str, Any], whole: dict[str, Any], above: str, found: list[str]) -> None:
    if "$ref" in node:
        node = {**whole["definitions"][node["$ref"].rsplit("/", 1)[1]], **node}
    for part in (node, node.get("then", {})):
        for key, below in part.get("properties", {}).items():
            path = f"{above}.{key}" if above else key
            if path not in found:
                found.append(path)
            _collect(below, whole, path, found)
