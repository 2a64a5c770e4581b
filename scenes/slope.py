"""Labelled pairs as scenes show them: in a table, on the curve of the loss, and in training."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from manim import Animation, FadeOut, VGroup, VMobject

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, PAIRS, REJECTED, X
from dpo_math.derivation.vocabulary import DATA
from dpo_math.examples import PROMPT, pair_loss, pull
from scenes import pictures
from scenes.experiments import over, shares, through
from scenes.figures import Curve, DataTable, Distribution, Gauge, Key, Marker, Ratios
from scenes.figures.figure import Path
from scenes.furniture import TermBox, Words
from scenes.layout import Room
from scenes.lesson_scene import LessonScene
from scenes.paths import Floats
from scenes.shapes import stroke
from scenes.theme import Role, Theme


def response(i: int) -> n.Symbol:
    """The i-th response, counted from 0, as pictures name it."""
    return n.Symbol(f"y_{i + 1}")


def times(slide: measured.Slide) -> list[int]:
    """How often each pair is in the data, the rarest once."""
    rarest = min(slide.frequencies)
    return [round(share / rarest) for share in slide.frequencies]


def data_set(scene: LessonScene) -> tuple[DataTable, Words]:
    """The labelled pairs, each as often as it is in the data, before any is there; their name."""
    slide, room = measured.read(measured.Slide), scene.layout.data
    rows = [
        [X, response(chosen), response(rejected)]
        for (chosen, rejected), often in zip(slide.pairs, times(slide), strict=True)
        for _ in range(often)
    ]
    head = [scene.say("scenes", scene.id, name) for name in ("prompt", "chosen", "rejected")]
    roles = (Role.DIM, Role.CHOSEN, Role.REJECTED)
    return DataTable(scene.theme, room, head, rows, roles), over(scene, room, "data", data=DATA)


GATHERED = 0.15
"""How small a data set gets that goes into its sign."""
ON_ITS_WAY = 0.5
"""How far it has come when it is no longer seen: it passes nothing that stands before the sign."""


def gathered(scene: LessonScene, line_id: str, *shown: VMobject) -> Animation:
    """A data set that is shown sets out for where a line will say its sign, and fades."""
    line = LINES[line_id]
    (draw,) = n.find(line.tree, PAIRS)
    *_, sign = scene.staging.on_stage(line).equation.marks_of(draw)
    whole = VGroup(*shown)
    way = ON_ITS_WAY * (sign.get_center() - whole.get_center())
    return FadeOut(whole, shift=way, scale=GATHERED)


class Slope:
    """Pairs on the curve −log σ, and beside it how hard each of them pulls, as often as it is in
    the data."""

    SPAN, TOP, EVERY = (-2.4, 6.1), 2.5, 2

    def __init__(self, scene: LessonScene) -> None:
        theme, layout, say = scene.theme, scene.layout, scene.say
        self.slide = measured.read(measured.Slide)
        self.times = times(self.slide)
        name = say("scenes", scene.id, "pair", chosen="{chosen}", rejected="{rejected}")
        symbols = [
            {"chosen": response(chosen), "rejected": response(rejected)}
            for chosen, rejected in self.slide.pairs
        ]
        wrong = [margin < 0 for margin in self.slide.reward_margins[-1]]
        markers = {
            _point(i): Marker(name, Role.POLICY, each, "below" if wrong[i] else "above", wrong[i])
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
            Gauge(theme, room, name, full=1.0, unit="", symbols=each, times=often)
            for room, each, often in zip(layout.gauges, symbols, self.times, strict=True)
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
        """These pairs go where training takes them, with their weights: far at first, and ever
        less far a step."""
        margins, weights = np.array(self.slide.reward_margins), np.array(self.slide.weights)
        ways = {_point(i): through(margins[:, i]) for i in pairs}
        pulls = [self.gauges[i].along(value=through(weights[:, i])) for i in pairs]
        return [self.curve.along(**ways), *pulls]

    def feel(self, i: int) -> list[Animation]:
        """A pair goes down the curve and back, with the weight it would have there."""

        def margin(along: float) -> float:
            return FELT * math.sin(math.pi * along)

        weight = self.gauges[i].along(value=lambda along: pull(margin(along)))
        return [self.curve.along(**{_point(i): margin}), weight]


def _point(i: int) -> str:
    return f"pair_{i}"


FELT = 1.6
"""How far down from the reference the slope of the curve is felt, as a margin."""
NUDGE = 0.22
"""How far a shared parameter is nudged, in nats."""
KEY = 0.3
"""The share of the bars' width that their key leaves free, for its entries to stand together."""


class Push:
    """A pair while a policy is trained: the policy's bars, and the two responses on their own.

    It is trained twice with the same margins, in one scale: with parameters of their own for the
    responses, and with a shared one.
    """

    ROOM_ABOVE = 3.2
    """Over the highest bar, for a tie and its name, in ems of a label."""

    def __init__(self, scene: LessonScene) -> None:
        self.scene = scene
        theme, layout, say = scene.theme, scene.layout, scene.say
        self.fall = fall = measured.read(measured.BothFall)
        self.own, self.shared = shares(fall.own_policies), shares(fall.policies)
        left, bottom, right, top = layout.halves[0]
        under_key = top - 2 * theme.type.figure
        self.highest = float(max(self.own.max(), self.shared.max()))
        names = {name: say("figures", name) for name in ("reference", "policy")}
        named: dict[int, n.Node] = {fall.chosen: CHOSEN, fall.rejected: REJECTED}
        self.bars = Distribution(
            theme,
            Room(left, bottom, right, under_key),
            len(PROMPT),
            top=self.highest,
            responses=[named.get(i, response(i)) for i in range(len(PROMPT))],
            key=Key(theme, Room(left, under_key, right - KEY * (right - left), top), names, True),
        )
        height = under_key - self.bars.baseline
        room = height - self.ROOM_ABOVE * theme.type.label
        self.bars.draw(
            top=self.highest * height / room, reference=PROMPT.reference, policy=PROMPT.reference
        )
        runs = self.own, self.shared
        self.unpaired = [i for i in range(len(PROMPT)) if i not in named]
        every = np.concatenate([self._rewards(run) for run in runs])
        _, _, end, ceiling = layout.halves[1]
        self.beta = pictures.at_beta(
            scene, fall.beta, (end, ceiling - theme.type.figure), anchor="right"
        )
        self.pair = Ratios(
            theme,
            layout.halves[1],
            float(every.min()),
            float(every.max()),
            level=say("scenes", scene.id, "level"),
            margin=say("scenes", scene.id, "margin"),
            earlier=say("scenes", scene.id, "before"),
            beside=say("scenes", scene.id, "in_no_pair"),
        )

    @property
    def parts(self) -> tuple[Distribution, Ratios, Words]:
        return self.bars, self.pair, self.beta

    def train(self, run: Floats) -> list[Animation]:
        """Every recorded step of a run."""
        return self._along(through(run))

    def _along(self, policy: Path) -> list[Animation]:
        """The policies of a way, and the implicit rewards of each."""

        def rewards(place: int) -> Path:
            return lambda along: self._rewards(np.asarray([policy(along)]))[0, place]

        ways = {name: rewards(place) for place, name in enumerate(("chosen", "rejected", "others"))}
        return [self.bars.along(policy=policy), self.pair.along(**ways)]

    def restart(self) -> list[Animation]:
        """Back to the reference; what the margin came to at first stays."""
        chosen, rejected, _ = self._rewards(self.own)[-1]
        margin = chosen - rejected
        back = self.pair.to(chosen=0.0, rejected=0.0, others=0.0, before=margin)
        return [self.bars.to(policy=PROMPT.reference), back]

    def nudge(self) -> list[Animation]:
        """The shared parameter a little up, then as far down, and back."""

        return self._along(lambda along: self._nudged(math.sin(2 * math.pi * along)))

    def _nudged(self, part: float) -> Floats:
        """The reference with the shared parameter moved by a part of a nudge."""
        return PROMPT.moved(part * NUDGE, self.fall.features)

    def tie(self) -> Tie:
        """What joins the responses that have a parameter in common, over all that bars come to and
        what is written at their ends."""
        theme = self.scene.theme
        em, numerals = theme.type.label, theme.numerals
        tops = np.max([*self.shared, self._nudged(1), self._nudged(-1)], axis=0)
        ends = {
            self.bars.middle(i): (self._end(tops[i]) + 1.5 * em, f"× {numerals(share, '.1f')}")
            for i, share in enumerate(self.fall.features)
            if share
        }
        name = self.scene.say("scenes", self.scene.id, "shared")
        return Tie(theme, name, self._end(float(tops.max())) + 1.7 * em, ends)

    def shares_of_chosen(self) -> list[Words]:
        """How likely the chosen response was and has come to be, each at the end of its bar."""
        theme, chosen = self.scene.theme, self.fall.chosen
        em, x = theme.type.label, self.bars.middle(chosen)
        ends = {Role.REFERENCE: self.shared[0], Role.POLICY: self.shared[-1]}
        shown = [(role, float(policy[chosen])) for role, policy in ends.items()]
        return [
            Words(
                theme.numerals(share, ".0%"),
                theme,
                em,
                role,
                (x, self._end(share) + 0.22 * em),
                "centre",
            )
            for role, share in shown
        ]

    def boxes(self) -> list[TermBox]:
        """Boxes around the reward of the chosen response."""
        reward = self.pair.names["chosen"], self.pair.written["chosen"]
        return [TermBox(marks, self.scene.theme, Role.CHOSEN) for marks in reward]

    def _rewards(self, run: Floats) -> Floats:
        """The implicit rewards of the chosen response, of the rejected one, and of every other,
        for these are alike: shape (steps, 3)."""
        shown = [self.fall.chosen, self.fall.rejected, self.unpaired[0]]
        return np.asarray(self.fall.beta * np.log(run / PROMPT.reference)[:, shown])

    def _end(self, share: float) -> float:
        """The y at which the bar of a response with this share ends."""
        return self.bars.baseline + self.bars.height_of("policy", share)


class Tie(VGroup):
    """A line with a name, from which strands hang down to what it joins.

    ``ends`` maps the x of each strand to how far down it goes, and what is written beside it.
    """

    def __init__(
        self, theme: Theme, name: str, y: float, ends: Mapping[float, tuple[float, str]]
    ) -> None:
        super().__init__()
        em, colour = theme.type.label, theme.colour(Role.INK)
        left, right = min(ends), max(ends)
        lines = [((left, y), (right, y)), *(((x, y), (x, foot)) for x, (foot, _) in ends.items())]
        self.strands = VMobject(stroke_color=colour, stroke_width=theme.strokes.outline)
        self.strands.points = np.concatenate([stroke(*line) for line in lines])
        above = ((left + right) / 2, y + 0.5 * em)
        self.add(self.strands, Words(name, theme, em, Role.INK, above, "centre"))
        for x, (_, beside) in ends.items():
            self.add(Words(beside, theme, em, Role.INK, (x + 0.4 * em, y - 1.1 * em)))
