"""Request bodies and responses: JSON, YAML and protobuf in, the form that a client accepts out."""

from __future__ import annotations

import asyncio
import functools
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import yaml
from aiohttp import web

from z2jh_wizard.practice import protobuf, status
from z2jh_wizard.practice.objects import Object, json_fault

LARGEST_BODY = 3 * 1024 * 1024
"""Bytes; the real server's limit, which Helm's largest releases meet too."""

SMALLEST_COMPRESSED = 128 * 1024
"""Bytes; smaller answers are not worth the time (k8s.io/apiserver, handlers/responsewriters)."""

BLOCKING_SIZE = 1024 * 1024
"""Bytes; more than this is compressed beside the event loop."""

JSON_TYPE = "application/json"
YAML_TYPE = "application/yaml"
PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf"
BODY_TYPES = (JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE)

encode = msgspec.json.encode


@dataclass(frozen=True)
class Form:
    """The form in which a client wants objects: as they are, as a table, or their metadata alone."""

    name: Literal["object", "Table", "PartialObjectMetadata"] = "object"


def accepted_form(accept: str) -> Form:
    """Return the first form of an Accept header that can be made; ApiError 406 when there is none."""
    if not accept:
        return Form()
    for entry in accept.split(","):
        media_type, *parameters = (part.strip() for part in entry.split(";"))
        if media_type not in (JSON_TYPE, "application/*", "*/*"):
            continue
        options = dict(part.split("=", 1) for part in parameters if "=" in part)
        transform = options.get("as", "")
        if not transform:
            return Form()
        if options.get("g") != "meta.k8s.io" or options.get("v") != "v1":
            continue
        if transform == "Table":
            return Form("Table")
        if transform in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return Form("PartialObjectMetadata")
    raise status.not_acceptable([JSON_TYPE])


def partial(obj: Object) -> Object:
    """Return an object's metadata alone, as clients that only count or label things ask for."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


async def read_raw(request: web.Request) -> bytes:
    """Return a request's body; ApiError 413 when it is too large."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise status.too_large(LARGEST_BODY) from None


def decode_object(raw: bytes, content_type: str) -> Object:
    """Read an object from a body; ApiError 400 for broken text, 415 for a type that is not read."""
    media_type = content_type.partition(";")[0].strip()
    if media_type == PROTOBUF_TYPE or raw.startswith(b"k8s\0"):
        decoded: Any = protobuf.decode(raw)
    elif media_type == YAML_TYPE:
        decoded = parse_yaml(raw)
    elif media_type in ("", JSON_TYPE, "application/octet-stream"):
        decoded = parse_json(raw)
    else:
        raise status.unsupported_media_type(BODY_TYPES)
    if not isinstance(decoded, dict):
        raise status.bad_request("the body of the request is not an object")
    if fault := json_fault(decoded):
        raise status.bad_request(fault)
    return decoded


def parse_json(raw: bytes) -> Any:
    """Read JSON; ApiError 400 when it is broken."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise status.bad_request(f"couldn't get version/kind; json parse error: {error}") from None


def parse_yaml(raw: bytes) -> Any:
    """Read one YAML document; ApiError 400 when it is broken or refers to itself."""
    try:
        # A body that JSON reads is much faster to read as JSON, and Helm and kubectl send such bodies.
        return json.loads(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.load(raw, _PlainLoader)  # noqa: S506  # a subclass of SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise status.bad_request(f"error converting YAML to JSON: {str(error)[:500]}") from None


class _PlainLoader(yaml.SafeLoader):
    """YAML as JSON: no anchors that make small text huge, and times stay text."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def json_response(body: Any, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """Answer with a small object."""
    response = web.Response(body=encode(body), status=code, content_type=JSON_TYPE)
    add_warnings(response.headers, warnings)
    return response


def add_warnings(headers: Any, warnings: Iterable[str]) -> None:
    """Add Warning headers (RFC 7234), which Helm and kubectl print."""
    for text in dict.fromkeys(warnings):
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
        headers.add("Warning", f'299 - "{quoted}"')


async def bytes_response(request: web.Request, data: bytes, code: int = 200) -> web.Response:
    """Answer with JSON that is encoded already, compressed when it is large and the client asks for that."""
    response = web.Response(status=code, content_type=JSON_TYPE)
    if len(data) >= SMALLEST_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
        compressing = functools.partial(_gzip, data)
        data = await asyncio.to_thread(compressing) if len(data) > BLOCKING_SIZE else compressing()
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    response.body = data
    return response


def _gzip(data: bytes) -> bytes:
    compressor = zlib.compressobj(1, wbits=31)
    return compressor.compress(data) + compressor.flush()


def list_bytes(kind: str, api_version: str, metadata: Mapping[str, Any], items: Iterable[bytes]) -> bytes:
    """Join encoded objects into an encoded list."""
    head = encode({"kind": kind, "apiVersion": api_version, "metadata": metadata})
    return b"".join((head[:-1], b',"items":[', b",".join(items), b"]}"))
