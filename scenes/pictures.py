"""Figures of the worked example as scenes show them: the table's numbers, the narration's words."""

from __future__ import annotations

from collections.abc import Sequence

from manim import Animation

from dpo_math.examples import SWEEP, Table, beta_between
from scenes.figures import Dial, Distribution, Gauge, Key, Loop, Model, Models
from scenes.furniture import Paragraph
from scenes.layout import Room
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


def responses(
    scene: LessonScene, table: Table, *series: str, room: Room | None = None, top: float = 1.0
) -> Distribution:
    """The responses to a prompt. Each of ``series`` comes up with its name in the key."""
    names = {name: scene.say("figures", name) for name in series}
    key = Key(scene.theme, scene.layout.key, names) if series else None
    room = room or scene.layout.picture
    return Distribution(scene.theme, room, len(table), rewards=table.reward, top=top, key=key)


CLOSE_UP = 2.0
"""How often the likeliest bar of the reference fits under the top of a close-up."""


def close_up(table: Table) -> float:
    """The ``top`` of a picture in which no response comes to be all that the policy gives."""
    return CLOSE_UP * max(table.reference)


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


def total(scene: LessonScene, table: Table, beta: float) -> Gauge:
    """The sum of the bars, full at Z."""
    name = scene.say("figures", "total")
    return Gauge(scene.theme, scene.layout.gauge, name, full=table.partition(beta), unit="")


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


def expected(table: Table, policy: Sequence[float]) -> list[float]:
    """The reward to expect of a policy: a value network's level, the same at every response."""
    return [table.expected_reward(policy)] * len(table)


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
    return _in_memory(scene, *(_model(scene, name, *PIPELINE[name]) for name in PIPELINE))


ADAPTER = 0.6
"""The size of an adapter's slab. What LoRA trains is smaller yet, but has to carry its name."""


def direct(scene: LessonScene) -> Models:
    """The models of DPO, with an adapter that can stand in for the policy."""
    kept = (_model(scene, name, *PIPELINE[name]) for name in DIRECT)
    adapter = _model(scene, "adapter", Role.POLICY, learns=True, size=ADAPTER)
    return _in_memory(scene, *kept, adapter)


def _model(scene: LessonScene, name: str, role: Role, learns: bool, size: float = 1.0) -> Model:
    state = scene.say("figures", "learns" if learns else "frozen")
    return Model(name, scene.say("figures", name), state, role, learns, size)


def _in_memory(scene: LessonScene, *models: Model) -> Models:
    return Models(scene.theme, scene.layout.halves[0], models, scene.say("figures", "memory"))


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


def question(scene: LessonScene, *path: str) -> Paragraph:
    """A sentence of the scene's narration, large, in the right half of the picture."""
    text = scene.say("scenes", scene.id, *path)
    return Paragraph(text, scene.theme, scene.theme.type.stage, scene.layout.halves[1])
