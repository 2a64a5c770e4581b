"""The graph of a function, with points that slide on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from manim import Circle, Line, VMobject

from dpo_math import notation as n
from dpo_math.statements import whole
from scenes.figures.figure import Fading, Figure, FigureError, Placed
from scenes.furniture import Anchor
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.theme import Role, Theme

SAMPLES = 96
"""Pieces that the curve is drawn in."""
POINT = 0.1
"""A point's radius, in frame units."""
TANGENT = 1.4
"""Half the length of a tangent, in frame units, if nothing else is said."""
BESIDE = 0.2
"""From a point's middle to its name, across and up."""
TICK = 0.07


@dataclass(frozen=True)
class Marker:
    """A point on the curve: its name, with symbols in it, and the side of the curve it is on.

    A ``hollow`` one is a ring.
    """

    name: str
    role: Role
    symbols: Mapping[str, n.Node] = field(default_factory=dict)
    side: Literal["above", "below"] = "above"
    hollow: bool = False


class Curve(Figure):
    """A convex function over ``span``, from 0 up to ``top``, and points on it by name.

    The number of a point is where it is on the axis across; it comes up with its tangent, whose
    slope is ``slope`` there. Whole numbers ``every`` so often are written under the axis, which is
    named ``across``, with formulas for its ``symbols``, and all of them beside the other; ``up``
    says what the height is, where nothing else does. The points that were given first are in front.

    The graph can be ``drawn`` over a part of the span. A ``goal`` is a place with a line up to the
    graph and its number under the axis. ``tangent`` is half the length of tangents.

    Raises :class:`FigureError` for a span without a length, a function that rises above ``top`` or
    falls below 0 where it is drawn, and a point outside.

    Example
    -------
    >>> curve = Curve(DARK, WIDE.picture, loss, slope, {"pair": Marker("a pair", Role.POLICY)},
    ...               span=(-3, 5), top=3.2, every=2, across="margin", up="loss")
    >>> scene.play(curve.to(pair=0.0))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        function: Callable[[float], float],
        slope: Callable[[float], float],
        markers: Mapping[str, Marker],
        *,
        span: tuple[float, float],
        top: float,
        every: int,
        across: str,
        up: str | None = None,
        across_role: Role = Role.DIM,
        symbols: Mapping[str, n.Node] | None = None,
        drawn: tuple[float, float] | None = None,
        goal: float | None = None,
        tangent: float = TANGENT,
    ) -> None:
        super().__init__(theme, room)
        if not span[0] < span[1]:
            raise FigureError(f"a curve from {span[0]} to {span[1]} has no length")
        self.function, self.slope, self.markers = function, slope, dict(markers)
        self.span, self.top, self.em = span, top, theme.type.label
        self.drawn, self.tangent = drawn or span, tangent
        self.foot = room.bottom + 2.9 * self.em
        self._add_axis(every, up)
        at = room.right, self.foot - 2.6 * self.em
        self.add(self.words(across, self.em, at, "right", across_role, **(symbols or {})))
        if goal is not None:
            self._add_goal(goal)
        self.graph = VMobject(stroke_color=theme.colour(Role.INK), stroke_width=theme.strokes.curve)
        self.graph.set_points_smoothly(self._graph())
        self.tangents = {name: self._tangent() for name in markers}
        self.points_on = {name: self._point(marker) for name, marker in markers.items()}
        self._placed = {name: Placed(point) for name, point in self.points_on.items()}
        for part in (*self.tangents.values(), *self.points_on.values()):
            part.reveal(0.0)
        points = reversed(self.points_on.values())
        self.add(*self.tangents.values(), self.graph, *points)

    def at(self, x: float, y: float) -> Point:
        """Where the point (x, y) of the graph stands."""
        start, end = self.span
        along = (x - start) / (end - start)
        up = y / self.top * (self.room.top - self.foot)
        return self.room.left + along * self.room.width, self.foot + up

    def on(self, x: float) -> Point:
        """Where the curve is above ``x``."""
        return self.at(x, self.function(x))

    def check(self, name: str, value: Floats) -> None:
        if name not in self.markers:
            raise FigureError(f"no point is called {name}; known: {', '.join(self.markers)}")
        start, end = self.drawn
        if value.shape != () or not start <= value <= end:
            raise FigureError(f"{name} must be one number from {start} to {end}, is {value}")

    def redraw(self) -> None:
        for name, value in self.numbers.items():
            x, shown = float(value), self.grown.get(name, 1.0)
            place = np.array([*self.on(x), 0.0])
            point, tangent = self.points_on[name], self.tangents[name]
            self._placed[name].put(self.on(x))
            tangent[0].set_points_as_corners(self._touching(x, place))
            point.reveal(shown)
            tangent.reveal(shown)

    def _graph(self) -> Floats:
        across = np.linspace(*self.drawn, SAMPLES + 1)
        heights = [self.function(float(x)) for x in across]
        if min(heights) < 0 or max(heights) > self.top * (1 + 1e-9):
            low, high = min(heights), max(heights)
            raise FigureError(f"the curve goes from {low:.3g} to {high:.3g}, not 0 to {self.top}")
        return np.array(
            [(*self.at(float(x), y), 0.0) for x, y in zip(across, heights, strict=True)]
        )

    def _touching(self, x: float, place: Floats) -> Floats:
        """The ends of the tangent at ``x``, as long in every direction."""
        unit_x, unit_y = np.array(self.at(1.0, 1.0)) - np.array(self.at(0.0, 0.0))
        direction = np.array([unit_x, self.slope(x) * unit_y, 0.0])
        reach = self.tangent * direction / np.linalg.norm(direction)
        return np.array([place - reach, place + reach])

    def _add_axis(self, every: int, up: str | None) -> None:
        em, room, y = self.em, self.room, self.foot
        start, end = self.span
        self._add_stroke((room.left, y), (room.right, y))
        self._add_stroke(self.at(0, 0), self.at(0, self.top))
        for x in range(every * math.ceil(start / every), math.floor(end) + 1, every):
            foot = self.at(x, 0)
            self._add_stroke(foot, (foot[0], foot[1] - TICK))
            self._add_number(x, (foot[0], foot[1] - 1.3 * em), "centre")
        for height in range(1, math.floor(self.top) + 1):
            side = self.at(0, height)
            self._add_stroke(side, (side[0] - TICK, side[1]))
            self._add_number(height, (side[0] - TICK - 0.3 * em, side[1] - 0.33 * em), "right")
        if up:
            corner = self.at(0, self.top)
            beside = corner[0] + 0.6 * em, corner[1] - 0.7 * em
            self.add(self.words(up, em, beside, role=Role.DIM))

    def _add_goal(self, goal: float) -> None:
        em, width, ink = self.em, self.theme.strokes.outline, self.theme.colour(Role.INK)
        x, y = self.on(goal)
        ends = (x, self.foot - TICK, 0.0), (x, y, 0.0)
        self.add(Line(*ends, stroke_width=width, color=ink))
        number = self.theme.numerals(goal, ".2f")
        self.add(self.words(number, em, (x, self.foot - 1.3 * em), "centre"))

    def _add_stroke(self, a: Point, b: Point) -> None:
        width, ends = self.theme.strokes.hairline, ((*a, 0.0), (*b, 0.0))
        self.add(Line(*ends, stroke_width=width, color=self.theme.line))

    def _add_number(self, number: int, at: Point, anchor: Anchor) -> None:
        formula = self.formula(n.keyed(whole(number)), self.em, at, anchor)
        self.add(formula.set_fill(self.theme.colour(Role.DIM)))

    def _tangent(self) -> Fading:
        width, colour = self.theme.strokes.outline, self.theme.colour(Role.POLICY)
        return Fading(Line(stroke_width=width, color=colour))

    def _point(self, marker: Marker) -> Fading:
        theme, colour = self.theme, self.theme.colour(marker.role)
        dot = Circle(POINT, stroke_width=0, fill_color=colour, fill_opacity=1)
        if marker.hollow:
            dot.set_fill(theme.background).set_stroke(colour, theme.strokes.curve, opacity=1)
        above = marker.side == "above"
        at = (BESIDE, 0.6 * BESIDE) if above else (-BESIDE, -BESIDE - 0.6 * self.em)
        anchor: Literal["left", "right"] = "left" if above else "right"
        name = self.words(marker.name, self.em, at, anchor, marker.role, **marker.symbols)
        return Fading(dot, name)
