"""Pictures of the worked example: what they show follows from the table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dpo_math.examples import BETA, PROMPT
from scenes import pictures
from scenes.objective import Objective
from scenes.prologue import Prologue


def test_a_few_small_steps_make_likelier_what_is_better_than_was_guessed():
    bars = pictures.trained(Prologue(), PROMPT)
    bars.draw(policy=PROMPT.reference, value=pictures.expected(PROMPT, PROMPT.reference))
    step = pictures.stepped(bars, PROMPT)
    step.begin()
    step.interpolate(1.0)
    gained = np.log(bars.numbers["policy"] / PROMPT.reference)
    reward = np.array(PROMPT.reward)
    assert np.diff(gained) == pytest.approx(pictures.STEPS_TAKEN * np.diff(reward))
    assert bars.numbers["value"] == pytest.approx(bars.numbers["policy"] @ reward)
    assert bars.numbers["value"][0] > PROMPT.expected_reward(PROMPT.reference)


def test_arrows_begin_at_the_guess_of_the_reference():
    bars = pictures.trained(Prologue(), PROMPT)
    arrows = pictures.advantages(bars, PROMPT)
    assert arrows.guess == pytest.approx(PROMPT.expected_reward(PROMPT.reference))


def test_to_lean_less_or_more_than_the_best_policy_is_worth_less_and_the_way_back_ends_at_it():
    leash = pictures.Leash(Objective(), PROMPT)
    best = PROMPT.optimum(BETA)
    leash.bars.draw(reference=PROMPT.reference, policy=best)
    gauge, _ = leash.worth(Objective(), BETA)
    mark = leash.most
    assert mark.get_x() == pytest.approx(gauge.fill.get_right()[0])
    most, strayed = PROMPT.objective(best, BETA), PROMPT.divergence(best)
    farther, worth = [], []
    for start, end in pairwise((0, 1, -1, 0)):
        for animation in leash.around(BETA, start, end):
            animation.begin()
            animation.interpolate(1.0)
        farther.append(float(leash.strayed.numbers["value"] - strayed))
        worth.append(float(leash.objective.numbers["value"]))
        assert leash.dial.numbers["value"] == BETA
        assert gauge.fill.get_right()[0] < mark.get_x() + 1e-6
    assert farther[0] < 0 < farther[1]
    assert max(worth[:2]) < most
    assert worth[2] == pytest.approx(most)
    assert leash.bars.numbers["policy"] == pytest.approx(best)
