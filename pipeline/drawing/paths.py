"""The outlines of many mobjects as cairo path data, in one pass over all their curves.

Manim finds the sub-paths of every mobject and hands its curves to cairo one call at a time, for
each frame anew. One pass of numpy over all glyphs of a frame takes 3 µs a glyph, and nearly halves
the time of drawing a scene of formulas. Handing over each path by one call of cairo's saves another
sixth; where the library cannot be reached beside pycairo, curves are handed over one by one, from
the same arrays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import cairo
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

MOVE_TO, CURVE_TO, CLOSE_PATH = 0, 2, 3
TO_START, CLOSE = np.array([(MOVE_TO, 2), (CLOSE_PATH, 1)], np.int32).view(np.float64)[:, 0]
"""Headers that are always the same, their four and four bytes as those of a number."""
ROWS = 7  # to where a curve starts, two; the curve, four; to where its sub-path starts, one
RELATIVE_TOLERANCE = 1e-5
"""With a mobject's own, what Manim takes for the same point (as ``numpy.isclose`` does)."""

PATH = np.dtype([("status", np.intc), ("data", np.uintp), ("length", np.intc)], align=True)
"""C's ``cairo_path_t``; ``data`` points to pairs of doubles: a header or the two coordinates."""


class Sheet(NamedTuple):
    """What is drawn on: pycairo's context, and where cairo has its own."""

    context: cairo.Context[Any]
    address: int | None

    @classmethod
    def of(cls, context: cairo.Context[Any]) -> Self:
        """The sheet that ``context`` draws on, valid as long as that is."""
        return cls(context, _PycairoContext.from_address(id(context)).context)


class Paths:
    """The paths of outlines, each of one or more cubic Bézier curves: ``points`` of shape
    (4 curves, 3), all finite, those of one outline after the other's, which have ``counts`` curves.

    Curves join into a sub-path where one starts within ``tolerances`` of where the last one ends;
    a sub-path that ends so near its start is closed. Every curve has :data:`ROWS` of path data;
    those that it does not need are skipped, since what is before them is said to be as long.
    """

    def __init__(self, points: Points, counts: Sequence[int], tolerances: Sequence[float]) -> None:
        self._firsts: npt.NDArray[np.intp] = np.cumsum(counts) - np.array(counts)
        self._curves = points[:, :2].reshape(-1, 4, 2)
        self._data = self._path_data(np.repeat(tolerances, counts)[:, None])
        self._paths = np.zeros(len(counts), PATH)
        self._paths["data"] = self._data.ctypes.data + self._firsts * self._data.strides[0]
        self._paths["length"] = np.multiply(counts, ROWS)
        self._address = self._paths.ctypes.data

    def _path_data(self, tolerance: Points) -> Points:
        """The path data of every curve: shape (curves, ROWS, 2)."""
        curves = self._curves
        apart = np.ones(len(curves) + 1, dtype=np.bool_)
        apart[1:-1] = ~_near(curves[:-1, 3], curves[1:, 0], tolerance[1:])
        apart[self._firsts] = True
        begins, ends = np.flatnonzero(apart[:-1]), np.flatnonzero(apart[1:])
        closed = ends[_near(curves[begins, 0], curves[ends, 3], tolerance[begins])]
        lengths = ROWS - 2 * apart[1:]  # up to where the next curve begins, or what is drawn of it
        lengths[closed] -= 1
        data = np.empty((len(curves), ROWS, 2))
        data[:, 1], data[:, 3:6] = curves[:, 0], curves[:, 1:]
        data[:, 0, 0], data[:, 6, 0] = TO_START, CLOSE
        headers = data.view(np.int32)
        headers[:, 2, 0], headers[:, 2, 1] = CURVE_TO, lengths
        return data

    def boxes(self) -> Points:
        """Left, bottom, right and top of the points of each outline: shape (outlines, 4)."""
        points, firsts = self._curves.reshape(-1, 2), 4 * self._firsts
        return np.hstack([np.minimum.reduceat(points, firsts), np.maximum.reduceat(points, firsts)])

    def append(self, number: int, sheet: Sheet) -> None:
        """Append the path of an outline to the current path of a sheet."""
        if _append_path:
            _append_path(sheet.address, self._address + number * PATH.itemsize)
        else:
            self.append_by_curve(number, sheet.context)

    def append_by_curve(self, number: int, context: cairo.Context[Any]) -> None:
        """:meth:`append` by what pycairo alone can do."""
        path = self._paths[number]
        first = (int(path["data"]) - self._data.ctypes.data) // self._data.strides[1]
        rows = self._data.reshape(-1, 2)[first : first + int(path["length"])]
        headers, row = rows.view(np.int32)[:, :2].tolist(), 0
        while row < len(rows):
            kind, length = headers[row]
            if kind == MOVE_TO:
                context.move_to(*rows[row + 1])
            elif kind == CURVE_TO:
                context.curve_to(*rows[row + 1 : row + 4].flat)
            else:
                context.close_path()
            row += length


def _near(some: Points, others: Points, tolerance: Points) -> npt.NDArray[np.bool_]:
    """Whether Manim takes points of shape (n, 2) for the same."""
    same = np.asarray((some[:, 0] == others[:, 0]) & (some[:, 1] == others[:, 1]))
    rest = np.flatnonzero(~same)  # few, since most curves begin exactly where the last one ends
    limits = tolerance[rest] + RELATIVE_TOLERANCE * np.abs(others[rest])
    same[rest] = (np.abs(some[rest] - others[rest]) <= limits).all(axis=1)
    return same


class _PycairoContext(ctypes.Structure):
    """How pycairo keeps a context: ``pycairo.h``, ``PycairoContext``."""

    _fields_ = (("head", ctypes.c_byte * object.__basicsize__), ("context", ctypes.c_void_p))


def _cairo_append_path() -> Callable[[int | None, int], None] | None:
    """``cairo_append_path`` of the library that pycairo itself has loaded; None if out of reach."""
    try:
        function = ctypes.CDLL(cairo._cairo.__file__).cairo_append_path  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None
    function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_void_p), None
    append: Callable[[int | None, int], None] = function
    return append


_append_path = _cairo_append_path()
