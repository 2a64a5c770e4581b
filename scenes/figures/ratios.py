"""A pair of responses against the reference: how far each is above or below it, and the margin."""

from __future__ import annotations

import numpy as np
from manim import Line, VMobject

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, REJECTED, reward
from scenes.equation import Equation
from scenes.figures.figure import Figure, FigureError
from scenes.furniture import Anchor, Words
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.shapes import rectangle, stroke
from scenes.theme import Role, Theme

PAIR: dict[str, tuple[n.Node, Role, float]] = {
    "chosen": (CHOSEN, Role.CHOSEN, 0.31),
    "rejected": (REJECTED, Role.REJECTED, 0.56),
}
"""The bars: the response, its role, and where the bar stands, as a share of the room's width."""
WIDTH = 0.09
SPAN_AT = 0.71
"""Where the span between the bars' ends stands."""
END = 0.1
"""Half the length of the strokes at its ends, in frame units."""
BESIDE = 0.26
"""From the span to the earlier one, in frame units."""
NOTHING, WRITTEN_FROM = 0.05, 0.1
"""Up to the one, a bar has no number; from the other on, it is wholly there: what rounds to nothing
needs none, and none jumps from one side of the reference to the other."""
CLOSE, CLEAR = 1.1, 1.5
"""How far another level has to be from the reference's to be there at all, and wholly, in ems: its
name stands where the other's does."""


class Ratios(Figure):
    """Bars up and down from the level of the reference, from ``lowest`` to ``highest``.

    The numbers ``chosen`` and ``rejected`` are where the bars end; the span beside them, from one
    end to the other, is the margin. ``level`` names the line between up and down, ``margin`` the
    span. ``names`` are the signs under the bars, and ``written`` is what stands at their ends; a
    bar that is hardly there has nothing written. The number ``before`` is an earlier margin, which
    then hangs beside the span from where the chosen bar ends, dim, as what the span has to come
    to; it is called ``earlier``. The number ``others`` is another level, that of all responses
    beside the pair, named ``beside``.

    Raises :class:`FigureError` for a range that 0 is not in, a number outside it, and an earlier
    margin that is not above 0 or longer than the range.

    Example
    -------
    >>> pair = Ratios(DARK, WIDE.halves[1], -3.0, 2.0, level="reference", margin="margin")
    >>> scene.play(pair.to(chosen=1.95, rejected=-2.74))
    >>> scene.play(pair.to(chosen=0, rejected=0, before=4.69))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        lowest: float,
        highest: float,
        *,
        level: str,
        margin: str,
        earlier: str = "",
        beside: str = "",
    ) -> None:
        super().__init__(theme, room)
        if not lowest <= 0 <= highest or lowest == highest:
            raise FigureError(f"a range from {lowest} to {highest} does not go around 0")
        self.lowest, self.highest = lowest, highest
        self.em = em = theme.type.figure
        self.foot, self.ceiling = room.bottom + 3.1 * em, room.top - 1.4 * em
        self.margin, self.earlier, self.others = margin, earlier, beside
        self._add_level(level)
        self.other_level = VMobject(
            stroke_color=theme.colour(Role.DIM), stroke_width=theme.strokes.outline
        )
        self.add(self.other_level)
        self.names = {name: self._name(name) for name in PAIR}
        self.add(*self.names.values())
        self.bars = {name: self._bar(role) for name, (_, role, _) in PAIR.items()}
        ink, width = theme.colour(Role.INK), theme.strokes.outline
        dim = VMobject(stroke_color=theme.colour(Role.DIM), stroke_width=theme.strokes.curve)
        self.ghost = dim.set_stroke(opacity=0)
        self.span = VMobject(stroke_color=ink, stroke_width=width)
        self.add(*self.bars.values(), self.ghost, self.span)
        self.written: dict[str, Words] = {}
        self.draw(chosen=0.0, rejected=0.0)

    def x(self, share: float) -> float:
        """The x at this share of the room's width."""
        return self.room.left + share * self.room.width

    def y(self, value: float) -> float:
        """The y of ``value``."""
        along = (value - self.lowest) / (self.highest - self.lowest)
        return self.foot + along * (self.ceiling - self.foot)

    def check(self, name: str, value: Floats) -> None:
        if name == "before":
            if value.shape != () or not 0 < value <= self.highest - self.lowest:
                raise FigureError(f"an earlier margin is one number above 0, not {value}")
            return
        if name not in (*PAIR, "others"):
            raise FigureError(f"a pair is {' and '.join(PAIR)}, not {name}")
        if value.shape != () or not self.lowest <= value <= self.highest:
            told = f"{name} must be one number from {self.lowest} to {self.highest}"
            raise FigureError(f"{told}, is {value}")

    def redraw(self) -> None:
        shown = {name: float(value) for name, value in self.numbers.items()}
        for name in filter(shown.__contains__, PAIR):
            self._draw_bar(name, shown[name])
        if shown.keys() >= PAIR.keys():
            self._draw_span(*(shown[name] for name in PAIR))
        if "others" in shown:
            self._draw_others(shown["others"])
        if "before" in shown:
            self._draw_ghost(shown["chosen"], shown["before"], self.grown.get("before", 1.0))

    def _draw_bar(self, name: str, value: float) -> None:
        middle, half = self.x(PAIR[name][2]), 0.5 * WIDTH * self.room.width
        left, right, y = middle - half, middle + half, self.y(value)
        level = self.y(0)
        self.bars[name].points = rectangle(left, level, right, y)
        beyond = 0.55 * self.em if value >= 0 else -1.25 * self.em
        format_spec = "+.1f" if round(value, 1) else "z.1f"
        self._write(
            name, self.theme.numerals(value, format_spec), (middle, y + beyond), PAIR[name][1]
        )
        self.written[name].set_fill(opacity=_risen(abs(value), NOTHING, WRITTEN_FROM))

    def _draw_others(self, value: float) -> None:
        y = self.y(value)
        seen = _risen(abs(y - self.y(0)), CLOSE * self.em, CLEAR * self.em)
        self.other_level.points = stroke(*self._across(y))
        self.other_level.set_stroke(opacity=seen)
        text = f"{self.others} {self.theme.numerals(value, '+.1f')}"
        self._write("others", text, (self.room.left, y + 0.35 * self.em), Role.DIM)
        self.written["others"].set_fill(opacity=seen)

    def _across(self, y: float) -> tuple[Point, Point]:
        """The ends of a level at this y."""
        return (self.room.left, y), (self.x(SPAN_AT) - 2 * END, y)

    def _draw_ghost(self, chosen: float, before: float, seen: float) -> None:
        """The earlier margin, from the end of the chosen bar down, its name at its foot."""
        x, foot = self.x(SPAN_AT) + BESIDE, self.y(chosen - before)
        self.ghost.points = _span(x, self.y(chosen), foot)
        self.ghost.set_stroke(opacity=seen)
        if self.earlier:
            self._write("before", self.earlier, (self._beside, foot), Role.DIM)
            self.written["before"].set_fill(opacity=seen)

    def _draw_span(self, chosen: float, rejected: float) -> None:
        x, top, bottom = self.x(SPAN_AT), self.y(chosen), self.y(rejected)
        self.span.points = _span(x, top, bottom)
        number = self.theme.numerals(chosen - rejected, "z.1f")
        at = self._beside, (top + bottom) / 2 - 0.3 * self.em
        self._write("margin", f"{self.margin} {number}", at, Role.INK)

    @property
    def _beside(self) -> float:
        """Where words beside the spans begin, clear of an earlier one too."""
        room_for_it = BESIDE if self.earlier else 0.0
        return self.x(SPAN_AT) + room_for_it + 0.8 * self.em

    def _write(self, name: str, text: str, at: Point, role: Role) -> None:
        """Write a text anew, or put the one that says the same in its place."""
        anchor: Anchor = "centre" if name in PAIR else "left"
        old = self.written.get(name)
        if old and old.text == text:
            old.place(at)
        else:
            em = self.theme.type.label if name == "others" else self.em
            self.written[name] = self.rewrite(old, self.words(text, em, at, anchor, role))

    def _add_level(self, level: str) -> None:
        y, theme = self.y(0), self.theme
        left, right = ((*end, 0.0) for end in self._across(y))
        colour = theme.colour(Role.REFERENCE)
        self.add(Line(left, right, stroke_width=theme.strokes.outline, color=colour))
        at = (self.room.left, y + 0.35 * self.em)
        self.add(self.words(level, theme.type.label, at, "left", Role.REFERENCE))

    def _name(self, name: str) -> Equation:
        response, _, share = PAIR[name]
        at = (self.x(share), self.room.bottom + 0.3 * self.em)
        return self.formula(reward(response, name="hat"), self.em, at, "centre")

    def _bar(self, role: Role) -> VMobject:
        return VMobject(stroke_width=0, fill_color=self.theme.colour(role), fill_opacity=1)


def _risen(value: float, start: float, end: float) -> float:
    """How far ``value`` is on the way from ``start`` to ``end``, from 0 to 1."""
    return round(min(1.0, max(0.0, (value - start) / (end - start))), 2)


def _span(x: float, top: float, bottom: float) -> Floats:
    """A line from one height to another, with a stroke across at each end."""
    across = (((x - END, y), (x + END, y)) for y in (top, bottom))
    return np.concatenate([stroke(*ends) for ends in (((x, bottom), (x, top)), *across)])
