"""Coding only those bands of a picture in which something moves.

Of a picture in which nothing at all has changed, x264 still copies every macroblock a few times: of
1080 lines in 2 ms, of the 2.6 that a picture of a film takes. But H.264 lets a picture be sent in
slices, rows of macroblocks that depend on nothing beside them. So from one keyframe to the next,
pictures are cut into bands. One in which something moves is a film of its own to x264, which sees
it when it changes; any other is skipped in ten bytes or a few more. That takes six tenths off
x264's time, more than a fifth off that of filming, for one or two bytes more in a hundred. Where
something else moves later, other bands are cut, and those in which it does begin anew, without a
keyframe: a fifth off what is left, for three or four bytes in a hundred.

It is exact, since within a band nothing is predicted from outside of it: what changes keeps from
the band's edge as far as x264 looks (:data:`pipeline.x264.FARTHEST`), and what does not, which
x264 is told (:mod:`pipeline.hints`), it leaves where it is. It does so only if it quantises alike
everywhere; where that is not so, or where it cannot be told, all is one band.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from pipeline import hints
from pipeline.conversion import Area, Change, Planes, planes, put
from pipeline.h264 import Slice
from pipeline.x264 import FARTHEST, X264, Settings

MACROBLOCK = 16
APART = math.ceil(FARTHEST / MACROBLOCK)
"""Rows of macroblocks from what changes to the edge of its band."""
REFRESH = 20
"""Pictures' worth of coding a band that coding it anew costs, in time and in bytes."""


class Band(NamedTuple):
    """Its first row of macroblocks, and the one after its last."""

    first: int
    end: int


def cut(rows: int, changed: Iterable[Area]) -> list[Band]:
    """The bands of pictures of so many rows of macroblocks, of all that changes in them: by turns
    something does in a band, and nothing."""
    moves = _moving(rows, changed)
    edges = [0, *(np.flatnonzero(np.diff(moves)) + 1).tolist(), rows]
    return [Band(*each) for each in pairwise(edges)]


def _moving(rows: int, changed: Iterable[Area]) -> npt.NDArray[np.bool_]:
    """In which rows of macroblocks something changes, or so near that they go along."""
    moves = np.zeros(rows, bool)
    for area, _ in changed:
        first, end = area.start // MACROBLOCK, math.ceil(area.stop / MACROBLOCK)
        moves[max(first - APART, 0) : end + APART] = True
    return moves


def coded(
    picture: Planes, later: Sequence[Sequence[Change]], fps: int, settings: Settings
) -> Iterator[list[Slice]]:
    """The slices of a keyframe, and of the pictures after it by what changes in each. ``picture``
    is the first of these, and is the last once all are had."""
    rows = math.ceil(len(picture[0]) / MACROBLOCK)
    can_cut = "qp" in settings and bool(hints.settings())
    strips: dict[Band, _Strip] = {}
    for number, stretch in enumerate(stretches(rows, later) if can_cut else [later]):
        areas = (change.area for changes in stretch for change in changes)
        bands = cut(rows, areas) if can_cut else [Band(0, rows)]
        new = {band: _Strip(band, picture, fps, settings) for band in bands}
        strips = {band: strips.get(band, strip) for band, strip in new.items()}
        if number == 0:
            yield [strip.first() for strip in strips.values()]
        for changes in stretch:
            yield [strip.next(changes) for strip in strips.values()]
        for strip in strips.values():
            strip.show()


def stretches(rows: int, later: Sequence[Sequence[Change]]) -> Iterator[Sequence[Sequence[Change]]]:
    """Pictures that follow each other, parted where it is worth cutting them into other bands."""
    moves = np.array([_moving(rows, (change.area for change in changes)) for changes in later])
    at = _where_to_part(moves.reshape(-1, rows))
    if at is None:
        yield later
    else:
        yield from stretches(rows, later[:at])
        yield from stretches(rows, later[at:])


def _where_to_part(moves: npt.NDArray[np.bool_]) -> int | None:
    """The picture before which other bands spare most rows, if these are more than it costs."""
    count = len(moves)
    if count < 2:
        return None
    so_far = np.logical_or.accumulate(moves).sum(axis=1)
    from_there = np.logical_or.accumulate(moves[::-1]).sum(axis=1)[::-1]
    before = np.arange(1, count)
    rows = so_far[:-1] * before + from_there[1:] * (count - before + REFRESH)
    best = int(rows.argmin())
    return best + 1 if rows[best] < so_far[-1] * count else None


class _Strip:
    """What a band shows, and x264 to code it: of a picture, and after changes in it, but the
    picture is left as it is until it is told to :meth:`show` them."""

    def __init__(self, band: Band, picture: Planes, fps: int, settings: Settings) -> None:
        height, width = picture[0].shape
        columns = math.ceil(width / MACROBLOCK)
        self._first, self._count = band.first * columns, (band.end - band.first) * columns
        self._top, bottom = band.first * MACROBLOCK, min(band.end * MACROBLOCK, height)
        self._area = slice(self._top, bottom), slice(0, width)
        self._picture, self._fps, self._settings = picture, fps, settings
        self._encoder: X264 | None = None

    def first(self, changes: Sequence[Change] = ()) -> Slice:
        """As a keyframe, after some changes."""
        (rows, columns), whole = self._area, [slice(0, side) for side in self._picture[0].shape]
        self._frame = VideoFrame(columns.stop, rows.stop - rows.start, "yuv420p")
        self._planes = planes(self._frame)
        self._put(Change((whole[0], whole[1]), self._picture), *changes)
        self._encoder = X264(self._frame.width, self._frame.height, self._fps, self._settings)
        return Slice(self._first, self._count, self._encoder.code(self._frame))

    def next(self, changes: Sequence[Change]) -> Slice:
        """After some changes, of which some may be in other bands."""
        inside = [change for change in changes if self._meets(change.area)]
        if not inside:
            return Slice(self._first, self._count, [])
        if self._encoder is None:
            return self.first(inside)
        self._put(*inside)
        units = self._encoder.code(self._frame, [self._own(change.area) for change in inside])
        return Slice(self._first, self._count, units)

    def show(self) -> None:
        """Have the picture show what this band does."""
        if self._encoder:
            put(Change(self._area, self._planes), self._picture)

    def _put(self, *changes: Change) -> None:
        for change in changes:
            put(change, self._planes, self._top)

    def _meets(self, area: Area) -> bool:
        rows, _ = area
        return bool(self._top < rows.stop and rows.start < self._area[0].stop)

    def _own(self, area: Area) -> Area:
        """An area in the band's own rows; a change is never partly in a band, unless the band is
        the whole picture."""
        rows, columns = area
        return slice(rows.start - self._top, rows.stop - self._top), columns
