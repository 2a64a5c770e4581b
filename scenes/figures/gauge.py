"""A number with its name and unit over a track: a gauge fills, a dial has a knob."""

from __future__ import annotations

import math
from collections.abc import Mapping

from manim import Circle, Line, VGroup, VMobject

from dpo_math import notation as n
from dpo_math.derivation import BETA
from scenes.equation import Equation
from scenes.figures.figure import Figure, FigureError, Placed
from scenes.furniture import Words
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.shapes import ARROWHEAD, arrowhead, rectangle
from scenes.theme import Role, Theme

TRACK = 0.09
"""How thick a track is, in frame units."""
KNOB = 0.11
BETWEEN = 0.03
"""Between two fillings of a track."""
ALL_LACKING = 0.2
"""Of a full track, how far below nothing a number is when its arrow is fully grown."""
TEXT_ABOVE = 0.26
"""From the middle of the track to the baseline of the text."""


class Readout(Figure):
    """A name on the left and its number on the right, over a track from ``least`` to ``most``.

    Its number is ``value``, with as many ``places`` behind the point. ``ends`` says what the two
    ends of the track mean. A name in words may have ``symbols`` in it.

    Raises :class:`FigureError` for a value that is not one number on the track.
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        name: n.Node | str,
        *,
        least: float,
        most: float,
        unit: str = "",
        places: int = 2,
        ends: tuple[str, str] | None = None,
        symbols: Mapping[str, n.Node] | None = None,
    ) -> None:
        super().__init__(theme, room)
        if not least < most:
            raise FigureError(f"a track from {least} to {most} has no length")
        self.least, self.most, self.unit, self.places = least, most, unit, places
        self.track = room.bottom + KNOB
        if ends:
            self._name_ends(*ends)
        self.em = theme.type.figure
        self.text_at = self.track + TEXT_ABOVE
        at = (room.left, self.text_at)
        self.add(self._named(name, at, symbols or {}))
        self._number: Words | None = None

    def _named(
        self, name: n.Node | str, at: Point, symbols: Mapping[str, n.Node]
    ) -> Words | Equation:
        if isinstance(name, str):
            return Words(name, self.theme, self.em, Role.INK, at, symbols=symbols)
        return self.formula(name, self.em, at)

    def _name_ends(self, low: str, high: str) -> None:
        """Say under the track what its ends mean, and make room for that."""
        em, room = self.theme.type.label, self.room
        self.track += 1.25 * em
        self.add(
            self.words(low, em, (room.left, room.bottom), "left", Role.DIM),
            self.words(high, em, (room.right, room.bottom), "right", Role.DIM),
        )

    def check(self, name: str, value: Floats) -> None:
        if name != "value" or value.shape != ():
            raise FigureError(f"a readout shows one number, its value; got {name} = {value}")
        slack = 1e-9 * (self.most - self.least)
        if not self.least - slack <= value <= self.most + slack:
            raise FigureError(f"value must be from {self.least} to {self.most}, is {value}")

    @property
    def text(self) -> str:
        """The number as it is written, with its unit."""
        unit = f" {self.unit}" if self.unit else ""
        return self.theme.numerals(float(self.numbers["value"]), f".{self.places}f") + unit

    def redraw(self) -> None:
        if self._number is None or self._number.text != self.text:
            number = self.words(self.text, self.em, (self.room.right, self.text_at), "right")
            self._number = self.rewrite(self._number, number)
        self.place_mark(self.position(float(self.numbers["value"])))

    def position(self, value: float) -> float:
        """The x of ``value`` on the track."""
        return self.room.left + self.room.width * self.share(value)

    def share(self, value: float) -> float:
        """How far along the track ``value`` is, from 0 to 1."""
        return (value - self.least) / (self.most - self.least)

    def place_mark(self, x: float) -> None:
        """Show the value at ``x`` on the track."""
        raise NotImplementedError


class Gauge(Readout):
    """A track that fills, from 0 to ``full``.

    Over a number below 0, down to ``least``, the track is empty; at its start an arrow points to
    where the number would be.

    What is there several ``times`` fills it as often, and its number is written after how often.

    Example
    -------
    >>> kl = Gauge(DARK, WIDE.gauge, "KL", full=PROMPT.divergence(PROMPT.greedy()))
    >>> kl.draw(value=PROMPT.kl(BETA))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        name: n.Node | str,
        full: float,
        unit: str = "nats",
        places: int = 2,
        symbols: Mapping[str, n.Node] | None = None,
        times: int = 1,
        least: float = 0.0,
    ) -> None:
        super().__init__(
            theme,
            room,
            name,
            least=least,
            most=full / times,
            unit=unit,
            places=places,
            symbols=symbols,
        )
        self.times = times
        self.add(_band(room.left, room.right, self.track, theme.line))
        ink = theme.colour(Role.INK)
        self.fill = VGroup(*(_band(room.left, room.left, self.track, ink) for _ in range(times)))
        self.below = VMobject(stroke_width=0, fill_color=ink, fill_opacity=1)
        self.add(self.fill, self.below)
        self.draw(value=0.0)

    @property
    def text(self) -> str:
        """The number as it is written: after how often it is there, before its unit."""
        return f"{self.times} × {super().text}" if self.times > 1 else super().text

    def redraw(self) -> None:
        super().redraw()
        lacking = min(1.0, max(0.0, -float(self.numbers["value"])) / (ALL_LACKING * self.most))
        tip = self.room.left, self.track
        self.below.points = arrowhead(tip, math.pi, lacking * ARROWHEAD)

    def share(self, value: float) -> float:
        """How far along the track ``value`` fills it once."""
        return max(0.0, value) / self.most / self.times

    def place_mark(self, x: float) -> None:
        left, once = self.room.left, x - self.room.left
        for i, band in enumerate(self.fill):
            gap = BETWEEN if i else 0.0
            start = left + i * once + min(gap, once)
            band.points = _band_points(start, left + (i + 1) * once, self.track)


class Dial(Readout):
    """A knob on a logarithmic track: β, unless ``name`` is another.

    Example
    -------
    >>> beta = Dial(DARK, WIDE.dial, least=0.05, most=20.0)
    >>> beta.draw(value=BETA)
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        *,
        least: float,
        most: float,
        name: n.Node = BETA,
        role: Role = Role.BETA,
        places: int = 2,
        ends: tuple[str, str] | None = None,
    ) -> None:
        if least <= 0:
            raise FigureError(f"a logarithmic track starts above 0, not at {least}")
        super().__init__(theme, room, name, least=least, most=most, places=places, ends=ends)
        start, end = (room.left, self.track, 0.0), (room.right, self.track, 0.0)
        self.add(Line(start, end, stroke_width=theme.strokes.outline, color=theme.line))
        self.knob = Circle(
            radius=KNOB, stroke_width=0, fill_color=theme.colour(role), fill_opacity=1
        )
        self._placed = Placed(self.knob)
        self.add(self.knob)
        self.draw(value=most)

    def share(self, value: float) -> float:
        return math.log(value / self.least) / math.log(self.most / self.least)

    def place_mark(self, x: float) -> None:
        inset = KNOB / self.room.width
        within = self.room.left + KNOB + (x - self.room.left) * (1 - 2 * inset)
        self._placed.put((within, self.track))


def _band(left: float, right: float, y: float, colour: str) -> VMobject:
    band = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
    band.points = _band_points(left, right, y)
    return band


def _band_points(left: float, right: float, y: float) -> Floats:
    low, high = y - TRACK / 2, y + TRACK / 2
    return rectangle(left, low, right, high)
