"""How much more reward each response has than was guessed, as arrows from the guess."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from manim import VGroup, VMobject

from scenes.figures.distribution import PIN_AT, Distribution
from scenes.figures.figure import Figure, FigureError
from scenes.paths import Floats
from scenes.shapes import arrowhead, stroke
from scenes.theme import Role, Theme

BESIDE = 0.085
"""From a pin to its arrow, of the room that a response has across."""
HEAD = 0.07
"""Half the length of a head, in frame units, where the arrow is long enough for it."""


class Advantages(Figure):
    """An arrow beside the pin of each response, from its ``guess`` up or down to its ``reward``.

    The number ``reached`` is how far the arrows have come, from 0 to 1.

    Raises :class:`FigureError` for a share outside of that.

    Example
    -------
    >>> arrows = Advantages(DARK, bars, PROMPT.reward, expected(PROMPT, PROMPT.reference))
    >>> scene.play(arrows.to(reached=1))
    """

    def __init__(
        self, theme: Theme, bars: Distribution, reward: Sequence[float], guess: Sequence[float]
    ) -> None:
        super().__init__(theme, bars.room)
        self.bars, self.laid_over = bars, bars
        self.reward, self.guess = np.asarray(reward), np.asarray(guess)
        colour, width = theme.colour(Role.INK), theme.strokes.outline
        self.arrows = [
            VGroup(
                VMobject(stroke_color=colour, stroke_width=width),
                VMobject(stroke_width=0, fill_color=colour, fill_opacity=1),
            )
            for _ in reward
        ]
        self.add(*self.arrows)
        self.draw(reached=0)

    def check(self, name: str, value: Floats) -> None:
        if name != "reached" or value.shape != () or not 0 <= value <= 1:
            raise FigureError(f"arrows have reached a share from 0 to 1; got {name} = {value}")

    def redraw(self) -> None:
        reached = float(self.numbers["reached"])
        tips = self.guess + reached * (self.reward - self.guess)
        for i, (line, head) in enumerate(self.arrows):
            x = self.bars.middle(i) + (PIN_AT + BESIDE) * self.bars.pitch
            start, tip = (
                self.bars.baseline + self.bars.height_of("reward", float(heights[i]))
                for heights in (self.guess, tips)
            )
            up = math.copysign(1.0, tip - start)
            half = min(HEAD, abs(tip - start) / 2)
            line.points = stroke((x, start), (x, tip - up * half))
            head.points = arrowhead((x, tip), up * math.pi / 2, half)
