"""Measured runs as scenes show them: policies on their recorded way, beside each other."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from manim import Animation, VMobject
from numpy.typing import ArrayLike

from dpo_math import derivation, measured
from dpo_math import notation as n
from dpo_math.examples import BETA, BETAS, PROMPT, beta_between
from scenes.figures import Convergence, Dial, Distribution, Key, Track
from scenes.figures.figure import Path
from scenes.furniture import Paragraph, Words
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

    def reason(self, scene: LessonScene) -> list[VMobject]:
        """Why it was no luck: what follows from what, under each other."""
        text, em = scene.say("scenes", scene.id, "reason"), scene.theme.type.label
        return list(Paragraph(text, scene.theme, em, scene.layout.plot_dial))

    def to_side(self, side: str, **heights: ArrayLike) -> list[Animation]:
        """One panel to these heights; what is new in it gets its name in the key."""
        return [self.panels[side].to(**heights), self._named(heights)]

    def all_to(self, **heights: ArrayLike) -> list[Animation]:
        """Both panels to the same heights; what is new in them gets its name in the key."""
        return [*(panel.to(**heights) for panel in self.panels.values()), self._named(heights)]

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


def _track(beta: float, side: str) -> str:
    return f"{side} at {beta}"
