"""Figures of the worked example as scenes show them: the table's numbers, the narration's words."""

from __future__ import annotations

from manim import Animation

from dpo_math.examples import SWEEP, Table, beta_between
from scenes.figures import Dial, Distribution, Gauge, Key
from scenes.lesson_scene import LessonScene


def responses(scene: LessonScene, table: Table, *series: str, top: float = 1.0) -> Distribution:
    """The responses to a prompt, before any of ``series`` is drawn; each comes up with its name."""
    names = {name: scene.say("figures", name) for name in series}
    key = Key(scene.theme, scene.layout.key, names)
    return Distribution(
        scene.theme, scene.layout.picture, len(table), rewards=table.reward, top=top, key=key
    )


def leash(scene: LessonScene) -> Dial:
    """β, from where the policy is loose to where it is tied to the reference."""
    tight, loose = SWEEP
    ends = scene.say("figures", "loose"), scene.say("figures", "tight")
    return Dial(scene.theme, scene.layout.dial, least=loose, most=tight, ends=ends)


def divergence(scene: LessonScene, table: Table) -> Gauge:
    """KL(π‖π_ref), full when the policy is all on the best response."""
    full = table.divergence(table.greedy())
    name, unit = scene.say("figures", "divergence"), scene.say("figures", "nats")
    return Gauge(scene.theme, scene.layout.gauge, name, full=full, unit=unit)


def sweep(
    table: Table, start: float, end: float, bars: Distribution, leash: Dial, gauge: Gauge
) -> tuple[Animation, ...]:
    """β from ``start`` to ``end``, and with it the best policy and its divergence."""

    def beta(along: float) -> float:
        return beta_between(start, end, along)

    return (
        leash.along(value=beta),
        bars.along(policy=lambda along: table.optimum(beta(along))),
        gauge.along(value=lambda along: table.kl(beta(along))),
    )
