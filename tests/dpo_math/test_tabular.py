"""The experiments: where DPO arrives, and where it does not."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import pytest
import torch

from dpo_math import measured, tabular
from dpo_math.examples import BETA, BETAS, LENGTHS, OTHER_PROMPT, PROMPT, Table
from dpo_math.tabular import (
    EXPERIMENTS,
    closed_form,
    comparisons,
    distance,
    divergence,
    dpo_data_loss,
    objective,
    population,
    safe_rate,
    sample,
    tensor,
    train_dpo,
    train_objective,
    with_mass,
)

MANY_BETAS = (0.05, 0.1, 0.5, 0.9, 1.0, 5.0)
N = len(PROMPT)
REFERENCE = tensor(PROMPT.reference).log()


@cache
def result(experiment):
    """What the experiment measures; it is run once for all tests."""
    return experiment()


def share(policy, group):
    return sum(policy[i] for i in group)


def within(policy, group):
    return pytest.approx([policy[i] / share(policy, group) for i in group], rel=1e-8)


# What holds


@pytest.mark.parametrize("beta", [*MANY_BETAS, 1e-3, 1e3])
@pytest.mark.parametrize("table", [PROMPT, OTHER_PROMPT], ids=lambda table: table.name)
def test_the_closed_form_in_torch_is_that_of_the_table(table, beta):
    logps, log_partition = closed_form(table, beta)
    assert logps.exp().tolist() == pytest.approx(table.optimum(beta).tolist(), rel=1e-12)
    assert float(log_partition) == pytest.approx(table.log_partition(beta), rel=1e-12)
    assert float(divergence(logps, REFERENCE if table is PROMPT else logps)) >= 0
    value = float(objective(table, logps, beta))
    assert value == pytest.approx(table.objective(table.optimum(beta), beta), rel=1e-12)


@pytest.mark.parametrize("table", [PROMPT, OTHER_PROMPT], ids=lambda table: table.name)
@pytest.mark.parametrize("beta", MANY_BETAS)
def test_dpo_and_ascent_on_the_objective_both_arrive_at_the_optimum(table, beta):
    optimum, _ = closed_form(table, beta)
    wins = population(table)
    by_dpo = train_dpo(tensor(table.reference).log(), wins, beta, steps=80)[-1]
    by_ascent = train_objective(table, beta, steps=80)[-1]
    assert (by_dpo.exp() - optimum.exp()).abs().max() < 1e-8
    assert (by_ascent.exp() - optimum.exp()).abs().max() < 1e-5


@pytest.mark.parametrize("beta", [0.5, 0.9, 5.0])
def test_plain_gradient_ascent_by_a_stock_optimiser_arrives_there_too(beta):
    logits = REFERENCE.clone().requires_grad_()
    optimiser = torch.optim.LBFGS(
        [logits], max_iter=200, tolerance_grad=1e-12, line_search_fn="strong_wolfe"
    )

    def shortfall():
        optimiser.zero_grad()
        loss = -objective(PROMPT, torch.log_softmax(logits, dim=-1), beta)
        loss.backward()
        return loss

    optimiser.step(shortfall)
    reached = torch.log_softmax(logits.detach(), dim=-1)
    assert distance(reached, closed_form(PROMPT, beta)[0]) < 1e-5


def test_the_stored_runs_start_at_the_reference_and_come_nearer_with_every_step():
    arrival = result(tabular.arrival)
    for run, optimum in zip(arrival.dpo, arrival.optima, strict=True):
        assert optimum == pytest.approx(PROMPT.optimum(run.beta).tolist(), rel=1e-12)
    for run in (*arrival.dpo, *arrival.ascent):
        assert run.policies[0] == pytest.approx(PROMPT.reference)
        assert all(later < earlier for earlier, later in pairwise(run.distances))
        assert run.distances[-1] < 1e-9 <= run.distances[-2]
    assert {BETA, *BETAS} == {run.beta for run in arrival.dpo}


def test_in_terms_of_implicit_rewards_training_is_the_same_for_every_beta():
    paths = [
        beta * (train_dpo(REFERENCE, population(PROMPT), beta, steps=5) - REFERENCE)
        for beta in (0.05, 5.0)
    ]
    one, other = (path - path[:, :1] for path in paths)
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize("groups", [(), ((0, 1, 2), (3, 4, 5)), ((0, 5),), ((1, 2), (1, 4, 5))])
@pytest.mark.parametrize("beta", [0.05, 1.0])
def test_a_step_of_the_safe_rate_never_raises_the_loss(groups, beta):
    wins = population(PROMPT, comparisons(N, groups))
    path = train_dpo(REFERENCE, wins, beta, steps=50)
    losses = dpo_data_loss(path, REFERENCE, wins.expand(51, -1, -1), beta)
    assert (losses.diff() <= 1e-15).all()
    assert safe_rate(wins, beta) > 0


def test_sampled_labels_come_in_the_proportions_of_bradley_terry():
    pairs = 200_000
    wins = sample(PROMPT, pairs, torch.Generator().manual_seed(0))
    assert (wins - population(PROMPT)).abs().max() < 4 * math.sqrt(0.03 / pairs)
    assert float(wins.sum()) == pytest.approx(1)


def test_sampled_dpo_nears_the_optimum_with_the_root_of_the_number_of_labels():
    sampled = result(tabular.sampled)
    logs = torch.tensor([sampled.pairs, sampled.distances], dtype=torch.float64).log()
    centred = logs - logs.mean(dim=1, keepdim=True)
    slope = float((centred[0] * centred[1]).sum() / centred[0].square().sum())
    assert slope == pytest.approx(-0.5, abs=0.05)


def test_kl_falls_with_beta_as_fast_as_the_variance_of_the_reward_says():
    sweep = result(tabular.sweep)
    for beta, slope, variance in zip(sweep.betas, sweep.slope, sweep.variance, strict=True):
        assert slope == pytest.approx(-variance / beta**3, rel=1e-6)
    assert all(later < earlier for earlier, later in pairwise(sweep.kl))
    assert (sweep.betas[0], sweep.betas[-1]) == (pytest.approx(0.05), pytest.approx(5))


def test_the_value_of_the_sweep_is_reward_minus_beta_kl():
    sweep = result(tabular.sweep)
    for beta, kl, value, reward in zip(
        sweep.betas, sweep.kl, sweep.value, sweep.expected_reward, strict=True
    ):
        assert value == pytest.approx(reward - beta * kl, rel=1e-12)
        assert kl == pytest.approx(PROMPT.kl(beta), rel=1e-10)


# What does not


def test_how_often_a_pair_is_compared_does_not_matter_but_keeping_some_outcomes_does():
    weighted = result(tabular.weighted)
    assert weighted.by_pair == pytest.approx(weighted.optimum, abs=1e-8)
    assert weighted.by_outcome_distance > 0.1
    longest = LENGTHS.index(max(LENGTHS))
    assert weighted.by_outcome[longest] > 2 * weighted.optimum[longest]


def test_weights_that_depend_on_the_outcome_are_a_change_of_reward():
    bonus = tensor((0.3, -0.2, 0.1, 0.0, 0.6, -0.5))
    kept = population(PROMPT) * torch.exp(bonus.unsqueeze(-1) / 2 - bonus / 2)
    reached = train_dpo(REFERENCE, kept / kept.sum(), BETA, steps=150)[-1]
    other = Table("x", PROMPT.reference, tuple((tensor(PROMPT.reward) + bonus).tolist()))
    assert distance(reached, closed_form(other, BETA)[0]) < 1e-8


def test_between_groups_that_are_never_compared_the_loss_says_nothing():
    found = result(tabular.disconnected)
    for group in found.groups:
        assert [found.reached[i] / share(found.reached, group) for i in group] == within(
            found.optimum, group
        )
        assert abs(share(found.reached, group) - share(found.optimum, group)) > 0.2
    assert found.losses == pytest.approx([found.reached_loss] * 3, rel=1e-14)
    masses = [share(policy, found.groups[1]) for policy in found.same_loss]
    assert masses == pytest.approx([0.1, 0.5, 0.9])


def test_a_response_never_compared_is_not_found_however_good_it_is():
    found = result(tabular.never_compared)
    best = found.response
    assert PROMPT.reward[best] == max(PROMPT.reward)
    assert found.reached[best] == pytest.approx(found.reference[best], abs=0.01)
    assert found.optimum[best] > 3 * found.reached[best]
    others = [i for i in range(N) if i != best]
    assert [found.reached[i] / share(found.reached, others) for i in others] == within(
        found.optimum, others
    )
    assert found.losses == pytest.approx([found.reached_loss] * 3, rel=1e-14)
    assert [policy[best] for policy in found.same_loss] == pytest.approx([0.01, 0.3, 0.9])


def test_with_hard_labels_margins_and_kl_grow_as_long_as_one_trains():
    hard = result(tabular.hard_labels)
    for series in (hard.margins, hard.kl):
        assert all(later > earlier for earlier, later in pairwise(series))
    assert all(later < earlier for earlier, later in pairwise(hard.losses))
    assert hard.kl[-1] > 5 * hard.optimum_kl
    by_doubling = [later - earlier for earlier, later in pairwise(hard.margins[-5:])]
    assert min(by_doubling) > 0.5, "each doubling of the steps still adds to the smallest margin"


def test_the_chosen_response_can_lose_probability_while_the_margin_grows():
    fall = result(tabular.both_fall)
    for change in (fall.chosen_change, fall.rejected_change):
        assert all(later < earlier for earlier, later in pairwise(change))
    assert all(later > earlier for earlier, later in pairwise(fall.margins))
    for i, change in ((fall.chosen, fall.chosen_change), (fall.rejected, fall.rejected_change)):
        assert change[-1] == pytest.approx(
            math.log(fall.policies[-1][i] / PROMPT.reference[i]), rel=1e-12
        )


def test_with_parameters_of_their_own_the_same_margins_come_with_a_likelier_chosen_response():
    fall = result(tabular.both_fall)
    for policy, margin in zip(fall.own_policies, fall.margins, strict=True):
        chosen, rejected = (
            math.log(policy[i] / PROMPT.reference[i]) for i in (fall.chosen, fall.rejected)
        )
        assert chosen - rejected == pytest.approx(margin, abs=1e-12)
    for before, after in pairwise(fall.own_policies):
        assert after[fall.chosen] > before[fall.chosen]
        assert after[fall.rejected] < before[fall.rejected]


def test_labels_that_favour_length_make_the_policy_longer():
    growth = result(tabular.length_growth)
    assert growth.chosen_length > growth.rejected_length
    assert all(later > earlier for earlier, later in pairwise(growth.expected_lengths))
    by_reference = float(tensor(PROMPT.reference) @ tensor(LENGTHS))
    assert growth.expected_lengths[0] == pytest.approx(by_reference)
    assert growth.expected_lengths[-1] == pytest.approx(growth.limit, rel=0.01)
    assert growth.limit > 1.2 * growth.expected_lengths[0]


def test_of_two_lengths_the_double_is_preferred_in_six_pairs_of_ten(monkeypatch):
    seen = []
    monkeypatch.setattr(tabular, "population", lambda table: seen.append(table) or wins)
    wins = population(PROMPT)
    tabular.length_growth()
    double = (LENGTHS.index(120), LENGTHS.index(60))
    assert seen[0].preference(*double) == pytest.approx(0.6)


def test_pairs_slide_down_the_curve_and_weigh_most_where_the_model_is_wrong():
    slide = result(tabular.slide)
    sliding, settled, outvoted = range(3)
    assert slide.losses[0] == pytest.approx([math.log(2)] * 3)
    assert slide.weights[0] == pytest.approx([0.5] * 3)
    assert slide.policies[0] == pytest.approx(PROMPT.reference)
    for policy, chosen_rewards in zip(slide.policies, slide.chosen_rewards, strict=True):
        chosen = slide.pairs[0][0]
        implied = slide.beta * math.log(policy[chosen] / PROMPT.reference[chosen])
        assert chosen_rewards[0] == pytest.approx(implied)
    for before, after in pairwise(slide.reward_margins):
        assert after[sliding] > before[sliding]
        assert after[outvoted] == pytest.approx(-after[settled])
    assert slide.reward_margins[-1][settled] == pytest.approx(math.log(2), rel=1e-3)
    pulls = [
        share * weight for share, weight in zip(slide.frequencies, slide.weights[-1], strict=True)
    ]
    assert pulls[settled] == pytest.approx(pulls[outvoted], rel=1e-6)
    assert slide.weights[-1][sliding] < 0.5 < slide.weights[-1][outvoted]
    assert slide.chosen_rewards[-1][sliding] > 0 > slide.rejected_rewards[-1][sliding]
    for margins, losses, weights in zip(
        slide.reward_margins, slide.losses, slide.weights, strict=True
    ):
        for margin, loss, weight in zip(margins, losses, weights, strict=True):
            assert loss == pytest.approx(math.log1p(math.exp(-margin)))
            assert weight == pytest.approx(1 / (1 + math.exp(margin)))


def test_a_mass_is_moved_without_changing_anything_within():
    moved = with_mass(REFERENCE, (1, 4), 0.75).exp()
    assert float(moved[[1, 4]].sum()) == pytest.approx(0.75, rel=1e-14)
    assert float(moved.sum()) == pytest.approx(1, rel=1e-14)
    assert float(moved[1] / moved[4]) == pytest.approx(0.24 / 0.09)


# The stored data


def test_the_films_show_what_the_experiments_measure_today(monkeypatch):
    monkeypatch.setattr(
        tabular, "EXPERIMENTS", [lambda each=each: result(each) for each in EXPERIMENTS]
    )
    assert tabular.check_data() == []


def test_every_experiment_is_stored_in_a_file_of_its_own():
    kinds = [type(result(experiment)) for experiment in EXPERIMENTS]
    assert len(set(kinds)) == len(kinds)
    assert {measured.file_name(kind) for kind in kinds} == {
        path.name for path in measured.DIRECTORY.glob("*.json")
    }


def test_written_data_passes_its_own_check(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular, "EXPERIMENTS", (tabular.both_fall, tabular.slide))
    written = tabular.write_data(tmp_path / "data")
    assert [path.name for path in written] == ["both_fall.json", "slide.json"]
    assert tabular.check_data(tmp_path / "data") == []


@pytest.mark.parametrize(
    "experiment", [tabular.arrival, tabular.sweep, tabular.hard_labels, tabular.slide]
)
def test_the_rounding_of_another_machine_is_no_drift(experiment, tmp_path):
    """Rewards that differ in their last digits stand for another machine's arithmetic."""
    nudged = Table("x", PROMPT.reference, tuple(r * (1 + 1e-14) for r in PROMPT.reward))
    measured.write(result(experiment), tmp_path)
    assert list(measured.drifts([experiment(nudged)], tmp_path)) == []
