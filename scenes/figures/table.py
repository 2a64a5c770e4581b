"""A table: a head, and rows that come up one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from manim import Line, VGroup

from dpo_math import notation as n
from scenes.equation import Equation
from scenes.figures.figure import Fading, Figure, FigureError
from scenes.furniture import Words
from scenes.layout import Room
from scenes.paths import Floats
from scenes.theme import Role, Theme

Cell = str | n.Node

LEADING = 2.0
"""From one row's baseline to the next, in ems, where there is room."""
TIGHTEST = 1.4
GUTTER = 1.2
"""The least room between two columns, in ems."""


class DataTable(Figure):
    """Columns under a ``head``: the first is set left and says what a row is, the others right.

    Cells are words or formulas; ``roles`` are those of the head's words, if they have any. The
    number ``rows`` is how many rows are there; a fraction of one is a row coming up.

    Raises :class:`FigureError` for rows of different lengths, a table that does not fit the room,
    and a number of rows that it does not have.

    Example
    -------
    >>> rows = [["first", n.Decimal("0.29")], ["second", n.Decimal("3.10")]]
    >>> table = DataTable(DARK, WIDE.halves[0], ["pair", "margin"], rows)
    >>> scene.play(table.to(rows=2))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        roles: Sequence[Role] = (),
    ) -> None:
        super().__init__(theme, room)
        if not head or not rows:
            raise FigureError("a table needs a head and a row")
        for i, row in enumerate(rows, start=1):
            if len(row) != len(head):
                raise FigureError(f"row {i} has {len(row)} cells under a head of {len(head)}")
        self.em = theme.type.figure
        shown = roles or [Role.DIM] * len(head)
        lines = [[self._cell(text, role) for text, role in zip(head, shown, strict=True)]]
        lines += [[self._cell(cell, Role.INK) for cell in row] for row in rows]
        self._place(lines)
        self.head, self.rule = VGroup(*lines[0]), self._rule(lines)
        self.rows = [Fading(*line) for line in lines[1:]]
        self.add(self.head, self.rule, *self.rows)
        self.draw(rows=0)

    def check(self, name: str, value: Floats) -> None:
        if name != "rows" or value.shape != ():
            raise FigureError(f"a table shows one number, its rows; got {name} = {value}")
        if not 0 <= value <= len(self.rows):
            raise FigureError(f"rows must be from 0 to {len(self.rows)}, is {value}")

    def redraw(self) -> None:
        shown = float(self.numbers["rows"])
        for i, row in enumerate(self.rows):
            row.reveal(min(max(shown - i, 0.0), 1.0))

    def _cell(self, cell: Cell, role: Role) -> Words | Equation:
        """A cell, standing at the origin."""
        if isinstance(cell, str):
            return self.words(cell, self.em, (0.0, 0.0), role=role)
        return self.formula(cell, self.em, (0.0, 0.0))

    def _place(self, lines: Sequence[Sequence[Words | Equation]]) -> None:
        """Put the cells in columns, as far apart as the room lets them be."""
        columns = list(zip(*lines, strict=True))
        widths = [max(float(cell.width) for cell in column) for column in columns]
        spare = self.room.width - sum(widths)
        if len(widths) > 1 and spare < GUTTER * self.em * (len(widths) - 1):
            raise FigureError(f"columns {sum(widths):.2f} wide do not fit in {self.room.width:.2f}")
        pitch = min(LEADING * self.em, (self.room.height - self.em) / (len(lines) - 1))
        if pitch < TIGHTEST * self.em:
            raise FigureError(f"{len(lines)} lines do not fit in {self.room.height:.2f}")
        gap = spare / max(len(widths) - 1, 1)
        edge = self.room.left
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            for row, cell in enumerate(column):
                slack = 0.0 if place == 0 else width - float(cell.width)
                x = edge + slack - float(cell.get_left()[0])
                cell.shift((x, self.room.top - 0.8 * self.em - row * pitch, 0.0))
            edge += width + gap

    def _rule(self, lines: Sequence[Sequence[Words | Equation]]) -> Line:
        """The hairline between the head and the first row."""
        low = min(float(cell.get_bottom()[1]) for cell in lines[0])
        high = max(float(cell.get_top()[1]) for cell in lines[1])
        y = (low + high) / 2
        width = self.theme.strokes.hairline
        start, end = (self.room.left, y, 0.0), (self.room.right, y, 0.0)
        return Line(start, end, stroke_width=width, color=self.theme.line)
