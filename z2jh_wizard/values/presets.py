"""Good answers to questions that a teacher asks in one word: lecture or exam, small or large, open or closed.

A preset is data: the edits of a values file that it means, in the key names of the newest chart. The amounts
are rules of thumb of this project; what the keys do is said by the guide of Zero to JupyterHub.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.paths import Path, parse_path


class Setting(msgspec.Struct, frozen=True):
    """A value at a path; ``GONE`` means that the path is taken out."""

    path: Path
    value: Any


Settings: TypeAlias = "tuple[Setting, ...]"

GONE: Final = msgspec.UNSET


class Preset(msgspec.Struct, frozen=True):
    """One answer, when to take it, and what it writes."""

    id: str
    title: str
    when: str
    settings: Settings

    def offered(self, version: str, family: Family = "z2jh") -> bool:
        """Tell whether a chart takes every key that the preset writes."""
        return all(look_up(one.path, version, family).fine for one in self.settings if one.value is not GONE)

    def chosen(self, document: Document) -> bool:
        """Tell whether a file says already what the preset writes."""
        return all(
            not document.has(one.path) if one.value is GONE else document.get(one.path, GONE) == one.value
            for one in self.settings
        )


def apply(document: Document, settings: Iterable[Setting]) -> Document:
    """Return a file with these settings; everything else in it stays. Raises EditRefused when doubtful."""
    for one in settings:
        document = document.unset(one.path) if one.value is GONE else document.set(one.path, one.value)
    return document


def setting(path: str, value: Any) -> Setting:
    """Return a setting by its dotted path."""
    return Setting(parse_path(path), value)


KERNEL_FILE: Path = ("singleuser", "extraFiles", "jupyter_server_config.json")
"""The file of Jupyter Server's settings, which stops kernels that nobody uses."""


def _kernels(idle: int, *, connected: bool) -> Setting:
    """Return that kernels stop after so many idle seconds; ``connected`` also those shown in an open tab.

    A kernel that computes is never stopped. Jupyter Server's MappingKernelManager has these traits.
    """
    manager = {
        "cull_idle_timeout": idle,
        "cull_interval": 120,
        "cull_connected": connected,
        "cull_busy": False,
    }
    return Setting(
        KERNEL_FILE,
        {
            "mountPath": "/etc/jupyter/jupyter_server_config.json",
            "data": {"MappingKernelManager": manager},
        },
    )


def _culling(timeout: int, kernels: Setting) -> Settings:
    return (
        setting("cull.enabled", True),
        setting("cull.timeout", timeout),
        setting("cull.every", 600),
        setting("cull.maxAge", 0),
        kernels,
    )


CULLING: tuple[Preset, ...] = (
    Preset(
        "lecture",
        "Lecture",
        "Servers stop an hour after the last work, and forgotten tabs do not keep them alive.",
        _culling(3600, _kernels(1800, connected=True)),
    ),
    Preset(
        "project",
        "Project work",
        "Servers stop after four hours without work, and open notebooks keep their variables.",
        _culling(4 * 3600, _kernels(2 * 3600, connected=False)),
    ),
    Preset(
        "exam",
        "Exam",
        "Nothing stops by itself, so nobody loses work; stop all servers yourself afterwards.",
        (setting("cull.enabled", False), Setting(KERNEL_FILE, GONE)),
    ),
)


def _size(memory: tuple[str, str], cpu: tuple[float, float]) -> Settings:
    """Return guarantee and limit of memory (as JupyterHub reads it) and of processor cores."""
    return (
        setting("singleuser.memory.guarantee", memory[0]),
        setting("singleuser.memory.limit", memory[1]),
        setting("singleuser.cpu.guarantee", cpu[0]),
        setting("singleuser.cpu.limit", cpu[1]),
    )


SIZES: tuple[Preset, ...] = (
    Preset("small", "Small", "First programs and small tables.", _size(("512M", "1G"), (0.05, 1))),
    Preset("medium", "Medium", "Data analysis with pandas or R.", _size(("1G", "2G"), (0.1, 2))),
    Preset("large", "Large", "Machine learning and large tables.", _size(("4G", "8G"), (0.5, 4))),
)

_POLICY = "singleuser.networkPolicy."
_INSIDE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.169.254/32")
"""Private networks and the clouds' metadata address, as the chart counts them."""


def _egress(rules: Sequence[dict[str, Any]], *, internet: bool = False) -> Settings:
    """Return where students' code may connect to: names are looked up always, private addresses never."""
    allow = f"{_POLICY}egressAllowRules."
    return (
        setting(f"{_POLICY}enabled", True),
        setting(f"{allow}nonPrivateIPs", internet),
        setting(f"{allow}privateIPs", False),
        setting(f"{allow}cloudMetadataServer", False),
        setting(f"{_POLICY}egress", [dict(rule) for rule in rules]),
    )


def _to_web(*ports: int) -> dict[str, Any]:
    """Return a rule that lets through to these TCP ports of all public addresses."""
    return {
        "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": list(_INSIDE)}}],
        "ports": [{"port": port, "protocol": "TCP"} for port in ports],
    }


EGRESS: tuple[Preset, ...] = (
    Preset(
        "internet",
        "The whole internet",
        "Students download, clone by SSH and ask databases anywhere; nothing inside your network.",
        _egress((), internet=True),
    ),
    Preset(
        "web",
        "Web pages",
        "Names, HTTP and HTTPS: pip, conda, git and data sets work, mining pools on other ports do not.",
        _egress((_to_web(80, 443),)),
    ),
    Preset(
        "https",
        "HTTPS only",
        "Names and HTTPS: pip, conda and git over HTTPS work, and little else.",
        _egress((_to_web(443),)),
    ),
    Preset(
        "closed",
        "Nothing",
        "For exams: only the hub itself and name look-ups, so packages and data must be in the image.",
        _egress(()),
    ),
)
"""A policy acts only on clusters that enforce it, and knows addresses, never names of sites."""


def only_networks(networks: Iterable[str], ports: Sequence[int] = (443,)) -> Settings:
    """Return that students reach these networks alone, such as ``192.0.2.0/24``, on these TCP ports.

    A web proxy for the class is such a network. Raises InvalidInput for what is no network.
    """
    blocks = [{"ipBlock": {"cidr": _network(text)}} for text in networks]
    if not blocks:
        raise InvalidInput("No network was given", "Students would reach nothing.", next_step="Name one.")
    return _egress(({"to": blocks, "ports": [{"port": port, "protocol": "TCP"} for port in ports]},))


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        raise InvalidInput(
            f"{text[:60]!r} is no network",
            "It looks like 192.0.2.0/24, or 192.0.2.7/32 for one computer; names of sites cannot be used.",
        ) from None


def _networks_in(text: str) -> Settings:
    return only_networks(part for part in re.split(r"[,\s]+", text) if part)


class AskedPreset(msgspec.Struct, frozen=True):
    """A preset that needs one answer before it can be written; ``settings_of`` raises InvalidInput."""

    id: str
    title: str
    when: str
    question: str
    settings_of: Callable[[str], Settings]

    def why_not(self, text: str) -> str:
        """Return one sentence with the fix for an answer that cannot be used, nothing for a good one."""
        try:
            self.settings_of(text)
        except InvalidInput as error:
            return f"{error.problem.title}. {error.problem.happened}"
        return ""


class PresetGroup(msgspec.Struct, frozen=True):
    """Presets of which one is taken; ``topic`` is the page of settings that they belong to."""

    id: str
    """The first word of their names on the command line: ``culling-lecture``."""
    topic: str
    title: str
    why: str
    presets: tuple[Preset, ...]
    asked: AskedPreset | None = None

    def offered(self, version: str, family: Family = "z2jh") -> tuple[Preset, ...]:
        """Return those that a chart takes."""
        return tuple(one for one in self.presets if one.offered(version, family))

    def chosen(self, document: Document) -> Preset | None:
        """Return the one that a file says already."""
        return next((one for one in self.presets if one.chosen(document)), None)

    def by_hand(self, document: Document, preset: Preset) -> tuple[Path, ...]:
        """Return the maps and lists in a file that a preset would write over and no preset has written."""
        known: dict[Path, list[Any]] = {one.path: [] for one in preset.settings}
        for one in (one for other in self.presets for one in other.settings):
            if one.path in known:
                known[one.path].append(one.value)
        return tuple(
            path
            for path, values in known.items()
            if (found := document.get(path)) and isinstance(found, (dict, list)) and found not in values
        )


GROUPS: tuple[PresetGroup, ...] = (
    PresetGroup(
        "culling",
        "culling",
        "When idle servers stop",
        "Idle servers cost money; one that stops too early costs a student's work.",
        CULLING,
    ),
    PresetGroup(
        "size",
        "resources",
        "Memory and cores for each student",
        "What is kept for each decides how many fit on a node; the limit stops runaways.",
        SIZES,
    ),
    PresetGroup(
        "egress",
        "network-policy",
        "Where students' servers may connect to",
        "Students run any code they like: say how far it may reach.",
        EGRESS,
        AskedPreset(
            "networks",
            "Some networks",
            "HTTPS to the networks that you name and nowhere else, such as a web proxy for the class.",
            "Which networks? Such as 192.0.2.0/24, or 192.0.2.7/32 for one computer; commas between them.",
            _networks_in,
        ),
    ),
)
"""All presets, by what they are about."""


def group_of(topic: str) -> PresetGroup | None:
    """Return the presets of a page of settings; None for a page that has none."""
    return next((one for one in GROUPS if one.topic == topic), None)
