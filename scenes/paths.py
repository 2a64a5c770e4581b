"""The ways of marks: when each sets out, and along which path, so that none runs through another.

Who goes where is settled before (:mod:`scenes.choreography`); here is only geometry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from manim import Mobject, VMobject

from scenes.typesetting import Points

Floats = npt.NDArray[np.float64]


def ease(alpha: Floats) -> Floats:
    """Smootherstep: no speed and no acceleration at either end."""
    t: Floats = np.clip(alpha, 0.0, 1.0)
    return np.asarray(t * t * t * (10 + t * (6 * t - 15)))


class Window(NamedTuple):
    """A part of an animation, as fractions of its run time."""

    start: float
    end: float

    def progress(self, alpha: float) -> float:
        """How far what happens in this window is, eased in and out."""
        return float(self.progresses(np.array(alpha)))

    def progresses(self, alphas: Floats) -> Floats:
        """:meth:`progress` at each of ``alphas``."""
        return ease((alphas - self.start) / (self.end - self.start))

    def holds(self, alphas: Floats, ramp: float) -> Floats:
        """1 within the window and 0 outside, with eased ramps before and after it."""
        rising, falling = (alphas - self.start) / ramp + 1, (self.end - alphas) / ramp + 1
        return np.asarray(ease(rising) * ease(falling))

    def later(self, delay: float) -> Window:
        """The window with a later start, if that leaves it half its length."""
        return Window(min(self.start + delay, (self.start + self.end) / 2), self.end)


@dataclass(frozen=True)
class Path:
    """How a way leaves the straight line.

    ``bow`` is how far it swings out at half way, in frame units; ``first`` makes it go along one
    axis before the other; ``dip`` is how much of its opacity a mark loses at half way, for ways
    that cannot but lead through something.
    """

    bow: tuple[float, float] = (0.0, 0.0)
    first: Literal["x", "y"] | None = None
    dip: float = 0.0

    def offset(self, along: npt.ArrayLike, travel: Points) -> Floats:
        """What to add to the points ``along`` the straight line: shape (…, 2).

        ``travel`` is the way from start to end: shape (…, 2) or (…, 3).
        """
        along = np.asarray(along, dtype=np.float64)
        swing = 4 * (along * (1 - along))[..., None] * np.array(self.bow)
        if self.first is None:
            return np.asarray(swing)
        early, late = ease(along / 0.7), ease((along - 0.3) / 0.7)
        lead = (early, late) if self.first == "x" else (late, early)
        return np.asarray(swing + (np.stack(lead, axis=-1) - along[..., None]) * travel[..., :2])

    @property
    def cost(self) -> float:
        """What the detour itself costs, in square frame units of overlap."""
        return 0.02 * float(np.abs(self.bow).sum()) + (0.01 if self.first else 0.0)


STRAIGHT = Path()


@dataclass(frozen=True)
class Actor:
    """One mark on its way: from outline to outline and opacity to opacity, within its window.

    The outlines stay as they are; what moves is a copy.
    """

    start: VMobject
    end: VMobject
    window: Window
    opacities: tuple[float, float] = (1.0, 1.0)
    fade: Window | None = None
    """When the opacity changes, if not along with the way."""
    path: Path = STRAIGHT
    company: str = ""
    """Marks of one company keep together, whatever their displacements."""
    steady: bool = False
    """Marks that go straight, whatever is there: brackets, and what grows."""
    ducks: tuple[Window, ...] = ()
    """When it is hardly seen, for it passes something."""

    @cached_property
    def travel(self) -> Points:
        return centre(self.end) - centre(self.start)

    def opacity(self, alpha: float) -> float:
        return float(self.opacities_at(np.array(alpha)))

    def opacities_at(self, alphas: Floats) -> Floats:
        """:meth:`opacity` at each of ``alphas``."""
        shown = (self.fade or self.window).progresses(alphas)
        along = self.window.progresses(alphas)
        plain = (1 - shown) * self.opacities[0] + shown * self.opacities[1]
        seen = plain * (1 - 4 * along * (1 - along) * self.path.dip)
        for duck in self.ducks:
            seen = seen * (1 - DUCKED * duck.holds(alphas, EARLY))
        return np.asarray(seen)

    def boxes(self, path: Path, alphas: Floats | None = None) -> Floats:
        """Its box (left, bottom, right, top) at each of ``alphas``, or of the :data:`SAMPLES`."""
        along = self.window.progresses(SAMPLES if alphas is None else alphas)
        offset = path.offset(along, self.travel)
        straight = np.outer(1 - along, box(self.start)) + np.outer(along, box(self.end))
        return np.asarray(straight + np.tile(offset, 2))


ALWAYS = Window(0.0, 1.0)
DUCKED = 0.75
"""How much of its opacity a mark loses while it ducks."""
EARLY = 0.06
"""How long before and after it begins and ceases to, as a fraction of the run time."""
SAMPLES: Floats = np.linspace(0.0, 1.0, 25)
COHESION = 0.4
"""How much the displacements of neighbours in one convoy may differ, in frame units."""
NUDGE = 0.5
"""A displacement shorter than this is always straight."""
SEEN = 0.3
"""Below this opacity a mark does not disturb another that it passes."""
UNAVOIDABLE = 0.2
"""With more overlap than this, in square frame units over all samples, a mark dips on its way."""


CLEARANCE = 0.05
"""How near to another a mark may pass, in frame units."""
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
    for convoy in ordered:
        crowd.route(convoy, settled)
        settled += convoy
    for convoy in AGAIN * ordered:
        crowd.route(convoy, [number for number in settled if number not in convoy])
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
        self._seen = np.stack([_is_seen(actor) for actor in self.actors])
        self._seen_straight = np.stack([_is_seen(replace(a, path=STRAIGHT)) for a in self.actors])
        self._moving = np.stack([is_moving(actor) for actor in self.actors])
        steady = np.array([[actor.steady] for actor in self.actors])
        self._sliding = steady & self._moving
        """When each goes straight whatever is there: then it gives way itself."""

    def route(self, members: list[int], others: list[int]) -> None:
        """Let a convoy choose the path that runs through least of ``others``."""
        convoy = [replace(self.actors[i], path=STRAIGHT) for i in members]
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
        for i in members:
            self.actors[i] = replace(self.actors[i], path=path)
            self._seen[i] = _is_seen(self.actors[i])

    def _boxes_on(self, path: Path, members: list[int]) -> Floats:
        """:meth:`Actor.boxes` of ``members``: shape (members, samples, 4)."""
        offsets = path.offset(self._along[members], self._travels[members])
        return np.asarray(self._straight[members] + np.tile(offsets, 2))

    def _overlap(
        self, members: list[int], path: Path, others: list[int], clearance: float = 0.0
    ) -> float:
        """Square frame units of overlap, summed over the samples at which the convoy is on its way.

        Marks that touch at the beginning or the end belong together and do not count. What runs
        into a term and is gone there is judged for all of its way but the term itself.
        """
        convoy = [self.actors[i] for i in members]
        mine = self._boxes_on(path, members) + clearance * np.array([-1.0, -1.0, 1.0, 1.0])
        others = _swept_by(mine, self._boxes, others)
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


def _swept_by(boxes: Floats, all_boxes: Floats, some: list[int]) -> list[int]:
    """Which of ``some`` come at any time where any of ``boxes`` comes at any time."""
    left, bottom = boxes[..., :2].min(axis=(0, 1))
    right, top = boxes[..., 2:].max(axis=(0, 1))
    theirs = all_boxes[some]
    low, high = theirs[..., :2].min(axis=1), theirs[..., 2:].max(axis=1)
    apart = (low >= (right, top)).any(axis=1) | (high <= (left, bottom)).any(axis=1)
    return [number for number, far in zip(some, apart, strict=True) if not far]


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


def is_moving(actor: Actor, alphas: Floats | None = None) -> npt.NDArray[np.bool_]:
    """Whether it is on its way, at each of ``alphas``, or of the :data:`SAMPLES`."""
    times = SAMPLES if alphas is None else alphas
    return np.asarray((actor.window.start < times) & (actor.window.end > times))


def _vanishes(convoy: list[Actor]) -> bool:
    return not any(actor.opacities[1] for actor in convoy)


def _is_seen(actor: Actor) -> npt.NDArray[np.bool_]:
    """Whether it disturbs what it passes, at every sample."""
    return np.asarray(actor.opacities_at(SAMPLES) > SEEN)


def _is_steady(convoy: list[Actor]) -> bool:
    return all(actor.steady for actor in convoy)


def _speed(actor: Actor) -> float:
    return float(np.linalg.norm(actor.travel))


def convoys(actors: list[Actor]) -> list[list[int]]:
    """The indices of marks that travel together: those of one company, and those that go at the
    same time with nearly the same displacement as another of the convoy (a formula that grows
    pulls its marks apart a little)."""
    found: list[list[int]] = []
    for number, actor in enumerate(actors):
        joined = [c for c in found if any(_together(actors[i], actor) for i in c)]
        found = [c for c in found if c not in joined]
        found.append([*(i for c in joined for i in c), number])
    return found


def _together(one: Actor, other: Actor) -> bool:
    if one.company and one.company == other.company:
        return True
    apart = float(np.linalg.norm(one.travel - other.travel))
    return one.window == other.window and apart < COHESION


def box(mark: VMobject) -> Floats:
    """Left, bottom, right, top."""
    low, high = mark.points.min(axis=0), mark.points.max(axis=0)
    return np.array([low[0], low[1], high[0], high[1]])


def centre(mark: VMobject) -> Points:
    """The middle of a mark's box."""
    return np.asarray((mark.points.min(axis=0) + mark.points.max(axis=0)) / 2)
