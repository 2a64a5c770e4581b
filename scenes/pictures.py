"""Figures of the worked example as scenes show them: the table's numbers, the narration's words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np
from manim import Animation, VGroup
from numpy.typing import ArrayLike

from dpo_math.derivation import BETA
from dpo_math.examples import SWEEP, Table, beta_between
from scenes.figures import (
    Advantages,
    Change,
    Dial,
    Distribution,
    Gauge,
    Key,
    Loop,
    Model,
    Models,
    Pair,
    Stack,
)
from scenes.figures.marked import tick
from scenes.furniture import Anchor, Paragraph, Words, filled
from scenes.layout import Point, Room
from scenes.lesson_scene import LessonScene
from scenes.theme import Role, Theme


def responses(
    scene: LessonScene,
    table: Table,
    *series: str,
    room: Room | None = None,
    top: float = 1.0,
    across: Room | None = None,
) -> Distribution:
    """The responses to a prompt. Each of ``series`` comes up with its name in the key: beside the
    picture, or in the room ``across``."""
    names = {name: scene.say("figures", name) for name in series}
    beside = across or scene.layout.key
    key = Key(scene.theme, beside, names, across is not None) if series else None
    room = room or scene.layout.picture
    return Distribution(scene.theme, room, len(table), rewards=table.reward, top=top, key=key)


CLOSE_UP = 2.0
"""How often the likeliest bar of the reference fits under the top of a close-up."""


def close_up(table: Table) -> float:
    """The ``top`` of a picture in which no response comes to be all that the policy gives."""
    return CLOSE_UP * max(table.reference)


def trained(scene: LessonScene, table: Table) -> Distribution:
    """What the models of RLHF say of the responses to a prompt, close up, beside the models."""
    series, layout = ("policy", "reference", "reward", "value"), scene.layout
    top, key = close_up(table), layout.chart_key
    return responses(scene, table, *series, room=layout.chart, top=top, across=key)


def heading(scene: LessonScene, name: str, room: Room) -> Words:
    """A name from the scene's table of the narration, over ``room``."""
    em = scene.theme.type.figure
    at = room.left, room.top + 0.8 * em
    return Words(scene.say("scenes", scene.id, name), scene.theme, em, Role.DIM, at)


def at_beta(scene: LessonScene, beta: float, at: Point, anchor: Anchor = "left") -> Words:
    """Which β a picture is drawn at."""
    text = scene.say("figures", "at_beta", beta="{beta}", value=scene.theme.numerals(beta, "g"))
    em, symbols = scene.theme.type.figure, {"beta": BETA}
    return Words(text, scene.theme, em, Role.BETA, at, anchor, symbols=symbols)


class Leash:
    """A policy that β ties to the reference: its bars, how far it strays, and what it is worth.

    ``change`` tells what becomes of the best response, ``copies`` counts how many times likelier it
    is than it was. What a policy is worth can be compared at one β only, so ``objective`` is not
    there while β moves.
    """

    def __init__(self, scene: LessonScene, table: Table) -> None:
        self.table, self.best = table, int(table.greedy().argmax())
        theme, layout = scene.theme, scene.layout
        series = ("reference", "reward", "policy")
        self.bars = responses(scene, table, *series, across=layout.picture_key)
        tight, loose = SWEEP
        greedy, names = table.greedy(), scene.say
        self.farthest = table.divergence(greedy)
        ends = names("figures", "loose"), names("figures", "tight")
        self.dial = Dial(theme, layout.gauges[0], least=loose, most=tight, ends=ends)
        self.strayed = Gauge(
            theme,
            layout.gauges[1],
            names("figures", "divergence"),
            full=self.farthest,
            unit=names("figures", "nats"),
        )
        self.strayed.draw(value=self.farthest)
        self.objective = Gauge(
            theme,
            layout.gauges[2],
            names("figures", "objective"),
            full=max(table.reward),
            unit="",
            least=table.objective(greedy, tight),
        )
        self.objective.draw(value=table.objective(greedy, tight))
        self.change = self._change(theme, self.best)
        self.copies = Stack(theme, self.bars, self.best, "reference", table.reference[self.best])

    def worth(self, scene: LessonScene, beta: float) -> tuple[Gauge, Words]:
        """What the best policy at ``beta`` is worth, with a tick that stays there, and at which β
        that is."""
        best = self.table.objective(self.table.optimum(beta), beta)
        self.objective.draw(value=best)
        room = self.objective.room
        at = room.left, room.bottom - 1.05 * scene.theme.type.figure
        self.most = tick(self.objective, best, Role.INK)
        self.objective.add(self.most)
        return self.objective, at_beta(scene, beta, at)

    def ahead(self, scene: LessonScene, beta: float) -> Change:
        """What became of the response that the best policy at ``beta`` gives most often."""
        best = self.table.optimum(beta)
        change = self._change(scene.theme, int(best.argmax()))
        change.draw(now=best.max())
        return change

    def _change(self, theme: Theme, i: int) -> Change:
        return Change(theme, self.bars, i, self.table.reference[i])

    @property
    def times(self) -> float:
        """How much likelier the best response is to a policy that gives no other."""
        return 1 / self.table.reference[self.best]

    def greedy(self) -> Animation:
        """To the policy of most reward, of which ``change`` is then ready to tell."""
        greedy = self.table.greedy()
        self.change.draw(now=greedy[self.best])
        return self.bars.to(policy=greedy)

    def count(self) -> Animation:
        """Copies of the best response's reference, up to the end of its policy's bar."""
        return self.copies.to(count=self.times)

    def tighten(self, beta: float) -> tuple[Animation, ...]:
        """From the policy of most reward straight to the best at ``beta``, which ties it."""
        start, end = self.table.greedy(), self.table.optimum(beta)

        def between(along: float) -> ArrayLike:
            return (1 - along) * start + along * end

        return *self._along(between, lambda _: beta), self._worth(between, beta)

    def sweep(self, start: float, end: float) -> tuple[Animation, ...]:
        """β from ``start`` to ``end``, and with it the best policy."""

        def beta(along: float) -> float:
            return beta_between(start, end, along)

        return self._along(lambda along: self.table.optimum(beta(along)), beta)

    def around(self, beta: float, start: float, end: float) -> tuple[Animation, ...]:
        """Policies around the best at ``beta``, which stays: that one is at 0, one nearer to the
        reference at 1, and one farther from it at -1."""

        def policy(along: float) -> ArrayLike:
            return self.table.optimum(beta * AROUND ** (start + along * (end - start)))

        return *self._along(policy, lambda _: beta), self._worth(policy, beta)

    def _worth(self, policy: Callable[[float], ArrayLike], beta: float) -> Animation:
        """What ``policy`` is worth at one β, as it changes."""
        return self.objective.along(value=lambda along: self.table.objective(policy(along), beta))

    def _along(
        self, policy: Callable[[float], ArrayLike], beta: Callable[[float], float]
    ) -> tuple[Animation, ...]:
        """``policy`` and ``beta`` as they change, with all that is read off them."""
        table = self.table
        return (
            self.dial.along(value=beta),
            self.bars.along(policy=policy),
            self.change.along(now=lambda along: np.asarray(policy(along))[self.best]),
            self.strayed.along(value=lambda along: table.divergence(policy(along))),
        )


AROUND = 4.0
"""How many times nearer to the reference, or farther from it, than β makes them policies are that
are compared with the best one."""


def expected(table: Table, policy: ArrayLike) -> list[float]:
    """The reward to expect of a policy: a value network's level, the same at every response."""
    return [table.expected_reward(policy)] * len(table)


def advantages(bars: Distribution, table: Table) -> Advantages:
    """How much better than the guess each response is, beside the bars that :func:`trained` makes,
    while the policy is still the reference."""
    return Advantages(bars.theme, bars, table.reward, expected(table, table.reference))


STEPS_TAKEN = 0.3
"""How much likelier, in nats, a few small steps make a response against one with a unit less of
reward."""


def stepped(bars: Distribution, table: Table) -> Animation:
    """A few small steps towards what is better than was guessed, and the guess after them."""
    policy = table.optimum(1 / STEPS_TAKEN)
    return bars.to(policy=policy, value=expected(table, policy))


PIPELINE = {
    "policy": (Role.POLICY, True),
    "reference": (Role.REFERENCE, False),
    "reward_model": (Role.REWARD, False),
    "value_network": (Role.DIM, True),
}
"""What PPO keeps in memory: the role of each model, and whether it learns."""
DIRECT = ("policy", "reference")
"""What DPO keeps of that."""
ROUND = ("rollouts", "advantages", "update")
"""The stations of PPO's loop."""


def pipeline(scene: LessonScene) -> Models:
    """The models of RLHF with PPO, before any is in memory."""
    models = (_model(scene, name, *PIPELINE[name]) for name in PIPELINE)
    return _in_memory(scene, scene.layout.memory, *models)


ADAPTER = 0.8
"""The size of an adapter's slab. What LoRA trains is smaller yet, but has to carry its name."""


def with_adapter(scene: LessonScene) -> Models:
    """The models of PPO, and an adapter that makes the policy of the reference."""
    models = (_model(scene, name, *PIPELINE[name]) for name in PIPELINE)
    adapter = _model(scene, "adapter", Role.POLICY, learns=True, size=ADAPTER)
    room = scene.layout.halves[0]
    return _in_memory(scene, room, *models, adapter, at_once=len(PIPELINE))


def _model(scene: LessonScene, name: str, role: Role, learns: bool, size: float = 1.0) -> Model:
    state = scene.say("figures", "learns" if learns else "frozen")
    return Model(name, scene.say("figures", name), state, role, learns, size)


def _in_memory(
    scene: LessonScene, room: Room, *models: Model, at_once: int | None = None
) -> Models:
    return Models(scene.theme, room, models, scene.say("figures", "memory"), at_once)


def preference(scene: LessonScene) -> Pair:
    """A preference, beside the models that learn from it."""
    names = ("preference", "chosen", "rejected")
    heading, chosen, rejected = (scene.say("scenes", scene.id, name) for name in names)
    return Pair(scene.theme, scene.layout.preference, heading, chosen, rejected)


def loop(scene: LessonScene) -> Loop:
    """PPO's loop, at its first station."""
    stations = [scene.say("figures", station) for station in ROUND]
    return Loop(scene.theme, scene.layout.halves[1], stations, scene.say("figures", "ppo"))


CHECKING = ("samples", "check", "update")
"""The stations of GRPO's loop where a reward can be checked."""


def checking(scene: LessonScene) -> Loop:
    """GRPO's loop, at its first station."""
    stations = [scene.say("figures", station) for station in CHECKING]
    return Loop(scene.theme, scene.layout.halves[0], stations, scene.say("figures", "grpo"))


def question(scene: LessonScene, *path: str, room: Room | None = None) -> Paragraph:
    """A sentence of the scene's narration, large, in ``room`` or the right half of the picture."""
    text, room = scene.say("scenes", scene.id, *path), room or scene.layout.halves[1]
    return Paragraph(text, scene.theme, scene.theme.type.stage, room)


def answers(scene: LessonScene, *path: str) -> list[VGroup]:
    """The same of several sentences, a line of the narration each, to come up one by one; the
    lines of one stand closer together than those of two."""
    em, width = scene.theme.type.stage, scene.layout.halves[1].width
    lines = iter(question(scene, *path))
    sentences = scene.say("scenes", scene.id, *path).splitlines()
    counts = (len(filled(sentence, scene.theme, em, width)) for sentence in sentences)
    groups = [VGroup(*islice(lines, count)) for count in counts]
    for i, group in enumerate(groups):
        group.shift((0.0, APART * em * ((len(groups) - 1) / 2 - i), 0.0))
    return groups


APART = 1.2
"""Between two sentences that belong apart, beyond what is between two lines, in ems."""
