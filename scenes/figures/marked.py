"""A gauge with one number of its track pointed out."""

from __future__ import annotations

from manim import Line

from dpo_math import notation as n
from dpo_math.statements import whole
from scenes.figures.gauge import TRACK, Gauge
from scenes.layout import Room
from scenes.theme import Role, Theme

TICK = 0.09


class MarkedGauge(Gauge):
    """A gauge whose track has a tick at ``mark``, with that whole number under it.

    Example
    -------
    >>> total = MarkedGauge(DARK, WIDE.gauge, "sum", full=PROMPT.partition(BETA), mark=1)
    >>> total.draw(value=1)
    """

    def __init__(
        self, theme: Theme, room: Room, name: n.Node | str, full: float, mark: int, unit: str = ""
    ) -> None:
        em = theme.type.label
        raised = room._replace(bottom=room.bottom + 1.25 * em)
        super().__init__(theme, raised, name, full=full, unit=unit)
        x, top, foot = self.position(mark), self.track + TRACK / 2, self.track - TICK
        ends = ((x, top, 0.0), (x, foot, 0.0))
        self.tick = Line(*ends, stroke_width=theme.strokes.outline, color=theme.colour(Role.DIM))
        number = self.formula(n.keyed(whole(mark)), em, (x, room.bottom), "centre")
        self.add(self.tick, number.set_fill(theme.colour(Role.DIM)))
