"""Rules about what a student gets: memory, processor, graphics cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject

_BINARY = re.compile(r"(?P<number>[0-9.]+)(?P<unit>[KMGT])i?B?")


@rule(
    "mem-gi",
    Severity.ERROR,
    "Memory with Gi or Mi",
    "singleuser.memory.limit",
    "singleuser.memory.guarantee",
)
def mem_gi(subject: Subject) -> Iterator[Problem]:
    """JupyterHub's ByteSpecification takes K, M, G or T, which already count in 1024s."""
    for path, value in subject.find("singleuser.memory.*"):
        if isinstance(value, str) and value.endswith("i") and (match := _BINARY.fullmatch(value)):
            meant = match["number"] + match["unit"]
            yield Problem(
                path,
                f"The hub cannot read {value} and no server starts; memory is written with K, M, G or T.",
                Fix(f"Write {meant}, which is the same amount.", (Set(path, meant),)),
            )


RULES: tuple[Rule, ...] = (mem_gi,)
