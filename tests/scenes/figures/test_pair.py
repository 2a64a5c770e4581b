"""A preference tells the response chosen from the one rejected by shape, sign and word."""

from __future__ import annotations

import pytest
from manim import DL, UR

from scenes.figures import Pair
from scenes.layout import LAYOUTS, WIDE
from scenes.paths import box
from scenes.theme import DARK, Role


def edges(mobject) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of all that a mobject is made of."""
    (left, bottom), (right, top) = (mobject.get_corner(way)[:2] for way in (DL, UR))
    return float(left), float(bottom), float(right), float(top)


@pytest.fixture(params=LAYOUTS.values(), ids=lambda layout: layout.name)
def room(request):
    return request.param.preference


@pytest.fixture
def pair(room) -> Pair:
    return Pair(DARK, room, "a preference", "chosen", "rejected")


def test_the_chosen_is_filled_and_the_rejected_an_outline_each_in_its_colour(pair):
    for slab, role, filled in (
        (pair.chosen, Role.CHOSEN, 1),
        (pair.rejected, Role.REJECTED, 0),
    ):
        assert slab[0].get_fill_opacity() == filled
        assert slab[0].get_stroke_color().to_hex() == DARK.colour(role)


def test_the_chosen_comes_before_the_sign_and_the_rejected_after_it(pair):
    chosen, sign, rejected = (edges(part) for part in (pair.chosen, pair.order, pair.rejected))
    assert chosen[2] < sign[0] < sign[2] < rejected[0]
    assert pair.order.get_y() == pytest.approx(pair.chosen[0].get_y())


def test_words_stand_on_their_slabs_clear_of_each_other(pair):
    for plate, symbol, word in (pair.chosen, pair.rejected):
        left, bottom, right, top = box(plate)
        inner = edges(symbol), edges(word)
        assert left < inner[0][0] < inner[0][2] < inner[1][0] < inner[1][2] < right
        assert all(bottom < low and high < top for _, low, _, high in inner)


def test_it_fills_its_room_under_its_heading(pair, room):
    left, bottom, right, top = box(pair.frame)
    assert [left, bottom, right, top] == pytest.approx(list(pair.framed))
    assert [left, bottom, right] == pytest.approx([room.left, room.bottom, room.right])
    assert top < pair.heading.get_bottom()[1]
    assert pair.heading.get_top()[1] == pytest.approx(room.top)


def test_in_a_wide_picture_it_stands_level_with_the_first_of_the_models():
    assert WIDE.preference.top == WIDE.memory.top
