"""Bars go up and down from the reference, and the span between their ends is the margin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from scenes.figures import FigureError, Ratios
from scenes.furniture import TermBox
from scenes.layout import WIDE
from scenes.theme import DARK, Role

ROOM = WIDE.halves[1]


@pytest.fixture
def pair() -> Ratios:
    return Ratios(DARK, ROOM, -3.0, 2.0, level="reference", margin="margin")


@pytest.mark.parametrize(("chosen", "rejected"), [(2.0, -3.0), (0.5, -0.1), (-0.6, -1.3)])
def test_bars_and_span_have_the_heights_of_their_numbers(pair, chosen, rejected):
    pair.draw(chosen=chosen, rejected=rejected)
    unit = pair.y(1.0) - pair.y(0.0)
    for name, value in (("chosen", chosen), ("rejected", rejected)):
        assert pair.bars[name].height == pytest.approx(abs(value) * unit)
        end = pair.bars[name].get_top() if value > 0 else pair.bars[name].get_bottom()
        assert end[1] == pytest.approx(pair.y(value))
    assert pair.span.height == pytest.approx((chosen - rejected) * unit)
    assert pair.span.get_top()[1] == pytest.approx(pair.y(chosen))


def test_the_numbers_are_written_with_their_signs(pair):
    pair.draw(chosen=1.954, rejected=-2.736)
    written = {text.text for text in pair.texts if hasattr(text, "text")}
    assert {"+2.0", "−2.7", "margin 4.7"} <= written


@pytest.mark.parametrize("nothing", [0.0, -0.0, -0.04])
def test_what_rounds_to_nothing_has_no_sign(pair, nothing):
    pair.draw(chosen=nothing)
    assert pair.written["chosen"].text == "0.0"


def test_a_number_is_seen_on_one_side_of_the_reference_and_on_the_other_but_never_jumps(pair):
    values = np.linspace(0.3, -0.3, 121)
    seen = []
    for value in values:
        pair.draw(chosen=value)
        number = pair.written["chosen"]
        seen.append((float(number.get_y()) - pair.y(value), number[0].get_fill_opacity()))
    (before, faint), (after, faint_too) = next((a, b) for a, b in pairwise(seen) if a[0] > 0 > b[0])
    assert before > 0 > after
    assert max(faint, faint_too) < 0.06
    assert seen[0][1] == seen[-1][1] == 1


def test_what_rounds_to_nothing_is_not_written_beside_its_bar(pair):
    for value in (0.0, 0.03, -0.049):
        pair.draw(chosen=value)
        assert pair.written["chosen"][0].get_fill_opacity() == 0


def test_the_level_of_the_others_stands_at_its_number_once_its_name_has_room():
    pair = Ratios(DARK, ROOM, -1.3, 0.4, level="reference", margin="margin", beside="others")
    for value, seen in ((0.05, 0), (0.37, 1), (-0.3, 1)):
        pair.draw(others=value)
        assert pair.other_level.get_y() == pytest.approx(pair.y(value))
        assert pair.other_level.get_stroke_opacity() == seen
        assert pair.written["others"][0].get_fill_opacity() == seen
    assert pair.written["others"].text == "others −0.3"


def test_a_number_keeps_clear_of_its_bar_with_a_box_around_it(pair):
    for value, other in ((1.0, -1.0), (-1.0, 1.0)):
        pair.draw(chosen=value, rejected=other)
        frame = TermBox(pair.written["chosen"], DARK, Role.CHOSEN)
        bar = pair.bars["chosen"]
        if value > 0:
            assert frame.get_bottom()[1] > bar.get_top()[1] + 0.03
        else:
            assert frame.get_top()[1] < bar.get_bottom()[1] - 0.03


def test_an_earlier_margin_hangs_from_the_chosen_bar_and_the_same_margin_is_as_long_beside_it():
    pair = Ratios(DARK, ROOM, -1.3, 0.5, level="reference", margin="margin", earlier="before")
    pair.draw(chosen=0.0, rejected=0.0, before=0.7)
    unit = pair.y(1.0) - pair.y(0.0)
    assert pair.ghost.get_top()[1] == pytest.approx(pair.y(0.0))
    assert pair.ghost.height == pytest.approx(0.7 * unit)
    pair.draw(chosen=-0.6, rejected=-1.3)
    beside = pair.ghost.get_left() - pair.span.get_left()
    assert pair.ghost.points == pytest.approx(pair.span.points + beside)
    assert pair.ghost.get_left()[0] > pair.span.get_right()[0] + 0.05
    for name in ("margin", "before"):
        assert pair.written[name].get_left()[0] > pair.ghost.get_right()[0] + 0.05
        assert pair.written[name].get_right()[0] <= ROOM.right
    assert pair.written["margin"].get_bottom()[1] > pair.written["before"].get_top()[1]


@pytest.mark.parametrize("margin", [0.0, 5.5])
def test_an_earlier_margin_that_does_not_fit_is_refused(pair, margin):
    with pytest.raises(FigureError, match="earlier margin"):
        pair.draw(chosen=0.0, rejected=0.0, before=margin)


def test_a_number_written_anew_leaves_nothing_of_the_old(pair):
    before = len(pair.texts)
    old = list(pair.texts)
    pair.draw(chosen=1.0)
    assert len(pair.texts) == before
    gone = [text for text in old if text not in pair.texts]
    assert gone
    assert not any(len(mark.points) for text in gone for mark in text)


@pytest.mark.parametrize(("low", "high"), [(-3.0, 2.0), (-1.3, 0.0)])
def test_at_its_limits_it_stays_in_its_room(low, high):
    pair = Ratios(DARK, ROOM, low, high, level="reference", margin="margin")
    pair.draw(chosen=high, rejected=low)
    marks = np.concatenate([part.points for part in pair.get_family() if len(part.points)])
    assert marks[:, 0].min() >= ROOM.left - 0.01
    assert marks[:, 0].max() <= ROOM.right
    assert marks[:, 1].min() >= ROOM.bottom
    assert marks[:, 1].max() <= ROOM.top


def test_no_text_is_over_another_or_over_a_bar(pair):
    pair.draw(chosen=2.0, rejected=-3.0)
    boxes = [
        (t.get_left()[0], t.get_bottom()[1], t.get_right()[0], t.get_top()[1])
        for t in (*pair.texts, *pair.bars.values())
    ]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
            )
            assert apart


@pytest.mark.parametrize(("low", "high"), [(0.5, 1.0), (0.0, 0.0)])
def test_a_range_that_does_not_go_around_the_reference_is_refused(low, high):
    with pytest.raises(FigureError, match="around 0"):
        Ratios(DARK, ROOM, low, high, level="", margin="")


@pytest.mark.parametrize(
    ("numbers", "told"), [({"chosen": 2.5}, "from -3"), ({"other": 0.0}, "chosen and rejected")]
)
def test_a_number_it_cannot_show_is_refused(pair, numbers, told):
    with pytest.raises(FigureError, match=told):
        pair.draw(**numbers)
