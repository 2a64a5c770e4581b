"""Pairs stand on the curve, and against the reference, where the recorded training put them."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math.examples import PROMPT, pair_loss
from scenes.figures import Curve, Ratios
from scenes.slope import Push, Slope
from scenes.what_the_loss_does import WhatTheLossDoes


@pytest.fixture
def scene() -> WhatTheLossDoes:
    scene = WhatTheLossDoes()
    scene.setup()
    return scene


def finish(animations) -> None:
    for animation in animations:
        animation.begin()
        animation.interpolate(1.0)


def test_after_training_a_pair_is_where_torch_left_it(scene):
    slope = Slope(scene)
    finish(slope.begin(0, 1, 2))
    assert all(float(number) == 0 for number in slope.curve.numbers.values())
    finish(slope.slide_down(0, 2))
    ends, weights = slope.slide.reward_margins[-1], slope.slide.weights[-1]
    assert [float(slope.curve.numbers[f"pair_{i}"]) for i in range(3)] == [ends[0], 0.0, ends[2]]
    assert float(slope.gauges[2].numbers["value"]) == pytest.approx(weights[2])
    dot = slope.curve.points_on["pair_2"][0].get_center()
    assert dot[:2] == pytest.approx(slope.curve.at(ends[2], pair_loss(ends[2])))


def test_the_bars_of_a_pair_are_what_its_policy_implies(scene):
    slide = Slope(scene).slide
    push = Push(scene, slide.policies, slide.pairs[0], slide.beta)
    finish(push.train())
    assert float(push.pair.numbers["chosen"]) == pytest.approx(
        slide.chosen_rewards[-1][0], rel=1e-4
    )
    assert float(push.pair.numbers["rejected"]) == pytest.approx(
        slide.rejected_rewards[-1][0], rel=1e-4
    )
    assert push.bars.numbers["policy"] == pytest.approx(slide.policies[-1], abs=1e-5)


def test_every_picture_begins_at_the_reference(scene):
    slide = Slope(scene).slide
    push = Push(scene, slide.policies, slide.pairs[0], slide.beta)
    assert push.bars.numbers["policy"] == pytest.approx(np.array(PROMPT.reference))
    assert isinstance(push.pair, Ratios)
    assert float(push.pair.numbers["chosen"]) == float(push.pair.numbers["rejected"]) == 0


def test_in_the_second_case_both_fall_and_the_margin_grows(scene, undrawn):
    film, ends = undrawn(WhatTheLossDoes), []

    def note(beat: str) -> None:
        if beat in ("relative", "both_fall"):
            ends.extend(part.numbers for part in film.mobjects if isinstance(part, Ratios))
        assert sum(isinstance(part, Curve) for part in film.mobjects) <= 1

    film.on_rest = note
    film.setup()
    film.construct()
    apart, together = ends
    assert apart["chosen"] > 0 > apart["rejected"]
    assert 0 > together["chosen"] > together["rejected"]
