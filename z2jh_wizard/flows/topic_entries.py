"""What somebody typed or chose and did not save yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.values import trees
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.reading import Tree


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed for a field, and why it could not be used if it could not."""

    field: Field
    text: str
    problem: str = ""

    @property
    def id(self) -> str:
        """The id of the field."""
        return self.field.id

    @property
    def title(self) -> str:
        """What was answered, for people."""
        return self.field.title


@dataclass(frozen=True, slots=True)
class Put:
    """Settings that belong together and were chosen at once, such as a preset."""

    title: str
    settings: tuple[Setting, ...]
    number: int
    problem: str = ""

    @property
    def id(self) -> str:
        """A name that no field has and no other choice of this draft."""
        return f"put/{self.number}"

    def says(self, path: Path) -> bool:
        """Tell whether it writes a setting, a part of it, or what it is a part of."""
        return any(one.path[: len(path)] == path[: len(one.path)] for one in self.settings)

    def refuse_other_lists(self, before: Tree, after: Tree) -> None:
        """Raise Refused when a list that is written, or written into, is another one in the files now."""
        for one in self.settings:
            path = one.path[: next((at for at, part in enumerate(one.path) if isinstance(part, int)), None)]
            old, new = trees.look_up(before, path), trees.look_up(after, path)
            if (isinstance(old, list) or isinstance(new, list)) and not trees.same(old, new):
                raise Refused(
                    f"{self.title} was not done again",
                    f"{format_path(path)} was changed in the file meanwhile.",
                    next_step="Choose it again, or undo.",
                )


Entry: TypeAlias = "Answer | Put"
