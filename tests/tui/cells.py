"""What stands in each cell of a screen, with its colours and attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual.color import Color
from textual.geometry import Region
from textual.screen import Screen

from tests.support.colours import RGB, contrast

DIMMED = 0.5
"""How much of its colour dim text keeps on most terminals."""


@dataclass(frozen=True)
class Cell:
    """One character; dim and reverse are worked into the colours."""

    text: str
    front: RGB
    back: RGB
    bold: bool = False
    underline: bool = False
    reverse: bool = False

    @property
    def contrast(self) -> float:
        """The contrast of its text."""
        return contrast(self.front, self.back)

    @property
    def is_text(self) -> bool:
        """Whether it is neither empty nor drawing: lines, blocks, scroll bars."""
        return bool(self.text.strip()) and not all("\u2500" <= one <= "\u25ff" for one in self.text)


def lines(screen: Screen[object]) -> Iterator[list[Cell]]:
    """Give the cells of each line; a wide character counts twice."""
    front, back = screen.styles.color.rgb, screen.styles.background.rgb
    for strip in screen._compositor.render_strips():
        line: list[Cell] = []
        for segment in strip:
            style = segment.style
            colours = [
                Color.from_rich_color(colour).rgb if colour and not colour.is_default else other
                for colour, other in (
                    (style.color if style else None, front),
                    (style.bgcolor if style else None, back),
                )
            ]
            words = (style.bold, style.underline, style.reverse) if style else (None, None, None)
            if style and style.dim:
                colours[0] = Color(*colours[1]).blend(Color(*colours[0]), DIMMED).rgb
            if words[2]:
                colours.reverse()
            bold, underline, reverse = map(bool, words)
            for character in segment.text:
                made = Cell(character, colours[0], colours[1], bold, underline, reverse)
                line += [made] * max(1, cell_len(character))
        yield line


def cut_out(screen: Screen[object], region: Region) -> list[Cell]:
    """Return the cells of a region."""
    return [
        cell
        for line in list(lines(screen))[region.y : region.bottom]
        for cell in line[region.x : region.right]
    ]


def differs_visibly(one: Cell, other: Cell) -> bool:
    """Tell whether a cell changed in more than its colour, or in a colour that is far from the one before."""
    if (one.text, one.bold, one.underline, one.reverse) != (
        other.text,
        other.bold,
        other.underline,
        other.reverse,
    ):
        return True
    return contrast(one.back, other.back) >= 3 or (one.is_text and contrast(one.front, other.front) >= 3)
