"""Make the tables in assets/kubernetes/ of Kubernetes' own published sources.

    .venv/bin/python tools/make_kubernetes_tables.py

Needs Go and a Go module proxy; the tests and the program need neither. Two sources, both pinned below:

- the OpenAPI documents in the module k8s.io/kubernetes: fields, types, defaults, list types and merge keys;
- the Go types in k8s.io/api, through reflection (kubernetes_wire_facts.go): protobuf field numbers, what JSON
  leaves out when it is empty, and, from the source text, the values of enumerations.

The tests get objects of every kind as Kubernetes' own encoders write them (kubernetes_protobuf_samples.go).

The result depends on the pinned versions (and on zlib's compression) only: twice run, the same bytes.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KUBERNETES = "v1.36.3"
STAGING = KUBERNETES.replace("v1.", "v0.", 1)
HERE = Path(__file__).resolve().parent
TABLES = HERE.parent / "assets" / "kubernetes"
SAMPLES = HERE.parent / "tests" / "practice" / "samples" / "protobuf.json.gz"
NOTICE = f"""The tables in this folder are made of facts from Kubernetes {KUBERNETES}.

Sources: the modules k8s.io/kubernetes {KUBERNETES} (api/openapi-spec/v3), k8s.io/api {STAGING},
k8s.io/apimachinery {STAGING} and k8s.io/client-go {STAGING}.
Copyright The Kubernetes Authors. Licensed under the Apache License, Version 2.0 (see LICENSE here).

Changes: reduced to field names, types, defaults, merge rules, enumerations and protobuf field numbers, and
written as compressed JSON by tools/make_kubernetes_tables.py.
"""

Json = dict[str, Any]

_PLAIN = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
}
_NO_OBJECTS = re.compile(r"Options$|^WatchEvent$|^API[A-Z]|^Status$")


def main() -> None:
    """Write the tables, the licence and the notice."""
    kubernetes, api = module("k8s.io/kubernetes", KUBERNETES), module("k8s.io/api", STAGING)
    wire = run_go("kubernetes_wire_facts.go")
    TABLES.mkdir(parents=True, exist_ok=True)
    write_table(TABLES / "wire.json.gz", wire_table(wire))
    write_table(TABLES / "schemas.json.gz", schema_table(kubernetes, Facts.of(wire, enumerations(api))))
    shutil.copyfile(kubernetes / "LICENSE", TABLES / "LICENSE")
    (TABLES / "NOTICE").write_text(NOTICE, encoding="utf-8")
    write_table(SAMPLES, run_go("kubernetes_protobuf_samples.go"))


def module(name: str, version: str) -> Path:
    """Return the folder of a Go module, downloaded and verified by Go."""
    told = run(["go", "mod", "download", "-json", f"{name}@{version}"], HERE)
    return Path(json.loads(told)["Dir"])


def run_go(program: str) -> Any:
    """Run one of the Go programs beside this file, in a module of its own, and return the JSON it prints."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(HERE / program, folder)
        run(["go", "mod", "init", "facts"], Path(folder))
        pinned = [f"k8s.io/{name}@{STAGING}" for name in ("api", "apimachinery", "client-go")]
        run(["go", "get", *pinned], Path(folder))
        run(["go", "mod", "tidy"], Path(folder))
        return json.loads(run(["go", "run", "."], Path(folder)))


def run(argv: list[str], folder: Path) -> str:
    """Run a command and return what it prints; what it says on stderr is shown as it comes."""
    return subprocess.run(argv, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def write_table(path: Path, table: Any) -> None:
    """Write compressed JSON that depends on nothing but the table."""
    text = json.dumps(table, sort_keys=True, separators=(",", ":"))
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    path.write_bytes(packed)
    print(f"{path.name}: {len(packed)} bytes, {len(text)} unpacked")


def go_type(name: str) -> str:
    """Shorten k8s.io/api/core/v1.Container to core.v1.Container."""
    package, _, last = name.rpartition(".")
    return ".".join([*package.split("/")[-2:], last])


def openapi_type(name: str) -> str:
    """Shorten io.k8s.api.core.v1.Container to core.v1.Container."""
    return ".".join(name.split(".")[-3:])


def wire_table(facts: Json) -> Json:
    """Return messages as {type: {number: [JSON name, type, marks]}}.

    Marks: ``l`` list, ``m`` map, ``i`` inline, ``z`` a zero value is shown. A list without a name is
    all that its message has: the message is the list.
    """
    messages: Json = {}
    for name, fields in facts["messages"].items():
        messages[go_type(name)] = {
            str(field["number"]): [
                field["name"],
                go_type(field["type"]) if "/" in field["type"] else field["type"],
                _marks(field),
            ]
            for field in fields
        }
    kinds = {kind: go_type(name) for kind, name in facts["kinds"].items()}
    return {"kubernetes": KUBERNETES, "kinds": kinds, "messages": messages}


def _marks(field: Json) -> str:
    card = {"list": "l", "map": "m"}.get(field.get("card", ""), "")
    shows_zero = field.get("pointer") or not field.get("omit")
    return card + ("i" if field.get("inline") else "") + ("z" if shows_zero and not card else "")


def enumerations(api: Path) -> dict[str, list[str]]:
    """Return {package path.Type: values} for every Go string type that is marked ``+enum``."""
    found: dict[str, list[str]] = {}
    for source in sorted(api.glob("*/*/types.go")):
        text = source.read_text(encoding="utf-8")
        package = f"k8s.io/api/{source.parent.relative_to(api)}"
        for match in re.finditer(r"^//\s*\+enum\b.*\n(?://.*\n)*type (\w+) string$", text, re.MULTILINE):
            constant = rf'^\s+\w+\s+{match[1]}\s*=\s*"([^"]*)"'
            values = set(re.findall(constant, text, re.MULTILINE)) - {""}
            if values:
                found[f"{package}.{match[1]}"] = sorted(values)
    return found


@dataclass(frozen=True)
class Facts:
    """What Go knows and OpenAPI does not, by type and JSON field."""

    enums: Mapping[tuple[str, str], list[str]]
    omitted: frozenset[tuple[str, str]]
    """The fields that are left out of JSON when they are empty: plain values, lists and maps."""

    @staticmethod
    def of(wire: Json, values: Mapping[str, list[str]]) -> Facts:
        """Read the facts of every type, the fields of inline structs included."""
        enums, omitted = {}, set()
        for name in wire["messages"]:
            for field in _flat(wire["messages"], name):
                key = go_type(name), field["name"]
                if field.get("go") in values:
                    enums[key] = values[field["go"]]
                is_plain = field.get("card") or "/" not in field["type"]
                if field.get("omit") and not field.get("pointer") and is_plain:
                    omitted.add(key)
        return Facts(enums, frozenset(omitted))


def _flat(messages: Mapping[str, list[Json]], name: str) -> Iterator[Json]:
    for field in messages[name]:
        if field.get("inline"):
            yield from _flat(messages, field["type"])
        else:
            yield field


def schema_table(kubernetes: Path, facts: Facts) -> Json:
    """Return {"kinds": {group/version/kind: type}, "types": {type: schema}} of the stable API versions."""
    documents = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((kubernetes / "api/openapi-spec/v3").glob("*__v[0-9]_openapi.json"))
    ]
    schemas: Json = {}
    for document in documents:
        schemas |= document["components"]["schemas"]
    kinds: dict[str, str] = {}
    for name, schema in schemas.items():
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            if not re.search("alpha|beta", gvk["version"]) and not _NO_OBJECTS.search(gvk["kind"]):
                kinds[f"{gvk['group']}/{gvk['version']}/{gvk['kind']}"] = name
    names = {name: openapi_type(name) for name in reached(schemas, kinds.values())}
    types = {short: _type(schemas[name], short, facts) for name, short in names.items()}
    return {
        "kubernetes": KUBERNETES,
        "kinds": {kind: openapi_type(name) for kind, name in kinds.items() if not kind.endswith("List")},
        "types": types,
    }


def reached(schemas: Json, roots: Iterable[str]) -> set[str]:
    """Return the names of all schemas that the roots refer to, themselves included; no lists of kinds."""
    found: set[str] = set()
    waiting = [name for name in roots if not name.endswith("List")]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in _PLAIN:
            found.add(name)
            waiting += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schemas[name]))
    return found


def _type(schema: Json, name: str, facts: Facts) -> Json:
    """Return a named schema: an object with its fields, or a plain value."""
    if "properties" not in schema:
        return _value(schema)
    fields: Json = {}
    for field, shown in schema["properties"].items():
        use = _value(shown)
        if enum := facts.enums.get((name, field)):
            (use["items"] if use.get("type") == "list" else use)["enum"] = enum
        if (name, field) in facts.omitted:
            use["omit"] = True
        fields[field] = use
    found: Json = {"type": "object", "fields": fields}
    if schema.get("x-kubernetes-map-type"):
        found["map"] = schema["x-kubernetes-map-type"]
    if schema.get("required"):
        found["required"] = sorted(schema["required"])
    if defaulted := [field for field, use in fields.items() if "default" in use]:
        found["defaulted"] = sorted(defaulted)
    return found


def _value(shown: Json) -> Json:
    """Return one use of a value: its type or the name of its type, and how it is defaulted and merged."""
    reference = shown.get("$ref") or next((part["$ref"] for part in shown.get("allOf", ())), "")
    name = reference.rpartition("/")[2]
    use: Json
    if name in _PLAIN:
        use = {"type": _PLAIN[name]}
    elif name:
        use = {"ref": openapi_type(name)}
    else:
        use = _plain(shown)
    if "default" in shown and use.get("type") != "time":
        use["default"] = shown["default"]
    strategy = str(shown.get("x-kubernetes-patch-strategy", "")).replace("retainKeys", "").strip(",")
    merge = {
        "strategy": strategy,
        "merge": shown.get("x-kubernetes-patch-merge-key"),
        "map": shown.get("x-kubernetes-map-type"),
    }
    return use | {key: value for key, value in merge.items() if value}


def _plain(shown: Json) -> Json:
    kind, form = shown.get("type"), shown.get("format")
    if kind == "array":
        return {"type": "list", "items": _item(shown["items"])} | _list_rules(shown)
    if kind == "object":
        values = shown.get("additionalProperties")
        return {"type": "map", "items": _item(values)} if isinstance(values, dict) else {"type": "any"}
    if kind == "string" and form in ("byte", "date-time"):
        return {"type": "bytes" if form == "byte" else "time"}
    if kind in ("integer", "number"):
        return {"type": kind, "format": form}
    return {"type": kind or "any"}


def _item(shown: Json) -> Json:
    """Return the schema of a list item or map value, whose own default says nothing."""
    return {key: value for key, value in _value(shown).items() if key != "default"}


def _list_rules(shown: Json) -> Json:
    """Return how server-side apply merges a list; without a list type, the patch strategy decides."""
    kind, keys = shown.get("x-kubernetes-list-type"), shown.get("x-kubernetes-list-map-keys")
    if kind is None and "merge" in shown.get("x-kubernetes-patch-strategy", "").split(","):
        key = shown.get("x-kubernetes-patch-merge-key")
        kind, keys = ("map", [key]) if key else ("set", None)
    rules = {"list": kind if kind in ("map", "set") else None, "keys": keys if kind == "map" else None}
    return {name: value for name, value in rules.items() if value}


if __name__ == "__main__":
    main()
