"""What explains a line, beside it: pictures of an inequality and of a contest, numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from manim import UP, Animation, VGroup

from dpo_math import notation as n
from dpo_math import statements
from dpo_math.derivation import CHOSEN, LINES, REJECTED, reward
from dpo_math.derivation.optimum import RATIO, RATIO_TO_TILTED
from dpo_math.examples import Table
from scenes.equation import Equation
from scenes.figures import Bound, Count, Graph, Split
from scenes.furniture import Words
from scenes.lesson_scene import LessonScene
from scenes.staging import clear_of_captions, under


class Gibbs:
    """Why no divergence is negative: the two sides of log u ≤ u − 1, and what u is."""

    def __init__(self, scene: LessonScene) -> None:
        line = LINES["log_below_line"].tree
        self.tangent = Bound(
            scene.theme,
            scene.layout.bound,
            Graph(math.log, line.left),
            Graph(lambda u: u - 1, line.right),
            span=(0.2, 3.0),
            heights=(-1.75, 2.1),
            across=RATIO,
            mark=1,
        )
        self.ratio = self.tangent.told(RATIO_TO_TILTED)

    def touch(self) -> Animation:
        """To the one place where the two are equal."""
        return self.tangent.to(at=1)


class Contest:
    """How often either of two responses is preferred, by their strengths: the exp of rewards."""

    def __init__(self, scene: LessonScene, table: Table, chosen: int, rejected: int) -> None:
        names = (n.Exp(reward(response)) for response in (CHOSEN, REJECTED))
        self.split = Split(scene.theme, scene.layout.split, *names)
        self.rewards = table.reward[rejected], table.reward[chosen]
        even = math.exp(self.rewards[0])
        self.split.draw(chosen=even, rejected=even)

    def raise_chosen(self) -> Animation:
        """The reward of the chosen response rises from that of the other to its own."""
        low, high = self.rewards
        return self.split.along(chosen=lambda along: math.exp(low + along * (high - low)))


def numbers_beside(
    scene: LessonScene, definition: VGroup, tree: n.Relation, *path: str, length: int
) -> tuple[Equation, Words]:
    """A line of numbers about responses of this length, with words under it, beside a definition
    and level with it; or under it, where the layout has the two asides under each other. Clear of
    the captions."""
    layout = scene.layout
    line, foot = scene.statement(tree, layout.aside_right), layout.aside_label
    if layout.aside_left[1] == layout.aside_right[1]:
        explained = definition[0]
        assert isinstance(explained, Equation)
        line.shift((_sign(explained).get_y() - _sign(line).get_y()) * UP)
        foot = foot[0], under(explained, scene.theme.type.verdict)[1]
    words = scene.words(*path, at=foot, length=length)
    return line, clear_of_captions(words, layout)


def worked(
    scene: LessonScene, tree: n.Relation, *path: str, symbols: Mapping[str, n.Node]
) -> VGroup:
    """A line of the example's numbers under the stage, and under it, from the scene's table, what
    it holds for. Clear of the captions."""
    line = scene.statement(tree, scene.layout.aside)
    em = scene.theme.type.label
    words = scene.words(*path, at=under(line, em), symbols=symbols)
    return clear_of_captions(VGroup(line, words), scene.layout)


class Tokens:
    """How many responses there are, beside a definition, as they get longer token by token."""

    def __init__(self, scene: LessonScene, definition: VGroup, length: int, *path: str) -> None:
        def words(count: int) -> Words:
            tree = statements.responses(length)
            return numbers_beside(scene, definition, tree, *path, length=count)[1]

        last = statements.responses(length)
        line, label = numbers_beside(scene, definition, last, *path, length=length)
        self.length, self.count = length, Count(line, statements.responses, label, words)
        self.count.draw(count=1)

    def lengthen(self) -> Animation:
        """From one token to all, the more at once the longer they are."""
        return self.count.along(count=lambda along: self.length**along)


def _sign(line: Equation) -> VGroup:
    """The marks of a line's = or ≈."""
    return VGroup(*line.own_marks(line.tree.key))
