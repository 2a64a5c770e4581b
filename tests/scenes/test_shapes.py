"""Shapes are where they are said to be, and as round as a circle."""

from __future__ import annotations

import numpy as np
import pytest
from manim import bezier

from scenes.shapes import ARROWHEAD, arrowhead, double_arrow, polygon, rectangle, rounded

ROOM = (-1.0, 2.0, 3.0, 2.5)


def drawn(points: np.ndarray) -> np.ndarray:
    """Points all along a path, shape (n, 2)."""
    curves = [bezier(curve) for curve in points.reshape(-1, 4, 3)]
    return np.array([curve(t) for curve in curves for t in np.linspace(0, 1, 21)])[:, :2]


def test_a_polygon_goes_from_corner_to_corner_and_closes():
    points = polygon([(0, 0), (2, 0), (0, 1)])
    assert points.shape == (12, 3)
    assert np.array_equal(points[3::4], np.roll(points[::4], -1, axis=0))
    assert points[::4, :2].tolist() == [[0, 0], [2, 0], [0, 1]]


def test_a_rectangle_has_the_corners_of_its_room():
    corners = {tuple(point) for point in rectangle(*ROOM)[::4, :2].tolist()}
    assert corners == {(x, y) for x in ROOM[::2] for y in ROOM[1::2]}


@pytest.mark.parametrize("radius", [0.05, 0.25])
def test_a_rounded_box_fills_its_room_and_bends_as_a_circle_does(radius):
    points = rounded(ROOM, radius)
    assert np.allclose(points[3::4], np.roll(points[::4], -1, axis=0)), "it is closed"
    outline = drawn(points)
    assert np.allclose([*outline.min(axis=0), *outline.max(axis=0)], ROOM)
    low, high = np.array(ROOM[:2]) + radius, np.array(ROOM[2:]) - radius
    past = outline - np.clip(outline, low, high)
    distance = np.linalg.norm(past, axis=1)
    assert np.abs(distance - radius).max() < 3e-4 * radius


@pytest.mark.parametrize("turns", [0, 0.25, 0.4])
def test_an_arrowhead_points_where_its_arrow_does(turns):
    angle = 2 * np.pi * turns
    along = np.array([np.cos(angle), np.sin(angle)])
    ahead = (arrowhead((1.0, 2.0), angle)[:, :2] - (1.0, 2.0)) @ along
    assert ahead.max() == pytest.approx(0)
    assert ahead.min() == pytest.approx(-2 * ARROWHEAD)


def test_an_arrow_with_two_heads_is_the_same_from_either_end():
    outline = double_arrow(2.0, 0.02, half=0.1)[::4, :2]
    around = {tuple(point) for point in outline.round(9).tolist()}
    assert around == {(-x, -y) for x, y in around}
    assert (1.0, 0.0) in around
    assert sorted({x for x, _ in around}) == pytest.approx([-1.0, -0.8, 0.8, 1.0])
    assert sorted({abs(y) for _, y in around}) == pytest.approx([0.0, 0.01, 0.07])
