"""Transforms that go straight, with all marks blended at once.

Manim blends seven attributes and the points of each mark one by one, after finding all families
anew, in every frame; fading in and out is a transform as well. Blended as arrays of all marks, they
take two fifths of that: 4 % of the time of drawing a scene of formulas. Manim's own way is taken
for a transform with a lag between its marks, along an arc, of marks that are not of the same make
from start to end, or with updaters; and at its very end, where it copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from operator import is_
from typing import Any

import numpy as np
import numpy.typing as npt
from manim import Mobject, Transform, VMobject
from manim.utils.bezier import interpolate

from pipeline.drawing.families import Families
from pipeline.drawing.kinds import does_as
from pipeline.drawing.updating import is_any_in

Values = npt.NDArray[np.float64]

own_interpolate_mobject = Transform.interpolate_mobject
ATTRIBUTES = (
    "fill_rgbas",
    "stroke_rgbas",
    "background_stroke_rgbas",
    "stroke_width",
    "background_stroke_width",
    "sheen_direction",
    "sheen_factor",
)
"""What :meth:`VMobject.interpolate_color` blends."""
WAYS = ("interpolate_submobject", "get_all_families_zipped", "get_sub_alpha")
MAKES = ("interpolate", "interpolate_color")


@contextmanager
def blended_transforms() -> Iterator[None]:
    """Let transforms blend all their marks at once."""
    Transform.interpolate_mobject = interpolate_mobject  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Transform.interpolate_mobject = own_interpolate_mobject  # type: ignore[method-assign]


def interpolate_mobject(self: Transform, alpha: float) -> None:
    """:meth:`Transform.interpolate_mobject`."""
    share = self.get_sub_alpha(alpha, 0, 1) if self.lag_ratio == 0 else 1.0
    blend = _blend_of(self) if share != 1.0 else None
    if blend:
        blend.strike(share)
    else:
        own_interpolate_mobject(self, alpha)


def _blend_of(transform: Transform) -> _Blend | None:
    """The blend of a transform, made when it begins and whenever one of its families changes."""
    blend: _Blend | None = vars(transform).get("_blend")
    if blend is None or not blend.is_of(transform):
        blend = _Blend(transform) if _is_plain(transform) else None
        vars(transform)["_blend"] = blend
    return blend if blend and blend.is_possible else None


def _is_plain(transform: Transform) -> bool:
    kind: Any = type(transform)  # mypy takes a class for an instance of it
    return transform.path_func is interpolate and does_as(kind, Transform, *WAYS)


class _Blend:
    """All marks of a transform on their way from start to target."""

    def __init__(self, transform: Transform) -> None:
        self._ends: tuple[Any, Any, Any] = _ends(transform)
        self._families = Families(self._ends)
        marks, starts, targets = (mobject.family_members_with_points() for mobject in self._ends)
        self.is_possible = _are_alike(marks, starts, targets) and not is_any_in(self._ends[1:])
        if not self.is_possible:
            return
        self._marks = marks
        edges = np.cumsum([0, *(len(mark.points) for mark in starts)]).tolist()
        self._slices = [slice(*edge) for edge in pairwise(edges)]
        self._points = tuple(np.concatenate([m.points for m in end]) for end in (starts, targets))
        self._attributes = {
            name: [np.array([getattr(m, name) for m in end]) for end in (starts, targets)]
            for name in ATTRIBUTES
        }

    def is_of(self, transform: Transform) -> bool:
        """Whether it is still a blend of what the transform is between."""
        is_same = all(map(is_, self._ends, _ends(transform)))
        return is_same and self._families.are_as_found()

    def strike(self, share: float) -> None:
        """Let the marks be as they are when they have come so far, from 0 to 1."""
        start, end = self._points
        points = interpolate(start, end, share)
        for mark, part in zip(self._marks, self._slices, strict=True):
            mark.points = points[part]
        for name, (start, end) in self._attributes.items():
            values = interpolate(start, end, share)
            each = values if values.ndim > 1 else values.tolist()
            for mark, value in zip(self._marks, each, strict=True):
                setattr(mark, name, value)


def _ends(transform: Transform) -> tuple[Any, Any, Any]:
    return transform.mobject, transform.starting_mobject, transform.target_copy


def _are_alike(
    marks: Sequence[Mobject], starts: Sequence[Mobject], targets: Sequence[Mobject]
) -> bool:
    """Whether all are Manim's own kind of curves, with arrays of the same shapes, and no start or
    target is a mark itself."""
    every = [*marks, *starts, *targets]
    return (
        len(marks) == len(starts) == len(targets) > 0
        and len(set(map(id, every))) == len(every)
        and all(map(_is_plain_mark, every))
        and [m.points.shape for m in starts] == [m.points.shape for m in targets]
        and all(
            len({np.shape(getattr(m, name)) for m in (*starts, *targets)}) == 1
            for name in ATTRIBUTES
        )
    )


def _is_plain_mark(mobject: Mobject) -> bool:
    kind: Any = type(mobject)
    return does_as(kind, VMobject, *MAKES) and mobject.points.dtype == np.float64
