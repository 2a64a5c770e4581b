"""An arrow that grows along its way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import VGroup, VMobject

from scenes.figures.figure import when_changed
from scenes.layout import Point
from scenes.shapes import ARROWHEAD, arrowhead
from scenes.theme import Role, Theme


class Way(VGroup):
    """A line with a head, along straight stretches from corner to corner.

    Example
    -------
    >>> way = Way(DARK)
    >>> way.draw([(0.0, 0.0), (0.0, 2.0), (1.0, 2.0)], share=0.5)
    """

    def __init__(self, theme: Theme, role: Role = Role.INK) -> None:
        colour = theme.colour(role)
        self.line = VMobject(stroke_color=colour, stroke_width=theme.strokes.outline)
        self.head = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
        super().__init__(self.line, self.head)

    @when_changed
    def draw(self, corners: Sequence[Point], share: float) -> None:
        """Show the first ``share`` of the way, from 0 to 1, with the head at its end."""
        length = share * sum(math.dist(*stretch) for stretch in pairwise(corners))
        if length <= 2 * ARROWHEAD:
            self.line.clear_points()
            self.head.clear_points()
            return
        reached, left = [corners[0]], length
        for start, end in pairwise(corners):
            along = min(1.0, left / math.dist(start, end))
            angle = math.atan2(end[1] - start[1], end[0] - start[0])
            reached.append((_between(start[0], end[0], along), _between(start[1], end[1], along)))
            left -= math.dist(start, end)
            if left <= 1e-9:
                break
        tip = np.array([*reached[-1], 0.0])
        back = tip - ARROWHEAD * np.array([math.cos(angle), math.sin(angle), 0.0])
        turns = [np.array([x, y, 0.0]) for x, y in reached[:-1]]
        self.line.set_points_as_corners([*turns, back])
        self.head.points = arrowhead(reached[-1], angle)


def _between(start: float, end: float, along: float) -> float:
    return (1 - along) * start + along * end
