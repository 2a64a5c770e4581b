"""How many times as high one bar is as another, counted out over it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from manim import VMobject

from scenes.figures.distribution import WIDTHS, Distribution
from scenes.figures.figure import Figure, FigureError
from scenes.figures.series import SERIES
from scenes.paths import Floats
from scenes.shapes import rectangle
from scenes.theme import Theme


class Stack(Figure):
    """Copies of a bar of the series ``name`` at response ``i``, which is ``one`` high, on top of
    each other.

    The number ``count`` is how many there are, 1 or more; of the last there may be only a part.

    Raises :class:`FigureError` for less than one copy.

    Example
    -------
    >>> stack = Stack(DARK, bars, 5, "reference", PROMPT.reference[5])
    >>> scene.play(stack.to(count=1 / PROMPT.reference[5]))
    """

    def __init__(self, theme: Theme, bars: Distribution, i: int, name: str, one: float) -> None:
        super().__init__(theme, bars.room)
        self.bars, self.i, self.name, self.one = bars, i, name, one
        self.laid_over = bars
        colour, width = theme.colour(SERIES[name].role), theme.strokes.outline
        self.copies = VMobject(stroke_color=colour, stroke_width=width)
        self.add(self.copies)
        self.draw(count=1)

    def check(self, name: str, value: Floats) -> None:
        if name != "count" or value.shape != () or value < 1:
            raise FigureError(f"a stack is counted, from one on; got {name} = {value}")

    def redraw(self) -> None:
        count = float(self.numbers["count"])
        bars, middle = self.bars, self.bars.middle(self.i)
        half = 0.5 * bars.pitch * WIDTHS[SERIES[self.name].shape]
        edges = [min(k, count) for k in range(math.ceil(count) + 1)]
        heights = [bars.baseline + bars.height_of(self.name, self.one * edge) for edge in edges]
        self.copies.points = np.concatenate(
            [rectangle(middle - half, low, middle + half, high) for low, high in pairwise(heights)]
        )
