"""What explains a line, beside it: a picture of an inequality, numbers level with a definition."""

from __future__ import annotations

import math

from manim import UP, VGroup

from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.derivation.optimum import RATIO
from scenes.equation import Equation
from scenes.figures import Bound, Graph
from scenes.lesson_scene import LessonScene
from scenes.staging import under


def tangent_at_one(scene: LessonScene) -> Bound:
    """The two sides of log u ≤ u − 1."""
    line = LINES["log_below_line"].tree
    return Bound(
        scene.theme,
        scene.layout.bound,
        Graph(math.log, line.left),
        Graph(lambda u: u - 1, line.right),
        span=(0.2, 3.0),
        heights=(-1.75, 2.1),
        across=RATIO,
        mark=1,
    )


def numbers_beside(scene: LessonScene, definition: VGroup, tree: n.Relation, *path: str) -> VGroup:
    """A line of the example's numbers with words under it, beside a definition and level with it;
    or under it, where the layout has the two asides under each other. Clear of the captions."""
    layout = scene.layout
    line, foot = scene.statement(tree, layout.aside_right), layout.aside_label
    if layout.aside_left[1] == layout.aside_right[1]:
        explained = definition[0]
        assert isinstance(explained, Equation)
        line.shift((_sign(explained).get_y() - _sign(line).get_y()) * UP)
        foot = foot[0], under(explained, scene.theme.type.verdict)[1]
    words = scene.words(*path, at=foot)
    words.shift(max(0.0, layout.bottom - float(words.get_bottom()[1])) * UP)
    return VGroup(line, words)


def _sign(line: Equation) -> VGroup:
    """The marks of a line's = or ≈."""
    return VGroup(*line.own_marks(line.tree.key))
