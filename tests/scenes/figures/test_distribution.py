"""A distribution's bars are as high as its numbers say, and it refuses what it cannot show."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math import notation as n
from dpo_math.examples import BETA, PROMPT
from scenes.figures import Distribution, FigureError, Key
from scenes.figures.series import SERIES, SeriesMark, Shape
from scenes.furniture import Words
from scenes.layout import WIDE, Room
from scenes.theme import DARK, Role

ROOM = Room(-3.0, -2.0, 3.0, 2.0)
NAMES = {name: name for name in SERIES}


@pytest.fixture
def bars() -> Distribution:
    return Distribution(DARK, ROOM, len(PROMPT), rewards=PROMPT.reward)


def full_height(bars: Distribution) -> float:
    return ROOM.top - bars.baseline


@pytest.mark.parametrize("name", ["reference", "policy", "weights"])
def test_a_bar_is_as_high_as_its_number(bars, name):
    bars.draw(top=2.0, **{name: PROMPT.optimum(BETA)})
    for mark, probability in zip(bars.marks[name], PROMPT.optimum(BETA), strict=True):
        (outline,) = mark
        assert outline.get_bottom()[1] == pytest.approx(bars.baseline)
        assert outline.height == pytest.approx(full_height(bars) * probability / 2)


def test_bars_stand_in_the_order_of_the_responses_over_their_names(bars):
    bars.draw(policy=PROMPT.reference)
    names = [text.get_x() for text in bars.texts]
    middles = [mark.get_x() for mark in bars.marks["policy"]]
    np.testing.assert_allclose(middles, names, atol=0.02)
    np.testing.assert_allclose(np.diff(middles), ROOM.width / len(PROMPT))


def test_pins_are_as_high_as_rewards_on_a_scale_of_their_own(bars):
    bars.draw(reward=PROMPT.reward)
    tips = np.array([mark.tip for mark in bars.marks["reward"]]) - bars.baseline
    np.testing.assert_allclose(tips / tips.max(), np.array(PROMPT.reward) / max(PROMPT.reward))
    before = tips.max()
    bars.draw(top=3.0)
    assert bars.marks["reward"][5].tip - bars.baseline == pytest.approx(before)


def test_nothing_that_tells_a_reward_crosses_a_bar(bars):
    value = [PROMPT.expected_reward(PROMPT.reference)] * len(PROMPT)
    bars.draw(reference=PROMPT.reference, policy=PROMPT.optimum(BETA))
    bars.draw(reward=PROMPT.reward, value=value)

    def edges(*names):
        marks = [mark for name in names for mark in bars.marks[name]]
        return [(float(mark.get_left()[0]), float(mark.get_right()[0])) for mark in marks]

    for left, right in edges("reference", "policy"):
        assert all(to < left or right < start for start, to in edges("reward", "value"))


def test_a_value_crosses_every_pin_at_one_height_on_the_scale_of_rewards(bars):
    bars.draw(reward=PROMPT.reward, value=[PROMPT.reward[1]] * len(PROMPT))
    assert {mark.tip for mark in bars.marks["value"]} == {bars.marks["reward"][1].tip}
    for pin, tick in zip(bars.marks["reward"], bars.marks["value"], strict=True):
        assert tick.get_x() == pytest.approx(pin.get_x())


def test_each_series_has_a_shape_of_its_own():
    shapes = [series.shape for series in SERIES.values()]
    assert sorted(shapes, key=list(Shape).index) == list(Shape)


def test_the_reference_is_an_outline_and_the_policy_is_filled():
    outline, filled = (SeriesMark(SERIES[name], DARK)[0] for name in ("reference", "policy"))
    assert (outline.get_fill_opacity(), filled.get_fill_opacity()) == (0, 1)
    assert outline.get_stroke_width() > 0
    assert filled.get_stroke_width() == 0


def test_series_in_front_are_drawn_later_whichever_comes_up_first(bars):
    bars.draw(reward=PROMPT.reward)
    bars.draw(reference=PROMPT.reference)
    bars.draw(policy=PROMPT.reference)
    marks = [part for part in bars.submobjects if isinstance(part, SeriesMark)]
    assert [mark.shape for mark in marks[:: len(PROMPT)]] == [Shape.FILL, Shape.OUTLINE, Shape.PIN]


def test_weights_of_no_height_are_not_there(bars):
    bars.draw(weights=(0.5, 0.0, 0.1, 0.0, 0.2, 0.2))
    drawn = [mark[0].has_points() for mark in bars.marks["weights"]]
    assert drawn == [True, False, True, False, True, True]


def test_responses_can_be_named_and_wear_their_role():
    chosen, rejected = n.Symbol("y_w"), n.Symbol("y_l")
    bars = Distribution(DARK, ROOM, 2, responses=(chosen, rejected))
    colours = [text[0].get_fill_color().to_hex() for text in bars.texts]
    assert colours == [DARK.colour(Role.CHOSEN), DARK.colour(Role.REJECTED)]


def test_everything_stays_in_the_room(bars):
    bars.draw(reference=PROMPT.reference, policy=PROMPT.greedy(), reward=PROMPT.reward)
    left, right = bars.get_left()[0], bars.get_right()[0]
    assert ROOM.left - 0.01 <= left <= right <= ROOM.right + 0.01
    assert ROOM.bottom <= bars.get_bottom()[1] <= bars.get_top()[1] <= ROOM.top + 1e-9


def test_a_series_comes_up_with_its_name_in_the_key():
    key = Key(DARK, WIDE.key, NAMES)
    bars = Distribution(DARK, WIDE.picture, len(PROMPT), key=key)
    assert not [text for text in bars.texts if text in key.texts]
    bars.draw(policy=PROMPT.reference)
    assert [text.text for text in key.texts if isinstance(text, Words)] == ["policy"]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"policy": (0.5, 0.5)}, "policy must have 6 heights"),
        ({"policy": (0.5, 0.5, 0.5, 0, 0, 0)}, "policy must sum to 1, sums to 1.5"),
        ({"reference": (0.5,) + 5 * (0.0,)}, "reference must sum to 1, sums to 0.5"),
        ({"weights": (-0.1, 0, 0, 0, 0, 0)}, "weights must not be below 0"),
        ({"weights": (1.5, 0, 0, 0, 0, 0)}, "weights 1.5 is above the picture's top, 1"),
        ({"reward": (9.0, 0, 0, 0, 0, 0)}, "reward 9 is above the picture's top"),
        ({"policy": (np.nan,) * 6}, "policy must be finite"),
        ({"cost": PROMPT.reward}, "no series is called 'cost'; known: weights"),
        ({"top": 0.0}, "top must be one number above 0"),
    ],
)
def test_numbers_that_make_no_picture_are_refused(bars, numbers, told):
    with pytest.raises(FigureError, match=told):
        bars.draw(**numbers)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"size": 0}, "needs a response or more"),
        ({"size": 2, "rewards": (-1.0, 0.0)}, "no reward is above 0"),
        ({"size": 2, "responses": (n.Symbol("y"),)}, "2 responses need as many names, got 1"),
    ],
)
def test_a_picture_that_cannot_be_is_refused(arguments, told):
    with pytest.raises(FigureError, match=told):
        Distribution(DARK, ROOM, **arguments)
