"""The ledger: the lines above the stage that were kept, each with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from manim import FadeIn, FadeOut, Mobject, Transform

from dpo_math import notation as n
from dpo_math.derivation import Line
from scenes import choreography
from scenes.beats import BeatScene
from scenes.equation import Equation
from scenes.motion import motion_in
from scenes.paths import Actor
from scenes.staging import Filed, Staging


class Ledger:
    """As many of the lines that were kept last as have room there; the newest stands lowest."""

    def __init__(self, scene: BeatScene, staging: Staging) -> None:
        self._scene, self._staging = scene, staging
        self._entries: list[Filed] = []
        self._filed: list[Line] = []
        """The lines that were ever put here, by when they last were."""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Filed]:
        """The lines that are there, from the top down."""
        return iter(self._entries)

    def __contains__(self, line: Line) -> bool:
        return any(entry.line is line for entry in self._entries)

    def saying(self, tree: n.Node) -> Filed | None:
        """The line there that says ``tree``, if there is one."""
        return next((entry for entry in self._entries if entry.line.tree is tree), None)

    def is_newest(self, line: Line) -> None:
        """Let a line count as the one that was put here last."""
        self._filed = [*(each for each in self._filed if each is not line), line]

    def file(
        self, line: Line, arriving: Callable[[Equation], list[Actor]], *going: Mobject
    ) -> None:
        """Put ``line`` at the end; the others move up, and the oldest goes.

        ``arriving`` says who brings it to its equation there. It gets its verdict when it is
        there; what else is ``going`` makes way.
        """
        old = {entry.line.id: entry for entry in self._entries}
        self.is_newest(line)
        kept = [*(entry.line for entry in self._entries if entry.line is not line), line]
        while len(risen := self._staging.stacked(kept)) < len(kept):
            kept.remove(next(each for each in self._filed if each in kept))
        *higher, newcomer = risen
        out = (entry for entry in self._entries if entry.line not in kept)
        gone = [*going, *(part for entry in out for part in entry.parts)]
        rising = [(old[entry.line.id], entry) for entry in higher]
        scene = self._scene
        scene.remove(*(a.equation for a, _ in rising))
        motions = [
            *(motion_in(scene, choreography.carried, a.equation, b.equation) for a, b in rising),
            motion_in(scene, arriving, newcomer.equation),
        ]
        whole, late = choreography.WHOLE.progress, choreography.LATE.progress
        scene.play(
            *motions,
            *(Transform(a.verdict, b.verdict, rate_func=whole) for a, b in rising),
            FadeIn(newcomer.verdict, rate_func=late),
            *(FadeOut(part, rate_func=choreography.AT_ONCE.progress) for part in gone),
            seconds=scene.theme.durations.lift,
        )
        scene.remove(*(motion.marks for motion in motions), *(a.verdict for a, _ in rising))
        self._entries = risen
        scene.add(*(part for entry in risen for part in entry.parts))

    def taken(self) -> list[Mobject]:
        """All that is there, which is to go."""
        entries, self._entries = self._entries, []
        return [part for entry in entries for part in entry.parts]
