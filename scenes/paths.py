"""The ways of marks: when each sets out, and along which path, so that none runs through another.

Who goes where is settled before (:mod:`scenes.choreography`); here is only geometry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from manim import VMobject

from scenes.equation import Outline
from scenes.typesetting import Points

Floats = npt.NDArray[np.float64]


def ease(alpha: Floats | float) -> Floats | float:
    """Smootherstep: no speed and no acceleration at either end."""
    t: Floats | float = np.clip(alpha, 0.0, 1.0)
    return t * t * t * (10 + t * (6 * t - 15))


class Window(NamedTuple):
    """A part of an animation, as fractions of its run time."""

    start: float
    end: float

    def progress(self, alpha: float) -> float:
        """How far what happens in this window is, eased in and out."""
        return float(ease((alpha - self.start) / (self.end - self.start)))

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

    def offset(self, along: float, travel: Points) -> Floats:
        """What to add to the point ``along`` the straight line."""
        swing = 4 * along * (1 - along) * np.array(self.bow)
        if self.first is None:
            return swing
        early, late = ease(along / 0.7), ease((along - 0.3) / 0.7)
        lead = (early, late) if self.first == "x" else (late, early)
        return swing + (np.array(lead) - along) * travel[:2]

    @property
    def cost(self) -> float:
        """What the detour itself costs, in square frame units of overlap."""
        return 0.02 * float(np.abs(self.bow).sum()) + (0.01 if self.first else 0.0)


STRAIGHT = Path()


@dataclass(frozen=True)
class Actor:
    """One mark on its way: from outline to outline and opacity to opacity, within its window."""

    start: Outline
    end: Outline
    window: Window
    opacities: tuple[float, float] = (1.0, 1.0)
    fade: Window | None = None
    """When the opacity changes, if not along with the way."""
    path: Path = STRAIGHT
    company: str = ""
    """Marks of one company keep together, whatever their displacements."""

    @property
    def travel(self) -> Points:
        return centre(self.end) - centre(self.start)

    def opacity(self, alpha: float) -> float:
        shown = (self.fade or self.window).progress(alpha)
        along = self.window.progress(alpha)
        plain = (1 - shown) * self.opacities[0] + shown * self.opacities[1]
        return plain * (1 - 4 * along * (1 - along) * self.path.dip)

    def boxes(self, path: Path) -> Floats:
        """Its box (left, bottom, right, top) at each of the :data:`SAMPLES`."""
        start, end, travel = box(self.start), box(self.end), self.travel
        rows = []
        for alpha in SAMPLES:
            along = self.window.progress(alpha)
            offset = path.offset(along, travel)
            rows.append((1 - along) * start + along * end + np.tile(offset, 2))
        return np.array(rows)


SAMPLES = tuple(np.linspace(0.0, 1.0, 25))
COHESION = 0.4
"""How much the displacements of neighbours in one convoy may differ, in frame units."""
NUDGE = 0.5
"""A displacement shorter than this is always straight."""
SEEN = 0.3
"""Below this opacity a mark does not disturb another that it passes."""
UNAVOIDABLE = 0.2
"""With more overlap than this, in square frame units over all samples, a mark dips on its way."""


def with_paths(actors: list[Actor]) -> list[Actor]:
    """Choose paths: marks that travel together keep together, and the slower are planned first."""
    planned: list[Actor] = []
    order: list[int] = []
    for members in sorted(_convoys(actors), key=lambda group: _speed(actors[group[0]])):
        convoy = [actors[i] for i in members]
        planned.extend(_routed(convoy, planned))
        order.extend(members)
    return [actor for _, actor in sorted(zip(order, planned, strict=True), key=lambda p: p[0])]


def _routed(convoy: list[Actor], others: list[Actor]) -> list[Actor]:
    if not others or _speed(convoy[0]) < NUDGE:
        return convoy
    scene = _Crowd(others)
    costs = [(scene.overlap(convoy, path) + path.cost, path) for path in _choices(convoy)]
    cost, path = min(costs, key=lambda choice: choice[0])
    if cost - path.cost > UNAVOIDABLE:
        path = replace(path, dip=1 - SEEN)
    return [replace(actor, path=path) for actor in convoy]


def _choices(convoy: list[Actor]) -> Iterator[Path]:
    yield STRAIGHT
    yield Path(first="x")
    yield Path(first="y")
    for height in (0.5, 0.8, 1.1, 1.5):
        yield Path(bow=(0.0, height))
        yield Path(bow=(0.0, -height))


class _Crowd:
    """Marks whose ways are settled: their boxes and whether they are seen, at every sample."""

    def __init__(self, actors: list[Actor]) -> None:
        self._boxes = np.stack([actor.boxes(actor.path) for actor in actors])
        self._seen = _visibility(actors)

    def overlap(self, convoy: list[Actor], path: Path) -> float:
        """Square frame units of overlap, summed over the samples.

        Marks that touch at the beginning or the end belong together and do not count.
        """
        boxes = np.stack([actor.boxes(path) for actor in convoy])
        low = np.maximum(boxes[:, None, :, :2], self._boxes[None, :, :, :2])
        high = np.minimum(boxes[:, None, :, 2:], self._boxes[None, :, :, 2:])
        area = np.clip(high - low, 0.0, None).prod(axis=-1)
        area[(area[..., 0] > 0) | (area[..., -1] > 0)] = 0.0
        both = _visibility(convoy)[:, None] & self._seen[None]
        return float((area * both).sum())


def _visibility(actors: list[Actor]) -> npt.NDArray[np.bool_]:
    return np.array([[actor.opacity(alpha) > SEEN for alpha in SAMPLES] for actor in actors])


def _speed(actor: Actor) -> float:
    return float(np.linalg.norm(actor.travel))


def _convoys(actors: list[Actor]) -> list[list[int]]:
    """The indices of marks that travel together: neighbours in the formula, at the same time, with
    nearly the same displacement (a formula that grows pulls its marks apart a little)."""
    convoys: list[list[int]] = []
    for number, actor in enumerate(actors):
        near = (c for c in reversed(convoys[-4:]) if _together(actors[c[-1]], actor))
        convoy = next(near, None)
        if convoy is None:
            convoys.append([number])
        else:
            convoy.append(number)
    return convoys


def _together(one: Actor, other: Actor) -> bool:
    if one.company or other.company:
        return one.company == other.company
    apart = float(np.linalg.norm(one.travel - other.travel))
    same = (one.window, one.opacities) == (other.window, other.opacities)
    return same and apart < COHESION


def box(mark: VMobject) -> Floats:
    """Left, bottom, right, top."""
    low, high = mark.points.min(axis=0), mark.points.max(axis=0)
    return np.array([low[0], low[1], high[0], high[1]])


def centre(mark: VMobject) -> Points:
    """The middle of a mark's box."""
    return np.asarray((mark.points.min(axis=0) + mark.points.max(axis=0)) / 2)
