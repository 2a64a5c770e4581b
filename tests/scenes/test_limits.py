"""What speaks for and against DPO is drawn from what was measured."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from manim import VGroup

from dpo_math.examples import LENGTHS, PROMPT
from scenes import pictures
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


@pytest.mark.parametrize("way", ["to_best", "beyond"])
@pytest.mark.parametrize("along", [0.3, 0.5, 0.8])
def test_whatever_the_unseen_response_gets_the_others_keep_their_proportions(scene, along, way):
    unseen = Unseen(scene)
    at(unseen.train(), 1.0)
    before = np.delete(unseen.bars.numbers["policy"], unseen.found.response)
    at(getattr(unseen, way)(), along)
    after = np.delete(unseen.bars.numbers["policy"], unseen.found.response)
    assert after / after.sum() == pytest.approx(before / before.sum(), rel=1e-4)
    assert not np.allclose(after, before, rtol=0.01)
    assert (
        unseen.loss.text
        == Unseen(scene).loss.theme.numerals(unseen.found.reached_loss, ".4f") + " nats"
    )


def test_on_the_way_there_is_a_stop_where_every_bar_meets_its_line(scene):
    unseen = Unseen(scene)
    at(unseen.to_best(), 1.0)
    best = PROMPT.optimum(unseen.found.beta)
    assert unseen.bars.numbers["policy"] == pytest.approx(best, abs=1e-5)
    at(unseen.beyond(), 0.0)
    assert unseen.bars.numbers["policy"] == pytest.approx(best, abs=1e-5)
    at(unseen.beyond(), 1.0)
    share = unseen.bars.numbers["policy"][unseen.found.response]
    assert share == pytest.approx(unseen.shares["most"]) == pytest.approx(0.9)


def test_what_length_brings_taken_off_again_leaves_about_the_reference(scene):
    longer = Longer(scene)
    at(longer.begin(), 1.0)
    at(longer.train(), 1.0)
    at(longer.charge(), 1.0)
    assert longer.bars.numbers["policy"] == pytest.approx(
        longer.bars.numbers["reference"], abs=2e-3
    )
    assert longer.means["policy"].text == "66 tokens"


def test_the_note_stands_over_the_response_that_no_pair_holds(scene):
    unseen = Unseen(scene)
    unseen.bars.draw(reward=PROMPT.reward)
    best = int(np.argmax(PROMPT.reward))
    assert unseen.found.response == best
    assert unseen.note.get_x() == pytest.approx(unseen.bars.middle(best), abs=0.05)
    pins = unseen.bars.marks["reward"]
    assert unseen.note.get_bottom()[1] > pins[best].get_top()[1]
    assert unseen.note.get_bottom()[1] > max(m.get_top()[1] for m in unseen.marks.values())


def test_responses_stand_in_the_order_of_their_lengths_and_the_gauge_shows_the_mean(scene):
    longer = Longer(scene)
    at(longer.begin(), 1.0)
    at(longer.train(), 1.0)
    by_length = np.array(sorted(LENGTHS))
    shown = float(longer.bars.numbers["policy"] @ by_length)
    assert shown == pytest.approx(float(longer.means["policy"].numbers["value"]), rel=1e-4)
    assert shown > float(np.array(PROMPT.reference) @ np.array(LENGTHS)) + 20


def sorting(scene) -> tuple[Unseen, Longer, tuple, list]:
    unseen, longer = Unseen(scene), Longer(scene)
    unseen.bars.draw(reference=PROMPT.reference)
    moving = longer.unsorted(unseen.bars)
    return unseen, longer, moving, list(longer.sort(unseen.bars, *moving))


def test_each_response_carries_its_length_to_its_place(scene):
    unseen, longer, (outlines, lengths), stretches = sorting(scene)
    for outline, mark in zip(outlines, unseen.bars.marks["reference"], strict=True):
        assert outline.get_center() == pytest.approx(mark.get_center())
    for i, length in enumerate(lengths):
        assert length.text == longer.bars.texts[sorted(LENGTHS).index(LENGTHS[i])].text
        assert length.get_x() == pytest.approx(unseen.bars.middle(i), abs=0.05)
    for stretch in stretches:
        at(stretch, 1.0)
    longer.bars.draw(reference=longer.policies[0])
    for place, i in enumerate(np.argsort(LENGTHS)):
        there = longer.bars.marks["reference"][place], longer.bars.texts[place]
        for moved, end in zip((outlines[int(i)], lengths[int(i)]), there, strict=True):
            assert moved.get_center() == pytest.approx(end.get_center(), abs=1e-3)
            assert moved.height == pytest.approx(end.height, abs=1e-3)


def test_no_response_passes_through_another_as_they_are_sorted(scene):
    _, longer, (outlines, lengths), stretches = sorting(scene)
    bodies = [VGroup(*both) for both in zip(outlines, lengths, strict=True)]
    for stretch in stretches:
        for along in np.linspace(0, 1, 9):
            at(stretch, float(along)) if along == 0 else [
                each.interpolate(float(along)) for each in stretch
            ]
            for one, other in combinations(bodies, 2):
                apart = np.abs(one.get_center() - other.get_center())
                room = [(one.width + other.width) / 2, (one.height + other.height) / 2]
                assert (apart[:2] > np.array(room)).any()
            assert max(body.get_top()[1] for body in bodies) < longer.name.get_bottom()[1]


def test_the_mean_lengths_of_the_labels_stand_on_the_scale_of_the_policys(scene):
    longer = Longer(scene)
    assert all(isinstance(mean, Gauge) for mean in longer.means.values())
    assert {mean.most for mean in longer.means.values()} == {max(LENGTHS)}
    assert [longer.means[name].text for name in ("chosen", "rejected")] == [
        "90 tokens",
        "75 tokens",
    ]


def test_what_the_unseen_response_gets_is_written_over_its_bar(scene):
    unseen = Unseen(scene)
    assert {name: mark.text for name, mark in unseen.marks.items()} == {
        "start": "6%",
        "reached": "5%",
        "best": "23%",
        "most": "90%",
    }
    i = unseen.found.response
    assert unseen.shares["reached"] == unseen.found.reached[i]
    assert unseen.shares["best"] == pytest.approx(PROMPT.optimum(unseen.found.beta)[i], abs=1e-5)
    for mark in unseen.marks.values():
        assert mark.get_x() == pytest.approx(unseen.bars.middle(i), abs=0.05)


def test_every_run_goes_down_at_every_step(scene):
    descents = Descents(scene)
    labels = {name: track.label for name, track in descents.plot.tracks.items() if track.label}
    assert labels == {"beta 0.05": "{beta} = 0.05", "beta 0.1": "0.1", "beta 0.5": "0.5 to 1"}
    lasts = [descents.last[f"beta {beta}"] for beta in (0.05, 0.1, 1.0, 0.9, 0.5)]
    assert lasts == sorted(lasts)
    for track in descents.plot.tracks.values():
        assert all(after < before for before, after in pairwise(track.distances))
    at([descents.train()], 1.0)
    shown = {name: int(descents.plot.numbers[name]) for name in descents.last}
    assert shown == descents.last


def test_a_question_stands_nearer_to_its_answer_than_to_the_next_question(scene):
    groups = pictures.answers(scene, "answer")
    gaps = [above.get_bottom()[1] - below.get_top()[1] for above, below in pairwise(groups)]
    within = [
        above.get_bottom()[1] - below.get_top()[1]
        for group in groups
        for above, below in pairwise(group)
    ]
    assert min(gaps) > 1.5 * max(within)
