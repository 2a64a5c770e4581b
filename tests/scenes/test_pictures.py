"""Pictures of the worked example: what they show follows from the table."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math.examples import PROMPT
from scenes import pictures
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
