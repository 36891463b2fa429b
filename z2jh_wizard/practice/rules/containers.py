"""Rules for one container: image, ports, environment, resources, mounts, probes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.values import between, not_negative, one_of, port
from z2jh_wizard.practice.status import (
    Cause,
    duplicate,
    forbidden_value,
    invalid_value,
    not_supported,
    required,
    value_not_found,
)

_PULL = ("Always", "IfNotPresent", "Never")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_PROBE_NUMBERS = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_STANDARD = {"cpu", "memory", "ephemeral-storage"}
_OVERCOMMITTED = {"cpu", "memory", "ephemeral-storage"}
_LARGEST_ID = 2**31 - 1


def container(each: Object, field: str, volumes: Collection[Any], init: bool) -> Iterator[Cause]:
    """Yield what is wrong with a container, its name apart; ``volumes`` are the names that the pod has."""
    image = each.get("image", "")
    if not image:
        yield required(f"{field}.image")
    elif image != image.strip():
        yield invalid_value(f"{field}.image", image, "must not have leading or trailing whitespace")
    yield from one_of(each.get("imagePullPolicy"), f"{field}.imagePullPolicy", _PULL)
    yield from _ports(each.get("ports") or [], f"{field}.ports")
    for place, variable in enumerate(each.get("env") or []):
        yield from _variable(variable, f"{field}.env[{place}]")
    yield from _mounts(each.get("volumeMounts") or [], f"{field}.volumeMounts", volumes)
    yield from _resources(each.get("resources") or {}, f"{field}.resources")
    yield from _security(each.get("securityContext") or {}, f"{field}.securityContext")
    for name in _PROBES:
        if each.get(name) is None:
            continue
        if init and each.get("restartPolicy") != "Always":
            detail = "may not be set for init containers without restartPolicy=Always"
            yield forbidden_value(f"{field}.{name}", detail)
        else:
            yield from _probe(each[name], f"{field}.{name}", once=name != "readinessProbe")


def _ports(ports: list[Object], field: str) -> Iterator[Cause]:
    seen_names: set[str] = set()
    seen_hosts: set[str] = set()
    for place, each in enumerate(ports):
        at, name = f"{field}[{place}]", each.get("name")
        if name:
            yield from wrong(f"{at}.name", name, names.port_name)
            if name in seen_names:
                yield duplicate(f"{at}.name", name)
            seen_names.add(name)
        number = each.get("containerPort") or 0
        if not number:
            yield required(f"{at}.containerPort")
        else:
            yield from port(number, f"{at}.containerPort")
        yield from one_of(each.get("protocol"), f"{at}.protocol", _PROTOCOLS)
        if host_port := each.get("hostPort"):
            yield from port(host_port, f"{at}.hostPort")
            where = f"{each.get('protocol') or 'TCP'}/{each.get('hostIP', '')}/{host_port}"
            if where in seen_hosts:
                yield duplicate(f"{at}.hostPort", where)
            seen_hosts.add(where)


def _variable(variable: Object, field: str) -> Iterator[Cause]:
    name = variable.get("name", "")
    if not name:
        yield required(f"{field}.name")
    else:
        yield from wrong(f"{field}.name", name, names.environment_name)
    source = variable.get("valueFrom")
    if source is None:
        return
    at = f"{field}.valueFrom"
    given = [kind for kind in _SOURCES if source.get(kind) is not None]
    if not given:
        listed = ", ".join(f"`{kind}`" for kind in _SOURCES[:-1])
        yield invalid_value(at, "", f"must specify one of: {listed} or `{_SOURCES[-1]}`")
    elif variable.get("value"):
        yield invalid_value(at, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid_value(at, "", "may not have more than one field specified at a time")
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if kind in given:
            reference = source[kind]
            yield from wrong(f"{at}.{kind}.name", reference.get("name", ""), names.dns_subdomain)
            if not reference.get("key"):
                yield required(f"{at}.{kind}.key")
            else:
                yield from wrong(f"{at}.{kind}.key", reference["key"], names.config_key)


def _mounts(mounts: list[Object], field: str, volumes: Collection[Any]) -> Iterator[Cause]:
    seen: set[str] = set()
    for place, mount in enumerate(mounts):
        at, name, path = f"{field}[{place}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required(f"{at}.name")
        elif name not in volumes:
            yield value_not_found(f"{at}.name", name)
        if not path:
            yield required(f"{at}.mountPath")
        elif path in seen:
            yield invalid_value(f"{at}.mountPath", path, "must be unique")
        seen.add(path)
        # The real server leaves the position out of these paths.
        if sub_path := mount.get("subPath"):
            yield from below(sub_path, f"{field}.subPath")


def below(path: str, field: str) -> Iterator[Cause]:
    """Yield what is wrong with a path that has to stay below another one."""
    if path.startswith("/"):
        yield invalid_value(field, path, "must be a relative path")
    if ".." in path.split("/"):
        yield invalid_value(field, path, "must not contain '..'")


def _resources(resources: Object, field: str) -> Iterator[Cause]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            yield from _amount(name, amount, f"{field}.{kind}[{name}]")
    for name, amount in requests.items():
        if name not in limits:
            if "/" in name:
                yield required(f"{field}.limits", "Limit must be set for non overcommitable resources")
            continue
        asked, most = _parsed(amount), _parsed(limits[name])
        shown, limit = quantities.canonical(amount), quantities.canonical(limits[name])
        if name not in _OVERCOMMITTED and asked != most:
            yield invalid_value(f"{field}.requests", shown, f"must be equal to {name} limit of {limit}")
        elif asked > most:
            detail = f"must be less than or equal to {name} limit of {limit}"
            yield invalid_value(f"{field}.requests", shown, detail)


def _parsed(amount: Any) -> Fraction:
    return quantities.parse(amount)


def _amount(name: str, amount: Any, field: str) -> Iterator[Cause]:
    yield from wrong(field, name, names.qualified_name)
    standard = name in _STANDARD or name.startswith("hugepages-")
    if "/" not in name and not standard:
        yield invalid_value(field, name, "must be a standard resource type or fully qualified")
        yield invalid_value(field, name, "must be a standard resource for containers")
    number = _parsed(amount)
    if number < 0:
        yield invalid_value(field, quantities.canonical(amount), "must be greater than or equal to 0")
    if "/" in name and number.denominator != 1:
        yield invalid_value(field, quantities.canonical(amount), "must be an integer")


def _security(context: Object, field: str) -> Iterator[Cause]:
    for name in ("runAsUser", "runAsGroup"):
        yield from between(context.get(name), f"{field}.{name}", 0, _LARGEST_ID)


def _probe(probe: Object, field: str, once: bool) -> Iterator[Cause]:
    given = [kind for kind in _HANDLERS if probe.get(kind) is not None]
    for kind in given[1:]:
        yield forbidden_value(f"{field}.{kind}", "may not specify more than 1 handler type")
    if not given:
        yield required(field, "must specify a handler type")
    else:
        yield from _handler(given[0], probe[given[0]], f"{field}.{given[0]}")
    for name in _PROBE_NUMBERS:
        yield from not_negative(probe.get(name), f"{field}.{name}")
    if once and probe.get("successThreshold") not in (None, 0, 1):
        yield invalid_value(f"{field}.successThreshold", probe["successThreshold"], "must be 1")


def _handler(kind: str, handler: Object, field: str) -> Iterator[Cause]:
    if kind == "exec":
        if not handler.get("command"):
            yield required(f"{field}.command")
        return
    yield from port(handler.get("port", 0), f"{field}.port")
    if kind == "httpGet":
        scheme = handler.get("scheme")
        if scheme and scheme not in ("HTTP", "HTTPS"):
            yield not_supported(f"{field}.scheme", scheme, ("HTTP", "HTTPS"))
