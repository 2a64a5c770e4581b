"""A change tells a response's probability before and now, and keeps clear of bars and pins."""

from __future__ import annotations

import pytest
from manim import DL, UR

from dpo_math.examples import BETA, PROMPT
from scenes.figures import Change, Distribution, FigureError
from scenes.layout import WIDE, Room
from scenes.theme import DARK

BEST = int(PROMPT.greedy().argmax())
NARROW = Room(-3.0, -2.0, 3.0, 2.0)


def edges(mobject) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of all that a mobject is made of."""
    (left, bottom), (right, top) = (mobject.get_corner(way)[:2] for way in (DL, UR))
    return float(left), float(bottom), float(right), float(top)


@pytest.fixture(params=[WIDE.picture, NARROW], ids=["full size", "smaller"])
def bars(request) -> Distribution:
    bars = Distribution(DARK, request.param, len(PROMPT), rewards=PROMPT.reward)
    bars.draw(reference=PROMPT.reference, policy=PROMPT.reference, reward=PROMPT.reward)
    return bars


@pytest.fixture
def change(bars) -> Change:
    return Change(DARK, bars, BEST, PROMPT.reference[BEST])


def test_it_writes_both_probabilities(change):
    change.draw(now=PROMPT.optimum(BETA)[BEST])
    assert [text.text for text in change.texts] == ["6% → 23%"]


def test_it_writes_one_where_nothing_can_be_seen_to_have_changed(change):
    change.draw(now=PROMPT.optimum(20.0)[BEST])
    assert [text.text for text in change.texts] == ["6%"]


@pytest.mark.parametrize("beta", [20.0, BETA, 0.2, 0.05])
def test_it_stands_over_its_bars_and_crosses_no_pin(bars, change, beta):
    policy = PROMPT.optimum(beta)
    bars.draw(policy=policy)
    change.draw(now=policy[BEST])
    left, bottom, right, _ = edges(change.texts[0])
    for name in ("reference", "policy"):
        assert bottom > bars.marks[name][BEST].get_top()[1]
    for pin in bars.marks["reward"]:
        assert right < pin.get_left()[0] or pin.get_right()[0] < left
    tallest = max(bars.marks[name][BEST].get_top()[1] for name in ("reference", "policy"))
    assert bottom - tallest < change.em


def test_it_stays_in_the_width_of_the_picture(bars, change):
    change.draw(now=1.0)
    assert edges(change.texts[0])[2] <= bars.room.right + 0.02


def test_numbers_that_would_be_too_small_to_read_are_refused():
    narrow = Distribution(DARK, Room(-1.5, -2.0, 1.5, 2.0), len(PROMPT), rewards=PROMPT.reward)
    with pytest.raises(FigureError, match=r"no room for 6% → 100% between pins 0.50 apart"):
        Change(DARK, narrow, BEST, PROMPT.reference[BEST])


def test_what_is_no_probability_is_refused(change):
    with pytest.raises(FigureError, match="a change shows a probability"):
        change.draw(now=1.5)
    with pytest.raises(FigureError, match="a change shows a probability"):
        change.draw(before=0.5)
