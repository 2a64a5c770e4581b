"""Pairs stand on the curve, and against the reference, where the recorded training put them."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES, PAIRS
from dpo_math.examples import PROMPT, pair_loss
from scenes.figures import Curve, Ratios
from scenes.furniture import Words
from scenes.loss import Loss
from scenes.slope import NUDGE, Push, Slope, data_set, gathered, times
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


def test_a_pair_fills_its_gauge_as_often_as_it_is_in_the_data(scene):
    slope = Slope(scene)
    first, common, rare = slope.gauges
    assert (first.times, rare.times) == (1, 1)
    assert common.times == pytest.approx(
        slope.slide.frequencies[1] / slope.slide.frequencies[2], rel=1e-9
    )
    finish(slope.slide_down(1, 2))
    assert common.fill.get_right()[0] - common.room.left == pytest.approx(
        rare.fill.get_right()[0] - rare.room.left, rel=1e-3
    )


def test_the_data_set_has_a_row_a_label(scene):
    slide = Slope(scene).slide
    table, _ = data_set(Loss())
    assert len(table.rows) == sum(times(slide)) == 4


def test_a_data_set_sets_out_for_its_sign(scene):
    film = Loss()
    table, name = data_set(film)
    line = LINES["likelihood"]
    (draw,) = n.find(line.tree, PAIRS)
    *_, sign = film.staging.on_stage(line).equation.marks_of(draw)
    way = gathered(film, "likelihood", table, name)
    width, start = way.mobject.width, way.mobject.get_center()
    way.begin()
    way.interpolate(1.0)
    middle = (start + sign.get_center()) / 2
    assert way.mobject.get_center() == pytest.approx(middle, abs=1e-3)
    assert way.mobject.width < 0.2 * width


def test_the_bars_of_a_pair_are_what_its_policy_implies(scene):
    push = Push(scene)
    finish(push.train(push.own))
    for name, i in (("chosen", push.fall.chosen), ("rejected", push.fall.rejected)):
        implied = push.fall.beta * np.log(push.fall.own_policies[-1][i] / PROMPT.reference[i])
        assert float(push.pair.numbers[name]) == pytest.approx(implied, rel=1e-4)
    assert push.bars.numbers["policy"] == pytest.approx(push.fall.own_policies[-1], abs=1e-5)


def test_every_picture_begins_at_the_reference(scene):
    push = Push(scene)
    for again in ([], [*push.train(push.own), *push.restart()]):
        finish(again)
        assert push.bars.numbers["policy"] == pytest.approx(np.array(PROMPT.reference))
        assert float(push.pair.numbers["chosen"]) == float(push.pair.numbers["rejected"]) == 0


def test_the_margin_grows_alike_with_a_shared_parameter_and_without(scene):
    push, margins = Push(scene), []
    for run in (push.own, push.shared):
        finish(push.train(run))
        margins.append(push.pair.numbers["chosen"] - push.pair.numbers["rejected"])
    assert margins[0] == pytest.approx(margins[1], rel=1e-4)


def test_the_first_margin_stays_to_compare_the_second_with(scene):
    push = Push(scene)
    finish(push.train(push.own))
    margin = push.pair.numbers["chosen"] - push.pair.numbers["rejected"]
    finish(push.restart())
    assert float(push.pair.numbers["before"]) == pytest.approx(float(margin))


@pytest.mark.parametrize(("along", "sign"), [(0.25, 1), (0.75, -1)])
def test_a_shared_parameter_moves_logits_by_their_features_and_down_widens_the_margin(
    scene, along, sign
):
    push, features = Push(scene), np.array(Push(scene).fall.features)
    for animation in push.nudge():
        animation.begin()
        animation.figure.draw(**animation.path(along, animation.start))
    moved = np.log(push.bars.numbers["policy"] / PROMPT.reference)
    assert moved - moved[1] == pytest.approx(sign * NUDGE * features)
    margin = push.pair.numbers["chosen"] - push.pair.numbers["rejected"]
    chosen, rejected = features[push.fall.chosen], features[push.fall.rejected]
    assert float(margin) == pytest.approx(push.fall.beta * sign * NUDGE * (chosen - rejected))
    assert sign * float(margin) < 0


@pytest.mark.parametrize("way", ["nudge", "fall"])
def test_no_bar_rises_to_the_tie_or_to_what_is_written_beside_it(scene, way):
    push = Push(scene)
    tie, em = push.tie(), scene.theme.type.label
    lowest = min(part.get_bottom()[1] for part in tie if isinstance(part, Words))
    feet = {
        round(float(x), 3): float(y) for x, y, _ in sorted(tie.strands.points, key=lambda p: -p[1])
    }
    for along in np.linspace(0, 1, 21):
        for animation in push.nudge() if way == "nudge" else push.train(push.shared):
            animation.begin()
            animation.figure.draw(**animation.path(float(along), animation.start))
        tips = [mark.tip for mark in push.bars.marks["policy"]]
        assert max(tips) < lowest - 0.4 * em
        for i, share in enumerate(push.fall.features):
            if share:
                assert tips[i] < feet[round(push.bars.middle(i), 3)] - em


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_the_name_of_a_tie_keeps_clear_of_the_key(shape):
    scene = WhatTheLossDoes(shape=shape)
    push = Push(scene)
    assert push.tie().get_top()[1] < push.bars.key.room.bottom - 0.05


def test_what_is_written_over_the_chosen_bar_keeps_clear_of_the_tie(scene):
    push = Push(scene)
    tie = push.tie()
    foot = min(float(y) for _, y, _ in tie.strands.points)
    before, _ = push.shares_of_chosen()
    assert before.get_top()[1] < foot - 0.2 * scene.theme.type.label


def test_a_shared_parameter_moves_rewards_in_proportion_from_the_level_of_the_others(scene):
    push = Push(scene)
    finish(push.train(push.shared))
    shown = {name: float(number) for name, number in push.pair.numbers.items()}
    features = push.fall.features
    moved = (shown["chosen"] - shown["others"]) / (shown["rejected"] - shown["others"])
    assert moved == pytest.approx(features[push.fall.chosen] / features[push.fall.rejected], 1e-3)
    assert shown["others"] > 0
    after = push.bars.numbers["policy"][push.unpaired] / np.array(PROMPT.reference)[push.unpaired]
    assert after == pytest.approx(np.full(len(after), after[0]), rel=1e-4)


@pytest.mark.parametrize("along", [0.2, 0.5])
def test_felt_along_the_curve_the_weight_of_a_pair_is_how_steep_it_is(scene, along):
    slope = Slope(scene)
    finish(slope.begin(0))
    for animation in slope.feel(0):
        animation.begin()
        animation.figure.draw(**animation.path(along, animation.start))
    weight = float(slope.gauges[0].numbers["value"])
    margin = float(slope.curve.numbers["pair_0"])
    run = 1e-6
    assert weight == pytest.approx((pair_loss(margin - run) - pair_loss(margin + run)) / (2 * run))
    assert weight < 0.4


def test_a_tie_hangs_over_the_bars_that_have_a_feature(scene):
    push = Push(scene)
    tie = push.tie()
    with_feature = [push.bars.middle(i) for i, share in enumerate(push.fall.features) if share]
    assert tie.strands.get_left()[0] == pytest.approx(min(with_feature))
    assert tie.strands.get_right()[0] == pytest.approx(max(with_feature))
    said = {part.text for part in tie if isinstance(part, Words)}
    assert {f"× {share:.1f}" for share in push.fall.features if share} <= said


def test_the_shares_of_the_chosen_response_stand_over_its_bar(scene):
    push = Push(scene)
    before, after = push.shares_of_chosen()
    assert (before.text, after.text) == ("13%", "7%")
    for text in (before, after):
        assert text.get_x() == pytest.approx(push.bars.middle(push.fall.chosen), abs=0.02)
    assert before.get_bottom()[1] > after.get_top()[1]


def test_in_the_second_case_both_fall_and_the_margin_grows(scene, undrawn):
    film, ends = undrawn(WhatTheLossDoes), []

    def note(beat: str) -> None:
        if beat in ("relative", "both_fall"):
            ends.extend(dict(part.numbers) for part in film.mobjects if isinstance(part, Ratios))
        assert sum(isinstance(part, Curve) for part in film.mobjects) <= 1

    film.on_rest = note
    film.setup()
    film.construct()
    apart, together = ends
    assert apart["chosen"] > 0 > apart["rejected"]
    assert 0 > together["chosen"] > together["rejected"]
