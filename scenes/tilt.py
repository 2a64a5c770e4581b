"""The reference, tilted: every probability times its factor, then divided by the sum of all."""

from __future__ import annotations

from manim import Animation

from dpo_math.examples import SWEEP, Table
from scenes import pictures
from scenes.figures import Dial, MarkedGauge
from scenes.lesson_scene import LessonScene


class Tilt:
    """The responses on one scale, which the largest weight fills; β; and the sum of the bars.

    The gauge of the sum has a mark at one, where that of a distribution ends.
    """

    def __init__(self, scene: LessonScene, table: Table, beta: float) -> None:
        self.table, theme, layout = table, scene.theme, scene.layout
        self.weights, self.best = table.weights(beta), table.optimum(beta)
        series = ("reference", "reward", "weights", "policy")
        self.bars = pictures.responses(scene, table, *series, top=self.weights.max())
        tight, loose = SWEEP
        self.beta = Dial(theme, layout.dial, least=loose, most=tight)
        self.beta.draw(value=beta)
        name, full = scene.say("figures", "total"), table.partition(beta)
        self.total = MarkedGauge(theme, layout.gauge, name, full=full, mark=1)

    def refer(self) -> tuple[Animation, ...]:
        """The reference comes up."""
        return self.bars.to(reference=self.table.reference), self.total.to(value=1)

    def reward(self) -> Animation:
        return self.bars.to(reward=self.table.reward)

    def begin(self) -> Animation:
        """What is to be multiplied: the reference's own probabilities."""
        return self.bars.to(weights=self.table.reference)

    def multiply(self) -> tuple[Animation, ...]:
        return self.bars.to(weights=self.weights), self.total.to(value=self.weights.sum())

    def divide(self) -> tuple[Animation, ...]:
        return self.bars.to(weights=self.best), self.total.to(value=1)

    def settle(self) -> Animation:
        """The weights have become a policy, the best."""
        return self.bars.to(policy=self.best)
