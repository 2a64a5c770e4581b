"""Where all marks of a motion are, and how much is seen of them, at any moment of it.

A motion has eighty marks and more, and each frame needs all of them: they are posed together, as
arrays with a row for every actor or for every point, at a twentieth of the cost of one after the
other (0.2 instead of 4 ms a frame). Each number comes out as :class:`~scenes.paths.Actor` says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from manim import VMobject

from scenes.paths import DUCKED, EARLY, Actor, Floats, ease
from scenes.shapes import Points

Indices = npt.NDArray[np.intp]


class Poses:
    """The outlines of actors between their starts and their ends.

    ``marks`` are the mobjects to be posed, in the order of the actors: copies of their starts.
    """

    def __init__(self, actors: Sequence[Actor]) -> None:
        pairs = [_aligned(actor) for actor in actors]
        self.marks = [start.copy() for start, _ in pairs]
        self._points = _Blend([(start.points, end.points) for start, end in pairs])
        self._colours = _Blend([(start.fill_rgbas, end.fill_rgbas) for start, end in pairs])
        self._ways, self._shades = _Ways(actors), _Shades(actors)

    def strike(self, alpha: float) -> None:
        """Pose the marks as they are at ``alpha``, between 0 and 1."""
        if not self.marks:
            return
        along = self._ways.along(alpha)
        points = self._points.at(along)
        if not self._ways.are_straight:
            points[:, :2] += self._points.by_row(self._ways.offsets(along))
        rgbas = self._colours.at(along)
        rgbas[:, 3] *= self._colours.by_row(self._shades.at(alpha, along))
        parts = zip(self._points.parts(points), self._colours.parts(rgbas), strict=True)
        for mark, (outline, colour) in zip(self.marks, parts, strict=True):
            mark.points, mark.fill_rgbas = outline, colour


def _aligned(actor: Actor) -> tuple[VMobject, VMobject]:
    """Its outlines over the same number of points."""
    start, end = actor.start, actor.end
    if len(start.points) != len(end.points):
        start, end = start.copy(), end.copy()
        start.align_points(end)
    return start, end


class _Blend:
    """Rows of all actors on the way from one array to another, each actor's as far as it is.

    What is the same at both ends stays so to the last bit, and so is not drawn again.
    """

    def __init__(self, pairs: Sequence[tuple[Points, Points]]) -> None:
        self._lengths = np.array([len(start) for start, _ in pairs], dtype=np.intp)
        self._start = np.concatenate([start for start, _ in pairs]) if pairs else np.empty(0)
        end = np.concatenate([end for _, end in pairs]) if pairs else np.empty(0)
        self._way = end - self._start
        edges = np.cumsum([0, *self._lengths]).tolist()
        self._slices = [slice(*edge) for edge in pairwise(edges)]

    def by_row(self, values: Floats) -> Floats:
        """What is said of each actor, said of each of its rows."""
        return np.repeat(values, self._lengths, axis=0)

    def at(self, along: Floats) -> Floats:
        rows = self.by_row(along)[:, None] * self._way
        rows += self._start
        return np.asarray(rows)

    def parts(self, rows: Floats) -> Iterator[Floats]:
        """Each actor's own rows."""
        return (rows[part] for part in self._slices)


class _Ways:
    """How far along its way every actor is, and how far off the straight line."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self._starts = np.array([actor.window.start for actor in actors])
        self._lengths = np.array([actor.window.end - actor.window.start for actor in actors])
        self._bows = np.array([actor.path.bow for actor in actors])
        firsts = [(i, actor) for i, actor in enumerate(actors) if actor.path.first]
        self._around: Indices = np.array([i for i, _ in firsts], dtype=np.intp)
        self._travels = np.array([actor.travel[:2] for _, actor in firsts])
        self._along_x = np.array([[actor.path.first == "x"] for _, actor in firsts])
        self.are_straight = not firsts and not self._bows.any()

    def along(self, alpha: float) -> Floats:
        return ease((alpha - self._starts) / self._lengths)

    def offsets(self, along: Floats) -> Floats:
        """:meth:`Path.offset <scenes.paths.Path.offset>` of every actor: shape (actors, 2)."""
        offsets = 4 * (along * (1 - along))[:, None] * self._bows
        if self._around.size:
            part = along[self._around]
            early, late = ease(part / 0.7), ease((part - 0.3) / 0.7)
            leads = np.where(
                self._along_x, np.stack([early, late], axis=1), np.stack([late, early], axis=1)
            )
            offsets[self._around] += (leads - part[:, None]) * self._travels
        return np.asarray(offsets)


class _Shades:
    """How much is seen of every actor."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        fades = [actor.fade or actor.window for actor in actors]
        self._starts = np.array([fade.start for fade in fades])
        self._lengths = np.array([fade.end - fade.start for fade in fades])
        self._before, after = np.array([a.opacities for a in actors]).reshape(-1, 2).T
        self._rise = after - self._before
        self._dips = np.array([actor.path.dip for actor in actors])
        most = max((len(actor.ducks) for actor in actors), default=0)
        self._ducks = [_Ducks(actors, turn) for turn in range(most)]

    def at(self, alpha: float, along: Floats) -> Floats:
        shown = ease((alpha - self._starts) / self._lengths)
        plain: Floats = self._before + shown * self._rise
        left: Floats = 1 - 4 * along * (1 - along) * self._dips
        for ducks in self._ducks:
            left[ducks.actors] = np.minimum(left[ducks.actors], ducks.left(alpha))
        return np.asarray(plain * left)


class _Ducks:
    """The actors that duck once more, and when they do."""

    def __init__(self, actors: Sequence[Actor], turn: int) -> None:
        ducking = [
            (i, actor.ducks[turn]) for i, actor in enumerate(actors) if turn < len(actor.ducks)
        ]
        self.actors: Indices = np.array([i for i, _ in ducking], dtype=np.intp)
        self._starts = np.array([duck.start for _, duck in ducking])
        self._ends = np.array([duck.end for _, duck in ducking])

    def left(self, alpha: float) -> Floats:
        """The share of their opacity that they keep: :meth:`Window.holds`."""
        rising, falling = (alpha - self._starts) / EARLY + 1, (self._ends - alpha) / EARLY + 1
        return np.asarray(1 - DUCKED * (ease(rising) * ease(falling)))
