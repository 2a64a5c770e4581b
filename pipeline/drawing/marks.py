"""A mobject as it was last drawn: what it looked like, and which pixels it can have touched.

What Manim draws follows from a few attributes; where their bytes are those of the last frame, the
mark is as well. (Arrays may have been changed in place, so that their identity says nothing.) Of
the marks of this project's scenes two in five, and up to four in five, stay as they are from one
frame to the next; one in fifteen cannot be seen at all and is not drawn.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from manim import CapStyleType, LineJointType, Mobject, VMobject

from pipeline.drawing.kinds import does_as
from pipeline.drawing.paths import Paths, Points
from pipeline.drawing.regions import Box, within

OVERRIDABLE = (
    "get_fill_rgbas",
    "get_stroke_rgbas",
    "get_stroke_width",
    "get_background_image",
    "get_subpath_split_indices_from_points",
    "consider_points_equals_2d",
)
"""What Manim asks a mobject as it draws it, and what is read from its attributes here instead."""
SHAPE = attrgetter(
    "points",
    "fill_rgbas",
    "stroke_width",
    "background_stroke_width",
    "tolerance_for_point_equality",
)
LINES = attrgetter(
    "stroke_rgbas", "background_stroke_rgbas", "joint_type._value_", "cap_style._value_"
)
"""What is looked at of a mobject: of every one, and of one with lines besides."""
IMAGE = attrgetter("background_image")
"""What a mobject of curves shows besides, if it is not None."""
MITRE = 10.0
"""Cairo's limit of a mitred join: how many times half the line's width its tip stands out."""
MARGIN = 2.0
"""Pixels around an outline that rounding may touch."""

Look = Hashable


class Paint(NamedTuple):
    """A colour as cairo takes it for Manim's pixels: blue, green, red, opacity."""

    blue: float
    green: float
    red: float
    opacity: float


class Line(NamedTuple):
    """A stroke: its colour, its width, in Manim's hundredths of a frame unit, and how it joins and
    ends."""

    paint: Paint
    width: float
    joint: LineJointType
    cap: CapStyleType


class View(NamedTuple):
    """Where a camera shows frame units: its pixels, and what cairo multiplies and adds."""

    width: int
    height: int
    scale: tuple[float, float]
    origin: tuple[float, float]
    line_width: float

    def boxes(self, boxes: Points, widths: Points) -> list[Box | None]:
        """The pixels that outlines in ``boxes`` (left, bottom, right, top) with lines so wide can
        touch."""
        across, up = self.scale
        half = widths * self.line_width * max(abs(across), abs(up)) / 2
        reach = (MITRE * half + MARGIN)[:, None]
        placed = boxes[:, (0, 3, 2, 1)] * (self.scale * 2) + self.origin * 2
        placed[:, :2] -= reach
        placed[:, 2:] += reach
        return within(placed, self.width, self.height)


@dataclass(slots=True, eq=False)
class Mark:
    """One mobject to be drawn.

    ``box`` is None where nothing is seen. ``paths`` is None where Manim draws it itself; ``look``
    is None where nothing tells whether it is as it was.
    """

    mobject: VMobject
    look: Look | None
    box: Box | None = None
    fill: Paint | None = None
    line: Line | None = None
    backdrop: Line | None = None
    paths: Paths | None = None
    number: int = 0
    due: bool = True
    """Whether it is still to be drawn."""

    def prepare(self) -> bool:
        """Note how it is drawn; False if nothing of it can be seen."""
        mobject = self.mobject
        if len(mobject.points) < 4:
            return False
        if self.look is None:
            return True
        self.fill = _paint(mobject.fill_rgbas)
        ends = mobject.joint_type, mobject.cap_style
        if (width := mobject.stroke_width) > 0:
            self.line = _line(mobject.stroke_rgbas, width, *ends)
        if (width := mobject.background_stroke_width) > 0:
            self.backdrop = _line(mobject.background_stroke_rgbas, width, *ends)
        return (self.fill or self.line or self.backdrop) is not None

    @property
    def is_traceable(self) -> bool:
        """Whether its outline is whole curves, in the numbers that Manim calculates with."""
        points = self.mobject.points
        return self.look is not None and len(points) % 4 == 0 and points.dtype == np.float64

    @property
    def width(self) -> float:
        """The width of its widest line."""
        if self.look is None:
            lines = (self.mobject.get_stroke_width(back) for back in (False, True))
            return max(lines)
        if not self.line and not self.backdrop:
            return 0.0
        return max(line.width for line in (self.line, self.backdrop) if line)


def mark_out(marks: Sequence[Mark], view: View) -> None:
    """Note how each of ``marks`` is drawn, and where: all their outlines together."""
    traceable: list[Mark] = []
    others: list[Mark] = []
    for mark in marks:
        if mark.prepare():
            (traceable if mark.is_traceable else others).append(mark)
    traceable, points = _finite(traceable)
    if traceable:
        counts = [len(mark.mobject.points) // 4 for mark in traceable]
        tolerances = [mark.mobject.tolerance_for_point_equality for mark in traceable]
        paths = Paths(points, counts, tolerances)
        boxes = view.boxes(paths.boxes(), np.array([mark.width for mark in traceable]))
        for number, (mark, box) in enumerate(zip(traceable, boxes, strict=True)):
            mark.paths, mark.number, mark.box = paths, number, box
    for mark in _finite(others)[0]:
        points = mark.mobject.points[:, :2]
        around = np.array([[*points.min(axis=0), *points.max(axis=0)]])
        (mark.box,) = view.boxes(around, np.array([mark.width]))


def _finite(marks: list[Mark]) -> tuple[list[Mark], Points]:
    """Those that Manim draws, which it does not if a point is nowhere, and all their points."""
    if not marks:
        return [], np.empty((0, 3))
    points = np.concatenate([mark.mobject.points for mark in marks])
    if np.isfinite(points).all():
        return marks, points
    return _finite([mark for mark in marks if np.isfinite(mark.mobject.points).all()])


def _paint(rgbas: Points) -> Paint | None:
    (red, green, blue, opacity), *_ = rgbas.tolist()
    return Paint(blue, green, red, opacity) if opacity > 0 else None


def _line(rgbas: Points, width: float, joint: LineJointType, cap: CapStyleType) -> Line | None:
    paint = _paint(rgbas)
    return Line(paint, width, joint, cap) if paint else None


def are_plain(mobjects: Sequence[Mobject]) -> TypeGuard[Sequence[VMobject]]:
    """Whether all are mobjects of curves that draw as Manim's own do, over no image."""
    kinds: set[Any] = set(map(type, mobjects))  # mypy takes a class for an instance of it
    own = (does_as(kind, VMobject, *OVERRIDABLE) for kind in kinds)
    return all(own) and not any(map(IMAGE, mobjects))


def look(mobject: VMobject) -> Look | None:
    """What tells how ``mobject`` looks from how it looked; None if that is not for sure."""
    points, fill, width, back_width, tolerance = SHAPE(mobject)
    if not width and not back_width and len(fill) == 1:  # a glyph
        return points.tobytes(), fill.tobytes(), points.shape, tolerance
    stroke, back_stroke, joint, cap = LINES(mobject)
    if len(fill) != 1 or len(stroke) != 1 or len(back_stroke) != 1 or isinstance(width, str):
        return None  # what gradients look like follows from more
    colours = fill.tobytes(), stroke.tobytes(), back_stroke.tobytes()
    widths = width + 0.0, back_width + 0.0  # 0 and 0.0 look alike
    return points.tobytes(), *colours, points.shape, *widths, joint, cap, tolerance
