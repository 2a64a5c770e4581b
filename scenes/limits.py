"""Where DPO stands well and where it does not, as scenes show it: measured, on the example."""

from __future__ import annotations

import math

import numpy as np
from manim import Animation

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.examples import PROMPT
from scenes import pictures
from scenes.experiments import late, over, shares, through
from scenes.figures import Convergence, Distribution, Gauge, Key, Track
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Descents:
    """DPO at several β, each on its way to its own optimum."""

    def __init__(self, scene: LessonScene) -> None:
        room = scene.layout.halves[1]
        runs = measured.read(measured.Arrival).dpo
        self.betas = len(runs)
        self.last = {f"beta {run.beta}": len(run.distances) - 1 for run in runs}
        tracks = {f"beta {run.beta}": Track(run.distances, Role.POLICY) for run in runs}
        self.plot = Convergence(
            scene.theme,
            room,
            tracks,
            steps=10 * math.ceil(max(self.last.values()) / 10),
            lowest=math.floor(math.log10(min(run.distances[-1] for run in runs))),
            unit=scene.say("figures", "steps"),
        )
        self.name = over(scene, room, "distance", optimum=n.Model("*"))

    def train(self) -> Animation:
        """All of them, step by step."""
        return self.plot.along(**{name: through([0, last]) for name, last in self.last.items()})


class Unseen:
    """A response that no pair holds, and the loss, which cannot tell what becomes of it."""

    def __init__(self, scene: LessonScene) -> None:
        self.found = measured.read(measured.NeverCompared)
        series = ("reference", "reward", "policy", "optimum")
        self.bars = pictures.responses(scene, PROMPT, *series, room=scene.layout.whole_picture)
        self.loss = Gauge(
            scene.theme,
            scene.layout.gauge,
            scene.say("figures", "loss"),
            full=math.log(2),
            unit=scene.say("figures", "nats"),
            places=4,
        )
        self.loss.draw(value=self.found.reached_loss)
        best = self.found.response
        above = self.bars.baseline + self.bars.height_of("reward", PROMPT.reward[best])
        at = (self.bars.middle(best), above + scene.theme.type.label)
        self.note = scene.words("in_no_pair", at=at)

    @property
    def reached(self) -> float:
        """What training leaves it."""
        return self.found.reached[self.found.response]

    @property
    def best(self) -> float:
        """What would be best for it."""
        return self.found.optimum[self.found.response]

    def train(self) -> list[Animation]:
        """From the reference to where DPO arrives."""
        return [self.bars.to(policy=shares(self.found.reached))]

    def wander(self) -> list[Animation]:
        """Through policies that give it ever more, and the loss of each."""
        policies = shares([self.found.reached, *self.found.same_loss])
        losses = through([self.found.reached_loss, *self.found.losses])
        return [self.bars.along(policy=through(policies)), self.loss.along(value=losses)]


class Longer:
    """Responses by their length, labelled for nothing but that."""

    def __init__(self, scene: LessonScene) -> None:
        theme, layout = scene.theme, scene.layout
        self.found = measured.read(measured.LengthGrowth)
        order = np.argsort(self.found.lengths)
        self.policies = shares(self.found.policies)[:, order]
        names = {name: scene.say("figures", name) for name in ("reference", "policy")}
        self.bars = Distribution(
            theme,
            layout.whole_picture,
            len(order),
            top=pictures.close_up(PROMPT),
            responses=[n.Number(self.found.lengths[i]) for i in order],
            key=Key(theme, layout.key, names),
        )
        self.length = Gauge(
            theme,
            layout.gauge,
            scene.say("figures", "length"),
            full=max(self.found.lengths),
            unit=scene.say("figures", "tokens"),
            places=0,
        )
        self.length.draw(value=self.found.expected_lengths[0])

    def begin(self) -> list[Animation]:
        """The reference, and the policy on it."""
        return [self.bars.to(reference=self.policies[0], policy=self.policies[0])]

    def train(self) -> list[Animation]:
        """Every recorded step, and the length to expect after it."""
        lengths = late(through(self.found.expected_lengths))
        return [
            self.bars.along(policy=late(through(self.policies))),
            self.length.along(value=lengths),
        ]
