"""Ticks, which point out a number of a gauge's track."""

from __future__ import annotations

from manim import Line

from dpo_math import notation as n
from dpo_math.statements import whole
from scenes.figures.gauge import TRACK, Gauge
from scenes.layout import Room
from scenes.theme import Role, Theme

TICK = 0.09


def tick(gauge: Gauge, value: float, role: Role = Role.DIM) -> Line:
    """A tick across the track of ``gauge``, at ``value``: it stays when the gauge shows another."""
    x, theme = gauge.position(value), gauge.theme
    ends = ((x, gauge.track + TRACK / 2, 0.0), (x, gauge.track - TICK, 0.0))
    return Line(*ends, stroke_width=theme.strokes.outline, color=theme.colour(role))


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
        self.tick = tick(self, mark)
        at = self.position(mark), room.bottom
        number = self.formula(n.keyed(whole(mark)), em, at, "centre")
        self.add(self.tick, number.set_fill(theme.colour(Role.DIM)))
