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
from typing import Any

import cairo
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

MOVE_TO, CURVE_TO, CLOSE_PATH = 0, 2, 3
RELATIVE_TOLERANCE = 1e-5
"""With a mobject's own, what Manim takes for the same point (as ``numpy.isclose`` does)."""

PATH = np.dtype([("status", np.intc), ("data", np.uintp), ("length", np.intc)], align=True)
"""C's ``cairo_path_t``; ``data`` points to pairs of doubles: a header or the two coordinates."""


class Paths:
    """The paths of outlines, each cubic Bézier points of shape (4k, 3), k > 0, and all finite.

    Curves join into a sub-path where one starts within ``tolerances`` of where the last one ends;
    a sub-path that ends so near its start is closed.
    """

    def __init__(self, outlines: Sequence[Points], tolerances: Sequence[float]) -> None:
        counts = np.array([len(outline) // 4 for outline in outlines])
        self._firsts = np.concatenate([[0], np.cumsum(counts)])
        self._curves = np.concatenate([outline[:, :2] for outline in outlines]).reshape(-1, 4, 2)
        self._data, starts = self._path_data(np.repeat(tolerances, counts)[:, None])
        self._paths = np.zeros(len(outlines), PATH)
        self._paths["data"] = self._data.ctypes.data + starts[:-1] * self._data.strides[0]
        self._paths["length"] = np.diff(starts)
        self._address = self._paths.ctypes.data

    def _path_data(self, tolerance: Points) -> tuple[Points, npt.NDArray[np.intp]]:
        """All path data, and where each path's begins in it and the last one's ends."""
        curves = self._curves
        begins, ends = self._sub_paths(tolerance)
        closed = _near(curves[begins, 0], curves[ends, 3], tolerance[begins])
        before = np.zeros(len(curves), dtype=np.intp)  # rows of what stands between the curves
        before[begins] += 2
        before[ends[closed][ends[closed] + 1 < len(curves)] + 1] += 1
        rows = 4 * np.arange(len(curves)) + np.cumsum(before)
        data = np.empty((int(rows[-1]) + 4 + int(closed[-1]), 2))
        headers = data.view(np.int32)
        headers[rows, :2] = CURVE_TO, 4
        data[rows[:, None] + np.arange(1, 4)] = curves[:, 1:]
        headers[rows[begins] - 2, :2] = MOVE_TO, 2
        data[rows[begins] - 1] = curves[begins, 0]
        headers[rows[ends[closed]] + 4, :2] = CLOSE_PATH, 1
        return data, np.append(rows[self._firsts[:-1]] - 2, len(data))

    def _sub_paths(self, tolerance: Points) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The first and the last curve of every sub-path."""
        apart = np.ones(len(self._curves) + 1, dtype=np.bool_)
        apart[1:-1] = ~_near(self._curves[:-1, 3], self._curves[1:, 0], tolerance[1:])
        apart[self._firsts] = True
        return np.flatnonzero(apart[:-1]), np.flatnonzero(apart[1:])

    def boxes(self) -> Points:
        """Left, bottom, right and top of the points of each outline: shape (outlines, 4)."""
        points, firsts = self._curves.reshape(-1, 2), 4 * self._firsts[:-1]
        return np.hstack([np.minimum.reduceat(points, firsts), np.maximum.reduceat(points, firsts)])

    def append(self, number: int, context: cairo.Context[Any]) -> None:
        """Append the path of an outline to the current path of ``context``."""
        if _append_path:
            _append_path(_address(context), self._address + number * PATH.itemsize)
        else:
            self.append_by_curve(number, context)

    def append_by_curve(self, number: int, context: cairo.Context[Any]) -> None:
        """:meth:`append` by what pycairo alone can do."""
        path = self._paths[number]
        first = (int(path["data"]) - self._data.ctypes.data) // self._data.strides[0]
        rows = self._data[first : first + int(path["length"])]
        kinds, row = rows.view(np.int32)[:, 0].tolist(), 0
        while row < len(kinds):
            if kinds[row] == MOVE_TO:
                context.move_to(*rows[row + 1])
                row += 2
            elif kinds[row] == CURVE_TO:
                context.curve_to(*rows[row + 1 : row + 4].flat)
                row += 4
            else:
                context.close_path()
                row += 1


def _near(some: Points, others: Points, tolerance: Points) -> npt.NDArray[np.bool_]:
    """Whether Manim takes points of shape (n, 2) for the same."""
    limits = tolerance + RELATIVE_TOLERANCE * np.abs(others)
    return np.asarray((np.abs(some - others) <= limits).all(axis=1))


class _PycairoContext(ctypes.Structure):
    """How pycairo keeps a context: ``pycairo.h``, ``PycairoContext``."""

    _fields_ = (("head", ctypes.c_byte * object.__basicsize__), ("context", ctypes.c_void_p))


def _address(context: cairo.Context[Any]) -> int | None:
    address: int | None = _PycairoContext.from_address(id(context)).context
    return address


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
