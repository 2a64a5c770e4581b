"""An arrow grows along its corners, with its head where it has come to."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.figures.way import Way
from scenes.shapes import ARROWHEAD
from scenes.theme import DARK

CORNERS = [(0.0, 0.0), (0.0, 2.0), (-1.0, 2.0)]


@pytest.fixture
def way() -> Way:
    return Way(DARK)


@pytest.mark.parametrize(
    ("share", "tip", "forward"),
    [(0.5, (0.0, 1.5), (0, 1)), (2 / 3, (0.0, 2.0), (0, 1)), (1.0, (-1.0, 2.0), (-1, 0))],
)
def test_its_head_points_on_where_it_has_come_to(way, share, tip, forward):
    way.draw(CORNERS, share)
    points = way.head.points[:, :2] - np.array(tip)
    along = points @ np.array(forward)
    assert along.max() == pytest.approx(0, abs=1e-9)
    assert along.min() == pytest.approx(-2 * ARROWHEAD)


def test_it_turns_at_its_corners(way):
    way.draw(CORNERS, 1.0)
    assert [0.0, 2.0, 0.0] in way.line.points.tolist()


def test_before_it_has_set_out_nothing_is_there(way):
    way.draw(CORNERS, 1.0)
    way.draw(CORNERS, 0.0)
    assert not way.line.has_points()
    assert not way.head.has_points()
