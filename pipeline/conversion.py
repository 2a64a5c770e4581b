"""RGBA pictures to the 4:2:0 BT.709 that the encoder takes, converting only what changed.

A picture of a formula differs from the one before it in a few rectangles, often nowhere. Converting
these alone, of a film of a formula moving and resting, costs a seventh of converting everything,
and gives exactly the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from pipeline.drawing.regions import APART, Box

Pixels = npt.NDArray[Any]
Area = tuple[slice, slice]
"""Rows and columns, even at all ends."""
Planes = list[Pixels]
"""Luma, the two chromas, and opacity if there is any; chroma has half the rows and columns."""


class Change(NamedTuple):
    """What is in an area now."""

    area: Area
    planes: Planes


# The same on every processor, which the faster, less exact ways are not. Rounding that is called
# accurate makes it a fifth slower, and for what is done here the same bytes; a test compares.
EXACT = Interpolation.BILINEAR | Interpolation.BITEXACT
REACH = 4  # pixels around a changed one that may come out differently because of it; even
SIZES = 32
"""Of areas, for which what it takes to convert them is kept: making that is a fifth of the work,
and nine areas in ten have a size that was had before."""
PAIR = 2  # pixels, whose eight bytes are compared at once


class Converter:
    """Turns a film's pictures, one after the other, into frames for the encoder.

    ``layout`` is ``yuv420p`` or, to keep how opaque they are, ``yuva420p``.
    """

    def __init__(self, width: int, height: int, layout: str = "yuv420p") -> None:
        self._height, self._width = height, width
        self._reformatter_of = lru_cache(SIZES)(lambda height, width: VideoReformatter())
        self._last: Pixels | None = None
        self._frame = VideoFrame(width, height, layout)

    def convert(self, pixels: Pixels, within: Sequence[Box] | None = None) -> VideoFrame:
        """The frame for a picture, with its :meth:`changes`; valid until the next call."""
        for change in self.changes(pixels, within):
            put(change, planes(self._frame))
        return self._frame

    def changes(self, pixels: Pixels, within: Sequence[Box] | None = None) -> list[Change]:
        """What makes a picture, RGBA of shape (height, width, 4), of the last one; of the first,
        all of it.

        Who knows that it differs from the last one only ``within`` some boxes saves the comparison
        of the rest. The array may be changed afterwards.
        """
        boxes = [(0, 0, self._width, self._height)] if within is None else within
        areas = list(self._changed_areas(pixels, boxes))
        if self._last is None:
            self._last = pixels.copy()
        for area in areas:
            self._last[area] = pixels[area]
        return [Change(area, self._converted(pixels, area)) for area in areas]

    def _changed_areas(self, pixels: Pixels, boxes: Sequence[Box]) -> Iterator[Area]:
        """Where the new frame may differ from the last."""
        if self._last is None:
            yield slice(0, self._height), slice(0, self._width)
            return
        new, old = _pairs(pixels), _pairs(self._last)
        for left, top, right, bottom in boxes:
            start = left // PAIR
            part = slice(top, bottom), slice(start, math.ceil(right / PAIR))
            differs = new[part] != old[part]
            for first, end in _runs(differs.any(axis=1), APART):
                rows = _around(first + top, end + top, self._height)
                for begin, stop in _runs(differs[first:end].any(axis=0), APART // PAIR):
                    columns = (start + begin) * PAIR, (start + stop) * PAIR
                    yield rows, _around(*columns, self._width)

    def _converted(self, pixels: Pixels, area: Area) -> Planes:
        """An area: a wider one is converted, since its outermost pixels lack their neighbours."""
        rows, columns = _wider(area[0], self._height), _wider(area[1], self._width)
        frame = VideoFrame.from_numpy_buffer(pixels[rows, columns], "rgba")
        wider = self._reformatter_of(frame.height, frame.width).reformat(
            frame,
            format=self._frame.format.name,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=EXACT,
            threads=1,
        )
        return within(planes(wider), area, rows.start, columns.start)


def put(change: Change, target: Planes, top: int = 0) -> None:
    """Have a change in the planes of a picture that starts with the row ``top``; what lies outside
    of it is left out."""
    rows, columns = change.area
    first, end = max(rows.start, top), min(rows.stop, top + len(target[0]))
    if first < end:
        area = slice(first, end), columns
        new = within(change.planes, area, rows.start, columns.start)
        for ours, theirs in zip(within(target, area, top), new, strict=True):
            ours[:] = theirs


def within(found: Planes, area: Area, top: int = 0, left: int = 0) -> Planes:
    """An area, of planes that start with the row ``top`` and the column ``left``."""
    (first, end), (start, stop) = ((each.start, each.stop) for each in area)
    return [
        plane[
            (first - top) // step : (end - top) // step,
            (start - left) // step : (stop - left) // step,
        ]
        for plane, step in zip(found, (1, 2, 2, 1), strict=False)
    ]


def planes(frame: VideoFrame) -> Planes:
    """Those of a frame, to read and to write in."""
    return [
        np.asarray(memoryview(plane))
        .view(np.uint8)
        .reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]


def _runs(flags: npt.NDArray[np.bool_], apart: int) -> Iterator[tuple[int, int]]:
    """Where flags are set, with gaps of less than ``apart``: the first, and the one after the
    last."""
    found = np.flatnonzero(flags)
    if found.size:
        gaps = np.flatnonzero(np.diff(found) >= apart).tolist()
        for gap, next_gap in pairwise([-1, *gaps, -1]):
            yield int(found[gap + 1]), int(found[next_gap]) + 1


def _around(first: int, end: int, size: int) -> slice:
    """Whole pairs of pixels, with what a change from ``first`` up to ``end`` may have an effect
    on."""
    return _wider(slice(first & ~1, end + 1 & ~1), size)


def _wider(part: slice, size: int) -> slice:
    return slice(max(part.start - REACH, 0), min(part.stop + REACH, size))


def _pairs(pixels: Pixels) -> Pixels:
    """Pairs of pixels as wide numbers, which compare four times as fast as bytes."""
    return pixels.reshape(len(pixels), -1).view(np.uint64)
