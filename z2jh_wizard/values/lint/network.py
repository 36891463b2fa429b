"""Rules about what students' servers may reach.

Facts: the templates of each chart. Up to 0.9 a list of egress rules must allow DNS itself; from 0.10 to 1.2
the chart always does; from 2.0 on ``egressAllowRules`` do, which also allow the whole internet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.lint.finding import Fix, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.spawner import map_or_empty
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_POLICY = "singleuser.networkPolicy"
_EGRESS: Path = ("singleuser", "networkPolicy", "egress")
_DNS_RULES = (
    "dnsPortsPrivateIPs",
    "dnsPortsCloudMetadataServer",
    "dnsPortsKubeSystemNamespace",
    "privateIPs",
)
_DNS, _WEB = 53, frozenset((53, 80, 443, 433))


@rule("egress-dns", Severity.WARNING, "Students' servers cannot look up names", f"{_POLICY}.egress")
def egress_dns(subject: Subject) -> Iterator[Problem]:
    """Without port 53 no name of a host works, whatever else is open."""
    rules = _rules(subject)
    if not rules or _chart_allows_dns(subject):
        return
    if not any(_ports(one) is None or _DNS in (_ports(one) or ()) for one in rules):
        yield Problem(
            _EGRESS,
            "Nothing here opens port 53, so servers find no host by its name: no internet, no gitpuller.",
            Fix("Add a rule with ports 53, protocols UDP and TCP."),
        )


@rule(
    "egress-open",
    Severity.WARNING,
    "Egress rules that forbid nothing",
    f"{_POLICY}.egress",
    f"{_POLICY}.egressAllowRules.nonPrivateIPs",
)
def egress_open(subject: Subject) -> Iterator[Problem]:
    """From chart 2.0 on the list only adds to what egressAllowRules allow."""
    if subject.family != "z2jh" or not subject.at_least("2.0.0"):
        return
    allowed = subject.effective(f"{_POLICY}.egressAllowRules.nonPrivateIPs", True)
    web = [one for one in _rules(subject) if not one.get("to") and _WEB.issuperset(_ports(one) or {0})]
    if allowed and web and len(web) == len(_rules(subject)):
        yield Problem(
            _EGRESS,
            "These ports look like all that students may use, but the whole internet stays open to them.",
            Fix(f"Write {_POLICY}.egressAllowRules.nonPrivateIPs: false."),
        )


def _rules(subject: Subject) -> list[dict[str, Any]]:
    """Return the egress rules of students' servers where they are in force."""
    found = subject.get(_EGRESS) if subject.family == "z2jh" else None
    enabled = subject.get(f"{_POLICY}.enabled")
    on = enabled is True or (enabled is None and subject.at_least("0.10.0"))
    return [one for one in found if isinstance(one, dict)] if on and isinstance(found, list) else []


def _chart_allows_dns(subject: Subject) -> bool:
    if not subject.at_least("0.10.0"):
        return False
    if not subject.at_least("2.0.0"):
        return True
    names = _DNS_RULES if subject.at_least("3.0.0") else (_DNS_RULES[0], _DNS_RULES[3])
    return any(subject.effective(f"{_POLICY}.egressAllowRules.{name}", True) for name in names)


def _ports(one: dict[str, Any]) -> set[Any] | None:
    """Return the ports of a rule, None when it names none and so opens all."""
    found = one.get("ports")
    if not isinstance(found, list) or not found:
        return None
    return {map_or_empty(port).get("port") for port in found}


RULES: tuple[Rule, ...] = (egress_dns, egress_open)
