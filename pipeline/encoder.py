"""Frames to H.264 in an MP4 that the web plays as meant.

Conventional and explicit: constant frame rate, 4:2:0, converted *and* tagged BT.709 in limited
range (browsers assume it from 720 lines up, FFmpeg's own default is BT.601), the index before the
data, a keyframe wherever one is asked for and at most two seconds apart. One encoder thread, beside
the one that draws, and exact conversion, so that the same frames give the same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av
import numpy as np
from av.packet import Packet
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pipeline import files
from pipeline.conversion import Converter, Pixels, Rows
from pipeline.holds import Sequence

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from pipeline.profile import Profile

KEYFRAME_SECONDS = 2
AHEAD = 8  # pictures that may wait for the encoder, while more are drawn; 8 MB each at 1080 lines

# What holding needs (see pipeline.holds): a picture's packet at once, one reference, CAVLC, and no
# keyframes but those asked for. Without b-frames there is no edit list, so films start at zero.
HOLDABLE = (
    "bframes=0:ref=1:weightp=0:cabac=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:scenecut=0:"
    "keyint=infinite:force-cfr=1:threads=1"
)
Settings = Mapping[str, str]
# Better than Manim's medium at crf 23 in moving frames, rests, and by 3 dB in the worst frame, for
# less than twice the bytes; see benchmarks/encode.py. Adaptive quantisation spends on noise, of
# which there is none: without it, thin lines keep their quality for the same bytes.
PUBLISHING: Settings = {"preset": "veryfast", "qp": "27", "aq-mode": "0"}
DRAFT: Settings = {"preset": "ultrafast", "qp": "24"}


class FilmEncoder:
    """One film in the making; use it as a context manager.

    The file appears under its name when the context is left, whole and synced; after an exception
    nothing is left. ``frames`` counts what has been written.
    """

    def __init__(
        self, path: Path, *, width: int, height: int, fps: int, settings: Settings = PUBLISHING
    ) -> None:
        self.path = path
        self.frames = 0
        self._part = files.beside(path)
        self._shape, self._fps = (height, width, 4), fps
        self._converter = Converter(width, height)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()
        self._container = av.open(
            str(self._part), "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._stream = self._add_stream(width, height, fps, settings)
        self._stream.codec_context.open()
        self._sequence = Sequence(self._stream.codec_context.extradata or b"")
        self._encoded = 0
        self._next_key = 0

    @classmethod
    def of(cls, profile: Profile, path: Path) -> Self:
        """The encoder of films in a profile; a draft may take bytes to save time."""
        settings = DRAFT if profile.is_draft else PUBLISHING
        size = profile.width, profile.height
        return cls(path, width=size[0], height=size[1], fps=profile.fps, settings=settings)

    def _add_stream(self, width: int, height: int, fps: int, settings: Settings) -> VideoStream:
        options = {**settings, "profile": "high", "x264-params": HOLDABLE}
        stream = self._container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, fps)
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream

    def write(
        self,
        pixels: Pixels,
        repeat: int = 1,
        *,
        keyframe: bool = False,
        within: Rows | None = None,
    ) -> None:
        """Add a frame, RGBA of shape (height, width, 4), and hold it for ``repeat`` frames.

        It may differ from the last one only ``within`` some rows, if that is known.
        The encoder keeps the array: it must not be changed afterwards. Raises ``ValueError`` when
        the pixels are of another shape or type, and whatever encoding an earlier frame raised.
        """
        if pixels.shape != self._shape or pixels.dtype != np.uint8:
            raise ValueError(
                f"a frame of shape {self._shape} and type uint8 was expected, "
                f"not {pixels.shape} and {pixels.dtype}"
            )
        self._await_all_but(AHEAD - 1)
        encoding = self._thread.submit(self._encode, pixels, self.frames, repeat, keyframe, within)
        self._pending.append(encoding)
        self.frames += repeat

    def _encode(
        self,
        pixels: Pixels,
        first: int,
        repeat: int,
        keyframe: bool,
        within: Rows | None = None,
    ) -> None:
        frame = self._converter.convert(pixels, within)
        # A rest that outlasts the keyframe before it starts with one, and so stays one picture.
        key = keyframe or first + repeat > self._next_key
        if self._converter.changed or (key and not self._sequence.can_repeat_key):
            self._put(first, self._sequence.coded(self._x264(frame, key)), key)
        else:
            self._put(first, *self._same(key))
        for index in range(first + 1, first + repeat):
            self._put(index, *self._same(index >= self._next_key))

    def _same(self, key: bool) -> tuple[bytes, bool]:
        """The picture on the screen again."""
        return (self._sequence.key_again() if key else self._sequence.held()), key

    def _x264(self, frame: VideoFrame, key: bool) -> bytes:
        """What x264 makes of a picture; it is told nothing of how long pictures stay."""
        frame.pts, self._encoded = self._encoded, self._encoded + 1
        frame.time_base = self._stream.codec_context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        (packet,) = self._stream.encode(frame)
        return bytes(packet)

    def _put(self, index: int, data: bytes, key: bool) -> None:
        packet = Packet(data)
        packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
        packet.pts = packet.dts = index
        packet.duration, packet.is_keyframe = 1, key
        self._container.mux(packet)
        if key:
            self._next_key = index + KEYFRAME_SECONDS * self._fps

    def _await_all_but(self, count: int) -> None:
        while len(self._pending) > count:
            self._pending.popleft().result()

    def __enter__(self) -> FilmEncoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as left:
            left.callback(self._part.unlink, missing_ok=True)
            left.callback(self._container.close)
            left.callback(self._thread.shutdown, cancel_futures=True)
            if kind is None:
                self._await_all_but(0)
                self._container.close()
                files.settle(self._part, self.path)
