"""Arrows go from what was guessed to what there is, beside the pins."""

from __future__ import annotations

import pytest

from dpo_math.examples import PROMPT
from scenes.figures import Advantages, Distribution, FigureError
from scenes.layout import WIDE
from scenes.theme import DARK

GUESS = [PROMPT.expected_reward(PROMPT.reference)] * len(PROMPT)


@pytest.fixture
def bars() -> Distribution:
    bars = Distribution(DARK, WIDE.chart, len(PROMPT), rewards=PROMPT.reward)
    bars.draw(reward=PROMPT.reward, value=GUESS)
    return bars


def test_each_arrow_ends_at_its_reward_and_begins_at_the_guess(bars):
    arrows = Advantages(DARK, bars, PROMPT.reward, GUESS)
    arrows.draw(reached=1)
    ticks, pins = bars.marks["value"], bars.marks["reward"]
    for arrow, tick, pin, reward, guess in zip(
        arrows.arrows, ticks, pins, PROMPT.reward, GUESS, strict=True
    ):
        low, high = sorted((tick.tip, pin.tip))
        assert arrow.get_bottom()[1] == pytest.approx(low, abs=1e-6)
        assert arrow.get_top()[1] == pytest.approx(high, abs=1e-6)
        (_, head) = arrow
        assert bool(head.get_y() > arrow.get_y()) is (reward > guess)


def test_on_the_way_they_have_come_as_far_as_is_said(bars):
    arrows = Advantages(DARK, bars, PROMPT.reward, GUESS)
    arrows.draw(reached=0.5)
    best, unit = PROMPT.reward.index(max(PROMPT.reward)), bars.height_of("reward", 1.0)
    assert arrows.arrows[best].height == pytest.approx(
        0.5 * (max(PROMPT.reward) - GUESS[0]) * unit, rel=1e-4
    )


def test_they_stand_between_their_pin_and_the_next_bar(bars):
    arrows = Advantages(DARK, bars, PROMPT.reward, GUESS)
    arrows.draw(reached=1)
    bars.draw(reference=PROMPT.reference)
    pins, outlines = bars.marks["reward"], bars.marks["reference"]
    for i, arrow in enumerate(arrows.arrows):
        assert arrow.get_x() > pins[i].get_right()[0]
        if i + 1 < len(PROMPT):
            assert arrow.get_right()[0] < outlines[i + 1].get_left()[0]


def test_more_than_all_of_the_way_is_refused(bars):
    with pytest.raises(FigureError, match="from 0 to 1"):
        Advantages(DARK, bars, PROMPT.reward, GUESS).draw(reached=1.5)
