"""The two graphs are the functions, and the line between them is as long as they are apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dpo_math import notation as n
from scenes.figures import Bound, FigureError, Graph
from scenes.layout import LAYOUTS, WIDE
from scenes.theme import DARK

U = n.Symbol("u")
LOG = Graph(math.log, n.Log(U))
TANGENT = Graph(lambda u: u - 1, U)


def bound(under=LOG, over=TANGENT, room=WIDE.bound, **changes) -> Bound:
    settings = {"span": (0.2, 3.0), "heights": (-1.8, 2.2), "across": U, "mark": 1}
    return Bound(DARK, room, under, over, **(settings | changes))


@pytest.mark.parametrize("u", [0.2, 0.7, 1.0, 2.4, 3.0])
def test_the_points_stand_on_both_graphs(u):
    figure = bound()
    figure.draw(at=u)
    lower, upper = (point.get_center()[:2] for point in figure.points_on)
    assert lower == pytest.approx(figure.place(u, math.log(u)))
    assert upper == pytest.approx(figure.place(u, u - 1))
    for name, point in (("under", lower), ("over", upper)):
        near = np.linalg.norm(figure.graphs[name].points[:, :2] - point, axis=1).min()
        assert near < 0.06


@pytest.mark.parametrize("u", [0.2, 0.7, 1.6, 3.0])
def test_the_line_between_is_as_long_as_they_are_apart(u):
    figure = bound()
    figure.draw(at=u)
    unit = figure.place(0, 1)[1] - figure.place(0, 0)[1]
    assert figure.gap.get_length() == pytest.approx((u - 1 - math.log(u)) * unit)
    assert figure.gap.get_start()[0] == pytest.approx(figure.gap.get_end()[0])


def test_they_touch_where_the_function_has_its_tangent():
    figure = bound()
    figure.draw(at=1.0)
    lower, upper = figure.points_on
    assert np.allclose(lower.get_center(), upper.get_center())


def test_everything_stays_in_its_room():
    figure, room = bound(), WIDE.bound
    assert figure.get_left()[0] >= room.left - 0.03
    assert figure.get_right()[0] <= room.right
    assert figure.get_bottom()[1] >= room.bottom
    assert figure.get_top()[1] <= room.top


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_the_number_is_stands_under_the_axis_clear_of_the_graphs(layout):
    figure = bound(room=layout.bound)
    told = figure.told(n.Quotient(U, n.Number(2)))
    right, foot = figure.place(3.0, 0.0)
    assert told.get_top()[1] < foot
    assert told.get_bottom()[1] > layout.bound.bottom
    assert told.get_right()[0] == pytest.approx(right, abs=0.02)
    assert told.get_left()[0] > figure.place(1.0, 0.0)[0], "where both graphs are above the axis"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"under": TANGENT, "over": LOG}, "should be under"),
        ({"heights": (-1.0, 2.2)}, "leaves"),
        ({"heights": (-1.8, 1.9)}, "leaves"),
    ],
)
def test_what_is_no_bound_or_has_no_room_is_refused(changes, told):
    with pytest.raises(FigureError, match=told):
        bound(**changes)


@pytest.mark.parametrize("numbers", [{"at": 3.1}, {"at": 0.1}, {"at": [1.0, 2.0]}, {"u": 1.0}])
def test_a_place_that_is_not_on_the_axis_is_refused(numbers):
    with pytest.raises(FigureError, match=r"one place from 0\.2 to 3"):
        bound().draw(**numbers)
