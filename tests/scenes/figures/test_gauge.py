"""A gauge fills and a dial turns as far as their number says, and both write it."""

from __future__ import annotations

import math

import pytest

from dpo_math.examples import SWEEP, beta_between
from scenes.figures import Dial, FigureError, Gauge
from scenes.furniture import Words
from scenes.layout import Room
from scenes.shapes import ARROWHEAD
from scenes.theme import DARK

ROOM = Room(1.0, -1.0, 4.0, 0.0)


@pytest.fixture
def gauge() -> Gauge:
    return Gauge(DARK, ROOM, "KL", full=2.0, unit="nats")


@pytest.fixture
def dial() -> Dial:
    tight, loose = SWEEP
    return Dial(DARK, ROOM, least=loose, most=tight, ends=("loose", "tight"))


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0, 2.0])
def test_a_gauge_fills_in_proportion(gauge, value):
    gauge.draw(value=value)
    assert gauge.fill.width == pytest.approx(ROOM.width * value / 2)
    assert gauge.fill.get_left()[0] == pytest.approx(ROOM.left)


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5])
def test_what_is_there_twice_fills_a_gauge_twice(value):
    gauge = Gauge(DARK, ROOM, "pull", full=1.0, unit="", times=2)
    gauge.draw(value=value)
    assert gauge.fill.get_right()[0] - ROOM.left == pytest.approx(2 * value * ROOM.width)
    assert f"2 × {value:.2f}" in {text.text for text in gauge.texts}
    if value:
        first, second = gauge.fill
        assert first.get_right()[0] < second.get_left()[0]


def test_an_arrow_points_to_where_a_number_below_nothing_would_be():
    gauge = Gauge(DARK, ROOM, "objective", full=2.0, unit="", least=-60.0)
    gauge.draw(value=-53.28)
    arrow = gauge.below
    tip = arrow.points[arrow.points[:, 0].argmin()]
    assert tip[:2] == pytest.approx((ROOM.left, gauge.track))
    assert arrow.width == pytest.approx(2 * ARROWHEAD)
    gauge.draw(value=-0.1)
    assert 0 < arrow.width < 2 * ARROWHEAD
    gauge.draw(value=0.1)
    assert arrow.width == 0


def test_a_number_below_nothing_is_written_over_an_empty_track():
    gauge = Gauge(DARK, ROOM, "objective", full=2.0, unit="", least=-60.0)
    gauge.draw(value=-53.28)
    assert gauge.text == "−53.28"
    assert gauge.fill.width == pytest.approx(0)
    gauge.draw(value=1.0)
    assert gauge.fill.width == pytest.approx(ROOM.width / 2)


@pytest.mark.parametrize("along", [0.0, 0.25, 0.5, 1.0])
def test_equal_factors_move_the_knob_by_equal_lengths(dial, along):
    loose, tight = reversed(SWEEP)
    dial.draw(value=beta_between(loose, tight, along))
    inside = ROOM.width - dial.knob.width
    expected = ROOM.left + dial.knob.width / 2 + along * inside
    assert dial.knob.get_x() == pytest.approx(expected)


def test_the_number_is_written_with_its_unit_at_the_right_end(gauge):
    gauge.draw(value=math.log(2))
    texts = {text.text: text for text in gauge.texts if isinstance(text, Words)}
    assert texts.keys() == {"KL", "0.69 nats"}
    assert texts["0.69 nats"].get_right()[0] == pytest.approx(ROOM.right, abs=0.02)


def test_a_number_that_changed_leaves_nothing_behind(gauge):
    gauge.draw(value=1.0)
    (before,) = (text for text in gauge.texts if text.text == "1.00 nats")
    gauge.draw(value=1.5)
    assert before not in gauge.texts
    assert not any(mark.has_points() for mark in before)


def test_a_number_that_reads_the_same_is_not_set_again(gauge):
    gauge.draw(value=1.0)
    before = gauge.texts
    gauge.draw(value=1.001)
    assert gauge.texts == before


def test_the_ends_of_a_dial_can_be_named(dial):
    texts = {text.text: text for text in dial.texts if isinstance(text, Words)}
    dial.draw(value=SWEEP[0])
    assert texts["loose"].get_x() < ROOM.centre[0] < dial.knob.get_x()
    assert texts["tight"].get_right()[0] == pytest.approx(ROOM.right, abs=0.02)
    assert texts["loose"].get_top()[1] < dial.knob.get_bottom()[1]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"value": 2.5}, "value must be from 0.0 to 2.0, is 2.5"),
        ({"value": -0.1}, "value must be from 0.0 to 2.0"),
        ({"value": (1.0, 2.0)}, "shows one number, its value"),
        ({"share": 0.5}, "shows one number, its value"),
        ({"value": math.inf}, "value must be finite"),
    ],
)
def test_a_number_off_the_track_is_refused(gauge, numbers, told):
    with pytest.raises(FigureError, match=told):
        gauge.draw(**numbers)


def test_a_track_must_have_a_length():
    with pytest.raises(FigureError, match="has no length"):
        Gauge(DARK, ROOM, "KL", full=0.0)
    with pytest.raises(FigureError, match="starts above 0"):
        Dial(DARK, ROOM, least=0.0, most=1.0)
