"""No text runs through another on its way, and the check can tell when one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from manim import DOWN, RIGHT, ApplyMethod, FadeIn

from dpo_math.derivation import LINES, log_partition
from scenes import choreography, motion
from scenes.catalogue import SCENES
from scenes.choreography import TermMotion
from scenes.crossings import SEEN, Track, crossings, ducking
from scenes.equation import Equation
from scenes.furniture import Words
from scenes.layout import LAYOUTS
from scenes.lesson_scene import LessonScene
from scenes.motion_check import Collision, check_moves
from scenes.paths import Actor, Window
from scenes.theme import DARK
from tests.scenes.test_choreography import staged


@pytest.mark.parametrize(
    ("shape", "language"), [*((shape, "en") for shape in LAYOUTS), ("wide", "fr")]
)
@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_no_text_crosses_another_on_its_way(entry, shape, language):
    """A theme changes no place, so one is enough."""
    assert check_moves(partial(entry.load(), shape=shape, language=language)) == []


class Moving(LessonScene):
    """A scene of one beat, in which something moves."""

    id = "inversion"

    def construct(self) -> None:
        with self.beat("logs"):
            self.state("inversion")
            self.stir()

    def stir(self) -> None:
        raise NotImplementedError

    def label(self, at: tuple[float, float]) -> Words:
        return Words("a label", self.theme, 0.3, at=at, anchor="centre")


class Through(Moving):
    """A label falls through the line on the stage."""

    def stir(self):
        x, y = self.layout.stage
        label = self.label((x, y + 1.2))
        self.add(label)
        self.play(ApplyMethod(label.shift, 2.4 * DOWN))


class Unseen(Moving):
    """A label comes up where it stands."""

    def stir(self):
        self.play(FadeIn(self.label(self.layout.aside)))


class Beside(Moving):
    """A label passes under the line on the stage."""

    def stir(self):
        label = self.label((-3.0, self.layout.aside[1]))
        self.add(label)
        self.play(ApplyMethod(label.shift, 6 * RIGHT))


def test_a_text_that_runs_through_another_is_found_out():
    (found,) = check_moves(Through)
    assert isinstance(found, Collision)
    assert found.beat == "logs"
    assert 0.2 < found.start < found.end < 0.8
    assert found.where[1] == pytest.approx(-0.4, abs=0.5)


@pytest.mark.parametrize("scene", [Unseen, Beside])
def test_a_text_that_is_clear_of_others_is_not(scene):
    assert check_moves(scene) == []


def test_a_scene_whose_terms_would_not_duck_is_found_out(monkeypatch):
    """What the choreography cannot lead around, it hides; without that the check sees it."""

    class Swap(LessonScene):
        id = "inversion"

        def construct(self):
            with self.beat("logs"):
                self.state("bare_reward")
                self.move("sides_swapped")

    assert check_moves(Swap) == []
    plain: Callable[..., list[Actor]] = lambda actors, standing=(): [  # noqa: E731
        Actor(actor.start, actor.end, actor.window, actor.opacities) for actor in actors
    ]
    monkeypatch.setattr(motion, "ducking", plain)
    assert check_moves(Swap)


# The rule itself, on boxes


def track(
    *ways: list[float], opacities: list[float] | None = None, vanishes: bool = False
) -> Track:
    """Unit squares, each at these x in the frames; every one a group of its own."""
    x = np.array(ways, dtype=np.float64).T
    boxes = np.stack([x, np.zeros_like(x), x + 1, np.ones_like(x)], axis=-1)
    seen = np.ones_like(x) if opacities is None else np.tile(opacities, (len(x), 1))
    marks = np.arange(len(ways))
    return Track(boxes, seen, marks, np.full(len(ways), vanishes))


def test_passing_through_crosses_in_the_frames_in_between():
    (found,) = crossings(track([0, 0, 0, 0, 0], [-2, -1, 0, 1, 2]))
    assert list(found.frames) == [False, False, True, False, False]


def test_splitting_off_and_arriving_do_not():
    assert not list(crossings(track([0, 0, 0, 0], [0, 0.4, 1, 2])))
    assert not list(crossings(track([0, 0, 0, 0], [2, 1, 0.4, 0])))


def test_what_is_hardly_seen_crosses_nothing():
    ways = [0.0, 0.0, 0.0], [-2.0, 0.0, 2.0]
    assert not list(crossings(track(*ways, opacities=[1.0, SEEN])))
    assert list(crossings(track(*ways, opacities=[1.0, SEEN + 0.01])))


def test_a_graze_is_no_crossing():
    assert not list(crossings(track([0, 0, 0], [-2, -0.6, -2])))
    assert list(crossings(track([0, 0, 0], [-2, -0.4, -2])))


def test_marks_of_one_group_cross_if_they_come_apart():
    """A group is a chain of neighbours: its ends may go opposite ways."""
    passing = track([0, 0, 0], [-2, 0, 2])
    together = passing._replace(groups=np.array([0, 0]))
    assert list(crossings(together))
    small = 0.1 * passing.boxes
    assert list(crossings(passing._replace(boxes=small)))
    assert not list(crossings(together._replace(boxes=small))), "a formula grew, no more"


def test_terms_that_cancel_may_run_into_each_other():
    """Of "ab" and "ab" meeting, an a passes over a b before the pairs lie on each other."""
    there, back = list(np.linspace(-3, 0, 7)), list(np.linspace(3, 0, 7))
    ways = [there, [x + 1 for x in there], back, [x + 1 for x in back]]
    met = track(*ways, vanishes=True)._replace(groups=np.array([0, 0, 1, 1]))
    assert not list(crossings(met))
    assert list(crossings(met._replace(vanishes=np.zeros(4, dtype=bool))))


def test_what_cannot_go_around_ducks_while_it_passes_and_is_whole_at_both_ends():
    _, old, *_ = staged("cancelled")
    wall = [Actor(mark, mark, Window(0.0, 1.0)) for mark in old.outlines]
    above, below = (old.copy().shift(y * DOWN) for y in (-3, 3))
    ways = zip(above, below, strict=True)
    falling = [Actor(a, b, Window(0.0, 1.0), company="fall") for a, b in ways]
    ducked = ducking([*wall, *falling])[len(wall) :]
    assert max(actor.opacity(0.5) for actor in ducked) < SEEN
    for alpha in (0.0, 1.0):
        assert min(actor.opacity(alpha) for actor in ducked) == pytest.approx(1.0)


def test_of_two_that_cross_the_smaller_company_ducks():
    """A line does not dim because it passes over a sign on its way, however long its own is."""
    _, old, *_ = staged("cancelled")
    above, below = (old.copy().shift(y * DOWN) for y in (-3, 3))
    ways = zip(above, below, strict=True)
    falling = [Actor(a, b, Window(0.0, 1.0), company="line") for a, b in ways]
    sign = old.outlines[0].copy()
    creeping = Actor(sign, sign.copy().shift(0.3 * RIGHT), Window(0.0, 1.0), company="sign")
    *line, small = ducking([*falling, creeping])
    assert small.ducks
    assert not any(actor.ducks for actor in line)
    falling[0] = replace(falling[0], opacities=(1.0, 0.0))
    *line, small = ducking([*falling, creeping])
    assert small.ducks
    assert not any(actor.ducks for actor in line), "nor because a bracket in it goes"


def test_where_a_line_crosses_itself_the_rest_of_it_does_not_duck():
    """The factor of the first term passes its minus, and all keep nearly in their places."""
    actors, *_ = staged("beta_spread")
    ducked = [actor for actor in ducking(actors) if actor.ducks]
    assert 1 <= len(ducked) <= 4
    assert any(actor.opacities == (1.0, 1.0) and actor.travel[0] < 0 for actor in ducked), "minus"


def test_a_rest_has_the_whole_line_again():
    equation = Equation(log_partition(), DARK, DARK.type.stage)
    motion = TermMotion(ducking([Actor(m, m, Window(0.0, 1.0)) for m in equation.outlines]))
    motion.begin()
    motion.interpolate(1.0)
    assert all(mark.fill_rgbas[0, 3] == 1.0 for mark in motion.marks)


def test_of_a_line_that_goes_as_one_only_the_marks_that_cross_duck():
    """Divided through, a line that comes down from over a picture grows on its way, as a whole."""
    step = LINES["divided_through"].step
    assert step is not None
    high = Equation(step.before, DARK, DARK.type.upper_stage, at=(0.0, 2.4))
    low = Equation(step.line, DARK, DARK.type.stage)
    actors = ducking(choreography.stepping(step, high, low))
    left = {id(mark) for mark in low.marks_of(step.line.left)}
    staying = [actor for actor in actors if id(actor.end) in left]
    assert len({actor.company for actor in staying}) == 1
    assert not any(actor.ducks for actor in staying), "the left side crosses nothing"
    assert any(actor.ducks for actor in actors)
