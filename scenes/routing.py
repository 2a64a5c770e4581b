"""Which way each mark takes, so that none runs through another.

Marks that travel together choose one path; the slower choose first, and each once more when all
others have theirs. Many do not go out of the way of few, nor what was there of what comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from manim import Mobject, VMobject

from scenes.paths import ALWAYS, SAMPLES, SEEN, STRAIGHT, Actor, Floats, Path, convoys, is_moving

NUDGE = 0.5
"""A displacement shorter than this is always straight."""
UNAVOIDABLE = 0.2
"""With more overlap than this, in square frame units over all samples, a mark dips on its way."""
CLEARANCE = 0.05
"""How near to another a mark may pass, in frame units."""
FEW = 0.5
"""A convoy of less than this share of another's marks goes around it, not the other around it."""
AGAIN = 2
"""How often each convoy chooses its path again, once all others have theirs."""


def with_paths(actors: list[Actor], standing: Iterable[Mobject] = ()) -> list[Actor]:
    """Choose paths: marks that travel together keep together, and the slower choose first.

    They go around the marks of what is ``standing`` beside the formula, too.
    """
    if not actors:
        return []
    around = (mark for thing in standing for mark in thing.get_family())
    marks = (mark for mark in around if isinstance(mark, VMobject) and mark.has_points())
    crowd = _Crowd(actors, [Actor(mark, mark, ALWAYS) for mark in marks])
    settled = list(range(len(actors), len(crowd.actors)))
    ordered = sorted(convoys(actors), key=lambda group: _speed(actors[group[0]]))
    together = {number: len(convoy) for convoy in ordered for number in convoy}

    def minded(convoy: list[int]) -> list[int]:
        """Whom it goes around, of those who have their paths: not few, nor what only comes."""
        few = FEW * len(convoy)
        others = [i for i in settled if i not in convoy and together.get(i, len(convoy)) >= few]
        if any(actors[i].opacities == (0.0, 1.0) for i in convoy):
            return others
        return [i for i in others if crowd.actors[i].opacities[0] > 0]

    for convoy in ordered:
        crowd.route(convoy, minded(convoy))
        settled += convoy
    for convoy in AGAIN * ordered:
        crowd.route(convoy, minded(convoy))
    return crowd.actors[: crowd.travelling]


def _choices(convoy: list[Actor]) -> Iterator[Path]:
    yield STRAIGHT
    if _is_steady(convoy):
        return
    yield Path(first="x")
    yield Path(first="y")
    for height in (0.4, 0.6, 0.8, 1.0, 1.2, 1.5):
        yield Path(bow=(0.0, height))
        yield Path(bow=(0.0, -height))


class _Crowd:
    """Marks on their ways, then marks that stand: their boxes and whether they are seen, at every
    sample."""

    def __init__(self, actors: list[Actor], standing: list[Actor]) -> None:
        self.actors, self.travelling = [*actors, *standing], len(actors)
        self._along = np.stack([actor.window.progresses(SAMPLES) for actor in self.actors])
        self._travels = np.stack([actor.travel[None, :2] for actor in self.actors])
        self._straight = np.stack([actor.boxes(STRAIGHT) for actor in self.actors])
        self._boxes = np.stack([actor.boxes(actor.path) for actor in self.actors])
        self._sweeps = _sweeps(self._boxes)
        self._seen = np.stack([_is_seen(actor) for actor in self.actors])
        self._seen_straight = np.stack([_is_seen(a.with_path(STRAIGHT)) for a in self.actors])
        self._moving = np.stack([is_moving(actor) for actor in self.actors])
        steady = np.array([[actor.steady] for actor in self.actors])
        self._sliding = steady & self._moving
        """When each goes straight whatever is there: then it gives way itself."""

    def route(self, members: list[int], others: list[int]) -> None:
        """Let a convoy choose the path that runs through least of ``others``."""
        convoy = [self.actors[i].with_path(STRAIGHT) for i in members]
        if not others or _speed(convoy[0]) < NUDGE:
            return
        costs = {
            path: self._overlap(members, path, others, CLEARANCE) + path.cost
            for path in _choices(convoy)
        }
        path = min(costs, key=lambda path: costs[path])
        on_their_way = [i for i in others if i < self.travelling]
        if not _vanishes(convoy) and self._overlap(members, path, on_their_way) > UNAVOIDABLE:
            path = replace(path, dip=1 - SEEN)
        self._boxes[members] = self._boxes_on(path, members)
        self._sweeps[members] = _sweeps(self._boxes[members])
        for i in members:
            self.actors[i] = self.actors[i].with_path(path)
            self._seen[i] = _is_seen(self.actors[i])

    def _boxes_on(self, path: Path, members: list[int]) -> Floats:
        """:meth:`Actor.boxes` of ``members``: shape (members, samples, 4)."""
        offsets = path.offset(self._along[members], self._travels[members])
        return np.asarray(self._straight[members] + np.tile(offsets, 2))

    def _met(self, boxes: Floats, some: list[int]) -> list[int]:
        """Which of ``some`` come at any time where any of ``boxes`` comes at any time."""
        left, bottom, right, top = _around(_sweeps(boxes))
        theirs = self._sweeps[some]
        meets = (theirs[:, :2] < (right, top)).all(axis=1)
        meets &= (theirs[:, 2:] > (left, bottom)).all(axis=1)
        return [some[i] for i in np.flatnonzero(meets).tolist()]

    def _overlap(
        self, members: list[int], path: Path, others: list[int], clearance: float = 0.0
    ) -> float:
        """Square frame units of overlap, summed over the samples at which the convoy is on its way.

        Marks that touch at the beginning or the end belong together and do not count. What runs
        into a term and is gone there is judged for all of its way but the term itself.
        """
        convoy = [self.actors[i] for i in members]
        mine = self._boxes_on(path, members) + clearance * np.array([-1.0, -1.0, 1.0, 1.0])
        others = self._met(mine, others)
        if not others:
            return 0.0
        area = _common_area(mine[:, None], self._boxes[others])
        start, end = area[..., 0] > 0, area[..., -1] > 0
        seen = self._seen_straight[members]
        if _vanishes(convoy):
            arrival = int(np.argmin(np.abs(SAMPLES - convoy[0].window.end)))
            seen[:], end[:] = True, (area[..., arrival] > 0).any(axis=0)
        area[start | end] = 0.0
        seen &= self._moving[members]
        there = self._seen[others]
        if not _is_steady(convoy):
            there = there & ~self._sliding[others]
        return float((area * (seen[:, None] & there[None])).sum())


def _sweeps(boxes: Floats) -> Floats:
    """The box around all samples of each mark: shape (marks, 4)."""
    return np.hstack([boxes[..., :2].min(axis=1), boxes[..., 2:].max(axis=1)])


def _around(boxes: Floats) -> Floats:
    """The box around boxes of shape (n, 4)."""
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _common_area(some: Floats, others: Floats) -> Floats:
    """The area that boxes (left, bottom, right, top) have in common."""
    across, up = (
        np.clip(
            np.minimum(some[..., axis + 2], others[..., axis + 2])
            - np.maximum(some[..., axis], others[..., axis]),
            0.0,
            None,
        )
        for axis in (0, 1)
    )
    return np.asarray(across * up)


def _vanishes(convoy: list[Actor]) -> bool:
    return not any(actor.opacities[1] for actor in convoy)


def _is_seen(actor: Actor) -> npt.NDArray[np.bool_]:
    """Whether it disturbs what it passes, at every sample."""
    return np.asarray(actor.opacities_at(SAMPLES) > SEEN)


def _is_steady(convoy: list[Actor]) -> bool:
    return all(actor.steady for actor in convoy)


def _speed(actor: Actor) -> float:
    return float(np.linalg.norm(actor.travel))
