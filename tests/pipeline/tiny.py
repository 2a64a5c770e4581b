"""Scenes small enough to film in a test, with the surface that the pipeline asks of a scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from manim import LEFT, RIGHT, Circle, FadeIn, Scene, Square, UpdateFromAlphaFunc, config

from dpo_math.derivation import LINES
from dpo_math.printers import tex

COLOURS = {"dark": "#10141C", "light": "#FAF7F0"}


@dataclass(frozen=True)
class Entry:
    id: str
    cls: str
    module: str = "tests.pipeline.tiny"
    step: int | None = None


@dataclass(frozen=True)
class Beat:
    name: str
    start: int
    rest: int
    end: int
    narration: str
    line: str | None = None
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    id: str
    tex: str
    verdict: str


class TinyScene(Scene):
    title = "A square & a circle"
    lines = (Shown("inversion", tex(LINES["inversion"].tree), "proved"),)

    def __init__(self, renderer: Any = None, *, theme: str = "dark", **_: str) -> None:
        super().__init__(renderer)
        self.camera.background_color = COLOURS[theme]
        self.beats: list[Beat] = []
        self.on_rest: Callable[[str], None] | None = None
        self.under_way: str | None = None

    def beat(self, name: str, narration: str, *animations: Any, move: int = 6, rest: int = 24):
        start = self.beats[-1].end if self.beats else 0
        self.under_way = name
        self.play(*animations, run_time=(move - 0.5) / config.frame_rate)
        if self.on_rest:
            self.on_rest(name)
        self.wait((rest + 0.5) / config.frame_rate)
        ends = (start + move, start + move + rest)
        self.beats.append(Beat(name, start, *ends, narration, "inversion"))
        self.under_way = None


class Tiny(TinyScene):
    """Two beats: a square appears, then moves away from a circle."""

    def construct(self) -> None:
        square, circle = Square(color="#FFC65C", fill_opacity=1), Circle(color="#74B9FF")
        self.beat("appear", "A square appears.", FadeIn(square))
        self.add(circle)
        self.beat("part", "It leaves the circle.", square.animate.shift(3 * LEFT), rest=30)


class Other(TinyScene):
    """One beat."""

    def construct(self) -> None:
        self.beat("only", "A circle appears.", FadeIn(Circle().shift(RIGHT)))


class Long(TinyScene):
    """Thirty beats: time enough to be killed in."""

    def construct(self) -> None:
        square = Square()
        for n in range(30):
            self.beat(f"turn {n}", "It turns.", square.animate.rotate(0.1))


class Endless(TinyScene):
    """Is never done in the time a test takes."""

    def construct(self) -> None:
        square = Square()
        for n in range(1_000_000):
            self.beat(f"turn {n}", "It turns.", square.animate.rotate(0.1))


def breaking(square: Square, progress: float) -> None:
    if progress > 0.5:
        raise ArithmeticError("a line that is refuted")


class Raising(TinyScene):
    """Fails in the middle of its second beat."""

    def construct(self) -> None:
        square = Square()
        self.beat("appear", "A square appears.", FadeIn(square))
        self.beat("break", "It breaks.", UpdateFromAlphaFunc(square, breaking))


class Between(TinyScene):
    """Fails after its first beat, in none."""

    def construct(self) -> None:
        self.beat("appear", "A square appears.", FadeIn(Square()))
        raise ArithmeticError("no beat of mine")


class Miscounted(TinyScene):
    """Says that its beat is a frame longer than it is."""

    def construct(self) -> None:
        self.beat("only", "A circle appears.", FadeIn(Circle()))
        self.beats[-1] = Beat("only", 0, 6, 31, "A circle appears.")


class Loud(TinyScene):
    """Wants to be heard."""

    def construct(self) -> None:
        self.add_sound("ding.wav")


TINY, OTHER = Entry("tiny", "Tiny"), Entry("other", "Other")
LONG, ENDLESS = Entry("long", "Long"), Entry("endless", "Endless")
RAISING, BETWEEN = Entry("raising", "Raising"), Entry("between", "Between")
MISCOUNTED = Entry("miscounted", "Miscounted")
