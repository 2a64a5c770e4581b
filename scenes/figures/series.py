"""What can be shown of a response, and the shape that tells it: before its colour does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from manim import VGroup, VMobject

from scenes.figures.figure import when_changed
from scenes.paths import Floats
from scenes.shapes import polygon, rectangle, stroke
from scenes.theme import Role, Theme


class Shape(Enum):
    """How the marks of a series are drawn."""

    OUTLINE = "outline"
    FILL = "fill"
    TINT = "tint"
    PIN = "pin"
    LEVEL = "level"
    TICK = "tick"


@dataclass(frozen=True)
class Series:
    """A row of marks, one a response."""

    role: Role
    shape: Shape
    is_distribution: bool = False
    on_rewards: bool = False
    """Whether its heights are rewards, which have a scale of their own."""


SERIES = {
    "weights": Series(Role.PARTITION, Shape.TINT),
    "policy": Series(Role.POLICY, Shape.FILL, is_distribution=True),
    "reference": Series(Role.REFERENCE, Shape.OUTLINE, is_distribution=True),
    "optimum": Series(Role.INK, Shape.LEVEL, is_distribution=True),
    "reward": Series(Role.REWARD, Shape.PIN, on_rewards=True),
    "value": Series(Role.INK, Shape.TICK, on_rewards=True),
}
"""The series by name, those in front last."""

PIN_HEAD = 0.085
"""Half the diagonal of a pin's head, in frame units."""


class SeriesMark(VGroup):
    """One mark of a series: a bar, a pin with a head, a line across where one should end.

    Example
    -------
    >>> bar = SeriesMark(SERIES["policy"], DARK)
    >>> bar.place(x=0.0, foot=-2.0, height=1.5, width=0.8)
    """

    def __init__(self, series: Series, theme: Theme) -> None:
        super().__init__()
        self.shape = series.shape
        colour, stroke = theme.colour(series.role), theme.strokes.outline
        outline = VMobject(stroke_color=colour, stroke_width=stroke, fill_opacity=0)
        solid = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
        match series.shape:
            case Shape.OUTLINE | Shape.LEVEL:
                self.add(outline)
            case Shape.TICK:
                self.add(outline.set_stroke(width=theme.strokes.curve))
            case Shape.FILL:
                self.add(solid)
            case Shape.TINT:
                self.add(outline.set_fill(colour, 2 * theme.tint))
            case Shape.PIN:
                self.add(outline, solid)

    @when_changed
    def place(self, x: float, foot: float, height: float, width: float) -> None:
        """Stand the mark on ``foot``; its ``height`` is that of a bar's top or of a pin's tip.

        Weights of no height are not there.
        """
        left, right, top = x - width / 2, x + width / 2, foot + height
        match self.shape:
            case Shape.TINT if height == 0:
                self[0].clear_points()
            case Shape.PIN:
                stem, head = self
                size = min(PIN_HEAD, height)
                stem.points = stroke((x, foot), (x, top))
                corners = [(x, top - size), (x + size, top), (x, top + size), (x - size, top)]
                head.points = polygon(corners)
            case Shape.LEVEL | Shape.TICK:
                self[0].points = stroke((left, top), (right, top))
            case _:
                self[0].points = rectangle(left, foot, right, top)

    @property
    def tip(self) -> float:
        """The y that the mark reaches: of a bar's top, or of the middle of a pin's head."""
        points: Floats = self[0].points
        return float(points[:, 1].max())
