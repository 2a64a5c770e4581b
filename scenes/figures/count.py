"""A formula that follows a number as it counts up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import RIGHT, VGroup

from dpo_math import notation as n
from scenes.equation import Equation
from scenes.figures.figure import Figure, FigureError
from scenes.furniture import Words
from scenes.layout import Room
from scenes.paths import Floats


class Count(Figure):
    """What ``formula`` says of a whole number, set anew whenever that is another.

    Its number is ``count``, rounded. The left end and the sign of the relation stay where those of
    ``line`` stand, which is the formula as it is to end. ``words`` says the same number in
    words, which have their left end where that of ``label`` is.

    Raises :class:`FigureError` for a count that is not one number from 1 up.

    Example
    -------
    >>> last = Equation(statements.responses(100), DARK, DARK.type.aside)
    >>> tokens = Count(last, statements.responses)
    >>> tokens.draw(count=1)
    """

    def __init__(
        self,
        line: Equation,
        formula: Callable[[int], n.Relation],
        label: Words | None = None,
        words: Callable[[int], Words] | None = None,
    ) -> None:
        left, bottom = (float(value) for value in line.get_corner((-1, -1, 0))[:2])
        room = Room(left, bottom, left + float(line.width), bottom + float(line.height))
        super().__init__(line.theme, room)
        self.formula_of, self.last = formula, line
        self.last_label, self.words_of = label, words
        self.line: Equation | None = None
        self.label: Words | None = None
        self._shown = 0

    def check(self, name: str, value: Floats) -> None:
        if name != "count" or value.shape != () or round(float(value)) < 1:
            raise FigureError(f"a count is one number from 1 up; got {name} = {value}")

    def redraw(self) -> None:
        count = round(float(self.numbers["count"]))
        if count == self._shown:
            return
        tree = self.formula_of(count)
        new = Equation(tree, self.theme, self.last.em)
        new.shift(np.subtract(_sign(self.last), _sign(new)))
        left = VGroup(*new.marks_of(tree.left))
        left.shift((float(self.last.get_left()[0]) - float(left.get_left()[0])) * RIGHT)
        self.line, self._shown = self.rewrite(self.line, new), count
        if self.last_label and self.words_of:
            label = self.words_of(count)
            label.shift(float(self.last_label.get_left()[0] - label.get_left()[0]) * RIGHT)
            self.label = self.rewrite(self.label, label)


def _sign(line: Equation) -> Floats:
    return np.asarray(VGroup(*line.own_marks(line.tree.key)).get_center())
