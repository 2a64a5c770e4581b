"""Plain shapes as cubic Bézier points of shape (4k, 3), each drawn where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from manim import VMobject

from scenes.layout import Point

Points = npt.NDArray[np.float64]

ARROWHEAD = 0.1
"""Half the length of an arrow's head, in frame units."""
WING = 0.7
"""Half the width of an arrow's head, in halves of its length."""


def stroke(start: Point, end: Point) -> Points:
    """A straight line: shape (4, 3)."""
    return strokes([start], [end])


def strokes(starts: npt.ArrayLike, ends: npt.ArrayLike) -> Points:
    """Straight lines, from each of k points to another: both (k, 2), the lines (4k, 3)."""
    first, last = (np.asarray(at, dtype=np.float64).reshape(-1, 1, 2) for at in (starts, ends))
    points = np.zeros((len(first), 4, 3))
    points[..., :2] = first + _ALONG * (last - first)
    return points.reshape(-1, 3)


def polygon(corners: Sequence[Point]) -> Points:
    """A closed polygon."""
    return strokes(corners, [*corners[1:], corners[0]])


def rectangle(left: float, bottom: float, right: float, top: float) -> Points:
    """A rectangle."""
    return polygon([(left, bottom), (right, bottom), (right, top), (left, top)])


def rounded(room: Iterable[float], radius: float) -> Points:
    """A rectangle (left, bottom, right, top) with round corners."""
    left, bottom, right, top = room
    parts: list[Points] = []
    for x, y, turn in ((right, bottom, -1), (right, top, 0), (left, top, 1), (left, bottom, 2)):
        corner = turned(_QUARTER_CIRCLE, turn * math.pi / 2) * radius
        inwards = np.array([radius if x == left else -radius, radius if y == bottom else -radius])
        parts.append(corner + np.array([x, y, 0.0]) + np.array([*inwards, 0.0]))
    edges = [stroke(one[-1][:2], other[0][:2]) for one, other in pairwise([*parts, parts[0]])]
    return np.concatenate([part for pair in zip(parts, edges, strict=True) for part in pair])


def arrowhead(tip: Point, angle: float, half: float = ARROWHEAD) -> Points:
    """A triangle with its tip where an arrow ends that comes in at an ``angle``, in radians."""
    corners = [(0.0, 0.0), (-2 * half, WING * half), (-2 * half, -WING * half)]
    return np.asarray(turned(polygon(corners), angle) + np.array([*tip, 0.0]))


def double_arrow(length: float, width: float, half: float = ARROWHEAD) -> Points:
    """An arrow of a ``width`` along the x-axis, with a head at both ends, its middle at the origin.

    It is one outline, so that nothing in it lies over anything.
    """
    tip, wing, side = length / 2, WING * half, width / 2
    neck = tip - 2 * half
    lower = [(-tip, 0.0), (-neck, -wing), (-neck, -side), (neck, -side), (neck, -wing)]
    return polygon([*lower, *((-x, -y) for x, y in lower)])


class RoundedBox(VMobject):
    """A rectangle with round corners, where it stands. ``style`` is Manim's for a VMobject."""

    def __init__(self, room: Iterable[float], radius: float, **style: Any) -> None:
        super().__init__(**style)
        self.points = rounded(room, radius)


def turned(points: Points, angle: float) -> Points:
    """``points`` turned around the origin."""
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]))


_ALONG = np.linspace(0.0, 1.0, 4)[:, None]
_HANDLE = 4 / 3 * (math.sqrt(2) - 1)
_QUARTER_CIRCLE = np.array([(1.0, 0, 0), (1, _HANDLE, 0), (_HANDLE, 1, 0), (0, 1, 0)])
"""From the right to the top, around the origin."""
