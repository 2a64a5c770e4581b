"""A loop's marker goes clockwise from the top and lights up where it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenes.figures import FigureError, Loop
from scenes.layout import Room
from scenes.theme import DARK, Role

ROOM = Room(0.0, -3.0, 6.0, 2.0)
STATIONS = ("rollouts", "advantages", "update")


@pytest.fixture
def loop() -> Loop:
    return Loop(DARK, ROOM, STATIONS, "PPO")


@pytest.mark.parametrize("turn", [0.0, 0.2, 1 / 3, 0.9, 2.5])
def test_the_marker_is_on_the_ring_where_its_turn_says(loop, turn):
    loop.draw(turn=turn)
    x, y = np.array(loop.marker.get_center()[:2]) - ROOM.centre
    assert math.hypot(x, y) == pytest.approx(loop.radius)
    clockwise_from_the_top = math.atan2(x, y) / (2 * math.pi) % 1
    assert clockwise_from_the_top == pytest.approx(turn % 1)


@pytest.mark.parametrize("here", range(len(STATIONS)))
def test_the_name_of_the_station_is_lit_and_no_other(loop, here):
    loop.draw(turn=here / len(STATIONS))
    lit = [name[0].get_fill_color().to_hex() == DARK.colour(Role.INK) for name in loop.names]
    assert lit == [i == here for i in range(len(STATIONS))]


def test_after_a_whole_turn_everything_is_as_before(loop):
    before = [mark.get_center() for mark in loop.get_family()]
    loop.draw(turn=3.0)
    np.testing.assert_allclose([mark.get_center() for mark in loop.get_family()], before)


def test_names_stand_outside_the_ring_and_inside_the_room(loop):
    for name in loop.names:
        for mark in name:
            apart = np.array(mark.get_center()[:2]) - ROOM.centre
            assert np.hypot(*apart) > loop.radius
        assert ROOM.left <= name.get_left()[0] <= name.get_right()[0] <= ROOM.right
        assert ROOM.bottom <= name.get_bottom()[1] <= name.get_top()[1] <= ROOM.top


def test_arrows_point_clockwise_at_the_next_station(loop):
    heads = [mark for mark in loop if len(mark.points) == 12]
    assert len(heads) == len(STATIONS)
    for i, head in enumerate(heads):
        tip, tail = head.points[0][:2], head.get_center()[:2]
        target = np.array(loop.at((i + 1) / len(STATIONS)))
        assert np.hypot(*(target - tip)) < np.hypot(*(target - tail))


def test_a_loop_that_cannot_be_is_refused(loop):
    with pytest.raises(FigureError, match="two stations or more, has 1"):
        Loop(DARK, ROOM, ["alone"])
    with pytest.raises(FigureError, match="one number, its turn"):
        loop.draw(angle=1.0)
