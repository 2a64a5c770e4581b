"""A bar that two share, each in proportion to how strong it is."""

from __future__ import annotations

from manim import VMobject

from dpo_math import notation as n
from dpo_math.statements import decimal
from scenes.equation import Equation
from scenes.figures.figure import Figure, FigureError
from scenes.furniture import Words
from scenes.layout import Room
from scenes.paths import Floats
from scenes.shapes import rectangle
from scenes.theme import Role, Theme

APART = 0.04
"""Between the two parts, in frame units."""


class Split(Figure):
    """A bar as wide as the room, cut where the strengths of two are in proportion.

    Its numbers are the strengths, ``chosen`` and ``rejected``. Over each end stands the strength of
    the one whose part is there, with its name, and under each part its share of the whole.

    Raises :class:`FigureError` for a strength that is not one positive number.

    Example
    -------
    >>> contest = Split(DARK, WIDE.split, n.Exp(reward(CHOSEN)), n.Exp(reward(REJECTED)))
    >>> contest.draw(chosen=math.exp(2.2), rejected=math.exp(1.0))
    """

    ROLES = (("chosen", Role.CHOSEN), ("rejected", Role.REJECTED))

    def __init__(self, theme: Theme, room: Room, chosen: n.Node, rejected: n.Node) -> None:
        super().__init__(theme, room)
        self.em = theme.type.figure
        self.foot, self.top = room.bottom + 1.1 * self.em, room.top - 1.4 * self.em
        self.names = {"chosen": chosen, "rejected": rejected}
        self.parts = {name: self._part(role) for name, role in self.ROLES}
        self.add(*self.parts.values())
        self._strengths: dict[str, Equation | None] = dict.fromkeys(self.parts)
        self._shares: dict[str, Words | None] = dict.fromkeys(self.parts)

    def _part(self, role: Role) -> VMobject:
        return VMobject(stroke_width=0, fill_color=self.theme.colour(role), fill_opacity=1)

    def check(self, name: str, value: Floats) -> None:
        if name not in self.parts or value.shape != () or value <= 0:
            raise FigureError(
                f"a split shows two strengths, chosen and rejected, each positive; got {name} = "
                f"{value}"
            )

    def share(self, name: str) -> float:
        """The share of the whole that one of them has."""
        return float(self.numbers[name] / sum(self.numbers.values()))

    def redraw(self) -> None:
        if len(self.numbers) < len(self.parts):
            return
        room = self.room
        cut = room.left + self.share("chosen") * room.width
        ends = {"chosen": (room.left, cut - APART / 2), "rejected": (cut + APART / 2, room.right)}
        for name, role in self.ROLES:
            left, right = ends[name]
            self.parts[name].points = rectangle(left, self.foot, right, self.top)
            self._write_share(name, role, ((left + right) / 2, room.bottom))
            self._write_strength(name)

    def _write_share(self, name: str, role: Role, at: tuple[float, float]) -> None:
        text = self.theme.numerals(self.share(name), ".0%")
        written = self._shares[name]
        if written and written.text == text:
            written.place(at)
        else:
            words = self.words(text, self.em, at, "centre", role)
            self._shares[name] = self.rewrite(written, words)

    def _write_strength(self, name: str) -> None:
        """How strong one is, over its end of the bar."""
        amount = n.keyed(n.Relation(self.names[name], "approx", decimal(float(self.numbers[name]))))
        written = self._strengths[name]
        if written and written.tree == amount:
            return
        over = self.top + 0.5 * self.em
        if name == "chosen":
            formula = self.formula(amount, self.em, (self.room.left, over))
        else:
            formula = self.formula(amount, self.em, (self.room.right, over), "right")
        self._strengths[name] = self.rewrite(written, formula)
