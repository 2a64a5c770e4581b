"""A figure moves from numbers to numbers in whole frames, each of them exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from manim import Dot, config

from dpo_math.examples import PROMPT, beta_between
from scenes.figures import Dial, Distribution, Gauge, Loop, Model, Models, Ratios
from scenes.figures.figure import when_changed
from scenes.layout import WIDE
from scenes.lesson_scene import LessonScene
from scenes.paths import ease
from scenes.theme import DARK, Role
from tests.scenes.figures.test_bound import bound
from tests.scenes.figures.test_convergence import plot
from tests.scenes.figures.test_curve import curve


@pytest.fixture
def bars() -> Distribution:
    return Distribution(DARK, WIDE.picture, len(PROMPT), rewards=PROMPT.reward)


def play(animation, alphas):
    """The animation's figure, at each of these times."""
    animation.begin()
    for alpha in alphas:
        animation.interpolate(alpha)
        yield animation.figure.numbers | {}


def test_a_straight_change_is_a_distribution_all_the_way_and_arrives(bars):
    bars.draw(policy=PROMPT.reference)
    change = bars.to(policy=PROMPT.greedy())
    shown = [numbers["policy"] for numbers in play(change, (0.0, 0.3, 0.7, 1.0))]
    np.testing.assert_allclose(np.sum(shown, axis=1), 1)
    np.testing.assert_allclose(shown[0], PROMPT.reference)
    np.testing.assert_allclose(shown[-1], PROMPT.greedy())


def test_a_change_starts_from_what_is_shown_when_it_is_played(bars):
    bars.draw(policy=PROMPT.reference)
    change = bars.to(policy=PROMPT.reference)
    bars.draw(policy=PROMPT.greedy())
    (start,) = play(change, (0.0,))
    np.testing.assert_allclose(start["policy"], PROMPT.greedy())


def test_along_a_path_every_frame_is_exact(bars):
    def optimum(along):
        return PROMPT.optimum(beta_between(5.0, 0.2, along))

    for alpha in (0.0, 0.2, 0.5, 1.0):
        (shown,) = play(bars.along(policy=optimum), (alpha,))
        np.testing.assert_array_equal(shown["policy"], optimum(float(ease(alpha))))


def test_what_is_new_grows_from_nothing_and_says_its_true_number(bars):
    heights = []
    for numbers in play(bars.to(policy=PROMPT.reference), (0.0, 0.5, 1.0)):
        np.testing.assert_allclose(numbers["policy"], PROMPT.reference)
        heights.append(bars.marks["policy"][0].tip - bars.baseline)
    whole = bars.height_of("policy", PROMPT.reference[0])
    assert heights == pytest.approx([0, whole / 2, whole])


def test_what_is_not_named_stays_as_it_is(bars):
    bars.draw(reference=PROMPT.reference, policy=PROMPT.reference)
    list(play(bars.to(policy=PROMPT.greedy()), (1.0,)))
    np.testing.assert_allclose(bars.numbers["reference"], PROMPT.reference)


class TwoFigures(LessonScene):
    """Two figures that move together."""

    id = "objective"

    def construct(self) -> None:
        self.bars = Distribution(self.theme, self.layout.picture, len(PROMPT))
        self.gauge = Gauge(self.theme, self.layout.gauge, "KL", full=3.0)
        self.add(self.bars, self.gauge)
        self.play(self.bars.to(policy=PROMPT.greedy()), self.gauge.to(value=2.0))
        self.play(self.bars.to(policy=PROMPT.reference))


def test_figures_move_in_whole_frames_and_stay_whole_on_the_stage(undrawn):
    scene = undrawn(TwoFigures)
    scene.setup()
    scene.construct()
    assert scene.mobjects[-2:] == [scene.bars, scene.gauge]
    np.testing.assert_allclose(scene.bars.numbers["policy"], PROMPT.reference)
    assert scene.gauge.numbers["value"] == 2
    assert scene.frame == 2 * round(scene.theme.durations.move * config.frame_rate)


class Counted(Dot):
    """Knows how often it was drawn."""

    def __init__(self):
        super().__init__()
        self.places = []

    @when_changed
    def place(self, x, y=0.0):
        if x is None:
            raise ValueError("nowhere")
        self.places.append((x, y))


MODEL = Model("policy", "policy", "learns", Role.POLICY, learns=True)
MADE = {
    "ratios": (
        lambda: Ratios(DARK, WIDE.halves[1], -3.0, 2.0, level="reference", margin="margin"),
        [{"chosen": at, "rejected": -min(at, 0.7)} for at in (0.3, 1.1, 0.7)],
    ),
    "bound": (bound, [{"at": at} for at in (0.3, 2.1, 0.7)]),
    "convergence": (plot, [{"run": at} for at in (0.4, 3.0, 1.3)]),
    "curve": (curve, [{"one": at, "other": 1 - at} for at in (0.3, 2.1, 0.7)]),
    "dial": (
        lambda: Dial(DARK, WIDE.dial, least=0.05, most=20.0),
        [{"value": at} for at in (0.3, 2.1, 0.7)],
    ),
    "loop": (
        lambda: Loop(DARK, WIDE.halves[1], ["one", "two", "three"], "loop"),
        [{"turn": at} for at in (0.3, 2.1, 0.7)],
    ),
    "models": (
        lambda: Models(DARK, WIDE.halves[0], [MODEL, replace(MODEL, id="other")], "in memory"),
        [{"policy": at, "other": 1.0} for at in (0.3, 1.0, 0.7)],
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_shown_follows_from_the_numbers_to_the_last_bit_and_from_no_other_before(name):
    make, numbers = MADE[name]
    figure, fresh = make(), make()
    for each in numbers:
        figure.draw(**each)
    fresh.draw(**numbers[-1])
    shown, expected = (
        [mark for mark in each.get_family() if mark.has_points()] for each in (figure, fresh)
    )
    for one, other in zip(shown, expected, strict=True):
        assert np.array_equal(one.points, other.points)
        assert np.array_equal(one.fill_rgbas, other.fill_rgbas)


def test_what_has_not_changed_is_not_drawn_again_and_each_mobject_is_its_own():
    one, other = Counted(), Counted()
    for x in (1.0, 1.0, 2.0, 1.0):
        one.place(x)
    one.place(1.0, y=3.0)
    other.place(1.0)
    assert one.places == [(1.0, 0.0), (2.0, 0.0), (1.0, 0.0), (1.0, 3.0)]
    assert other.places == [(1.0, 0.0)]


def test_what_could_not_be_drawn_is_tried_again():
    one = Counted()
    for _ in range(2):
        with pytest.raises(ValueError, match="nowhere"):
            one.place(None)
