"""What stands under the line on the stage: the name of its move, then the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from manim import Animation, ApplyMethod, FadeIn, FadeOut, Mobject

from scenes import choreography
from scenes.beats import BeatScene
from scenes.furniture import VerdictMark, Words
from scenes.layout import Point
from scenes.paths import Window
from scenes.staging import takes_place


class Note:
    """A place under the line, in which one thing stands at a time: the old goes, the new comes."""

    def __init__(self, scene: BeatScene) -> None:
        self._scene = scene
        self._shown: Words | VerdictMark | None = None
        self._place: Point = (0.0, 0.0)

    def __bool__(self) -> bool:
        """Whether anything stands there."""
        return self._shown is not None

    def say(self, note: Words | VerdictMark, at: Point) -> None:
        """Let ``note``, which was set at this place, come up instead of what stands there."""
        self.go()
        self._shown, self._place = note, at
        self._scene.play(FadeIn(note), seconds=self._scene.theme.durations.note)

    def go(self) -> None:
        """Let what stands there go, if anything does."""
        for note in self.taken():
            self._scene.play(FadeOut(note), seconds=self._scene.theme.durations.note)

    def taken(self) -> list[Words | VerdictMark]:
        """What stands there, if anything does, once it has been read; it is to go."""
        if self._shown is None:
            return []
        self._scene.let_it_be_read()
        note, self._shown = self._shown, None
        return [note]

    def along(self, place: Point, window: Window = choreography.WHOLE) -> list[Animation]:
        """What stands there on its way to where it stands under a line that has moved."""
        if self._shown is None:
            return []
        way = np.array([*np.subtract(place, self._place), 0.0])
        self._place = place
        return [ApplyMethod(self._shown.shift, way, rate_func=window.progress)]

    def is_hidden_by(self, things: Iterable[Mobject]) -> bool:
        """Whether one of ``things`` takes the place of what stands there."""
        return self._shown is not None and any(takes_place(each, self._shown) for each in things)

    def qualify(self, words: Words) -> None:
        """Let words that are shown belong to what stands there: they go where it goes, and with it.

        Raises ValueError if nothing stands there.
        """
        if self._shown is None:
            raise ValueError("no verdict to qualify")
        self._shown.add(words)
