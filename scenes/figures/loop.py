"""A loop of stations that training goes round: rollouts, advantages, update, and again."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from manim import Arc, Circle, ManimColor, VMobject

from scenes.figures.figure import Figure, FigureError, Placed
from scenes.furniture import Anchor, Words
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.shapes import ARROWHEAD, arrowhead
from scenes.theme import Role, Theme

STATION = 0.13
"""The radius of a station, in frame units."""
CLEAR = 0.28
"""Free room between a station's middle and what stands beside it."""
NEAR = 0.12
"""From how far off, in turns, the marker lights up a station's name."""


class Loop(Figure):
    """Stations on a ring, clockwise from the top, and a marker that goes round them.

    Its number is ``turn``: 0 at the first station, 1 when it is back there.

    Raises :class:`FigureError` for fewer than two stations or a turn that is not one number.

    Example
    -------
    >>> loop = Loop(DARK, WIDE.halves[1], ["rollouts", "advantages", "update"], "PPO")
    >>> scene.play(loop.to(turn=1 / 3))
    """

    def __init__(self, theme: Theme, room: Room, stations: Sequence[str], name: str = "") -> None:
        super().__init__(theme, room)
        if len(stations) < 2:
            raise FigureError(f"a loop needs two stations or more, has {len(stations)}")
        self.stations = len(stations)
        self.radius = self._fitting_radius(stations)
        dim = theme.colour(Role.DIM)
        for i in range(self.stations):
            self.add(*self._way(i, dim))
            dot = Circle(radius=STATION, stroke_color=dim, stroke_width=theme.strokes.outline)
            self.add(dot.move_to((*self.at(i / self.stations), 0.0)))
        if name:
            x, y = room.centre
            size = theme.type.title
            self.add(self.words(name, size, (x, y - 0.32 * size), "centre"))
        self.names = [self._name(i, station) for i, station in enumerate(stations)]
        self.add(*self.names)
        self.marker = Circle(
            radius=STATION, stroke_width=0, fill_color=theme.colour(Role.INK), fill_opacity=1
        )
        self._placed = Placed(self.marker)
        self.add(self.marker)
        self.draw(turn=0.0)

    def _fitting_radius(self, stations: Sequence[str]) -> float:
        """The largest ring that leaves room for the names outside it."""
        em = self.theme.type.figure
        widest = max(self.words(name, em, (0.0, 0.0)).get_right()[0] for name in stations)
        across = max(abs(math.sin(2 * math.pi * i / self.stations)) for i in range(self.stations))
        beside = (0.5 * self.room.width - float(widest)) / max(across, 0.1)
        return min(beside, 0.5 * self.room.height - 1.2 * em) - CLEAR

    def at(self, turn: float) -> Point:
        """Where the marker is after so many turns."""
        x, y = self.room.centre
        angle = 2 * math.pi * turn
        return x + self.radius * math.sin(angle), y + self.radius * math.cos(angle)

    def check(self, name: str, value: Floats) -> None:
        if name != "turn" or value.shape != ():
            raise FigureError(f"a loop shows one number, its turn; got {name} = {value}")

    def redraw(self) -> None:
        turn = float(self.numbers["turn"])
        self._placed.put(self.at(turn))
        dim, ink = (ManimColor(self.theme.colour(role)) for role in (Role.DIM, Role.INK))
        for i, name in enumerate(self.names):
            off = abs((turn - i / self.stations + 0.5) % 1 - 0.5)
            name.set_fill(dim.interpolate(ink, max(0.0, 1 - off / NEAR)))

    def _way(self, i: int, colour: str) -> tuple[VMobject, VMobject]:
        """The arrow from station ``i`` to the next."""
        gap = CLEAR / self.radius
        start = 0.5 * math.pi - 2 * math.pi * i / self.stations - gap
        angle = -(2 * math.pi / self.stations - 2 * gap)
        width = self.theme.strokes.outline
        arc = Arc(self.radius, start, angle, stroke_color=colour, stroke_width=width)
        head = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
        x, y = self.room.centre
        arc.shift(np.array([x, y, 0.0]))
        onwards = start + angle - 0.5 * math.pi
        across, up, _ = arc.get_end()
        tip = across + ARROWHEAD * math.cos(onwards), up + ARROWHEAD * math.sin(onwards)
        head.points = arrowhead(tip, onwards)
        return arc, head

    def _name(self, i: int, text: str) -> Words:
        """A station's name, outside the ring."""
        angle, em = 2 * math.pi * i / self.stations, self.theme.type.figure
        across, up = math.sin(angle), math.cos(angle)
        x, y = self.room.centre
        reach = self.radius + CLEAR
        foot = y + reach * up + 0.5 * em * (up - 1) + 0.18 * em
        anchor: Anchor = "centre" if abs(across) < 0.1 else "left" if across > 0 else "right"
        return self.words(text, em, (x + reach * across, foot), anchor, Role.DIM)
