"""What speaks for and against DPO is drawn from what was measured."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dpo_math.examples import LENGTHS, PROMPT
from scenes.figures import Gauge
from scenes.limits import Descents, Longer, Unseen
from scenes.when_it_wins import WhenItWins


@pytest.fixture
def scene() -> WhenItWins:
    scene = WhenItWins()
    scene.setup()
    return scene


def at(animations, along: float) -> None:
    for animation in animations:
        animation.begin()
        animation.interpolate(along)


@pytest.mark.parametrize("along", [0.3, 0.5, 0.8])
def test_whatever_the_unseen_response_gets_the_others_keep_their_proportions(scene, along):
    unseen = Unseen(scene)
    at(unseen.train(), 1.0)
    before = np.delete(unseen.bars.numbers["policy"], unseen.found.response)
    at(unseen.wander(), along)
    after = np.delete(unseen.bars.numbers["policy"], unseen.found.response)
    assert after / after.sum() == pytest.approx(before / before.sum(), rel=1e-4)
    assert not np.allclose(after, before, rtol=0.01)
    assert (
        unseen.loss.text
        == Unseen(scene).loss.theme.numerals(unseen.found.reached_loss, ".4f") + " nats"
    )


def test_the_note_stands_over_the_response_that_no_pair_holds(scene):
    unseen = Unseen(scene)
    unseen.bars.draw(reward=PROMPT.reward)
    best = int(np.argmax(PROMPT.reward))
    assert unseen.found.response == best
    assert unseen.note.get_x() == pytest.approx(unseen.bars.middle(best), abs=0.05)
    pins = unseen.bars.marks["reward"]
    assert unseen.note.get_bottom()[1] > pins[best].get_top()[1]


def test_responses_stand_in_the_order_of_their_lengths_and_the_gauge_shows_the_mean(scene):
    longer = Longer(scene)
    at(longer.begin(), 1.0)
    at(longer.train(), 1.0)
    by_length = np.array(sorted(LENGTHS))
    shown = float(longer.bars.numbers["policy"] @ by_length)
    assert shown == pytest.approx(float(longer.length.numbers["value"]), rel=1e-4)
    assert shown > float(np.array(PROMPT.reference) @ np.array(LENGTHS)) + 20
    assert isinstance(longer.length, Gauge)


def test_every_run_goes_down_at_every_step(scene):
    descents = Descents(scene)
    assert descents.betas > 3
    for track in descents.plot.tracks.values():
        assert all(after < before for before, after in pairwise(track.distances))
    at([descents.train()], 1.0)
    assert {name: int(step) for name, step in descents.plot.numbers.items()} == descents.last
