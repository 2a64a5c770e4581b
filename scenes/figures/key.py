"""What the shapes of a picture stand for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from scenes.figures.figure import Fading, Figure, FigureError
from scenes.figures.series import SERIES, SeriesMark, Shape
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.theme import Role, Theme

LEADING = 1.5
"""From one entry's baseline to the next, in ems."""
SWATCH = 1.25
"""How wide a swatch is, in ems."""
BESIDE = 0.6
"""From a swatch to its name, in ems."""
APART = 0.5
"""The least room between entries side by side, in ems."""


class Key(Figure):
    """The series of a picture by shape and name, under each other from the top of the room; or
    side by side, ``across``, in as few rows as hold them over the foot of the room.

    ``names`` maps :data:`~scenes.figures.series.SERIES` to words. The number of a series is how far
    its entry has come up, from 0 to 1; an entry that has no number is not there.

    Raises :class:`FigureError` for a series that is unknown or has no name.

    Example
    -------
    >>> key = Key(DARK, WIDE.key, {"reference": "reference", "policy": "policy"})
    >>> key.draw(reference=1)
    """

    def __init__(
        self, theme: Theme, room: Room, names: Mapping[str, str], across: bool = False
    ) -> None:
        super().__init__(theme, room)
        self.across = across
        if strangers := names.keys() - SERIES.keys():
            raise FigureError(f"no series is called {', '.join(sorted(strangers))}")
        self.names = dict(names)
        self.entries: dict[str, Fading] = {}
        self.em = theme.type.figure

    def check(self, name: str, value: Floats) -> None:
        if name not in self.names:
            raise FigureError(f"the key has no name for {name}; known: {', '.join(self.names)}")
        if value.shape != () or not 0 <= value <= 1:
            raise FigureError(f"an entry comes up from 0 to 1, {name} is at {value}")

    def redraw(self) -> None:
        for name, shown in self.numbers.items():
            if name not in self.entries:
                self.entries[name] = self._entry(name)
                self.add(self.entries[name])
            self.entries[name].reveal(float(shown))

    def _entry(self, name: str) -> Fading:
        left, foot = self._corner(name)
        swatch = SeriesMark(SERIES[name], self.theme)
        middle, width = left + 0.5 * SWATCH * self.em, SWATCH * self.em
        flat = SERIES[name].shape in (Shape.LEVEL, Shape.TICK)
        height = (0.35 if flat else 0.75) * self.em
        swatch.place(middle, foot - 0.05 * self.em, height, width)
        beside = (left + (SWATCH + BESIDE) * self.em, foot)
        return Fading(swatch, self.words(self.names[name], self.em, beside, role=Role.DIM))

    def _corner(self, name: str) -> Point:
        """The left end of the baseline of the entry of a series."""
        place, room = list(self.names).index(name), self.room
        if not self.across:
            return room.left, room.top - self.em * (1 + LEADING * place)
        widths = self._columns()
        row, column = divmod(place, len(widths))
        above = math.ceil(len(self.names) / len(widths)) - 1 - row
        gap = (room.width - sum(widths)) / max(1, len(widths) - 1)
        x = room.left + sum(widths[:column]) + column * gap
        return x, room.bottom + (0.3 + LEADING * above) * self.em

    def _columns(self) -> list[float]:
        """How wide the columns are of entries that stand across."""
        entries = [self._width(text) for text in self.names.values()]
        for rows in range(1, len(entries) + 1):
            columns = math.ceil(len(entries) / rows)
            widths = [max(entries[column::columns]) for column in range(columns)]
            if sum(widths) + APART * self.em * (columns - 1) <= self.room.width:
                break
        return widths

    def _width(self, text: str) -> float:
        return (SWATCH + BESIDE) * self.em + float(self.words(text, self.em, (0.0, 0.0)).width)
