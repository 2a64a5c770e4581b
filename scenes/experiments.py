"""Measured runs as scenes show them: policies on their recorded way, beside each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations

import numpy as np
from manim import Animation, ApplyMethod, Line, VGroup, VMobject
from numpy.typing import ArrayLike

from dpo_math import derivation, measured
from dpo_math import notation as n
from dpo_math.examples import (
    BETA,
    BETAS,
    PROMPT,
    beta_between,
    cross_entropy,
    cross_entropy_slope,
    peak,
)
from scenes.figures import (
    Convergence,
    Curve,
    Dial,
    Distribution,
    Gauge,
    Key,
    MarkedGauge,
    Marker,
    Track,
)
from scenes.figures.convergence import GUTTER
from scenes.figures.figure import Path
from scenes.furniture import Words
from scenes.layout import Room
from scenes.lesson_scene import LessonScene
from scenes.paths import Floats
from scenes.theme import Role


def through(rows: ArrayLike) -> Path:
    """A way through what was recorded, row by row, straight between one and the next."""
    table = np.asarray(rows)

    def at(along: float) -> Floats:
        place = along * (len(table) - 1)
        row = min(int(place), len(table) - 2)
        return np.asarray(table[row] + (place - row) * (table[row + 1] - table[row]))

    return at


def late(path: Path) -> Path:
    """The same way, slow at first."""
    return lambda along: path(along**2)


def shares(rows: ArrayLike) -> Floats:
    """Recorded policies, without what rounding to their few digits has added or taken away."""
    table = np.asarray(rows)
    return np.asarray(table / table.sum(axis=-1, keepdims=True))


def over(scene: LessonScene, room: Room, name: str, **symbols: n.Node) -> Words:
    """The name of the picture in ``room``, over it, from the scene's table of the narration."""
    em = scene.theme.type.figure
    at = room.centre[0], room.top + 0.9 * em
    shown = {symbol: "{" + symbol + "}" for symbol in symbols}
    text = scene.say("scenes", scene.id, name, **shown)
    return Words(text, scene.theme, em, Role.INK, at, "centre", symbols=symbols)


class Twins:
    """One policy trained twice, by DPO and by ascent on the objective, and how far each still is
    from the closed form. In the plot the runs of the present β are lit."""

    SERIES = ("reference", "policy", "optimum", "reward")
    SIDES = ("dpo", "ascent")

    def __init__(self, scene: LessonScene, top: float) -> None:
        theme, layout = scene.theme, scene.layout
        arrival = measured.read(measured.Arrival)
        sides = zip(arrival.dpo, arrival.ascent, strict=True)
        self.runs = {both[0].beta: dict(zip(self.SIDES, both, strict=True)) for both in sides}
        self.optima = dict(zip(self.runs, shares(arrival.optima), strict=True))
        self.panels = {
            side: Distribution(theme, room, len(PROMPT), rewards=PROMPT.reward, top=top)
            for side, room in zip(self.SIDES, layout.panels, strict=True)
        }
        names = {name: scene.say("figures", name) for name in self.SERIES}
        self.key = Key(theme, layout.strip, names, across=True)
        self.dial = Dial(theme, layout.plot_dial, least=min(BETAS), most=max(BETAS))
        self.dial.draw(value=BETA)
        self.plot = self._plot(scene)
        self.groups = measured.read(measured.Disconnected).groups
        self.apart = self.groups[1]
        dial, foot = layout.plot_dial, layout.plot.bottom
        self.loss = Gauge(
            theme,
            dial._replace(bottom=foot, top=foot + dial.height),
            scene.say("figures", "loss"),
            full=math.log(2),
            unit=scene.say("figures", "nats"),
            places=4,
        )
        """Of the policy on the left, on the pairs within the two groups."""

    def parts(self, *betas: float) -> int:
        """One part in how many, a power of ten, all these runs are within at their end."""
        ends = (run.distances[-1] for beta in betas for run in self.runs[beta].values())
        return int(10 ** math.floor(-math.log10(max(ends))))

    def _plot(self, scene: LessonScene) -> Convergence:
        tracks = {
            _track(beta, side): Track(run.distances, Role.POLICY, dashed=side == "ascent")
            for beta, runs in self.runs.items()
            for side, run in runs.items()
        }
        longest = max(len(track.distances) for track in tracks.values())
        least = min(min(track.distances) for track in tracks.values())
        return Convergence(
            scene.theme,
            scene.layout.plot,
            tracks,
            steps=10 * math.ceil(longest / 10),
            lowest=math.floor(math.log10(least)),
            unit=scene.say("figures", "steps"),
        )

    def label(self, scene: LessonScene, name: str) -> Words:
        """What stands over a panel, by the name of its side, or over the plot."""
        rooms = dict(zip(self.SIDES, scene.layout.panels, strict=True))
        room = rooms.get(name, scene.layout.plot)
        return over(scene, room, name, beta=derivation.BETA)

    def samples(self, **labels: Words) -> list[VMobject]:
        """What the line of each side looks like in the plot, under its label."""
        beta = min(self.runs)
        return [self.plot.sample(_track(beta, side), label) for side, label in labels.items()]

    def to_side(self, side: str, **heights: ArrayLike) -> list[Animation]:
        """One panel to these heights; what is new in it gets its name in the key."""
        return [self.panels[side].to(**heights), self._named(heights)]

    def all_to(self, **heights: ArrayLike) -> list[Animation]:
        """Both panels to the same heights; what is new in them gets its name in the key."""
        return [*(panel.to(**heights) for panel in self.panels.values()), self._named(heights)]

    def laid_over(self) -> tuple[VGroup, Animation]:
        """The left panel's policy again, faint, and on its way onto the right one's."""
        left, right = (self.panels[side].room for side in self.SIDES)
        copies = VGroup(*(mark[0].copy() for mark in self.panels["dpo"].marks["policy"]))
        copies.set_fill(self.key.theme.colour(Role.INK), opacity=LAID_OVER)
        way = (right.left - left.left, right.bottom - left.bottom, 0.0)
        return copies, ApplyMethod(copies.shift, way)

    def light_all(self) -> Animation:
        """The runs at every β."""
        return self.plot.light(*self.plot.tracks)

    def gap(self, scene: LessonScene) -> VGroup:
        """On the left, what stands between two groups of responses if no pair does, named."""
        panel, em = self.panels["dpo"], scene.theme.type.label
        x = panel.middle(min(self.apart)) - panel.pitch / 2
        foot, top = panel.baseline, panel.baseline + panel.height_of("policy", GAP)
        colour, width = scene.theme.colour(Role.INK), scene.theme.strokes.outline
        line = Line((x, foot, 0.0), (x, top, 0.0), stroke_width=width, color=colour)
        text = scene.say("scenes", scene.id, "apart")
        return VGroup(line, Words(text, scene.theme, em, Role.INK, (x, top + 0.5 * em), "centre"))

    def unlink(self) -> list[Animation]:
        """What no pair says if none links one group to the other: how much each gets. On the left
        the second gets less, then more, and what it should; the loss stays what it is."""
        panel, beta = self.panels["dpo"], self.beta
        before = panel.numbers["policy"]
        inside = np.isin(np.arange(len(before)), self.apart)

        def policy(along: float) -> Floats:
            return reweighted(before, inside, math.exp(UNLINKED * -math.sin(2 * math.pi * along)))

        def loss(along: float) -> float:
            return PROMPT.cross_entropy(policy(along), beta, self._linked())

        return [panel.along(policy=policy), self.loss.along(value=loss)]

    def within_groups(self) -> Gauge:
        """The loss of the policy on the left if no pair links one group to the other."""
        self.loss.draw(
            value=float(
                PROMPT.cross_entropy(
                    self.panels["dpo"].numbers["policy"], self.beta, self._linked()
                )
            )
        )
        return self.loss

    def undefined(self, scene: LessonScene, response: int) -> Words:
        """Over a response on the left: that it has no log-ratio."""
        panel, em = self.panels["dpo"], scene.theme.type.label
        highest = float(panel.numbers["policy"].max())
        at = panel.middle(response), panel.baseline + panel.height_of("policy", highest) + em
        text = scene.say("scenes", scene.id, "undefined")
        words = Words(text, scene.theme, em, Role.INK, at, "centre")
        over_edge = max(0.0, float(words.get_right()[0]) - panel.room.right)
        return words.shift((-over_edge, 0.0, 0.0))

    def bind(self, features: Sequence[float]) -> list[Animation]:
        """The reference as it was, and beside it the best that either side comes to with one
        parameter, which moves responses by their ``features``."""
        beta = self.beta
        pairs = list(combinations(range(len(PROMPT)), 2))
        worth = {
            "dpo": lambda by: -PROMPT.cross_entropy(PROMPT.moved(by, features), beta, pairs),
            "ascent": lambda by: PROMPT.objective(PROMPT.moved(by, features), beta),
        }
        return [
            self.panels[side].to(
                reference=PROMPT.reference,
                optimum=PROMPT.optimum(beta),
                policy=PROMPT.moved(peak(worth[side], -FARTHEST, FARTHEST), features),
            )
            for side in self.SIDES
        ]

    @property
    def beta(self) -> float:
        """The present β."""
        return float(self.dial.numbers["value"])

    def _linked(self) -> list[tuple[int, int]]:
        """The pairs that stay if none goes from one group to the other."""
        return [pair for group in self.groups for pair in combinations(group, 2)]

    def rule_out(self, response: int) -> list[Animation]:
        """A reference that gives a response ever less, then nothing: the closed form follows, and
        with it the policy that ascends; DPO has no loss then, and its policy is left at the start.
        """
        this = np.arange(len(PROMPT)) == response

        shown = "reference", "optimum", "policy"
        ways: dict[str, dict[str, Path]] = {
            side: {name: partial(_thinned, panel.numbers[name], this) for name in shown}
            for side, panel in self.panels.items()
        }
        start = self.panels["dpo"].numbers
        back = through(np.stack([start["policy"], start["reference"]]))
        ways["dpo"]["policy"] = lambda along: _thinned(back(along), this, along)
        return [panel.along(**ways[side]) for side, panel in self.panels.items()]

    def _named(self, heights: Iterable[str]) -> Animation:
        return self.key.to(**{name: 1.0 for name in heights if name in self.SERIES})

    def restart(self, beta: float) -> list[Animation]:
        """Back to the reference, while β turns and the closed form with it."""
        before = float(self.dial.numbers["value"])

        def turned(along: float) -> float:
            return beta_between(before, beta, along)

        ways = {
            panel: {
                "policy": through(np.stack([panel.numbers["policy"], PROMPT.reference])),
                "optimum": lambda along: PROMPT.optimum(turned(along)),
            }
            for panel in self.panels.values()
        }
        here = [_track(beta, side) for side in self.SIDES]
        return [
            self.dial.along(value=turned),
            self.plot.light(*here),
            *(panel.along(**way) for panel, way in ways.items()),
        ]

    def train(self, beta: float) -> list[Animation]:
        """Both runs at once, step by step, and their distances with them.

        The first steps, which go furthest, take the longest to be shown.
        """
        runs = self.runs[beta]
        ways = [
            self.panels[side].along(policy=late(through(shares(run.policies))))
            for side, run in runs.items()
        ]
        steps = {_track(beta, side): [0, len(run.distances) - 1] for side, run in runs.items()}
        tracks = {name: late(through(ends)) for name, ends in steps.items()}
        return [*ways, self.plot.along(**tracks)]


class Cause:
    """Why exact preferences lead to the optimum: the training on them once more, beside the
    cross-entropy of the best response against the likeliest; and what a pair leaves open."""

    TOP = 1.5
    """The highest cross-entropy in the picture, in nats."""
    FACTOR = 1.6
    """How many times too much all bars together are, until they have to sum to one."""

    def __init__(self, scene: LessonScene, twins: Twins, beta: float) -> None:
        theme, layout = scene.theme, scene.layout
        self.theme, self.beta, self.bars = theme, beta, twins.panels["dpo"]
        self.run = shares(twins.runs[beta]["dpo"].policies)
        self.pair = int(np.argmax(PROMPT.reward)), int(np.argmax(PROMPT.reference))
        self.curve = self._curve(scene)
        self.label = over(scene, layout.plot, "cross_entropy")
        total = scene.say("figures", "total")
        self.total = MarkedGauge(theme, layout.plot_dial, total, full=self.FACTOR, mark=1)
        self.total.draw(value=1)

    def _curve(self, scene: LessonScene) -> Curve:
        left, bottom, right, top = scene.layout.plot
        em, true = scene.theme.type.label, PROMPT.preference(*self.pair)
        every = [q for q in np.linspace(0, 1, 201)[1:-1] if cross_entropy(q, true) <= self.TOP]
        one, other = (n.Symbol(f"y_{i + 1}") for i in self.pair)
        said = scene.say("scenes", scene.id, "said", pair="{pair}")
        room = Room(left + GUTTER * em, bottom, right - 0.1 * em, top)
        curve = Curve(
            scene.theme,
            room,
            lambda said: cross_entropy(said, true),
            lambda said: cross_entropy_slope(said, true),
            {"policy": Marker(scene.say("figures", "policy"), Role.POLICY, side="below")},
            span=(0.0, 1.0),
            drawn=(every[0], every[-1]),
            top=self.TOP,
            every=1,
            across=said,
            across_role=Role.POLICY,
            symbols={"pair": n.Preference(one, other, derivation.X)},
            goal=true,
            tangent=min(true, 1 - true) * room.width,
        )
        curve.draw(policy=self._said(PROMPT.reference))
        return curve

    def _said(self, policy: ArrayLike) -> float:
        """How likely a policy says the one response of the pair is to be preferred."""
        return PROMPT.implied_preference(policy, self.beta, *self.pair)

    def restart(self) -> Animation:
        """Back to the reference, where the point on the curve is from the first."""
        return self.bars.to(policy=PROMPT.reference)

    def train(self) -> list[Animation]:
        """The run again, of which the first steps decide what is said of the pair."""
        policy = late(late(through(self.run)))
        said = self.curve.along(policy=lambda along: self._said(policy(along)))
        return [self.bars.along(policy=policy), said]

    def begin(self) -> Animation:
        """The bars once more, behind themselves: what is multiplied."""
        return self.bars.to(weights=self.run[-1])

    def scale(self) -> list[Animation]:
        """All bars times one factor: no gap of log-ratios changes, but the sum does."""
        return self._times(lambda along: 1 + along * (self.FACTOR - 1))

    def normalise(self) -> list[Animation]:
        """Back to where they sum to one."""
        return self._times(lambda along: self.FACTOR - along * (self.FACTOR - 1))

    def settle(self) -> Animation:
        """What is not the policy goes."""
        return self.bars.to(weights=np.zeros(len(PROMPT)))

    def _times(self, factor: Callable[[float], float]) -> list[Animation]:
        end = self.run[-1]
        return [
            self.bars.along(weights=lambda along: factor(along) * end),
            self.total.along(value=factor),
        ]


CLOSE_UP, FROM_AFAR = 0.55, 1.1
"""The probability at the top of the picture: where none is large, and where one is nearly 1."""
GAP = 0.48
"""How high the line between two groups goes, as a probability."""
LAID_OVER = 0.4
"""How opaque bars are that are laid over others."""
FARTHEST = 5.0
"""How far either way a parameter is tried, in nats."""
UNLINKED = 1.3
"""How much more, or less, than it should a group gets that nothing links to the rest: the log of
the factor before the policy is made to sum to one."""


def reweighted(policy: ArrayLike, among: ArrayLike, factor: float) -> Floats:
    """A policy with these responses made so many times as likely against the others."""
    weights = np.where(among, factor, 1.0) * np.asarray(policy)
    return np.asarray(weights / weights.sum())


def _thinned(policy: ArrayLike, among: ArrayLike, along: float) -> Floats:
    return reweighted(policy, among, 1 - along)


def _track(beta: float, side: str) -> str:
    return f"{side} at {beta}"
