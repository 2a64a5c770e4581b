"""A scene as beats: named thoughts, in whole frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from manim import Animation, Scene, Wait, config

from scenes.narration import narration
from scenes.theme import THEMES


@dataclass(frozen=True)
class Beat:
    """A named thought of a film, in whole frames: it moves from ``start``, rests from ``rest`` to
    ``end``. ``line`` is the derivation's line on the stage at the end, if one is. ``numbers`` are
    what its narration says of the data, whatever the language."""

    name: str
    start: int
    rest: int
    end: int
    narration: str
    line: str | None
    numbers: dict[str, float]


class BeatScene(Scene):
    """A scene that counts its frames, and rests after each beat for as long as its words take.

    Raises :class:`KeyError` for a theme that is not there.
    """

    id: ClassVar[str]

    def __init__(
        self, renderer: Any = None, *, theme: str = "dark", language: str = "en", **kwargs: Any
    ) -> None:
        super().__init__(renderer, **kwargs)
        self.say = narration(language)
        self.theme = replace(THEMES[theme], numerals=self.say.numerals)
        self.beats: list[Beat] = []
        self.on_rest: Callable[[str], None] | None = None
        """Called with a beat's name when its rest begins: for stills and for checks."""
        self.frame = 0
        self.read_by = 0
        """The frame up to which what came last is to stand, so that it can be read."""
        self.under_way: str | None = None
        """The beat that is being played; it stays when the scene fails in it."""

    @property
    def line_in_force(self) -> str | None:
        """The id of the line that the viewer is looking at, if there is one."""
        return None

    def play(self, *animations: Any, seconds: float | None = None, **kwargs: Any) -> None:
        """Play ``animations`` together, for a whole number of frames.

        All take the same time: ``seconds``, or the longest of their own run times.
        """
        prepared = self.compile_animations(*animations, **kwargs)
        wanted = max(a.run_time for a in prepared) if seconds is None else seconds
        frames = max(1, round(wanted * config.frame_rate))
        # Half a frame less, so that Manim's count of time steps cannot round up to one more; for a
        # wait in which nothing moves, which it counts by truncation, half a frame more.
        half = 0.5 if self._holds_still(prepared) else -0.5
        super().play(*prepared, run_time=(frames + half) / config.frame_rate)
        self.frame += frames

    def let_it_be_read(self) -> None:
        """Wait for as long as what came last is to stand."""
        if self.frame < self.read_by:
            self.wait((self.read_by - self.frame) / config.frame_rate)

    def _holds_still(self, animations: list[Animation]) -> bool:
        """Whether Manim will draw but one frame of these, as it does of a wait."""
        (first, *others), before = animations, self.animations
        if others or not isinstance(first, Wait):
            return False
        self.animations = [first]
        still = not self.should_update_mobjects()
        self.animations = before
        return still

    @contextmanager
    def beat(self, name: str, **numbers: float) -> Iterator[None]:
        """A named thought: what is played inside moves, then the picture rests for its narration.

        The rest is as long as reading the narration aloud takes beyond the movement, and never
        shorter than the theme's ``settle``, nor than what came last is to stand. ``numbers`` fill
        the narration in.
        """
        start, pace = self.frame, self.theme.durations
        self.under_way = name
        yield
        if self.on_rest:
            self.on_rest(name)
        text = self.say("scenes", self.id, "beats", name, **numbers)
        rate = config.frame_rate
        reading = start + round(len(text) / pace.characters_per_second * rate)
        rest = self.frame
        frames = max(reading, self.read_by, rest + round(pace.settle * rate)) - rest
        self.wait(frames / rate)
        line = self.line_in_force
        self.beats.append(Beat(name, start, rest, self.frame, text, line, numbers))
        self.under_way = None
