"""The worked example: its numbers, its closed forms, and what it refuses."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from dataclasses import FrozenInstanceError

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpo_math import measured
from dpo_math.derivation import LINES
from dpo_math.examples import (
    BETA,
    BETAS,
    CHOSEN,
    OTHER_PROMPT,
    PROMPT,
    REJECTED,
    RESPONSE_LENGTH,
    SWEEP,
    TWICE_AS_LONG,
    VOCABULARY_SIZE,
    Table,
    beta_between,
    cross_entropy,
    cross_entropy_slope,
    length_reward,
    pair_loss,
    peak,
    pull,
    response_count,
)
from dpo_math.meaning import lower
from dpo_math.worlds import NumericWorld, Place

TABLES = (PROMPT, OTHER_PROMPT)
HALVES = Table("x", (0.5, 0.5), (1.0, 2.0))
COIN = (0.5, 0.5)


class TableWorld(NumericWorld):
    """The world of the derivation, with the probabilities and rewards of a table."""

    def __init__(self, table: Table, beta: float) -> None:
        super().__init__(len(table), seed=0)
        self._table, self._beta = table, beta

    @property
    def beta(self) -> mpmath.mpf:
        return mpmath.mpf(self._beta)

    def given(self, model: str, place: Place) -> mpmath.mpf:
        return mpmath.mpf(self._table.reference[place.response])

    def score(self, family: str, place: Place) -> mpmath.mpf:
        return mpmath.mpf(self._table.reward[place.response])


@pytest.mark.parametrize("beta", [BETA, *BETAS, 30.0])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_optimum_is_what_the_closed_form_of_the_derivation_gives(table, beta):
    with mpmath.workdps(50):
        world = TableWorld(table, beta)
        closed_form = LINES["closed_form"].tree.right
        exact = [lower(closed_form, world, {"x": 0, "y": i}) for i in range(len(table))]
        partition = world.partition(0)
    np.testing.assert_allclose(table.optimum(beta), [float(p) for p in exact], rtol=1e-13)
    assert table.partition(beta) == pytest.approx(float(partition), rel=1e-13)
    assert table.weights(beta).sum() == pytest.approx(float(partition), rel=1e-13)


@pytest.mark.parametrize("beta", [BETA, *BETAS, 1e-3, 1e3])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_objective_at_the_optimum_is_beta_log_z(table, beta):
    best = table.objective(table.optimum(beta), beta)
    assert best == pytest.approx(beta * table.log_partition(beta), rel=1e-12)


@settings(deadline=None)
@given(
    weights=st.lists(st.floats(1e-3, 1), min_size=len(PROMPT), max_size=len(PROMPT)),
    beta=st.floats(0.05, 10),
)
def test_any_other_policy_falls_short_by_beta_times_its_divergence_from_the_optimum(weights, beta):
    policy = np.array(weights) / np.sum(weights)
    shortfall = beta * PROMPT.log_partition(beta) - PROMPT.objective(policy, beta)
    from_optimum = Table("x", tuple(PROMPT.optimum(beta)), PROMPT.reward).divergence(policy)
    assert shortfall == pytest.approx(beta * from_optimum, rel=1e-9, abs=1e-12)


def test_kl_falls_from_the_best_response_to_the_reference_as_beta_grows():
    divergences = [PROMPT.kl(beta) for beta in (1e-3, *BETAS, BETA, 10, 1e4)]
    ordered = [PROMPT.kl(beta) for beta in sorted((1e-3, *BETAS, BETA, 10, 1e4))]
    assert sorted(divergences, reverse=True) == ordered
    best = int(np.argmax(PROMPT.reward))
    assert PROMPT.kl(1e-3) == pytest.approx(-math.log(PROMPT.reference[best]))
    assert PROMPT.kl(1e4) < 1e-8


def test_the_picture_has_the_kl_that_its_gauge_was_designed_for():
    assert round(PROMPT.kl(BETA), 2) == 0.29


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_without_a_leash_the_best_policy_is_the_greedy_one(table):
    np.testing.assert_allclose(table.greedy(), table.optimum(1e-4), atol=1e-12)
    assert table.expected_reward(table.greedy()) == max(table.reward)


def test_responses_that_are_equally_good_share_as_the_reference_does():
    tied = Table("x", (0.5, 0.3, 0.2), (1.0, 2.0, 2.0))
    np.testing.assert_allclose(tied.greedy(), tied.optimum(1e-3), atol=1e-12)


def test_the_sweep_goes_from_the_reference_to_the_best_response_as_far_as_eyes_can_tell():
    tied, loose = (PROMPT.optimum(beta) for beta in SWEEP)
    pixel = 1 / 148  # of a bar as high as the picture, in a film 640 pixels wide
    np.testing.assert_allclose(loose, PROMPT.greedy(), atol=pixel)
    np.testing.assert_allclose(tied, PROMPT.reference, atol=pixel)


def test_beta_sweeps_by_equal_factors():
    betas = [beta_between(8.0, 0.5, along) for along in (0, 0.25, 0.5, 0.75, 1)]
    assert betas == pytest.approx([8, 4, 2, 1, 0.5])
    with pytest.raises(ValueError, match="beta must be positive"):
        beta_between(0.0, 1.0, 0.5)


def test_the_two_prompts_have_different_partition_functions():
    left_over = BETA * (PROMPT.log_partition(BETA) - OTHER_PROMPT.log_partition(BETA))
    assert round(left_over, 2) != 0


def test_the_pair_of_the_pictures_is_rightly_ordered_and_not_obvious():
    assert 0.6 < PROMPT.preference(CHOSEN, REJECTED) < 0.9


def test_preferences_are_bradley_terry():
    strength = [math.exp(r) for r in PROMPT.reward]
    for w in range(len(PROMPT)):
        for loser in range(len(PROMPT)):
            expected = strength[w] / (strength[w] + strength[loser])
            assert PROMPT.preference(w, loser) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("beta", BETAS)
def test_the_optimum_implies_the_preferences_of_the_rewards_at_any_beta(beta):
    for pair in itertools.permutations(range(len(PROMPT)), 2):
        implied = PROMPT.implied_preference(PROMPT.optimum(beta), beta, *pair)
        assert implied == pytest.approx(PROMPT.preference(*pair), rel=1e-9)


def test_the_reference_implies_no_preference():
    assert PROMPT.implied_preference(PROMPT.reference, BETA, CHOSEN, REJECTED) == 0.5


def test_no_preference_is_implied_where_a_response_is_ruled_out():
    with pytest.raises(ValueError, match="policy must give both"):
        PROMPT.implied_preference(PROMPT.greedy(), BETA, CHOSEN, REJECTED)


def test_a_policy_may_leave_responses_out():
    assert HALVES.divergence((1.0, 0.0)) == pytest.approx(math.log(2))
    assert HALVES.expected_reward((1.0, 0.0)) == 1.0


def test_a_table_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        PROMPT.name = "y"


@pytest.mark.parametrize(
    ("field", "reference", "reward"),
    [
        ("reference", (1.0,), (0.0,)),
        ("reference", (0.5, 0.4), (0.0, 0.0)),
        ("reference", (1.0, 0.0), (0.0, 0.0)),
        ("reference", (1.5, -0.5), (0.0, 0.0)),
        ("reference", (math.nan, 0.5), (0.0, 0.0)),
        ("reward", COIN, (0.0,)),
        ("reward", COIN, (0.0, 1.0, 2.0)),
        ("reward", COIN, (0.0, math.nan)),
        ("reward", COIN, (-math.inf, 0.0)),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_by_field(field, reference, reward):
    with pytest.raises(ValueError, match=rf"^{field} "):
        Table("x", reference, reward)


def test_the_loss_of_a_pair_and_its_pull_are_those_that_torch_measured():
    slide = measured.read(measured.Slide)
    columns = (slide.reward_margins, slide.losses, slide.weights)
    for margins, losses, weights in zip(*columns, strict=True):
        assert [pair_loss(margin) for margin in margins] == pytest.approx(losses, rel=2e-5)
        assert [pull(margin) for margin in margins] == pytest.approx(weights, rel=2e-5)


@pytest.mark.parametrize("margin", [-3.0, -0.1, 0.0, 0.7, 5.0])
def test_the_pull_is_how_fast_the_loss_falls(margin):
    fall = (pair_loss(margin - 1e-5) - pair_loss(margin + 1e-5)) / 2e-5
    assert pull(margin) == pytest.approx(fall, rel=1e-6)


@pytest.mark.parametrize("true", [0.02, 0.5, 0.87])
@pytest.mark.parametrize("margin", [-3.0, -0.1, 0.0, 0.7, 5.0])
def test_cross_entropy_is_the_mean_loss_over_the_labels_of_a_pair(margin, true):
    mean = true * pair_loss(margin) + (1 - true) * pair_loss(-margin)
    assert cross_entropy(pull(-margin), true) == pytest.approx(mean, rel=1e-12)


@given(true=st.floats(0.01, 0.99), said=st.floats(0.01, 0.99))
def test_cross_entropy_is_least_at_the_truth_and_nowhere_else(true, said):
    assert cross_entropy_slope(true, true) == 0
    if abs(said - true) > 1e-6:
        assert cross_entropy(said, true) > cross_entropy(true, true)
        assert (cross_entropy_slope(said, true) > 0) == (said > true)


@pytest.mark.parametrize("said", [0.1, 0.5, 0.9])
def test_the_slope_is_how_fast_cross_entropy_grows(said):
    growth = (cross_entropy(said + 1e-6, 0.87) - cross_entropy(said - 1e-6, 0.87)) / 2e-6
    assert cross_entropy_slope(said, 0.87) == pytest.approx(growth, rel=1e-6)


@pytest.mark.parametrize(("said", "true", "told"), [(1.0, 0.5, "said"), (0.5, 0.0, "true")])
def test_a_certainty_has_no_cross_entropy(said, true, told):
    with pytest.raises(ValueError, match=rf"^{told} must be between 0 and 1"):
        cross_entropy(said, true)


@pytest.mark.parametrize("beta", [0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("method", ["weights", "log_partition", "partition", "optimum", "kl"])
def test_a_beta_that_is_not_positive_and_finite_is_refused(method, beta):
    with pytest.raises(ValueError, match=r"^beta must be positive"):
        getattr(PROMPT, method)(beta)


def test_a_beta_too_small_for_z_is_refused_where_z_is_needed():
    for method in (PROMPT.weights, PROMPT.partition):
        with pytest.raises(ValueError, match=r"^beta must not be so small"):
            method(1e-4)
    assert PROMPT.optimum(1e-4).argmax() == np.argmax(PROMPT.reward)


@pytest.mark.parametrize("policy", [(0.5,), (0.5, 0.6), (1.5, -0.5), (math.nan, 1.0)])
def test_a_policy_that_is_no_distribution_is_refused(policy):
    for refuse in (HALVES.divergence, HALVES.expected_reward):
        with pytest.raises(ValueError, match=r"^policy must"):
            refuse(policy)


def test_the_responses_to_a_prompt_are_counted_exactly():
    assert response_count(3, 4) == (81, pytest.approx(math.log10(81)))
    assert response_count(1, 7) == (1, 0.0)
    count = response_count(VOCABULARY_SIZE, RESPONSE_LENGTH)
    assert count.magnitude == pytest.approx(math.log10(count.exact), rel=1e-12)
    assert len(str(count.exact)) == math.floor(count.magnitude) + 1


@pytest.mark.parametrize(("vocabulary", "length"), [(0, 5), (5, 0), (-1, 5)])
def test_an_impossible_vocabulary_or_length_is_refused(vocabulary, length):
    with pytest.raises(ValueError, match=r"^(vocabulary|length) must be at least 1"):
        response_count(vocabulary, length)


def test_the_example_is_at_hand_without_torch_and_without_manim():
    code = "import sys, dpo_math.examples; print({'torch', 'manim'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_labels_by_length_prefer_a_response_twice_as_long_as_often_as_they_say():
    gap = length_reward(90) - length_reward(45)
    assert 1 / (1 + math.exp(-gap)) == pytest.approx(TWICE_AS_LONG)


def test_the_cross_entropy_of_pairs_is_least_at_the_optimum_of_its_beta():
    pairs = list(itertools.combinations(range(len(PROMPT)), 2))
    least = PROMPT.cross_entropy(PROMPT.optimum(BETA), BETA, pairs)
    entropies = [cross_entropy(p, p) for p in (PROMPT.preference(*pair) for pair in pairs)]
    assert least == pytest.approx(sum(entropies) / len(pairs))
    for other in (PROMPT.reference, PROMPT.optimum(1.1 * BETA), PROMPT.optimum(0.9 * BETA)):
        assert PROMPT.cross_entropy(other, BETA, pairs) > least


def test_a_parameter_moves_log_ratios_by_its_features_and_by_a_common_number():
    features = (1.0, 0.0, 0.0, 0.6, 0.0, 0.0)
    policy = PROMPT.moved(-1.5, features)
    assert policy.sum() == pytest.approx(1)
    moved = np.log(policy / PROMPT.reference)
    assert moved - moved[1] == pytest.approx(-1.5 * np.array(features))


def test_a_peak_is_found_where_it_is():
    assert peak(lambda x: -((x - 1.25) ** 2), -3, 4) == pytest.approx(1.25, abs=1e-6)
