"""Read the product's own source as syntax trees, for tests of its architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "z2jh_wizard"


@dataclass(frozen=True)
class Module:
    """One module: ``name`` is its path below the package, such as ``system/files.py``."""

    name: str
    text: str

    @property
    def folder(self) -> str:
        """Return the package folder it lies in, empty at the top."""
        return self.name.partition("/")[0] if "/" in self.name else ""

    @cached_property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Return the dotted name of each thing it imports, at any depth."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    @cached_property
    def calls(self) -> tuple[tuple[str, ast.Call], ...]:
        """Return each call with what is called as source text, such as ``os.open`` or ``path.write_text``."""
        return tuple(
            (ast.unparse(node.func), node) for node in ast.walk(self.tree) if isinstance(node, ast.Call)
        )


def modules() -> list[Module]:
    """Return every module of the product."""
    return [
        Module(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "_assets" not in path.parts
    ]
