"""Settings that both charts have: their names in each, and how a value is written in the other.

The names are those of assets/charts/keys.json; where one HelmForge key stands for several of Zero to
JupyterHub, or for one that works in another way, ``pairs`` of assets/charts/helmforge.json names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from z2jh_wizard.values.keys import key_table, paths_at

Convert: TypeAlias = Callable[[Any], Any]

WITH_FUNCTIONS = frozenset({"auth.type", "hub.extraConfig", "ingress.hosts"})
"""Settings for which more than their own value counts."""

_PROBE = frozenset({"initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold"})
_GATEWAY = frozenset({"name", "namespace", "sectionName"})


_UNITS = tuple((unit, 1024**power) for unit, power in (("T", 4), ("G", 3), ("M", 2), ("K", 1)))
_ZERO = re.compile(r"0(?:\.0*)?[KMGT]?")


class Unsayable(ValueError):
    """A value that the other chart cannot say; the text is a sentence for people."""


class Shape(NamedTuple):
    """How a value is written in HelmForge, and back; both may raise Unsayable."""

    to: Convert
    back: Convert


def same(value: Any) -> Any:
    """Return the value: both charts write it alike."""
    return value


def shape_of(helmforge: str) -> Shape:
    """Return how the value of a HelmForge key is written in either chart."""
    return _SHAPES.get(helmforge, Shape(same, same))


def pairs(version: str, named: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each HelmForge key with its names in a version of Zero to JupyterHub, the leading one first."""
    taken = paths_at(version)
    for row in key_table().rows:
        if not row.helmforge or row.helmforge in WITH_FUNCTIONS:
            continue
        single = row.path_at(version)
        names = named.get(row.helmforge) or ((single,) if single else ())
        known = tuple(name for name in names if _is_taken(name, taken))
        if known:
            yield row.helmforge, known


def _is_taken(name: str, taken: Mapping[str, Any]) -> bool:
    return name in taken or any(key.startswith(f"{name}.") or name.startswith(f"{key}.") for key in taken)


def _words(*both: tuple[Any, Any]) -> Shape:
    """Return the shape of a setting whose words are others in HelmForge."""

    def to(value: Any) -> Any:
        return _chosen([(mine, theirs) for mine, theirs in both], value)

    def back(value: Any) -> Any:
        return _chosen([(theirs, mine) for mine, theirs in both], value)

    return Shape(to, back)


def _chosen(words: list[tuple[Any, Any]], value: Any) -> Any:
    for word, other in words:
        if type(value) is type(word) and value == word:
            return other
    raise Unsayable


def _cores(value: Any) -> Any:
    """Return 0 for no limit: HelmForge writes null into its Python as nothing at all."""
    return 0 if value is None else value


def _amount(value: Any) -> Any:
    """Return an amount of memory with a unit, as HelmForge puts it between quotes; 0G is no limit."""
    if value is None or value == 0:
        return "0G"
    if isinstance(value, int | float):
        unit, size = next((unit, size) for unit, size in _UNITS if value % size == 0 or unit == "K")
        whole = value % size == 0
        return f"{value // size if whole else value / size}{unit}"
    return value


def _zero_as_none(value: Any) -> Any:
    return None if _ZERO.fullmatch(str(value)) else value


def _named_secrets(value: Any) -> Any:
    return [{"name": item} if isinstance(item, str) else item for item in _list(value)]


def _listed_variables(value: Any) -> Any:
    if isinstance(value, list):
        return value
    return [
        {"name": name, **item} if isinstance(item, dict) else {"name": name, "value": item}
        for name, item in sorted(_map(value).items())
    ]


def _mapped_variables(value: Any) -> Any:
    variables: dict[str, Any] = {}
    for item in _list(value):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str) or name in variables:
            raise Unsayable("Each variable needs a name of its own here.")
        rest = {key: part for key, part in item.items() if key != "name"}
        variables[name] = rest["value"] if set(rest) == {"value"} else rest
    if list(variables) != sorted(variables) and "$(" in repr(variables):
        raise Unsayable("Variables are made in the order of their names here, and one uses another by $().")
    return variables


def _bare_probe(value: Any) -> Any:
    probe = dict(_map(value))
    if probe.pop("enabled", True) is not True:
        raise Unsayable("HelmForge's probes cannot be switched off.")
    if not set(probe) <= _PROBE:
        raise Unsayable(f"HelmForge's probes take only {', '.join(sorted(_PROBE))}.")
    return probe


def _as_list(value: Any) -> Any:
    return list(value.values()) if isinstance(value, dict) else value


def _service_type(value: Any) -> Any:
    if value == "ExternalName":
        raise Unsayable("HelmForge's Service is ClusterIP, NodePort or LoadBalancer.")
    return value


def _only_gateway(value: Any) -> Any:
    items = _list(value)
    if len(items) != 1 or not isinstance(items[0], dict) or not set(items[0]) <= _GATEWAY:
        raise Unsayable("There is one gateway here, with name, namespace and sectionName.")
    return items[0]


def _a_list_of_one(value: Any) -> Any:
    return [_map(value)]


def _map(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unsayable("A map belongs here.")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unsayable("A list belongs here.")
    return value


_SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "singleuser.cpu.guarantee": Shape(_cores, _zero_as_none),
        "singleuser.cpu.limit": Shape(_cores, _zero_as_none),
        "singleuser.memory.guarantee": Shape(_amount, _zero_as_none),
        "singleuser.memory.limit": Shape(_amount, _zero_as_none),
        "singleuser.storage.enabled": _words(("dynamic", True), ("none", False)),
        "hub.persistence.enabled": _words(("sqlite-pvc", True), ("sqlite-memory", False)),
        "hub.logLevel": _words((True, "DEBUG"), (False, "INFO")),
        "imagePullSecrets": Shape(_named_secrets, same),
        "extraEnv": Shape(_listed_variables, _mapped_variables),
        "extraVolumes": Shape(_as_list, same),
        "extraVolumeMounts": Shape(_as_list, same),
        "livenessProbe": Shape(_bare_probe, same),
        "readinessProbe": Shape(_bare_probe, same),
        "service.type": Shape(_service_type, same),
        "gateway.parentRefs": Shape(_a_list_of_one, _only_gateway),
    }
)
