"""The stage check knows figures: their shapes may overlap each other, their words nothing."""

from __future__ import annotations

import pytest
from manim import Circle

from dpo_math.examples import PROMPT
from scenes.figures import Distribution, Figure, Plate
from scenes.layout import Room
from scenes.lesson_scene import LessonScene
from scenes.stage_check import Rule, check_rests
from scenes.theme import Role


class Shown(LessonScene):
    """A scene of one beat, with one figure."""

    id = "objective"

    def construct(self) -> None:
        with self.beat("reference"):
            self.add(self.figure())

    def figure(self) -> Figure:
        bars = Distribution(self.theme, self.layout.picture, len(PROMPT))
        bars.draw(reference=PROMPT.reference, policy=PROMPT.greedy())
        return bars


class Labelled(Shown):
    """A figure with a word somewhere."""

    at = (0.0, 0.0)

    def figure(self):
        bars = super().figure()
        bars.add(bars.words("word", 0.3, self.at))
        return bars


class WordOnABar(Labelled):
    at = (2.0, -1.0)


class WordOnTheBaseline(Labelled):
    at = (0.0, -2.55)


class Carrying(Shown):
    """A figure of one plate with a word on it."""

    role, shift, fill = Role.INK, 0.0, 0.0

    def figure(self):
        figure = Figure(self.theme, self.layout.picture)
        word = figure.words("word", 0.3, (self.shift, 0.0), "centre", self.role)
        style = {"stroke_width": 2, "fill_opacity": self.fill, "color": self.theme.colour(Role.INK)}
        figure.add(Plate(Room(-1, -0.5, 1, 0.5), [word], **style), word)
        return figure


class WordOverTheEdge(Carrying):
    shift, fill = 1.0, 0.1


class WordLostOnItsPlate(Carrying):
    role, fill = Role.POLICY, 1.0


class WordInARing(Shown):
    """A bare line is only where it is drawn, not in the whole of its box."""

    radius = 1.0

    def figure(self):
        figure = Figure(self.theme, self.layout.picture)
        ring = Circle(self.radius, stroke_width=2, color=self.theme.colour(Role.INK))
        figure.add(ring, figure.words("word", 0.3, (0.0, 0.0), "centre"))
        return figure


class WordOnARing(WordInARing):
    radius = 0.3


class UnseenWord(Labelled):
    """What is not seen yet is in nobody's way."""

    at = WordOnABar.at

    def figure(self):
        bars = super().figure()
        bars.submobjects[-1].set_opacity(0)
        return bars


@pytest.mark.parametrize("scene", [Shown, Labelled, Carrying, WordInARing, UnseenWord])
def test_a_figure_that_can_be_read_passes(scene, undrawn):
    assert check_rests(undrawn(scene)) == []


@pytest.mark.parametrize("scene", [WordOnABar, WordOnTheBaseline, WordOverTheEdge, WordOnARing])
def test_a_word_that_something_crosses_is_found(scene, undrawn):
    assert [violation.rule for violation in check_rests(undrawn(scene))] == [Rule.OVERLAP]


def test_a_word_that_its_plate_swallows_is_found(undrawn):
    assert [found.rule for found in check_rests(undrawn(WordLostOnItsPlate))] == [Rule.CONTRAST]
