"""What the shapes of a picture stand for."""

from __future__ import annotations

from collections.abc import Mapping

from scenes.figures.figure import Fading, Figure, FigureError
from scenes.figures.series import SERIES, SeriesMark
from scenes.layout import Room
from scenes.paths import Floats
from scenes.theme import Role, Theme

LEADING = 1.5
"""From one entry's baseline to the next, in ems."""
SWATCH = 1.25
"""How wide a swatch is, in ems."""


class Key(Figure):
    """The series of a picture by shape and name, under each other from the top of the room.

    ``names`` maps :data:`~scenes.figures.series.SERIES` to words. The number of a series is how far
    its entry has come up, from 0 to 1; an entry that has no number is not there.

    Raises :class:`FigureError` for a series that is unknown or has no name.

    Example
    -------
    >>> key = Key(DARK, WIDE.key, {"reference": "reference", "policy": "policy"})
    >>> key.draw(reference=1)
    """

    def __init__(self, theme: Theme, room: Room, names: Mapping[str, str]) -> None:
        super().__init__(theme, room)
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
        place = list(self.names).index(name)
        foot = self.room.top - self.em * (1 + LEADING * place)
        swatch = SeriesMark(SERIES[name], self.theme)
        middle, width = self.room.left + 0.5 * SWATCH * self.em, SWATCH * self.em
        swatch.place(middle, foot - 0.05 * self.em, 0.75 * self.em, width)
        beside = (self.room.left + (SWATCH + 0.6) * self.em, foot)
        return Fading(swatch, self.words(self.names[name], self.em, beside, role=Role.DIM))
