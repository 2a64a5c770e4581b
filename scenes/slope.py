"""Labelled pairs as scenes show them: on the curve of the loss, and against the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Animation

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, REJECTED
from dpo_math.examples import PROMPT, pair_loss, pull
from scenes.experiments import late, shares, through
from scenes.figures import Curve, Distribution, Gauge, Marker, Ratios
from scenes.furniture import Words
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


def response(i: int) -> n.Symbol:
    """The i-th response, counted from 0, as pictures name it."""
    return n.Symbol(f"y_{i + 1}")


class Slope:
    """Pairs on the curve −log σ, and beside it how hard each of them pulls."""

    SPAN, TOP, EVERY = (-2.6, 6.6), 2.8, 2

    def __init__(self, scene: LessonScene) -> None:
        theme, layout, say = scene.theme, scene.layout, scene.say
        self.slide = measured.read(measured.Slide)
        name = say("scenes", scene.id, "pair", chosen="{chosen}", rejected="{rejected}")
        symbols = [
            {"chosen": response(chosen), "rejected": response(rejected)}
            for chosen, rejected in self.slide.pairs
        ]
        ends = self.slide.reward_margins[-1]
        markers = {
            _point(i): Marker(name, Role.POLICY, each, "above" if ends[i] > 0 else "below")
            for i, each in enumerate(symbols)
        }
        self.curve = Curve(
            theme,
            layout.picture,
            pair_loss,
            lambda margin: -pull(margin),
            markers,
            span=self.SPAN,
            top=self.TOP,
            every=self.EVERY,
            across=say("scenes", scene.id, "margin"),
            up=say("scenes", scene.id, "loss_of_pair"),
        )
        self.gauges = [
            Gauge(theme, room, name, full=1.0, unit="", symbols=each)
            for room, each in zip(layout.gauges, symbols, strict=True)
        ]
        at = (layout.gauges[0].left, layout.gauges[0].top + 1.3 * theme.type.figure)
        self.heading = Words(
            say("scenes", scene.id, "weight"), theme, theme.type.label, Role.DIM, at
        )
        for i, gauge in enumerate(self.gauges):
            gauge.draw(value=self.slide.weights[0][i])

    def begin(self, *pairs: int) -> list[Animation]:
        """These pairs come up where they are before the first step."""
        start = self.slide.reward_margins[0]
        return [self.curve.to(**{_point(i): start[i] for i in pairs})]

    def slide_down(self, *pairs: int) -> list[Animation]:
        """These pairs go where training takes them, with their weights."""
        margins, weights = np.array(self.slide.reward_margins), np.array(self.slide.weights)
        ways = {_point(i): late(through(margins[:, i])) for i in pairs}
        pulls = [self.gauges[i].along(value=late(through(weights[:, i]))) for i in pairs]
        return [self.curve.along(**ways), *pulls]


def _point(i: int) -> str:
    return f"pair_{i}"


class Push:
    """A pair while a policy is trained: the policy's bars, and the two responses on their own."""

    ROOM_ABOVE = 0.2
    """Of the highest bar, over it."""

    def __init__(
        self,
        scene: LessonScene,
        policies: Sequence[Sequence[float]],
        pair: tuple[int, int],
        beta: float,
    ) -> None:
        theme, layout, say = scene.theme, scene.layout, scene.say
        self.policies, (chosen, rejected) = shares(policies), pair
        names: dict[int, n.Node] = {chosen: CHOSEN, rejected: REJECTED}
        self.bars = Distribution(
            theme,
            layout.halves[0],
            len(PROMPT),
            top=(1 + self.ROOM_ABOVE) * float(self.policies.max()),
            responses=[names.get(i, response(i)) for i in range(len(PROMPT))],
        )
        self.bars.draw(reference=PROMPT.reference, policy=PROMPT.reference)
        rewards = beta * np.log(self.policies / PROMPT.reference)
        self.rewards = {"chosen": rewards[:, chosen], "rejected": rewards[:, rejected]}
        every = np.concatenate(list(self.rewards.values()))
        self.pair = Ratios(
            theme,
            layout.halves[1],
            float(every.min()),
            float(every.max()),
            level=say("figures", "reference"),
            margin=say("scenes", scene.id, "margin"),
        )

    @property
    def parts(self) -> tuple[Distribution, Ratios]:
        return self.bars, self.pair

    def train(self) -> list[Animation]:
        """Every recorded step."""
        ways = {name: late(through(way)) for name, way in self.rewards.items()}
        return [self.bars.along(policy=late(through(self.policies))), self.pair.along(**ways)]
