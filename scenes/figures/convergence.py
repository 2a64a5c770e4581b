"""Distances to a goal, step by step, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from manim import Circle, Line, VMobject

from dpo_math import notation as n
from dpo_math.statements import power_of_ten
from scenes.figures.figure import Figure, FigureError, Placed, Redraw, when_changed
from scenes.furniture import Words
from scenes.layout import Point, Room
from scenes.paths import Floats
from scenes.shapes import strokes
from scenes.theme import Role, Theme

GUTTER = 2.6
"""What the numbers on the left take up, in ems."""
HEAD = 0.065
"""The radius of the point at the end of a line."""
PITCH = 0.15
"""From one dash to the next along a dashed line, in frame units."""
DASH = 0.6
"""How much of that is drawn."""
FAINT = 0.25
"""How much is seen of a track that is not lit."""
EVERY = 3
"""Powers of ten from one level line to the next."""


@dataclass(frozen=True)
class Track:
    """Distances before each step and after the last, and how their line is drawn.

    A ``label`` is a text of ``label_role`` with ``symbols`` in it, which comes up under the end of
    the line with the last step.
    """

    distances: Sequence[float]
    role: Role
    dashed: bool = False
    label: str = ""
    label_role: Role = Role.BETA
    symbols: Mapping[str, n.Node] = field(default_factory=dict)


class Convergence(Figure):
    """Tracks from 1 down to a power of ten, over ``steps`` steps, by name.

    The number of a track is how many of its steps are shown; between two steps the line is straight
    on this axis. A track without a number is not there, and neither is one of which nothing is
    shown yet.

    Raises :class:`FigureError` for distances above 1 or below the ``lowest`` power, a track longer
    than ``steps``, and a number that is not from 0 to the track's last step.

    Example
    -------
    >>> track = Track(run.distances, Role.POLICY)
    >>> plot = Convergence(DARK, WIDE.plot, {"dpo": track}, steps=60, lowest=-9, unit="steps")
    >>> scene.play(plot.along(dpo=lambda along: along * (len(run.distances) - 1)))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        tracks: Mapping[str, Track],
        *,
        steps: int,
        lowest: int,
        unit: str,
    ) -> None:
        super().__init__(theme, room)
        for name, track in tracks.items():
            if not 10.0**lowest <= min(track.distances) <= max(track.distances) <= 1:
                raise FigureError(f"{name}: distances must be from 1e{lowest} to 1 on this axis")
            if len(track.distances) > steps + 1:
                raise FigureError(f"{name} has {len(track.distances) - 1} steps, more than {steps}")
        self.tracks, self.steps, self.lowest = dict(tracks), steps, lowest
        self.em = theme.type.label
        self.left, self.foot = room.left + GUTTER * self.em, room.bottom + 1.6 * self.em
        self._add_levels()
        self._add_steps(unit)
        self.trails = {
            name: Trail(self._line(track), self._head(track), track.dashed, self._label(track))
            for name, track in tracks.items()
        }
        self.add(*(trail.line for trail in self.trails.values()))
        self.add(*(trail.head for trail in self.trails.values()))
        self.add(*(trail.label for trail in self.trails.values() if trail.label))
        self.draw(lit=[1] * len(tracks))

    def light(self, *names: str) -> Redraw:
        """Light these tracks; all others grow faint."""
        return self.to(lit=[float(name in names) for name in self.tracks])

    def at(self, step: float, distance: float) -> Point:
        """Where a distance after so many steps stands."""
        across = step / self.steps * (self.room.right - self.left)
        down = math.log10(distance) / self.lowest * (self.room.top - self.foot)
        return self.left + across, self.room.top - down

    def check(self, name: str, value: Floats) -> None:
        if name == "lit":
            if value.shape != (len(self.tracks),) or value.min() < 0 or value.max() > 1:
                raise FigureError(f"lit must be from 0 to 1 for each track, is {value}")
            return
        if name not in self.tracks:
            raise FigureError(f"no track is called {name}; known: {', '.join(self.tracks)}")
        last = len(self.tracks[name].distances) - 1
        if value.shape != () or not 0 <= value <= last:
            raise FigureError(f"{name} goes from step 0 to step {last}, not to {value}")

    def redraw(self) -> None:
        for (name, track), lit in zip(self.tracks.items(), self.numbers["lit"], strict=True):
            if name not in self.numbers:
                continue
            steps, seen = float(self.numbers[name]), FAINT + (1 - FAINT) * float(lit)
            corners = [self.at(*point) for point in _walked(track.distances, steps)]
            arrived = max(0.0, 1 + steps - (len(track.distances) - 1))
            self.trails[name].show(corners, seen, seen * float(steps > 0), arrived)

    def sample(self, name: str, under: VMobject) -> VMobject:
        """A stroke like the line of a track, under what is the track's name elsewhere."""
        left, right = float(under.get_left()[0]), float(under.get_right()[0])
        y = float(under.get_bottom()[1]) - 0.35 * self.em
        line = self._line(self.tracks[name])
        line.points = _strokes([(left, y), (right, y)], self.tracks[name].dashed)
        return line

    def _add_levels(self) -> None:
        for exponent in range(0, self.lowest - 1, -EVERY):
            y = self.at(0, 10.0**exponent)[1]
            ends = ((self.left, y, 0.0), (self.room.right, y, 0.0))
            self.add(Line(*ends, stroke_width=self.theme.strokes.hairline, color=self.theme.line))
            tree = n.keyed(power_of_ten(exponent)) if exponent else n.Number(1)
            number = self.formula(tree, self.em, (self.left - 0.5 * self.em, y), "right")
            number.set_fill(self.theme.colour(Role.DIM)).shift((0.0, -0.3 * self.em, 0.0))
            self.add(number)

    def _add_steps(self, unit: str) -> None:
        y = self.room.bottom + 0.3 * self.em
        first, last = (self.left, y), (self.room.right, y)
        self.add(self.words("0", self.em, first, "centre", Role.DIM))
        self.add(self.words(f"{self.steps} {unit}", self.em, last, "right", Role.DIM))

    def _line(self, track: Track) -> VMobject:
        colour = self.theme.colour(track.role)
        return VMobject(stroke_color=colour, stroke_width=self.theme.strokes.outline)

    def _head(self, track: Track) -> Circle:
        return Circle(HEAD, stroke_width=0, fill_color=self.theme.colour(track.role))

    def _label(self, track: Track) -> Words | None:
        """The label of a track whose head is at the origin."""
        at = -HEAD - 0.15 * self.em, -self.em
        if not track.label:
            return None
        label = self.words(track.label, self.em, at, "right", track.label_role, **track.symbols)
        return label.set_fill(opacity=0)


def _walked(distances: Sequence[float], steps: float) -> list[tuple[float, float]]:
    """Steps and distances up to ``steps``, the last of them between two if need be."""
    whole = math.floor(steps)
    found = [(float(i), distances[i]) for i in range(whole + 1)]
    if steps > whole:
        part = steps - whole
        between = distances[whole] ** (1 - part) * distances[whole + 1] ** part
        found.append((steps, between))
    return found


@dataclass(eq=False)
class Trail:
    """A line with its head, which lie in different layers of a picture."""

    line: VMobject
    head: Circle
    dashed: bool
    label: Words | None

    def __post_init__(self) -> None:
        self._end = Placed(self.head, *([self.label] if self.label else []))

    @when_changed
    def show(self, corners: Sequence[Point], line: float, head: float, label: float) -> None:
        """Lead the line along ``corners``, with the head at the last; as opaque as is said."""
        self.line.set_stroke(opacity=line).points = _strokes(corners, self.dashed)
        self._end.put(corners[-1])
        self.head.set_fill(opacity=head)
        if self.label:
            self.label.set_fill(opacity=label)


def _strokes(corners: Sequence[Point], dashed: bool) -> Floats:
    """Straight strokes from corner to corner; or dashes along them, if it is ``dashed``."""
    return strokes(*(_dashes(corners) if dashed else (corners[:-1], corners[1:])))


def _dashes(corners: Sequence[Point]) -> tuple[Floats, Floats]:
    """The ends of dashes of equal length on the way along ``corners``."""
    x, y = np.array(corners).T
    way = np.append(0.0, np.hypot(np.diff(x), np.diff(y)).cumsum())
    starts = np.arange(0.0, way[-1], PITCH)
    stops = np.minimum(starts + DASH * PITCH, way[-1])
    first, last = (
        np.stack([np.interp(at, way, x), np.interp(at, way, y)], axis=-1) for at in (starts, stops)
    )
    return first, last
