"""QuickTime's Animation codec: without loss, for editing; Manim's own choice with opacity."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from pipeline.conversion import Pixels
from pipeline.encoder import KEYFRAME_SECONDS
from pipeline.formats.opacity import straight
from pipeline.recorder import PictureRecorder, Shown


class Mov(PictureRecorder):
    """A film that keeps every pixel; a frame that repeats costs a few bytes."""

    def __init__(
        self, path: Path, *, width: int, height: int, fps: int, transparent: bool = False
    ) -> None:
        super().__init__(path, width=width, height=height, fps=fps)
        self._transparent = transparent
        self._layout = "argb" if transparent else "rgb24"
        self._container = av.open(
            str(self._part), "w", format="mov", options={"movflags": "+faststart"}
        )
        options = {"g": str(KEYFRAME_SECONDS * fps), "threads": "1"}
        self._stream = self._container.add_stream("qtrle", rate=fps, options=options)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = self._layout
        self._stream.codec_context.time_base = Fraction(1, fps)

    def _encode(self, pixels: Pixels, shown: Shown) -> None:
        kept = np.roll(straight(pixels), 1, axis=-1) if self._transparent else pixels[..., :3]
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(kept), format=self._layout)
        frame.time_base = Fraction(1, self._fps)
        for index in range(shown.first, shown.end):
            frame.pts = index
            self._container.mux(self._stream.encode(frame))

    def _end(self) -> None:
        self._container.mux(self._stream.encode(None))

    def _close(self) -> None:
        self._container.close()
