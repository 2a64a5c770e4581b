"""The ways of marks: when each sets out, along which path, and how much is seen of it.

Who goes where is settled before (:mod:`scenes.choreography`), and which path it takes after
(:mod:`scenes.routing`); here is only geometry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from manim import VMobject

from scenes.shapes import Points

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
        if alphas.ndim == 1:  # the same samples again and again
            return _progresses(self, alphas.tobytes())
        return ease((alphas - self.start) / (self.end - self.start))

    def holds(self, alphas: Floats, ramp: float) -> Floats:
        """1 within the window and 0 outside, with eased ramps before and after it."""
        rising, falling = (alphas - self.start) / ramp + 1, (self.end - alphas) / ramp + 1
        return np.asarray(ease(rising) * ease(falling))

    def later(self, delay: float) -> Window:
        """The window with a later start, if that leaves it half its length."""
        return Window(min(self.start + delay, (self.start + self.end) / 2), self.end)


@lru_cache(maxsize=4096)
def _progresses(window: Window, alphas: bytes) -> Floats:
    found = ease((np.frombuffer(alphas) - window.start) / (window.end - window.start))
    found.flags.writeable = False
    return found


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

    def with_path(self, path: Path) -> Actor:
        """The same on another path."""
        return self if path == self.path else self._but(path=path)

    def ducking(self, windows: Iterable[Window]) -> Actor:
        """The same, ducking in further windows."""
        return self._but(ducks=(*self.ducks, *windows))

    def _but(self, **changes: Any) -> Actor:
        """The same with changes, but not of its outlines: what is known of these is kept."""
        new = replace(self, **changes)
        vars(new).update({name: vars(self)[name] for name in KEPT if name in vars(self)})
        return new

    @cached_property
    def travel(self) -> Points:
        return centre(self.end) - centre(self.start)

    def opacity(self, alpha: float) -> float:
        return float(self.opacities_at(np.array(alpha)))

    def opacities_at(self, alphas: Floats) -> Floats:
        """:meth:`opacity` at each of ``alphas``."""
        shown = (self.fade or self.window).progresses(alphas)
        along = self.window.progresses(alphas)
        before, after = self.opacities
        plain = before + shown * (after - before)
        lost = [4 * along * (1 - along) * self.path.dip]
        lost += [DUCKED * duck.holds(alphas, EARLY) for duck in self.ducks]
        return np.asarray(plain * (1 - np.max(lost, axis=0)))

    def boxes(self, path: Path, alphas: Floats | None = None) -> Floats:
        """Its box (left, bottom, right, top) at each of ``alphas``, or of the :data:`SAMPLES`."""
        along = self.window.progresses(SAMPLES if alphas is None else alphas)
        start, end = self._ends
        straight = np.outer(1 - along, start) + np.outer(along, end)
        if path == STRAIGHT:
            return straight
        return np.asarray(straight + np.tile(path.offset(along, self.travel), 2))

    @cached_property
    def _ends(self) -> tuple[Floats, Floats]:
        return box(self.start), box(self.end)


KEPT = ("travel", "_ends")
"""What follows from an actor's outlines alone."""
ALWAYS = Window(0.0, 1.0)
DUCKED = 0.75
"""How much of its opacity a mark loses while it ducks."""
EARLY = 0.06
"""How long before and after it begins and ceases to, as a fraction of the run time."""
SAMPLES: Floats = np.linspace(0.0, 1.0, 25)
COHESION = 0.4
"""How much the displacements of neighbours in one convoy may differ, in frame units."""
SEEN = 0.3
"""Below this opacity a mark does not disturb another that it passes."""


def is_moving(actor: Actor, alphas: Floats | None = None) -> npt.NDArray[np.bool_]:
    """Whether it is on its way, at each of ``alphas``, or of the :data:`SAMPLES`."""
    times = SAMPLES if alphas is None else alphas
    return np.asarray((actor.window.start < times) & (actor.window.end > times))


def convoys(actors: list[Actor]) -> list[list[int]]:
    """The indices of marks that travel together: those of one company, and those that go at the
    same time with nearly the same displacement as another of the convoy (a formula that grows
    pulls its marks apart a little)."""
    found: list[list[int]] = []
    for number, row in enumerate(_together(actors).tolist()):
        joined = [convoy for convoy in found if any(row[i] for i in convoy)]
        found = [convoy for convoy in found if convoy not in joined]
        found.append([*(i for convoy in joined for i in convoy), number])
    return found


def _together(actors: list[Actor]) -> npt.NDArray[np.bool_]:
    """Which two of them do: shape (actors, actors)."""
    travels = np.array([actor.travel for actor in actors]).reshape(-1, 3)
    near = np.linalg.norm(travels[:, None] - travels, axis=-1) < COHESION
    windows = np.array([actor.window for actor in actors]).reshape(-1, 2)
    at_once = (windows[:, None] == windows).all(axis=-1)
    companies = np.array([actor.company for actor in actors])
    of_one = (companies[:, None] == companies) & (companies != "")
    return np.asarray(near & at_once | of_one)


def box(mark: VMobject) -> Floats:
    """Left, bottom, right, top."""
    low, high = mark.points.min(axis=0), mark.points.max(axis=0)
    return np.array([low[0], low[1], high[0], high[1]])


def centre(mark: VMobject) -> Points:
    """The middle of a mark's box."""
    return np.asarray((mark.points.min(axis=0) + mark.points.max(axis=0)) / 2)
