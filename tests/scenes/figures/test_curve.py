"""A point stands on the curve wherever it slides; its tangent is as steep as the curve there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from manim import Line

from dpo_math import notation as n
from dpo_math.examples import pair_loss, pull
from scenes.figures import Curve, FigureError, Marker
from scenes.layout import WIDE
from scenes.theme import DARK, Role


def curve(**changes) -> Curve:
    settings = {"span": (-2.0, 6.0), "top": 2.5, "every": 2, "across": "margin", "up": "loss"}
    markers = {"one": Marker("one", Role.POLICY), "other": Marker("b", Role.INK, side="below")}
    settings |= {"markers": markers} | changes
    return Curve(DARK, WIDE.picture, pair_loss, lambda t: -pull(t), **settings)


@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 4.69, 6.0])
def test_a_point_stands_on_the_curve(x):
    figure = curve()
    figure.draw(one=x)
    dot, name = figure.points_on["one"]
    assert dot.get_center()[:2] == pytest.approx(figure.at(x, pair_loss(x)))
    assert name.get_left()[0] > dot.get_right()[0]
    near = np.linalg.norm(figure.graph.points - dot.get_center(), axis=1).min()
    assert near < 0.06


@pytest.mark.parametrize("x", [-1.5, 0.0, 3.0])
def test_the_tangent_is_as_steep_as_the_curve_there(x):
    figure = curve()
    figure.draw(one=x)
    start, end = figure.tangents["one"][0].get_start(), figure.tangents["one"][0].get_end()
    ahead, behind = np.array(figure.on(x + 1e-4)), np.array(figure.on(x - 1e-4))
    along = (end - start)[:2] / np.linalg.norm(end - start)
    assert along == pytest.approx((ahead - behind) / np.linalg.norm(ahead - behind), abs=1e-6)
    assert (start + end)[:2] / 2 == pytest.approx(figure.on(x))


def test_a_name_below_the_curve_stands_left_of_its_point():
    figure = curve()
    figure.draw(other=0.0)
    dot, name = figure.points_on["other"]
    assert name.get_right()[0] < dot.get_left()[0]
    assert name.get_top()[1] < dot.get_center()[1]


def test_a_ring_is_told_from_a_point_by_its_shape():
    figure = curve(markers={"ring": Marker("ring", Role.POLICY, hollow=True)})
    figure.draw(ring=0.0)
    ring = figure.points_on["ring"][0]
    assert ring.get_fill_color().to_hex() == DARK.background
    assert ring.get_stroke_color().to_hex() == DARK.colour(Role.POLICY)
    assert ring.get_stroke_opacity() == 1


def test_a_point_without_a_number_is_not_seen():
    figure = curve()
    figure.draw(one=0.0)
    assert figure.points_on["one"][0].get_fill_opacity() == 1
    assert figure.points_on["other"][0].get_fill_opacity() == 0
    assert figure.tangents["other"][0].get_stroke_opacity() == 0


def test_zero_is_on_the_axis_and_the_top_is_the_rooms():
    figure = curve()
    assert figure.at(0, 2.5)[1] == pytest.approx(WIDE.picture.top)
    assert figure.at(-2, 0)[0] == pytest.approx(WIDE.picture.left)
    assert figure.at(6, 0)[0] == pytest.approx(WIDE.picture.right)
    assert figure.at(0, 0)[1] > WIDE.picture.bottom


def test_a_goal_has_a_line_from_the_axis_to_the_graph_and_its_number_under_it():
    figure = curve(goal=1.5, up=None, across="{u}", symbols={"u": n.Symbol("u")})
    x, y = figure.on(1.5)
    (number,) = [text for text in figure.texts if getattr(text, "text", "") == "1.50"]
    assert number.get_x() == pytest.approx(x, abs=0.02)
    assert number.get_top()[1] < figure.foot
    lines = [part for part in figure.submobjects if isinstance(part, Line)]
    assert any(line.get_end()[:2] == pytest.approx((x, y)) for line in lines)


def test_a_graph_may_be_drawn_over_a_part_of_the_axis():
    figure = curve(drawn=(0.0, 4.0))
    assert figure.graph.get_left()[0] == pytest.approx(figure.at(0, 0)[0], abs=0.01)
    assert figure.graph.get_right()[0] == pytest.approx(figure.at(4, 0)[0], abs=0.01)
    with pytest.raises(FigureError, match=r"from 0\.0 to 4\.0"):
        figure.draw(one=5.0)


@pytest.mark.parametrize(
    ("changes", "told"), [({"span": (1.0, 1.0)}, "no length"), ({"top": 1.0}, "not 0 to 1")]
)
def test_a_curve_that_does_not_fit_is_refused(changes, told):
    with pytest.raises(FigureError, match=told):
        curve(**changes)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"third": 0.0}, "known: one, other"),
        ({"one": 7.0}, "from -2"),
        ({"one": math.inf}, "finite"),
    ],
)
def test_a_point_that_cannot_be_is_refused(numbers, told):
    with pytest.raises(FigureError, match=told):
        curve().draw(**numbers)
