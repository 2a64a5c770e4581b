"""The tick stands where the gauge ends when it shows the number that is pointed out."""

from __future__ import annotations

import pytest

from scenes.figures import MarkedGauge
from scenes.layout import WIDE
from scenes.theme import DARK


@pytest.mark.parametrize("full", [1.5, 6.46])
def test_the_gauge_ends_at_the_tick_when_it_shows_that_number(full):
    gauge = MarkedGauge(DARK, WIDE.gauge, "sum", full=full, mark=1)
    gauge.draw(value=1)
    assert gauge.fill.get_right()[0] == pytest.approx(gauge.tick.get_x())


def test_what_is_written_under_the_track_stays_in_the_room():
    gauge = MarkedGauge(DARK, WIDE.gauge, "sum", full=6.46, mark=1)
    assert gauge.get_bottom()[1] >= WIDE.gauge.bottom - 0.01
    assert gauge.tick.get_bottom()[1] < gauge.track
