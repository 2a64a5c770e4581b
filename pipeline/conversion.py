"""RGBA pictures to the 4:2:0 BT.709 that the encoder takes, converting only what changed.

A picture of a formula differs from the one before it in a band of rows, often in none. Converting
that band alone, of a film of a formula moving and resting, costs a fifth of converting everything,
and gives exactly the same bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

Pixels = npt.NDArray[Any]
Rows = tuple[int, int]
"""The first row, and the one after the last."""

# The same on every processor, which the faster, less exact ways are not.
EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
REACH = 4  # rows around a changed one that may come out differently because of it; even


class Converter:
    """Turns a film's pictures, one after the other, into frames for the encoder.

    ``layout`` is ``yuv420p`` or, to keep how opaque they are, ``yuva420p``. ``changed`` says
    whether the last picture differs from the one before it.
    """

    def __init__(self, width: int, height: int, layout: str = "yuv420p") -> None:
        self._height = height
        self._reformatter = VideoReformatter()
        self._last: Pixels | None = None
        self.changed = True
        self._frame = VideoFrame(width, height, layout)

    def convert(self, pixels: Pixels, within: Rows | None = None) -> VideoFrame:
        """The frame for a picture, RGBA of shape (height, width, 4); valid until the next call.

        Who knows that it differs from the last one only ``within`` some rows saves the comparison
        of the others.
        """
        first, end = self._changed_rows(pixels, *(within or (0, self._height)))
        self.changed = first < end
        if self.changed:
            self._convert_rows(pixels, first, end)
        self._last = pixels
        return self._frame

    def _changed_rows(self, pixels: Pixels, top: int, bottom: int) -> Rows:
        """The band, even at both ends, in which the new frame may differ from the last."""
        if self._last is None:
            return 0, self._height
        if top >= bottom:
            return 0, 0
        some, others = _rows(pixels[top:bottom]), _rows(self._last[top:bottom])
        changed = np.flatnonzero((some != others).any(axis=1)) + top
        if not changed.size:
            return 0, 0
        first, end = int(changed[0]) & ~1, (int(changed[-1]) & ~1) + 2
        return max(first - REACH, 0), min(end + REACH, self._height)

    def _convert_rows(self, pixels: Pixels, first: int, end: int) -> None:
        """Convert a wider band, since its outermost rows lack their neighbours, and keep this."""
        top, bottom = max(first - REACH, 0), min(end + REACH, self._height)
        band = self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(np.ascontiguousarray(pixels[top:bottom]), format="rgba"),
            format=self._frame.format.name,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=EXACT,
            threads=1,
        )
        for ours, theirs, step in zip(
            _planes(self._frame), _planes(band), (1, 2, 2, 1), strict=False
        ):
            kept = slice((first - top) // step, (end - top) // step)
            ours[first // step : end // step] = theirs[kept]


def _rows(pixels: Pixels) -> Pixels:
    """A row of pixels as few, wide numbers, which compare four times as fast as bytes."""
    rows = pixels.reshape(len(pixels), -1)
    return rows.view(np.uint64) if rows.shape[1] % 8 == 0 else rows


def _planes(frame: VideoFrame) -> list[Pixels]:
    """Luma, the two chromas, and opacity if there is any, to read and to write in."""
    return [
        np.asarray(memoryview(plane))
        .view(np.uint8)
        .reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]
