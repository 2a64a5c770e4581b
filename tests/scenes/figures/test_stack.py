"""Copies of a bar stand on each other, as many as are counted."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math.examples import PROMPT
from scenes.figures import Distribution, FigureError, Stack
from scenes.layout import WIDE
from scenes.theme import DARK

ONE = PROMPT.reference[5]


@pytest.fixture
def bars() -> Distribution:
    bars = Distribution(DARK, WIDE.picture, len(PROMPT))
    bars.draw(reference=PROMPT.reference, policy=PROMPT.greedy())
    return bars


def test_one_copy_lies_on_the_bar_that_is_counted(bars):
    stack, bar = Stack(DARK, bars, 5, "reference", ONE), bars.marks["reference"][5]
    assert stack.copies.get_center() == pytest.approx(bar.get_center())
    assert (stack.copies.width, stack.copies.height) == pytest.approx((bar.width, bar.height))


def test_as_many_copies_as_it_is_likelier_reach_its_end(bars):
    stack = Stack(DARK, bars, 5, "reference", ONE)
    stack.draw(count=1 / ONE)
    assert stack.copies.get_top()[1] == pytest.approx(bars.marks["policy"][5].tip)


@pytest.mark.parametrize("count", [1, 2.5, 16.25])
def test_every_copy_but_the_last_is_as_high_as_the_first(bars, count):
    stack = Stack(DARK, bars, 5, "reference", ONE)
    stack.draw(count=count)
    levels = np.unique(stack.copies.points[:, 1].round(6))
    unit = bars.height_of("reference", ONE)
    steps = np.diff([levels[0], *levels[1:]])
    corners = bars.baseline + unit * np.append(np.arange(np.ceil(count)), count)
    assert all(np.abs(levels - corner).min() < 1e-5 for corner in corners)
    assert steps.max() <= unit + 1e-5


def test_less_than_one_copy_is_refused(bars):
    with pytest.raises(FigureError, match="from one on"):
        Stack(DARK, bars, 5, "reference", ONE).draw(count=0.5)
