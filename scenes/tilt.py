"""The reference, tilted: every probability times its factor, then divided by the sum of all."""

from __future__ import annotations

from manim import Animation

from dpo_math.examples import SWEEP, Table
from scenes import pictures
from scenes.figures import Dial, Factors, MarkedGauge
from scenes.layout import Room
from scenes.lesson_scene import LessonScene


class Unnormalised:
    """Small, under a line: the weights that the reference's bars become, and their sum, which is
    past the mark of a distribution's."""

    def __init__(self, scene: LessonScene, table: Table, beta: float) -> None:
        self.weights, layout = table.weights(beta), scene.layout
        self.bars = pictures.responses(
            scene,
            table,
            "reference",
            "weights",
            room=layout.under,
            top=self.weights.max(),
            across=layout.under_key,
        )
        self.bars.draw(reference=table.reference, weights=table.reference)
        self.total = _total(scene, table.partition(beta), layout.under_gauge)
        self.total.draw(value=self.weights.sum())
        foot = layout.under_gauge.right, layout.under_gauge.bottom
        self.at_beta = pictures.at_beta(scene, beta, foot, "right")

    def multiply(self) -> Animation:
        return self.bars.to(weights=self.weights)


class Tilt:
    """The responses on one scale, which the largest weight fills; β; the factor of each response;
    and the sum of the bars.

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
        self.factors = Factors(theme, self.bars, table.reward)
        self.factors.draw(factors=self.weights / table.reference)
        self.total = _total(scene, table.partition(beta), layout.gauge)

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


def _total(scene: LessonScene, full: float, room: Room) -> MarkedGauge:
    return MarkedGauge(scene.theme, room, scene.say("figures", "total"), full=full, mark=1)
