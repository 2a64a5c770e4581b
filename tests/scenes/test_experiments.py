"""Recorded runs are shown as they were recorded."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dpo_math.derivation import LINES
from dpo_math.examples import BETA, BETAS, PROMPT
from dpo_math.measured import BothFall, Disconnected, read
from scenes.experiments import CLOSE_UP, Cause, Twins, shares, through
from scenes.figures import Distribution
from scenes.furniture import VerdictMark
from scenes.optimum_reached import OptimumReached


def test_a_way_leads_through_every_row_that_was_recorded():
    rows = [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)]
    way = through(rows)
    assert np.array([way(along) for along in (0.0, 0.5, 1.0)]) == pytest.approx(np.array(rows))
    assert way(0.25) == pytest.approx((0.25, 0.75))


def test_recorded_policies_sum_to_one_whatever_was_rounded_off():
    rows = Twins(OptimumReached(), top=1.0).runs[BETA]["dpo"].policies
    assert max(abs(sum(row) - 1) for row in rows) > 1e-7
    assert shares(rows).sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-12)
    assert shares(rows) == pytest.approx(np.array(rows), rel=1e-5)


def test_every_run_begins_at_the_reference_and_ends_at_the_closed_form(undrawn):
    scene = undrawn(OptimumReached)
    ends: list[dict[str, np.ndarray]] = []

    def note(beat: str) -> None:
        if beat == "beta_1.0":
            ends.extend(dict(p.numbers) for p in scene.mobjects if isinstance(p, Distribution))

    scene.on_rest = note
    scene.setup()
    scene.construct()
    assert len(ends) == 2
    for shown in ends:
        assert shown["policy"] == pytest.approx(shown["optimum"], abs=1e-6)
        assert shown["optimum"] == pytest.approx(PROMPT.optimum(BETAS[-1]), abs=1e-5)
        assert shown["reference"] == pytest.approx(PROMPT.reference)


def test_the_numbers_of_the_narration_are_those_of_the_runs():
    twins = Twins(OptimumReached(), top=1.0)
    runs = twins.runs[BETA].values()
    parts = twins.parts(BETA)
    assert all(run.distances[-1] < 1 / parts for run in runs)
    assert any(run.distances[-1] > 0.1 / parts for run in runs)


def test_the_runs_of_the_present_beta_alone_are_lit():
    twins = Twins(OptimumReached(), top=1.0)
    for panel in twins.panels.values():
        panel.draw(policy=PROMPT.reference)
    for animation in twins.restart(BETAS[0]):
        animation.begin()
        animation.interpolate(1.0)
    lit = dict(zip(twins.plot.tracks, twins.plot.numbers["lit"], strict=True))
    assert {name for name, bright in lit.items() if bright == 1} == {
        f"{side} at {BETAS[0]}" for side in twins.SIDES
    }


def played(*animations) -> None:
    for animation in animations:
        animation.begin()
        animation.interpolate(1.0)


@pytest.fixture
def cause() -> Cause:
    scene = OptimumReached()
    return Cause(scene, Twins(scene, top=CLOSE_UP), BETA)


def test_trained_again_the_policy_rolls_to_the_true_preference_and_has_no_slope_there(cause):
    true = PROMPT.preference(*cause.pair)
    assert cause.curve.numbers["policy"] == pytest.approx(0.5)
    played(cause.restart())
    assert cause.curve.numbers["policy"] == pytest.approx(0.5)
    assert cause.bars.numbers["policy"] == pytest.approx(PROMPT.reference)
    played(*cause.train())
    assert cause.curve.numbers["policy"] == pytest.approx(true, abs=1e-5)
    start, end = cause.curve.tangents["policy"][0].get_start_and_end()
    assert start[1] == pytest.approx(end[1], abs=1e-3)
    assert cause.bars.numbers["policy"] == pytest.approx(PROMPT.optimum(BETA), abs=1e-5)


PART = (0.2, 0.4, 0.6)


def test_the_point_on_the_curve_is_what_the_bars_say_on_the_way_too(cause):
    cause.bars.draw(policy=PROMPT.reference)
    for along in (0.0, *PART):
        for animation in cause.train():
            animation.begin()
            animation.interpolate(along)
        said = PROMPT.implied_preference(cause.bars.numbers["policy"], BETA, *cause.pair)
        assert cause.curve.numbers["policy"] == pytest.approx(said)


def test_a_common_factor_leaves_every_gap_of_log_ratios_and_only_the_sum_tells(cause):
    played(*cause.train())
    played(*cause.scale())
    weights, policy = cause.bars.numbers["weights"], cause.bars.numbers["policy"]
    assert np.diff(np.log(weights)) == pytest.approx(np.diff(np.log(policy)))
    assert cause.total.numbers["value"] == pytest.approx(weights.sum())
    assert weights.sum() > 1.5
    played(*cause.normalise())
    assert cause.bars.numbers["weights"] == pytest.approx(policy)
    assert cause.total.numbers["value"] == pytest.approx(1)


def test_the_bars_are_as_high_together_as_the_sum_says_from_the_first(cause):
    played(*cause.train())
    played(cause.begin())
    for animation in cause.scale():
        animation.begin()
        animation.interpolate(0.2)
    bars = cause.bars
    drawn = sum(mark.tip - bars.baseline for mark in bars.marks["weights"])
    assert drawn / bars.height_of("weights", 1) == pytest.approx(cause.total.numbers["value"])


def midway(along: float, *animations) -> None:
    for animation in animations:
        animation.begin()
        animation.figure.draw(**animation.path(along, animation.start))


@pytest.fixture
def arrived() -> Twins:
    twins, best = Twins(OptimumReached(), top=CLOSE_UP), PROMPT.optimum(1.0)
    twins.dial.draw(value=1.0)
    for panel in twins.panels.values():
        panel.draw(reference=PROMPT.reference, policy=best, optimum=best)
    return twins


def test_the_outlines_of_the_left_policy_land_on_the_bars_of_the_right_one(arrived):
    outlines, way = arrived.laid_over()
    played(way)
    bars = arrived.panels["ascent"].marks["policy"]
    for outline, bar in zip(outlines, bars, strict=True):
        assert outline.get_center() == pytest.approx(bar.get_center(), abs=1e-3)
        assert outline.height == pytest.approx(bar.height, abs=1e-3)


@pytest.mark.parametrize("along", [0.25, 0.75])
def test_unlinked_groups_change_their_shares_and_no_pair_within_them_tells(arrived, along):
    best, apart = PROMPT.optimum(1.0), list(arrived.apart)
    rest = [i for i in range(len(PROMPT)) if i not in apart]
    way = arrived.unlink()
    midway(along, *way)
    left, right = (arrived.panels[side].numbers["policy"] for side in arrived.SIDES)
    for group in (apart, rest):
        assert left[group] / left[group].sum() == pytest.approx(best[group] / best[group].sum())
    assert abs(left[apart].sum() - best[apart].sum()) > 0.2
    assert right == pytest.approx(best)
    midway(1.0, *way)
    assert arrived.panels["dpo"].numbers["policy"] == pytest.approx(best)


def test_the_gap_stands_between_the_groups(arrived):
    panel = arrived.panels["dpo"]
    line, _ = arrived.gap(OptimumReached())
    first = min(arrived.apart)
    assert panel.middle(first - 1) < line.get_x() < panel.middle(first)


@pytest.mark.parametrize("along", [0.2, 0.5, 1.0])
def test_the_closed_form_follows_a_reference_that_gives_a_response_less_or_nothing(arrived, along):
    midway(along, *arrived.rule_out(5))
    for panel in arrived.panels.values():
        reference, optimum = panel.numbers["reference"], panel.numbers["optimum"]
        weights = reference * np.exp(PROMPT.reward)
        assert optimum == pytest.approx(weights / weights.sum())
        assert bool(reference[5] == 0) is (along == 1.0)
    ascent, dpo = (arrived.panels[side].numbers for side in ("ascent", "dpo"))
    assert ascent["policy"] == pytest.approx(ascent["optimum"])
    if along == 1.0:
        assert dpo["policy"] == pytest.approx(dpo["reference"]), "without a loss it stays there"


@pytest.mark.parametrize("along", [0.25, 0.75])
def test_the_loss_of_linked_pairs_stands_still_while_unlinked_groups_change_their_shares(
    arrived, along
):
    standing = float(arrived.within_groups().numbers["value"])
    assert standing == pytest.approx(read(Disconnected).reached_loss, rel=1e-5)
    midway(along, *arrived.unlink())
    assert float(arrived.loss.numbers["value"]) == pytest.approx(standing, abs=1e-12)
    panel = arrived.panels["dpo"].numbers["policy"]
    every = list(combinations(range(len(PROMPT)), 2))
    best = PROMPT.cross_entropy(PROMPT.optimum(1.0), 1.0, every)
    assert PROMPT.cross_entropy(panel, 1.0, every) > best + 0.01


def test_with_one_parameter_either_side_is_at_its_best_and_off_the_lines(arrived):
    features = read(BothFall).features
    played(*arrived.bind(features))
    every = list(combinations(range(len(PROMPT)), 2))
    worth = {
        "dpo": lambda policy: -PROMPT.cross_entropy(policy, 1.0, every),
        "ascent": lambda policy: PROMPT.objective(policy, 1.0),
    }
    for side, of in worth.items():
        reached = arrived.panels[side].numbers["policy"]
        moved = np.log(reached / PROMPT.reference)
        by = (moved[0] - moved[1]) / features[0]
        assert moved - moved[1] == pytest.approx(by * np.array(features), abs=1e-9)
        around = [of(PROMPT.moved(by + step, features)) for step in (-0.01, 0.0, 0.01)]
        assert around[1] == max(around)
        assert abs(reached - PROMPT.optimum(1.0)).max() > 0.1


def test_the_response_without_a_log_ratio_is_named_over_its_place(arrived):
    played(*arrived.rule_out(5))
    panel, words = arrived.panels["dpo"], arrived.undefined(OptimumReached(), 5)
    assert words.get_left()[0] < panel.middle(5) < words.get_right()[0]
    assert words.get_bottom()[1] > max(mark.tip for mark in panel.marks["policy"])


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_a_line_beside_a_picture_has_room_with_its_verdict(shape):
    scene = OptimumReached(shape=shape)
    room = scene.layout.plot
    equation, verdict = scene.staging.beside_picture(LINES["cancelled"], room)
    assert isinstance(verdict, VerdictMark)
    assert verdict.get_top()[1] < equation.get_bottom()[1]
    for part in (equation, verdict):
        assert room.left <= part.get_left()[0]
        assert part.get_right()[0] <= room.right
        assert room.bottom <= part.get_bottom()[1]
        assert part.get_top()[1] <= room.top
