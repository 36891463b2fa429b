"""Amazon's four ways to write requests and replies, by the service models that its own client has.

Nothing here knows a service: a request becomes the name of an operation with its parameters, checked against
the model of its input, and an answer is checked against the model of its output before it is sent.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from tests.emulators.serving import Reply, Request

Tree = dict[str, Any]

_LOADER = Loader()


class AwsError(Exception):
    """An error of AWS: code, text, HTTP status, and the members of its own that some errors have."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members


def sign_in_ended() -> AwsError:
    """Return the error for keys that have ended."""
    return AwsError("ExpiredTokenException", "The security token included in the request is expired", 403)


@functools.cache
def model(service: str) -> ServiceModel:
    """Return the model of a service."""
    return ServiceModel(_LOADER.load_service_model(service, "service-2"), service)


def complaints(shape: Any, tree: Any) -> str:
    """Return what of a tree does not fit a shape, empty for nothing."""
    if shape is None:
        return ""
    found = ParamValidator().validate(tree, shape)
    return str(found.generate_report()) if found.has_errors() else ""


def read(service: str, request: Request) -> tuple[OperationModel, Tree]:
    """Return the operation that a request asks for and its parameters; KeyError for an unknown one."""
    known = model(service)
    protocol = known.resolved_protocol
    if protocol == "rest-json":
        return _read_rest(known, request)
    if protocol == "json":
        operation = known.operation_model(request.headers["X-Amz-Target"].rpartition(".")[2])
        return operation, _from_json(operation.input_shape, json.loads(request.data or b"{}"))
    fields = dict(parse_qsl(request.data.decode(), keep_blank_values=True))
    operation = known.operation_model(fields.pop("Action"))
    if fields.pop("Version", "") != known.api_version:
        raise KeyError("another version of the API")
    flat = protocol == "ec2"
    found = _from_fields(operation.input_shape, fields, "", flat) if operation.input_shape else {}
    if fields:
        raise KeyError(f"{operation.name} has no {', '.join(fields)}")
    return operation, found or {}


def write(operation: OperationModel, answer: Tree) -> Reply:
    """Return an answer as it is sent."""
    known = operation.service_model
    shape = operation.output_shape
    if known.resolved_protocol in ("rest-json", "json"):
        kind = f"application/x-amz-json-{known.metadata.get('jsonVersion', '1.1')}"
        tree = _to_json(shape, answer) if shape else {}
        return Reply(200, json.dumps(tree).encode(), {"Content-Type": kind})
    inside = "".join(_to_xml(shape, answer)) if shape else ""
    wrapper = shape.serialization.get("resultWrapper") if shape else None
    if wrapper:
        inside = f"<{wrapper}>{inside}</{wrapper}>"
    text = f"<{operation.name}Response>{inside}<requestId>0</requestId></{operation.name}Response>"
    return Reply(200, text.encode(), {"Content-Type": "text/xml"})


def write_error(service: str, error: AwsError) -> Reply:
    """Return an error as it is sent."""
    protocol = model(service).resolved_protocol
    more = getattr(error, "headers", {})
    if protocol in ("rest-json", "json"):
        body = {"__type": error.code, "message": error.message, **error.members}
        return Reply(error.status, json.dumps(body).encode(), {"X-Amzn-Errortype": error.code, **more})
    inside = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
    if protocol == "ec2":
        text = f"<Response><Errors>{inside}</Errors><RequestID>0</RequestID></Response>"
    else:
        text = f"<ErrorResponse>{inside}<RequestId>0</RequestId></ErrorResponse>"
    return Reply(error.status, text.encode(), {"Content-Type": "text/xml", **more})


# ---- requests ----


def _read_rest(known: ServiceModel, request: Request) -> tuple[OperationModel, Tree]:
    path = unquote(request.path)
    for method, pattern, name in _routes(known.service_name):
        found = pattern.fullmatch(path)
        if method == request.method and found:
            operation = known.operation_model(name)
            return operation, _rest_parameters(operation, request, found.groups())
    raise KeyError(f"{request.method} {path}")


@functools.cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """Return the operations of a service with the patterns of their paths, the plainest paths first."""
    known = model(service)
    found = []
    for name in known.operation_names:
        http = known.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        parts = re.split(r"\{\w+\+?\}", path)
        pattern = "([^/]+)".join(re.escape(part) for part in parts)
        found.append((len(parts), http["method"], re.compile(pattern), name))
    return [(method, pattern, name) for _, method, pattern, name in sorted(found, key=lambda one: one[0])]


def _rest_parameters(operation: OperationModel, request: Request, groups: tuple[str, ...]) -> Tree:
    labels = re.findall(r"\{(\w+)\+?\}", operation.http["requestUri"])
    in_path = dict(zip(labels, groups, strict=True))
    body = json.loads(request.data) if request.data else {}
    query = {name: list(values) for name, values in request.query.items()}
    found: Tree = {}
    for member, shape in operation.input_shape.members.items():
        place = shape.serialization.get("location")
        name = shape.serialization.get("name", member)
        if place == "uri":
            found[member] = in_path[name]
        elif place == "querystring" and name in query:
            values = query.pop(name)
            found[member] = values if shape.type_name == "list" else _plain(shape, values[0])
        elif place == "header" and name.title() in request.headers:
            found[member] = request.headers[name.title()]
        elif place is None and name in body:
            found[member] = _from_json(shape, body.pop(name))
    if unknown := [*body, *query]:
        raise KeyError(f"{operation.name} has no {', '.join(unknown)}")
    return found


def _from_json(shape: Any, tree: Any) -> Any:
    """Return a tree of JSON with the names that the model has; unknown names stay, to be complained of."""
    if shape is None or tree is None:
        return {}
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        return {
            names.get(key, key): _from_json(shape.members[names[key]], value) if key in names else value
            for key, value in tree.items()
        }
    if shape.type_name == "list":
        return [_from_json(shape.member, one) for one in tree]
    if shape.type_name == "map":
        return {key: _from_json(shape.value, value) for key, value in tree.items()}
    return tree


def _from_fields(shape: Any, fields: Tree, at: str, flat: bool) -> Any:
    """Take what a shape has out of flat fields such as ``Tags.member.1.Key``; None for nothing there."""
    if shape.type_name == "structure":
        found = {
            member: value
            for member, inner in shape.members.items()
            if (value := _from_fields(inner, fields, f"{at}{_field(inner, member, flat)}.", flat)) is not None
        }
        return found or ({} if not at else None)
    if shape.type_name == "list":
        inner = "" if flat or shape.serialization.get("flattened") else f"{_item(shape)}."
        return list(_numbered(shape.member, fields, f"{at}{inner}", flat)) or None
    name = at.removesuffix(".")
    return _plain(shape, fields.pop(name)) if name in fields else None


def _numbered(shape: Any, fields: Tree, at: str, flat: bool) -> Iterator[Any]:
    number = 1
    while (value := _from_fields(shape, fields, f"{at}{number}.", flat)) is not None:
        yield value
        number += 1


def _field(shape: Any, member: str, flat: bool) -> str:
    """Return the name of a member in a request: EC2 has capital letters where its model has none."""
    if flat:
        name = shape.serialization.get("queryName")
        if name:
            return str(name)
        name = shape.serialization.get("name", member)
        return f"{name[0].upper()}{name[1:]}"
    return str(shape.serialization.get("name", member))


def _item(shape: Any) -> str:
    return str(shape.member.serialization.get("name", "member"))


def _plain(shape: Any, text: str) -> Any:
    kinds: dict[str, Callable[[str], Any]] = {
        "integer": int, "long": int, "float": float, "double": float, "boolean": lambda one: one == "true",
    }  # fmt: skip
    return kinds.get(shape.type_name, str)(text)


# ---- replies ----


def _to_json(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        return {
            shape.members[key].serialization.get("name", key): _to_json(shape.members[key], one)
            for key, one in value.items()
            if one is not None
        }
    if shape.type_name == "list":
        return [_to_json(shape.member, one) for one in value]
    if shape.type_name == "map":
        return {key: _to_json(shape.value, one) for key, one in value.items()}
    if isinstance(value, datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _to_xml(shape: Any, value: Any) -> Iterator[str]:
    """Give the inside of an element."""
    if shape.type_name == "structure":
        for key, one in value.items():
            if one is None:
                continue
            inner = shape.members[key]
            name = inner.serialization.get("name", key)
            if inner.type_name == "list" and inner.serialization.get("flattened"):
                for item in one:
                    yield f"<{name}>{''.join(_to_xml(inner.member, item))}</{name}>"
            else:
                yield f"<{name}>{''.join(_to_xml(inner, one))}</{name}>"
    elif shape.type_name == "list":
        for one in value:
            yield f"<{_item(shape)}>{''.join(_to_xml(shape.member, one))}</{_item(shape)}>"
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, datetime):
        yield value.strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        yield escape(str(value))


def output_complaints(operation: OperationModel, answer: Mapping[str, Any]) -> str:
    """Return what of an answer the real service would never say."""
    return complaints(operation.output_shape, answer)
