"""Where DPO stands well and where it does not, as scenes show it: measured, on the example."""

from __future__ import annotations

import math

import numpy as np
from manim import Animation, ApplyMethod, Transform, VGroup

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.derivation import BETA
from dpo_math.examples import PROMPT, Table, length_reward
from scenes import pictures
from scenes.experiments import late, over, shares, through
from scenes.figures import Convergence, Distribution, Gauge, Key, Track
from scenes.figures.figure import Path
from scenes.figures.series import SERIES
from scenes.furniture import Words
from scenes.layout import Room
from scenes.lesson_scene import LessonScene
from scenes.paths import Floats
from scenes.theme import Role


class Descents:
    """DPO at several β, each on its way to its own optimum. Those that go a way of their own have
    their β at their end, and the last of the three that lie close together has that of them all."""

    def __init__(self, scene: LessonScene) -> None:
        room = scene.layout.halves[1]
        runs = measured.read(measured.Arrival).dpo
        self.last = {f"beta {run.beta}": len(run.distances) - 1 for run in runs}
        numbers = {run.beta: scene.theme.numerals(run.beta, "g") for run in runs}
        first, *low, least, _, most = sorted(numbers)
        ends = {"least": numbers[least], "most": numbers[most]}
        labels = {
            first: scene.say("figures", "at_beta", beta="{beta}", value=numbers[first]),
            **{beta: numbers[beta] for beta in low},
            least: scene.say("scenes", scene.id, "betas", **ends),
        }
        tracks = {
            f"beta {run.beta}": Track(
                run.distances, Role.POLICY, label=labels.get(run.beta, ""), symbols={"beta": BETA}
            )
            for run in runs
        }
        self.plot = Convergence(
            scene.theme,
            room,
            tracks,
            steps=10 * math.ceil(max(self.last.values()) / 10),
            lowest=math.floor(math.log10(min(run.distances[-1] for run in runs))),
            unit=scene.say("figures", "steps"),
        )
        self.name = over(scene, room, "distance")

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
        dial = scene.layout.dial
        self.beta = pictures.at_beta(scene, self.found.beta, (dial.left, dial.bottom))
        best = self.found.response
        self.shares = {
            name: found[best]
            for name, found in {
                "start": self.found.reference,
                "reached": self.found.reached,
                "best": self.found.optimum,
                "most": self.found.same_loss[-1],
            }.items()
        }
        """How likely it is: where training starts, where training leaves it, at best, and at most
        of what the loss is recorded for."""
        self.marks = {
            name: self._mark(series, self.shares[name])
            for name, series in {
                "start": "reference",
                "reached": "policy",
                "best": "optimum",
                "most": "policy",
            }.items()
        }
        self.note = self._note(scene, best)

    def _note(self, scene: LessonScene, best: int) -> Words:
        """That no pair holds it, over all that stands over its place."""
        em = scene.theme.type.label
        pin = self.bars.baseline + self.bars.height_of("reward", PROMPT.reward[best])
        highest = max(pin, float(self.marks["most"].get_top()[1]))
        return scene.words("in_no_pair", at=(self.bars.middle(best), highest + 0.6 * em))

    def _mark(self, series: str, share: float) -> Words:
        """``share`` as a percentage, over the end of a bar of that height."""
        bars, theme = self.bars, self.bars.theme
        em = theme.type.label
        top = max(bars.height_of(series, share), bars.height_of("reference", self.shares["start"]))
        at = bars.middle(self.found.response), bars.baseline + top + 0.3 * em
        return Words(theme.numerals(share, ".0%"), theme, em, SERIES[series].role, at, "centre")

    def begin(self) -> list[Animation]:
        """The reference with the policy on it, and the rewards."""
        start = PROMPT.reference
        return [self.bars.to(reference=start, policy=start, reward=PROMPT.reward)]

    def train(self) -> list[Animation]:
        """From the reference to where DPO arrives."""
        return [self.bars.to(policy=shares(self.found.reached))]

    def to_best(self) -> list[Animation]:
        """Through policies that give it more, to where all is as it should be."""
        return self._wander(0.0, self._best_at())

    def beyond(self) -> list[Animation]:
        """On through policies that give it ever more."""
        return self._wander(self._best_at(), 1.0)

    def _best_at(self) -> float:
        """How far on the way through the recorded policies it gets what it should."""
        given = [policy[self.found.response] for policy in self._wandering()[0]]
        first, *_ = (i for i, share in enumerate(given) if share > self.shares["best"])
        part = (self.shares["best"] - given[first - 1]) / (given[first] - given[first - 1])
        return float(first - 1 + part) / (len(given) - 1)

    def _wandering(self) -> tuple[Floats, Floats]:
        """Policies that give it ever more, from where training leaves it, and the loss of each."""
        found = zip(self.found.same_loss, self.found.losses, strict=True)
        more = [each for each in found if each[0][self.found.response] > self.shares["reached"]]
        policies, losses = zip((self.found.reached, self.found.reached_loss), *more, strict=True)
        return shares(policies), np.asarray(losses)

    def _wander(self, start: float, end: float) -> list[Animation]:
        """A part of the way through the recorded policies, and the loss of each."""
        policies, losses = map(through, self._wandering())

        def part(path: Path) -> Path:
            return lambda along: path(start + along * (end - start))

        return [self.bars.along(policy=part(policies)), self.loss.along(value=part(losses))]


class Longer:
    """Responses by their length, labelled for nothing but that."""

    def __init__(self, scene: LessonScene) -> None:
        theme, layout = scene.theme, scene.layout
        self.found = measured.read(measured.LengthGrowth)
        self.scene, self.order = scene, np.argsort(self.found.lengths)
        self.policies = shares(self.found.policies)[:, self.order]
        names = {name: scene.say("figures", name) for name in ("reference", "policy")}
        self.top = pictures.close_up(PROMPT)
        self.bars = self._bars(Key(theme, layout.key, names), self.top)
        self.means = {
            name: self._mean(scene, name, room)
            for name, room in zip(("chosen", "rejected", "policy"), layout.means, strict=True)
        }
        self.means["chosen"].draw(value=self.found.chosen_length)
        self.means["rejected"].draw(value=self.found.rejected_length)
        self.means["policy"].draw(value=self.found.expected_lengths[0])
        highest = self.bars.baseline + self.bars.height_of("policy", float(self.policies.max()))
        room = layout.whole_picture._replace(top=highest + theme.type.figure)
        self.name = pictures.heading(scene, "by_length", room)
        at = (layout.means[0].left, layout.means[0].top + 0.6 * theme.type.figure)
        self.heading = Words(scene.say("figures", "length"), theme, theme.type.label, Role.DIM, at)

    def _bars(self, key: Key | None, top: float) -> Distribution:
        """The responses in the order of their lengths, called by these."""
        return Distribution(
            self.scene.theme,
            self.scene.layout.whole_picture,
            len(self.order),
            top=top,
            responses=[n.Number(self.found.lengths[i]) for i in self.order],
            key=key,
        )

    def _mean(self, scene: LessonScene, name: str, room: Room) -> Gauge:
        """The mean length of these responses, on a scale up to the longest."""
        gauge = Gauge(
            scene.theme,
            room,
            scene.say("scenes", scene.id, name),
            full=max(self.found.lengths),
            unit=scene.say("figures", "tokens"),
            places=0,
        )
        gauge.fill.set_fill(scene.theme.colour(Role(name)))
        return gauge

    def unsorted(self, bars: Distribution) -> tuple[VGroup, VGroup]:
        """The reference of the same responses, outlined in another picture of them, and their
        lengths under it."""
        outlines = VGroup(*(mark[0].copy() for mark in bars.marks["reference"]))
        lengths = VGroup(*(self.bars.texts[place].copy() for place in np.argsort(self.order)))
        for i, (place, length) in enumerate(zip(np.argsort(self.order), lengths, strict=True)):
            length.shift(((bars.middle(i) - self.bars.middle(int(place))), 0.0, 0.0))
        return outlines, lengths

    def sort(
        self, bars: Distribution, outlines: VGroup, lengths: VGroup
    ) -> tuple[list[Animation], ...]:
        """They go to where they stand by their lengths, one stretch after another, and come to be
        seen close up. Who goes left, goes over the others."""
        as_high, there = (self._bars(None, float(top)) for top in (bars.numbers["top"], self.top))
        up: list[Animation] = []
        across: list[Animation] = []
        down: list[Animation] = []
        for at in (as_high, there):
            at.draw(reference=self.policies[0])
        clear = max(mark.tip for mark in as_high.marks["reference"]) - bars.room.bottom
        for place, i in enumerate(map(int, self.order)):
            lift = np.array([0.0, clear if place < i else 0.0, 0.0])
            moving = outlines[i], lengths[i]
            ends = [(at.marks["reference"][place][0], at.texts[place]) for at in (as_high, there)]
            for part, sorted_, end in zip(moving, *ends, strict=True):
                if place < i:
                    up.append(ApplyMethod(part.shift, lift))
                across.append(Transform(part, sorted_.copy().shift(lift)))
                down.append(Transform(part, end))
        return up, across, down

    def begin(self) -> list[Animation]:
        """The reference, and the policy on it."""
        return [self.bars.to(reference=self.policies[0], policy=self.policies[0])]

    def train(self) -> list[Animation]:
        """Every recorded step, and the policy's mean length after it."""
        lengths = late(through(self.found.expected_lengths))
        return [
            self.bars.along(policy=late(through(self.policies))),
            self.means["policy"].along(value=lengths),
        ]

    def charge(self) -> list[Animation]:
        """The best policies as ever more of what length brings is charged for it, up to all."""
        start, lengths = tuple(self.policies[-1]), sorted(self.found.lengths)
        brought = np.array([length_reward(tokens) for tokens in lengths])

        def policy(along: float) -> Floats:
            return Table("charged", start, tuple(-along * brought)).optimum(self.found.beta)

        mean = self.means["policy"].along(value=lambda along: policy(along) @ np.array(lengths))
        return [self.bars.along(policy=policy), mean]
