"""Every rest of every scene is fit to be looked at, and the check can tell when one is not."""

from __future__ import annotations

import pytest

from dpo_math.derivation import LINES, log_partition
from scenes.catalogue import SCENES
from scenes.equation import Equation
from scenes.figures import Distribution, Stack
from scenes.furniture import Words
from scenes.layout import LAYOUTS
from scenes.lesson_scene import LessonScene
from scenes.narration import languages
from scenes.stage_check import Rule, check_rests, contrast, rgb
from scenes.theme import THEMES, Role

LOOKS = [("dark", "en"), ("light", "fr")]
"""Every theme and every language; a theme moves nothing, and words have no colour of their own."""


@pytest.mark.parametrize(("theme", "language"), LOOKS)
@pytest.mark.parametrize("shape", LAYOUTS)
@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_every_rest_is_fit_to_be_looked_at(entry, shape, theme, language, undrawn):
    scene = undrawn(entry.load(), theme=theme, shape=shape, language=language)
    assert check_rests(scene) == []


def test_every_theme_and_every_language_is_looked_at():
    assert ({theme for theme, _ in LOOKS}, {language for _, language in LOOKS}) == (
        set(THEMES),
        set(languages()),
    )


class Broken(LessonScene):
    """A scene of one beat, which breaks one rule."""

    id = "inversion"

    def construct(self) -> None:
        with self.beat("logs"):
            self.state("inversion")
            self.spoil()

    def spoil(self) -> None:
        raise NotImplementedError


class OffTheFrame(Broken):
    def spoil(self):
        self.stage.equation.shift([6, 0, 0])


class InTheCaptions(Broken):
    def spoil(self):
        self.stage.equation.shift([0, -2.8, 0])


class Overlapping(Broken):
    def spoil(self):
        self.add(Words("on top of it", self.theme, 0.3, at=self.layout.stage, anchor="centre"))


class BoxOverAnotherTerm(Broken):
    def spoil(self):
        (box,) = self.box(log_partition())
        box.stretch_to_fit_width(4.0)


class TooSmall(Broken):
    def spoil(self):
        self.add(Equation(LINES["bradley_terry"].tree, self.theme, 0.1, at=self.layout.aside))


class TooFaint(Broken):
    def spoil(self):
        self.stage.equation.set_fill(self.theme.line)


BREAKS = {
    OffTheFrame: Rule.SAFE_FRAME,
    InTheCaptions: Rule.CAPTION_BAND,
    Overlapping: Rule.OVERLAP,
    BoxOverAnotherTerm: Rule.OVERLAP,
    TooSmall: Rule.SMALL_TEXT,
    TooFaint: Rule.CONTRAST,
}


@pytest.mark.parametrize(("scene", "rule"), BREAKS.items(), ids=lambda x: getattr(x, "name", ""))
def test_a_scene_that_breaks_a_rule_is_found_out(scene, rule, undrawn):
    found = check_rests(undrawn(scene))
    assert {violation.rule for violation in found} == {rule}
    assert {violation.beat for violation in found} == {"logs"}


def test_a_box_around_its_own_term_is_no_overlap(undrawn):
    class Boxed(Broken):
        def spoil(self):
            self.box(log_partition())

    assert check_rests(undrawn(Boxed)) == []


@pytest.mark.parametrize("meant", [True, False])
def test_a_figure_lies_on_another_only_where_it_is_meant_to(meant, undrawn):
    class Measured(Broken):
        def spoil(self):
            self.remove(self.stage.equation)
            bars = Distribution(self.theme, self.layout.picture, 2)
            bars.draw(reference=(0.5, 0.5))
            stack = Stack(self.theme, bars, 0, "reference", 0.5)
            stack.laid_over = bars if meant else None
            self.add(bars, stack)

    found = check_rests(undrawn(Measured))
    assert [violation.rule for violation in found] == ([] if meant else [Rule.OVERLAP])


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_role_has_its_contrast_on_the_background(theme):
    for role in Role:
        assert contrast(rgb(theme.colour(role)), rgb(theme.background)) >= 4.5, role


def test_contrast_is_that_of_wcag():
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#777777"), rgb("#FFFFFF")) == pytest.approx(4.48, abs=0.01)
