"""GIF: 256 colours a picture, times in hundredths of a second."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from pipeline.conversion import Pixels
from pipeline.recorder import PictureRecorder, Shown

SHORTEST = 2  # hundredths of a second; browsers slow down what is shorter


class Gif(PictureRecorder):
    """A GIF that plays once more and once more, each picture in its own best 256 colours.

    More than 50 frames a second cannot be said: of those, some are left out, and what remains is
    shown at its time.
    """

    def __init__(self, path: Path, *, width: int, height: int, fps: int) -> None:
        super().__init__(path, width=width, height=height, fps=fps)
        self._container = av.open(str(self._part), "w", format="gif", options={"loop": "0"})
        self._stream = self._container.add_stream("gif", rate=fps)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "pal8"
        self._stream.codec_context.time_base = Fraction(1, 100)
        self._last: Pixels | None = None
        self._starts = self._ends = 0  # of the last picture, in hundredths

    def _encode(self, pixels: Pixels, shown: Shown) -> None:
        start, end = (round(Fraction(100 * n, self._fps)) for n in (shown.first, shown.end))
        if self._last is None or not np.array_equal(pixels, self._last):
            if self._last is not None:
                start = max(start, self._starts + SHORTEST)
            if start >= end:
                return
            self._last, self._starts = pixels, start
            self._put(pixels, start)
        self._ends = end

    def _put(self, pixels: Pixels, start: int) -> None:
        picture = Image.fromarray(pixels[..., :3]).quantize(256, Image.Quantize.FASTOCTREE)
        colours = np.full((256, 4), 255, np.uint8)
        table = np.array(picture.getpalette("RGB"), np.uint8).reshape(-1, 3)
        colours[: len(table), 1:] = table  # ARGB
        indices_and_colours: Any = (np.asarray(picture), colours)
        frame = VideoFrame.from_ndarray(indices_and_colours, format="pal8")
        frame.pts, frame.time_base = start, Fraction(1, 100)
        for packet in self._stream.encode(frame):
            packet.duration = SHORTEST  # heard for the last alone; others stay until the next
            self._container.mux(packet)

    def _end(self) -> None:
        """Have the last picture stay: it comes once more, where its time is nearly over."""
        again = self._ends - SHORTEST
        if self._last is not None and again >= self._starts + SHORTEST:
            self._put(self._last, again)
        self._container.mux(self._stream.encode(None))

    def _close(self) -> None:
        self._container.close()
