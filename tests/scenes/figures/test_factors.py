"""Over each pin stands its factor, clear of the bars on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math.examples import BETA, PROMPT
from scenes.figures import Distribution, Factors, FigureError
from scenes.layout import LAYOUTS
from scenes.theme import DARK, Role

TILTS = np.exp(np.array(PROMPT.reward) / BETA)


@pytest.fixture(params=LAYOUTS.values(), ids=LAYOUTS)
def bars(request) -> Distribution:
    weights = PROMPT.weights(BETA)
    room, top = request.param.picture, weights.max()
    bars = Distribution(DARK, room, len(PROMPT), rewards=PROMPT.reward, top=top)
    bars.draw(reference=PROMPT.reference, weights=weights, reward=PROMPT.reward)
    return bars


@pytest.fixture
def factors(bars) -> Factors:
    factors = Factors(DARK, bars, PROMPT.reward)
    factors.draw(factors=TILTS)
    return factors


def test_a_bar_times_its_factor_is_its_weight(factors):
    written = [float(text.text.removeprefix("×")) for text in factors.texts]
    assert np.array(PROMPT.reference) * written == pytest.approx(PROMPT.weights(BETA), rel=0.05)


def test_each_stands_over_its_pin(bars, factors):
    for i, text in enumerate(factors.texts):
        pin = bars.marks["reward"][i]
        assert text.get_bottom()[1] > pin.get_top()[1]
        assert abs(text.get_x() - pin.get_x()) < text.width / 2


def test_each_is_clear_of_its_bar_and_of_the_next(bars, factors):
    for i, text in enumerate(factors.texts):
        assert text.get_left()[0] > bars.marks["weights"][i].get_right()[0]
        if i + 1 < bars.size:
            assert text.get_right()[0] < bars.marks["reference"][i + 1].get_left()[0]
        assert text.get_right()[0] <= bars.room.right + 1e-6


@pytest.mark.parametrize("numbers", [{"factors": [1.0]}, {"factors": [0.0] * 6}, {"other": TILTS}])
def test_what_is_no_factor_of_each_is_refused(factors, numbers):
    with pytest.raises(FigureError, match="one a response"):
        factors.draw(**numbers)


def test_they_are_in_the_colour_of_what_they_belong_to(bars):
    raised = Factors(DARK, bars, PROMPT.reward, Role.POLICY)
    raised.draw(factors=TILTS)
    colours = {mark.get_fill_color().to_hex().lower() for text in raised.texts for mark in text}
    assert colours == {DARK.colour(Role.POLICY).lower()}
