"""VP9 in WebM, with or without opacity."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from pipeline.conversion import Converter, Pixels
from pipeline.encoder import KEYFRAME_SECONDS, tag
from pipeline.formats.opacity import straight
from pipeline.recorder import PictureRecorder, Shown

# One thread and no frames that are not shown: the same bytes every time, and a packet a frame.
VP9 = {
    "deadline": "realtime",
    "cpu-used": "6",
    "crf": "24",
    "b": "0",
    "auto-alt-ref": "0",
    "lag-in-frames": "0",
    "threads": "1",
}


class WebM(PictureRecorder):
    """A film in VP9. How opaque its pictures are is a second stream beside each frame."""

    def __init__(
        self, path: Path, *, width: int, height: int, fps: int, transparent: bool = False
    ) -> None:
        super().__init__(path, width=width, height=height, fps=fps)
        layout = "yuva420p" if transparent else "yuv420p"
        self._transparent, self._converter = transparent, Converter(width, height, layout)
        # Else the file says when it was written, and names itself at random.
        exact = {"fflags": "+bitexact"}
        self._container = av.open(str(self._part), "w", format="webm", options=exact)
        options = {**VP9, "g": str(KEYFRAME_SECONDS * fps)}
        self._stream = self._container.add_stream("libvpx-vp9", rate=fps, options=options)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, layout
        self._stream.codec_context.time_base = Fraction(1, fps)
        tag(self._stream)
        if transparent:
            self._stream.metadata["alpha_mode"] = "1"

    def _encode(self, pixels: Pixels, shown: Shown) -> None:
        frame = self._converter.convert(straight(pixels) if self._transparent else pixels)
        frame.time_base = Fraction(1, self._fps)
        for index in range(shown.first, shown.end):
            frame.pts = index
            self._container.mux(self._stream.encode(frame))

    def _end(self) -> None:
        self._container.mux(self._stream.encode(None))

    def _close(self) -> None:
        self._container.close()
