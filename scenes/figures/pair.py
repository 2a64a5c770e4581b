"""A preference: the response that was chosen, and the one that was rejected."""

from __future__ import annotations

from manim import VGroup

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, REJECTED, X
from scenes.equation import Equation
from scenes.figures.figure import CORNER, Plate
from scenes.figures.models import HEADING, PADDING
from scenes.furniture import Words
from scenes.layout import Room
from scenes.shapes import RoundedBox
from scenes.theme import Role, Theme

BETWEEN = 0.8
"""Between the two responses, where the sign of their order stands."""


class Pair(VGroup):
    """Two responses in a frame with a heading: the chosen filled, the rejected an outline.

    Example
    -------
    >>> pair = Pair(DARK, WIDE.preference, "preferences", "chosen", "rejected")
    >>> scene.show(pair)
    >>> scene.play(models.feed("policy", pair.framed))
    """

    def __init__(self, theme: Theme, room: Room, heading: str, chosen: str, rejected: str) -> None:
        em = theme.type.figure
        self.theme = theme
        self.framed = Room(room.left, room.bottom, room.right, room.top - HEADING * em)
        self.heading = Words(heading, theme, em, Role.DIM, (room.left, room.top))
        self.heading.shift((0.0, room.top - float(self.heading.get_top()[1]), 0.0))
        self.frame = RoundedBox(
            self.framed,
            CORNER + PADDING / 2,
            stroke_color=theme.line,
            stroke_width=theme.strokes.outline,
        )
        left, bottom, right, top = self.framed
        middle, y = self.framed.centre
        low, high = bottom + PADDING, top - PADDING
        ends = middle - BETWEEN / 2, middle + BETWEEN / 2
        self.chosen = self._slab(
            Room(left + PADDING, low, ends[0], high), CHOSEN, chosen, Role.CHOSEN, filled=True
        )
        self.rejected = self._slab(
            Room(ends[1], low, right - PADDING, high), REJECTED, rejected, Role.REJECTED
        )
        self.order = self._order().move_to((middle, y, 0.0))
        super().__init__(self.heading, self.frame, self.chosen, self.rejected, self.order)

    def _order(self) -> VGroup:
        """The sign of P(y_w ≻ y_l | x) between the two."""
        preference = n.keyed(n.Preference(CHOSEN, REJECTED, X))
        equation = Equation(preference, self.theme, self.theme.type.stage)
        _, sign, *_ = equation.own_marks(preference.key)
        return VGroup(sign)

    def _slab(
        self, room: Room, response: n.Node, text: str, role: Role, filled: bool = False
    ) -> VGroup:
        sizes, colour = self.theme.type, self.theme.colour(role)
        foot = room.centre[1] - 0.32 * sizes.figure
        left, right = (room.left + PADDING, foot), (room.right - PADDING, foot)
        symbol = Words("{y}", self.theme, sizes.figure, role, left, symbols={"y": response})
        word = Words(text, self.theme, sizes.label, role, right, "right")
        if filled:
            symbol.set_fill(self.theme.background)
            word.set_fill(self.theme.background)
        plate = Plate(
            room,
            (symbol, word),
            stroke_color=colour,
            stroke_width=self.theme.strokes.outline,
            fill_color=colour,
            fill_opacity=float(filled),
        )
        return VGroup(plate, symbol, word)
