"""A function under a straight line that it touches, and how far below the line it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manim import UP, Circle, Line, VMobject

from dpo_math import notation as n
from dpo_math.statements import whole
from scenes.equation import Equation
from scenes.figures.figure import Figure, FigureError, Placed
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.shapes import stroke
from scenes.theme import Role, Theme

SAMPLES = 96
"""Pieces that a graph is drawn in."""
POINT = 0.08
"""A point's radius, in frame units."""
BESIDE = 0.15
"""From the end of a graph to its name."""
NAME = 3.2
"""What is kept free for names, right of the graphs, in ems."""
TICK = 0.07
UNDER = 0.6
"""From the axis to what is told of its number, in ems."""


@dataclass(frozen=True)
class Graph:
    """A function of one number, with the formula that is written at its end."""

    function: Callable[[float], float]
    name: n.Node


class Bound(Figure):
    """The graph of ``under``, which never rises above that of ``over``, on one axis.

    The number ``at`` is where the two are compared: a point on each, and a line from one to the
    other, which is as long as they are apart. ``span`` is what the axis shows of the number
    ``across``, with the whole number ``mark`` written under it; ``heights`` are the numbers at the
    lower and the upper edge of the room.

    Raises :class:`FigureError` for a graph that leaves the room, for ``under`` above ``over``, and
    for a place outside of the span.

    Example
    -------
    >>> log = Bound(DARK, WIDE.bound, Graph(math.log, log_of_u), Graph(tangent, u_less_one),
    ...             span=(0.2, 3.0), heights=(-1.75, 2.05), across=n.Symbol("u"), mark=1)
    >>> log.draw(at=3.0)
    >>> scene.play(log.to(at=1.0))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        under: Graph,
        over: Graph,
        *,
        span: tuple[float, float],
        heights: tuple[float, float],
        across: n.Node,
        mark: int,
    ) -> None:
        super().__init__(theme, room)
        self.under, self.over, self.span, self.heights = under, over, span, heights
        self.em, self.across = theme.type.figure, across
        self._check_order()
        self._add_axis(across, mark)
        strokes = theme.strokes
        self.graphs = {
            "over": self._graph(over, strokes.outline, Role.DIM),
            "under": self._graph(under, strokes.curve, Role.INK),
        }
        self.gap = Line(stroke_width=strokes.outline, color=theme.colour(Role.INK))
        self.points_on = [self._point() for _ in (under, over)]
        self._placed = [Placed(point) for point in self.points_on]
        self.add(self.gap, *self.points_on)
        self.draw(at=span[1])

    def place(self, x: float, y: float) -> Point:
        """Where the point (x, y) of the graphs stands."""
        (start, end), (low, high), room = self.span, self.heights, self.room
        width = room.width - NAME * self.em
        return (
            room.left + (x - start) / (end - start) * width,
            room.bottom + (y - low) / (high - low) * room.height,
        )

    def told(self, value: n.Node) -> Equation:
        """What the number across the axis is, to be shown under the axis's end."""
        tree = n.keyed(n.Relation(self.across, "=", value))
        right, foot = self.place(self.span[1], 0.0)
        equation = self.formula(tree, self.em, (right, foot), "right")
        return equation.shift((foot - UNDER * self.em - float(equation.get_top()[1])) * UP)

    def check(self, name: str, value: Floats) -> None:
        start, end = self.span
        if name != "at" or value.shape != () or not start <= value <= end:
            raise FigureError(f"a bound is looked at in one place from {start} to {end}: {value}")

    def redraw(self) -> None:
        x = float(self.numbers["at"])
        ends = [self.place(x, graph.function(x)) for graph in (self.under, self.over)]
        self.gap.points = stroke(*ends)
        for point, end in zip(self._placed, ends, strict=True):
            point.put(end)

    def _check_order(self) -> None:
        for x in np.linspace(*self.span, SAMPLES + 1):
            lower, upper = self.under.function(float(x)), self.over.function(float(x))
            if lower > upper + 1e-9:
                raise FigureError(f"at {x:.3g}, what should be under is at {lower:.3g}")
            if lower < self.heights[0] or upper > self.heights[1]:
                raise FigureError(f"at {x:.3g}, {lower:.3g} to {upper:.3g} leaves {self.heights}")

    def _graph(self, graph: Graph, width: float, role: Role) -> VMobject:
        colour = self.theme.colour(role)
        drawn = VMobject(stroke_color=colour, stroke_width=width)
        across = [float(x) for x in np.linspace(*self.span, SAMPLES + 1)]
        places = [self.place(x, graph.function(x)) for x in across]
        drawn.set_points_smoothly(np.array([(*at, 0.0) for at in places]))
        end = (places[-1][0] + BESIDE, places[-1][1] - 0.3 * self.em)
        name = self.formula(n.keyed(graph.name), self.em, end)
        self.add(drawn, name)
        return drawn

    def _add_axis(self, across: n.Node, mark: int) -> None:
        theme, em = self.theme, self.em
        left, right = (self.place(x, 0.0) for x in self.span)
        foot = self.place(mark, 0.0)
        for a, b in ((left, right), (foot, (foot[0], foot[1] - TICK))):
            ends = ((*a, 0.0), (*b, 0.0))
            self.add(Line(*ends, stroke_width=theme.strokes.hairline, color=theme.line))
        name = self.formula(n.keyed(across), em, (right[0] + BESIDE, right[1] - 0.25 * em))
        number = self.formula(n.keyed(whole(mark)), em, (foot[0], foot[1] - 1.1 * em), "centre")
        self.add(name, number.set_fill(theme.colour(Role.DIM)))

    def _point(self) -> Circle:
        colour = self.theme.colour(Role.INK)
        return Circle(POINT, stroke_width=0, fill_color=colour, fill_opacity=1)
