"""What a terminal shows: just enough of one for the sequences that Textual writes."""

from __future__ import annotations

import re

_PIECES = re.compile(
    r"\x1b\[(?P<place>\d+;\d+)H"
    r"|\x1b\[(?P<mode>\?[0-9;]+[hl])"
    r"|\x1b\[[0-9;?<>=$]*[a-zA-Z]"  # colours and questions
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|."  # line ends, which are always followed by a place
    , re.DOTALL,
)  # fmt: skip


class Grid:
    """The characters on a screen, by the output so far."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}
        self._row = self._column = 1

    def feed(self, data: bytes) -> None:
        """Draw one piece of output; pieces end between two sequences."""
        for piece in _PIECES.finditer(data.decode("utf-8", "replace")):
            if piece["place"]:
                self._row, self._column = map(int, piece["place"].split(";"))
            elif piece["mode"] == "?1049h":
                self._cells.clear()
            for letter in piece["text"] or "":
                self._cells[self._row, self._column] = letter
                self._column += 1

    @property
    def lines(self) -> list[str]:
        """Return the rows, from the first on."""
        rows = max((row for row, _ in self._cells), default=0)
        width = max((column for _, column in self._cells), default=0)
        return [
            "".join(self._cells.get((row, column), " ") for column in range(1, width + 1)).rstrip()
            for row in range(1, rows + 1)
        ]

    @property
    def text(self) -> str:
        """Return the whole screen."""
        return "\n".join(self.lines)

    def place_of(self, text: str) -> tuple[int, int]:
        """Return column and row, from 1 on, in the middle of a text; AssertionError if it is not there."""
        for row, line in enumerate(self.lines, 1):
            if text in line:
                return line.index(text) + 1 + len(text) // 2, row
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")
