"""The names of the practice class: sixty first names from many places, then numbered ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

_NAMES = """
ada amara anh aisha bao beatriz carlos chidi chloe dalia diego elif emeka esra farid fatima finn
gabriela grace hana hassan hiro ines isla ivan jamal jin joao kavya keiko kofi lars leila linh lucia
malik mei mina nadia noah nkechi olga omar paula priya quynh rafael rosa sanjay sofia tariq thandi
uma viktor wanjiru xiaoming yara yusuf zanele zoe
"""
FIRST_NAMES = tuple(_NAMES.split())


def students() -> Iterator[str]:
    """Yield the user names of the class, without end."""
    yield from FIRST_NAMES
    for number in count(2):
        for name in FIRST_NAMES:
            yield f"{name}{number}"
